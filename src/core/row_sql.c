#include "core/row_sql.h"

#include "base/text.h"

/* A title that is itself a citation is followed this far. */
#define MAX_HOPS 2

#define SQL_ORG_NAME                                                                           \
    "(SELECT n.name FROM sys_org_name n WHERE n.county = r.county"                             \
    " AND n.to_on = '9999-12-31' AND n.org = "
/* Citations are joined, which opens their tables once a page and not once a row; a database
 * joins only so many tables. */
#define MAX_JOINS 32

void
hj_row_sql_from(HjSqlb *b, const HjLedger *ledger)
{
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " r");
}

static bool
is_cited(const HjField *field)
{
    return hj_field_cites_row(field) || field->type == HJ_FIELD_ORG;
}

void
hj_row_sql_stored(HjSqlb *b, const HjActor *actor, const HjLedger *ledger)
{
    hj_sqlb_lit(b, "r.county, r.id, r.org, r.parent, r.state, r.version, r.created_at,"
                   " r.created_by, r.updated_at, r.updated_by, r.voided_at");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!hj_access_field_hidden(actor, field))
            hj_sqlb_lit(b, ", r.");
        else if (hj_field_is_number(field))
            hj_sqlb_lit(b, ", CAST(NULL AS BIGINT) AS ");
        else
            hj_sqlb_lit(b, ", CAST(NULL AS TEXT) AS ");
        hj_sqlb_ident(b, NULL, field->name);
    }
}

const HjField *
hj_row_sql_title(const HjLedger *ledger)
{
    if (ledger->title_field != NULL)
        return hj_pack_field(ledger, ledger->title_field);
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].type == HJ_FIELD_TEXT)
            return &ledger->fields[i];
    return NULL;
}

static void
choice_title(HjSqlb *b, const HjActor *actor, const HjField *field, const char *alias)
{
    hj_sqlb_lit(b, "CASE ");
    hj_sqlb_add_literal(b, alias);
    hj_sqlb_lit(b, ".");
    hj_sqlb_ident(b, NULL, field->name);
    for (size_t i = 0; i < field->list->n_items; i++) {
        hj_sqlb_lit(b, " WHEN ");
        hj_sqlb_param(b, HJ_TEXT(field->list->items[i].name));
        hj_sqlb_lit(b, " THEN ");
        hj_sqlb_param(b, HJ_TEXT(hj_i18n_label(&field->list->items[i].title, actor->lang)));
    }
    hj_sqlb_lit(b, " END");
}

static void title_at(HjSqlb *b, const HjActor *actor, const HjLedger *ledger, const char *alias,
                     int hops);

/* The title of what @field of row @alias cites. */
static void
cited_title(HjSqlb *b, const HjActor *actor, const HjField *field, const char *alias, int hops)
{
    static const char *const next[] = { "x", "y", "z", "w" };
    g_assert(hops >= 0 && hops < (int)G_N_ELEMENTS(next));
    if (field->type == HJ_FIELD_ORG) {
        hj_sqlb_lit(b, SQL_ORG_NAME);
        hj_sqlb_add_literal(b, alias);
        hj_sqlb_lit(b, ".");
        hj_sqlb_ident(b, NULL, field->name);
        hj_sqlb_lit(b, ")");
        return;
    }
    const char *inner = next[hops];
    hj_sqlb_lit(b, "(SELECT ");
    title_at(b, actor, field->ledger, inner, hops + 1);
    hj_sqlb_lit(b, " FROM ");
    hj_sqlb_ident(b, "t_", field->ledger->name);
    hj_sqlb_lit(b, " ");
    hj_sqlb_add_literal(b, inner);
    hj_sqlb_lit(b, " WHERE ");
    hj_sqlb_add_literal(b, inner);
    hj_sqlb_lit(b, ".county = r.county AND ");
    hj_sqlb_add_literal(b, inner);
    hj_sqlb_lit(b, ".id = ");
    hj_sqlb_add_literal(b, alias);
    hj_sqlb_lit(b, ".");
    hj_sqlb_ident(b, NULL, field->name);
    hj_sqlb_lit(b, ")");
}

static void
title_at(HjSqlb *b, const HjActor *actor, const HjLedger *ledger, const char *alias, int hops)
{
    const HjField *title = hj_row_sql_title(ledger);
    if (title == NULL || hj_access_field_hidden(actor, title) ||
        (is_cited(title) && hops > MAX_HOPS)) {
        hj_sqlb_lit(b, "CAST(NULL AS TEXT)");
        return;
    }
    if (is_cited(title)) {
        cited_title(b, actor, title, alias, hops);
        return;
    }
    if (title->type == HJ_FIELD_CHOICE) {
        choice_title(b, actor, title, alias);
        return;
    }
    bool cast = hj_field_is_number(title);
    if (cast)
        hj_sqlb_lit(b, "CAST(");
    hj_sqlb_add_literal(b, alias);
    hj_sqlb_lit(b, ".");
    hj_sqlb_ident(b, NULL, title->name);
    if (cast)
        hj_sqlb_lit(b, " AS TEXT)");
}

void
hj_row_sql_title_of(HjSqlb *b, const HjActor *actor, const HjLedger *ledger)
{
    title_at(b, actor, ledger, "r", 0);
}

/* "l0", "l1", …: the table joined for a citation. */
static const char *
join_alias(char alias[8], size_t i)
{
    g_snprintf(alias, 8, "l%zu", i);
    return alias;
}

/* The title of what r.<field> cites; joined when it is one of the first. */
static void
label(HjSqlb *b, const HjActor *actor, const HjField *field, size_t n_before)
{
    char alias[8];
    if (n_before >= MAX_JOINS) {
        cited_title(b, actor, field, "r", 0);
    } else if (field->type == HJ_FIELD_ORG) {
        hj_sqlb_add_literal(b, join_alias(alias, n_before));
        hj_sqlb_lit(b, ".name");
    } else {
        title_at(b, actor, field->ledger, join_alias(alias, n_before), 1);
    }
}

static void
join_citation(HjSqlb *b, const HjField *field, size_t i)
{
    char alias[8];
    join_alias(alias, i);
    hj_sqlb_lit(b, " LEFT JOIN ");
    if (field->type == HJ_FIELD_ORG)
        hj_sqlb_lit(b, "sys_org_name");
    else
        hj_sqlb_ident(b, "t_", field->ledger->name);
    const char *const texts[] = { " ", alias, " ON ", alias, ".county = r.county AND ", alias };
    for (size_t k = 0; k < G_N_ELEMENTS(texts); k++)
        hj_sqlb_add_literal(b, texts[k]);
    hj_sqlb_add_literal(b, field->type == HJ_FIELD_ORG ? ".org = r." : ".id = r.");
    hj_sqlb_ident(b, NULL, field->name);
    if (field->type != HJ_FIELD_ORG)
        return;
    hj_sqlb_lit(b, " AND ");
    hj_sqlb_add_literal(b, alias);
    hj_sqlb_lit(b, ".to_on = '9999-12-31'");
}

/* AS "<field>__label"; the name was checked by the loader, the mark makes it longer than an
 * identifier of a pack may be. */
static void
label_name(HjSqlb *b, const HjField *field)
{
    g_assert(hj_text_is_identifier(field->name));
    g_autofree char *name = g_strdup_printf(" AS \"%s__label\"", field->name);
    hj_sqlb_pack_text(b, name);
}

void
hj_row_sql_shown(HjSqlb *b, const HjActor *actor, const HjLedger *ledger)
{
    hj_sqlb_lit(b,
                "r.id AS id, r.org AS org, ro.code AS org_code, rn.name AS org_name,"
                " r.parent AS parent, r.state AS state, r.version AS version,"
                " r.created_at AS created_at,"
                " COALESCE(ca.title, ca.name) AS created_by_name, r.updated_at AS updated_at,"
                " COALESCE(ua.title, ua.name) AS updated_by_name, r.voided_at AS voided_at");
    size_t n_cited = 0;
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        hj_sqlb_lit(b, ", r.");
        hj_sqlb_ident(b, NULL, field->name);
        hj_sqlb_lit(b, " AS ");
        hj_sqlb_ident(b, NULL, field->name);
        if (!is_cited(field))
            continue;
        hj_sqlb_lit(b, ", ");
        label(b, actor, field, n_cited++);
        label_name(b, field);
    }
}

void
hj_row_sql_joins(HjSqlb *b, const HjLedger *ledger)
{
    hj_sqlb_lit(b,
                " LEFT JOIN sys_org ro ON ro.county = r.county AND ro.id = r.org"
                " LEFT JOIN sys_org_name rn ON rn.county = r.county AND rn.org = r.org"
                " AND rn.to_on = '9999-12-31'"
                " LEFT JOIN sys_account ca ON ca.county = r.county AND ca.id = r.created_by"
                " LEFT JOIN sys_account ua ON ua.county = r.county AND ua.id = r.updated_by");
    size_t n_cited = 0;
    for (size_t i = 0; i < ledger->n_fields && n_cited < MAX_JOINS; i++)
        if (is_cited(&ledger->fields[i]))
            join_citation(b, &ledger->fields[i], n_cited++);
}

char *
hj_row_sql_like(const char *text)
{
    g_autofree char *low = g_ascii_strdown(text, -1);
    GString *out = g_string_new("%");
    for (const char *p = low; *p != '\0'; p++) {
        if (*p == '%' || *p == '_' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '%');
    return g_string_free(out, FALSE);
}

static void
like(HjSqlb *b, const char *pattern)
{
    hj_sqlb_lit(b, " LIKE ");
    hj_sqlb_param(b, HJ_TEXT(pattern));
    hj_sqlb_lit(b, " ESCAPE '\\'");
}

void
hj_row_sql_search(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                  const char *q, bool orgs)
{
    /* A title that the actor may not see is not found by guessing it either. */
    const HjField *title = hj_row_sql_title(ledger);
    g_autofree char *pattern = hj_row_sql_like(q);
    hj_sqlb_lit(b, " AND (");
    if (title != NULL && hj_access_field_hidden(actor, title)) {
        hj_sqlb_lit(b, "1 = 0");
    } else {
        hj_sqlb_lit(b, "r.title_py");
        like(b, pattern);
    }
    if (orgs) {
        hj_sqlb_lit(b, " OR r.org IN (SELECT n.org FROM sys_org_name n WHERE n.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
        hj_sqlb_lit(b, " AND n.to_on = '9999-12-31' AND (LOWER(n.name)");
        like(b, pattern);
        hj_sqlb_lit(b, " OR n.pinyin");
        like(b, pattern);
        hj_sqlb_lit(b, " OR n.initials");
        like(b, pattern);
        hj_sqlb_lit(b, "))");
    }
    hj_sqlb_lit(b, ")");
}

/* " OR <column> is above a grant". */
static void
or_above(HjSqlb *b, HjTx *tx, const HjActor *actor)
{
    if (actor->n_grants == 0)
        return;
    hj_sqlb_lit(b, " OR r.org IN (SELECT t.ancestor FROM sys_tree t WHERE t.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND t.to_on = '9999-12-31' AND t.org IN (");
    for (size_t i = 0; i < actor->n_grants; i++) {
        hj_sqlb_add_literal(b, i > 0 ? ", " : "");
        hj_sqlb_param(b, HJ_I64(actor->grants[i].org));
    }
    hj_sqlb_lit(b, "))");
}

void
hj_row_sql_citable(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjLedger *ledger)
{
    hj_sqlb_lit(b, " AND (1 = 1");
    hj_access_scope(b, tx, actor, "ledger.view", ledger, "r.org");
    if (g_strcmp0(ledger->is, "person") == 0 &&
        hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
        or_above(b, tx, actor);
    hj_sqlb_lit(b, ")");
}
