#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/access.h"
#include "core/org_priv.h"
#include "store/event.h"

#include <string.h>

#define MAX_NAME 100
#define MAX_DOCUMENT 100
#define MAX_NOTE 500
#define MANAGE "org.manage"

/* One organization as the acts need it; strings belong to the rows kept beside it. */
typedef struct {
    int64_t id, parent;
    const char *code, *kind, *name, *opened_on, *closed_on;
    HjRows *rows;
} Place;

static void
place_clear(Place *place)
{
    g_clear_pointer(&place->rows, hj_rows_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

typedef struct {
    HjTx *tx;
    const HjActor *actor;
    const HjOrgAct *act;
    HjDate on;
    char *name, *document, *note; /* tidied */
    HjIssues *issues;
    int64_t id; /* what the caller is told */
} Work;

static bool
later_act(GError **error)
{
    return hj_fail(error, HJ_ERROR_CONFLICT,
                   "A later act on this organization is already recorded.");
}

/* @ret->id is 0 when there is no such organization. */
static bool
find_place(HjTx *tx, int64_t id, Place *ret, GError **error)
{
    *ret = (Place){ 0 };
    g_autoptr(HjRows) rows = hj_org_get(tx, id, error);
    if (rows == NULL)
        return false;
    if (!hj_rows_next(rows))
        return true;
    *ret = (Place){
        .id = id,
        .parent = hj_rows_i64(rows, "parent"),
        .code = hj_rows_text(rows, "code"),
        .kind = hj_rows_text(rows, "kind"),
        .name = hj_rows_text(rows, "name"),
        .opened_on = hj_rows_text(rows, "opened_on"),
        .closed_on = hj_rows_text(rows, "closed_on"),
        .rows = g_steal_pointer(&rows),
    };
    return true;
}

/* The organization acted on: absent and out of scope are one answer. */
static bool
find_subject(Work *w, Place *ret, GError **error)
{
    int64_t id;
    *ret = (Place){ 0 };
    return hj_org_find(w->tx, w->act->code, &id, error) &&
           hj_access_check(w->tx, w->actor, MANAGE, id, error) &&
           find_place(w->tx, id, ret, error);
}

/* The other organization of the act; an issue on "other" where it is absent or out of scope. */
static bool
find_other(Work *w, Place *ret, GError **error)
{
    *ret = (Place){ 0 };
    int64_t id;
    if (!hj_org_find(w->tx, w->act->other, &id, error))
        return false;
    g_autoptr(GError) not_here = NULL;
    if (!hj_access_check(w->tx, w->actor, MANAGE, id, &not_here)) {
        if (!g_error_matches(not_here, HJ_ERROR, HJ_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&not_here));
            return false;
        }
        hj_issues_add(w->issues, "other", "reference", N_("There is no such organization."));
        return true;
    }
    return find_place(w->tx, id, ret, error);
}

#define SQL_LAST "SELECT MAX(on_day) AS last FROM sys_org_act WHERE county = $1 AND org = $2"
#define SQL_NAMED_SINCE                                                                        \
    "SELECT MAX(from_on) AS last FROM sys_org_name WHERE county = $1 AND org = $2"

/* The organization is open and was on the day. */
static bool
check_open(Work *w, const Place *place, GError **error)
{
    if (place->closed_on != NULL)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This organization is closed.");
    g_assert(place->opened_on != NULL);
    return strcmp(place->opened_on, hj_date_text(w->on).text) <= 0 ||
           hj_fail(error, HJ_ERROR_CONFLICT, "The organization was not open on this day.");
}

/* As above, and nothing was recorded of it after the day. */
static bool
check_day(Work *w, const Place *place, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(w->tx));
    HjDateText on = hj_date_text(w->on);
    if (!check_open(w, place, error))
        return false;
    g_autoptr(HjRows) last = hj_tx_query(w->tx, error, SQL_LAST, county, HJ_I64(place->id));
    g_autoptr(HjRows) named =
        last != NULL ? hj_tx_query(w->tx, error, SQL_NAMED_SINCE, county, HJ_I64(place->id))
                     : NULL;
    if (named == NULL)
        return false;
    hj_rows_next(last);
    hj_rows_next(named);
    if (g_strcmp0(hj_rows_text(last, "last"), on.text) > 0 ||
        g_strcmp0(hj_rows_text(named, "last"), on.text) > 0)
        return later_act(error);
    return true;
}

#define SQL_SUBTREE_SINCE                                                                      \
    "SELECT MAX(t.from_on) AS last FROM sys_tree t WHERE t.county = $1"                        \
    " AND t.to_on = '9999-12-31' AND t.org IN (SELECT s.org FROM sys_tree s"                   \
    " WHERE s.county = $1 AND s.ancestor = $2 AND s.to_on = '9999-12-31')"
#define SQL_PLACED_SINCE                                                                       \
    "SELECT MAX(t.from_on) AS last FROM sys_tree t WHERE t.county = $1"                        \
    " AND t.to_on = '9999-12-31' AND t.org = $2"

/* Nothing below @org (@whole), or on the way from it to the root, was placed after the day. */
static bool
check_placed(Work *w, int64_t org, bool whole, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(w->tx));
    g_autoptr(HjRows) rows =
        whole ? hj_tx_query(w->tx, error, SQL_SUBTREE_SINCE, county, HJ_I64(org))
              : hj_tx_query(w->tx, error, SQL_PLACED_SINCE, county, HJ_I64(org));
    if (rows == NULL)
        return false;
    hj_rows_next(rows);
    if (g_strcmp0(hj_rows_text(rows, "last"), hj_date_text(w->on).text) > 0)
        return later_act(error);
    return true;
}

static void
check_kind(Work *w, const char *kind, const char *above, const char *field)
{
    const HjOrgKind *known = kind != NULL ? hj_pack_org_kind(w->actor->pack, kind) : NULL;
    if (known == NULL) {
        hj_issues_add(w->issues, field, "choice", N_("There is no such kind of organization."));
        return;
    }
    for (size_t i = 0; i < known->n_under; i++)
        if (g_str_equal(known->under[i], above))
            return;
    hj_issues_add(w->issues, field, "choice",
                  N_("This kind of organization does not stand there."));
}

static char *
tidy_text(Work *w, const char *text, const char *field, bool required, bool lines, int max)
{
    bool readable = text == NULL || g_utf8_validate(text, -1, NULL);
    g_autofree char *tidy = readable ? hj_text_tidy(text) : NULL;
    if (!readable || !hj_text_is_clean(tidy, lines)) {
        hj_issues_add(w->issues, field, "type",
                      N_("This text holds characters nobody can read."));
        return NULL;
    }
    if (required && *tidy == '\0')
        hj_issues_add(w->issues, field, "required", N_("This field is required."));
    if (hj_text_length(tidy) > (size_t)max)
        hj_issues_add(w->issues, field, "length", N_("Write at most %d characters."), max);
    return g_steal_pointer(&tidy);
}

/* The code of a new organization: @wanted, or one made from the parent's. */
static bool
choose_code(Work *w, const char *wanted, const char *field, const Place *parent,
            const char *kind, char **ret, GError **error)
{
    *ret = NULL;
    if (wanted == NULL || *wanted == '\0') {
        *ret = hj_org_new_code(w->tx, parent->id, parent->code, kind, error);
        return *ret != NULL;
    }
    int64_t taken = 0;
    if (!hj_org_code_ok(wanted))
        hj_issues_add(w->issues, field, "type", N_("Use letters and digits, at most 32."));
    else if (!hj_org_find(w->tx, wanted, &taken, error))
        return false;
    if (taken != 0)
        hj_issues_add(w->issues, field, "duplicate", N_("This code is taken."));
    *ret = g_strdup(wanted);
    return true;
}

#define SQL_ACT                                                                                \
    "INSERT INTO sys_org_act (county, id, act, org, other, on_day, document, note,"            \
    " created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

static bool
record_act(Work *w, const char *act, int64_t org, int64_t other, GError **error)
{
    return hj_tx_exec(w->tx, error, SQL_ACT, HJ_I64(hj_tx_county(w->tx)), HJ_I64(hj_id_new()),
                      HJ_TEXT(act), HJ_I64(org), other != 0 ? HJ_I64(other) : HJ_NULL,
                      HJ_DATE(w->on), HJ_TEXT(w->document),
                      HJ_TEXT(*w->note != '\0' ? w->note : NULL), HJ_TIME(hj_tx_now(w->tx)),
                      HJ_I64(w->actor->account));
}

/* {"<key>": "<value>", "on": …, "document": …} */
static char *
describe(Work *w, bool is_after, const char *key, ...)
{
    HjJsonWriter json = { .out = g_string_new(NULL) };
    hj_json_begin_object(&json);
    va_list args;
    va_start(args, key);
    for (const char *k = key; k != NULL; k = va_arg(args, const char *)) {
        hj_json_key(&json, k);
        hj_json_text(&json, va_arg(args, const char *));
    }
    va_end(args);
    if (is_after) {
        hj_json_key(&json, "on");
        hj_json_text(&json, hj_date_text(w->on).text);
        hj_json_key(&json, "document");
        hj_json_text(&json, w->document);
    }
    hj_json_end_object(&json);
    return g_string_free(json.out, FALSE);
}

static bool
record_event(Work *w, const char *action, int64_t org, const char *before, const char *after,
             GError **error)
{
    HjEvent event = { .action = action,
                      .subject = "org",
                      .row = org,
                      .org = org,
                      .before = before,
                      .after = after,
                      .reason = *w->note != '\0' ? w->note : NULL };
    return hj_event_append(w->tx, &event, error);
}

/* Inserts a new organization below @parent. */
static bool
open_org(Work *w, const Place *parent, const char *code, const char *kind, GError **error)
{
    int64_t sort;
    w->id = hj_id_new();
    return hj_org_next_sort(w->tx, &sort, error) &&
           hj_org_insert(w->tx, w->id, code, kind, w->name, parent->id, w->on, sort, error);
}

static bool
act_create(Work *w, GError **error)
{
    g_auto(Place) parent = { 0 };
    if (!find_other(w, &parent, error))
        return false;
    if (parent.id == 0)
        return hj_issues_refuse(error);
    if (!check_open(w, &parent, error) || !check_placed(w, parent.id, false, error))
        return false;
    check_kind(w, w->act->kind, parent.kind, "kind");
    g_autofree char *code = NULL;
    if (hj_issues_of(w->issues, "kind", HJ_EN) == NULL &&
        !choose_code(w, w->act->code, "code", &parent, w->act->kind, &code, error))
        return false;
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    g_autofree char *after = describe(w, true, "code", code, "name", w->name, "kind",
                                      w->act->kind, "parent", parent.code, NULL);
    return open_org(w, &parent, code, w->act->kind, error) &&
           record_act(w, "create", w->id, parent.id, error) &&
           record_event(w, "org.create", w->id, NULL, after, error);
}

static bool
act_rename(Work *w, GError **error)
{
    g_auto(Place) org = { 0 };
    if (!find_subject(w, &org, error) || !check_day(w, &org, error))
        return false;
    if (g_strcmp0(w->name, org.name) == 0)
        hj_issues_add(w->issues, "name", "duplicate", N_("This is its name already."));
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    w->id = org.id;
    g_autofree char *before = describe(w, false, "name", org.name, NULL);
    g_autofree char *after = describe(w, true, "name", w->name, NULL);
    return hj_org_set_name(w->tx, org.id, w->name, w->on, error) &&
           record_act(w, "rename", org.id, 0, error) &&
           record_event(w, "org.rename", org.id, before, after, error);
}

static const char *
code_of_parent(const Place *org)
{
    return hj_rows_text(org->rows, "parent_code");
}

#define SQL_IS_BELOW                                                                           \
    "SELECT org FROM sys_tree WHERE county = $1 AND ancestor = $2 AND org = $3"                \
    " AND to_on = '9999-12-31'"

static bool
check_no_ring(Work *w, int64_t org, int64_t parent, GError **error)
{
    g_autoptr(HjRows) below = hj_tx_query(
        w->tx, error, SQL_IS_BELOW, HJ_I64(hj_tx_county(w->tx)), HJ_I64(org), HJ_I64(parent));
    if (below == NULL)
        return false;
    return hj_rows_count(below) == 0 ||
           hj_fail(error, HJ_ERROR_CONFLICT, "An organization cannot stand below itself.");
}

static bool
act_move(Work *w, GError **error)
{
    g_auto(Place) org = { 0 };
    g_auto(Place) parent = { 0 };
    if (!find_subject(w, &org, error) || !find_other(w, &parent, error))
        return false;
    if (parent.id == 0)
        return hj_issues_refuse(error);
    if (!check_day(w, &org, error) || !check_open(w, &parent, error) ||
        !check_placed(w, org.id, true, error) || !check_placed(w, parent.id, false, error))
        return false;
    if (org.parent == 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The county itself stands nowhere else.");
    if (org.parent == parent.id)
        return hj_fail(error, HJ_ERROR_CONFLICT, "It stands there already.");
    if (!check_no_ring(w, org.id, parent.id, error))
        return false;
    check_kind(w, org.kind, parent.kind, "other");
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    w->id = org.id;
    g_autofree char *before = describe(w, false, "parent", code_of_parent(&org), NULL);
    g_autofree char *after = describe(w, true, "parent", parent.code, NULL);
    return hj_org_set_parent(w->tx, org.id, parent.id, w->on, error) &&
           record_act(w, "move", org.id, parent.id, error) &&
           record_event(w, "org.move", org.id, before, after, error);
}

#define SQL_CHILDREN                                                                           \
    "SELECT o.id AS id, o.code AS code FROM sys_tree t"                                        \
    " JOIN sys_org o ON o.county = t.county AND o.id = t.org"                                  \
    " WHERE t.county = $1 AND t.ancestor = $2 AND t.depth = 1 AND t.to_on = '9999-12-31'"      \
    " AND o.closed_on IS NULL ORDER BY o.sort, o.id"

static HjRows *
open_children(Work *w, int64_t org, GError **error)
{
    return hj_tx_query(w->tx, error, SQL_CHILDREN, HJ_I64(hj_tx_county(w->tx)), HJ_I64(org));
}

static bool
merge_into(Work *w, const Place *org, const Place *other, GError **error)
{
    g_autoptr(HjRows) children = open_children(w, org->id, error);
    if (children == NULL)
        return false;
    g_autoptr(GString) moved = g_string_new(NULL);
    while (hj_rows_next(children)) {
        int64_t child = hj_rows_i64(children, "id");
        if (!hj_org_set_parent(w->tx, child, other->id, w->on, error) ||
            !record_act(w, "move", child, other->id, error))
            return false;
        g_string_append_printf(moved, "%s%s", moved->len > 0 ? " " : "",
                               hj_rows_text(children, "code"));
    }
    g_autofree char *after = describe(w, true, "into", other->code, "moved", moved->str, NULL);
    return hj_org_set_closed(w->tx, org->id, w->on, error) &&
           record_act(w, "merge", org->id, other->id, error) &&
           record_event(w, "org.merge", org->id, NULL, after, error);
}

static bool
act_merge(Work *w, GError **error)
{
    g_auto(Place) org = { 0 };
    g_auto(Place) other = { 0 };
    if (!find_subject(w, &org, error) || !find_other(w, &other, error))
        return false;
    if (other.id == 0)
        return hj_issues_refuse(error);
    if (!check_day(w, &org, error) || !check_open(w, &other, error) ||
        !check_placed(w, org.id, true, error) || !check_placed(w, other.id, false, error))
        return false;
    if (org.id == other.id)
        return hj_fail(error, HJ_ERROR_CONFLICT, "An organization cannot merge with itself.");
    if (!check_no_ring(w, org.id, other.id, error))
        return false;
    if (g_strcmp0(org.kind, other.kind) != 0)
        hj_issues_add(w->issues, "other", "choice",
                      N_("Only organizations of one kind can merge."));
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    w->id = org.id;
    return merge_into(w, &org, &other, error);
}

static bool
act_split(Work *w, GError **error)
{
    g_auto(Place) org = { 0 };
    g_auto(Place) parent = { 0 };
    if (!find_subject(w, &org, error) || !check_day(w, &org, error))
        return false;
    if (org.parent == 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The county itself stands nowhere else.");
    if (!hj_access_check(w->tx, w->actor, MANAGE, org.parent, error) ||
        !find_place(w->tx, org.parent, &parent, error) ||
        !check_placed(w, org.parent, false, error))
        return false;
    bool says_kind = w->act->kind != NULL && *w->act->kind != '\0';
    const char *kind = says_kind ? w->act->kind : org.kind;
    check_kind(w, kind, parent.kind, "kind");
    g_autofree char *code = NULL;
    if (hj_issues_of(w->issues, "kind", HJ_EN) == NULL &&
        !choose_code(w, w->act->new_code, "new_code", &parent, kind, &code, error))
        return false;
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    g_autofree char *after = describe(w, true, "code", code, "name", w->name, "kind", kind,
                                      "parent", parent.code, "from", org.code, NULL);
    return open_org(w, &parent, code, kind, error) &&
           record_act(w, "split", org.id, w->id, error) &&
           record_event(w, "org.split", w->id, NULL, after, error);
}

static bool
act_close(Work *w, GError **error)
{
    g_auto(Place) org = { 0 };
    if (!find_subject(w, &org, error) || !check_day(w, &org, error) ||
        !check_placed(w, org.id, true, error))
        return false;
    if (org.parent == 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The county itself cannot be closed.");
    g_autoptr(HjRows) children = open_children(w, org.id, error);
    if (children == NULL)
        return false;
    if (hj_rows_count(children) > 0)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "Close or move the organizations below it first.");
    if (hj_issues_count(w->issues) > 0)
        return hj_issues_refuse(error);
    w->id = org.id;
    g_autofree char *after = describe(w, true, NULL);
    return hj_org_set_closed(w->tx, org.id, w->on, error) &&
           record_act(w, "close", org.id, 0, error) &&
           record_event(w, "org.close", org.id, NULL, after, error);
}

static void
work_clear(Work *w)
{
    g_free(w->name);
    g_free(w->document);
    g_free(w->note);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static const struct {
    const char *name;
    bool names; /* needs a name */
    bool (*run)(Work *w, GError **error);
} acts[] = {
    { "create", true, act_create }, { "rename", true, act_rename },
    { "move", false, act_move },    { "merge", false, act_merge },
    { "split", true, act_split },   { "close", false, act_close },
};

bool
hj_org_act(HjTx *tx, const HjActor *actor, const HjOrgAct *act, HjIssues *issues,
           int64_t *ret_id, GError **error)
{
    size_t which = 0;
    while (which < G_N_ELEMENTS(acts) && g_strcmp0(acts[which].name, act->act) != 0)
        which++;
    if (!hj_access_may(actor, MANAGE))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    if (which == G_N_ELEMENTS(acts)) {
        hj_issues_add(issues, "act", "choice", N_("There is no such act."));
        return hj_issues_refuse(error);
    }
    HjDate today = hj_tx_today(tx);
    g_auto(Work) w = { .tx = tx, .actor = actor, .act = act, .issues = issues };
    w.on = act->on != HJ_DATE_NONE ? act->on : today;
    w.document = tidy_text(&w, act->document, "document", true, false, MAX_DOCUMENT);
    w.note = tidy_text(&w, act->note, "note", false, true, MAX_NOTE);
    if (acts[which].names)
        w.name = tidy_text(&w, act->name, "name", true, false, MAX_NAME);
    /* Whoever reads the tree of today must not meet the one of next month. */
    if (w.on > today)
        hj_issues_add(issues, "on", "range", N_("The day must not lie ahead."));
    if (w.note == NULL || w.document == NULL || (acts[which].names && w.name == NULL))
        return hj_issues_refuse(error);
    if (!acts[which].run(&w, error))
        return false;
    *ret_id = w.id;
    return true;
}
