#include "base/decimal.h"
#include "core/scheme_priv.h"

#include <string.h>

/* Bands, and what would raise a score. */

#define PERCENT 100
#define WEIGHED_SCALE 4
#define UNITS_MAX (INT64_C(1) << 40)

/* --- the last result --- */

#define SQL_PAST                                                                               \
    "SELECT org, band FROM assessed WHERE scheme = $1 AND to_on < $2 AND band IS NOT NULL "    \
    "ORDER BY from_on, org"

static const HjBand *
band_named(const HjScheme *scheme, const char *name)
{
    for (size_t i = 0; i < scheme->n_bands; i++)
        if (g_strcmp0(scheme->bands[i].name, name) == 0)
            return &scheme->bands[i];
    return NULL;
}

static bool
load_bands(const HjSchemeRun *run, HjScoreboard *board, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(run->tx, error, SQL_PAST, HJ_TEXT(run->scheme->name),
                                         HJ_DATE(run->period->from));
    if (rows == NULL)
        return false;
    g_autoptr(GHashTable) last =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    while (hj_rows_next(rows)) {
        int64_t *org = g_new(int64_t, 1);
        *org = hj_rows_i64(rows, "org");
        g_hash_table_insert(last, org,
                            (gpointer)band_named(run->scheme, hj_rows_text(rows, "band")));
    }
    for (size_t s = 0; s < board->n_scores; s++)
        board->scores[s].previous = g_hash_table_lookup(last, &board->scores[s].org);
    return true;
}

static bool
load_exceptions(const HjSchemeRun *run, HjScoreboard *board, GError **error)
{
    const HjVeto *unless = &run->scheme->step_up.unless;
    if (unless->ledger == NULL)
        return true;
    g_autoptr(HjRows) rows =
        hj_scheme_run_rows(run, unless->ledger, unless->document_field, &unless->when, error);
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const int owner = hj_scheme_owner(run, hj_rows_i64(rows, "org"));
        const char *document = hj_rows_text(rows, "mark");
        if (owner >= 0 && document != NULL && document[0] != '\0')
            board->scores[owner].step_document = hj_scheme_keep(board, document);
    }
    return true;
}

static bool
asks_previous(const HjScheme *scheme)
{
    bool asks = scheme->step_up.bands > 0;
    for (size_t i = 0; scheme->quota != NULL && i < scheme->quota->n_ties; i++)
        asks |= g_str_equal(scheme->quota->ties[i], "previous");
    return asks;
}

bool
hj_scheme_load_past(const HjSchemeRun *run, HjScoreboard *board, GError **error)
{
    return !asks_previous(run->scheme) ||
           (load_bands(run, board, error) && load_exceptions(run, board, error));
}

/* --- bands --- */

/* By points, then no higher than the step allows. */
static void
set_band(const HjScheme *scheme, HjScore *score)
{
    const HjBand *band = scheme->bands;
    while (band < &scheme->bands[scheme->n_bands - 1] && score->total < band->from)
        band++;
    score->by_points = band;
    score->why = HJ_BAND_POINTS;
    const HjBand *limit = score->previous;
    if (limit != NULL && scheme->step_up.bands > 0 && score->step_document == NULL) {
        limit -= MIN(limit - scheme->bands, scheme->step_up.bands);
        if (band < limit) {
            band = limit;
            score->why = HJ_BAND_STEP;
        }
    }
    score->band = score->vetoed ? NULL : band;
}

static int64_t
tie_value(const HjScore *score, const char *tie)
{
    for (size_t l = 0; l < score->n_lists; l++)
        if (g_str_equal(score->lists[l].list->name, tie))
            return score->lists[l].points;
    return score->previous != NULL ? score->previous->from : -1; /* "previous" */
}

static gint
compare_claims(gconstpointer left, gconstpointer right, gpointer data)
{
    const HjQuota *quota = data;
    const HjScore *a = *(const HjScore *const *)left;
    const HjScore *b = *(const HjScore *const *)right;
    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    for (size_t i = 0; i < quota->n_ties; i++) {
        const int64_t x = tie_value(a, quota->ties[i]);
        const int64_t y = tie_value(b, quota->ties[i]);
        if (x != y)
            return x > y ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static void
apply_quota(HjScoreboard *board)
{
    const HjScheme *scheme = board->scheme;
    const HjQuota *quota = scheme->quota;
    g_autoptr(GPtrArray) claims = g_ptr_array_new();
    for (size_t s = 0; s < board->n_scores; s++) {
        const HjBand *band = board->scores[s].band;
        if (band != NULL && band <= &scheme->bands[quota->band])
            g_ptr_array_add(claims, &board->scores[s]);
    }
    g_ptr_array_sort_with_data(claims, compare_claims, (gpointer)quota);
    board->n_places = (int)(board->n_scores * (size_t)quota->percent / PERCENT);
    for (guint i = (guint)board->n_places; i < claims->len; i++) {
        HjScore *score = claims->pdata[i];
        score->band = &scheme->bands[quota->band + 1];
        score->why = HJ_BAND_QUOTA;
    }
}

void
hj_scheme_set_bands(HjScoreboard *board)
{
    board->n_places = -1;
    if (board->scheme->n_bands == 0)
        return;
    for (size_t s = 0; s < board->n_scores; s++)
        set_band(board->scheme, &board->scores[s]);
    if (board->scheme->quota != NULL)
        apply_quota(board);
}

/* --- what would raise it --- */

/* Points of an indicator item at another numerator; -1 where that cannot be told. */
static int64_t
points_at(const HjSchemeItem *item, const HjItemScore *scored, int64_t numerator)
{
    const HjIndicator *indicator = item->indicator;
    if (item->scoring != HJ_SCORE_LINEAR)
        return hj_scheme_units(item, numerator);
    const int64_t per = MAX(indicator->per, 1);
    if (indicator->roll == HJ_ROLL_SUM)
        return hj_scheme_linear(item, numerator, per);
    return hj_scheme_linear(item,
                            hj_decimal_muldiv(numerator, indicator->percent ? PERCENT : 1, 1),
                            hj_decimal_muldiv(scored->value.denominator, per, 1));
}

/* The fewest units after which @goal is reached: the points only grow with them. */
static int64_t
units_to(const HjSchemeItem *item, const HjItemScore *scored, int sign, int64_t most,
         int64_t goal)
{
    int64_t low = 0;
    int64_t high = most;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (points_at(item, scored, scored->value.numerator + sign * middle) >= goal)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Points of the total when the items of @list brought @more. */
static int64_t
gain_of(const HjListScore *list, int64_t more)
{
    int64_t sum = more;
    int64_t base = list->base; /* of a prorated list: told by its items */
    if (list->list->prorate) {
        base = 0;
        for (size_t i = 0; i < list->n_items; i++)
            base += list->items[i].counted ? MAX(list->items[i].item->points, 0) : 0;
    }
    for (size_t i = 0; i < list->n_items; i++)
        sum += list->items[i].counted ? list->items[i].points : 0;
    const int64_t gained = hj_scheme_list_points(list->list, sum, base) - list->points;
    return hj_decimal_rescale(gained * list->list->weight, WEIGHED_SCALE, HJ_POINT_SCALE);
}

static HjRaise
raise_rows(const HjListScore *list, const HjItemScore *scored)
{
    const HjSchemeItem *item = scored->item;
    HjRaise raise = { .known = item->mark == NULL };
    int64_t one = item->points;
    raise.fewer = item->points < 0 || item->scoring == HJ_SCORE_LOSE;
    if (item->scoring == HJ_SCORE_ROWS && item->points > 0) {
        raise.n_full = item->times > 0 ? MAX(item->times - scored->n_rows, 0) : 1;
    } else if (item->scoring == HJ_SCORE_ROWS) {
        raise.n_full = scored->n_rows;
        one = -item->points;
    } else {
        one = item->each;
        const int64_t left = item->points - scored->points;
        raise.n_full = (left + one - 1) / one;
        if (raise.fewer) /* rows beyond what the item can lose must go first */
            raise.n_full = left > 0 ? scored->n_rows : 0;
    }
    if (raise.n_full == 0)
        return raise;
    const int64_t after = item->scoring == HJ_SCORE_LOSE
                              ? hj_scheme_units(item, scored->n_rows - 1)
                              : MIN(scored->points + one,
                                    item->scoring == HJ_SCORE_ADD ? item->points : INT64_MAX);
    raise.by_one = gain_of(list, after - scored->points);
    raise.to_full = item->scoring == HJ_SCORE_ROWS
                        ? gain_of(list, one * raise.n_full)
                        : gain_of(list, item->points - scored->points);
    return raise;
}

HjRaise
hj_scheme_raise(const HjListScore *list, const HjItemScore *scored)
{
    const HjSchemeItem *item = scored->item;
    HjRaise raise = { 0 };
    if (!scored->counted)
        return raise;
    if (item->ledger != NULL)
        return raise_rows(list, scored);
    const HjIndicator *indicator = item->indicator;
    const bool linear = item->scoring == HJ_SCORE_LINEAR;
    raise.fewer = linear ? item->full < item->zero : item->scoring == HJ_SCORE_LOSE;
    raise.known = indicator->roll != HJ_ROLL_MEAN;
    if (!raise.known || scored->points >= item->points)
        return raise;
    const int sign = raise.fewer ? -1 : 1;
    const int64_t most = raise.fewer ? MAX(scored->value.numerator, 0) : UNITS_MAX;
    const int64_t best = points_at(item, scored, scored->value.numerator + sign * most);
    raise.n_full = units_to(item, scored, sign, most, best);
    if (raise.n_full == 0)
        return raise;
    raise.by_one =
        gain_of(list, points_at(item, scored, scored->value.numerator + sign) - scored->points);
    raise.to_full = gain_of(list, best - scored->points);
    return raise;
}
