#include "pack/read.h"

static void
read_lights(HjReader *r, const HjYaml *root, HjIndicator *indicator)
{
    static const char *const keys[] = { "green", "yellow", NULL };
    const HjYaml *lights = hj_reader_get(r, root, "lights", false);
    if (lights == NULL || !hj_reader_mapping(r, lights, "lights", keys))
        return;
    hj_reader_get(r, lights, "green", true);
    hj_reader_get(r, lights, "yellow", true);
    bool both = hj_reader_decimal(r, lights, "green", indicator->scale, &indicator->green);
    both &= hj_reader_decimal(r, lights, "yellow", indicator->scale, &indicator->yellow);
    indicator->has_lights = both;
    if (!both)
        return;
    if (!indicator->lower_is_better && indicator->green < indicator->yellow)
        hj_reader_say(r, lights, "high is better: green must not lie below yellow");
    if (indicator->lower_is_better && indicator->green > indicator->yellow)
        hj_reader_say(r, lights, "low is better: green must not lie above yellow");
}

static void
check_cadence(HjReader *r, const void *owner, const void *target, const HjSource *at)
{
    const HjIndicator *indicator = owner;
    const HjCadence *cadence = target;
    if (indicator->of != NULL &&
        !hj_reader_among(cadence->of, cadence->n_of, sizeof *cadence->of, indicator->of))
        hj_pack_problems_add(r->problems, at, "the cadence %s is owed by no %s", cadence->name,
                             indicator->of);
}

void
hj_read_indicator(HjReader *r, const HjYaml *root, const char *stem)
{
    static const char *const keys[] = { "indicator", "title",    "help",    "unit",
                                        "of",        "roll",     "percent", "scale",
                                        "per",       "better",   "lights",  "on_table",
                                        "sql",       "evidence", "system",  "assumption",
                                        "cadence",   "missing",  NULL };
    static const char *const rolls[] = { "sum", "ratio", "mean", "none", NULL };
    static const char *const betters[] = { "high", "low", NULL };
    if (!hj_reader_mapping(r, root, "an indicator", keys))
        return;
    HjIndicator *indicator = hj_reader_alloc(r, 1, sizeof *indicator);
    int64_t number = 0;
    indicator->name = hj_read_own_name(r, root, "indicator", stem);
    indicator->title = hj_reader_label(r, root, "title", true);
    indicator->unit = hj_reader_label(r, root, "unit", true);
    indicator->of = hj_reader_ref(r, root, "of", HJ_KIND_ORG_KIND, true, NULL, NULL, NULL);
    int roll = hj_reader_word(r, root, "roll", rolls, true);
    indicator->roll = roll >= 0 ? (HjRoll)roll : HJ_ROLL_NONE;
    bool share = indicator->roll == HJ_ROLL_RATIO || indicator->roll == HJ_ROLL_MEAN;
    /* What is divided by what has to be said in words (design.md 11, figures). */
    indicator->help = hj_reader_label(r, root, "help", share);
    indicator->percent = hj_reader_flag(r, root, "percent");
    if (indicator->percent && roll >= 0 && !share)
        hj_reader_say(r, hj_yaml_get(root, "percent"), "only ratio and mean can be percent");
    if (hj_reader_integer(r, root, "scale", 0, 6, &number))
        indicator->scale = (int)number;
    indicator->per = 1;
    hj_reader_integer(r, root, "per", 1, 1000000000000, &indicator->per);
    indicator->lower_is_better = hj_reader_word(r, root, "better", betters, false) == 1;
    read_lights(r, root, indicator);
    indicator->on_table = hj_reader_flag(r, root, "on_table");
    bool own =
        hj_reader_ref(r, root, "cadence", HJ_KIND_CADENCE, false,
                      (const void **)&indicator->cadence, check_cadence, indicator) == NULL;
    if (!own && (hj_yaml_get(root, "sql") != NULL || hj_yaml_get(root, "evidence") != NULL))
        hj_reader_say(r, root, "either \"cadence\" or \"sql\" with \"evidence\"");
    indicator->sql = hj_reader_sql(r, root, "sql", own);
    indicator->evidence = hj_reader_sql(r, root, "evidence", own);
    if (!own && hj_yaml_get(root, "missing") != NULL)
        hj_reader_say(r, hj_yaml_get(root, "missing"),
                      "a cadence tells itself what is missing");
    indicator->missing = hj_reader_sql(r, root, "missing", false);
    indicator->system = hj_reader_system(r, root, true);
    indicator->assumption = hj_reader_flag(r, root, "assumption");
    indicator->at = hj_reader_at(r, root);
    hj_reader_add(r, HJ_KIND_INDICATOR, indicator, root);
}
