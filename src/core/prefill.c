#include "core/prefill.h"

#include "base/decimal.h"
#include "store/kept.h"

#include <string.h>

#define MONTH_DIGITS 7 /* 2018-05 */
#define YEAR_DIGITS 4

/* --- computed once a transaction --- */

typedef struct {
    const HjReport *report;
    HjDate from, to;
    HjOrgTree *tree;
    HjIndicatorCache *cache;
} Period;

static void
period_free(gpointer data)
{
    Period *period = data;
    g_clear_pointer(&period->cache, hj_indicator_cache_free);
    g_clear_pointer(&period->tree, hj_org_tree_free);
    g_free(period);
}

static void
periods_free(gpointer data)
{
    g_ptr_array_unref(data);
}

/* One kind of thing is kept by a transaction; this one. */
static GPtrArray *
periods_of(HjTx *tx)
{
    GPtrArray *periods = hj_tx_kept(tx);
    if (periods == NULL) {
        periods = g_ptr_array_new_with_free_func(period_free);
        hj_tx_keep(tx, periods, periods_free);
    }
    return periods;
}

static const Period *
period_of(HjTx *tx, const HjPack *pack, const HjReport *report, HjDate from, HjDate to,
          GError **error)
{
    GPtrArray *periods = periods_of(tx);
    for (guint i = 0; i < periods->len; i++) {
        const Period *period = periods->pdata[i];
        if (period->report == report && period->from == from && period->to == to)
            return period;
    }
    HjOrgTree *tree = hj_org_tree_load(tx, to, error);
    if (tree == NULL)
        return NULL;
    Period *period = g_new(Period, 1);
    *period = (Period){ report, from, to, tree, NULL };
    period->cache = hj_indicator_cache_new(tx, pack, tree, from, to);
    g_ptr_array_add(periods, period);
    return period;
}

/* --- which period, whose figures --- */

static HjDate
day_of(const char *period)
{
    size_t n = period != NULL ? strlen(period) : 0;
    HjDate day = HJ_DATE_NONE;
    g_autofree char *text = n == MONTH_DIGITS  ? g_strconcat(period, "-01", NULL)
                            : n == YEAR_DIGITS ? g_strconcat(period, "-01-01", NULL)
                                               : g_strdup(period);
    if (text != NULL && !hj_date_parse(text, &day, NULL))
        day = HJ_DATE_NONE;
    return day;
}

static bool
is_of(const HjPrefill *prefill, const HjOrg *org)
{
    for (size_t i = 0; i < prefill->n_of; i++)
        if (g_str_equal(prefill->of[i], org->kind))
            return true;
    return false;
}

/* The organization itself, or the nearest above it of the kinds that the pack names. */
static const HjOrg *
whose(const HjPrefill *prefill, const HjOrgTree *tree, int64_t id)
{
    const HjOrg *own = hj_org_tree_find(tree, id);
    for (const HjOrg *org = own; org != NULL && prefill->n_of > 0;) {
        if (is_of(prefill, org))
            return org;
        int parent = hj_org_tree_parent(tree, (size_t)(org - tree->orgs));
        org = parent >= 0 ? &tree->orgs[parent] : NULL;
    }
    return own;
}

void
hj_prefill_free(HjPrefillFigures *figures)
{
    if (figures == NULL)
        return;
    g_free(figures->figures);
    g_free(figures);
}

bool
hj_prefill_compute(HjTx *tx, const HjPack *pack, const HjLedger *ledger, int64_t org,
                   const char *period, HjPrefillFigures **ret, GError **error)
{
    const HjPrefill *prefill = ledger->prefill;
    const HjDate day = day_of(period);
    HjDate from = HJ_DATE_NONE, to = HJ_DATE_NONE;
    *ret = NULL;
    if (day == HJ_DATE_NONE)
        return true;
    hj_prefill_period(prefill, day, &from, &to);
    const Period *at = period_of(tx, pack, prefill->report, from, to, error);
    if (at == NULL)
        return false;
    const HjOrg *of = whose(prefill, at->tree, org);
    if (of == NULL)
        return true;
    const HjReport *report = prefill->report;
    g_autoptr(HjPrefillFigures) figures = g_new0(HjPrefillFigures, 1);
    *figures = (HjPrefillFigures){ .prefill = prefill, .from = from, .to = to, .org = of };
    figures->figures = g_new0(HjFigureValue, report->n_figures + 1);
    for (size_t i = 0; i < report->n_figures; i++) {
        const HjIndicatorSet *set =
            hj_indicator_cache_get(at->cache, report->figures[i].indicator, error);
        if (set == NULL)
            return false;
        figures->figures[figures->n_figures++] =
            hj_report_figure(&report->figures[i], hj_indicator_at(set, of->id));
    }
    *ret = g_steal_pointer(&figures);
    return true;
}

char *
hj_prefill_text(const HjFigureValue *figure)
{
    return g_strdup(figure->has ? hj_decimal_text_grouped(figure->shown, figure->scale).text
                                : "—");
}

/* --- kept --- */

static char *
kept_text(const HjPrefillFigures *figures)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < figures->n_figures; i++) {
        const HjFigureValue *figure = &figures->figures[i];
        g_string_append_printf(out, "%s%s=%s", i > 0 ? "\n" : "", figure->figure->name,
                               figure->has ? hj_decimal_text(figure->shown, figure->scale).text
                                           : "");
    }
    return g_string_free(out, FALSE);
}

bool
hj_prefill_keep(HjTx *tx, const HjPack *pack, HjRowDraft *draft, GError **error)
{
    const HjPrefill *prefill = draft->ledger->prefill;
    if (prefill == NULL)
        return true;
    const HjField *period = hj_pack_field(draft->ledger, prefill->period);
    const size_t into = (size_t)(prefill->into - draft->ledger->fields);
    g_autoptr(HjPrefillFigures) figures = NULL;
    if (!hj_prefill_compute(tx, pack, draft->ledger, draft->org,
                            hj_value_text(&draft->vals[period - draft->ledger->fields]),
                            &figures, error))
        return false;
    if (figures == NULL)
        return true;
    g_free(draft->owned[into]);
    draft->owned[into] = kept_text(figures);
    draft->vals[into] = HJ_TEXT(draft->owned[into]);
    draft->given[into] = true;
    return true;
}

const char *
hj_prefill_kept(const char *kept, const char *figure, size_t *ret_n)
{
    const size_t n = strlen(figure);
    *ret_n = 0;
    for (const char *line = kept; line != NULL && *line != '\0';) {
        const char *end = strchrnul(line, '\n');
        if (strncmp(line, figure, n) == 0 && line[n] == '=') {
            *ret_n = (size_t)(end - (line + n + 1));
            return line + n + 1;
        }
        line = *end == '\n' ? end + 1 : end;
    }
    return NULL;
}

char *
hj_prefill_display(const HjPrefill *prefill, const char *kept, HjLang lang)
{
    const HjReport *report = prefill->report;
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < report->n_figures; i++) {
        const HjFigure *figure = &report->figures[i];
        size_t n;
        const char *value = hj_prefill_kept(kept, figure->name, &n);
        if (value == NULL)
            continue;
        if (out->len > 0)
            g_string_append(out, lang == HJ_ZH ? "；" : "; ");
        g_string_append_printf(out, "%s %.*s", hj_i18n_label(&figure->title, lang),
                               n > 0 ? (int)n : (int)strlen("—"), n > 0 ? value : "—");
        const char *unit = hj_i18n_label(&figure->unit, lang);
        if (n > 0 && unit != NULL && !g_str_equal(unit, "count"))
            g_string_append_printf(out, " %s", unit);
    }
    return g_string_free(out, FALSE);
}

/* --- a new row --- */

char *
hj_prefill_begins(const HjField *field, HjDate today)
{
    int year, month, day;
    hj_date_split(today, &year, &month, &day);
    const HjDate first = hj_date_make(year, month, 1);
    switch ((HjBegins)field->begins) {
    case HJ_BEGINS_EMPTY:
        break;
    case HJ_BEGINS_TODAY:
        return g_strdup(hj_date_text(today).text);
    case HJ_BEGINS_THIS_MONTH:
        return g_strndup(hj_date_text(first).text, MONTH_DIGITS);
    case HJ_BEGINS_LAST_MONTH:
        return g_strndup(hj_date_text(first - 1).text, MONTH_DIGITS);
    case HJ_BEGINS_THIS_YEAR:
        return g_strdup_printf("%04d", year);
    case HJ_BEGINS_LAST_YEAR:
        return g_strdup_printf("%04d", year - 1);
    }
    return NULL;
}
