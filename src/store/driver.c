#include "store/driver.h"

#include "store/lex.h"

#include <string.h>

typedef struct {
    const HjDriver *driver;
    const char *at;
    GString *out;
    const char *statement; /* first word of the running statement, NULL before it */
} Ddl;

static bool
is_comment(const char *p)
{
    return (p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*');
}

/* The column a {bool} belongs to: the word before it, as written. */
static char *
word_before(const GString *out)
{
    size_t end = out->len;
    while (end > 0 && g_ascii_isspace(out->str[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && (g_ascii_isalnum(out->str[start - 1]) || out->str[start - 1] == '_' ||
                         out->str[start - 1] == '"'))
        start--;
    return g_strndup(out->str + start, end - start);
}

static bool
replace_token(Ddl *ddl)
{
    const HjDriver *d = ddl->driver;
    const struct {
        const char *token, *text;
    } tokens[] = {
        { "{id}", d->ddl_id },     { "{i64}", d->ddl_i64 },
        { "{bool}", d->ddl_bool }, { "{text}", d->ddl_text },
        { "{blob}", d->ddl_blob }, { "{this_county}", d->ddl_this_county },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        if (!g_str_has_prefix(ddl->at, tokens[i].token))
            continue;
        g_autofree char *column = word_before(ddl->out);
        g_string_append(ddl->out, tokens[i].text);
        if (tokens[i].text == d->ddl_bool && strcmp(tokens[i].token, "{bool}") == 0)
            g_string_append_printf(ddl->out, " CHECK (%s IN (0, 1))", column);
        ddl->at += strlen(tokens[i].token);
        return true;
    }
    return false;
}

/* After the parenthesis that closes CREATE TABLE, not after a statement without one. */
static void
end_statement(Ddl *ddl)
{
    bool table =
        ddl->statement != NULL && g_ascii_strncasecmp(ddl->statement, "CREATE TABLE", 12) == 0;
    if (table && ddl->driver->ddl_table_end[0] != '\0') {
        while (ddl->out->len > 0 && g_ascii_isspace(ddl->out->str[ddl->out->len - 1]))
            g_string_truncate(ddl->out, ddl->out->len - 1);
        g_string_append_printf(ddl->out, " %s", ddl->driver->ddl_table_end);
    }
    ddl->statement = NULL;
}

char *
hj_driver_ddl(const HjDriver *driver, const char *sql)
{
    Ddl ddl = { .driver = driver, .at = sql, .out = g_string_sized_new(strlen(sql) * 2) };
    while (*ddl.at != '\0') {
        const char *after = hj_lex_skip_quoted(ddl.at);
        if (after != ddl.at) {
            if (ddl.statement == NULL && !is_comment(ddl.at))
                ddl.statement = ddl.at;
            g_string_append_len(ddl.out, ddl.at, after - ddl.at);
            ddl.at = after;
            continue;
        }
        if (*ddl.at == '{' && replace_token(&ddl))
            continue;
        if (*ddl.at == ';')
            end_statement(&ddl);
        else if (ddl.statement == NULL && !g_ascii_isspace(*ddl.at))
            ddl.statement = ddl.at;
        g_string_append_c(ddl.out, *ddl.at++);
    }
    end_statement(&ddl);
    return g_string_free(ddl.out, FALSE);
}
