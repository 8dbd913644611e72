/* The sentences an account keeps for its opinions. */
#include "base/id.h"
#include "core/phrase.h"
#include "phrases.html.h"
#include "web/pages_flow.h"

static HjResponse *
phrases_page(HjRequest *req, int status, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjRows *rows = hj_phrase_list(hj_request_tx(req), hj_request_actor(req), error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjPhrasesView view = {
        .page = hj_page(req, hj_tr(lang, N_("Sentences for opinions")), "account"),
        .phrases = hj_request_new(req, HjPhraseItem, hj_rows_count(rows)),
        .text = status == 422 ? hj_request_form(req, "text") : "",
        .wrong = hj_issues_of(hj_request_issues(req), "text", lang),
    };
    view.page.here = "/account/phrases";
    view.page.form_key = hj_request_form_key(req);
    hj_page_crumb(req, &view.page, "/account", hj_tr(lang, N_("My account")));
    while (hj_rows_next(rows))
        view.phrases[view.n_phrases++] = (HjPhraseItem){
            .id = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(rows, "id")),
            .text = hj_rows_text(rows, "text"),
        };
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_phrases(&out, &view);
    return res;
}

HjResponse *
hj_pages_phrases(HjRequest *req, GError **error)
{
    return phrases_page(req, 200, error);
}

HjResponse *
hj_pages_phrase_post(HjRequest *req, GError **error)
{
    const char *text = hj_request_form(req, "text");
    g_autoptr(GError) why = NULL;
    if (hj_phrase_add(hj_request_tx(req), hj_request_actor(req), text != NULL ? text : "",
                      hj_request_issues(req), &why))
        return hj_response_see_other(req, "/account/phrases", N_("Kept."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID))
        return phrases_page(req, 422, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}

HjResponse *
hj_pages_phrase_remove_post(HjRequest *req, GError **error)
{
    int64_t id = 0;
    const char *given = hj_request_form(req, "id");
    /* One that is gone already is gone. */
    g_autoptr(GError) why = NULL;
    if (given == NULL || !hj_id_parse(given, &id) ||
        hj_phrase_remove(hj_request_tx(req), hj_request_actor(req), id, &why) ||
        g_error_matches(why, HJ_ERROR, HJ_ERROR_NOT_FOUND))
        return hj_response_see_other(req, "/account/phrases", NULL);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
