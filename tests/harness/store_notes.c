#include "tests/harness/store_notes.h"

#include "store/event.h"

#define NOTE_TABLE                                                                             \
    "CREATE TABLE t_note (county {id}, id {id}, body {text} NOT NULL, done {bool} NOT NULL "   \
    "DEFAULT 0, data {blob}, PRIMARY KEY (county, id));"                                       \
    "CREATE VIEW note AS SELECT id, body, done FROM t_note WHERE county = {this_county};"      \
    "CREATE VIEW sys_secret AS SELECT id FROM t_note;"

static bool
make_notes(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    return hj_tx_ddl(tx, NOTE_TABLE, error);
}

HjStoreFixture *
hj_store_notes_none(void **state)
{
    return hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
}

HjStoreFixture *
hj_store_notes_new(void **state)
{
    HjStoreFixture *f = hj_store_notes_none(state);
    must(hj_store_write(f->store, make_notes, NULL, &oops));
    return f;
}

bool
hj_store_notes_add(HjTx *tx, gpointer data, GError **error)
{
    HjNote *note = data;
    note->n_runs++;
    if (!hj_tx_exec(tx, error, "INSERT INTO t_note (county, id, body) VALUES ($1, $2, $3)",
                    HJ_I64(hj_tx_county(tx)), HJ_I64(note->id), HJ_TEXT(note->body)))
        return false;
    if (note->n_runs <= note->fails)
        return hj_error_log(error, note->code, "asked to fail");
    if (note->exempt)
        hj_tx_exempt(tx);
    if (!note->told)
        return true;
    return hj_event_append(
        tx,
        &(HjEvent){
            .action = "row.create", .subject = "row", .ledger = "note", .row = note->id },
        error);
}

bool
hj_store_notes_add_many(HjTx *tx, gpointer data, GError **error)
{
    int64_t n = *(int64_t *)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(
        tx, error,
        "WITH RECURSIVE k(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM k WHERE x < $2) "
        "INSERT INTO t_note (county, id, body) SELECT $1, x, 'n' FROM k",
        HJ_I64(HJ_FIXTURE_COUNTY), HJ_I64(n));
}

int64_t
hj_store_notes_count(HjStore *store, const char *sql)
{
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    assert_non_null(tx);
    const HjVal none[] = { HJ_END };
    g_autoptr(GError) error = NULL;
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, &error, sql, none);
    if (rows == NULL)
        fail_msg("%s", error->message);
    assert_true(hj_rows_next(rows));
    return hj_rows_i64_at(rows, 0);
}
