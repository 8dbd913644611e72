#include "web/meanwhile.h"

#include "core/row.h"
#include "web/pages_events.h"
#include "web/uploads.h"

/* Events that leave the version of the row as it is. */
static bool
changes_nothing(const char *action)
{
    return g_str_equal(action, "flow.urge") ||
           !(g_str_has_prefix(action, "flow.") || g_str_has_prefix(action, "row.")) ||
           g_str_equal(action, "row.unmask");
}

/* The history of a row that is past @version, newest first, or NULL. */
static HjRows *
history(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t version)
{
    if (version <= 0 || hj_rows_i64(row, "version") <= version)
        return NULL;
    HjRows *events = hj_row_history(hj_request_tx(req), hj_request_actor(req), ledger,
                                    hj_rows_i64(row, "id"), NULL);
    if (events != NULL)
        hj_request_adopt(req, events, (GDestroyNotify)hj_rows_free);
    return events;
}

/* The next event that changed the row: each made the version one more. */
static bool
next_change(HjRows *events, int64_t *left)
{
    while (*left > 0 && hj_rows_next(events))
        if (!changes_nothing(hj_rows_text(events, "action"))) {
            (*left)--;
            return true;
        }
    return false;
}

static HjHistoryItem *
list(HjRequest *req, const HjLedger *ledger, HjRows *events, int64_t left, size_t *ret_n)
{
    HjHistoryItem *items = hj_request_new(req, HjHistoryItem, hj_rows_count(events));
    while (next_change(events, &left)) {
        HjHistoryItem *item = &items[(*ret_n)++];
        *item = (HjHistoryItem){
            .action = hj_pages_events_action(req, ledger, events),
            .actor = hj_pages_events_actor(req, events),
            .at = hj_rows_i64(events, "at"),
            .reason = hj_rows_text(events, "reason"),
        };
        item->changes =
            hj_pages_events_changes(req, ledger, hj_rows_text(events, "before"),
                                    hj_rows_text(events, "after"), &item->n_changes);
    }
    return items;
}

HjHistoryItem *
hj_meanwhile_events(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t version,
                    size_t *ret_n)
{
    HjRows *events = history(req, ledger, row, version);
    *ret_n = 0;
    return events != NULL
               ? list(req, ledger, events, hj_rows_i64(row, "version") - version, ret_n)
               : NULL;
}

/* --- field by field --- */

/* What one field held, by the events: @was before the first that touched it. */
typedef struct {
    const HjJson *was, *is;
    bool touched;
} Held;

static void
follow(const HjLedger *ledger, const HjJson *before, const HjJson *after, Held *held)
{
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const char *name = ledger->fields[i].name;
        const HjJson *was = before != NULL ? hj_json_get(before, name) : NULL;
        const HjJson *is = after != NULL ? hj_json_get(after, name) : NULL;
        if (was == NULL && is == NULL)
            continue;
        if (!held[i].touched)
            held[i].is = is;
        held[i].touched = true;
        held[i].was = was;
    }
}

static bool
reads_as(const HjField *field, const HjJson *json, const HjVal *sent)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autofree char *owned = NULL;
    HjVal held = HJ_NULL;
    if (json != NULL && hj_json_kind(json) != HJ_JSON_NULL &&
        !hj_field_from_json(field, json, &held, &owned, issues))
        return false;
    return hj_value_same(&held, sent);
}

/* What the form sent; an organization, which forms name by its code, by its id as events do. */
static bool
read_sent(HjRequest *req, const HjField *field, HjVal *ret, char **ret_owned)
{
    const char *text = field->type == HJ_FIELD_FILES ? hj_uploads_value(req, field)
                                                     : hj_request_form(req, field->name);
    g_autoptr(HjIssues) issues = hj_issues_new();
    if (!hj_field_from_text(field, text != NULL ? text : "", ret, ret_owned, issues))
        return false;
    if (field->type != HJ_FIELD_ORG || hj_value_text(ret) == NULL)
        return true;
    int64_t id = 0;
    if (!hj_org_find(hj_request_tx(req), hj_value_text(ret), &id, NULL) || id == 0)
        return false;
    *ret = HJ_I64(id);
    return true;
}

static void
compare(HjRequest *req, const HjField *field, const HjRows *row, const Held *held,
        bool *ret_theirs, const char **ret_now)
{
    g_autofree char *owned = NULL;
    HjVal sent;
    bool readable = read_sent(req, field, &sent, &owned);
    if (readable && reads_as(field, held->is, &sent))
        return; /* both say the same */
    *ret_theirs = readable && reads_as(field, held->was, &sent);
    if (*ret_theirs)
        return;
    const char *now = hj_pages_cell(req, field, row);
    *ret_now = now != NULL && *now != '\0' ? now : hj_tr(hj_request_lang(req), N_("(empty)"));
}

void
hj_meanwhile_compare(HjRequest *req, const HjLedger *ledger, const HjRows *row, int64_t version,
                     HjMeanwhile *ret)
{
    *ret = (HjMeanwhile){
        .theirs = hj_request_new(req, bool, ledger->n_fields + 1),
        .now = hj_request_new(req, const char *, ledger->n_fields + 1),
    };
    HjRows *events = history(req, ledger, row, version);
    if (events == NULL)
        return;
    int64_t left = hj_rows_i64(row, "version") - version;
    ret->events = list(req, ledger, events, left, &ret->n_events);
    Held *held = hj_request_new(req, Held, ledger->n_fields + 1);
    for (hj_rows_rewind(events); next_change(events, &left);)
        follow(ledger, hj_pages_events_json(req, hj_rows_text(events, "before")),
               hj_pages_events_json(req, hj_rows_text(events, "after")), held);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        /* Of what is sealed an event keeps no value, and an empty box leaves it as it is. */
        if (held[i].touched && !hj_pack_field_is_sealed(field) &&
            !hj_access_field_hidden(hj_request_actor(req), field))
            compare(req, field, row, &held[i], &ret->theirs[i], &ret->now[i]);
    }
}
