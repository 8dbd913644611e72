/* The outbox: what webhooks are to be told, written in the transaction of the change itself. */
#include "base/id.h"
#include "store/inside.h"
#include "store/recall.h"

#include <string.h>

enum { NOT_ASKED, NOBODY, SOMEBODY };

#define SQL_ANY                                                                                \
    "SELECT 1 AS one FROM sys_webhook WHERE county = $1 AND removed_at IS NULL AND paused = 0" \
    " LIMIT 1"
#define SQL_WANTED                                                                             \
    "SELECT w.id AS id, w.ledgers AS ledgers, w.kinds AS kinds FROM sys_webhook w"             \
    " WHERE w.county = $1 AND w.removed_at IS NULL AND w.paused = 0 AND EXISTS"                \
    " (SELECT 1 FROM sys_tree t WHERE t.county = w.county AND t.ancestor = w.org"              \
    " AND t.org = $2 AND t.to_on = '9999-12-31') ORDER BY w.id"
#define SQL_PUT                                                                                \
    "INSERT INTO sys_delivery (county, id, webhook, event, action, ledger, row_id, version,"   \
    " org, at, state, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting',"    \
    " $10)"

/* A transaction of many rows asks once whether anybody listens at all. */
static bool
anybody(HjTx *tx, GError **error)
{
    if (tx->webhooks == NOT_ASKED) {
        g_autoptr(HjRows) rows = hj_tx_recall(tx, error, SQL_ANY, HJ_I64(hj_tx_county(tx)));
        if (rows == NULL)
            return false;
        tx->webhooks = hj_rows_count(rows) > 0 ? SOMEBODY : NOBODY;
    }
    return true;
}

/* @word stands in ",a,b,"; an empty list means every word. */
static bool
names(const char *list, const char *word)
{
    g_autofree char *wanted = g_strconcat(",", word, ",", NULL);
    return *list == '\0' || strstr(list, wanted) != NULL;
}

bool
hj_outbox_add(HjTx *tx, const HjEventRecord *record, GError **error)
{
    const HjEvent *event = &record->event;
    if (event->ledger == NULL || event->row == 0)
        return true;
    if (!anybody(tx, error))
        return false;
    if (tx->webhooks == NOBODY)
        return true;
    HjVal county = HJ_I64(record->county);
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_WANTED, county, HJ_I64(event->org));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        if (!names(hj_rows_text(rows, "ledgers"), event->ledger) ||
            !names(hj_rows_text(rows, "kinds"), event->action))
            continue;
        if (!hj_tx_exec(tx, error, SQL_PUT, county, HJ_I64(hj_id_new()),
                        HJ_I64(hj_rows_i64(rows, "id")), HJ_I64(record->id),
                        HJ_TEXT(event->action), HJ_TEXT(event->ledger), HJ_I64(event->row),
                        HJ_I64(event->version), HJ_I64(event->org), HJ_TIME(record->at)))
            return false;
    }
    return true;
}
