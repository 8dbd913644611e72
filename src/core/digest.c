#include "core/digest.h"

#include "core/access.h"
#include "core/cadence.h"
#include "core/due.h"
#include "core/setting.h"

#define HOUR_US (3600 * INT64_C(1000000))
#define DAY_US (24 * HOUR_US)
#define EIGHT_IN_THE_MORNING 8
#define SHANGHAI_HOURS 8

#define SQL_STATE "SELECT read_week, off FROM sys_digest WHERE county = $1 AND account = $2"
#define SQL_READ                                                                               \
    "INSERT INTO sys_digest (county, account, read_week, off) VALUES ($1, $2, $3, $4) "        \
    "ON CONFLICT (county, account) DO UPDATE SET read_week = $3"
#define SQL_SWITCH                                                                             \
    "INSERT INTO sys_digest (county, account, read_week, off) VALUES ($1, $2, NULL, $3) "      \
    "ON CONFLICT (county, account) DO UPDATE SET off = $3"

static HjDate
monday_of(HjTx *tx)
{
    HjDate today = hj_tx_today(tx);
    return today - hj_date_weekday(today) + 1;
}

/* --- steps in the scope --- */

static void
begin_count(HjSqlb *b, HjTx *tx)
{
    hj_sqlb_lit(b, "SELECT COUNT(*) AS n FROM sys_task t WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.kind <> 'copy'");
}

static bool
finish_count(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *column, int64_t *ret,
             GError **error)
{
    hj_access_scope(b, tx, actor, "ledger.view", NULL, column);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    *ret = hj_rows_i64(rows, "n");
    return true;
}

static bool
count_opened(HjTx *tx, const HjActor *actor, HjDigest *d, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    begin_count(b, tx);
    hj_sqlb_lit(b, " AND t.opened_on BETWEEN ");
    hj_sqlb_param(b, HJ_DATE(d->monday - 7));
    hj_sqlb_lit(b, " AND ");
    hj_sqlb_param(b, HJ_DATE(d->monday - 1));
    return finish_count(b, tx, actor, "t.org", &d->n_opened, error);
}

static bool
count_closed(HjTx *tx, const HjActor *actor, HjDate monday, bool late, int64_t *ret,
             GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    begin_count(b, tx);
    hj_sqlb_lit(b, " AND t.closed_at IS NOT NULL AND t.outcome <> 'moot'"
                   " AND t.closed_on BETWEEN ");
    hj_sqlb_param(b, HJ_DATE(monday - 7));
    hj_sqlb_lit(b, " AND ");
    hj_sqlb_param(b, HJ_DATE(monday - 1));
    if (late)
        hj_sqlb_lit(b, " AND t.closed_on > t.due_on");
    return finish_count(b, tx, actor, "t.org", ret, error);
}

static bool
count_late(HjTx *tx, const HjActor *actor, HjDigest *d, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    begin_count(b, tx);
    hj_sqlb_lit(b, " AND t.closed_at IS NULL AND t.due_on < ");
    hj_sqlb_param(b, HJ_DATE(hj_tx_today(tx)));
    return finish_count(b, tx, actor, "t.org", &d->n_late_below, error);
}

/* --- supervised rows --- */

typedef enum { OPEN_NOW, OPENED, CLOSED } Which;

/* " AND c.ledger IN (the ledgers that supervise and that the actor sees)"; false: none. */
static bool
add_supervising(HjSqlb *b, const HjActor *actor)
{
    size_t n = 0;
    hj_sqlb_lit(b, " AND c.ledger IN (");
    for (size_t i = 0; i < actor->pack->n_ledgers; i++) {
        const HjLedger *ledger = &actor->pack->ledgers[i];
        if (ledger->supervises == NULL || !hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            continue;
        hj_sqlb_add_literal(b, n++ > 0 ? ", " : "");
        hj_sqlb_param(b, HJ_TEXT(ledger->name));
    }
    hj_sqlb_lit(b, ")");
    return n > 0;
}

static bool
count_supervised(HjTx *tx, const HjActor *actor, HjDate monday, Which which, int64_t *ret,
                 GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT COUNT(*) AS n FROM sys_case c WHERE c.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    if (!add_supervising(b, actor))
        return true;
    if (which == OPEN_NOW)
        hj_sqlb_lit(b, " AND c.ended = 0");
    else if (which == CLOSED)
        hj_sqlb_lit(b, " AND c.ended = 1 AND c.entered_on BETWEEN ");
    else
        hj_sqlb_lit(b, " AND (SELECT MIN(t.opened_on) FROM sys_task t WHERE t.county = c.county"
                       " AND t.row_id = c.id) BETWEEN ");
    if (which != OPEN_NOW) {
        hj_sqlb_param(b, HJ_DATE(monday - 7));
        hj_sqlb_lit(b, " AND ");
        hj_sqlb_param(b, HJ_DATE(monday - 1));
    }
    return finish_count(b, tx, actor, "c.org", ret, error);
}

bool
hj_digest_compute(HjTx *tx, const HjActor *actor, HjDigest *ret, GError **error)
{
    HjDueCounts due;
    HjCadenceCounts owed;
    *ret = (HjDigest){ .monday = monday_of(tx) };
    if (!hj_due_counts(tx, actor, &due, error) ||
        !hj_cadence_due_counts(tx, actor, &owed, error))
        return false;
    ret->n_todo = due.n[HJ_DUE_TODO];
    ret->n_late = due.n[HJ_DUE_OVERDUE];
    ret->n_soon = due.n_yellow;
    ret->n_owed = owed.n;
    ret->n_owed_late = owed.n_red;
    return count_opened(tx, actor, ret, error) &&
           count_closed(tx, actor, ret->monday, false, &ret->n_closed, error) &&
           count_closed(tx, actor, ret->monday, true, &ret->n_closed_late, error) &&
           count_late(tx, actor, ret, error) &&
           count_supervised(tx, actor, ret->monday, OPEN_NOW, &ret->n_supervised, error) &&
           count_supervised(tx, actor, ret->monday, OPENED, &ret->n_supervised_opened, error) &&
           count_supervised(tx, actor, ret->monday, CLOSED, &ret->n_supervised_closed, error);
}

/* --- wanted and read --- */

static int
hour_in_shanghai(HjTime at)
{
    int64_t local = at + SHANGHAI_HOURS * HOUR_US;
    return (int)(local % DAY_US / HOUR_US);
}

bool
hj_digest_state(HjTx *tx, const HjActor *actor, HjDigestState *ret, GError **error)
{
    HjDate monday = monday_of(tx);
    HjDateText week = hj_date_text(monday);
    HjSettings settings;
    *ret = (HjDigestState){ 0 };
    if (!hj_setting_load(tx, &settings, error))
        return false;
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_STATE, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account));
    if (rows == NULL)
        return false;
    bool known = hj_rows_next(rows);
    bool read = known && g_strcmp0(hj_rows_text(rows, "read_week"), week.text) == 0;
    bool early =
        hj_tx_today(tx) == monday && hour_in_shanghai(hj_tx_now(tx)) < EIGHT_IN_THE_MORNING;
    ret->off = known && hj_rows_i64(rows, "off") != 0;
    ret->closed = !settings.digest;
    ret->announced = actor->account != 0 && !ret->closed && !ret->off && !read && !early;
    return true;
}

bool
hj_digest_read(HjTx *tx, const HjActor *actor, GError **error)
{
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_READ, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                      HJ_DATE(monday_of(tx)), HJ_BOOL(false));
}

bool
hj_digest_switch(HjTx *tx, const HjActor *actor, bool off, GError **error)
{
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_SWITCH, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                      HJ_BOOL(off));
}
