#include "core/row_cursor.h"

#include "base/id.h"
#include "base/text.h"
#include "core/row_sql.h"

#include <string.h>

#define CURSOR_MARK "r1"
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

bool
hj_row_order_read(const HjActor *actor, const HjRowQuery *query, HjRowOrder *ret,
                  GError **error)
{
    const HjLedger *ledger = query->ledger;
    const char *name = query->sort != NULL ? query->sort : ledger->sort_field;
    bool desc = query->sort != NULL ? query->desc : ledger->sort_desc;
    if (name == NULL && ledger->date_field != NULL) {
        /* The newest first. */
        name = ledger->date_field;
        desc = true;
    }
    const HjField *own_field = name != NULL ? hj_pack_field(ledger, name) : NULL;
    /* An order of the ledger's own that this actor may not see gives way, one asked for not. */
    if (query->sort == NULL && own_field != NULL && hj_access_field_hidden(actor, own_field))
        name = NULL;
    if (name == NULL) {
        *ret = (HjRowOrder){ .kind = HJ_ROW_BY_ID, .name = "id", .desc = true };
        return true;
    }
    const struct {
        const char *name;
        HjRowOrderKind kind;
    } own[] = { { "org", HJ_ROW_BY_ORG },
                { "created_at", HJ_ROW_BY_CREATED },
                { "updated_at", HJ_ROW_BY_UPDATED } };
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (!g_str_equal(name, own[i].name))
            continue;
        *ret = (HjRowOrder){
            .kind = own[i].kind, .name = own[i].name, .desc = desc, .is_number = true
        };
        return true;
    }
    const HjField *field = hj_pack_field(ledger, name);
    if (field == NULL || hj_access_field_hidden(actor, field) || hj_pack_field_is_sealed(field))
        return no_such_order(error);
    *ret = (HjRowOrder){
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
    bool is_row = field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ROW;
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

void
hj_row_order_value(HjSqlb *b, const HjRowOrder *order)
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

static void
add_direction(HjSqlb *b, const HjRowOrder *order)
{
    hj_sqlb_add_literal(b, order->desc ? " DESC" : " ASC");
    hj_sqlb_add_literal(b, order->may_be_null ? " NULLS LAST, " : ", ");
}

void
hj_row_order_by(HjSqlb *b, const HjRowOrder *order)
{
    hj_sqlb_lit(b, " ORDER BY ");
    if (order->kind != HJ_ROW_BY_ID) {
        hj_row_order_value(b, order);
        add_direction(b, order);
    }
    hj_sqlb_add_literal(b, order->desc ? "r.id DESC" : "r.id ASC");
}

void
hj_row_order_again(HjSqlb *b, const HjRowOrder *order)
{
    hj_sqlb_lit(b, " ORDER BY ");
    if (order->kind != HJ_ROW_BY_ID) {
        hj_sqlb_lit(b, "r.sorted_by");
        add_direction(b, order);
    }
    hj_sqlb_add_literal(b, order->desc ? "r.id DESC" : "r.id ASC");
}

void
hj_row_cursor_clear(HjRowCursor *cursor)
{
    g_clear_pointer(&cursor->text, g_free);
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

/* r1|<order>|<a or d>|<id>|<n, or v and the value>: the value last, it may hold anything. */
char *
hj_row_cursor_write(const HjRowOrder *order, const HjRowCursor *cursor)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, cursor->i64);
    g_autofree char *plain =
        g_strdup_printf(CURSOR_MARK "|%s|%s|%" G_GINT64_FORMAT "|%s%s", order->name,
                        order->desc ? "d" : "a", cursor->id, cursor->is_null ? "n" : "v",
                        cursor->is_null        ? ""
                        : cursor->text != NULL ? cursor->text
                                               : number);
    return armour(plain);
}

bool
hj_row_cursor_read(const HjRowOrder *order, const char *text, HjRowCursor *ret, GError **error)
{
    g_autofree char *plain = unarmour(text);
    g_auto(GStrv) parts = plain != NULL ? g_strsplit(plain, "|", 5) : NULL;
    HjRowCursor cursor = { 0 };
    bool right = parts != NULL && g_strv_length(parts) == 5 &&
                 g_str_equal(parts[0], CURSOR_MARK) && g_str_equal(parts[1], order->name) &&
                 g_str_equal(parts[2], order->desc ? "d" : "a") &&
                 hj_id_parse(parts[3], &cursor.id);
    if (right && g_str_equal(parts[4], "n") && order->may_be_null)
        cursor.is_null = true;
    else if (right && parts[4][0] == 'v' && order->kind == HJ_ROW_BY_ID)
        right = true;
    else if (right && parts[4][0] == 'v' && order->is_number)
        right = hj_text_parse_i64(parts[4] + 1, &cursor.i64);
    else if (right)
        right = parts[4][0] == 'v' && g_utf8_validate(parts[4], -1, NULL);
    if (!right)
        return hj_fail(error, HJ_ERROR_MALFORMED,
                       "This is not the address of a page of this list.");
    if (!cursor.is_null && !order->is_number)
        cursor.text = g_strdup(parts[4] + 1);
    *ret = cursor;
    return true;
}

void
hj_row_cursor_after(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor)
{
    const char *beyond = order->desc ? " < " : " > ";
    if (order->kind == HJ_ROW_BY_ID || cursor->is_null) {
        hj_sqlb_lit(b, " AND r.id");
        hj_sqlb_add_literal(b, beyond);
        hj_sqlb_param(b, HJ_I64(cursor->id));
        if (!cursor->is_null)
            return;
        hj_sqlb_lit(b, " AND ");
        hj_row_order_value(b, order);
        hj_sqlb_lit(b, " IS NULL");
        return;
    }
    hj_sqlb_lit(b, " AND ((");
    hj_row_order_value(b, order);
    hj_sqlb_lit(b, ", r.id)");
    hj_sqlb_add_literal(b, beyond);
    hj_sqlb_lit(b, "(");
    hj_sqlb_param(b, order->is_number ? HJ_I64(cursor->i64) : HJ_TEXT(cursor->text));
    hj_sqlb_lit(b, ", ");
    hj_sqlb_param(b, HJ_I64(cursor->id));
    hj_sqlb_lit(b, ")");
    if (order->may_be_null) {
        hj_sqlb_lit(b, " OR ");
        hj_row_order_value(b, order);
        hj_sqlb_lit(b, " IS NULL");
    }
    hj_sqlb_lit(b, ")");
}
