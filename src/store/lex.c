#include "store/lex.h"

#include "base/error.h"

#include <string.h>

/* Aggregates, window and core scalar functions that mean the same on both databases, and ours.
 */
static const char *const functions[] = {
    "abs",
    "add_days",
    "add_months",

    "coalesce",
    "count",

    "days_between",
    "dense_rank",
    "first_value",
    "half_of",
    "has_tick",
    "lag",
    "last_value",
    "lead",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "month_of",
    "months_between",
    "nth_value",
    "ntile",
    "nullif",

    "quarter_of",
    "rank",
    "replace",
    "row_number",
    "rtrim",
    "substr",
    "sum",
    "ticks",
    "trim",
    "upper",
    "workdays_between",
    "year_of",
    "years_between",
};

/* Words that may stand before a parenthesis without being functions. */
static const char *const keywords[] = {
    "all",   "and",      "any",          "as",        "between",   "by",     "case",
    "cast",  "distinct", "else",         "end",       "except",    "exists", "filter",
    "from",  "group",    "having",       "in",        "intersect", "is",     "join",
    "like",  "limit",    "materialized", "not",       "offset",    "on",     "or",
    "order", "over",     "partition",    "recursive", "select",    "then",   "union",
    "using", "values",   "when",         "where",     "window",    "with",
};

static const char *const hidden[] = { "sys_", "sqlite_", "pg_", "pragma_",
                                      "information_schema" };

typedef enum { TOKEN_WORD, TOKEN_QUOTED, TOKEN_VALUE, TOKEN_SIGN } TokenKind;

typedef struct {
    TokenKind kind;
    char *text; /* words and quoted names in lower case; of a sign its character */
} Token;

const char *
hj_lex_skip_quoted(const char *p)
{
    const char *end;
    if (*p == '\'' || *p == '"') {
        end = strchr(p + 1, *p);
    } else if (p[0] == '-' && p[1] == '-') {
        end = strchr(p, '\n');
    } else if (p[0] == '/' && p[1] == '*') {
        end = strstr(p + 2, "*/");
        end = end != NULL ? end + 1 : NULL;
    } else {
        return p;
    }
    return end != NULL ? end + 1 : p + strlen(p);
}

static bool
listed(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

bool
hj_lex_is_pack_function(const char *name)
{
    return listed(functions, G_N_ELEMENTS(functions), name);
}

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, HJ_ERROR, HJ_ERROR_INVALID, message);
    return false;
}

static void
clear_token(gpointer data)
{
    Token *token = data;
    g_free(token->text);
}

static bool
is_part(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (c & 0x80) != 0;
}

/* Reads one token at @p into @ret; returns its end, NULL with an error for what packs may not
 * write because the two databases would read it differently. */
static const char *
read_token(const char *p, Token *ret, GError **error)
{
    const char *end = hj_lex_skip_quoted(p);
    if (end != p) {
        if (end[-1] != *p || end == p + 1)
            return refuse(error, "a quote is not closed"), NULL;
        ret->kind = *p == '"' ? TOKEN_QUOTED : TOKEN_VALUE;
        g_autofree char *inside = g_strndup(p + 1, (gsize)(end - p - 2));
        ret->text = g_ascii_strdown(inside, -1);
        return end;
    }
    end = p + 1;
    if (g_ascii_isdigit(*p) || (*p == '$' && g_ascii_isdigit(p[1]))) {
        while (is_part(*end) || *end == '.')
            end++;
        ret->kind = TOKEN_VALUE;
    } else if (is_part(*p)) {
        while (is_part(*end))
            end++;
        if (*end == '\'')
            return refuse(error, "a text with a prefix is not open to packs"), NULL;
        ret->kind = TOKEN_WORD;
    } else if (strchr("(),.*+-/%<>=!|", *p) != NULL) {
        ret->kind = TOKEN_SIGN;
    } else {
        return refuse(error, "the sign \"%c\" is not open to packs", *p), NULL;
    }
    ret->text = g_ascii_strdown(p, end - p);
    return end;
}

static GArray *
read_tokens(const char *sql, GError **error)
{
    g_autoptr(GArray) tokens = g_array_new(TRUE, TRUE, sizeof(Token));
    g_array_set_clear_func(tokens, clear_token);
    const char *p = sql;
    while (*p != '\0') {
        if (g_ascii_isspace(*p)) {
            p++;
        } else if (p[0] == '-' && p[1] == '-') {
            p = hj_lex_skip_quoted(p);
        } else if (p[0] == '/' && p[1] == '*') {
            return refuse(error, "write comments as -- in SQL of a pack"), NULL;
        } else {
            Token token = { 0 };
            p = read_token(p, &token, error);
            if (p == NULL)
                return NULL;
            g_array_append_val(tokens, token);
        }
    }
    return g_steal_pointer(&tokens);
}

static const Token *
token_at(const GArray *tokens, guint i)
{
    static const Token none = { TOKEN_VALUE, (char *)"" };
    return i < tokens->len ? &g_array_index(tokens, Token, i) : &none;
}

static bool
is_word(const GArray *tokens, guint i, const char *word)
{
    const Token *token = token_at(tokens, i);
    return token->kind == TOKEN_WORD && strcmp(token->text, word) == 0;
}

static bool
is_sign(const GArray *tokens, guint i, char sign)
{
    const Token *token = token_at(tokens, i);
    return token->kind == TOKEN_SIGN && token->text[0] == sign;
}

/* Whether AS [NOT] [MATERIALIZED] ( stands at @i: only WITH and WINDOW are written so. */
static bool
is_as_open(const GArray *tokens, guint i)
{
    if (!is_word(tokens, i, "as"))
        return false;
    i++;
    if (is_word(tokens, i, "not"))
        i++;
    if (is_word(tokens, i, "materialized"))
        i++;
    return is_sign(tokens, i, '(');
}

/* Whether the name at @i is defined by a WITH: name AS ( or name (column, …) AS (. */
static bool
is_with_name(const GArray *tokens, guint i)
{
    if (!is_sign(tokens, i + 1, '('))
        return is_as_open(tokens, i + 1);
    bool begins = i > 0 && (is_word(tokens, i - 1, "with") ||
                            is_word(tokens, i - 1, "recursive") || is_sign(tokens, i - 1, ','));
    guint at = i + 2;
    while (token_at(tokens, at)->kind <= TOKEN_QUOTED || is_sign(tokens, at, ','))
        at++;
    return begins && is_sign(tokens, at, ')') && is_as_open(tokens, at + 1);
}

static bool
check_name(const GArray *tokens, guint i, GPtrArray *with_names, GError **error)
{
    const Token *token = token_at(tokens, i);
    for (size_t h = 0; h < G_N_ELEMENTS(hidden); h++)
        if (g_str_has_prefix(token->text, hidden[h]))
            return refuse(error, "\"%s\" is not open to packs", token->text);
    if (token->kind == TOKEN_WORD && listed(keywords, G_N_ELEMENTS(keywords), token->text))
        return true;
    if (is_with_name(tokens, i)) {
        if (with_names != NULL)
            g_ptr_array_add(with_names, g_strdup(token->text));
        return true;
    }
    if (is_sign(tokens, i + 1, '(') && !hj_lex_is_pack_function(token->text))
        return refuse(error, "function \"%s\" is not open to packs", token->text);
    return true;
}

bool
hj_lex_check_pack(const char *sql, GPtrArray *names, GPtrArray *with_names, GError **error)
{
    g_autoptr(GArray) tokens = read_tokens(sql, error);
    if (tokens == NULL)
        return false;
    if (!is_word(tokens, 0, "select") && !is_word(tokens, 0, "with"))
        return refuse(error, "SQL of a pack is one SELECT");
    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = token_at(tokens, i);
        if (token->kind > TOKEN_QUOTED)
            continue;
        if (!check_name(tokens, i, with_names, error))
            return false;
        if (names != NULL)
            g_ptr_array_add(names, g_strdup(token->text));
    }
    return true;
}
