#include "core/threshold.h"

#include "base/decimal.h"
#include "base/json.h"
#include "core/access.h"
#include "store/event.h"

#include <string.h>

#define MOST_ROWS 20000

struct HjThresholds {
    HjRows *rows;       /* what the texts belong to */
    GHashTable *of_org; /* "org indicator" → HjThreshold */
};

#define SQL_ALL                                                                                \
    "SELECT t.org AS org, t.indicator AS indicator, t.green AS green, t.yellow AS yellow,"     \
    " t.set_at AS set_at, a.title AS title FROM sys_threshold t"                               \
    " LEFT JOIN sys_account a ON a.county = t.county AND a.id = t.set_by WHERE t.county = $1"

static char *
key_of(int64_t org, const char *indicator)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", org, indicator);
}

HjThresholds *
hj_threshold_load(HjTx *tx, GError **error)
{
    HjRows *rows = hj_tx_query(tx, error, SQL_ALL, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return NULL;
    HjThresholds *thresholds = g_new0(HjThresholds, 1);
    thresholds->rows = rows;
    thresholds->of_org = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    while (hj_rows_next(rows)) {
        HjThreshold *one = g_new0(HjThreshold, 1);
        *one = (HjThreshold){ .has = true,
                              .green = hj_rows_i64(rows, "green"),
                              .yellow = hj_rows_i64(rows, "yellow"),
                              .org = hj_rows_i64(rows, "org"),
                              .by = hj_rows_text(rows, "title"),
                              .at = hj_rows_i64(rows, "set_at") };
        g_hash_table_insert(thresholds->of_org,
                            key_of(one->org, hj_rows_text(rows, "indicator")), one);
    }
    return thresholds;
}

void
hj_threshold_free(HjThresholds *thresholds)
{
    if (thresholds == NULL)
        return;
    g_hash_table_unref(thresholds->of_org);
    hj_rows_free(thresholds->rows);
    g_free(thresholds);
}

HjThreshold
hj_threshold_at(const HjThresholds *thresholds, const HjIndicator *indicator,
                const HjOrgTree *tree, int64_t org)
{
    const HjOrg *at =
        g_hash_table_size(thresholds->of_org) > 0 ? hj_org_tree_find(tree, org) : NULL;
    while (at != NULL) {
        g_autofree char *key = key_of(at->id, indicator->name);
        const HjThreshold *found = g_hash_table_lookup(thresholds->of_org, key);
        if (found != NULL)
            return *found;
        at = at->parent != 0 ? hj_org_tree_find(tree, at->parent) : NULL;
    }
    return (HjThreshold){ .has = indicator->has_lights,
                          .green = indicator->green,
                          .yellow = indicator->yellow };
}

const char *
hj_threshold_light(const HjThreshold *threshold, const HjIndicator *indicator,
                   const HjIndicatorValue *value)
{
    if (!threshold->has || !value->has)
        return "";
    const int64_t sign = indicator->lower_is_better ? -1 : 1;
    if (sign * value->value >= sign * threshold->green)
        return "green";
    return sign * value->value >= sign * threshold->yellow ? "yellow" : "red";
}

/* --- setting them --- */

#define SQL_ONE                                                                                \
    "SELECT green, yellow FROM sys_threshold WHERE county = $1 AND org = $2"                   \
    " AND indicator = $3"
#define SQL_SET                                                                                \
    "INSERT INTO sys_threshold (county, org, indicator, green, yellow, set_at, set_by)"        \
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (county, org, indicator) DO UPDATE SET"  \
    " green = excluded.green, yellow = excluded.yellow, set_at = excluded.set_at,"             \
    " set_by = excluded.set_by"
#define SQL_DROP "DELETE FROM sys_threshold WHERE county = $1 AND org = $2 AND indicator = $3"

static char *
told(const HjIndicator *indicator, int64_t green, int64_t yellow)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, "indicator");
    hj_json_text(&w, indicator->name);
    hj_json_key(&w, "green");
    hj_json_text(&w, hj_decimal_text(green, indicator->scale).text);
    hj_json_key(&w, "yellow");
    hj_json_text(&w, hj_decimal_text(yellow, indicator->scale).text);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

static int64_t
read_bound(const HjIndicator *indicator, const char *name, const char *text, HjIssues *issues)
{
    int64_t value = 0;
    if (text == NULL || !hj_decimal_parse(text, indicator->scale, &value, NULL))
        hj_issues_add(issues, name, "type", N_("Write a number with at most %d decimals."),
                      indicator->scale);
    return value;
}

bool
hj_threshold_set(HjTx *tx, const HjActor *actor, const HjIndicator *indicator, int64_t org,
                 const char *green, const char *yellow, HjIssues *issues, GError **error)
{
    if (!hj_access_check(tx, actor, "indicator.manage", org, error))
        return false;
    bool reset = green == NULL && yellow == NULL;
    int64_t upper = reset ? 0 : read_bound(indicator, "green", green, issues);
    int64_t lower = reset ? 0 : read_bound(indicator, "yellow", yellow, issues);
    const int64_t sign = indicator->lower_is_better ? -1 : 1;
    if (hj_issues_count(issues) == 0 && !reset && sign * lower > sign * upper)
        hj_issues_add(issues, "yellow", "rule",
                      N_("Yellow must be easier to reach than green."));
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) was =
        hj_tx_query(tx, error, SQL_ONE, county, HJ_I64(org), HJ_TEXT(indicator->name));
    if (was == NULL)
        return false;
    bool had = hj_rows_next(was);
    if (reset && !had)
        return true;
    g_autofree char *before =
        had ? told(indicator, hj_rows_i64(was, "green"), hj_rows_i64(was, "yellow")) : NULL;
    g_autofree char *after = reset ? NULL : told(indicator, upper, lower);
    if (had && after != NULL && strcmp(before, after) == 0)
        return true;
    bool changed =
        reset ? hj_tx_exec(tx, error, SQL_DROP, county, HJ_I64(org), HJ_TEXT(indicator->name))
              : hj_tx_exec(tx, error, SQL_SET, county, HJ_I64(org), HJ_TEXT(indicator->name),
                           HJ_I64(upper), HJ_I64(lower), HJ_TIME(hj_tx_now(tx)),
                           HJ_I64(actor->account));
    return changed &&
           hj_event_append(tx,
                           &(HjEvent){ .action = reset ? "threshold.reset" : "threshold.set",
                                       .subject = "threshold",
                                       .row = org,
                                       .org = org,
                                       .before = before,
                                       .after = after },
                           error);
}
