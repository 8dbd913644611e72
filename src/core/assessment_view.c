#include "core/assessment_view.h"

#include "base/decimal.h"
#include "core/assessment_priv.h"

#include <string.h>

#define SQL_PUBLICATION                                                                        \
    "SELECT published_on FROM sys_assessment_publication WHERE county = $1 AND assessment = "  \
    "$2 AND revision = $3"
#define SQL_CARDS                                                                              \
    "SELECT r.org AS org, s.org_code AS code, s.org_name AS name, r.snapshot AS snapshot, "    \
    "r.rank AS rank, r.total AS total, s.base AS base, r.band AS band, r.band_zh AS band_zh, " \
    "r.band_en AS band_en, r.by_points AS by_points, r.why AS why, r.vetoed AS vetoed, "       \
    "s.veto_document AS veto_document, s.veto_zh AS veto_zh, s.veto_en AS veto_en, (SELECT "   \
    "MIN(p.published_on) FROM sys_assessment_result f JOIN sys_assessment_publication p ON "   \
    "p.county = f.county AND p.assessment = f.assessment AND p.revision = f.revision WHERE "   \
    "f.county = r.county AND f.assessment = r.assessment AND f.org = r.org AND f.snapshot = "  \
    "r.snapshot) AS published_on FROM "                                                        \
    "sys_assessment_result r JOIN sys_assessment_snapshot s ON s.county = r.county AND s.id "  \
    "= r.snapshot WHERE r.county = $1 AND r.assessment = $2 AND r.revision = $3 ORDER BY "     \
    "r.place"
#define FROM_RESULTS(table)                                                                    \
    "FROM sys_assessment_result r JOIN " table " x ON x.county = r.county AND x.snapshot = "   \
    "r.snapshot "
#define OF_REVISION "WHERE r.county = $1 AND r.assessment = $2 AND r.revision = $3 "
#define SQL_LISTS                                                                              \
    "SELECT x.list AS list, x.zh AS zh, x.en AS en, x.points AS points, x.base AS base, "      \
    "x.cap AS cap, x.weight AS weight, r.org AS org " FROM_RESULTS("sys_assessment_list")      \
        OF_REVISION "ORDER BY r.place, x.place"
#define SQL_ITEMS                                                                              \
    "SELECT r.org AS org, x.item AS item, x.list AS list, x.zh AS zh, x.en AS en, "            \
    "x.of_points AS of_points, x.counted AS counted, x.computed AS computed, x.final AS "      \
    "final, x.points AS points, x.numerator AS numerator, x.denominator AS denominator, "      \
    "x.value AS value, x.value_scale AS value_scale, x.n_rows AS n_rows, m.reason AS reason, " \
    "m.document AS document, m.made_at AS made_at, COALESCE(u.title, u.name) AS "              \
    "judge " FROM_RESULTS(                                                                     \
        "sys_assessment_item") "LEFT JOIN sys_assessment_mark m ON m.county = x.county AND "   \
                               "m.id = x.mark LEFT JOIN sys_account u ON u.county = "          \
                               "m.county AND u.id = m.made_by " OF_REVISION                    \
                               "ORDER BY r.place, x.place"
#define SQL_ROWS                                                                               \
    "SELECT e.org AS org, n.name AS org_name, e.ledger AS ledger, e.row_id AS id, e.version "  \
    "AS version, e.points AS points FROM sys_assessment_evidence e JOIN sys_org_name n ON "    \
    "n.county = e.county AND n.org = e.org AND n.to_on = '9999-12-31' WHERE e.county = "
#define SQL_PUBLICATIONS                                                                       \
    "SELECT p.revision AS revision, p.published_on AS published_on, COALESCE(u.title, "        \
    "u.name) AS published_by_name, p.reason AS reason, p.n_cards AS n_cards, p.digest AS "     \
    "digest FROM sys_assessment_publication p LEFT JOIN sys_account u ON u.county = p.county " \
    "AND u.id = p.published_by WHERE p.county = $1 AND p.assessment = $2 ORDER BY p.revision " \
    "DESC"
#define SQL_HISTORY                                                                            \
    "SELECT a.period AS period, a.from_on AS from_on, r.revision AS revision, "                \
    "p.published_on AS published_on, r.org AS org, r.rank AS rank, r.total AS total, r.band "  \
    "AS band, r.band_zh AS band_zh, r.band_en AS band_en, r.vetoed AS vetoed FROM "            \
    "sys_assessment a JOIN sys_assessment_result r ON r.county = a.county AND r.assessment = " \
    "a.id AND r.revision = a.revision JOIN sys_assessment_publication p ON p.county = "        \
    "a.county AND p.assessment = a.id AND p.revision = a.revision WHERE a.county = $1 AND "    \
    "a.scheme = $2 AND ($3 = 0 OR r.org = $3) AND a.from_on < $4 ORDER BY a.from_on DESC, "    \
    "r.place LIMIT 9000"

/* --- published --- */

typedef struct {
    HjAssessmentView *view;
    GStringChunk *text;
    GArray *lists, *items; /* of HjCardList, HjCardItem; with whose they are beside */
    GArray *list_orgs, *item_orgs;
    GPtrArray *item_lists;
} Loading;

const char *
hj_contest_keep(GStringChunk *text, const char *s)
{
    return s != NULL ? g_string_chunk_insert(text, s) : NULL;
}

static HjLabel
label_of(GStringChunk *text, const HjRows *row, const char *zh, const char *en)
{
    return (HjLabel){ hj_contest_keep(text, hj_rows_text(row, zh)),
                      hj_contest_keep(text, hj_rows_text(row, en)) };
}

static HjBandWhy
why_of(const char *word)
{
    if (g_strcmp0(word, "step") == 0)
        return HJ_BAND_STEP;
    return g_strcmp0(word, "quota") == 0 ? HJ_BAND_QUOTA : HJ_BAND_POINTS;
}

static void
read_cards(Loading *l, HjRows *rows)
{
    HjAssessmentView *view = l->view;
    view->cards = g_new0(HjCard, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows)) {
        HjCard *card = &view->cards[view->n_cards++];
        *card =
            (HjCard){ .org = hj_rows_i64(rows, "org"),
                      .code = hj_contest_keep(l->text, hj_rows_text(rows, "code")),
                      .name = hj_contest_keep(l->text, hj_rows_text(rows, "name")),
                      .rank = (int)hj_rows_i64(rows, "rank"),
                      .total = hj_rows_i64(rows, "total"),
                      .base = hj_rows_i64(rows, "base"),
                      .band = hj_contest_keep(l->text, hj_rows_text(rows, "band")),
                      .band_title = label_of(l->text, rows, "band_zh", "band_en"),
                      .by_points = hj_contest_keep(l->text, hj_rows_text(rows, "by_points")),
                      .why = why_of(hj_rows_text(rows, "why")),
                      .vetoed = hj_rows_bool(rows, "vetoed"),
                      .veto_document =
                          hj_contest_keep(l->text, hj_rows_text(rows, "veto_document")),
                      .veto_says = label_of(l->text, rows, "veto_zh", "veto_en"),
                      .state = HJ_CARD_PUBLISHED,
                      .level = hj_contest_levels(view->head.scheme),
                      .snapshot = hj_rows_i64(rows, "snapshot"),
                      .published_on = hj_rows_date(rows, "published_on") };
        card->computed_total = card->total;
    }
}

static bool
read_list(HjRows *row, gpointer data)
{
    Loading *l = data;
    const int64_t org = hj_rows_i64(row, "org");
    const HjCardList list = { .name = hj_contest_keep(l->text, hj_rows_text(row, "list")),
                              .title = label_of(l->text, row, "zh", "en"),
                              .points = hj_rows_i64(row, "points"),
                              .base = hj_rows_i64(row, "base"),
                              .cap = hj_rows_i64(row, "cap"),
                              .weight = (int)hj_rows_i64(row, "weight") };
    g_array_append_val(l->lists, list);
    g_array_append_val(l->list_orgs, org);
    return true;
}

static bool
read_item(HjRows *row, gpointer data)
{
    Loading *l = data;
    const int64_t org = hj_rows_i64(row, "org");
    HjCardItem item = { .name = hj_contest_keep(l->text, hj_rows_text(row, "item")),
                        .title = label_of(l->text, row, "zh", "en"),
                        .of_points = hj_rows_i64(row, "of_points"),
                        .counted = hj_rows_bool(row, "counted"),
                        .computed = hj_rows_i64(row, "computed"),
                        .has_final = !hj_rows_null(row, "final"),
                        .final = hj_rows_i64(row, "final"),
                        .points = hj_rows_i64(row, "points"),
                        .has_value = !hj_rows_null(row, "value"),
                        .numerator = hj_rows_i64(row, "numerator"),
                        .denominator = hj_rows_i64(row, "denominator"),
                        .value = hj_rows_i64(row, "value"),
                        .value_scale = (int)hj_rows_i64(row, "value_scale"),
                        .n_rows = hj_rows_i64(row, "n_rows"),
                        .reason = hj_contest_keep(l->text, hj_rows_text(row, "reason")),
                        .document = hj_contest_keep(l->text, hj_rows_text(row, "document")),
                        .judge = hj_contest_keep(l->text, hj_rows_text(row, "judge")),
                        .judged_on = HJ_DATE_NONE };
    item.rule = hj_pack_scheme_item(l->view->head.scheme, item.name);
    if (item.has_final)
        item.judged_on = hj_date_in_shanghai(hj_rows_i64(row, "made_at"));
    g_array_append_val(l->items, item);
    g_array_append_val(l->item_orgs, org);
    g_ptr_array_add(l->item_lists, g_string_chunk_insert(l->text, hj_rows_text(row, "list")));
    return true;
}

/* Lists and items came in the order of the cards: each card takes its own. */
static void
deal_out(Loading *l, HjContestHeld *held)
{
    HjAssessmentView *view = l->view;
    guint at_list = 0, at_item = 0;
    const guint n_lists = l->lists->len, n_items = l->items->len;
    held->lists = (HjCardList *)(void *)g_array_free(l->lists, FALSE);
    held->items = (HjCardItem *)(void *)g_array_free(l->items, FALSE);
    for (size_t i = 0; i < view->n_cards; i++) {
        HjCard *card = &view->cards[i];
        card->lists = held->lists + at_list;
        while (at_list < n_lists &&
               g_array_index(l->list_orgs, int64_t, at_list) == card->org) {
            HjCardList *list = &held->lists[at_list++];
            card->n_lists++;
            list->items = held->items + at_item;
            while (at_item < n_items &&
                   g_array_index(l->item_orgs, int64_t, at_item) == card->org &&
                   strcmp(g_ptr_array_index(l->item_lists, at_item), list->name) == 0) {
                list->n_items++;
                at_item++;
            }
        }
    }
    g_array_unref(l->list_orgs);
    g_array_unref(l->item_orgs);
    g_ptr_array_unref(l->item_lists);
}

static HjAssessmentView *
load_published(HjTx *tx, const HjAssessment *a, int64_t revision, GError **error)
{
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(a->id), HJ_I64(revision), HJ_END };
    g_autoptr(HjRows) publication = hj_tx_query_vals(tx, error, SQL_PUBLICATION, vals);
    if (publication == NULL)
        return NULL;
    if (!hj_rows_next(publication)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such revision.");
        return NULL;
    }
    g_autoptr(HjRows) cards = hj_tx_query_vals(tx, error, SQL_CARDS, vals);
    if (cards == NULL)
        return NULL;
    HjContestHeld *held = g_new0(HjContestHeld, 1);
    held->text = g_string_chunk_new(8192);
    g_autoptr(HjAssessmentView) view = g_new0(HjAssessmentView, 1);
    *view = (HjAssessmentView){ .head = *a,
                                .revision = revision,
                                .published_on = hj_rows_date(publication, "published_on"),
                                .priv = held };
    Loading l = { .view = view,
                  .text = held->text,
                  .lists = g_array_new(FALSE, TRUE, sizeof(HjCardList)),
                  .items = g_array_new(FALSE, TRUE, sizeof(HjCardItem)),
                  .list_orgs = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                  .item_orgs = g_array_new(FALSE, FALSE, sizeof(int64_t)),
                  .item_lists = g_ptr_array_new() };
    read_cards(&l, cards);
    const bool read = hj_tx_scan(tx, error, SQL_LISTS, vals, read_list, &l) &&
                      hj_tx_scan(tx, error, SQL_ITEMS, vals, read_item, &l);
    deal_out(&l, held);
    for (size_t i = 0; i < view->n_cards; i++)
        view->base = MAX(view->base, view->cards[i].base);
    for (size_t l2 = 0; view->n_cards > 0 && l2 < view->cards[0].n_lists; l2++)
        view->full += hj_decimal_muldiv(MAX(view->cards[0].lists[l2].cap, 0),
                                        view->cards[0].lists[l2].weight, 100);
    return read ? g_steal_pointer(&view) : NULL;
}

/* --- who sees it --- */

static bool
sees_any(HjTx *tx, const HjActor *actor, const HjAssessmentView *view)
{
    for (size_t i = 0; i < view->n_cards; i++)
        if (hj_access_check(tx, actor, "scheme.view", view->cards[i].org, NULL))
            return true;
    return false;
}

HjAssessmentView *
hj_assessment_view(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                   const HjPeriod *period, int64_t revision, GError **error)
{
    HjAssessment a;
    if (!hj_assessment_find(tx, actor->pack, scheme, period, &a, error))
        return NULL;
    if (revision == HJ_REVISION_LAST)
        revision = a.revision;
    g_autoptr(HjAssessmentView) view = NULL;
    if (revision > 0) {
        view = load_published(tx, &a, revision, error);
    } else {
        g_auto(HjContest) c = { 0 };
        if (hj_contest_begin(&c, tx, actor, &a, false, error))
            view = hj_contest_live(&c, error);
    }
    if (view == NULL)
        return NULL;
    view->ranking = hj_scheme_may_rank(actor, a.scheme);
    if (view->provisional && !view->ranking && !sees_any(tx, actor, view))
        view->n_cards = 0; /* nothing is shown before it is confirmed (ASM-3) */
    return g_steal_pointer(&view);
}

bool
hj_assessment_may_see(HjTx *tx, const HjActor *actor, const HjAssessmentView *view,
                      const HjCard *card)
{
    return view->ranking || hj_access_check(tx, actor, "scheme.view", card->org, NULL);
}

const HjCard *
hj_assessment_card(const HjAssessmentView *view, int64_t org)
{
    for (size_t i = 0; i < view->n_cards; i++)
        if (view->cards[i].org == org)
            return &view->cards[i];
    return NULL;
}

const HjCardItem *
hj_assessment_item(const HjCard *card, const char *item)
{
    for (size_t l = 0; l < card->n_lists; l++)
        for (size_t i = 0; i < card->lists[l].n_items; i++)
            if (g_str_equal(card->lists[l].items[i].name, item))
                return &card->lists[l].items[i];
    return NULL;
}

void
hj_assessment_spread(const HjAssessmentView *view, int64_t ret[HJ_CARD_TENTHS])
{
    memset(ret, 0, HJ_CARD_TENTHS * sizeof *ret);
    for (size_t i = 0; i < view->n_cards && view->full > 0; i++) {
        const int64_t tenth = view->cards[i].total * HJ_CARD_TENTHS / view->full;
        ret[CLAMP(tenth, 0, HJ_CARD_TENTHS - 1)]++;
    }
}

/* --- rows --- */

static HjRows *
live_rows(HjTx *tx, const HjActor *actor, const HjAssessmentView *view, const HjCard *card,
          const HjCardItem *item, int limit, GError **error)
{
    static const char *const columns[] = { "org", "org_name", "ledger",
                                           "id",  "version",  "points" };
    const HjPeriod *period = &view->head.period;
    const HjSchemeItem *rule = item->rule;
    g_autoptr(HjRows) in = NULL;
    g_autoptr(HjRows) out = hj_rows_new((int)G_N_ELEMENTS(columns), columns);
    if (rule == NULL || rule->pending)
        return g_steal_pointer(&out);
    in = rule->indicator != NULL
             ? hj_indicator_evidence(tx, actor, rule->indicator, card->org, period->from,
                                     period->to, limit, error)
             : hj_scheme_rows(tx, actor, view->head.scheme, rule, period, card->org, error);
    if (in == NULL)
        return NULL;
    const int points = hj_rows_column(in, "points");
    for (int n = 0; n < limit && hj_rows_next(in); n++) {
        hj_rows_add_i64(out, hj_rows_i64(in, "org"));
        hj_rows_add_string(out, hj_rows_text(in, "org_name"));
        hj_rows_add_string(out, hj_rows_text(in, "ledger"));
        hj_rows_add_i64(out, hj_rows_i64(in, "id"));
        hj_rows_add_null(out);
        if (points >= 0)
            hj_rows_add_i64(out, hj_rows_i64_at(in, points));
        else
            hj_rows_add_null(out);
    }
    return g_steal_pointer(&out);
}

static bool
add_ledger_scope(HjSqlb *b, HjTx *tx, const HjActor *actor)
{
    bool any = false;
    hj_sqlb_lit(b, " AND (1 = 0");
    for (size_t i = 0; i < actor->pack->n_ledgers; i++) {
        const HjLedger *ledger = &actor->pack->ledgers[i];
        if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            continue;
        any = true;
        hj_sqlb_lit(b, " OR (e.ledger = ");
        hj_sqlb_param(b, HJ_TEXT(ledger->name));
        hj_access_scope(b, tx, actor, "ledger.view", ledger, "e.org");
        hj_sqlb_lit(b, ")");
    }
    hj_sqlb_lit(b, ")");
    return any;
}

HjRows *
hj_assessment_rows(HjTx *tx, const HjActor *actor, const HjAssessmentView *view,
                   const HjCard *card, const HjCardItem *item, int limit, GError **error)
{
    if (card->snapshot == 0)
        return live_rows(tx, actor, view, card, item, limit, error);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, SQL_ROWS);
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND e.snapshot = ");
    hj_sqlb_param(b, HJ_I64(card->snapshot));
    hj_sqlb_lit(b, " AND e.item = ");
    hj_sqlb_param(b, HJ_TEXT(item->name));
    if (actor->account != 0)
        add_ledger_scope(b, tx, actor);
    hj_sqlb_lit(b, " ORDER BY e.org, e.ledger, e.row_id LIMIT ");
    hj_sqlb_param(b, HJ_I64(limit));
    return hj_sqlb_query(b, tx, error);
}

/* --- lists --- */

HjRows *
hj_assessment_appeals(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                      GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT p.id AS id, p.org AS org, n.name AS org_name, p.item AS item, "
                   "p.body AS body, p.filed_on AS filed_on, COALESCE(f.title, f.name) AS "
                   "filed_by_name, p.outcome AS outcome, p.answer AS answer, p.document AS "
                   "document, p.points AS points, p.answered_on AS answered_on, "
                   "COALESCE(d.title, d.name) AS answered_by_name, p.revision AS revision, "
                   "p.new_revision AS new_revision FROM sys_assessment_appeal p JOIN "
                   "sys_org_name n ON n.county = p.county AND n.org = p.org AND n.to_on = "
                   "'9999-12-31' LEFT JOIN sys_account f ON f.county = p.county AND f.id = "
                   "p.filed_by LEFT JOIN sys_account d ON d.county = p.county AND d.id = "
                   "p.answered_by WHERE p.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND p.assessment = ");
    hj_sqlb_param(b, HJ_I64(a->id));
    if (org != 0) {
        hj_sqlb_lit(b, " AND p.org = ");
        hj_sqlb_param(b, HJ_I64(org));
    }
    hj_access_scope(b, tx, actor, "scheme.view", NULL, "p.org");
    hj_sqlb_lit(b, " ORDER BY p.id DESC LIMIT 2000");
    return hj_sqlb_query(b, tx, error);
}

HjRows *
hj_assessment_publications(HjTx *tx, const HjAssessment *a, GError **error)
{
    return hj_tx_query(tx, error, SQL_PUBLICATIONS, HJ_I64(hj_tx_county(tx)), HJ_I64(a->id));
}

HjRows *
hj_assessment_history(HjTx *tx, const char *scheme, int64_t org, HjDate before, GError **error)
{
    return hj_tx_query(tx, error, SQL_HISTORY, HJ_I64(hj_tx_county(tx)), HJ_TEXT(scheme),
                       HJ_I64(org), HJ_DATE(before));
}
