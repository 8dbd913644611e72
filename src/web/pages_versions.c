/* The versions of the rules loaded so far: when, by whom, and what each changed, in words. */
#include "base/id.h"
#include "core/schema.h"
#include "pack_versions.html.h"
#include "web/pages.h"
#include "web/rowquery.h"
#include "web/views_versions.h"

#include <string.h>

#define PER_PAGE 20

static void
fill_lines(HjRequest *req, const char *json, HjPackVersion *version)
{
    g_autoptr(HjJson) all = json != NULL ? hj_json_parse(json, strlen(json), NULL) : NULL;
    const HjJson *lines =
        all != NULL ? hj_json_get(all, hj_i18n_code(hj_request_lang(req))) : NULL;
    size_t n = lines != NULL ? hj_json_count(lines) : 0;
    version->known = lines != NULL;
    version->lines = hj_request_new(req, HjPackLine, n);
    for (size_t i = 0; i < n; i++) {
        const char *text = hj_json_string(hj_json_at(lines, i));
        if (text == NULL || strlen(text) < 2)
            continue;
        version->lines[version->n_lines++] =
            (HjPackLine){ .is_new = text[0] == '+',
                          .gone = text[0] == '-',
                          .text = hj_request_strdup(req, text + 2) };
    }
}

static HjPackVersion
version_of(HjRequest *req, const HjRows *row)
{
    const char *by = hj_rows_text(row, "loaded_by");
    HjPackVersion version = {
        .name = hj_rows_text(row, "name"),
        .version = hj_rows_text(row, "version"),
        .digest = hj_rows_text(row, "digest"),
        .at = hj_rows_i64(row, "loaded_at"),
        .by = by != NULL ? by : hj_tr(hj_request_lang(req), N_("the operator of the machine")),
    };
    fill_lines(req, hj_rows_text(row, "lines"), &version);
    return version;
}

HjResponse *
hj_pages_pack_versions(HjRequest *req, GError **error)
{
    HjLang lang = hj_request_lang(req);
    const char *before = hj_request_query(req, "before");
    int64_t id = 0;
    HjPackVersionsView view = { .page = hj_page(req, hj_tr(lang, N_("Versions of the rules")),
                                                "pack") };
    hj_page_crumb(req, &view.page, "/pack", hj_page_label(req, &hj_request_pack(req)->title));
    if (before != NULL && *before != '\0' && !hj_id_parse(before, &id)) {
        hj_rowquery_fail(req, "before", N_("This page of the list does not exist."), error);
        return NULL;
    }
    HjRows *rows = hj_schema_packs(hj_request_tx(req), id, PER_PAGE + 1, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    view.versions = hj_request_new(req, HjPackVersion, PER_PAGE);
    bool newest = id == 0;
    for (; view.n_versions < PER_PAGE && hj_rows_next(rows); newest = false) {
        view.versions[view.n_versions] = version_of(req, rows);
        view.versions[view.n_versions++].in_force = newest;
        id = hj_rows_i64(rows, "id");
    }
    view.versions[view.n_versions - (view.n_versions > 0)].is_first =
        hj_rows_count(rows) <= PER_PAGE;
    if (hj_rows_count(rows) > PER_PAGE)
        view.next_href = hj_rowquery_href(
            req, NULL, "before", hj_request_printf(req, "%" G_GINT64_FORMAT, id), NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_pack_versions(&out, &view);
    return res;
}
