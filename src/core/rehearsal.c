#include "core/rehearsal.h"

#include "core/cadence.h"
#include "pack/diff.h"
#include "store/sqlb.h"

#include <string.h>

typedef struct {
    HjPack *draft; /* held */
    HjScheme scheme;
    HjSchemeList *lists;
    HjSchemeItem *items;
    HjVeto *vetoes;
    GStringChunk *text;
    GArray *gaps;        /* of HjRehearsalGap */
    HjRehearsalItem *of; /* items of all organizations */
} Held;

typedef struct {
    HjTx *tx;
    const HjPack *pack, *draft;
    const HjPeriod *period;
    Held *held;
} Run;

void
hj_rehearsal_free(HjRehearsal *rehearsal)
{
    if (rehearsal == NULL)
        return;
    Held *held = rehearsal->priv;
    g_clear_pointer(&held->draft, hj_pack_unref);
    g_free(held->lists);
    g_free(held->items);
    g_free(held->vetoes);
    g_free(held->of);
    g_array_unref(held->gaps);
    g_string_chunk_free(held->text);
    g_free(held);
    g_free(rehearsal->orgs);
    g_clear_pointer(&rehearsal->words, g_ptr_array_unref);
    g_free(rehearsal);
}

/* A scheme of our own: items that cannot be computed are put aside in it. */
static void
copy_scheme(Held *held, const HjScheme *from)
{
    size_t n_items = 0, at = 0;
    for (size_t l = 0; l < from->n_lists; l++)
        n_items += from->lists[l].n_items;
    held->scheme = *from;
    held->lists = g_memdup2(from->lists, from->n_lists * sizeof *from->lists);
    held->items = g_new0(HjSchemeItem, n_items + 1);
    held->vetoes = g_memdup2(from->vetoes, from->n_vetoes * sizeof *from->vetoes);
    for (size_t l = 0; l < from->n_lists; l++) {
        held->lists[l].items = held->items + at;
        for (size_t i = 0; i < from->lists[l].n_items; i++)
            held->items[at++] = from->lists[l].items[i];
    }
    held->scheme.lists = held->lists;
    held->scheme.vetoes = held->vetoes;
}

static void
change_items(Held *held, const HjRehearsalChange *changes, size_t n)
{
    for (size_t c = 0; c < n; c++)
        for (size_t l = 0; l < held->scheme.n_lists; l++)
            for (size_t i = 0; i < held->lists[l].n_items; i++) {
                HjSchemeItem *item = &held->lists[l].items[i];
                if (g_strcmp0(item->name, changes[c].item) != 0)
                    continue;
                if (changes[c].has_points)
                    item->points = changes[c].points;
                if (changes[c].has_zero)
                    item->zero = changes[c].zero;
                if (changes[c].has_full)
                    item->full = changes[c].full;
                if (changes[c].has_times)
                    item->times = changes[c].times;
            }
}

/* --- what cannot be computed --- */

/* Whether the database, as it is, understands the statement; *@ret_why: its words. */
static bool
is_understood(const Run *run, const char *sql, const char **ret_why, GError **error)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *text = hj_sqlb_rewrite_names(sql, &names);
    g_autoptr(GError) cause = NULL;
    *ret_why = NULL;
    if (hj_tx_check_pack(run->tx, text, &cause))
        return true;
    if (g_error_matches(cause, HJ_ERROR, HJ_ERROR_INVALID))
        *ret_why = g_string_chunk_insert(run->held->text, cause->message);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static char *
rows_sql(const HjLedger *ledger, const char *column, const HjPackSql *when)
{
    return g_strdup_printf("SELECT id, org%s%s FROM %s WHERE (%s\n)",
                           column != NULL ? ", " : "", column != NULL ? column : "",
                           ledger->name, when->text != NULL ? when->text : "1 = 1");
}

static bool
look_at_item(const Run *run, HjSchemeItem *item, GError **error)
{
    const char *why = NULL;
    g_autofree char *sql = NULL;
    if (item->indicator != NULL && item->indicator->cadence != NULL)
        sql = hj_cadence_sql(run->draft, item->indicator->cadence, item->indicator->of,
                             run->period->from, run->period->to, hj_tx_today(run->tx));
    else if (item->indicator != NULL)
        sql = g_strdup(item->indicator->sql.text);
    else if (item->ledger != NULL)
        sql = rows_sql(item->ledger, item->mark, &item->when);
    if (item->pending || sql == NULL || is_understood(run, sql, &why, error))
        return true;
    if (why == NULL)
        return false;
    item->pending = true;
    item->pending_why = (HjLabel){ why, why };
    const HjRehearsalGap gap = { .item = item->name, .title = item->title, .why = why };
    g_array_append_val(run->held->gaps, gap);
    return true;
}

static bool
look_at_vetoes(const Run *run, GError **error)
{
    HjScheme *scheme = &run->held->scheme;
    size_t n = 0;
    for (size_t i = 0; i < scheme->n_vetoes; i++) {
        const HjVeto *veto = &scheme->vetoes[i];
        const char *why = NULL;
        g_autofree char *sql = rows_sql(veto->ledger, veto->document_field, &veto->when);
        if (is_understood(run, sql, &why, error)) {
            scheme->vetoes[n++] = *veto;
            continue;
        }
        if (why == NULL)
            return false;
        const HjRehearsalGap gap = { .item = veto->ledger->name,
                                     .title = veto->says,
                                     .why = why };
        g_array_append_val(run->held->gaps, gap);
    }
    scheme->n_vetoes = n;
    return true;
}

static bool
put_aside(const Run *run, GError **error)
{
    const HjScheme *scheme = &run->held->scheme;
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++)
            if (!look_at_item(run, &scheme->lists[l].items[i], error))
                return false;
    return look_at_vetoes(run, error);
}

/* --- who moves --- */

static void
add_item(HjRehearsalOrg *org, const HjItemScore *before, const HjItemScore *after)
{
    const int64_t was = before != NULL ? before->points : 0;
    const int64_t is = after != NULL ? after->points : 0;
    const HjSchemeItem *item = after != NULL ? after->item : before->item;
    if (was == is && before != NULL && after != NULL)
        return;
    org->items[org->n_items++] = (HjRehearsalItem){ .item = item->name,
                                                    .title = item->title,
                                                    .was_there = before != NULL,
                                                    .is_there = after != NULL,
                                                    .before = was,
                                                    .after = is };
}

static void
compare_items(HjRehearsalOrg *org, const HjScore *before, const HjScore *after)
{
    for (size_t l = 0; after != NULL && l < after->n_lists; l++)
        for (size_t i = 0; i < after->lists[l].n_items; i++)
            add_item(org, hj_scheme_item_score(before, after->lists[l].items[i].item->name),
                     &after->lists[l].items[i]);
    for (size_t l = 0; before != NULL && l < before->n_lists; l++)
        for (size_t i = 0; i < before->lists[l].n_items; i++)
            if (hj_scheme_item_score(after, before->lists[l].items[i].item->name) == NULL)
                add_item(org, &before->lists[l].items[i], NULL);
}

static void
add_org(HjRehearsal *r, HjRehearsalItem *items, const HjScore *before, const HjScore *after)
{
    Held *held = r->priv;
    const HjScore *either = after != NULL ? after : before;
    g_assert(either != NULL);
    HjRehearsalOrg *org = &r->orgs[r->n_orgs++];
    *org = (HjRehearsalOrg){ .org = either->org,
                             .code = g_string_chunk_insert(held->text, either->code),
                             .name = g_string_chunk_insert(held->text, either->name),
                             .items = items };
    if (before != NULL) {
        org->rank_before = before->rank;
        org->total_before = before->total;
        if (before->band != NULL)
            org->band_before = before->band->title;
    }
    if (after != NULL) {
        org->rank_after = after->rank;
        org->total_after = after->total;
        if (after->band != NULL)
            org->band_after = after->band->title;
    }
    compare_items(org, before, after);
    r->n_moved += org->rank_before != org->rank_after || org->total_before != org->total_after;
}

static size_t
count_items(const HjScheme *scheme)
{
    size_t n = 0;
    for (size_t l = 0; l < scheme->n_lists; l++)
        n += scheme->lists[l].n_items;
    return n;
}

static void
compare(HjRehearsal *r, const HjScoreboard *before, const HjScoreboard *after)
{
    Held *held = r->priv;
    const size_t n_orgs = after->n_scores + (before != NULL ? before->n_scores : 0);
    const size_t most =
        count_items(after->scheme) + (before != NULL ? count_items(before->scheme) : 0);
    held->of = g_new0(HjRehearsalItem, n_orgs * most + 1);
    r->orgs = g_new0(HjRehearsalOrg, n_orgs + 1);
    for (size_t s = 0; s < after->n_scores; s++) {
        const HjScore *was =
            before != NULL ? hj_scheme_score(before, after->scores[s].org) : NULL;
        add_org(r, held->of + r->n_orgs * most, was, &after->scores[s]);
    }
    for (size_t s = 0; before != NULL && s < before->n_scores; s++)
        if (hj_scheme_score(after, before->scores[s].org) == NULL)
            add_org(r, held->of + r->n_orgs * most, &before->scores[s], NULL);
}

HjRehearsal *
hj_rehearsal_run(HjTx *tx, const HjPack *pack, HjPack *draft, const char *scheme,
                 const HjPeriod *period, const HjRehearsalChange *changes, size_t n_changes,
                 HjLang lang, GError **error)
{
    const HjPack *with = draft != NULL ? draft : pack;
    const HjScheme *now = hj_pack_scheme_at(pack, scheme, period->from);
    const HjScheme *then = draft != NULL && hj_pack_scheme(draft, scheme) != NULL
                               ? hj_pack_scheme(draft, scheme)
                               : hj_pack_scheme_at(with, scheme, period->from);
    if (then == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "The draft has no such contest.");
        return NULL;
    }
    Held *held = g_new0(Held, 1);
    held->draft = hj_pack_ref((HjPack *)with);
    held->text = g_string_chunk_new(1024);
    held->gaps = g_array_new(FALSE, FALSE, sizeof(HjRehearsalGap));
    copy_scheme(held, then);
    change_items(held, changes, n_changes);
    g_autoptr(HjRehearsal) r = g_new0(HjRehearsal, 1);
    *r = (HjRehearsal){ .scheme = &held->scheme, .period = *period, .priv = held };
    r->words = draft != NULL ? hj_pack_diff(pack, draft, lang)
                             : g_ptr_array_new_with_free_func(g_free);
    const Run run = { .tx = tx, .pack = pack, .draft = with, .period = period, .held = held };
    if (!put_aside(&run, error))
        return NULL;
    g_autoptr(HjScoreboard) before =
        now != NULL ? hj_scheme_compute(tx, pack, now, period, error) : NULL;
    if (now != NULL && before == NULL)
        return NULL;
    g_autoptr(HjScoreboard) after = hj_scheme_compute(tx, with, &held->scheme, period, error);
    if (after == NULL)
        return NULL;
    compare(r, before, after);
    r->gaps = (HjRehearsalGap *)(void *)held->gaps->data;
    r->n_gaps = held->gaps->len;
    return g_steal_pointer(&r);
}
