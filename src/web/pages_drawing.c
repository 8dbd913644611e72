#include "web/pages_drawing.h"

#include "drawing.html.h"
#include "web/document_page.h"
#include "web/drawing.h"
#include "web/internal.h"
#include "web/views_document.h"

#include <string.h>

/* The roles the account holds and where: a paper shows what they open. */
static const char *
rights_of(HjRequest *req)
{
    const HjActor *actor = hj_request_actor(req);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < actor->n_grants; i++)
        g_string_append_printf(text, "%s@%" G_GINT64_FORMAT ";", actor->grants[i].role->name,
                               actor->grants[i].org);
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

HjResponse *
hj_pages_drawing_order(HjRequest *req, const HjDocument *const *documents, size_t n,
                       const char *name, GError **error)
{
    /* The page beside "all.pdf" or "notice.pdf" is where people came from. */
    const char *path = hj_request_path(req);
    const char *last = strrchr(path, '/');
    const char *query = strchr(hj_request_uri(req), '?');
    const HjDrawingOrder order = {
        .account = hj_request_actor(req)->account,
        .rights = rights_of(req),
        .name = name,
        .back = hj_request_printf(req, "%.*s%s", last > path ? (int)(last - path) : 1, path,
                                  query != NULL ? query : ""),
    };
    int64_t id;
    if (!hj_drawing_add(req->app->drawing, &order, documents, n, &id, error))
        return NULL;
    return hj_response_see_other(req, hj_request_printf(req, "/drawing/%" G_GINT64_FORMAT, id),
                                 NULL);
}

static bool
find(HjRequest *req, HjDrawn *ret, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return false;
    return hj_drawing_get(req->app->drawing, id, hj_request_actor(req)->account, rights_of(req),
                          ret) ||
           hj_fail(error, HJ_ERROR_NOT_FOUND,
                   "This paper is not kept any more. Ask for it again where you asked first.");
}

HjResponse *
hj_pages_drawing(HjRequest *req, GError **error)
{
    g_auto(HjDrawn) drawn = { 0 };
    if (!find(req, &drawn, error))
        return NULL;
    HjDrawingView view = {
        .page = hj_page(req, hj_tr(hj_request_lang(req), N_("A long paper")), ""),
        .name = drawn.name,
        .back_href = drawn.back,
        .href = hj_request_printf(req, "%s/file.pdf", hj_request_path(req)),
        .waits = drawn.state == HJ_DRAWING_WAITS,
        .draws = drawn.state == HJ_DRAWING_DRAWS,
        .done = drawn.state == HJ_DRAWING_DONE,
        .n = (int64_t)drawn.n,
        .n_done = (int64_t)drawn.n_done,
        .n_before = (int64_t)drawn.n_before,
        .n_pages = drawn.n_pages,
        .kib = drawn.pdf != NULL ? (int64_t)(g_bytes_get_size(drawn.pdf) / 1024) : 0,
        .percent = (int64_t)(drawn.n_done * 100 / MAX(drawn.n, 1)),
    };
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_drawing(&out, &view);
    if (view.waits || view.draws)
        hj_response_header(res, "Refresh", "1");
    return res;
}

HjResponse *
hj_pages_drawing_file(HjRequest *req, GError **error)
{
    g_auto(HjDrawn) drawn = { 0 };
    if (!find(req, &drawn, error))
        return NULL;
    if (drawn.pdf == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "This paper is not drawn yet.");
        return NULL;
    }
    return hj_document_page_file(g_steal_pointer(&drawn.pdf), "application/pdf", drawn.name,
                                 ".pdf");
}
