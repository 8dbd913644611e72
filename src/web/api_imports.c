/* Imports over the API: what was brought in, and taking it back as a whole. */
#include "base/json.h"
#include "core/import_undo.h"
#include "web/api_calls.h"

#define SHOWN 200

const HjApiMember hj_api_undo_body[] = { { "reason", HJ_JSON_STRING, true }, { 0 } };

static void
write_import(HjJsonWriter *w, const HjRows *job)
{
    static const char *const counts[][2] = {
        { "rows", "n_rows" },     { "right", "n_right" },
        { "wrong", "n_wrong" },   { "duplicates", "n_duplicate" },
        { "imported", "n_made" },
    };
    hj_json_put_id(w, "id", hj_rows_i64(job, "id"));
    hj_json_put_text(w, "ledger", hj_rows_text(job, "ledger"));
    hj_json_put_text(w, "file", hj_rows_text(job, "file_name"));
    hj_json_put_text(w, "state", hj_rows_text(job, "state"));
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        hj_json_put_i64(w, counts[i][0], hj_rows_i64(job, counts[i][1]));
    hj_api_write_at(w, "created_at", hj_rows_i64(job, "created_at"));
    hj_api_write_at(w, "updated_at", hj_rows_i64(job, "updated_at"));
}

HjResponse *
hj_api_imports(HjRequest *req, GError **error)
{
    g_autoptr(HjRows) jobs =
        hj_import_job_list(hj_request_tx(req), hj_request_actor(req), SHOWN, error);
    if (jobs == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    while (hj_rows_next(jobs)) {
        hj_json_begin_object(&w);
        write_import(&w, jobs);
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

static void
write_against(HjJsonWriter *w, HjRows *against)
{
    hj_json_key(w, "against");
    hj_json_begin_array(w);
    while (against != NULL && hj_rows_next(against)) {
        hj_json_begin_object(w);
        hj_json_put_id(w, "row", hj_rows_i64(against, "id"));
        hj_json_put_text(w, "why", hj_rows_text(against, "why"));
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
}

HjResponse *
hj_api_one_import(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    int64_t id = 0, n = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    g_autoptr(HjRows) job = hj_import_job_get(tx, actor, id, error);
    if (job == NULL)
        return NULL;
    hj_rows_next(job);
    bool done = g_str_equal(hj_rows_text(job, "state"), "done") &&
                hj_pack_ledger(hj_request_pack(req), hj_rows_text(job, "ledger")) != NULL;
    g_autoptr(HjRows) against =
        done ? hj_import_undo_look(tx, actor, id, SHOWN, &n, error) : NULL;
    if (done && against == NULL)
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_import(&w, job);
    hj_json_put_flag(&w, "can_be_undone", done && n == 0);
    write_against(&w, against);
    hj_json_end_object(&w);
    return res;
}

/* One issue a row that stands in the way: what INVALID and CONFLICT tell beside the detail. */
static bool
tell_against(HjRequest *req, int64_t id, GError **error)
{
    int64_t n = 0;
    g_autoptr(HjRows) against =
        hj_import_undo_look(hj_request_tx(req), hj_request_actor(req), id, SHOWN, &n, error);
    if (against == NULL)
        return false;
    while (hj_rows_next(against)) {
        const char *why = hj_rows_text(against, "why");
        const char *row =
            hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(against, "id"));
        hj_issues_add(hj_request_issues(req), row, why,
                      g_str_equal(why, "voided")  ? N_("has been voided since")
                      : g_str_equal(why, "cited") ? N_("is cited by other records")
                                                  : N_("was changed since"));
    }
    return n == 0 ||
           hj_fail(error, HJ_ERROR_CONFLICT,
                   "Some of its rows were changed, voided or cited since; nothing was taken "
                   "back.");
}

HjResponse *
hj_api_import_undo(HjRequest *req, GError **error)
{
    const HjJson *body[HJ_API_MAX_MEMBERS];
    int64_t id = 0, n = 0;
    if (!hj_request_part_i64(req, "id", &id, error) ||
        !hj_api_read_body(req, hj_api_undo_body, body, error) ||
        !tell_against(req, id, error) ||
        !hj_import_undo(hj_request_tx(req), hj_request_actor(req), id, hj_json_string(body[0]),
                        hj_request_issues(req), &n, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    hj_json_put_id(&w, "id", id);
    hj_json_put_i64(&w, "voided", n);
    hj_json_end_object(&w);
    return res;
}
