#include "core/assessment_verify.h"

#include "base/decimal.h"
#include "core/assessment_priv.h"
#include "store/event.h"

#include <string.h>

/* Events are looked up for so many rows; the others are named without. */
#define EVENTS_MAX 500
#define COUNTY_OF_TX(v) HJ_I64(hj_tx_county((v)->tx))

#define SQL_DIGEST                                                                             \
    "SELECT digest FROM sys_assessment_publication WHERE county = $1 AND assessment = $2 AND " \
    "revision = $3"
#define SQL_SNAPSHOTS                                                                          \
    "SELECT r.org AS org, s.taken_at AS taken_at, s.rules AS rules FROM "                      \
    "sys_assessment_result r JOIN sys_assessment_snapshot s ON s.county = r.county AND s.id "  \
    "= r.snapshot WHERE r.county = $1 AND r.assessment = $2 AND r.revision = $3 ORDER BY "     \
    "s.taken_at, r.place"
#define SQL_RULES                                                                              \
    "SELECT DISTINCT u.id AS id, u.pack AS pack, u.pack_version AS pack_version, "             \
    "u.pack_digest AS pack_digest, u.rules AS rules FROM sys_assessment_result r JOIN "        \
    "sys_assessment_snapshot s ON s.county = r.county AND s.id = r.snapshot JOIN "             \
    "sys_assessment_rules u ON u.county = s.county AND u.id = s.rules WHERE r.county = $1 "    \
    "AND r.assessment = $2 AND r.revision = $3 ORDER BY u.id"
#define SQL_ROWS                                                                               \
    "SELECT r.org AS owner, e.item AS item, e.ledger AS ledger, e.row_id AS id, e.version AS " \
    "version, e.points AS points FROM sys_assessment_result r JOIN sys_assessment_evidence e " \
    "ON e.county = r.county AND e.snapshot = r.snapshot WHERE r.county = $1 AND r.assessment " \
    "= $2 AND r.revision = $3"

typedef struct {
    HjTx *tx;
    const HjPack *pack;
    HjAssessmentView *then;
    HjOrgTree *tree;
    HjScoreboard *now;    /* with what every card's own day gives */
    GHashTable *days;     /* org → HjTime when its card was frozen */
    GHashTable *was_rows; /* "OWNER ITEM LEDGER ROW" → Seen */
    GArray *diffs;        /* of HjDiff */
    GStringChunk *text;
    HjVerified *ret;
    int n_events;
} Verify;
typedef struct {
    int64_t owner, row, version;
    const char *item, *ledger;
    bool found;
} Seen;

static void
verify_clear(Verify *v)
{
    g_clear_pointer(&v->then, hj_assessment_view_free);
    g_clear_pointer(&v->tree, hj_org_tree_free);
    g_clear_pointer(&v->now, hj_scheme_free);
    g_clear_pointer(&v->days, g_hash_table_unref);
    g_clear_pointer(&v->was_rows, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Verify, verify_clear)

static const char *
keep(Verify *v, const char *text)
{
    return text != NULL ? g_string_chunk_insert(v->text, text) : NULL;
}

static const char *
points(Verify *v, int64_t n)
{
    return keep(v, hj_decimal_text(n, HJ_POINTS_SCALE).text);
}

static void
add(Verify *v, const HjDiff *diff)
{
    HjDiff added = *diff;
    const HjCard *card = diff->org != 0 ? hj_assessment_card(v->then, diff->org) : NULL;
    added.org_name = card != NULL ? keep(v, card->name) : NULL;
    added.item = keep(v, diff->item);
    added.ledger = keep(v, diff->ledger);
    added.rule = keep(v, diff->rule);
    added.was = keep(v, diff->was);
    added.now = keep(v, diff->now);
    if (diff->kind != HJ_DIFF_RULE && diff->kind != HJ_DIFF_PACK)
        v->ret->identical = false;
    g_array_append_val(v->diffs, added);
}

/* --- the stored result itself --- */

static bool
digest_in_chain(Verify *v, const HjAssessment *a, const char *digest, bool *ret, GError **error)
{
    g_autoptr(HjRows) events = hj_event_of_row(v->tx, NULL, a->id, error);
    g_autofree char *revision =
        g_strdup_printf("\"revision\":%" G_GINT64_FORMAT ",", v->ret->revision);
    *ret = false;
    while (events != NULL && hj_rows_next(events) && !*ret) {
        const char *after = hj_rows_text(events, "after");
        *ret = g_str_equal(hj_rows_text(events, "action"), "assessment.publish") &&
               after != NULL && strstr(after, revision) != NULL &&
               strstr(after, digest) != NULL;
    }
    return events != NULL;
}

static bool
check_stored(Verify *v, const HjAssessment *a, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(v->tx, error, SQL_DIGEST, COUNTY_OF_TX(v),
                                         HJ_I64(a->id), HJ_I64(v->ret->revision));
    g_autofree char *now =
        rows != NULL ? hj_contest_digest(v->tx, a->id, v->ret->revision, error) : NULL;
    if (now == NULL || !hj_rows_next(rows))
        return false;
    const char *was = hj_rows_text(rows, "digest");
    bool chained;
    if (!digest_in_chain(v, a, was, &chained, error))
        return false;
    if (strcmp(was, now) != 0 || !chained)
        add(v, &(HjDiff){ .kind = HJ_DIFF_SNAPSHOT,
                          .what = "snapshot",
                          .was = chained ? was : NULL,
                          .now = now });
    return true;
}

/* --- rules --- */

static void
compare_rules(Verify *v, const char *was_text, const char *now_text)
{
    g_autoptr(HjJson) was = hj_json_parse(was_text, strlen(was_text), NULL);
    g_autoptr(HjJson) now = hj_json_parse(now_text, strlen(now_text), NULL);
    if (was == NULL || now == NULL)
        return;
    for (size_t i = 0; i < hj_json_count(was); i++) {
        const char *key = hj_json_key_at(was, i);
        const char *before = hj_json_string(hj_json_at(was, i));
        const HjJson *node = hj_json_get(now, key);
        const char *after = node != NULL ? hj_json_string(node) : NULL;
        if (g_strcmp0(before, after) != 0)
            add(v, &(HjDiff){ .kind = HJ_DIFF_RULE,
                              .what = "rule",
                              .rule = key,
                              .was = before,
                              .now = after });
    }
    for (size_t i = 0; i < hj_json_count(now); i++)
        if (hj_json_get(was, hj_json_key_at(now, i)) == NULL)
            add(v, &(HjDiff){ .kind = HJ_DIFF_RULE,
                              .what = "rule",
                              .rule = hj_json_key_at(now, i),
                              .now = hj_json_string(hj_json_at(now, i)) });
}

static bool
check_rules(Verify *v, const HjAssessment *a, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(v->tx, error, SQL_RULES, COUNTY_OF_TX(v),
                                         HJ_I64(a->id), HJ_I64(v->ret->revision));
    g_autofree char *now = hj_contest_rules(v->pack, a->scheme, &a->period);
    while (rows != NULL && hj_rows_next(rows)) {
        if (strcmp(hj_rows_text(rows, "pack_digest"), v->pack->digest) == 0)
            continue;
        g_autofree char *was_pack = g_strdup_printf("%s %s", hj_rows_text(rows, "pack"),
                                                    hj_rows_text(rows, "pack_version"));
        g_autofree char *now_pack = g_strdup_printf("%s %s", v->pack->name, v->pack->version);
        add(v, &(HjDiff){
                   .kind = HJ_DIFF_PACK, .what = "pack", .was = was_pack, .now = now_pack });
        compare_rules(v, hj_rows_text(rows, "rules"), now);
    }
    return rows != NULL;
}

/* --- figures --- */

static HjScore *
score_of(const HjScoreboard *board, int64_t org)
{
    return (HjScore *)hj_scheme_score(board, org);
}

static const char *
figure(Verify *v, bool counted, int64_t n, bool has, int64_t num, int64_t den)
{
    if (!counted)
        return "—";
    if (!has)
        return points(v, n);
    g_autofree char *text = g_strdup_printf("%s (%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT ")",
                                            hj_decimal_text(n, HJ_POINTS_SCALE).text, num, den);
    return keep(v, text);
}

/* Compares one card with @board, computed as on its own day, and puts the decided marks in. */
static void
compare_card(Verify *v, const HjCard *card, const HjScore *score)
{
    v->ret->n_cards++;
    if (score == NULL) {
        add(v, &(HjDiff){ .kind = HJ_DIFF_TOTAL,
                          .what = "total",
                          .org = card->org,
                          .was = points(v, card->total) });
        return;
    }
    for (size_t l = 0; l < card->n_lists; l++)
        for (size_t i = 0; i < card->lists[l].n_items; i++) {
            const HjCardItem *was = &card->lists[l].items[i];
            const HjItemScore *now = hj_scheme_item_score(score, was->name);
            HjItemScore *merged = hj_scheme_item_score(score_of(v->now, card->org), was->name);
            v->ret->n_items++;
            if (now == NULL || now->counted != was->counted || now->points != was->computed ||
                (was->has_value && (now->value.numerator != was->numerator ||
                                    now->value.denominator != was->denominator)))
                add(v,
                    &(HjDiff){ .kind = HJ_DIFF_FIGURE,
                               .what = "figure",
                               .org = card->org,
                               .item = was->name,
                               .was = figure(v, was->counted, was->computed, was->has_value,
                                             was->numerator, was->denominator),
                               .now = now == NULL ? NULL
                                                  : figure(v, now->counted, now->points,
                                                           now->value.has, now->value.numerator,
                                                           now->value.denominator) });
            if (merged == NULL || now == NULL)
                continue;
            merged->counted = now->counted;
            merged->points = was->has_final ? was->final : now->points;
        }
}

static void
compare_totals(Verify *v)
{
    hj_scheme_settle(v->now);
    for (size_t i = 0; i < v->then->n_cards; i++) {
        const HjCard *was = &v->then->cards[i];
        const HjScore *now = score_of(v->now, was->org);
        if (now == NULL)
            continue;
        const char *band = now->band != NULL ? now->band->name : NULL;
        g_autofree char *was_rank = g_strdup_printf("%d", was->rank);
        g_autofree char *now_rank = g_strdup_printf("%d", now->rank);
        if (was->total != now->total)
            add(v, &(HjDiff){ .kind = HJ_DIFF_TOTAL,
                              .what = "total",
                              .org = was->org,
                              .was = points(v, was->total),
                              .now = points(v, now->total) });
        if (was->rank != now->rank)
            add(v, &(HjDiff){ .kind = HJ_DIFF_TOTAL,
                              .what = "rank",
                              .org = was->org,
                              .was = was_rank,
                              .now = now_rank });
        if (g_strcmp0(was->band, band) != 0)
            add(v, &(HjDiff){ .kind = HJ_DIFF_TOTAL,
                              .what = "band",
                              .org = was->org,
                              .was = was->band,
                              .now = band });
        if (was->vetoed != now->vetoed)
            add(v, &(HjDiff){ .kind = HJ_DIFF_TOTAL,
                              .what = "veto",
                              .org = was->org,
                              .was = was->vetoed ? was->veto_document : NULL,
                              .now = now->vetoed ? now->veto_document : NULL });
    }
}

/* --- rows --- */

static char *
key_of(int64_t owner, const char *item, const char *ledger, int64_t row)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s %s %" G_GINT64_FORMAT, owner, item, ledger,
                           row);
}

static bool
note_row(HjRows *row, gpointer data)
{
    Verify *v = data;
    Seen *seen = g_new(Seen, 1);
    *seen =
        (Seen){ .owner = hj_rows_i64(row, "owner"),
                .row = hj_rows_i64(row, "id"),
                .version = hj_rows_i64(row, "version"),
                .item = g_string_chunk_insert_const(v->text, hj_rows_text(row, "item")),
                .ledger = g_string_chunk_insert_const(v->text, hj_rows_text(row, "ledger")) };
    g_hash_table_insert(v->was_rows, key_of(seen->owner, seen->item, seen->ledger, seen->row),
                        seen);
    v->ret->n_rows++;
    return true;
}

/* What became of a row: its version, whether it was voided, its last event. */
static bool
look_at_row(Verify *v, HjDiff *diff, bool *ret_voided, GError **error)
{
    const HjLedger *ledger = hj_pack_ledger(v->pack, diff->ledger);
    *ret_voided = false;
    if (ledger == NULL || v->n_events++ >= EVENTS_MAX)
        return true;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT version, voided_at FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, COUNTY_OF_TX(v));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(diff->row));
    g_autoptr(HjRows) row = hj_sqlb_query(b, v->tx, error);
    g_autoptr(HjRows) events =
        row != NULL ? hj_event_of_row(v->tx, ledger->name, diff->row, error) : NULL;
    if (events == NULL)
        return false;
    if (hj_rows_next(row)) {
        diff->version_now = hj_rows_i64(row, "version");
        *ret_voided = !hj_rows_null(row, "voided_at");
    }
    if (hj_rows_next(events)) {
        diff->event = hj_rows_i64(events, "id");
        diff->action = keep(v, hj_rows_text(events, "action"));
        diff->at = hj_rows_i64(events, "at");
    }
    return true;
}

static bool
add_row(Verify *v, const Seen *was, const HjContestRow *now, GError **error)
{
    g_assert(was != NULL || now != NULL);
    bool voided;
    HjDiff diff = { .kind = HJ_DIFF_ROW,
                    .what = was == NULL   ? "added"
                            : now == NULL ? "gone"
                                          : "changed",
                    .org = was != NULL ? was->owner : now->owner,
                    .item = was != NULL ? was->item : now->item,
                    .ledger = was != NULL ? was->ledger : now->ledger,
                    .row = was != NULL ? was->row : now->row,
                    .version_then = was != NULL ? was->version : 0 };
    if (!look_at_row(v, &diff, &voided, error))
        return false;
    if (voided)
        diff.what = "voided";
    add(v, &diff);
    return true;
}

static bool
compare_rows(Verify *v, GHashTable *orgs, const HjContestRows *rows, GError **error)
{
    for (guint i = 0; i < rows->rows->len; i++) {
        const HjContestRow *now = &g_array_index(rows->rows, HjContestRow, i);
        if (!g_hash_table_contains(orgs, &now->owner))
            continue;
        g_autofree char *key = key_of(now->owner, now->item, now->ledger, now->row);
        Seen *was = g_hash_table_lookup(v->was_rows, key);
        if (was != NULL)
            was->found = true;
        if ((was == NULL || was->version != now->version) && !add_row(v, was, now, error))
            return false;
    }
    return true;
}

static gint
compare_seen(gconstpointer a, gconstpointer b)
{
    const Seen *left = *(const Seen *const *)a;
    const Seen *right = *(const Seen *const *)b;
    if (left->row != right->row)
        return left->row < right->row ? -1 : 1;
    return strcmp(left->item, right->item);
}

/* In an order that does not depend on the table of hashes. */
static bool
tell_missing(Verify *v, GError **error)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, v->was_rows);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (!((const Seen *)value)->found)
            g_ptr_array_add(missing, value);
    g_ptr_array_sort(missing, compare_seen);
    for (guint i = 0; i < missing->len; i++)
        if (!add_row(v, g_ptr_array_index(missing, i), NULL, error))
            return false;
    return true;
}

/* --- day by day --- */

/* The cards that were frozen on one day, computed as on that day: a rule may ask for today. */
static bool
verify_day(Verify *v, const HjAssessment *a, HjTime at, GHashTable *orgs, GError **error)
{
    g_auto(HjContestRows) rows = { 0 };
    const HjTime real = hj_tx_now(v->tx);
    hj_tx_set_now(v->tx, at);
    HjScoreboard *board = hj_scheme_compute(v->tx, v->pack, a->scheme, &a->period, error);
    bool done = board != NULL &&
                hj_contest_rows(v->tx, v->pack, a->scheme, &a->period, v->tree, &rows, error);
    hj_tx_set_now(v->tx, real);
    const bool first = v->now == NULL;
    if (first)
        v->now = board;
    for (size_t i = 0; done && i < v->then->n_cards; i++) {
        const HjCard *card = &v->then->cards[i];
        if (g_hash_table_contains(orgs, &card->org))
            compare_card(v, card, hj_scheme_score(board, card->org));
    }
    done = done && compare_rows(v, orgs, &rows, error);
    if (!first && board != NULL)
        hj_scheme_free(board);
    return done;
}

static bool
verify_days(Verify *v, const HjAssessment *a, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(v->tx, error, SQL_SNAPSHOTS, COUNTY_OF_TX(v),
                                         HJ_I64(a->id), HJ_I64(v->ret->revision));
    g_autoptr(GHashTable) orgs =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    HjTime at = 0;
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const HjTime taken = hj_rows_i64(rows, "taken_at");
        if (at != 0 && hj_date_in_shanghai(taken) != hj_date_in_shanghai(at)) {
            if (!verify_day(v, a, at, orgs, error))
                return false;
            g_hash_table_remove_all(orgs);
        }
        at = taken;
        int64_t *org = g_new(int64_t, 1);
        *org = hj_rows_i64(rows, "org");
        g_hash_table_add(orgs, org);
    }
    return verify_day(v, a, at, orgs, error);
}

bool
hj_assessment_verify(HjTx *tx, const HjPack *pack, const HjAssessment *a, int64_t revision,
                     HjVerified *ret, GError **error)
{
    *ret = (HjVerified){ .revision = revision == HJ_REVISION_LAST ? a->revision : revision,
                         .identical = true };
    if (!a->published)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "Nothing has been published yet.");
    g_auto(Verify) v = { .tx = tx, .pack = pack, .ret = ret };
    HjActor *system = hj_actor_system((HjPack *)pack);
    v.then = hj_assessment_view(tx, system, a->scheme, &a->period, ret->revision, error);
    hj_actor_unref(system);
    if (v.then == NULL || (v.tree = hj_org_tree_load(tx, a->period.to, error)) == NULL)
        return false;
    v.was_rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    v.diffs = g_array_new(FALSE, TRUE, sizeof(HjDiff));
    v.text = g_string_chunk_new(2048);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(a->id), HJ_I64(ret->revision),
                           HJ_END };
    bool done = check_stored(&v, a, error) && check_rules(&v, a, error) &&
                hj_tx_scan(tx, error, SQL_ROWS, vals, note_row, &v) &&
                verify_days(&v, a, error) && tell_missing(&v, error);
    if (done)
        compare_totals(&v);
    ret->n_diffs = v.diffs->len;
    ret->diffs = (HjDiff *)(void *)g_array_free(v.diffs, FALSE);
    ret->priv = v.text;
    return done;
}

void
hj_assessment_verify_clear(HjVerified *verified)
{
    g_clear_pointer(&verified->diffs, g_free);
    if (verified->priv != NULL)
        g_string_chunk_free(verified->priv);
    verified->priv = NULL;
}

static void
write_diff(HjJsonWriter *w, const HjDiff *diff)
{
    hj_json_begin_object(w);
    hj_json_put_text(w, "what", diff->what);
    hj_json_put_text(w, "org_name", diff->org_name);
    hj_json_put_text(w, "item", diff->item);
    hj_json_put_text(w, "rule", diff->rule);
    hj_json_put_text(w, "was", diff->was);
    hj_json_put_text(w, "now", diff->now);
    if (diff->row != 0) {
        hj_json_put_text(w, "ledger", diff->ledger);
        hj_json_put_id(w, "row", diff->row);
        hj_json_put_i64(w, "version_then", diff->version_then);
        hj_json_put_i64(w, "version_now", diff->version_now);
        hj_json_put_id(w, "event", diff->event);
        hj_json_put_text(w, "action", diff->action);
        hj_json_put_text(w, "at", diff->at != 0 ? hj_time_text(diff->at).text : NULL);
    }
    hj_json_end_object(w);
}

void
hj_assessment_verify_json(const HjVerified *verified, HjDiffTold told, gpointer data,
                          size_t most, HjJsonWriter *w)
{
    size_t n = 0;
    hj_json_begin_object(w);
    hj_json_put_i64(w, "revision", verified->revision);
    hj_json_put_flag(w, "identical", verified->identical);
    hj_json_put_i64(w, "n_cards", verified->n_cards);
    hj_json_put_i64(w, "n_items", verified->n_items);
    hj_json_put_i64(w, "n_rows", verified->n_rows);
    hj_json_key(w, "differences");
    hj_json_begin_array(w);
    for (size_t i = 0; i < verified->n_diffs; i++)
        if ((told == NULL || told(data, &verified->diffs[i])) && n++ < most)
            write_diff(w, &verified->diffs[i]);
    hj_json_end_array(w);
    hj_json_put_flag(w, "more", n > most);
    hj_json_end_object(w);
}
