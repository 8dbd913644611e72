#include "base/id.h"
#include "base/text.h"
#include "core/import_orgs.h"
#include "core/import_priv.h"
#include "store/event.h"

#include <string.h>

#define MAX_FILE_NAME 200
#define MAX_LISTED 50

#define COLUMNS                                                                                \
    "id, account, ledger, file_name, state, mode, n_rows, n_right, n_wrong, n_duplicate,"      \
    " n_made, problems, created_at, updated_at"
#define SQL_ADD                                                                                \
    "INSERT INTO sys_import (county, id, account, ledger, file_name, n_bytes, lang, state,"    \
    " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)"
#define SQL_GET                                                                                \
    "SELECT " COLUMNS " FROM sys_import WHERE county = $1 AND id = $2 AND account = $3"
#define SQL_LIST                                                                               \
    "SELECT " COLUMNS " FROM sys_import WHERE county = $1 AND account = $2"                    \
    " ORDER BY id DESC LIMIT $3"
#define SQL_START                                                                              \
    "UPDATE sys_import SET state = 'applying', mode = $3, worker = 0, updated_at = $4"         \
    " WHERE county = $1 AND id = $2 AND state = 'checked'"
#define SQL_DROP_PARTS "DELETE FROM sys_import_part WHERE county = $1 AND import_id = $2"
#define SQL_DROP                                                                               \
    "DELETE FROM sys_import WHERE county = $1 AND id = $2"                                     \
    " AND state IN ('checked', 'refused', 'waiting')"

/* The name as people saw it, without folders. */
static char *
tidy_name(const char *name)
{
    const char *base = name != NULL && g_utf8_validate(name, -1, NULL) ? name : "";
    for (const char *p = base; *p != '\0'; p++)
        if (*p == '/' || *p == '\\')
            base = p + 1;
    g_autofree char *tidy = hj_text_tidy(base);
    if (!hj_text_is_clean(tidy, false) || *tidy == '\0')
        return g_strdup("workbook.xlsx");
    return g_utf8_substring(tidy, 0, MIN(g_utf8_strlen(tidy, -1), MAX_FILE_NAME));
}

static bool
looks_like_zip(const void *bytes, size_t n)
{
    return n >= 4 && memcmp(bytes, "PK\003\004", 4) == 0;
}

bool
hj_import_job_add(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const char *file_name,
                  const void *bytes, size_t n, int64_t *ret_id, GError **error)
{
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    if (n > HJ_SHEET_MAX_FILE)
        return hj_fail(error, HJ_ERROR_INVALID,
                       "The workbook is too large. Divide it into several.");
    if (!looks_like_zip(bytes, n))
        return hj_fail(error, HJ_ERROR_INVALID, "This is not an Excel workbook (.xlsx).");
    int64_t id = hj_id_new();
    g_autofree char *name = tidy_name(file_name);
    HjImportKey key = { 0 };
    hj_tx_exempt(tx);
    bool done =
        hj_tx_exec(tx, error, SQL_ADD, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                   HJ_I64(actor->account), HJ_TEXT(ledger->name), HJ_TEXT(name), HJ_I64(n),
                   HJ_TEXT(hj_i18n_code(actor->lang)), HJ_TIME(hj_tx_now(tx))) &&
        hj_import_key_make(tx, id, &key, error) &&
        hj_import_part_write(tx, id, &key, HJ_IMPORT_FILE, bytes, n, error);
    hj_import_key_wipe(&key);
    if (done)
        *ret_id = id;
    return done;
}

HjRows *
hj_import_job_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_GET, HJ_I64(hj_tx_county(tx)),
                                         HJ_I64(id), HJ_I64(actor->account));
    if (rows == NULL)
        return NULL;
    if (hj_rows_count(rows) == 0) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such import of yours.");
        return NULL;
    }
    return g_steal_pointer(&rows);
}

HjRows *
hj_import_job_list(HjTx *tx, const HjActor *actor, int limit, GError **error)
{
    return hj_tx_query(tx, error, SQL_LIST, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                       HJ_I64(CLAMP(limit, 1, MAX_LISTED)));
}

bool
hj_import_job_start(HjTx *tx, const HjActor *actor, int64_t id, bool all, GError **error)
{
    g_autoptr(HjRows) job = hj_import_job_get(tx, actor, id, error);
    if (job == NULL)
        return false;
    hj_rows_next(job);
    /* Organizations that stand already are no reason to refuse the others. */
    bool of_orgs = g_str_equal(hj_rows_text(job, "ledger"), HJ_IMPORT_ORGS);
    bool all_right =
        hj_rows_i64(job, "n_wrong") == 0 && (of_orgs || hj_rows_i64(job, "n_duplicate") == 0);
    if (hj_rows_i64(job, "n_right") == 0 || (all && !all_right))
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "Some rows are wrong: import the right ones, or mend the workbook.");
    int64_t changes = 0;
    hj_tx_exempt(tx);
    if (!hj_tx_change(tx, error, &changes, SQL_START, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_TEXT(all ? "all" : "right"), HJ_TIME(hj_tx_now(tx))))
        return false;
    return changes == 1 ||
           hj_fail(error, HJ_ERROR_CONFLICT, "This import has been started already.");
}

bool
hj_import_job_drop(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) job = hj_import_job_get(tx, actor, id, error);
    if (job == NULL)
        return false;
    int64_t changes = 0;
    hj_tx_exempt(tx);
    if (!hj_tx_change(tx, error, &changes, SQL_DROP, HJ_I64(hj_tx_county(tx)), HJ_I64(id)))
        return false;
    if (changes != 1)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This import has been started already.");
    return hj_tx_exec(tx, error, SQL_DROP_PARTS, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
}

/* --- what is wrong --- */

bool
hj_import_cells_of(const HjJson *line, gpointer data)
{
    const HjImportCells *cells = data;
    const HjJson *texts = hj_json_get(line, "texts");
    const HjJson *issues = hj_json_get(line, "issues");
    for (size_t i = 0; i < hj_json_count(issues); i++) {
        const HjJson *issue = hj_json_at(issues, i);
        int64_t of = hj_json_integer(hj_json_get(issue, "of"));
        HjImportCell cell = {
            .row = (int)hj_json_integer(hj_json_get(line, "row")),
            .column = (int)hj_json_integer(hj_json_get(issue, "column")),
            .value = of >= 0 && of < (int64_t)hj_json_count(texts)
                         ? hj_json_string(hj_json_at(texts, (size_t)of))
                         : "",
            .code = hj_json_string(hj_json_get(issue, "code")),
            .says = { .zh = hj_json_string(hj_json_get(issue, "zh")),
                      .en = hj_json_string(hj_json_get(issue, "en")) },
        };
        if (!cells->fn(&cell, cells->data))
            return false;
    }
    return true;
}

bool
hj_import_job_wrong(HjTx *tx, const HjActor *actor, int64_t id, HjImportCellFn fn,
                    gpointer data, GError **error)
{
    g_autoptr(HjRows) job = hj_import_job_get(tx, actor, id, error);
    HjImportCells cells = { .fn = fn, .data = data };
    return job != NULL && hj_import_lines(tx, id, hj_import_cells_of, &cells, error);
}

typedef struct {
    HjExchangeBook *book;
    HjExchange *exchange;
    HjLang lang;
    GError *error;
} Writing;

static bool
write_line(const HjJson *line, gpointer data)
{
    Writing *w = data;
    return hj_import_line_write(w->book, w->exchange, line, w->lang, &w->error);
}

GBytes *
hj_import_job_book(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
                   HjLang lang, GError **error)
{
    g_autoptr(HjRows) job = hj_import_job_get(tx, actor, id, error);
    if (job == NULL)
        return NULL;
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, actor, ledger, error);
    g_autoptr(HjExchangeBook) book =
        exchange != NULL ? hj_exchange_book_new(exchange, tx, lang, error) : NULL;
    if (book == NULL)
        return NULL;
    Writing w = { .book = book, .exchange = exchange, .lang = lang };
    if (!hj_import_lines(tx, id, write_line, &w, error))
        return NULL;
    if (w.error != NULL) {
        g_propagate_error(error, w.error);
        return NULL;
    }
    return hj_exchange_book_end(book, error);
}
