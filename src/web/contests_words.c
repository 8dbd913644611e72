/* The arithmetic of a mark in words and numbers. */
#include "web/contests.h"

#include <string.h>

#define POINT 2
#define VALUE_DIGITS 4
#define HUNDREDTHS 100

/* "66.6667" of a fraction, exact as far as it goes. */
static const char *
quotient(HjRequest *req, int64_t num, int64_t den)
{
    const int64_t value = hj_decimal_divide(num, den, VALUE_DIGITS);
    return hj_request_strdup(req, hj_decimal_text_grouped(value, VALUE_DIGITS).text);
}

const char *
hj_contests_value(HjRequest *req, const HjCardItem *item)
{
    if (!item->has_value)
        return "—";
    const char *unit = item->rule != NULL && item->rule->indicator != NULL
                           ? hj_page_label(req, &item->rule->indicator->unit)
                           : "";
    const char *text =
        hj_request_strdup(req, hj_decimal_text_grouped(item->value, item->value_scale).text);
    return *unit != '\0' ? hj_request_printf(req, "%s %s", text, unit) : text;
}

/* "7/10 = 70": the fraction the rule takes; the indicator's own value where it is no ratio. */
static const char *
linear_value(HjRequest *req, const HjCardItem *item, int64_t *ret_num, int64_t *ret_den,
             const char **ret_text)
{
    const HjIndicator *indicator = item->rule->indicator;
    if (indicator->roll == HJ_ROLL_RATIO && item->denominator > 0) {
        *ret_num = item->numerator * (indicator->percent ? HUNDREDTHS : 1);
        *ret_den = item->denominator * MAX(indicator->per, 1);
        *ret_text = quotient(req, *ret_num, *ret_den);
        return hj_request_printf(
            req, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " %s %s%s", item->numerator,
            item->denominator,
            hj_decimal_muldiv(hj_decimal_divide(*ret_num, *ret_den, VALUE_DIGITS), *ret_den,
                              1) == *ret_num * HUNDREDTHS * HUNDREDTHS
                ? "="
                : "≈",
            *ret_text, indicator->percent ? " %" : "");
    }
    *ret_num = item->value;
    *ret_den = 1;
    for (int i = 0; i < item->value_scale; i++)
        *ret_den *= 10;
    *ret_text = quotient(req, *ret_num, *ret_den);
    return *ret_text;
}

static const char *
linear(HjRequest *req, const HjCardItem *item)
{
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *rule = item->rule;
    int64_t num = 0, den = 1;
    const char *text = NULL;
    const char *value = linear_value(req, item, &num, &den, &text);
    const char *zero = hj_figures_points(req, rule->zero);
    const char *full = hj_figures_points(req, rule->full);
    const char *all = hj_figures_points(req, rule->points);
    const char *got = hj_figures_points(req, item->computed);
    if (item->computed == 0)
        return hj_request_printf(
            req, hj_tr(lang, N_("%s; %s is where points begin, so it earns 0")), value, zero);
    if (item->computed == rule->points)
        return hj_request_printf(
            req, hj_tr(lang, N_("%s; %s earns everything, so it earns %s")), value, full, all);
    return hj_request_printf(req, "%s%s (%s − %s) ÷ (%s − %s) × %s = %s", value,
                             lang == HJ_ZH ? "；" : ";", text, zero, full, zero, all, got);
}

static const char *
by_units(HjRequest *req, const HjCardItem *item)
{
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *rule = item->rule;
    const int64_t n = rule->indicator != NULL ? item->numerator : item->n_rows;
    const char *each = hj_figures_points(req, rule->each);
    const char *all = hj_figures_points(req, rule->points);
    const char *got = hj_figures_points(req, item->computed);
    const bool lose = rule->scoring == HJ_SCORE_LOSE;
    const char *sum = lose ? hj_request_printf(req, "%s − %s × %" G_GINT64_FORMAT, all, each, n)
                           : hj_request_printf(req, "%s × %" G_GINT64_FORMAT, each, n);
    const bool stopped =
        lose ? rule->points - rule->each * n < 0 : rule->each * n > rule->points;
    if (!stopped)
        return hj_request_printf(req, "%s = %s", sum, got);
    return hj_request_printf(
        req,
        lose ? hj_tr(lang, N_("%s is below 0, so it earns %s"))
             : hj_tr(lang, N_("%s is more than the item has, so it earns %s")),
        sum, got);
}

static const char *
by_rows(HjRequest *req, const HjCardItem *item)
{
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *rule = item->rule;
    const char *got = hj_figures_points(req, item->computed);
    if (rule->mark != NULL && rule->times > 0)
        return hj_request_printf(
            req, hj_tr(lang, N_("the best %d of %d judged marks, at most %s each = %s")),
            (int)MIN(rule->times, item->n_rows), (int)item->n_rows,
            hj_figures_points(req, rule->points), got);
    if (rule->mark != NULL)
        return hj_request_printf(req, hj_tr(lang, N_("%d judged marks, at most %s each = %s")),
                                 (int)item->n_rows, hj_figures_points(req, rule->points), got);
    const int64_t n = rule->times > 0 ? MIN(rule->times, item->n_rows) : item->n_rows;
    return hj_request_printf(req, "%" G_GINT64_FORMAT " × %s = %s", n,
                             hj_figures_points(req, rule->points), got);
}

const char *
hj_contests_arithmetic(HjRequest *req, const HjScheme *scheme, const HjCardItem *item)
{
    (void)scheme;
    HjLang lang = hj_request_lang(req);
    const HjSchemeItem *rule = item->rule;
    if (rule == NULL)
        return NULL;
    if (rule->pending)
        return hj_request_printf(req, "%s: %s", hj_tr(lang, N_("Not computed yet")),
                                 hj_page_label(req, &rule->pending_why));
    if (!item->counted)
        return hj_tr(lang, N_("Not applicable: there is nothing to count here."));
    if (rule->scoring == HJ_SCORE_LINEAR)
        return linear(req, item);
    if (rule->scoring == HJ_SCORE_ROWS)
        return by_rows(req, item);
    return by_units(req, item);
}

const char *
hj_contests_how(HjRequest *req, const HjSchemeItem *item)
{
    HjLang lang = hj_request_lang(req);
    const char *points = hj_figures_points(req, item->points);
    const char *each = hj_figures_points(req, item->each);
    switch (item->scoring) {
    case HJ_SCORE_LINEAR:
        return hj_request_printf(
            req,
            hj_tr(lang, N_("%s%% earns nothing, %s%% everything, in between in proportion")),
            hj_figures_points(req, item->zero), hj_figures_points(req, item->full));
    case HJ_SCORE_LOSE:
        return hj_request_printf(req, hj_tr(lang, N_("from %s, %s less for each one")), points,
                                 each);
    case HJ_SCORE_ADD:
        return hj_request_printf(req, hj_tr(lang, N_("%s for each one, at most %s")), each,
                                 points);
    case HJ_SCORE_ROWS:
        break;
    }
    if (item->mark != NULL && item->times > 0)
        return hj_request_printf(
            req, hj_tr(lang, N_("judged marks, at most %s each, the best %d count")), points,
            item->times);
    return hj_request_printf(req, hj_tr(lang, N_("%s points each")), points);
}

const char *
hj_contests_basis(HjRequest *req, const HjCardItem *item)
{
    const HjSchemeItem *rule = item->rule;
    if (rule == NULL)
        return "";
    if (rule->indicator != NULL) {
        const char *value =
            hj_request_printf(req, "%s %s", hj_page_label(req, &rule->indicator->title),
                              hj_contests_value(req, item));
        if (!item->has_value || rule->indicator->roll != HJ_ROLL_RATIO)
            return value;
        return hj_request_printf(req, "%s (%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ")", value,
                                 item->numerator, item->denominator);
    }
    if (rule->ledger == NULL)
        return "";
    return hj_request_printf(req, hj_tr(hj_request_lang(req), N_("%s: %d rows")),
                             hj_page_label(req, &rule->ledger->title), (int)item->n_rows);
}

const char *
hj_contests_list_sum(HjRequest *req, const HjCardList *list)
{
    GString *text = g_string_new(NULL);
    int64_t sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < list->n_items; i++) {
        const HjCardItem *item = &list->items[i];
        if (!item->counted || item->points == 0)
            continue;
        g_string_append_printf(
            text, "%s%s",
            text->len == 0     ? ""
            : item->points < 0 ? " − "
                               : " + ",
            hj_figures_points(req, text->len == 0 ? item->points : ABS(item->points)));
        sum += item->points;
        n++;
    }
    const char *parts = hj_request_adopt(req, g_string_free(text, FALSE), g_free);
    if (n == 0 || (n == 1 && sum == list->points))
        return NULL;
    if (sum == list->points)
        return hj_request_printf(req, "%s = %s", parts, hj_figures_points(req, sum));
    return hj_request_printf(req, hj_tr(hj_request_lang(req), N_("%s = %s; counted: %s")),
                             parts, hj_figures_points(req, sum),
                             hj_figures_points(req, list->points));
}
