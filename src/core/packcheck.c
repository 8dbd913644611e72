#include "core/packcheck.h"

#include "pack/flow.h"
#include "store/lex.h"
#include "store/sqlb.h"

#include <string.h>

typedef struct {
    HjTx *tx;
    const HjPack *pack;
    HjPackProblems *problems;
} Check;

/* CAST($n AS …) as core/packsql will bind the name; NULL when there is no such name. */
static const char *
type_of_name(const HjPack *pack, const char *name)
{
    static const char *const dates[] = { "from", "to", "today", NULL };
    if (g_strv_contains(dates, name))
        return "TEXT";
    const HjParam *param = hj_pack_param_named(pack, name);
    if (param == NULL)
        return NULL;
    bool text = param->type == HJ_FIELD_TEXT || param->type == HJ_FIELD_DATE;
    return text ? "TEXT" : "BIGINT";
}

/* Every name must be known; afterwards each $n carries its type, so that a date compared with a
 * number is found where types are checked. */
static char *
bind_names(Check *c, const char *text, const HjSource *at)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *numbered = hj_sqlb_rewrite_names(text, &names);
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (type_of_name(c->pack, names[i]) != NULL)
            continue;
        hj_pack_problems_add(c->problems, at,
                             "there is no parameter :%s (:from, :to, :today and params.yaml)",
                             names[i]);
        return NULL;
    }
    for (const char *p = numbered; *p != '\0';) {
        const char *after = hj_lex_skip_quoted(p);
        size_t i = 0;
        if (after == p && *p == '$' && g_ascii_isdigit(p[1])) {
            for (after = p + 1; g_ascii_isdigit(*after); after++)
                i = i * 10 + (size_t)(*after - '0');
            g_string_append_printf(out, "CAST($%zu AS %s)", i,
                                   type_of_name(c->pack, names[i - 1]));
        } else {
            after = MAX(after, p + 1);
            g_string_append_len(out, p, after - p);
        }
        p = after;
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The first name in quotes, or the last word, of a database's complaint. */
static char *
culprit_of(const char *message)
{
    const char *open = strchr(message, '"');
    const char *close = open != NULL ? strchr(open + 1, '"') : NULL;
    if (close != NULL)
        return g_strndup(open + 1, (size_t)(close - open - 1));
    const char *colon = g_strrstr(message, ": ");
    if (colon != NULL)
        return g_strdup(colon + 2);
    const char *column = g_str_has_prefix(message, "column ") ? message + 7 : "";
    return g_strndup(column, strcspn(column, " "));
}

/* The line the complaint is about, as far as it can be told. */
static HjSource
line_of(const HjPackSql *sql, const char *message)
{
    HjSource at = sql->at;
    g_autofree char *name = culprit_of(message);
    const char *found = name[0] != '\0' ? strstr(sql->text, name) : NULL;
    for (const char *p = sql->text; found != NULL && p < found; p++)
        at.line += *p == '\n';
    return at;
}

/* The first line of @message: PostgreSQL adds hints below. */
static void
say_refused(Check *c, const HjPackSql *sql, const char *what, const char *message)
{
    HjSource at = line_of(sql, message);
    hj_pack_problems_add(c->problems, &at, "%s: %.*s", what, (int)strcspn(message, "\n"),
                         message);
}

/* false and a problem when @text, which stands around @sql, cannot be prepared. */
static bool
prepare(Check *c, const HjPackSql *sql, const char *what, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bound = bind_names(c, text, &sql->at);
    if (bound == NULL)
        return false;
    if (hj_tx_check_pack(c->tx, bound, &error))
        return true;
    say_refused(c, sql, what, error->message);
    return false;
}

/* Like prepare, but says @why instead of the database's words. */
static bool demand(Check *c, const HjPackSql *sql, const char *why, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool
demand(Check *c, const HjPackSql *sql, const char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *bound = bind_names(c, text, &sql->at);
    if (bound != NULL && hj_tx_check_pack(c->tx, bound, NULL))
        return true;
    hj_pack_problems_add(c->problems, &sql->at, "%s", why);
    return false;
}

static void
check_rules(Check *c, const HjLedger *ledger)
{
    for (size_t i = 0; i < ledger->n_must; i++) {
        const HjPackSql *rule = &ledger->must[i].rule;
        g_autofree char *text =
            g_strdup_printf("SELECT CASE WHEN NOT (%s\n) THEN 1 ELSE 0 END AS r0 FROM \"%s\"",
                            rule->text, ledger->name);
        prepare(c, rule, "the rule", text);
    }
}

static void
check_guards(Check *c, const HjLedger *ledger)
{
    const HjFlow *flow = ledger->flow;
    for (size_t i = 0; flow != NULL && i < flow->n_nodes; i++)
        for (size_t k = 0; k < flow->nodes[i].n_guards; k++) {
            const HjPackSql *rule = &flow->nodes[i].guards[k].rule.rule;
            g_autofree char *text = g_strdup_printf(
                "SELECT CASE WHEN NOT (%s\n) THEN 1 ELSE 0 END AS r0 FROM \"%s\"", rule->text,
                ledger->name);
            prepare(c, rule, "the guard", text);
        }
}

/* org, ledger, id */
static void
check_rows(Check *c, const HjPackSql *sql, const char *what)
{
    g_autofree char *columns =
        g_strdup_printf("%s: the columns must be org, ledger and id", what);
    g_autofree char *types =
        g_strdup_printf("%s: org and id must be whole numbers and ledger text", what);
    if (prepare(c, sql, what, sql->text) &&
        demand(c, sql, columns, "SELECT x.org, x.ledger, x.id FROM (%s\n) AS x", sql->text))
        demand(c, sql, types,
               "SELECT substr('a', x.org), substr('a', x.id), lower(x.ledger)"
               " FROM (%s\n) AS x",
               sql->text);
}

static void
check_indicator(Check *c, const HjIndicator *indicator)
{
    if (indicator->cadence != NULL)
        return;
    const HjPackSql *sql = &indicator->sql;
    if (prepare(c, sql, "sql", sql->text) &&
        demand(c, sql, "sql: the columns must be org, numerator and denominator",
               "SELECT x.org, x.numerator, x.denominator FROM (%s\n) AS x", sql->text))
        demand(c, sql, "sql: org, numerator and denominator must be whole numbers",
               "SELECT substr('a', x.org), substr('a', x.numerator), substr('a', x.denominator)"
               " FROM (%s\n) AS x",
               sql->text);
    check_rows(c, &indicator->evidence, "evidence");
    if (indicator->missing.text != NULL)
        check_rows(c, &indicator->missing, "missing");
}

static void
check_condition(Check *c, const HjLedger *ledger, const HjPackSql *when, const char *column)
{
    g_autofree char *text =
        g_strdup_printf("SELECT id, org, \"%s\" AS mark FROM \"%s\" WHERE (%s\n) ORDER BY id",
                        column != NULL ? column : "id", ledger->name, when->text);
    prepare(c, when, "when", text);
}

static void
check_cadence(Check *c, const HjCadence *cadence)
{
    if (cadence->when.text != NULL)
        check_condition(c, cadence->ledger, &cadence->when, cadence->date);
    if (cadence->only.text == NULL)
        return;
    g_autofree char *text =
        g_strdup_printf("WITH p (period_from, period_to) AS (VALUES ('2018-01-01', "
                        "'2018-01-31')) SELECT o.id AS id FROM p JOIN org o ON (%s\n)",
                        cadence->only.text);
    prepare(c, &cadence->only, "only", text);
}

static void
check_scheme(Check *c, const HjScheme *scheme)
{
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++) {
            const HjSchemeItem *item = &scheme->lists[l].items[i];
            if (item->ledger != NULL)
                check_condition(c, item->ledger, &item->when, item->mark);
        }
    for (size_t i = 0; i < scheme->n_vetoes; i++)
        check_condition(c, scheme->vetoes[i].ledger, &scheme->vetoes[i].when,
                        scheme->vetoes[i].document_field);
    const HjVeto *unless = &scheme->step_up.unless;
    if (unless->ledger != NULL)
        check_condition(c, unless->ledger, &unless->when, unless->document_field);
}

bool
hj_packcheck_sql(HjStore *store, const HjPack *pack, HjPackProblems *problems, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    Check c = { tx, pack, problems };
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        check_rules(&c, &pack->ledgers[i]);
        check_guards(&c, &pack->ledgers[i]);
    }
    for (size_t i = 0; i < pack->n_indicators; i++)
        check_indicator(&c, &pack->indicators[i]);
    for (size_t i = 0; i < pack->n_cadences; i++)
        check_cadence(&c, &pack->cadences[i]);
    for (size_t i = 0; i < pack->n_schemes; i++)
        for (size_t k = 0; k < pack->schemes[i].n_versions; k++)
            check_scheme(&c, pack->schemes[i].versions[k]);
    return true;
}
