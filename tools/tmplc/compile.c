#include "compile.h"

#include "scan.h"

#include <stdbool.h>
#include <string.h>

#define MAX_DEPTH 32

typedef struct {
    bool is_each;
    bool has_else;
    int line;
    HtmlScan start;  /* where the block began */
    HtmlScan merged; /* where its finished branches end, when has_merged */
    bool has_merged;
    char count[256]; /* each: the C expression of the number of elements */
} Block;

typedef struct {
    const char *path;
    const char *text;
    size_t n;
    size_t at;
    int line;         /* of the byte at .at */
    int command_line; /* of the command being compiled */
    HtmlScan scan;
    GString *literal; /* text not yet written to .body */
    GString *body;
    GString *uses;     /* #include lines of the header */
    GString *includes; /* #include lines of the source */
    char *view_type;
    char *view_name;
    Block blocks[MAX_DEPTH];
    int depth;
} Compile;

typedef char *(*Handler)(Compile *c, const char *name, const char *arg);

static bool
is_identifier(const char *text)
{
    if (!g_ascii_isalpha(*text) && *text != '_')
        return false;
    for (; *text != '\0'; text++)
        if (!g_ascii_isalnum(*text) && *text != '_')
            return false;
    return true;
}

static void
append_c_string(GString *out, const char *text, size_t n)
{
    g_string_append_c(out, '"');
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '"' || c == '\\' || (c == '?' && i > 0 && text[i - 1] == '?'))
            g_string_append_c(out, '\\');
        if (c == '\n')
            g_string_append(out, i + 1 < n ? "\\n\"\n        \"" : "\\n");
        else if ((guchar)c < 0x20 || c == 0x7f)
            g_string_append_printf(out, "\\%03o", (guchar)c);
        else
            g_string_append_c(out, c);
    }
    g_string_append_c(out, '"');
}

static void
write_literal(Compile *c)
{
    if (c->literal->len == 0)
        return;
    g_string_append(c->body, "    hj_out_literal(out, ");
    append_c_string(c->body, c->literal->str, c->literal->len);
    g_string_append_printf(c->body, ", %" G_GSIZE_FORMAT ");\n", c->literal->len);
    g_string_truncate(c->literal, 0);
}

/* C errors in what follows are reported at the template's line. */
static void
write_line(Compile *c, GString *out)
{
    g_string_append_printf(out, "#line %d ", c->command_line);
    append_c_string(out, c->path, strlen(c->path));
    g_string_append_c(out, '\n');
}

static void G_GNUC_PRINTF(2, 3) write_code(Compile *c, const char *format, ...)
{
    write_literal(c);
    write_line(c, c->body);
    g_string_append(c->body, "    ");
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(c->body, format, args);
    va_end(args);
    g_string_append_c(c->body, '\n');
}

/* Skips a C string or character literal; returns its last byte or NULL when it never ends. */
static const char *
skip_quoted(const char *text)
{
    char quote = *text;
    for (text++; *text != '\0' && *text != '\n'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == quote)
            return text;
    }
    return NULL;
}

/* An expression only reads: it is no place for statements, comments or assignments. */
static char *
check_expr(const char *expr)
{
    char open[64];
    size_t n_open = 0;
    for (const char *at = expr; *at != '\0'; at++) {
        if (*at == '"' || *at == '\'') {
            at = skip_quoted(at);
            if (at == NULL)
                return g_strdup("a quoted text in the expression does not end");
            continue;
        }
        if (strchr(";{}#\\`@$\n", *at) != NULL || (guchar)*at >= 0x80)
            return g_strdup("the expression is not a plain C expression");
        if (at[0] == '/' && (at[1] == '/' || at[1] == '*'))
            return g_strdup("a comment inside an expression");
        if (at[0] == '=' && at[1] != '=' && (at == expr || strchr("=!<>", at[-1]) == NULL))
            return g_strdup("an expression cannot assign");
        if ((at[0] == '+' && at[1] == '+') || (at[0] == '-' && at[1] == '-'))
            return g_strdup("an expression cannot assign");
        if (*at == '(' || *at == '[') {
            if (n_open == sizeof open)
                return g_strdup("the expression is nested too deeply");
            open[n_open++] = *at == '(' ? ')' : ']';
        } else if (*at == ')' || *at == ']') {
            if (n_open == 0 || open[--n_open] != *at)
                return g_strdup("unbalanced brackets in the expression");
        }
    }
    return n_open == 0 ? NULL : g_strdup("unbalanced brackets in the expression");
}

/* Exactly one C string literal, not empty. */
static char *
check_string(const char *name, const char *arg)
{
    const char *end = *arg == '"' ? skip_quoted(arg) : NULL;
    if (end == NULL || end[1] != '\0' || end == arg + 1)
        return g_strdup_printf("'%s' needs one text in double quotes", name);
    return NULL;
}

static char *
place(Compile *c, HtmlCommand kind, const char *name)
{
    char *why = html_command(&c->scan, kind, name);
    if (why == NULL)
        html_flush(&c->scan, c->literal);
    return why;
}

static char *
do_view(Compile *c, const char *name, const char *arg)
{
    (void)name;
    if (c->view_type != NULL)
        return g_strdup("a second 'view'");
    const char *star = strrchr(arg, '*');
    if (star == NULL)
        return g_strdup("'view' needs TYPE *name");
    g_autofree char *view_name = g_strstrip(g_strdup(star + 1));
    g_autofree char *type = g_strstrip(g_strndup(arg, (gsize)(star - arg)));
    if (g_str_has_prefix(type, "const "))
        memmove(type, type + 6, strlen(type + 6) + 1);
    if (!is_identifier(view_name) ||
        !is_identifier(g_str_has_prefix(type, "struct ") ? type + 7 : type))
        return g_strdup("'view' needs TYPE *name");
    c->view_type = g_steal_pointer(&type);
    c->view_name = g_steal_pointer(&view_name);
    GString *lines = g_string_new(NULL);
    write_line(c, lines);
    g_string_append(c->uses, lines->str);
    g_string_free(lines, TRUE);
    return NULL;
}

static char *
do_uses(Compile *c, const char *name, const char *arg)
{
    char *why = check_string(name, arg);
    if (why != NULL)
        return why;
    if (c->view_type != NULL && c->body->len + c->literal->len > 0)
        return g_strdup("'uses' must come before the page's text");
    g_autofree char *line = g_strdup_printf("#include %s\n", arg);
    g_string_prepend(c->uses, line);
    return NULL;
}

static char *
do_if(Compile *c, const char *name, const char *arg)
{
    char *why = check_expr(arg);
    if (why == NULL)
        why = place(c, COMMAND_BLOCK, name);
    if (why != NULL)
        return why;
    if (c->depth == MAX_DEPTH)
        return g_strdup("blocks are nested too deeply");
    write_code(c, "if (%s) {", arg);
    c->blocks[c->depth++] = (Block){ .line = c->command_line, .start = c->scan };
    return NULL;
}

/* The array's member name with n_ before it: v->rows gives v->n_rows. */
static char *
count_of(const char *array)
{
    const char *last = array + strlen(array);
    while (last > array && (g_ascii_isalnum(last[-1]) || last[-1] == '_'))
        last--;
    if (!is_identifier(last))
        return NULL;
    return g_strdup_printf("%.*sn_%s", (int)(last - array), array, last);
}

static char *
do_each(Compile *c, const char *name, const char *arg)
{
    const char *space = strrchr(arg, ' ');
    g_autofree char *array =
        space == NULL ? NULL : g_strstrip(g_strndup(arg, (gsize)(space - arg)));
    g_autofree char *count = array == NULL ? NULL : count_of(array);
    if (count == NULL || !is_identifier(space + 1))
        return g_strdup("'each' needs an array member and a name: each v->rows row");
    char *why = check_expr(array);
    if (why == NULL)
        why = place(c, COMMAND_BLOCK, name);
    if (why != NULL)
        return why;
    if (c->depth == MAX_DEPTH)
        return g_strdup("blocks are nested too deeply");
    Block *block = &c->blocks[c->depth];
    *block = (Block){ .is_each = true, .line = c->command_line, .start = c->scan };
    if (g_strlcpy(block->count, count, sizeof block->count) >= sizeof block->count)
        return g_strdup("the array expression is too long");
    write_code(c,
               "for (size_t hj_i%d = 0; hj_i%d < (size_t)(%s); hj_i%d++) {"
               " const __typeof__(*(%s)) *%s = &(%s)[hj_i%d]; (void)%s;",
               c->depth, c->depth, count, c->depth, array, space + 1, array, c->depth,
               space + 1);
    c->depth++;
    return NULL;
}

/* A branch of the innermost block ends here. */
static char *
end_branch(Compile *c, Block *block)
{
    if (!block->has_merged) {
        block->merged = c->scan;
        block->has_merged = true;
    } else if (html_same_place(&block->merged, &c->scan)) {
        html_merge(&block->merged, &c->scan);
    } else {
        return g_strdup_printf("the branches of '%s' at line %d end in different places of "
                               "the HTML",
                               block->is_each ? "each" : "if", block->line);
    }
    return NULL;
}

static char *
do_else(Compile *c, const char *name, const char *arg)
{
    if (c->depth == 0)
        return g_strdup_printf("'%s' without 'if'", name);
    Block *block = &c->blocks[c->depth - 1];
    bool is_elif = strcmp(name, "elif") == 0;
    if (block->has_else || (is_elif && block->is_each))
        return g_strdup_printf("'%s' cannot follow here", name);
    char *why = is_elif ? check_expr(arg) : NULL;
    if (why == NULL)
        why = place(c, COMMAND_BLOCK, name);
    if (why == NULL)
        why = end_branch(c, block);
    if (why != NULL)
        return why;
    c->scan = block->start;
    block->has_else = !is_elif;
    if (is_elif)
        write_code(c, "} else if (%s) {", arg);
    else if (block->is_each)
        write_code(c, "} if ((%s) == 0) {", block->count);
    else
        write_code(c, "} else {");
    return NULL;
}

static char *
do_end(Compile *c, const char *name, const char *arg)
{
    (void)arg;
    if (c->depth == 0)
        return g_strdup("'end' without 'if' or 'each'");
    Block *block = &c->blocks[c->depth - 1];
    char *why = place(c, COMMAND_BLOCK, name);
    if (why == NULL)
        why = end_branch(c, block);
    if (why != NULL)
        return why;
    if (!block->has_else) {
        c->scan = block->start;
        why = end_branch(c, block);
        if (why != NULL)
            return why;
    }
    c->scan = block->merged;
    write_code(c, "}");
    c->depth--;
    return NULL;
}

static char *
do_include(Compile *c, const char *name, const char *arg)
{
    const char *end = *arg == '"' ? strchr(arg + 1, '"') : NULL;
    g_autofree char *target = end == NULL ? NULL : g_strndup(arg + 1, (gsize)(end - arg - 1));
    if (target == NULL || !is_identifier(target) || end[1] != ' ')
        return g_strdup("'include' needs a template's name and a view: include \"x\" &v->x");
    const char *expr = end + 2;
    char *why = check_expr(expr);
    if (why == NULL)
        why = place(c, COMMAND_MARKUP, name);
    if (why != NULL)
        return why;
    g_autofree char *line = g_strdup_printf("#include \"%s.html.h\"\n", target);
    if (strstr(c->includes->str, line) == NULL)
        g_string_append(c->includes, line);
    write_code(c, "hj_tmpl_%s(out, %s);", target, expr);
    return NULL;
}

static char *
do_csrf(Compile *c, const char *name, const char *arg)
{
    (void)arg;
    char *why = place(c, COMMAND_MARKUP, name);
    if (why == NULL)
        write_code(c, "hj_emit_csrf(out);");
    return why;
}

static char *
do_asset(Compile *c, const char *name, const char *arg)
{
    char *why = check_string(name, arg);
    if (why == NULL)
        why = place(c, COMMAND_URL, name);
    if (why == NULL)
        write_code(c, "hj_emit_asset(out, %s);", arg);
    return why;
}

static char *
do_url(Compile *c, const char *name, const char *arg)
{
    if (c->scan.at != AT_VALUE || !html_is_url_attr(c->scan.attr))
        return g_strdup("'url' stands only in href=, action=, src= and the like");
    char *why = check_expr(arg);
    if (why == NULL)
        why = place(c, COMMAND_URL, name);
    if (why == NULL)
        write_code(c, "hj_emit_url(out, %s);", arg);
    return why;
}

/* t: a translated text. */
static char *
do_text(Compile *c, const char *name, const char *arg)
{
    char *why = check_string(name, arg);
    if (why == NULL)
        why = place(c, COMMAND_VALUE, name);
    if (why == NULL)
        write_code(c, "hj_emit_text(out, hj_tr(out->lang, %s));", arg);
    return why;
}

/* date, money and the like: one value, one function of the same name. */
static char *
do_value(Compile *c, const char *name, const char *arg)
{
    char *why = check_expr(arg);
    if (why == NULL)
        why = place(c, COMMAND_VALUE, name);
    if (why == NULL)
        write_code(c, "hj_emit_%s(out, %s);", name, arg);
    return why;
}

static char *
do_expr(Compile *c, const char *expr)
{
    char *why = check_expr(expr);
    if (why == NULL)
        why = place(c, COMMAND_VALUE, "value");
    if (why == NULL)
        write_code(c, "hj_emit%s(out, %s);", c->scan.at == AT_VALUE ? "_attr" : "", expr);
    return why;
}

static const struct {
    const char *name;
    Handler handler;
    bool has_arg;
    bool own_line; /* alone on a line it leaves no line behind */
    bool silent;   /* allowed before 'view' */
} commands[] = {
    { "view", do_view, true, true, true },     { "uses", do_uses, true, true, true },
    { "if", do_if, true, true, false },        { "elif", do_else, true, true, false },
    { "else", do_else, false, true, false },   { "end", do_end, false, true, false },
    { "each", do_each, true, true, false },    { "include", do_include, true, false, false },
    { "csrf", do_csrf, false, false, false },  { "asset", do_asset, true, false, false },
    { "url", do_url, true, false, false },     { "t", do_text, true, false, false },
    { "param", do_value, true, false, false }, { "date", do_value, true, false, false },
    { "day", do_value, true, false, false },   { "time", do_value, true, false, false },
    { "money", do_value, true, false, false }, { "num", do_value, true, false, false },
    { "label", do_value, true, false, false },
};

/* Words of other template languages, and "word word", are no C expressions. */
static bool
looks_like_command(const char *text, size_t n_word)
{
    static const char *const foreign[] = { "endif",  "endeach", "endfor", "for",   "foreach",
                                           "while",  "raw",     "safe",   "block", "extends",
                                           "elseif", "elsif",   "set",    "var",   NULL };
    g_autofree char *word = g_strndup(text, n_word);
    if (g_strv_contains(foreign, word))
        return true;
    const char *next = text + n_word;
    while (*next == ' ')
        next++;
    return n_word > 0 && next > text + n_word && strcmp(word, "sizeof") != 0 &&
           (g_ascii_isalpha(*next) || *next == '_' || *next == '"');
}

static char *
run_command(Compile *c, const char *text, bool *ret_own_line)
{
    size_t n_word = 0;
    while (g_ascii_isalnum(text[n_word]) || text[n_word] == '_')
        n_word++;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strlen(commands[i].name) != n_word ||
            strncmp(commands[i].name, text, n_word) != 0 || strchr(" \"", text[n_word]) == NULL)
            continue;
        const char *arg = text + n_word;
        while (*arg == ' ')
            arg++;
        if (commands[i].has_arg != (*arg != '\0'))
            return g_strdup_printf("'%s' %s", commands[i].name,
                                   commands[i].has_arg ? "needs something after it"
                                                       : "stands alone");
        if (c->view_type == NULL && !commands[i].silent)
            return g_strdup("the template must begin with 'view'");
        *ret_own_line = commands[i].own_line;
        return commands[i].handler(c, commands[i].name, arg);
    }
    if (*text == '\0')
        return g_strdup("an empty command");
    if (looks_like_command(text, n_word))
        return g_strdup_printf("unknown command '%.*s'", (int)n_word, text);
    if (c->view_type == NULL)
        return g_strdup("the template must begin with 'view'");
    return do_expr(c, text);
}

/* Whether only spaces stand before @from and after @to on their lines. */
static bool
is_alone(const Compile *c, size_t from, size_t to)
{
    while (from > 0 && strchr(" \t", c->text[from - 1]) != NULL && c->text[from - 1] != '\0')
        from--;
    while (to < c->n && (c->text[to] == ' ' || c->text[to] == '\t' || c->text[to] == '\r'))
        to++;
    return (from == 0 || c->text[from - 1] == '\n') && (to == c->n || c->text[to] == '\n');
}

/* The end of the command that begins at .at; quoted texts may hold "}}". */
static char *
find_end(const Compile *c, size_t *ret)
{
    bool is_comment = c->text[c->at + 2] == '#';
    for (size_t i = c->at + 2; i + 1 < c->n; i++) {
        char byte = c->text[i];
        if (byte == '}' && c->text[i + 1] == '}') {
            *ret = i;
            return NULL;
        }
        if (is_comment)
            continue;
        if (byte == '\n')
            break;
        if (byte == '"' || byte == '\'') {
            const char *last = skip_quoted(c->text + i);
            if (last == NULL)
                return g_strdup("a quoted text in the command does not end");
            i = (size_t)(last - c->text);
        }
    }
    return g_strdup("the command does not end on its line");
}

static char *
compile_command(Compile *c)
{
    size_t end = 0;
    char *why = find_end(c, &end);
    if (why != NULL)
        return why;
    size_t from = c->at;
    g_autofree char *text = g_strndup(c->text + from + 2, end - from - 2);
    for (char *at = text; *at != '\0'; at++)
        if (*at == '\n')
            c->line++;
    bool is_comment = *text == '#';
    bool own_line = is_comment;
    bool alone = is_alone(c, from, end + 2) && c->scan.at == AT_TEXT && !c->scan.keeps;
    g_strstrip(text);
    if (!is_comment) {
        why = run_command(c, text, &own_line);
        if (why != NULL)
            return why;
    } else if (c->scan.at == AT_COMMENT || c->scan.at == AT_DECLARATION) {
        return g_strdup("a command cannot stand inside a comment or declaration");
    }
    c->at = end + 2;
    if (!alone || !own_line)
        return NULL;
    while (c->at < c->n && c->text[c->at] != '\n')
        c->at++;
    if (c->at < c->n) {
        c->at++;
        c->line++;
    }
    if (!c->scan.space)
        c->scan.fresh = true;
    return NULL;
}

static char *
compile_text(Compile *c)
{
    c->line = c->command_line = 1;
    c->scan.fresh = true;
    while (c->at < c->n) {
        c->command_line = c->line;
        char byte = c->text[c->at];
        char *why;
        if (byte == '{' && c->text[c->at + 1] == '{') {
            why = compile_command(c);
        } else if (c->view_type == NULL && !g_ascii_isspace(byte)) {
            why = g_strdup("the template must begin with 'view'");
        } else {
            why = html_feed(&c->scan, byte, c->literal);
            c->line += byte == '\n';
            c->at++;
        }
        if (why != NULL)
            return why;
    }
    c->command_line = c->line;
    if (c->depth > 0) {
        const Block *block = &c->blocks[c->depth - 1];
        c->command_line = block->line;
        return g_strdup_printf("'%s' has no 'end'", block->is_each ? "each" : "if");
    }
    if (c->view_type == NULL)
        return g_strdup("the template must begin with 'view'");
    if (c->scan.at != AT_TEXT || c->scan.keeps)
        return g_strdup("the template ends inside a tag, comment, pre or textarea");
    write_literal(c);
    return NULL;
}

static void
assemble(const Compile *c, const char *name, TmplResult *ret)
{
    g_autofree char *base = g_path_get_basename(c->path);
    ret->header = g_string_new(NULL);
    g_string_printf(ret->header,
                    "/* Made by tmplc from %s; change that file instead. */\n"
                    "#pragma once\n#include \"web/html.h\"\n%s"
                    "void hj_tmpl_%s(HjOut *out, const %s *%s);\n",
                    base, c->uses->str, name, c->view_type, c->view_name);
    ret->source = g_string_new(NULL);
    g_string_printf(ret->source,
                    "/* Made by tmplc from %s; change that file instead. */\n"
                    "#include \"%s.html.h\"\n%s\nvoid\nhj_tmpl_%s(HjOut *out, const %s *%s)\n"
                    "{\n    (void)out;\n    (void)%s;\n%s}\n",
                    base, name, c->includes->str, name, c->view_type, c->view_name,
                    c->view_name, c->body->str);
}

char *
tmpl_compile(const char *path, const char *name, const char *text, size_t n, TmplResult *ret)
{
    if (memchr(text, '\0', n) != NULL || !g_utf8_validate(text, (gssize)n, NULL))
        return g_strdup_printf("%s:1: the template is not UTF-8 text", path);
    /* One spare byte lets the parser look ahead. */
    g_autofree char *copy = g_strndup(text, n);
    g_autofree Compile *c = g_new0(Compile, 1);
    *c = (Compile){ .path = path, .text = copy, .n = n };
    c->literal = g_string_new(NULL);
    c->body = g_string_new(NULL);
    c->uses = g_string_new(NULL);
    c->includes = g_string_new(NULL);
    g_autofree char *why = compile_text(c);
    char *message = NULL;
    if (why == NULL)
        assemble(c, name, ret);
    else
        message = g_strdup_printf("%s:%d: %s", path, c->command_line, why);
    g_string_free(c->literal, TRUE);
    g_string_free(c->body, TRUE);
    g_string_free(c->uses, TRUE);
    g_string_free(c->includes, TRUE);
    g_free(c->view_type);
    g_free(c->view_name);
    return message;
}

void
tmpl_result_clear(TmplResult *result)
{
    g_string_free(result->source, TRUE);
    g_string_free(result->header, TRUE);
    *result = (TmplResult){ 0 };
}
