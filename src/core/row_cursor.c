#include "core/row_cursor.h"

#include "base/id.h"
#include "base/text.h"
#include "core/row_sql.h"

#include <string.h>

#define CURSOR_MARK "r1"
#define CURSOR_MARK_MANY "r2"
#define MAX_CURSOR 2000

static bool
is_plain_text(const HjField *field)
{
    return field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT;
}

static bool
no_such_order(GError **error)
{
    return hj_fail(error, HJ_ERROR_MALFORMED, "The list cannot be sorted by this.");
}

static bool
read_key(const HjActor *actor, const HjLedger *ledger, const char *name, bool desc,
         HjRowKeyOf *ret, GError **error)
{
    const struct {
        const char *name;
        HjRowOrderKind kind;
    } own[] = { { "org", HJ_ROW_BY_ORG },
                { "created_at", HJ_ROW_BY_CREATED },
                { "updated_at", HJ_ROW_BY_UPDATED } };
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (!g_str_equal(name, own[i].name))
            continue;
        *ret = (HjRowKeyOf){
            .kind = own[i].kind, .name = own[i].name, .desc = desc, .is_number = true
        };
        return true;
    }
    const HjField *field = hj_pack_field(ledger, name);
    if (field == NULL || hj_access_field_hidden(actor, field) || hj_pack_field_is_sealed(field))
        return no_such_order(error);
    *ret = (HjRowKeyOf){
        .kind = HJ_ROW_BY_FIELD, .field = field, .name = field->name, .desc = desc
    };
    if (field == hj_row_sql_title(ledger) && is_plain_text(field)) {
        ret->kind = HJ_ROW_BY_TITLE;
        return true;
    }
    ret->may_be_null = true;
    ret->is_number = field->type == HJ_FIELD_CHOICE ||
                     (hj_field_is_number(field) && field->type != HJ_FIELD_PERSON &&
                      field->type != HJ_FIELD_ROW && field->type != HJ_FIELD_ORG);
    return true;
}

/* "a,-b": one after another, none twice. */
static bool
read_keys(const HjActor *actor, const HjRowQuery *query, HjRowOrder *ret, GError **error)
{
    g_auto(GStrv) names = g_strsplit(query->sort, ",", -1);
    *ret = (HjRowOrder){ .n = g_strv_length(names) };
    if (ret->n == 0 || ret->n > HJ_ROW_KEYS)
        return no_such_order(error);
    for (size_t i = 0; i < ret->n; i++) {
        bool desc = i == 0 ? query->desc : names[i][0] == '-';
        const char *name = names[i] + (i > 0 && desc ? 1 : 0);
        if (!read_key(actor, query->ledger, name, desc, &ret->keys[i], error))
            return false;
        for (size_t k = 0; k < i; k++)
            if (g_str_equal(ret->keys[k].name, ret->keys[i].name))
                return no_such_order(error);
    }
    return true;
}

bool
hj_row_order_read(const HjActor *actor, const HjRowQuery *query, HjRowOrder *ret,
                  GError **error)
{
    const HjLedger *ledger = query->ledger;
    const char *name = ledger->sort_field;
    bool desc = ledger->sort_desc;
    if (query->sort != NULL)
        return read_keys(actor, query, ret, error);
    if (name == NULL && ledger->date_field != NULL) {
        /* The newest first. */
        name = ledger->date_field;
        desc = true;
    }
    const HjField *own_field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    /* An order of the ledger's own that this actor may not see gives way, one asked for not. */
    if (own_field != NULL && hj_access_field_hidden(actor, own_field))
        name = NULL;
    *ret = (HjRowOrder){ .keys = { { .kind = HJ_ROW_BY_ID, .name = "id", .desc = true } },
                         .n = 1 };
    return name == NULL || read_key(actor, ledger, name, desc, &ret->keys[0], error);
}

bool
hj_row_order_is_id(const HjRowOrder *order)
{
    return order->keys[0].kind == HJ_ROW_BY_ID;
}

/* Items in the order of their list, which is the order people know. */
static void
choice_place(HjSqlb *b, const HjField *field)
{
    hj_sqlb_lit(b, "CASE r.");
    hj_sqlb_ident(b, NULL, field->name);
    for (size_t i = 0; i < field->list->n_items; i++) {
        hj_sqlb_lit(b, " WHEN ");
        hj_sqlb_param(b, HJ_TEXT(field->list->items[i].name));
        hj_sqlb_lit(b, " THEN CAST(");
        hj_sqlb_param(b, HJ_I64(i));
        hj_sqlb_lit(b, " AS BIGINT)");
    }
    hj_sqlb_lit(b, " END");
}

static void
field_value(HjSqlb *b, const HjField *field)
{
    if (field->type == HJ_FIELD_CHOICE) {
        choice_place(b, field);
        return;
    }
    bool is_org = field->type == HJ_FIELD_ORG;
    bool is_row = hj_field_cites_row(field);
    if (is_org)
        hj_sqlb_lit(b, "(SELECT n.sort_key FROM sys_org_name n WHERE n.county = r.county"
                       " AND n.to_on = '9999-12-31' AND n.org = ");
    if (is_row) {
        hj_sqlb_lit(b, "(SELECT x.title_key FROM ");
        hj_sqlb_ident(b, "t_", field->ledger->name);
        hj_sqlb_lit(b, " x WHERE x.county = r.county AND x.id = ");
    }
    hj_sqlb_lit(b, "r.");
    hj_sqlb_ident(b, NULL, field->name);
    if (is_org || is_row)
        hj_sqlb_lit(b, ")");
}

static void
order_value(HjSqlb *b, const HjRowKeyOf *order)
{
    switch (order->kind) {
    case HJ_ROW_BY_ID:
        hj_sqlb_lit(b, "r.id");
        return;
    case HJ_ROW_BY_ORG:
        hj_sqlb_lit(b, "r.org");
        return;
    case HJ_ROW_BY_CREATED:
        hj_sqlb_lit(b, "r.created_at");
        return;
    case HJ_ROW_BY_UPDATED:
        hj_sqlb_lit(b, "r.updated_at");
        return;
    case HJ_ROW_BY_TITLE:
        hj_sqlb_lit(b, "r.title_key");
        return;
    case HJ_ROW_BY_FIELD:
        field_value(b, order->field);
        return;
    }
}

static const char *const columns[HJ_ROW_KEYS] = { "sorted_by", "sorted_by_1", "sorted_by_2",
                                                  "sorted_by_3" };

static void
add_direction(HjSqlb *b, const HjRowKeyOf *key)
{
    hj_sqlb_add_literal(b, key->desc ? " DESC" : " ASC");
    hj_sqlb_add_literal(b, key->may_be_null ? " NULLS LAST, " : ", ");
}

void
hj_row_order_select(HjSqlb *b, const HjRowOrder *order)
{
    for (size_t i = 0; !hj_row_order_is_id(order) && i < order->n; i++) {
        hj_sqlb_lit(b, ", ");
        order_value(b, &order->keys[i]);
        hj_sqlb_lit(b, " AS ");
        hj_sqlb_add_literal(b, columns[i]);
    }
}

void
hj_row_order_pass(HjSqlb *b, const HjRowOrder *order)
{
    for (size_t i = 0; !hj_row_order_is_id(order) && i < order->n; i++) {
        hj_sqlb_lit(b, ", r.");
        hj_sqlb_add_literal(b, columns[i]);
        hj_sqlb_lit(b, " AS ");
        hj_sqlb_add_literal(b, columns[i]);
    }
}

void
hj_row_order_by(HjSqlb *b, const HjRowOrder *order)
{
    hj_sqlb_lit(b, " ORDER BY ");
    for (size_t i = 0; !hj_row_order_is_id(order) && i < order->n; i++) {
        order_value(b, &order->keys[i]);
        add_direction(b, &order->keys[i]);
    }
    hj_sqlb_add_literal(b, order->keys[0].desc ? "r.id DESC" : "r.id ASC");
}

void
hj_row_order_again(HjSqlb *b, const HjRowOrder *order)
{
    hj_sqlb_lit(b, " ORDER BY ");
    for (size_t i = 0; !hj_row_order_is_id(order) && i < order->n; i++) {
        hj_sqlb_lit(b, "r.");
        hj_sqlb_add_literal(b, columns[i]);
        add_direction(b, &order->keys[i]);
    }
    hj_sqlb_add_literal(b, order->keys[0].desc ? "r.id DESC" : "r.id ASC");
}

void
hj_row_cursor_clear(HjRowCursor *cursor)
{
    for (size_t i = 0; i < HJ_ROW_KEYS; i++)
        g_clear_pointer(&cursor->at[i].text, g_free);
}

void
hj_row_cursor_take(const HjRowOrder *order, const HjRows *rows, HjRowCursor *ret)
{
    *ret = (HjRowCursor){ .id = hj_rows_i64(rows, "id") };
    for (size_t i = 0; !hj_row_order_is_id(order) && i < order->n; i++) {
        ret->at[i].is_null = hj_rows_null(rows, columns[i]);
        if (!ret->at[i].is_null && order->keys[i].is_number)
            ret->at[i].i64 = hj_rows_i64(rows, columns[i]);
        else if (!ret->at[i].is_null)
            ret->at[i].text = g_strdup(hj_rows_text(rows, columns[i]));
    }
}

/* Base64 with the letters a URL may carry. */
static char *
armour(const char *plain)
{
    char *text = g_base64_encode((const guchar *)plain, strlen(plain));
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '+')
            *p = '-';
        else if (*p == '/')
            *p = '_';
        else if (*p == '=')
            *p = '\0';
    }
    return text;
}

static char *
unarmour(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > MAX_CURSOR || n % 4 == 1)
        return NULL;
    GString *base = g_string_new(text);
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (!g_ascii_isalnum(c) && c != '-' && c != '_') {
            g_string_free(base, TRUE);
            return NULL;
        }
        base->str[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    while (base->len % 4 != 0)
        g_string_append_c(base, '=');
    gsize n_plain = 0;
    g_autofree guchar *bytes = g_base64_decode(base->str, &n_plain);
    g_string_free(base, TRUE);
    char *plain = g_strndup((const char *)bytes, n_plain);
    if (strlen(plain) == n_plain)
        return plain;
    g_free(plain);
    return NULL;
}

static char *
value_text(const HjRowOrder *order, const HjRowCursor *cursor, size_t i)
{
    if (cursor->at[i].is_null)
        return g_strdup("n");
    if (cursor->at[i].text != NULL)
        return g_strconcat("v", cursor->at[i].text, NULL);
    (void)order;
    return g_strdup_printf("v%" G_GINT64_FORMAT, cursor->at[i].i64);
}

/* "a,-b" */
static char *
order_text(const HjRowOrder *order)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < order->n; i++)
        g_string_append_printf(text, "%s%s%s", i > 0 ? "," : "", order->keys[i].desc ? "-" : "",
                               order->keys[i].name);
    return g_string_free(text, FALSE);
}

/* r1|<order>|<a or d>|<id>|<n, or v and the value>: the value last, it may hold anything.
 * Of several: r2|<order>|<id>|<bytes>:<value>…, as many as there are keys. */
char *
hj_row_cursor_write(const HjRowOrder *order, const HjRowCursor *cursor)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    if (order->n == 1) {
        g_autofree char *value = value_text(order, cursor, 0);
        g_string_printf(plain, CURSOR_MARK "|%s|%s|%" G_GINT64_FORMAT "|%s",
                        order->keys[0].name, order->keys[0].desc ? "d" : "a", cursor->id,
                        value);
        return armour(plain->str);
    }
    g_autofree char *names = order_text(order);
    g_string_printf(plain, CURSOR_MARK_MANY "|%s|%" G_GINT64_FORMAT "|", names, cursor->id);
    for (size_t i = 0; i < order->n; i++) {
        g_autofree char *value = value_text(order, cursor, i);
        g_string_append_printf(plain, "%zu:%s", strlen(value), value);
    }
    return armour(plain->str);
}

/* @text is "n" or "v" and the value. */
static bool
read_value(const HjRowKeyOf *key, const char *text, HjRowCursor *cursor, size_t i)
{
    if (g_str_equal(text, "n") && key->may_be_null) {
        cursor->at[i].is_null = true;
        return true;
    }
    if (text[0] != 'v')
        return false;
    if (key->kind == HJ_ROW_BY_ID)
        return true;
    if (key->is_number)
        return hj_text_parse_i64(text + 1, &cursor->at[i].i64);
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    cursor->at[i].text = g_strdup(text + 1);
    return true;
}

static bool
read_one(const HjRowOrder *order, const char *plain, HjRowCursor *cursor)
{
    g_auto(GStrv) parts = g_strsplit(plain, "|", 5);
    return g_strv_length(parts) == 5 && g_str_equal(parts[0], CURSOR_MARK) &&
           g_str_equal(parts[1], order->keys[0].name) &&
           g_str_equal(parts[2], order->keys[0].desc ? "d" : "a") &&
           hj_id_parse(parts[3], &cursor->id) &&
           read_value(&order->keys[0], parts[4], cursor, 0);
}

static bool
read_many(const HjRowOrder *order, const char *plain, HjRowCursor *cursor)
{
    g_auto(GStrv) parts = g_strsplit(plain, "|", 4);
    g_autofree char *names = order_text(order);
    if (g_strv_length(parts) != 4 || !g_str_equal(parts[0], CURSOR_MARK_MANY) ||
        !g_str_equal(parts[1], names) || !hj_id_parse(parts[2], &cursor->id))
        return false;
    const char *at = parts[3];
    for (size_t i = 0; i < order->n; i++) {
        size_t digits = strspn(at, "0123456789");
        g_autofree char *count = g_strndup(at, digits);
        int64_t n = 0;
        if (digits == 0 || digits > 5 || at[digits] != ':' || !hj_text_parse_i64(count, &n) ||
            (size_t)n > strlen(at + digits + 1))
            return false;
        g_autofree char *value = g_strndup(at + digits + 1, (gsize)n);
        if (!read_value(&order->keys[i], value, cursor, i))
            return false;
        at += digits + 1 + (size_t)n;
    }
    return *at == '\0';
}

bool
hj_row_cursor_read(const HjRowOrder *order, const char *text, HjRowCursor *ret, GError **error)
{
    g_autofree char *plain = unarmour(text);
    *ret = (HjRowCursor){ 0 };
    if (plain != NULL &&
        (order->n == 1 ? read_one(order, plain, ret) : read_many(order, plain, ret)))
        return true;
    hj_row_cursor_clear(ret);
    return hj_fail(error, HJ_ERROR_MALFORMED,
                   "This is not the address of a page of this list.");
}

static HjVal
value_at(const HjRowOrder *order, const HjRowCursor *cursor, size_t i)
{
    return order->keys[i].is_number ? HJ_I64(cursor->at[i].i64) : HJ_TEXT(cursor->at[i].text);
}

/* By one key: the form that its index answers. */
static void
after_one(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor)
{
    const HjRowKeyOf *key = &order->keys[0];
    const char *beyond = key->desc ? " < " : " > ";
    if (key->kind == HJ_ROW_BY_ID || cursor->at[0].is_null) {
        hj_sqlb_lit(b, " AND r.id");
        hj_sqlb_add_literal(b, beyond);
        hj_sqlb_param(b, HJ_I64(cursor->id));
        if (!cursor->at[0].is_null)
            return;
        hj_sqlb_lit(b, " AND ");
        order_value(b, key);
        hj_sqlb_lit(b, " IS NULL");
        return;
    }
    hj_sqlb_lit(b, " AND ((");
    order_value(b, key);
    hj_sqlb_lit(b, ", r.id)");
    hj_sqlb_add_literal(b, beyond);
    hj_sqlb_lit(b, "(");
    hj_sqlb_param(b, value_at(order, cursor, 0));
    hj_sqlb_lit(b, ", ");
    hj_sqlb_param(b, HJ_I64(cursor->id));
    hj_sqlb_lit(b, ")");
    if (key->may_be_null) {
        hj_sqlb_lit(b, " OR ");
        order_value(b, key);
        hj_sqlb_lit(b, " IS NULL");
    }
    hj_sqlb_lit(b, ")");
}

static void
add_equal(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor, size_t i)
{
    order_value(b, &order->keys[i]);
    if (cursor->at[i].is_null) {
        hj_sqlb_lit(b, " IS NULL AND ");
        return;
    }
    hj_sqlb_lit(b, " = ");
    hj_sqlb_param(b, value_at(order, cursor, i));
    hj_sqlb_lit(b, " AND ");
}

/* Nothing comes behind a missing value. */
static void
add_beyond(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor, size_t i)
{
    const HjRowKeyOf *key = &order->keys[i];
    if (cursor->at[i].is_null) {
        hj_sqlb_lit(b, "1 = 0");
        return;
    }
    hj_sqlb_lit(b, "(");
    order_value(b, key);
    hj_sqlb_add_literal(b, key->desc ? " < " : " > ");
    hj_sqlb_param(b, value_at(order, cursor, i));
    if (key->may_be_null) {
        hj_sqlb_lit(b, " OR ");
        order_value(b, key);
        hj_sqlb_lit(b, " IS NULL");
    }
    hj_sqlb_lit(b, ")");
}

void
hj_row_cursor_after(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor)
{
    if (order->n == 1) {
        after_one(b, order, cursor);
        return;
    }
    for (size_t i = 0; i <= order->n; i++) {
        hj_sqlb_add_literal(b, i == 0 ? " AND ((" : " OR (");
        for (size_t k = 0; k < i; k++)
            add_equal(b, order, cursor, k);
        if (i < order->n) {
            add_beyond(b, order, cursor, i);
        } else {
            hj_sqlb_lit(b, "r.id");
            hj_sqlb_add_literal(b, order->keys[0].desc ? " < " : " > ");
            hj_sqlb_param(b, HJ_I64(cursor->id));
        }
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, ")");
}
