/* The backups that were made, newest first, and what failed. */
#include "web/pages_backup.h"

#include "backups.html.h"
#include "core/backup.h"
#include "web/pages.h"
#include "web/views_admin.h"

#include <string.h>

#define MOST_SHOWN 60
#define DAY (24 * 3600 * INT64_C(1000000))
#define WORRY (3 * DAY)

#define SQL_SINCE "SELECT created_at, demo FROM sys_county WHERE county = $1"

const char *
hj_pages_backup_warning(HjRequest *req)
{
    HjTx *tx = hj_request_tx(req);
    g_autoptr(HjRows) rows = hj_backup_list(tx, MOST_SHOWN, NULL);
    g_autoptr(HjRows) county = hj_tx_query(tx, NULL, SQL_SINCE, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL || county == NULL || !hj_rows_next(county))
        return NULL;
    HjTime good = hj_rows_i64(county, "created_at");
    bool failed = false;
    for (bool first = true; hj_rows_next(rows); first = false) {
        bool bad = !hj_rows_null(rows, "failure");
        failed = failed || (first && bad);
        if (!bad)
            good = MAX(good, hj_rows_i64(rows, "at"));
    }
    if (failed)
        return hj_tr(hj_request_lang(req), N_("The last backup failed."));
    if (hj_rows_bool(county, "demo") || hj_tx_now(tx) - good < WORRY)
        return NULL;
    return hj_tr(hj_request_lang(req), N_("There was no backup for three days."));
}

static const char *
kind_text(HjRequest *req, const char *kind)
{
    const char *text = strcmp(kind, "daily") == 0 ? N_("every night") : N_("by hand");
    return hj_tr(hj_request_lang(req), text);
}

static const char *
result_text(HjRequest *req, const HjRows *row)
{
    const char *failure = hj_rows_text(row, "failure");
    if (failure != NULL)
        return hj_page_titled(req, hj_tr(hj_request_lang(req), N_("Failed")), failure);
    return hj_tr(hj_request_lang(req), hj_rows_null(row, "checked")
                                           ? N_("Made")
                                           : N_("Made, restored on trial and compared"));
}

HjResponse *
hj_pages_backups(HjRequest *req, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjRows *rows = hj_backup_list(hj_request_tx(req), MOST_SHOWN, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjBackupsView view = { .page = hj_page(req, hj_tr(lang, N_("Backups")), "accounts"),
                           .warning = hj_pages_backup_warning(req),
                           .items = hj_request_new(req, HjBackupItem, hj_rows_count(rows)) };
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    while (hj_rows_next(rows)) {
        g_autofree char *file = g_path_get_basename(hj_rows_text(rows, "path"));
        view.items[view.n_items++] = (HjBackupItem){
            .at = hj_rows_i64(rows, "at"),
            .kind = kind_text(req, hj_rows_text(rows, "kind")),
            .file = hj_request_strdup(req, file),
            .print = hj_rows_text(rows, "print"),
            .rows = hj_rows_i64(rows, "n_rows"),
            .sealed = hj_rows_i64(rows, "sealed"),
            .result = result_text(req, rows),
            .bad = !hj_rows_null(rows, "failure"),
        };
    }
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_backups(&out, &view);
    return res;
}
