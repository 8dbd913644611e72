#include "core/cadence.h"

#include "base/text.h"
#include "core/access.h"
#include "core/packsql.h"
#include "pack/calendar.h"

#include <string.h>

/* A span of duty days of some ten years. */
#define PERIODS_MAX 4000
#define DUE_MAX 1000

/* --- periods --- */

typedef struct {
    HjDate from, to;
    int wanted;
    HjDate founded_by; /* whoever was founded later owes nothing */
} Period;

static bool
is_in_force(const HjCadence *cadence, HjDate from, HjDate to)
{
    return (cadence->from == HJ_DATE_NONE || from >= cadence->from) &&
           (cadence->to == HJ_DATE_NONE || to <= cadence->to);
}

/* The periods whose last day lies in the span; NULL where the calendar does not reach. */
static GArray *
periods_of(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to)
{
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(Period));
    Period p;
    for (HjDate day = from; day <= to && periods->len < PERIODS_MAX; day = p.to + 1) {
        bool works = true;
        hj_every_period(cadence->every, day, &p.from, &p.to);
        if (cadence->every == HJ_EVERY_DUTY_DAY && is_in_force(cadence, day, day) &&
            !hj_workday_is(pack, day, &works))
            return NULL;
        p.wanted = hj_amount_on(&cadence->count, p.to);
        int grace = hj_amount_on(&cadence->grace, p.to);
        p.founded_by = p.to - MAX(grace, 0);
        if (p.to <= to && works && p.wanted > 0 && is_in_force(cadence, p.from, p.to))
            g_array_append_val(periods, p);
    }
    return g_steal_pointer(&periods);
}

bool
hj_cadence_known(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to)
{
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, to);
    return periods != NULL;
}

int
hj_cadence_periods_in(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to)
{
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, to);
    return periods != NULL ? (int)periods->len : 0;
}

/* --- the statement --- */

/* Dates and numbers made here, names that the pack reader checked. */
static void
add_periods(GString *sql, const GArray *periods)
{
    g_string_append(sql, "WITH p (k, period_from, period_to, wanted, founded_by) AS (VALUES ");
    for (guint i = 0; i < periods->len; i++) {
        const Period *p = &g_array_index(periods, Period, i);
        g_string_append_printf(sql, "%s(%u, '%s', '%s', %d, '%s')", i > 0 ? ", " : "", i,
                               hj_date_text(p->from).text, hj_date_text(p->to).text, p->wanted,
                               hj_date_text(p->founded_by).text);
    }
    g_string_append(sql, ")");
}

static void
add_rows(GString *sql, const HjCadence *cadence)
{
    g_string_append_printf(sql, "SELECT id, org, \"%s\" AS held_on FROM \"%s\"", cadence->date,
                           cadence->ledger->name);
    if (cadence->when.text != NULL)
        g_string_append_printf(sql, " WHERE (%s\n)", cadence->when.text);
}

/* Who may owe it; @of NULL: all its kinds. */
static void
add_orgs(GString *sql, const HjCadence *cadence, const char *of)
{
    g_string_append(sql, "SELECT g.id AS id, g.code AS code, g.kind AS kind, g.name AS name,"
                         " g.opened_on AS opened_on, g.closed_on AS closed_on FROM org g"
                         " WHERE g.kind IN (");
    for (size_t i = 0; i < cadence->n_of; i++)
        if (of == NULL || g_str_equal(of, cadence->of[i]))
            g_string_append_printf(sql, "'%s', ", cadence->of[i]);
    g_string_append(sql, "'')");
}

/* "… FROM the periods of the organizations, with how many rows there are in each" */
static char *
statement(const HjCadence *cadence, const GArray *periods, const char *of, const char *columns)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    add_periods(sql, periods);
    g_string_append_printf(sql, " SELECT %s FROM p JOIN (", columns);
    add_orgs(sql, cadence, of);
    g_string_append(sql, ") o ON o.opened_on <= p.founded_by"
                         " AND (o.closed_on IS NULL OR o.closed_on > p.period_to)");
    if (cadence->only.text != NULL)
        g_string_append_printf(sql, " AND (%s\n)", cadence->only.text);
    g_string_append(sql, " LEFT JOIN (SELECT r.org AS org, q.k AS k, COUNT(*) AS n FROM p q"
                         " JOIN (");
    add_rows(sql, cadence);
    g_string_append(sql, ") r ON r.held_on BETWEEN q.period_from AND q.period_to"
                         " GROUP BY r.org, q.k) x ON x.org = o.id AND x.k = p.k");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

#define NOTHING "SELECT id AS org, 0 AS numerator, 0 AS denominator FROM org WHERE 1 = 0"
#define NO_EVIDENCE "SELECT id AS org, '' AS ledger, id FROM org WHERE 1 = 0"

char *
hj_cadence_sql(const HjPack *pack, const HjCadence *cadence, const char *of, HjDate from,
               HjDate to, HjDate today)
{
    /* What is not over yet is neither met nor missed. */
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, MIN(to, today - 1));
    if (periods == NULL || periods->len == 0)
        return g_strdup(NOTHING);
    g_autofree char *from_where =
        statement(cadence, periods, of,
                  "o.id AS org, SUM(CASE WHEN COALESCE(x.n, 0) >= p.wanted THEN 1 ELSE 0 END)"
                  " AS numerator, COUNT(*) AS denominator");
    return g_strconcat(from_where, " GROUP BY o.id", NULL);
}

char *
hj_cadence_evidence(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to,
                    HjDate today)
{
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, MIN(to, today - 1));
    if (periods == NULL || periods->len == 0)
        return g_strdup(NO_EVIDENCE);
    g_autoptr(GString) sql = g_string_new(NULL);
    add_periods(sql, periods);
    g_string_append_printf(sql, " SELECT r.org AS org, '%s' AS ledger, r.id AS id FROM (",
                           cadence->ledger->name);
    add_rows(sql, cadence);
    g_string_append(sql, ") r JOIN p ON r.held_on BETWEEN p.period_from AND p.period_to");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static HjRows *
run(HjTx *tx, const HjPack *pack, const char *sql, HjDate from, HjDate to, GError **error)
{
    const HjPackSqlBind bind = { .from = from, .to = to };
    return hj_packsql_query(tx, pack, sql, &bind, error);
}

static void
add_under(GString *sql, int64_t under)
{
    g_string_append_printf(sql,
                           " WHERE o.id IN (SELECT t.org FROM org_tree t WHERE t.to_on ="
                           " '9999-12-31' AND t.ancestor = %" G_GINT64_FORMAT ")",
                           under);
}

HjRows *
hj_cadence_count(HjTx *tx, const HjPack *pack, const HjCadence *cadence, int64_t under,
                 HjDate from, HjDate to, GError **error)
{
    static const char *const names[] = { "org",       "n_owed", "n_met", "n_short",
                                         "n_running", "n_open", "n_rows" };
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, to);
    if (periods == NULL || periods->len == 0)
        return hj_rows_new((int)G_N_ELEMENTS(names), names);
    g_autofree char *from_where = statement(
        cadence, periods, NULL,
        "o.id AS org, SUM(CASE WHEN p.period_to < :today THEN 1 ELSE 0 END) AS n_owed,"
        " SUM(CASE WHEN p.period_to < :today AND COALESCE(x.n, 0) >= p.wanted THEN 1 ELSE 0 "
        "END)"
        " AS n_met, SUM(CASE WHEN p.period_to < :today AND COALESCE(x.n, 0) < p.wanted"
        " THEN p.wanted - COALESCE(x.n, 0) ELSE 0 END) AS n_short,"
        " SUM(CASE WHEN p.period_to >= :today THEN 1 ELSE 0 END) AS n_running,"
        " SUM(CASE WHEN p.period_to >= :today AND p.period_from <= :today AND COALESCE(x.n, 0) "
        "< "
        "p.wanted"
        " THEN p.wanted - COALESCE(x.n, 0) ELSE 0 END) AS n_open,"
        " SUM(COALESCE(x.n, 0)) AS n_rows");
    g_autoptr(GString) sql = g_string_new(from_where);
    if (under != 0)
        add_under(sql, under);
    g_string_append(sql, " GROUP BY o.id");
    return run(tx, pack, sql->str, from, to, error);
}

HjRows *
hj_cadence_periods(HjTx *tx, const HjPack *pack, const HjCadence *cadence, int64_t org,
                   HjDate from, HjDate to, GError **error)
{
    static const char *const names[] = { "from_on", "to_on", "wanted", "n" };
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, to);
    if (periods == NULL || periods->len == 0)
        return hj_rows_new((int)G_N_ELEMENTS(names), names);
    g_autofree char *from_where = statement(cadence, periods, NULL,
                                            "p.period_from AS from_on, p.period_to AS to_on,"
                                            " p.wanted AS wanted, COALESCE(x.n, 0) AS n");
    g_autofree char *sql = g_strdup_printf(
        "%s WHERE o.id = %" G_GINT64_FORMAT " ORDER BY p.period_from", from_where, org);
    return run(tx, pack, sql, from, to, error);
}

HjRows *
hj_cadence_missing(HjTx *tx, const HjPack *pack, const HjCadence *cadence, HjDate from,
                   HjDate to, GError **error)
{
    static const char *const names[] = { "org",   "code",   "name", "from_on",
                                         "to_on", "wanted", "n" };
    g_autoptr(GArray) periods = periods_of(pack, cadence, from, to);
    if (periods == NULL || periods->len == 0)
        return hj_rows_new((int)G_N_ELEMENTS(names), names);
    g_autofree char *from_where =
        statement(cadence, periods, NULL,
                  "o.id AS org, o.code AS code, o.name AS name, p.period_from AS from_on,"
                  " p.period_to AS to_on, p.wanted AS wanted, COALESCE(x.n, 0) AS n");
    g_autofree char *sql = g_strconcat(
        from_where, " WHERE COALESCE(x.n, 0) < p.wanted ORDER BY o.code, p.period_from", NULL);
    return run(tx, pack, sql, from, to, error);
}

/* --- what is due --- */

static bool
owes(const HjGrant *grant, const HjCadence *cadence)
{
    for (size_t i = 0; i < cadence->n_by; i++)
        if (g_str_equal(cadence->by[i], grant->role->name))
            return true;
    return false;
}

bool
hj_cadence_is_owed_by(const HjActor *actor, const HjCadence *cadence)
{
    for (size_t i = 0; i < actor->n_grants; i++)
        if (owes(&actor->grants[i], cadence))
            return hj_access_may_ledger(actor, cadence->ledger, HJ_ACCESS_ENTER);
    return false;
}

bool
hj_cadence_is_seen_by(const HjActor *actor, const HjCadence *cadence)
{
    return hj_access_may_ledger(actor, cadence->ledger, HJ_ACCESS_VIEW);
}

/* The last period before today and the one that runs. */
static GArray *
present_periods(const HjPack *pack, const HjCadence *cadence, HjDate today)
{
    Period now, last;
    hj_every_period(cadence->every, today, &now.from, &now.to);
    hj_every_period(cadence->every, now.from - 1, &last.from, &last.to);
    for (int back = 0; cadence->every == HJ_EVERY_DUTY_DAY && back < 30; back++) {
        bool works = true;
        if (!hj_workday_is(pack, last.from, &works) || works)
            break;
        last.from = last.to = last.from - 1;
    }
    return periods_of(pack, cadence, last.from, now.to);
}

static const char *
light_of(const HjCadence *cadence, const char *to_on, HjDate today)
{
    HjDate to = HJ_DATE_NONE;
    if (!hj_date_parse(to_on, &to, NULL))
        return "";
    return to < today ? "red" : to - cadence->warn <= today ? "yellow" : "green";
}

/* A line of the list before it is sorted. */
typedef struct {
    const HjCadence *cadence;
    int64_t org, wanted, n;
    char *code, *name, *from_on, *to_on;
} Owed;

static void
owed_clear(gpointer data)
{
    Owed *owed = data;
    g_free(owed->code);
    g_free(owed->name);
    g_free(owed->from_on);
    g_free(owed->to_on);
}

static gint
soonest(gconstpointer a, gconstpointer b)
{
    const Owed *x = a, *y = b;
    int by_day = strcmp(x->to_on, y->to_on);
    if (by_day == 0)
        by_day = (x->cadence > y->cadence) - (x->cadence < y->cadence);
    return by_day != 0 ? by_day : strcmp(x->code, y->code);
}

/* Below the places where the actor holds a role that owes it. */
static void
add_places(GString *sql, const HjActor *actor, const HjCadence *cadence, int64_t under)
{
    g_string_append(sql, " WHERE COALESCE(x.n, 0) < p.wanted");
    if (under != 0)
        g_string_append_printf(sql,
                               " AND o.id IN (SELECT t.org FROM org_tree t WHERE t.to_on ="
                               " '9999-12-31' AND t.ancestor = %" G_GINT64_FORMAT ")",
                               under);
    g_string_append(sql, " AND o.id IN (SELECT t.org FROM org_tree t WHERE t.to_on ="
                         " '9999-12-31' AND t.ancestor IN (0");
    for (size_t i = 0; i < actor->n_grants; i++)
        if (owes(&actor->grants[i], cadence))
            g_string_append_printf(sql, ", %" G_GINT64_FORMAT, actor->grants[i].org);
    g_string_append(sql, "))");
}

static bool
add_owed(HjTx *tx, const HjActor *actor, const HjCadence *cadence, int64_t under, GArray *list,
         GError **error)
{
    HjDate today = hj_tx_today(tx);
    g_autoptr(GArray) periods = present_periods(actor->pack, cadence, today);
    if (periods == NULL || periods->len == 0)
        return true; /* ARI-5: the page of cadences says that it cannot be told */
    g_autofree char *from_where =
        statement(cadence, periods, NULL,
                  "o.id AS org, o.code AS code, o.name AS name, p.period_from AS from_on,"
                  " p.period_to AS to_on, p.wanted AS wanted, COALESCE(x.n, 0) AS n");
    g_autoptr(GString) sql = g_string_new(from_where);
    add_places(sql, actor, cadence, under);
    g_string_append_printf(sql, " ORDER BY p.period_to, o.code LIMIT %d", DUE_MAX);
    g_autoptr(HjRows) rows = run(tx, actor->pack, sql->str, today, today, error);
    while (rows != NULL && hj_rows_next(rows)) {
        Owed owed = { .cadence = cadence,
                      .org = hj_rows_i64(rows, "org"),
                      .wanted = hj_rows_i64(rows, "wanted"),
                      .n = hj_rows_i64(rows, "n"),
                      .code = g_strdup(hj_rows_text(rows, "code")),
                      .name = g_strdup(hj_rows_text(rows, "name")),
                      .from_on = g_strdup(hj_rows_text(rows, "from_on")),
                      .to_on = g_strdup(hj_rows_text(rows, "to_on")) };
        g_array_append_val(list, owed);
    }
    return rows != NULL;
}

/* Everything, soonest first. */
static GArray *
owed_by(HjTx *tx, const HjActor *actor, int64_t under, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Owed));
    g_array_set_clear_func(list, owed_clear);
    for (size_t i = 0; i < actor->pack->n_cadences; i++) {
        const HjCadence *cadence = &actor->pack->cadences[i];
        if (hj_cadence_is_owed_by(actor, cadence) &&
            !add_owed(tx, actor, cadence, under, list, error))
            return NULL;
    }
    g_array_sort(list, soonest);
    return g_steal_pointer(&list);
}

HjRows *
hj_cadence_due(HjTx *tx, const HjActor *actor, int64_t under, int limit, GError **error)
{
    static const char *const names[] = { "cadence",  "ledger",  "org",   "org_code",
                                         "org_name", "from_on", "to_on", "wanted",
                                         "n",        "missing", "light" };
    g_autoptr(GArray) list = owed_by(tx, actor, under, error);
    if (list == NULL)
        return NULL;
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    for (guint i = 0; i < list->len && (int)i < limit; i++) {
        const Owed *owed = &g_array_index(list, Owed, i);
        hj_rows_add_string(out, owed->cadence->name);
        hj_rows_add_string(out, owed->cadence->ledger->name);
        hj_rows_add_i64(out, owed->org);
        hj_rows_add_string(out, owed->code);
        hj_rows_add_string(out, owed->name);
        hj_rows_add_string(out, owed->from_on);
        hj_rows_add_string(out, owed->to_on);
        hj_rows_add_i64(out, owed->wanted);
        hj_rows_add_i64(out, owed->n);
        hj_rows_add_i64(out, owed->wanted - owed->n);
        hj_rows_add_string(out, light_of(owed->cadence, owed->to_on, hj_tx_today(tx)));
    }
    return out;
}

bool
hj_cadence_due_counts(HjTx *tx, const HjActor *actor, HjCadenceCounts *ret, GError **error)
{
    *ret = (HjCadenceCounts){ 0 };
    g_autoptr(GArray) list = owed_by(tx, actor, 0, error);
    if (list == NULL)
        return false;
    for (guint i = 0; i < list->len; i++) {
        const Owed *owed = &g_array_index(list, Owed, i);
        const char *light = light_of(owed->cadence, owed->to_on, hj_tx_today(tx));
        ret->n_red += g_str_equal(light, "red");
        ret->n_yellow += g_str_equal(light, "yellow");
    }
    ret->n = list->len;
    return true;
}

/* --- words --- */

static const struct {
    const char *now, *last;
} words[] = {
    [HJ_EVERY_DUTY_DAY] = { N_("today"), N_("the last working day") },
    [HJ_EVERY_WEEK] = { N_("this week"), N_("last week") },
    [HJ_EVERY_MONTH] = { N_("this month"), N_("last month") },
    [HJ_EVERY_QUARTER] = { N_("this quarter"), N_("last quarter") },
    [HJ_EVERY_HALF_YEAR] = { N_("this half-year"), N_("last half-year") },
    [HJ_EVERY_YEAR] = { N_("this year"), N_("last year") },
};

char *
hj_cadence_period_text(HjEvery every, HjDate from, HjDate today, HjLang lang)
{
    HjDate now_from, now_to, last_from, last_to;
    hj_every_period(every, today, &now_from, &now_to);
    hj_every_period(every, now_from - 1, &last_from, &last_to);
    if (every != HJ_EVERY_DUTY_DAY && from == last_from)
        return g_strdup(hj_i18n_tr(lang, words[every].last));
    if (from == now_from)
        return g_strdup(hj_i18n_tr(lang, words[every].now));
    int year, month, day;
    hj_date_split(from, &year, &month, &day);
    switch (every) {
    case HJ_EVERY_MONTH:
        return g_strdup_printf("%04d-%02d", year, month);
    case HJ_EVERY_QUARTER:
        return g_strdup_printf("%04dQ%d", year, (month + 2) / 3);
    case HJ_EVERY_HALF_YEAR:
        return g_strdup_printf("%04dH%d", year, month > 6 ? 2 : 1);
    case HJ_EVERY_YEAR:
        return g_strdup_printf("%04d", year);
    case HJ_EVERY_DUTY_DAY:
    case HJ_EVERY_WEEK:
    default:
        return g_strdup(hj_date_text(from).text);
    }
}
