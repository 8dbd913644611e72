#include "app/divisions.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

typedef struct {
    const char *path;
    const char *county;
    GPtrArray *problems;
    GHashTable *kinds; /* code → kind, of the lines so far */
    GArray *seeds;
    GStringChunk *texts;
} Reader;

static void problem(Reader *reader, size_t line, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
problem(Reader *reader, size_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(reader->problems, g_strdup_printf("%s:%zu: %s", reader->path, line, why));
}

char *
hj_divisions_name(const char *name)
{
    static const struct {
        const char *suffix, *is;
    } rules[] = {
        { "村民委员会", "村" },   { "村委会", "村" },       { "社区居民委员会", "社区" },
        { "社区居委会", "社区" }, { "居民委员会", "社区" }, { "居委会", "社区" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!g_str_has_suffix(name, rules[i].suffix))
            continue;
        g_autofree char *stem = g_strndup(name, strlen(name) - strlen(rules[i].suffix));
        return g_str_has_suffix(stem, rules[i].is) ? g_steal_pointer(&stem)
                                                   : g_strconcat(stem, rules[i].is, NULL);
    }
    return g_strdup(name);
}

/* Fields of one line; double quotes may hold commas. NULL: a quote that does not end. */
static char **
split(const char *line)
{
    GPtrArray *fields = g_ptr_array_new();
    GString *field = g_string_new(NULL);
    bool quoted = false;
    for (const char *c = line; *c != '\0'; c++) {
        if (*c == '"' && quoted && c[1] == '"')
            g_string_append_c(field, *c++);
        else if (*c == '"')
            quoted = !quoted;
        else if (*c == ',' && !quoted) {
            g_ptr_array_add(fields, g_string_free(field, FALSE));
            field = g_string_new(NULL);
        } else {
            g_string_append_c(field, *c);
        }
    }
    g_ptr_array_add(fields, g_string_free(field, FALSE));
    g_ptr_array_add(fields, NULL);
    char **result = (char **)g_ptr_array_free(fields, FALSE);
    if (quoted)
        g_clear_pointer(&result, g_strfreev);
    return result;
}

static const char *
kind_of_level(const char *level)
{
    static const char *const kinds[][2] = { { "county", "county" },
                                            { "township", "committee" },
                                            { "village", "village" },
                                            { "community", "community" } };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(kinds[i][0], level))
            return kinds[i][1];
    }
    return NULL;
}

static bool
code_ok(const char *code)
{
    size_t n = strspn(code, "0123456789");
    return code[n] == '\0' && (n == 6 || n == 9 || n == 12);
}

/* What the line says about its place in the tree. */
static bool
check_place(Reader *reader, size_t line, const char *code, const char *kind, const char *parent)
{
    const char *above = g_hash_table_lookup(reader->kinds, parent);
    if (g_str_equal(kind, "county")) {
        if (*parent != '\0')
            problem(reader, line, "the county has no parent");
        else if (!g_str_equal(code, reader->county))
            problem(reader, line, "the list is of county %s, not of %s", code, reader->county);
        else if (reader->seeds->len > 0)
            problem(reader, line, "the county must be the first and only one");
        else
            return true;
        return false;
    }
    const char *wanted = g_str_equal(kind, "committee") ? "county" : "committee";
    if (above == NULL)
        problem(reader, line, "parent %s does not stand above this line", parent);
    else if (!g_str_equal(above, wanted))
        problem(reader, line, "parent %s is a %s, which cannot hold a %s", parent, above, kind);
    else
        return true;
    return false;
}

static void
read_line(Reader *reader, size_t line, char **fields)
{
    if (g_strv_length(fields) != 4) {
        problem(reader, line, "%u columns instead of code,name,level,parent",
                g_strv_length(fields));
        return;
    }
    for (int i = 0; i < 4; i++)
        g_strstrip(fields[i]);
    const char *kind = kind_of_level(fields[2]);
    if (!code_ok(fields[0]))
        problem(reader, line, "\"%s\" is not a division code of 6, 9 or 12 digits", fields[0]);
    else if (g_hash_table_contains(reader->kinds, fields[0]))
        problem(reader, line, "code %s stands in the list twice", fields[0]);
    else if (*fields[1] == '\0' || hj_text_length(fields[1]) > 100)
        problem(reader, line, "the name must have 1 to 100 characters");
    else if (kind == NULL)
        problem(reader, line, "level \"%s\" is none of county, township, village, community",
                fields[2]);
    else if (check_place(reader, line, fields[0], kind, fields[3])) {
        g_autofree char *name = hj_divisions_name(fields[1]);
        HjOrgSeed seed = {
            .code = g_string_chunk_insert(reader->texts, fields[0]),
            .name = g_string_chunk_insert(reader->texts, name),
            .kind = kind,
            .parent =
                *fields[3] != '\0' ? g_string_chunk_insert(reader->texts, fields[3]) : NULL,
        };
        g_array_append_val(reader->seeds, seed);
        g_hash_table_insert(reader->kinds, (gpointer)seed.code, (gpointer)kind);
    }
}

static void
read_lines(Reader *reader, char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        g_strchomp(lines[i]);
        if (*lines[i] == '\0')
            continue;
        if (!hj_text_is_clean(lines[i], true)) {
            problem(reader, i + 1, "the line is not clean UTF-8 (is the file saved as UTF-8?)");
            continue;
        }
        g_auto(GStrv) fields = split(lines[i]);
        if (fields == NULL)
            problem(reader, i + 1, "a quotation mark is not closed");
        else if (i > 0)
            read_line(reader, i + 1, fields);
        else if (!g_str_equal(lines[0], "code,name,level,parent"))
            problem(reader, 1, "the first line must be code,name,level,parent");
    }
    if (reader->seeds->len == 0 && reader->problems->len == 0)
        problem(reader, 1, "the list is empty");
}

HjDivisions *
hj_divisions_load(const char *path, const char *county, GPtrArray *problems)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &text, &n, &error) || strlen(text) != n) {
        g_ptr_array_add(problems,
                        g_strdup_printf("%s:1: %s", path,
                                        error != NULL ? error->message : "this is not text"));
        return NULL;
    }
    const char *begin = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    Reader reader = { .path = path, .county = county, .problems = problems };
    reader.kinds = g_hash_table_new(g_str_hash, g_str_equal);
    reader.seeds = g_array_new(FALSE, FALSE, sizeof(HjOrgSeed));
    reader.texts = g_string_chunk_new(65536);
    read_lines(&reader, (char *)begin);
    g_hash_table_unref(reader.kinds);
    HjDivisions *divisions = g_new0(HjDivisions, 1);
    divisions->texts = reader.texts;
    divisions->n = reader.seeds->len;
    divisions->seeds = (HjOrgSeed *)(void *)g_array_free(reader.seeds, FALSE);
    if (problems->len > 0)
        g_clear_pointer(&divisions, hj_divisions_free);
    return divisions;
}

void
hj_divisions_free(HjDivisions *divisions)
{
    if (divisions == NULL)
        return;
    g_free(divisions->seeds);
    g_string_chunk_free(divisions->texts);
    g_free(divisions);
}
