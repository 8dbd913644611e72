/* Snapshots: a card as it stands, with the rows behind it and the rules of that day. */
#include "base/crypto.h"
#include "base/id.h"
#include "core/assessment_priv.h"

#include <string.h>

#define SQL_FIND_RULES                                                                         \
    "SELECT id FROM sys_assessment_rules WHERE county = $1 AND assessment = $2 AND digest = "  \
    "$3 AND pack_digest = $4 AND scheme_version = $5"
#define SQL_RULES                                                                              \
    "INSERT INTO sys_assessment_rules (county, id, assessment, pack, pack_version, "           \
    "pack_digest, scheme_version, rules, digest, made_at) VALUES ($1, $2, $3, $4, $5, $6, "    \
    "$7, $8, $9, $10)"
#define SQL_SNAPSHOT                                                                           \
    "INSERT INTO sys_assessment_snapshot (county, id, assessment, org, org_code, org_name, "   \
    "rules, total, base, vetoed, veto_document, veto_zh, veto_en, taken_at, taken_by) VALUES " \
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
#define SQL_LIST                                                                               \
    "INSERT INTO sys_assessment_list (county, snapshot, list, place, zh, en, points, base, "   \
    "cap, weight) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
#define SQL_ITEM                                                                               \
    "INSERT INTO sys_assessment_item (county, snapshot, item, list, place, zh, en, "           \
    "of_points, counted, computed, final, points, mark, numerator, denominator, value, "       \
    "value_scale, n_rows) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "    \
    "$14, $15, $16, $17, $18)"
#define SQL_NEWEST_MARK                                                                        \
    "SELECT MAX(id) AS id FROM sys_assessment_mark WHERE county = $1 AND assessment = $2 AND " \
    "org = $3 AND item = $4"
#define SQL_COPY_ROWS                                                                          \
    "INSERT INTO sys_assessment_evidence (county, snapshot, item, ledger, row_id, org, "       \
    "version, points) SELECT county, $3, item, ledger, row_id, org, version, points FROM "     \
    "sys_assessment_evidence WHERE county = $1 AND snapshot = $2"
#define SQL_OLD                                                                                \
    "SELECT rules, taken_at FROM sys_assessment_snapshot WHERE county = $1 AND id = $2"
#define ROWS_A_STATEMENT 90 /* of eight parameters each */

static bool
find_rules(HjContest *c, int64_t *ret, GError **error)
{
    g_autofree char *rules = hj_contest_rules(c->pack, c->a.scheme, &c->a.period);
    uint8_t sum[HJ_SM3_BYTES];
    hj_crypto_sm3(rules, strlen(rules), sum);
    g_autofree char *digest = hj_crypto_hex(sum, sizeof sum);
    g_autoptr(HjRows) rows =
        hj_tx_query(c->tx, error, SQL_FIND_RULES, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                    HJ_TEXT(digest), HJ_TEXT(c->pack->digest), HJ_TEXT(c->a.scheme->version));
    if (rows == NULL)
        return false;
    if (hj_rows_next(rows)) {
        *ret = hj_rows_i64(rows, "id");
        return true;
    }
    *ret = hj_id_new();
    return hj_tx_exec(c->tx, error, SQL_RULES, HJ_I64(hj_tx_county(c->tx)), HJ_I64(*ret),
                      HJ_I64(c->a.id), HJ_TEXT(c->pack->name), HJ_TEXT(c->pack->version),
                      HJ_TEXT(c->pack->digest), HJ_TEXT(c->a.scheme->version), HJ_TEXT(rules),
                      HJ_TEXT(digest), HJ_TIME(hj_tx_now(c->tx)));
}

static HjVal
label_text(const char *text)
{
    return HJ_TEXT(text != NULL ? text : "");
}

static bool
write_item(const HjContest *c, int64_t snapshot, const HjCard *card, const HjCardList *list,
           const HjCardItem *item, size_t place, int64_t n_rows, GError **error)
{
    HjVal mark = HJ_NULL;
    if (item->has_final) {
        g_autoptr(HjRows) rows =
            hj_tx_query(c->tx, error, SQL_NEWEST_MARK, HJ_I64(hj_tx_county(c->tx)),
                        HJ_I64(c->a.id), HJ_I64(card->org), HJ_TEXT(item->name));
        if (rows == NULL || !hj_rows_next(rows))
            return false;
        mark = HJ_I64(hj_rows_i64(rows, "id"));
    }
    const bool has = item->has_value;
    return hj_tx_exec(
        c->tx, error, SQL_ITEM, HJ_I64(hj_tx_county(c->tx)), HJ_I64(snapshot),
        HJ_TEXT(item->name), HJ_TEXT(list->name), HJ_I64(place), label_text(item->title.zh),
        label_text(item->title.en), HJ_I64(item->of_points), HJ_BOOL(item->counted),
        HJ_I64(item->computed), item->has_final ? HJ_I64(item->final) : HJ_NULL,
        HJ_I64(item->points), mark, has ? HJ_I64(item->numerator) : HJ_NULL,
        has ? HJ_I64(item->denominator) : HJ_NULL, has ? HJ_I64(item->value) : HJ_NULL,
        has ? HJ_I64(item->value_scale) : HJ_NULL, HJ_I64(n_rows));
}

/* "ORG ITEM" → how many rows. */
static int64_t
count_of(GHashTable *counts, const HjCard *card, const HjCardItem *item)
{
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", card->org, item->name);
    const int64_t *n = counts != NULL ? g_hash_table_lookup(counts, key) : NULL;
    return n != NULL ? *n : 0;
}

static bool
write_card(const HjContest *c, const HjCard *card, int64_t rules, HjTime taken,
           GHashTable *counts, int64_t *ret, GError **error)
{
    size_t place = 0;
    *ret = hj_id_new();
    if (!hj_tx_exec(c->tx, error, SQL_SNAPSHOT, HJ_I64(hj_tx_county(c->tx)), HJ_I64(*ret),
                    HJ_I64(c->a.id), HJ_I64(card->org), HJ_TEXT(card->code),
                    HJ_TEXT(card->name), HJ_I64(rules), HJ_I64(card->total), HJ_I64(card->base),
                    HJ_BOOL(card->vetoed), HJ_TEXT(card->veto_document),
                    HJ_TEXT(card->veto_says.zh), HJ_TEXT(card->veto_says.en), HJ_TIME(taken),
                    HJ_I64(c->actor->account)))
        return false;
    for (size_t l = 0; l < card->n_lists; l++) {
        const HjCardList *list = &card->lists[l];
        if (!hj_tx_exec(c->tx, error, SQL_LIST, HJ_I64(hj_tx_county(c->tx)), HJ_I64(*ret),
                        HJ_TEXT(list->name), HJ_I64(l), label_text(list->title.zh),
                        label_text(list->title.en), HJ_I64(list->points), HJ_I64(list->base),
                        HJ_I64(list->cap), HJ_I64(list->weight)))
            return false;
        for (size_t i = 0; i < list->n_items; i++) {
            const HjCardItem *item = &list->items[i];
            const int64_t n = counts != NULL ? count_of(counts, card, item) : item->n_rows;
            if (!write_item(c, *ret, card, list, item, place++, n, error))
                return false;
        }
    }
    return true;
}

/* --- rows --- */

typedef struct {
    HjTx *tx;
    HjSqlb *b;
    int n;
} Batch;

static void
batch_begin(Batch *batch)
{
    batch->b = hj_sqlb_new();
    batch->n = 0;
    hj_sqlb_lit(batch->b,
                "INSERT INTO sys_assessment_evidence (county, snapshot, item, ledger, row_id, "
                "org, version, points) VALUES ");
}

static bool
batch_flush(Batch *batch, GError **error)
{
    const bool done = batch->n == 0 || hj_sqlb_exec(batch->b, batch->tx, NULL, error);
    hj_sqlb_free(batch->b);
    batch->b = NULL;
    return done;
}

static bool
batch_add(Batch *batch, int64_t snapshot, const HjContestRow *row, GError **error)
{
    const HjVal vals[] = { HJ_I64(hj_tx_county(batch->tx)),
                           HJ_I64(snapshot),
                           HJ_TEXT(row->item),
                           HJ_TEXT(row->ledger),
                           HJ_I64(row->row),
                           HJ_I64(row->org),
                           HJ_I64(row->version),
                           row->has_points ? HJ_I64(row->points) : HJ_NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(vals); i++) {
        if (i > 0)
            hj_sqlb_lit(batch->b, ", ");
        else if (batch->n > 0)
            hj_sqlb_lit(batch->b, ", (");
        else
            hj_sqlb_lit(batch->b, "(");
        hj_sqlb_param(batch->b, vals[i]);
    }
    hj_sqlb_lit(batch->b, ")");
    if (++batch->n < ROWS_A_STATEMENT)
        return true;
    if (!batch_flush(batch, error))
        return false;
    batch_begin(batch);
    return true;
}

static GHashTable *
count_rows(const HjContestRows *rows)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < rows->rows->len; i++) {
        const HjContestRow *row = &g_array_index(rows->rows, HjContestRow, i);
        char *key = g_strdup_printf("%" G_GINT64_FORMAT " %s", row->owner, row->item);
        int64_t *n = g_hash_table_lookup(counts, key);
        if (n != NULL) {
            (*n)++;
            g_free(key);
            continue;
        }
        n = g_new(int64_t, 1);
        *n = 1;
        g_hash_table_insert(counts, key, n);
    }
    return counts;
}

static bool
write_rows(const HjContest *c, const HjContestRows *rows, const GArray *orgs, GError **error)
{
    Batch batch = { .tx = c->tx };
    g_autoptr(GHashTable) chosen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < orgs->len; i++)
        g_hash_table_add(chosen, &g_array_index(orgs, int64_t, i));
    batch_begin(&batch);
    for (guint i = 0; i < rows->rows->len; i++) {
        const HjContestRow *row = &g_array_index(rows->rows, HjContestRow, i);
        if (!g_hash_table_contains(chosen, &row->owner))
            continue;
        if (!batch_add(&batch, hj_contest_card(c, row->owner)->snapshot, row, error)) {
            g_clear_pointer(&batch.b, hj_sqlb_free);
            return false;
        }
    }
    return batch_flush(&batch, error);
}

bool
hj_contest_freeze(HjContest *c, const HjAssessmentView *view, const GArray *orgs,
                  GError **error)
{
    int64_t rules;
    g_auto(HjContestRows) rows = { 0 };
    if (!find_rules(c, &rules, error) ||
        !hj_contest_rows(c->tx, c->pack, c->a.scheme, &c->a.period, c->tree, &rows, error))
        return false;
    g_autoptr(GHashTable) counts = count_rows(&rows);
    for (guint i = 0; i < orgs->len; i++) {
        const int64_t org = g_array_index(orgs, int64_t, i);
        const HjCard *card = hj_assessment_card(view, org);
        HjContestCard *row = hj_contest_card(c, org);
        if (card == NULL ||
            !write_card(c, card, rules, hj_tx_now(c->tx), counts, &row->snapshot, error))
            return false;
    }
    return write_rows(c, &rows, orgs, error);
}

bool
hj_contest_refreeze(HjContest *c, const HjCard *card, int64_t old, int64_t *ret, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(c->tx, error, SQL_OLD, HJ_I64(hj_tx_county(c->tx)), HJ_I64(old));
    if (rows == NULL || !hj_rows_next(rows))
        return rows != NULL && hj_error_log(error, HJ_ERROR_INTERNAL,
                                            "assessment: there is no snapshot %ld", (long)old);
    return write_card(c, card, hj_rows_i64(rows, "rules"), hj_rows_i64(rows, "taken_at"), NULL,
                      ret, error) &&
           hj_tx_exec(c->tx, error, SQL_COPY_ROWS, HJ_I64(hj_tx_county(c->tx)), HJ_I64(old),
                      HJ_I64(*ret));
}
