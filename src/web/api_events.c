/* Sealed events over the JSON API, in the order of the chain. */
#include "base/id.h"
#include "base/text.h"
#include "core/audit.h"
#include "web/api_calls.h"
#include "web/page.h"
#include "web/rowquery.h"

/* ?cursor= is the last seq of the page before; it goes on from ?after=. */
static bool
read_after(HjRequest *req, int64_t *ret, GError **error)
{
    const char *names[] = { "after", "cursor" };
    *ret = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = hj_request_query_text(req, names[i]);
        int64_t seq = 0;
        if (text != NULL && (!hj_text_parse_i64(text, &seq) || seq < 0))
            return hj_rowquery_fail(req, names[i], N_("Must be the number of an event."),
                                    error);
        *ret = MAX(*ret, seq);
    }
    return true;
}

static bool
read_subject(HjRequest *req, HjAuditQuery *query, GError **error)
{
    const char *row = hj_request_query_text(req, "row");
    query->ledger = hj_request_query_text(req, "ledger");
    query->action = hj_request_query_text(req, "action");
    query->account = hj_request_query_text(req, "account");
    if (query->ledger != NULL && hj_pack_ledger(hj_request_pack(req), query->ledger) == NULL)
        return hj_rowquery_fail(req, "ledger", N_("There is no such ledger."), error);
    if (row != NULL && !hj_id_parse(row, &query->row))
        return hj_rowquery_fail(req, "row", N_("Must be the number of a row."), error);
    return hj_api_under(req, "event.view", &query->under, error);
}

static void
write_raw(HjJsonWriter *w, const char *key, const HjRows *events)
{
    const char *json = hj_rows_text(events, key);
    hj_json_key(w, key);
    if (json != NULL)
        hj_json_raw(w, json);
    else
        hj_json_nothing(w);
}

static void
write_event(HjJsonWriter *w, const HjRows *events)
{
    hj_json_begin_object(w);
    hj_json_put_i64(w, "seq", hj_rows_i64(events, "seq"));
    hj_json_put_id(w, "id", hj_rows_i64(events, "id"));
    hj_api_write_at(w, "at", hj_rows_i64(events, "at"));
    hj_json_put_text(w, "actor", hj_rows_text(events, "actor_name"));
    hj_json_put_text(w, "action", hj_rows_text(events, "action"));
    hj_json_put_text(w, "subject", hj_rows_text(events, "subject"));
    hj_json_put_text(w, "ledger", hj_rows_text(events, "ledger"));
    hj_json_key(w, "row");
    if (hj_rows_i64(events, "row") != 0)
        hj_json_id(w, hj_rows_i64(events, "row"));
    else
        hj_json_nothing(w);
    hj_json_put_text(w, "org", hj_rows_text(events, "org_code"));
    hj_json_put_text(w, "org_name", hj_rows_text(events, "org_name"));
    write_raw(w, "before", events);
    write_raw(w, "after", events);
    hj_json_put_text(w, "reason", hj_rows_text(events, "reason"));
    hj_json_put_text(w, "via", hj_rows_text(events, "via"));
    hj_json_put_text(w, "hash", hj_rows_text(events, "hash"));
    hj_json_end_object(w);
}

HjResponse *
hj_api_events(HjRequest *req, GError **error)
{
    HjAuditQuery query = { .by_seq = true };
    int limit;
    if (!read_after(req, &query.after_seq, error) || !read_subject(req, &query, error) ||
        !hj_page_date(req, "from", HJ_DATE_NONE, &query.from, error) ||
        !hj_page_date(req, "to", HJ_DATE_NONE, &query.to, error) ||
        !hj_rowquery_limit(req, HJ_ROWQUERY_LIMIT, &limit, error))
        return NULL;
    query.limit = limit + 1;
    g_autoptr(HjRows) events =
        hj_audit_search(hj_request_tx(req), hj_request_actor(req), &query, error);
    if (events == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    const char *next = NULL;
    for (int n = 0; n < limit && hj_rows_next(events); n++) {
        write_event(&w, events);
        if (n + 1 == limit && hj_rows_count(events) > (size_t)limit)
            next = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(events, "seq"));
    }
    hj_api_end_list(&w, next);
    return res;
}
