#include "web/rowquery.h"

#include "base/citizen.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/text.h"
#include "core/org.h"
#include "pack/flow.h"
#include "store/vault.h"
#include "web/parse.h"

#include <stdarg.h>
#include <string.h>

/* More conditions than any form has inputs. */
#define MAX_KEYS 4
#define MAX_FILTERS 64
#define MAX_TEXT 100

static const char *const known_names[] = { "under", "here",   "q",      "from",  "to", "sort",
                                           "limit", "cursor", "parent", "state", NULL };

static const char *const own_orders[] = { "org", "created_at", "updated_at", NULL };

/* One reading of one query string. */
typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    const HjActor *actor;
    bool fen; /* money filters are integer fen */
    HjRowQuery query;
    HjRowFilter *filters;
} Reader;

bool
hj_rowquery_fail(HjRequest *req, const char *name, const char *msgid, GError **error)
{
    HjLabel says = { .zh = hj_tr(HJ_ZH, msgid), .en = hj_tr(HJ_EN, msgid) };
    hj_issues_add_label(hj_request_issues(req), name, "parameter", &says);
    return hj_error_set(
        error, HJ_ERROR_MALFORMED,
        hj_request_printf(req, "%s: %s", name, hj_tr(hj_request_lang(req), msgid)));
}

/* The one value of a parameter, NULL when absent or empty. */
static bool
read_single(HjRequest *req, const char *name, const char **ret, GError **error)
{
    const char *found = NULL;
    for (size_t i = 0; i < hj_request_n_query(req); i++) {
        if (strcmp(hj_request_query_name(req, i), name) != 0)
            continue;
        if (found != NULL)
            return hj_rowquery_fail(req, name, N_("May be given only once."), error);
        found = hj_request_query_value(req, i);
    }
    *ret = found != NULL && *found != '\0' ? found : NULL;
    return true;
}

bool
hj_rowquery_limit(HjRequest *req, int fallback, int *ret, GError **error)
{
    const char *text = NULL;
    if (!read_single(req, "limit", &text, error))
        return false;
    int64_t limit = fallback;
    if (text != NULL &&
        (!hj_text_parse_i64(text, &limit) || limit < 1 || limit > HJ_ROWQUERY_MAX_LIMIT))
        return hj_rowquery_fail(req, "limit", N_("Must be a whole number from 1 to 200."),
                                error);
    *ret = (int)limit;
    return true;
}

/* A field of the ledger that this actor may know of, or NULL. */
static const HjField *
find_field(const Reader *r, const char *name)
{
    const HjField *field = hj_pack_field(r->ledger, name);
    return field != NULL && !hj_access_field_hidden(r->actor, field) ? field : NULL;
}

static bool
read_place(Reader *r, GError **error)
{
    const char *under = NULL;
    const char *here = NULL;
    if (!read_single(r->req, "under", &under, error) ||
        !read_single(r->req, "here", &here, error))
        return false;
    if (here != NULL && strcmp(here, "1") != 0 && strcmp(here, "0") != 0)
        return hj_rowquery_fail(r->req, "here", N_("Must be 0 or 1."), error);
    r->query.only_here = here != NULL && *here == '1';
    if (r->query.only_here && under == NULL)
        return hj_rowquery_fail(r->req, "here", N_("Needs the organization in “under”."),
                                error);
    if (under == NULL)
        return true;
    HjTx *tx = hj_request_tx(r->req);
    if (!hj_org_find(tx, under, &r->query.under, error))
        return false;
    if (r->query.under == 0 || !hj_access_sees_org(tx, r->actor, r->query.under))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    return true;
}

static bool
read_parent(Reader *r, GError **error)
{
    const char *text = NULL;
    if (!read_single(r->req, "parent", &text, error))
        return false;
    if (text == NULL)
        return true;
    if (r->ledger->in == NULL)
        return hj_rowquery_fail(r->req, "parent", N_("Rows of this ledger have no parent row."),
                                error);
    if (!hj_id_parse(text, &r->query.parent))
        return hj_rowquery_fail(r->req, "parent", N_("Must be the number of a row."), error);
    g_autoptr(HjRows) row =
        hj_row_get(hj_request_tx(r->req), r->actor, r->ledger->in, r->query.parent, error);
    return row != NULL;
}

/* Only rows that move stand anywhere. */
static bool
read_state(Reader *r, GError **error)
{
    const HjFlow *flow = r->ledger->flow;
    if (!read_single(r->req, "state", &r->query.state, error))
        return false;
    if (r->query.state == NULL)
        return true;
    if (flow == NULL)
        return hj_rowquery_fail(r->req, "state", N_("There is no such parameter."), error);
    return hj_flow_node(flow, r->query.state) != NULL ||
           g_str_equal(r->query.state, HJ_NODE_CALLED_OFF) ||
           hj_rowquery_fail(r->req, "state", N_("Must be a node of this ledger."), error);
}

static bool
read_day(Reader *r, const char *name, HjDate *ret, GError **error)
{
    const char *text = NULL;
    if (!read_single(r->req, name, &text, error))
        return false;
    *ret = HJ_DATE_NONE;
    if (text == NULL)
        return true;
    const char *date_field = r->ledger->date_field;
    if (date_field == NULL || find_field(r, date_field) == NULL)
        return hj_rowquery_fail(r->req, name, N_("This ledger is not listed by date."), error);
    if (!hj_date_parse(text, ret, NULL))
        return hj_rowquery_fail(r->req, name, N_("Must be a date like 2018-03-05."), error);
    return true;
}

static bool
read_days(Reader *r, GError **error)
{
    if (!read_day(r, "from", &r->query.from, error) || !read_day(r, "to", &r->query.to, error))
        return false;
    if (r->query.from != HJ_DATE_NONE && r->query.to != HJ_DATE_NONE &&
        r->query.from > r->query.to)
        return hj_rowquery_fail(r->req, "from", N_("Must not be after “to”."), error);
    return true;
}

static bool
read_order(Reader *r, GError **error)
{
    const char *sort = NULL;
    if (!read_single(r->req, "sort", &sort, error))
        return false;
    if (sort == NULL)
        return true;
    r->query.desc = *sort == '-';
    r->query.sort = sort + (r->query.desc ? 1 : 0);
    g_auto(GStrv) names = g_strsplit(r->query.sort, ",", -1);
    const bool none = names[0] == NULL;
    for (size_t i = 0; none || names[i] != NULL; i++) {
        const char *name = none ? "" : names[i] + (i > 0 && names[i][0] == '-' ? 1 : 0);
        const HjField *by = find_field(r, name);
        if (i >= MAX_KEYS ||
            (!g_strv_contains(own_orders, name) && (by == NULL || hj_pack_field_is_sealed(by))))
            return hj_rowquery_fail(r->req, "sort",
                                    N_("Must be a field of this ledger, “org”, “created_at” or "
                                       "“updated_at”."),
                                    error);
    }
    return true;
}

static bool
read_search(Reader *r, GError **error)
{
    if (!read_single(r->req, "q", &r->query.q, error) ||
        !read_single(r->req, "cursor", &r->query.cursor, error))
        return false;
    if (r->query.q != NULL && hj_text_length(r->query.q) > MAX_TEXT)
        return hj_rowquery_fail(r->req, "q", N_("Is too long."), error);
    g_autofree char *number = r->query.q != NULL ? hj_citizen_tidy(r->query.q) : NULL;
    if (number != NULL && hj_citizen_read(number, NULL) == HJ_CITIZEN_GOOD)
        return hj_rowquery_fail(r->req, "q",
                                N_("A whole number does not belong in an address: search for "
                                   "it with the form beside the list."),
                                error);
    return true;
}

/* Whether equality and "a..b" both make sense. */
static bool
has_order(const HjField *field)
{
    switch (field->type) {
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY:
    case HJ_FIELD_DATE:
    case HJ_FIELD_MONTH:
    case HJ_FIELD_DATETIME:
        return true;
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
    case HJ_FIELD_BOOL:
    case HJ_FIELD_CHOICE:
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ORG:
    case HJ_FIELD_ROW:
    case HJ_FIELD_FILES:
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
    case HJ_FIELD_PHONE:
    case HJ_FIELD_SEALED:
        break;
    }
    return false;
}

/* One end of a range or a whole value, checked; *ret is how core/row reads it. */
static bool
read_value(Reader *r, const HjField *field, const char *text, const char **ret, GError **error)
{
    *ret = text;
    if (*text == '\0')
        return true;
    if (hj_pack_field_is_sealed(field))
        return hj_vault_is_index(text) ||
               hj_rowquery_fail(r->req, field->name,
                                N_("A whole number does not belong in an address: search for "
                                   "it with the form beside the list."),
                                error);
    if (field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT)
        return hj_text_length(text) <= MAX_TEXT ||
               hj_rowquery_fail(r->req, field->name, N_("Is too long."), error);
    if (field->type == HJ_FIELD_MONEY && r->fen) {
        int64_t fen = 0;
        if (!hj_text_parse_i64(text, &fen))
            return hj_rowquery_fail(r->req, field->name,
                                    N_("Must be money as whole fen, like 1250."), error);
        *ret = hj_request_strdup(r->req, hj_decimal_text(fen, 2).text);
        return true;
    }
    /* The bounds and the required mark of a field are for entering, not for asking. */
    HjField asked = *field;
    asked.required = asked.has_min = asked.has_max = false;
    HjVal value = HJ_NULL;
    g_autofree char *owned = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    if (hj_field_from_text(&asked, text, &value, &owned, issues))
        return true;
    if (hj_issues_count(issues) == 0)
        return hj_rowquery_fail(r->req, field->name, N_("Cannot be read."), error);
    HjLabel says = { .zh = hj_issues_message(issues, 0, HJ_ZH),
                     .en = hj_issues_message(issues, 0, HJ_EN) };
    hj_issues_add_label(hj_request_issues(r->req), field->name, "parameter", &says);
    return hj_error_set(error, HJ_ERROR_MALFORMED,
                        hj_request_printf(r->req, "%s: %s", field->name,
                                          hj_i18n_label(&says, hj_request_lang(r->req))));
}

static bool
read_range(Reader *r, const HjField *field, const char *text, const char *dots,
           const char **ret, GError **error)
{
    const char *low = hj_request_printf(r->req, "%.*s", (int)(dots - text), text);
    const char *high = dots + 2;
    if (*low == '\0' && *high == '\0')
        return hj_rowquery_fail(r->req, field->name,
                                N_("Needs a value on either side of “..”."), error);
    if (!read_value(r, field, low, &low, error) || !read_value(r, field, high, &high, error))
        return false;
    *ret = hj_request_printf(r->req, "%s..%s", low, high);
    return true;
}

static bool
add_filter(Reader *r, const HjField *field, const char *text, GError **error)
{
    bool several = field->type == HJ_FIELD_CHOICES || field->type == HJ_FIELD_LIST_CHECK;
    for (size_t i = 0; i < r->query.n_filters; i++)
        if (!several && r->filters[i].field == field)
            return hj_rowquery_fail(r->req, field->name, N_("May be given only once."), error);
    if (r->query.n_filters == MAX_FILTERS)
        return hj_rowquery_fail(r->req, field->name, N_("Too many conditions."), error);
    const char *value = NULL;
    const char *dots = has_order(field) ? strstr(text, "..") : NULL;
    if (dots != NULL ? !read_range(r, field, text, dots, &value, error)
                     : !read_value(r, field, text, &value, error))
        return false;
    r->filters[r->query.n_filters++] = (HjRowFilter){ .field = field, .text = value };
    return true;
}

static bool
read_filters(Reader *r, const char *const *own, GError **error)
{
    r->filters = hj_request_new(r->req, HjRowFilter, MAX_FILTERS);
    for (size_t i = 0; i < hj_request_n_query(r->req); i++) {
        const char *name = hj_request_query_name(r->req, i);
        const char *text = hj_request_query_value(r->req, i);
        if (g_strv_contains(known_names, name) || (own != NULL && g_strv_contains(own, name)))
            continue;
        const HjField *field = find_field(r, name);
        if (field == NULL)
            return hj_rowquery_fail(r->req, name, N_("There is no such parameter."), error);
        if (*text != '\0' && !add_filter(r, field, text, error))
            return false;
    }
    r->query.filters = r->filters;
    return true;
}

static bool
read_all(Reader *r, const char *const *own, HjRowQuery *ret, GError **error)
{
    r->actor = hj_request_actor(r->req);
    r->query = (HjRowQuery){ .ledger = r->ledger, .from = HJ_DATE_NONE, .to = HJ_DATE_NONE };
    if (!read_place(r, error) || !read_parent(r, error) || !read_state(r, error) ||
        !read_days(r, error) || !read_order(r, error) || !read_search(r, error) ||
        !hj_rowquery_limit(r->req, HJ_ROWQUERY_LIMIT, &r->query.limit, error) ||
        !read_filters(r, own, error))
        return false;
    *ret = r->query;
    return true;
}

bool
hj_rowquery_read(HjRequest *req, const HjLedger *ledger, HjRowQuery *ret, GError **error)
{
    return hj_rowquery_read_beside(req, ledger, NULL, ret, error);
}

bool
hj_rowquery_read_beside(HjRequest *req, const HjLedger *ledger, const char *const *own,
                        HjRowQuery *ret, GError **error)
{
    Reader r = { .req = req, .ledger = ledger };
    return read_all(&r, own, ret, error);
}

bool
hj_rowquery_read_api(HjRequest *req, const HjLedger *ledger, HjRowQuery *ret, GError **error)
{
    Reader r = { .req = req, .ledger = ledger, .fen = true };
    return read_all(&r, NULL, ret, error);
}

/* One change asked of hj_rowquery_href. */
typedef struct {
    const char *name;
    const char *value;
} Change;

static const Change *
find_change(const GArray *changes, const char *name)
{
    for (guint i = 0; i < changes->len; i++)
        if (strcmp(g_array_index(changes, Change, i).name, name) == 0)
            return &g_array_index(changes, Change, i);
    return NULL;
}

static void
append_pair(GString *href, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    g_autofree char *encoded_name = hj_parse_encode(name);
    g_autofree char *encoded = hj_parse_encode(value);
    g_string_append_printf(href, "%c%s=%s", strchr(href->str, '?') == NULL ? '?' : '&',
                           encoded_name, encoded);
}

const char *
hj_rowquery_href(HjRequest *req, const char *path, ...)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Change));
    va_list args;
    va_start(args, path);
    for (const char *name = va_arg(args, const char *); name != NULL;
         name = va_arg(args, const char *)) {
        Change change = { .name = name, .value = va_arg(args, const char *) };
        g_array_append_val(changes, change);
    }
    va_end(args);
    /* A cursor belongs to one order and one set of conditions. */
    bool first_page = changes->len > 0 && find_change(changes, "cursor") == NULL;
    g_autofree char *here = path == NULL ? hj_parse_encode(hj_request_path(req)) : NULL;
    g_autoptr(GString) href = g_string_new(path == NULL ? here : path);
    for (size_t i = 0; i < hj_request_n_query(req); i++) {
        const char *name = hj_request_query_name(req, i);
        if (find_change(changes, name) == NULL && !(first_page && strcmp(name, "cursor") == 0))
            append_pair(href, name, hj_request_query_value(req, i));
    }
    for (guint i = 0; i < changes->len; i++) {
        const Change *change = &g_array_index(changes, Change, i);
        append_pair(href, change->name, change->value);
    }
    return hj_request_strdup(req, href->str);
}
