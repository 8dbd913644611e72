#include "pack/read.h"

#include <string.h>

/* "2018-02-15" or "2018-02-15..2018-02-21", within @year. */
static bool
parse_days(const char *text, int year, HjDays *ret)
{
    const char *dots = strstr(text, "..");
    g_autofree char *first =
        dots != NULL ? g_strndup(text, (size_t)(dots - text)) : g_strdup(text);
    int y, month, day;
    if (!hj_date_parse(first, &ret->from, NULL) ||
        !hj_date_parse(dots != NULL ? dots + 2 : first, &ret->to, NULL) || ret->to < ret->from)
        return false;
    hj_date_split(ret->from, &y, &month, &day);
    if (y != year)
        return false;
    hj_date_split(ret->to, &y, &month, &day);
    return y == year;
}

static HjDays *
read_days(HjReader *r, const HjYaml *node, const char *key, int year, size_t *ret_n)
{
    const HjYaml *list = hj_reader_sequence(r, node, key, false);
    size_t n = list != NULL ? hj_yaml_count(list) : 0;
    HjDays *days = hj_reader_alloc(r, n, sizeof *days);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = hj_yaml_at(list, i);
        if (item->kind == HJ_YAML_TEXT && parse_days(item->text, year, &days[*ret_n]))
            (*ret_n)++;
        else
            hj_reader_say(r, item, "%s: a day of %d, or the first..last of several", key, year);
    }
    return days;
}

static void
check_weekends(HjReader *r, const HjYaml *node, const HjCalendarYear *year)
{
    for (size_t i = 0; i < year->n_work; i++)
        for (HjDate day = year->work[i].from; day <= year->work[i].to; day++)
            if (hj_date_weekday(day) < 6)
                hj_reader_say(r, node, "work: %s is no Saturday or Sunday",
                              hj_date_text(day).text);
}

void
hj_read_calendar(HjReader *r, const HjYaml *root)
{
    static const char *const keys[] = { "calendar", NULL };
    static const char *const year_keys[] = {
        "year", "source", "assumption", "off", "work", NULL
    };
    if (!hj_reader_mapping(r, root, "calendar.yaml", keys))
        return;
    const HjYaml *years = hj_reader_sequence(r, root, "calendar", true);
    size_t n = years != NULL ? hj_yaml_count(years) : 0;
    HjPack *pack = r->pack;
    HjCalendarYear *all = hj_reader_alloc(r, pack->n_calendar + n, sizeof *all);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const HjYaml *node = hj_yaml_at(years, i);
        int64_t number = 0;
        if (!hj_reader_mapping(r, node, "a year", year_keys) ||
            !hj_reader_integer(r, node, "year", 1990, 2200, &number))
            continue;
        HjCalendarYear *year = &all[kept++];
        year->year = (int)number;
        year->at = hj_reader_at(r, node);
        year->source = hj_reader_text(r, node, "source", true);
        year->assumption = hj_reader_flag(r, node, "assumption");
        year->off = read_days(r, node, "off", year->year, &year->n_off);
        year->work = read_days(r, node, "work", year->year, &year->n_work);
        check_weekends(r, node, year);
    }
    /* Years of the packs below follow: the first one found counts. */
    for (size_t i = 0; i < pack->n_calendar; i++)
        all[kept++] = pack->calendar[i];
    pack->calendar = all;
    pack->n_calendar = kept;
}
