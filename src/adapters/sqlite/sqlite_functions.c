#include "adapters/sqlite/conn.h"
#include "base/time.h"

#include <string.h>

/* The functions that packs may use, alike on both databases; PostgreSQL's are in
 * adapters/postgres/functions.sql.  NULL in, NULL out. */

static bool
read_date(sqlite3_context *context, sqlite3_value *value, HjDate *ret)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return false; /* the result stays NULL */
    const char *text = (const char *)sqlite3_value_text(value);
    if (text != NULL && hj_date_parse(text, ret, NULL))
        return true;
    g_autofree char *message = g_strdup_printf("\"%s\" is not a date", text);
    sqlite3_result_error(context, message, -1);
    return false;
}

static void
give_text(sqlite3_context *context, const char *text)
{
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static void
years_between(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate from, to;
    if (read_date(context, args[0], &from) && read_date(context, args[1], &to))
        sqlite3_result_int(context, hj_date_years_between(from, to));
}

static void
months_between(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate from, to;
    if (!read_date(context, args[0], &from) || !read_date(context, args[1], &to))
        return;
    int year, month, day, to_year, to_month;
    hj_date_split(from, &year, &month, &day);
    hj_date_split(to, &to_year, &to_month, &day);
    int months = (to_year - year) * 12 + to_month - month;
    /* Completed months, clamped like ARI-6; -1 before the first day, like years. */
    if (to < from)
        months = -1;
    else if (hj_date_add_months(from, months) > to)
        months--;
    sqlite3_result_int(context, months);
}

static void
days_between(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate from, to;
    if (read_date(context, args[0], &from) && read_date(context, args[1], &to))
        sqlite3_result_int(context, to - from);
}

static void
give_date(sqlite3_context *context, HjDate date)
{
    if (date < hj_date_make(1900, 1, 1) || date > hj_date_make(9999, 12, 31))
        sqlite3_result_error(context, "the day is not between 1900 and 9999", -1);
    else
        give_text(context, hj_date_text(date).text);
}

#define MOST_STEPS 120000 /* months; no result within 1900 to 9999 is further away */

static void
add_months(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate date;
    if (sqlite3_value_type(args[1]) == SQLITE_NULL || !read_date(context, args[0], &date))
        return;
    int64_t months = sqlite3_value_int64(args[1]);
    if (months > MOST_STEPS || months < -MOST_STEPS)
        sqlite3_result_error(context, "the day is not between 1900 and 9999", -1);
    else
        give_date(context, hj_date_add_months(date, (int)months));
}

static void
add_days(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate date;
    if (sqlite3_value_type(args[1]) == SQLITE_NULL || !read_date(context, args[0], &date))
        return;
    int64_t days = sqlite3_value_int64(args[1]);
    if (days > MOST_STEPS * 31 || days < -MOST_STEPS * 31)
        sqlite3_result_error(context, "the day is not between 1900 and 9999", -1);
    else
        give_date(context, date + (HjDate)days);
}

static void
year_of(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate date;
    int year, month, day;
    if (!read_date(context, args[0], &date))
        return;
    hj_date_split(date, &year, &month, &day);
    sqlite3_result_int(context, year);
}

/* month_of, quarter_of and half_of: the name of the period that contains a day. */
static void
period_of(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    HjDate date;
    int year, month, day;
    if (!read_date(context, args[0], &date))
        return;
    hj_date_split(date, &year, &month, &day);
    const char *format = sqlite3_user_data(context);
    char text[16];
    if (strcmp(format, "H") == 0)
        g_snprintf(text, sizeof text, "%04dH%d", year, (month + 5) / 6);
    else if (strcmp(format, "Q") == 0)
        g_snprintf(text, sizeof text, "%04dQ%d", year, (month + 2) / 3);
    else
        g_snprintf(text, sizeof text, "%04d-%02d", year, month);
    give_text(context, text);
}

/* The ticked items of ",a,b,". */
static void
ticks(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    const char *text = (const char *)sqlite3_value_text(args[0]);
    int commas = 0;
    for (const char *p = text; p != NULL && *p != '\0'; p++)
        commas += *p == ',';
    sqlite3_result_int(context, commas > 1 ? commas - 1 : 0);
}

static void
has_tick(sqlite3_context *context, int n, sqlite3_value **args)
{
    (void)n;
    const char *text = (const char *)sqlite3_value_text(args[0]);
    const char *item = (const char *)sqlite3_value_text(args[1]);
    if (item == NULL)
        return;
    g_autofree char *wanted = g_strconcat(",", item, ",", NULL);
    sqlite3_result_int(context, text != NULL && strstr(text, wanted) != NULL);
}

bool
hj_sqlite_functions_add(sqlite3 *db)
{
    static const struct {
        const char *name;
        int n_args;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
        const char *data;
    } list[] = {
        { "years_between", 2, years_between, NULL },
        { "months_between", 2, months_between, NULL },
        { "days_between", 2, days_between, NULL },
        { "add_months", 2, add_months, NULL },
        { "add_days", 2, add_days, NULL },
        { "year_of", 1, year_of, NULL },
        { "month_of", 1, period_of, "M" },
        { "quarter_of", 1, period_of, "Q" },
        { "half_of", 1, period_of, "H" },
        { "ticks", 1, ticks, NULL },
        { "has_tick", 2, has_tick, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        if (sqlite3_create_function_v2(db, list[i].name, list[i].n_args,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                       (void *)list[i].data, list[i].fn, NULL, NULL,
                                       NULL) != SQLITE_OK)
            return false;
    return true;
}
