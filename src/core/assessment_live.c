/* An assessment while it is open: what is computed now, with decided marks and frozen cards. */
#include "base/decimal.h"
#include "core/assessment_priv.h"

#include <string.h>

#define SQL_MARKS                                                                              \
    "SELECT m.id AS id, m.org AS org, m.item AS item, m.points AS points, m.reason AS "        \
    "reason, m.document AS document, m.made_at AS made_at, COALESCE(u.title, u.name) AS "      \
    "judge FROM sys_assessment_mark m LEFT JOIN sys_account u ON u.county = m.county AND "     \
    "u.id = m.made_by WHERE m.county = $1 AND m.assessment = $2 ORDER BY m.id"
#define SQL_FROZEN_ITEMS                                                                       \
    "SELECT c.org AS org, i.item AS item, i.counted AS counted, i.computed AS computed, "      \
    "i.numerator AS numerator, i.denominator AS denominator, i.value AS value, i.n_rows AS "   \
    "n_rows FROM sys_assessment_card c JOIN sys_assessment_item i ON i.county = c.county AND " \
    "i.snapshot = c.snapshot WHERE c.county = $1 AND c.assessment = $2"
#define SQL_FROZEN_CARDS                                                                       \
    "SELECT c.org AS org, s.vetoed AS vetoed, s.veto_document AS veto_document, s.veto_zh AS " \
    "veto_zh, s.veto_en AS veto_en FROM sys_assessment_card c JOIN sys_assessment_snapshot s " \
    "ON s.county = c.county AND s.id = c.snapshot WHERE c.county = $1 AND c.assessment = $2"

typedef struct {
    int64_t points;
    const char *reason, *document, *judge;
    HjDate on;
} Mark;
typedef struct {
    const HjContest *c;
    HjScoreboard *board;
    GStringChunk *text;
    GHashTable *scores;   /* org → HjScore, until the board is settled */
    GHashTable *computed; /* HjItemScore → int64_t */
    GHashTable *marks;    /* HjItemScore → Mark */
    GHashTable *vetoes;   /* org → HjLabel of a frozen card */
    GHashTable *totals;   /* org → int64_t, without marks */
    bool strange;         /* a frozen card has what the rules no longer know */
} Live;

static void
live_clear(Live *live)
{
    g_clear_pointer(&live->scores, g_hash_table_unref);
    g_clear_pointer(&live->computed, g_hash_table_unref);
    g_clear_pointer(&live->marks, g_hash_table_unref);
    g_clear_pointer(&live->vetoes, g_hash_table_unref);
    g_clear_pointer(&live->totals, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Live, live_clear)

static int64_t *
boxed(int64_t value)
{
    int64_t *box = g_new(int64_t, 1);
    *box = value;
    return box;
}

static HjItemScore *
item_of(const HjScore *score, const char *name)
{
    for (size_t l = 0; l < score->n_lists; l++)
        for (size_t i = 0; i < score->lists[l].n_items; i++)
            if (g_str_equal(score->lists[l].items[i].item->name, name))
                return &score->lists[l].items[i];
    return NULL;
}

static void
note_computed(Live *live, HjScore *score)
{
    for (size_t l = 0; l < score->n_lists; l++)
        for (size_t i = 0; i < score->lists[l].n_items; i++) {
            HjItemScore *item = &score->lists[l].items[i];
            g_hash_table_insert(live->computed, item, boxed(item->points));
        }
}

static bool
put_frozen(HjRows *row, gpointer data)
{
    Live *live = data;
    int64_t org = hj_rows_i64(row, "org");
    HjScore *score = g_hash_table_lookup(live->scores, &org);
    HjItemScore *item = score != NULL ? item_of(score, hj_rows_text(row, "item")) : NULL;
    if (item == NULL) {
        live->strange = true;
        return true;
    }
    item->counted = hj_rows_bool(row, "counted");
    item->points = hj_rows_i64(row, "computed");
    item->n_rows = hj_rows_i64(row, "n_rows");
    item->value.has = !hj_rows_null(row, "value");
    item->value.numerator = hj_rows_i64(row, "numerator");
    item->value.denominator = hj_rows_i64(row, "denominator");
    item->value.value = hj_rows_i64(row, "value");
    return true;
}

static bool
put_frozen_vetoes(Live *live, const HjVal *vals, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query_vals(live->c->tx, error, SQL_FROZEN_CARDS, vals);
    while (rows != NULL && hj_rows_next(rows)) {
        int64_t org = hj_rows_i64(rows, "org");
        HjScore *score = g_hash_table_lookup(live->scores, &org);
        if (score == NULL)
            continue;
        HjLabel *says = g_new0(HjLabel, 1);
        says->zh = hj_contest_keep(live->text, hj_rows_text(rows, "veto_zh"));
        says->en = hj_contest_keep(live->text, hj_rows_text(rows, "veto_en"));
        score->vetoed = hj_rows_bool(rows, "vetoed");
        score->veto_document = hj_contest_keep(live->text, hj_rows_text(rows, "veto_document"));
        g_hash_table_insert(live->vetoes, boxed(org), says);
    }
    return rows != NULL;
}

/* The newest mark of an item holds; one that was taken back leaves the computed points. */
static bool
put_marks(Live *live, const HjVal *vals, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query_vals(live->c->tx, error, SQL_MARKS, vals);
    while (rows != NULL && hj_rows_next(rows)) {
        int64_t org = hj_rows_i64(rows, "org");
        HjScore *score = g_hash_table_lookup(live->scores, &org);
        HjItemScore *item = score != NULL ? item_of(score, hj_rows_text(rows, "item")) : NULL;
        if (item == NULL)
            continue;
        if (hj_rows_null(rows, "points")) {
            g_hash_table_remove(live->marks, item);
            item->points = *(int64_t *)g_hash_table_lookup(live->computed, item);
            continue;
        }
        Mark *mark = g_new(Mark, 1);
        *mark = (Mark){ .points = hj_rows_i64(rows, "points"),
                        .reason = hj_contest_keep(live->text, hj_rows_text(rows, "reason")),
                        .document = hj_contest_keep(live->text, hj_rows_text(rows, "document")),
                        .judge = hj_contest_keep(live->text, hj_rows_text(rows, "judge")),
                        .on = hj_date_in_shanghai(hj_rows_i64(rows, "made_at")) };
        g_hash_table_replace(live->marks, item, mark);
        item->points = mark->points;
    }
    return rows != NULL;
}

static bool
put_in(Live *live, GError **error)
{
    const HjVal vals[] = { HJ_I64(hj_tx_county(live->c->tx)), HJ_I64(live->c->a.id), HJ_END };
    for (size_t s = 0; s < live->board->n_scores; s++)
        g_hash_table_insert(live->scores, boxed(live->board->scores[s].org),
                            &live->board->scores[s]);
    if (live->c->a.id != 0 &&
        (!hj_tx_scan(live->c->tx, error, SQL_FROZEN_ITEMS, vals, put_frozen, live) ||
         !put_frozen_vetoes(live, vals, error)))
        return false;
    if (live->strange)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The rules or the organizations of this period have changed since cards "
                       "were accepted; take the acceptance back first.");
    hj_scheme_settle(live->board); /* totals of the computed points; it moves the scores */
    for (size_t s = 0; s < live->board->n_scores; s++) {
        HjScore *score = &live->board->scores[s];
        g_hash_table_replace(live->scores, boxed(score->org), score);
        g_hash_table_insert(live->totals, boxed(score->org), boxed(score->total));
        note_computed(live, score);
    }
    if (live->c->a.id != 0 && !put_marks(live, vals, error))
        return false;
    if (g_hash_table_size(live->marks) > 0)
        hj_scheme_settle(live->board);
    return true;
}

/* --- from scores to cards --- */

void
hj_assessment_view_free(HjAssessmentView *view)
{
    if (view == NULL)
        return;
    HjContestHeld *held = view->priv;
    if (held->board != NULL)
        hj_scheme_free(held->board);
    g_string_chunk_free(held->text);
    g_free(held->lists);
    g_free(held->items);
    g_free(held);
    g_free(view->cards);
    g_free(view);
}

static void
fill_item(const Live *live, const HjItemScore *scored, HjCardItem *ret)
{
    const HjSchemeItem *rule = scored->item;
    const Mark *mark = g_hash_table_lookup(live->marks, scored);
    const int64_t *computed = g_hash_table_lookup(live->computed, scored);
    *ret = (HjCardItem){ .name = rule->name,
                         .title = rule->title,
                         .rule = rule,
                         .of_points = rule->points,
                         .counted = scored->counted,
                         .computed = *computed,
                         .points = scored->points,
                         .has_value = scored->value.has,
                         .numerator = scored->value.numerator,
                         .denominator = scored->value.denominator,
                         .value = scored->value.value,
                         .value_scale = rule->indicator != NULL ? rule->indicator->scale : 0,
                         .n_rows = scored->n_rows,
                         .judged_on = HJ_DATE_NONE };
    if (mark == NULL)
        return;
    ret->has_final = true;
    ret->final = mark->points;
    ret->reason = mark->reason;
    ret->document = mark->document;
    ret->judge = mark->judge;
    ret->judged_on = mark->on;
}

static HjCardState
state_of(const HjContest *c, const HjContestCard *card)
{
    if (c->a.published)
        return HJ_CARD_PUBLISHED;
    if (card == NULL || card->level == 0)
        return HJ_CARD_OPEN;
    return card->snapshot != 0 ? HJ_CARD_ACCEPTED : HJ_CARD_APPROVED;
}

static void
fill_card(const Live *live, const HjScore *score, HjContestHeld *held, HjCardList **lists,
          HjCardItem **items, HjCard *ret)
{
    const HjContestCard *row = hj_contest_card(live->c, score->org);
    const HjLabel *says = g_hash_table_lookup(live->vetoes, &score->org);
    const int64_t *total = g_hash_table_lookup(live->totals, &score->org);
    *ret = (HjCard){ .org = score->org,
                     .published_on = HJ_DATE_NONE,
                     .code = hj_contest_keep(held->text, score->code),
                     .name = hj_contest_keep(held->text, score->name),
                     .rank = score->rank,
                     .total = score->total,
                     .computed_total = *total,
                     .vetoed = score->vetoed,
                     .veto_document = score->veto_document,
                     .why = score->why,
                     .state = state_of(live->c, row),
                     .level = row != NULL ? row->level : 0,
                     .snapshot = row != NULL ? row->snapshot : 0,
                     .lists = *lists,
                     .n_lists = score->n_lists };
    if (score->band != NULL) {
        ret->band = score->band->name;
        ret->band_title = score->band->title;
    }
    if (score->by_points != NULL)
        ret->by_points = score->by_points->name;
    if (score->vetoed && says != NULL)
        ret->veto_says = *says;
    else if (score->vetoed && score->veto != NULL)
        ret->veto_says = score->veto->says;
    for (size_t l = 0; l < score->n_lists; l++) {
        const HjListScore *from = &score->lists[l];
        HjCardList *list = (*lists)++;
        *list = (HjCardList){ .name = from->list->name,
                              .title = from->list->title,
                              .points = from->points,
                              .base = from->base,
                              .cap = from->list->cap,
                              .weight = from->list->weight,
                              .items = *items,
                              .n_items = from->n_items };
        ret->base += hj_decimal_muldiv(from->base, from->list->weight, 100);
        for (size_t i = 0; i < from->n_items; i++)
            fill_item(live, &from->items[i], (*items)++);
    }
}

static HjAssessmentView *
make_view(Live *live)
{
    HjScoreboard *board = live->board;
    size_t n_lists = 0, n_items = 0;
    for (size_t s = 0; s < board->n_scores; s++)
        for (size_t l = 0; l < board->scores[s].n_lists; l++) {
            n_lists++;
            n_items += board->scores[s].lists[l].n_items;
        }
    HjContestHeld *held = g_new0(HjContestHeld, 1);
    held->text = live->text;
    held->lists = g_new0(HjCardList, n_lists + 1);
    held->items = g_new0(HjCardItem, n_items + 1);
    held->board = board;
    HjAssessmentView *view = g_new0(HjAssessmentView, 1);
    *view = (HjAssessmentView){ .head = live->c->a,
                                .provisional = true,
                                .published_on = HJ_DATE_NONE,
                                .base = board->base,
                                .full = board->full,
                                .cards = g_new0(HjCard, board->n_scores + 1),
                                .n_cards = board->n_scores,
                                .priv = held };
    HjCardList *lists = held->lists;
    HjCardItem *items = held->items;
    for (size_t s = 0; s < board->n_scores; s++)
        fill_card(live, &board->scores[s], held, &lists, &items, &view->cards[s]);
    return view;
}

HjAssessmentView *
hj_contest_live(const HjContest *c, GError **error)
{
    HjScoreboard *board = hj_scheme_compute(c->tx, c->pack, c->a.scheme, &c->a.period, error);
    if (board == NULL)
        return NULL;
    g_auto(Live) live = {
        .c = c,
        .board = board,
        .text = g_string_chunk_new(4096),
        .scores = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .computed = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free),
        .marks = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free),
        .vetoes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
        .totals = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
    };
    if (put_in(&live, error))
        return make_view(&live);
    hj_scheme_free(board);
    g_string_chunk_free(live.text);
    return NULL;
}
