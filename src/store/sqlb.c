#include "store/sqlb.h"

#include "base/text.h"
#include "store/behind.h"
#include "store/lex.h"

#include <string.h>

struct HjSqlb {
    GString *text;
    GArray *vals; /* of HjVal, always ended by HJ_END */
    GStringChunk *held;
};

HjSqlb *
hj_sqlb_new(void)
{
    HjSqlb *b = g_new0(HjSqlb, 1);
    b->text = g_string_sized_new(512);
    b->vals = g_array_sized_new(FALSE, FALSE, sizeof(HjVal), 16);
    HjVal end = HJ_END;
    g_array_append_val(b->vals, end);
    return b;
}

void
hj_sqlb_free(HjSqlb *b)
{
    if (b == NULL)
        return;
    g_string_free(b->text, TRUE);
    g_array_free(b->vals, TRUE);
    if (b->held != NULL)
        g_string_chunk_free(b->held);
    g_free(b);
}

void
hj_sqlb_add_literal(HjSqlb *b, const char *literal)
{
    g_string_append(b->text, literal);
}

void
hj_sqlb_ident(HjSqlb *b, const char *prefix, const char *name)
{
    if (!hj_text_is_identifier(name))
        g_error("sqlb: \"%s\" is not an identifier", name);
    g_string_append_c(b->text, '"');
    if (prefix != NULL)
        g_string_append(b->text, prefix);
    g_string_append(b->text, name);
    g_string_append_c(b->text, '"');
}

/* The value's bytes are the builder's own. */
static const char *
hold(HjSqlb *b, const void *bytes, size_t n)
{
    if (b->held == NULL)
        b->held = g_string_chunk_new(256);
    return g_string_chunk_insert_len(b->held, bytes, (gssize)n);
}

/* "$n", of which a statement has dozens: printf would cost more than running it. */
static void
append_number(GString *out, guint n)
{
    char digits[12];
    size_t at = sizeof digits;
    for (; n > 0; n /= 10)
        digits[--at] = (char)('0' + n % 10);
    digits[--at] = '$';
    g_string_append_len(out, digits + at, (gssize)(sizeof digits - at));
}

void
hj_sqlb_param(HjSqlb *b, HjVal value)
{
    g_assert(value.kind != HJ_VAL_END);
    if (value.kind == HJ_VAL_TEXT && !value.is_date && value.text != NULL)
        value.text = hold(b, value.text, strlen(value.text));
    if (value.kind == HJ_VAL_BLOB && value.blob != NULL)
        value.blob = hold(b, value.blob, value.n_blob);
    HjVal end = HJ_END;
    g_array_index(b->vals, HjVal, b->vals->len - 1) = value;
    g_array_append_val(b->vals, end);
    append_number(b->text, b->vals->len - 1);
}

void
hj_sqlb_pack_text(HjSqlb *b, const char *text)
{
    g_string_append(b->text, text);
}

const char *
hj_sqlb_text(const HjSqlb *b)
{
    return b->text->str;
}

static const HjVal *
vals_of(const HjSqlb *b)
{
    return (const HjVal *)(const void *)b->vals->data;
}

HjRows *
hj_sqlb_query(HjSqlb *b, HjTx *tx, GError **error)
{
    return hj_tx_query_vals(tx, error, b->text->str, vals_of(b));
}

HjRows *
hj_sqlb_query_pack(HjSqlb *b, HjTx *tx, GError **error)
{
    return hj_tx_query_pack(tx, b->text->str, vals_of(b), error);
}

bool
hj_sqlb_scan(HjSqlb *b, HjTx *tx, HjScanFn fn, gpointer data, GError **error)
{
    return hj_tx_scan(tx, error, b->text->str, vals_of(b), fn, data);
}

bool
hj_sqlb_exec(HjSqlb *b, HjTx *tx, int64_t *ret_changes, GError **error)
{
    return hj_tx_exec_vals(tx, error, b->text->str, ret_changes, vals_of(b));
}

bool
hj_sqlb_put(HjSqlb *b, HjTx *tx, GError **error)
{
    return hj_tx_put_vals(tx, error, b->text->str, vals_of(b));
}

static guint
number_of(GPtrArray *names, const char *name, size_t n)
{
    for (guint i = 0; i < names->len; i++) {
        const char *known = g_ptr_array_index(names, i);
        if (strlen(known) == n && memcmp(known, name, n) == 0)
            return i + 1;
    }
    g_ptr_array_add(names, g_strndup(name, n));
    return names->len;
}

char *
hj_sqlb_rewrite_names(const char *sql, char ***ret_names)
{
    GString *out = g_string_sized_new(strlen(sql) + 16);
    GPtrArray *names = g_ptr_array_new();
    const char *p = sql;
    while (*p != '\0') {
        size_t plain = strcspn(p, "'\"-/:");
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        const char *after = hj_lex_skip_quoted(p);
        if (*p == '\0')
            break;
        if (after != p) {
            g_string_append_len(out, p, after - p);
            p = after;
        } else if (p[0] == ':' && p[1] == ':') {
            g_string_append(out, "::");
            p += 2;
        } else if (p[0] == ':' && (g_ascii_isalpha(p[1]) || p[1] == '_')) {
            size_t n = 1;
            while (g_ascii_isalnum(p[1 + n]) || p[1 + n] == '_')
                n++;
            append_number(out, number_of(names, p + 1, n));
            p += 1 + n;
        } else {
            g_string_append_c(out, *p++);
        }
    }
    g_ptr_array_add(names, NULL);
    *ret_names = (char **)g_ptr_array_free(names, FALSE);
    return g_string_free(out, FALSE);
}
