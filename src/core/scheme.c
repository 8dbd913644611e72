#include "core/scheme.h"

#include "base/decimal.h"
#include "core/access.h"
#include "core/field.h"
#include "core/packsql.h"

#include <string.h>

#define POINT_SCALE 2
#define HUNDREDTHS 100

/* What the board owns beside its public arrays. */
typedef struct {
    GStringChunk *text;
    HjListScore *lists; /* all scores' lists and items in one block each */
    HjItemScore *items;
} Held;

/* One computation: the tree of the period's last day and who answers for each place in it. */
typedef struct {
    HjTx *tx;
    const HjPack *pack;
    const HjScheme *scheme;
    const HjPeriod *period;
    HjOrgTree *tree;
    int *owners; /* for each place of the tree: which organization of the kind, or -1 */
    size_t n_owners;
    HjIndicatorCache *indicators;
} Run;

typedef struct {
    int64_t id, org;
    int owner;
    int64_t points;
} Mark;

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
hj_scheme_row_points(const HjSchemeItem *item, int64_t mark)
{
    if (item->mark == NULL)
        return item->points;
    if (item->points < 0)
        return MAX(mark > 0 ? -mark : mark, item->points);
    return CLAMP(mark, 0, item->points);
}

static void
run_clear(Run *run)
{
    g_clear_pointer(&run->indicators, hj_indicator_cache_free);
    g_clear_pointer(&run->tree, hj_org_tree_free);
    g_clear_pointer(&run->owners, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static bool
run_begin(Run *run, GError **error)
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

static int
owner_of(const Run *run, int64_t org)
{
    const HjOrg *found = hj_org_tree_find(run->tree, org);
    return found != NULL ? run->owners[found - run->tree->orgs] : -1;
}

static HjRows *
query_rows(const Run *run, const HjLedger *ledger, const char *column, const HjPackSql *when,
           GError **error)
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
    const Mark *a = left;
    const Mark *b = right;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    const int64_t weigh_a = ABS(a->points);
    const int64_t weigh_b = ABS(b->points);
    if (weigh_a != weigh_b)
        return weigh_a > weigh_b ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The rows of an item with the points each brings; those beyond `times` bring none. */
static GArray *
load_marks(const Run *run, const HjSchemeItem *item, GError **error)
{
    g_autoptr(HjRows) rows = query_rows(run, item->ledger, item->mark, &item->when, error);
    if (rows == NULL)
        return NULL;
    const HjField *field = item->mark != NULL ? hj_pack_field(item->ledger, item->mark) : NULL;
    const int scale = field != NULL ? hj_field_scale(field) : POINT_SCALE;
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    while (hj_rows_next(rows)) {
        Mark mark = { .id = hj_rows_i64(rows, "id"), .org = hj_rows_i64(rows, "org") };
        mark.owner = owner_of(run, mark.org);
        if (mark.owner < 0)
            continue;
        const int64_t given = item->mark != NULL ? hj_rows_i64(rows, "mark") : 0;
        mark.points = hj_scheme_row_points(item, hj_decimal_rescale(given, scale, POINT_SCALE));
        g_array_append_val(marks, mark);
    }
    g_array_sort(marks, compare_marks);
    int place = 0;
    for (guint i = 0; i < marks->len; i++) {
        Mark *mark = &g_array_index(marks, Mark, i);
        place = i > 0 && mark->owner == g_array_index(marks, Mark, i - 1).owner ? place + 1 : 1;
        if (item->times > 0 && place > item->times)
            mark->points = 0;
    }
    return marks;
}

static HjScoreboard *
board_new(const Run *run)
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

static void
name_scores(const Run *run, HjScoreboard *board)
{
    Held *held = board->priv;
    for (size_t i = 0; i < run->tree->n_orgs; i++) {
        const HjOrg *org = &run->tree->orgs[i];
        if (!g_str_equal(org->kind, run->scheme->of))
            continue;
        HjScore *score = &board->scores[run->owners[i]];
        score->org = org->id;
        score->code = g_string_chunk_insert(held->text, org->code);
        score->name = g_string_chunk_insert(held->text, org->name);
    }
}

static bool
score_indicator(Run *run, HjScoreboard *board, size_t l, size_t i, GError **error)
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
        if (earned->counted)
            earned->points = hj_scheme_linear(item, num, den);
    }
    return true;
}

static bool
score_rows(Run *run, HjScoreboard *board, size_t l, size_t i, GError **error)
{
    g_autoptr(GArray) marks = load_marks(run, &run->scheme->lists[l].items[i], error);
    if (marks == NULL)
        return false;
    for (size_t s = 0; s < board->n_scores; s++)
        board->scores[s].lists[l].items[i].counted = true;
    for (guint m = 0; m < marks->len; m++) {
        const Mark *mark = &g_array_index(marks, Mark, m);
        const HjScore *score = &board->scores[mark->owner];
        g_assert(score->lists != NULL);
        HjItemScore *earned = &score->lists[l].items[i];
        earned->points += mark->points;
        earned->n_rows++;
    }
    return true;
}

static bool
score_items(Run *run, HjScoreboard *board, GError **error)
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
    if (item->ledger == NULL)
        return item->points;
    return item->times > 0 ? item->points * item->times : list->cap;
}

static void
add_up(const HjScheme *scheme, HjScore *score)
{
    int64_t most = 0;
    for (size_t l = 0; l < score->n_lists; l++) {
        HjListScore *list = &score->lists[l];
        const int64_t cap = list->list->cap;
        for (size_t i = 0; i < list->n_items; i++) {
            if (!list->items[i].counted)
                continue;
            list->points += list->items[i].points;
            list->base += reach_of(list->list, list->items[i].item);
        }
        list->points = CLAMP(list->points, MIN(cap, 0), MAX(cap, 0));
        list->base = MIN(list->base, MAX(cap, 0));
        score->total += list->points;
        most += MAX(scheme->lists[l].cap, 0);
    }
    score->total = CLAMP(score->total, 0, most);
}

/* What the scheme itself can bring: without the pending items, and with them. */
static void
measure(HjScoreboard *board)
{
    for (size_t l = 0; l < board->scheme->n_lists; l++) {
        const HjSchemeList *list = &board->scheme->lists[l];
        int64_t base = 0;
        int64_t full = 0;
        for (size_t i = 0; i < list->n_items; i++) {
            full += reach_of(list, &list->items[i]);
            base += list->items[i].pending ? 0 : reach_of(list, &list->items[i]);
        }
        board->base += MIN(base, MAX(list->cap, 0));
        board->full += MIN(full, MAX(list->cap, 0));
    }
}

/* The first documented row settles it; without a document number there is no veto. */
static bool
apply_vetoes(const Run *run, HjScoreboard *board, GError **error)
{
    Held *held = board->priv;
    for (size_t v = 0; v < run->scheme->n_vetoes; v++) {
        const HjVeto *veto = &run->scheme->vetoes[v];
        g_autoptr(HjRows) rows =
            query_rows(run, veto->ledger, veto->document_field, &veto->when, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            const int owner = owner_of(run, hj_rows_i64(rows, "org"));
            const char *document =
                veto->document_field != NULL ? hj_rows_text(rows, "mark") : NULL;
            if (owner < 0 || board->scores[owner].vetoed || document == NULL ||
                document[0] == '\0')
                continue;
            board->scores[owner].vetoed = true;
            board->scores[owner].veto = veto;
            board->scores[owner].veto_document = g_string_chunk_insert(held->text, document);
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

/* The sort is stable, so equal marks keep the order of the tree, and share a rank: 1, 2, 2, 4.
 */
static void
rank(HjScoreboard *board)
{
    gpointer scheme = (gpointer)board->scheme;
    g_qsort_with_data(board->scores, (gint)board->n_scores, sizeof(HjScore), compare_scores,
                      scheme);
    for (size_t s = 0; s < board->n_scores; s++) {
        HjScore *score = &board->scores[s];
        score->rank = (int)s + 1;
        if (s > 0 && compare_scores(score, score - 1, scheme) == 0)
            score->rank = score[-1].rank;
    }
}

HjScoreboard *
hj_scheme_compute(HjTx *tx, const HjPack *pack, const HjScheme *scheme, const HjPeriod *period,
                  GError **error)
{
    g_auto(Run) run = { .tx = tx, .pack = pack, .scheme = scheme, .period = period };
    if (!run_begin(&run, error))
        return NULL;
    g_autoptr(HjScoreboard) board = board_new(&run);
    name_scores(&run, board);
    if (!score_items(&run, board, error) || !apply_vetoes(&run, board, error))
        return NULL;
    for (size_t s = 0; s < board->n_scores; s++)
        add_up(scheme, &board->scores[s]);
    measure(board);
    rank(board);
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

static bool
stands_under(const HjOrgTree *tree, int64_t org, int64_t under)
{
    const HjOrg *found = hj_org_tree_find(tree, org);
    int at = found != NULL ? (int)(found - tree->orgs) : -1;
    while (at >= 0 && tree->orgs[at].id != under)
        at = hj_org_tree_parent(tree, (size_t)at);
    return at >= 0;
}

static void
add_row(HjRows *rows, const HjOrgTree *tree, const HjLedger *ledger, const Mark *mark)
{
    const char *name = hj_org_tree_find(tree, mark->org)->name;
    hj_rows_add_i64(rows, mark->org);
    hj_rows_add_text(rows, name, strlen(name));
    hj_rows_add_text(rows, ledger->name, strlen(ledger->name));
    hj_rows_add_i64(rows, mark->id);
    hj_rows_add_i64(rows, mark->points);
}

HjRows *
hj_scheme_rows(HjTx *tx, const HjActor *actor, const HjScheme *scheme, const HjSchemeItem *item,
               const HjPeriod *period, int64_t org, GError **error)
{
    static const char *const columns[] = { "org", "org_name", "ledger", "id", "points" };
    g_autoptr(HjRows) rows = hj_rows_new(G_N_ELEMENTS(columns), columns);
    if (item->ledger == NULL || item->pending)
        return g_steal_pointer(&rows);
    g_auto(Run) run = { .tx = tx, .pack = actor->pack, .scheme = scheme, .period = period };
    if (!run_begin(&run, error))
        return NULL;
    g_autoptr(GArray) marks = load_marks(&run, item, error);
    if (marks == NULL)
        return NULL;
    for (guint m = 0; m < marks->len; m++) {
        const Mark *mark = &g_array_index(marks, Mark, m);
        g_autoptr(GError) refused = NULL;
        if (!stands_under(run.tree, mark->org, org))
            continue;
        if (hj_access_check_row(tx, actor, item->ledger, HJ_ACCESS_VIEW, mark->org, &refused))
            add_row(rows, run.tree, item->ledger, mark);
        else if (!g_error_matches(refused, HJ_ERROR, HJ_ERROR_NOT_FOUND) &&
                 !g_error_matches(refused, HJ_ERROR, HJ_ERROR_DENIED)) {
            g_propagate_error(error, g_steal_pointer(&refused));
            return NULL;
        }
    }
    return g_steal_pointer(&rows);
}

static bool
grant_may_rank(const HjGrant *grant, const HjScheme *scheme)
{
    bool may = false;
    for (size_t i = 0; i < grant->role->n_may && !may; i++)
        may = g_str_equal(grant->role->may[i], "scheme.view");
    for (size_t i = 0; i < scheme->n_audience_rank && may; i++)
        if (g_str_equal(scheme->audience_rank[i], grant->org_kind))
            return true;
    return false;
}

bool
hj_scheme_may_rank(const HjActor *actor, const HjScheme *scheme)
{
    if (actor->account == 0)
        return true;
    for (size_t g = 0; g < actor->n_grants; g++)
        if (grant_may_rank(&actor->grants[g], scheme))
            return true;
    return false;
}
