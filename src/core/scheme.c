#include "base/decimal.h"
#include "core/field.h"
#include "core/packsql.h"
#include "core/scheme_priv.h"

#include <string.h>

#define HUNDREDTHS 100
#define WEIGHED_SCALE 4 /* of points times percent */

/* What the board owns beside its public arrays. */
typedef struct {
    GStringChunk *text;
    HjListScore *lists; /* all scores' lists and items in one block each */
    HjItemScore *items;
} Held;

int64_t
hj_scheme_linear(const HjSchemeItem *item, int64_t num, int64_t den)
{
    const int64_t value = hj_decimal_muldiv(num, HUNDREDTHS, 1);
    const int64_t above = value - hj_decimal_muldiv(item->zero, den, 1);
    const int64_t span = hj_decimal_muldiv(item->full - item->zero, den, 1);
    if (span == 0)
        return above >= 0 ? item->points : 0;
    return CLAMP(hj_decimal_muldiv(item->points, above, span), 0, item->points);
}

int64_t
hj_scheme_units(const HjSchemeItem *item, int64_t n)
{
    const int64_t points = MIN(hj_decimal_muldiv(item->each, MAX(n, 0), 1), item->points);
    return item->scoring == HJ_SCORE_LOSE ? item->points - points : points;
}

int64_t
hj_scheme_row_points(const HjSchemeItem *item, int64_t mark)
{
    if (item->mark == NULL)
        return item->points;
    if (item->points < 0)
        return MAX(mark > 0 ? -mark : mark, item->points);
    return CLAMP(mark, 0, item->points);
}

void
hj_scheme_run_clear(HjSchemeRun *run)
{
    g_clear_pointer(&run->indicators, hj_indicator_cache_free);
    g_clear_pointer(&run->tree, hj_org_tree_free);
    g_clear_pointer(&run->owners, g_free);
}

bool
hj_scheme_run_begin(HjSchemeRun *run, GError **error)
{
    run->tree = hj_org_tree_load(run->tx, run->period->to, error);
    if (run->tree == NULL)
        return false;
    run->indicators = hj_indicator_cache_new(run->tx, run->pack, run->tree, run->period->from,
                                             run->period->to);
    run->owners = g_new(int, run->tree->n_orgs + 1);
    for (size_t i = 0; i < run->tree->n_orgs; i++) {
        const int parent = hj_org_tree_parent(run->tree, i);
        run->owners[i] = parent < 0 ? -1 : run->owners[parent];
        if (g_str_equal(run->tree->orgs[i].kind, run->scheme->of))
            run->owners[i] = (int)run->n_owners++;
    }
    return true;
}

int
hj_scheme_owner(const HjSchemeRun *run, int64_t org)
{
    const HjOrg *found = hj_org_tree_find(run->tree, org);
    return found != NULL ? run->owners[found - run->tree->orgs] : -1;
}

HjRows *
hj_scheme_run_rows(const HjSchemeRun *run, const HjLedger *ledger, const char *column,
                   const HjPackSql *when, GError **error)
{
    g_autofree char *extra =
        column != NULL ? g_strdup_printf(", %s AS mark", column) : g_strdup("");
    g_autofree char *sql =
        g_strdup_printf("SELECT id, org%s FROM %s WHERE (%s\n) ORDER BY id", extra,
                        ledger->name, when->text != NULL ? when->text : "1 = 1");
    const HjPackSqlBind bind = { .from = run->period->from, .to = run->period->to };
    HjRows *rows = hj_packsql_query(run->tx, run->pack, sql, &bind, error);
    if (rows == NULL)
        g_prefix_error(error, "scheme %s, rows of %s: ", run->scheme->name, ledger->name);
    return rows;
}

/* By owner, then the rows that weigh most; ids settle what is equal. */
static gint
compare_marks(gconstpointer left, gconstpointer right)
{
    const HjSchemeMark *a = left;
    const HjSchemeMark *b = right;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    const int64_t weigh_a = ABS(a->points);
    const int64_t weigh_b = ABS(b->points);
    if (weigh_a != weigh_b)
        return weigh_a > weigh_b ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Rows beyond `times`, or beyond what the item can bring or lose, bring none or what is left.
 */
static void
limit_marks(const HjSchemeItem *item, GArray *marks)
{
    int place = 0;
    int64_t left = 0;
    for (guint i = 0; i < marks->len; i++) {
        HjSchemeMark *mark = &g_array_index(marks, HjSchemeMark, i);
        const bool first =
            i == 0 || mark->owner != g_array_index(marks, HjSchemeMark, i - 1).owner;
        place = first ? 1 : place + 1;
        left = first ? item->points : left;
        if (item->times > 0 && place > item->times)
            mark->points = 0;
        if (item->scoring == HJ_SCORE_LOSE || item->scoring == HJ_SCORE_ADD) {
            const int64_t taken = MIN(item->each, left);
            left -= taken;
            mark->points = item->scoring == HJ_SCORE_LOSE ? -taken : taken;
        }
    }
}

/* The rows of an item with the points each brings or takes. */
GArray *
hj_scheme_run_marks(const HjSchemeRun *run, const HjSchemeItem *item, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_scheme_run_rows(run, item->ledger, item->mark, &item->when, error);
    if (rows == NULL)
        return NULL;
    const HjField *field = item->mark != NULL ? hj_pack_field(item->ledger, item->mark) : NULL;
    const int scale = field != NULL ? hj_field_scale(field) : HJ_POINT_SCALE;
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(HjSchemeMark));
    while (hj_rows_next(rows)) {
        HjSchemeMark mark = { .id = hj_rows_i64(rows, "id"), .org = hj_rows_i64(rows, "org") };
        mark.owner = hj_scheme_owner(run, mark.org);
        if (mark.owner < 0)
            continue;
        const int64_t given = item->mark != NULL ? hj_rows_i64(rows, "mark") : 0;
        mark.points =
            hj_scheme_row_points(item, hj_decimal_rescale(given, scale, HJ_POINT_SCALE));
        g_array_append_val(marks, mark);
    }
    g_array_sort(marks, compare_marks);
    limit_marks(item, marks);
    return marks;
}

static HjScoreboard *
board_new(const HjSchemeRun *run)
{
    const HjScheme *scheme = run->scheme;
    const size_t n_lists = scheme->n_lists;
    size_t n_items = 0;
    for (size_t l = 0; l < n_lists; l++)
        n_items += scheme->lists[l].n_items;
    Held *held = g_new0(Held, 1);
    held->text = g_string_chunk_new(2048);
    held->lists = g_new0(HjListScore, run->n_owners * n_lists + 1);
    held->items = g_new0(HjItemScore, run->n_owners * n_items + 1);
    HjScoreboard *board = g_new0(HjScoreboard, 1);
    board->scheme = scheme;
    board->period = *run->period;
    board->scores = g_new0(HjScore, run->n_owners + 1);
    board->n_scores = run->n_owners;
    board->priv = held;
    HjItemScore *item = held->items;
    for (size_t s = 0; s < run->n_owners; s++) {
        HjScore *score = &board->scores[s];
        score->lists = &held->lists[s * n_lists];
        score->n_lists = n_lists;
        for (size_t l = 0; l < n_lists; l++) {
            const HjSchemeList *list = &scheme->lists[l];
            score->lists[l] =
                (HjListScore){ .list = list, .items = item, .n_items = list->n_items };
            for (size_t i = 0; i < list->n_items; i++)
                (item++)->item = &list->items[i];
        }
    }
    return board;
}

void
hj_scheme_free(HjScoreboard *board)
{
    if (board == NULL)
        return;
    Held *held = board->priv;
    g_string_chunk_free(held->text);
    g_free(held->lists);
    g_free(held->items);
    g_free(held);
    g_free(board->scores);
    g_free(board);
}

const char *
hj_scheme_keep(HjScoreboard *board, const char *text)
{
    Held *held = board->priv;
    return g_string_chunk_insert(held->text, text);
}

static void
name_scores(const HjSchemeRun *run, HjScoreboard *board)
{
    Held *held = board->priv;
    for (size_t i = 0; i < run->tree->n_orgs; i++) {
        const HjOrg *org = &run->tree->orgs[i];
        if (!g_str_equal(org->kind, run->scheme->of))
            continue;
        HjScore *score = &board->scores[run->owners[i]];
        score->org = org->id;
        score->place = (size_t)run->owners[i];
        score->code = g_string_chunk_insert(held->text, org->code);
        score->name = g_string_chunk_insert(held->text, org->name);
    }
}

static bool
score_indicator(HjSchemeRun *run, HjScoreboard *board, size_t l, size_t i, GError **error)
{
    const HjSchemeItem *item = &run->scheme->lists[l].items[i];
    const HjIndicatorSet *set = hj_indicator_cache_get(run->indicators, item->indicator, error);
    if (set == NULL)
        return false;
    for (size_t s = 0; s < board->n_scores; s++) {
        HjScore *score = &board->scores[s];
        HjItemScore *earned = &score->lists[l].items[i];
        int64_t num, den;
        earned->value = hj_indicator_at(set, score->org);
        earned->counted = hj_indicator_fraction(set, score->org, &num, &den);
        if (earned->counted && item->scoring == HJ_SCORE_LINEAR)
            earned->points = hj_scheme_linear(item, num, den);
        else if (earned->counted)
            earned->points = hj_scheme_units(item, earned->value.numerator);
    }
    return true;
}

static bool
score_rows(HjSchemeRun *run, HjScoreboard *board, size_t l, size_t i, GError **error)
{
    g_autoptr(GArray) marks = hj_scheme_run_marks(run, &run->scheme->lists[l].items[i], error);
    if (marks == NULL)
        return false;
    const HjSchemeItem *item = &run->scheme->lists[l].items[i];
    for (size_t s = 0; s < board->n_scores; s++) {
        HjItemScore *earned = &board->scores[s].lists[l].items[i];
        earned->counted = true;
        earned->points = item->scoring == HJ_SCORE_LOSE ? item->points : 0;
    }
    for (guint m = 0; m < marks->len; m++) {
        const HjSchemeMark *mark = &g_array_index(marks, HjSchemeMark, m);
        const HjScore *score = &board->scores[mark->owner];
        g_assert(score->lists != NULL);
        HjItemScore *earned = &score->lists[l].items[i];
        earned->points += mark->points;
        earned->n_rows++;
    }
    return true;
}

static bool
score_items(HjSchemeRun *run, HjScoreboard *board, GError **error)
{
    for (size_t l = 0; l < run->scheme->n_lists; l++) {
        const HjSchemeList *list = &run->scheme->lists[l];
        for (size_t i = 0; i < list->n_items; i++) {
            const HjSchemeItem *item = &list->items[i];
            if (item->pending)
                continue;
            if (!(item->indicator != NULL ? score_indicator(run, board, l, i, error)
                                          : score_rows(run, board, l, i, error)))
                return false;
        }
    }
    return true;
}

/* The most an item can bring. */
static int64_t
reach_of(const HjSchemeList *list, const HjSchemeItem *item)
{
    if (list->cap <= 0 || item->points <= 0)
        return 0;
    if (item->scoring != HJ_SCORE_ROWS)
        return item->points;
    return item->times > 0 ? item->points * item->times : list->cap;
}

int64_t
hj_scheme_list_points(const HjSchemeList *list, int64_t sum, int64_t base)
{
    const int64_t most = MAX(list->cap, 0);
    if (list->prorate && base > 0 && base < most)
        sum = hj_decimal_muldiv(sum, most, base);
    return CLAMP(sum, MIN(list->cap, 0), most);
}

/* What a list brings when all of @base can be earned. */
static int64_t
list_reach(const HjSchemeList *list, int64_t base)
{
    return hj_scheme_list_points(list, base, base);
}

/* Weighed lists are added unrounded; the total is rounded once. */
static void
add_up(const HjScheme *scheme, HjScore *score)
{
    int64_t total = 0;
    int64_t most = 0;
    for (size_t l = 0; l < score->n_lists; l++) {
        HjListScore *list = &score->lists[l];
        int64_t sum = 0;
        int64_t base = 0;
        for (size_t i = 0; i < list->n_items; i++) {
            if (!list->items[i].counted)
                continue;
            sum += list->items[i].points;
            base += reach_of(list->list, list->items[i].item);
        }
        list->points = hj_scheme_list_points(list->list, sum, base);
        list->base = list_reach(list->list, base);
        list->weighed = list->points * list->list->weight;
        total += list->weighed;
        most += MAX(scheme->lists[l].cap, 0) * scheme->lists[l].weight;
    }
    total = CLAMP(total, 0, most);
    score->total = hj_decimal_rescale(total, WEIGHED_SCALE, HJ_POINT_SCALE);
}

/* What the scheme itself can bring: without the pending items, and with them. */
static void
measure(HjScoreboard *board)
{
    int64_t all_base = 0;
    int64_t all_full = 0;
    for (size_t l = 0; l < board->scheme->n_lists; l++) {
        const HjSchemeList *list = &board->scheme->lists[l];
        int64_t base = 0;
        int64_t full = 0;
        for (size_t i = 0; i < list->n_items; i++) {
            full += reach_of(list, &list->items[i]);
            base += list->items[i].pending ? 0 : reach_of(list, &list->items[i]);
        }
        all_base += list_reach(list, base) * list->weight;
        all_full += list_reach(list, full) * list->weight;
    }
    board->base = hj_decimal_rescale(all_base, WEIGHED_SCALE, HJ_POINT_SCALE);
    board->full = hj_decimal_rescale(all_full, WEIGHED_SCALE, HJ_POINT_SCALE);
}

/* The first documented row settles it; without a document number there is no veto. */
static bool
apply_vetoes(const HjSchemeRun *run, HjScoreboard *board, GError **error)
{
    for (size_t v = 0; v < run->scheme->n_vetoes; v++) {
        const HjVeto *veto = &run->scheme->vetoes[v];
        g_autoptr(HjRows) rows =
            hj_scheme_run_rows(run, veto->ledger, veto->document_field, &veto->when, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            const int owner = hj_scheme_owner(run, hj_rows_i64(rows, "org"));
            const char *document =
                veto->document_field != NULL ? hj_rows_text(rows, "mark") : NULL;
            if (owner < 0 || board->scores[owner].vetoed || document == NULL ||
                document[0] == '\0')
                continue;
            board->scores[owner].vetoed = true;
            board->scores[owner].veto = veto;
            board->scores[owner].veto_document = hj_scheme_keep(board, document);
        }
    }
    return true;
}

static int64_t
rank_key(const HjScore *score, const char *name, size_t n)
{
    for (size_t l = 0; l < score->n_lists; l++) {
        const char *list = score->lists[l].list->name;
        if (strlen(list) == n && strncmp(list, name, n) == 0)
            return score->lists[l].points;
    }
    return score->total;
}

/* "total desc": a list's name or the total, highest first unless asc. */
static gint
compare_scores(gconstpointer left, gconstpointer right, gpointer data)
{
    const HjScheme *scheme = data;
    for (size_t k = 0; k < scheme->n_rank; k++) {
        const char *key = scheme->rank[k];
        const size_t n = strcspn(key, " ");
        const int64_t a = rank_key(left, key, n);
        const int64_t b = rank_key(right, key, n);
        if (a != b)
            return (a > b) == g_str_has_suffix(key, " asc") ? 1 : -1;
    }
    return 0;
}

static gint
compare_places(gconstpointer left, gconstpointer right, gpointer data)
{
    const gint by_marks = compare_scores(left, right, data);
    const HjScore *a = left;
    const HjScore *b = right;
    return by_marks != 0 ? by_marks : (a->place > b->place) - (a->place < b->place);
}

/* Equal marks keep the order of the tree, and share a rank: 1, 2, 2, 4. */
static void
rank(HjScoreboard *board)
{
    gpointer scheme = (gpointer)board->scheme;
    g_qsort_with_data(board->scores, (gint)board->n_scores, sizeof(HjScore), compare_places,
                      scheme);
    for (size_t s = 0; s < board->n_scores; s++) {
        HjScore *score = &board->scores[s];
        score->rank = (int)s + 1;
        if (s > 0 && compare_scores(score, score - 1, scheme) == 0)
            score->rank = score[-1].rank;
    }
}

void
hj_scheme_settle(HjScoreboard *board)
{
    for (size_t s = 0; s < board->n_scores; s++)
        add_up(board->scheme, &board->scores[s]);
    rank(board);
    hj_scheme_set_bands(board);
}

HjScoreboard *
hj_scheme_compute(HjTx *tx, const HjPack *pack, const HjScheme *scheme, const HjPeriod *period,
                  GError **error)
{
    g_auto(HjSchemeRun) run = { .tx = tx, .pack = pack, .scheme = scheme, .period = period };
    if (!hj_scheme_run_begin(&run, error))
        return NULL;
    g_autoptr(HjScoreboard) board = board_new(&run);
    name_scores(&run, board);
    if (!score_items(&run, board, error) || !apply_vetoes(&run, board, error))
        return NULL;
    if (!hj_scheme_load_past(&run, board, error))
        return NULL;
    measure(board);
    hj_scheme_settle(board);
    return g_steal_pointer(&board);
}

const HjScore *
hj_scheme_score(const HjScoreboard *board, int64_t org)
{
    for (size_t s = 0; s < board->n_scores; s++)
        if (board->scores[s].org == org)
            return &board->scores[s];
    return NULL;
}

HjItemScore *
hj_scheme_item_score(const HjScore *score, const char *name)
{
    for (size_t l = 0; score != NULL && l < score->n_lists; l++)
        for (size_t i = 0; i < score->lists[l].n_items; i++)
            if (g_str_equal(score->lists[l].items[i].item->name, name))
                return &score->lists[l].items[i];
    return NULL;
}
