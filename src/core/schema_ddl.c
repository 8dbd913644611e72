#include "core/schema_ddl.h"

#include "base/crypto.h"
#include "core/field.h"
#include "store/sqlb.h"

#include <string.h>

/* The columns of every ledger before its fields; parent follows. */
#define FIXED_COLUMNS                                                                          \
    " (\n  county {id}, id {id}, org {id}, state {text} NOT NULL, version {i64} NOT NULL,\n"   \
    "  created_at {i64} NOT NULL, created_by {i64} NOT NULL, updated_at {i64} NOT NULL,\n"     \
    "  updated_by {i64} NOT NULL, voided_at {i64}, title_key {text}, title_py {text},\n  "

/* Sealed numbers are found by their keyed hash; free text is not looked for. */
static bool
is_looked_up(const HjField *field)
{
    return hj_pack_field_is_sealed(field) && field->type != HJ_FIELD_SEALED;
}

char *
hj_schema_ddl_type(const HjField *field)
{
    const char *name = hj_pack_field_type_name(field->type);
    if (field->type == HJ_FIELD_DECIMAL)
        return g_strdup_printf("%s(%d)", name, field->scale);
    if (field->type == HJ_FIELD_ROW)
        return g_strdup_printf("%s(%s)", name, field->ledger->name);
    return g_strdup(name);
}

static void
column(HjSqlb *b, const HjField *field)
{
    hj_sqlb_ident(b, NULL, field->name);
    if (field->type == HJ_FIELD_BOOL)
        hj_sqlb_lit(b, " {bool}");
    else if (hj_field_is_number(field))
        hj_sqlb_lit(b, " {i64}");
    else
        hj_sqlb_lit(b, " {text}");
}

static void
cite(HjSqlb *b, const char *field, const HjLedger *ledger)
{
    hj_sqlb_lit(b, ",\n  FOREIGN KEY (county, ");
    hj_sqlb_ident(b, NULL, field);
    hj_sqlb_lit(b, ") REFERENCES ");
    if (ledger != NULL)
        hj_sqlb_ident(b, "t_", ledger->name);
    else
        hj_sqlb_lit(b, "sys_org");
    hj_sqlb_lit(b, " (county, id)");
}

void
hj_schema_ddl_table(HjSqlb *b, const HjLedger *ledger, GHashTable *ready)
{
    hj_sqlb_lit(b, "CREATE TABLE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, FIXED_COLUMNS);
    if (ledger->in != NULL)
        hj_sqlb_lit(b, "parent {id}");
    else
        hj_sqlb_lit(b, "parent {i64}");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        hj_sqlb_lit(b, ",\n  ");
        column(b, &ledger->fields[i]);
    }
    hj_sqlb_lit(b, ",\n  PRIMARY KEY (county, id)");
    cite(b, "org", NULL);
    if (ledger->in != NULL && g_hash_table_contains(ready, ledger->in->name))
        cite(b, "parent", ledger->in);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->type == HJ_FIELD_ORG)
            cite(b, field->name, NULL);
        else if (hj_field_cites_row(field) && g_hash_table_contains(ready, field->ledger->name))
            cite(b, field->name, field->ledger);
    }
    hj_sqlb_lit(b, "\n);\n");
}

void
hj_schema_ddl_add(HjSqlb *b, const HjLedger *ledger, const HjField *field)
{
    hj_sqlb_lit(b, "ALTER TABLE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " ADD COLUMN ");
    column(b, field);
    hj_sqlb_lit(b, ";\n");
}

void
hj_schema_ddl_rename(HjSqlb *b, const HjLedger *ledger, const char *from, const char *to)
{
    hj_sqlb_lit(b, "ALTER TABLE ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " RENAME COLUMN ");
    hj_sqlb_ident(b, NULL, from);
    hj_sqlb_lit(b, " TO ");
    hj_sqlb_ident(b, NULL, to);
    hj_sqlb_lit(b, ";\n");
}

void
hj_schema_ddl_drop_view(HjSqlb *b, const HjLedger *ledger)
{
    hj_sqlb_lit(b, "DROP VIEW IF EXISTS ");
    hj_sqlb_ident(b, NULL, ledger->name);
    hj_sqlb_lit(b, ";\n");
}

void
hj_schema_ddl_view(HjSqlb *b, const HjLedger *ledger)
{
    hj_sqlb_lit(b, "CREATE VIEW ");
    hj_sqlb_ident(b, NULL, ledger->name);
    hj_sqlb_lit(b, " AS SELECT id, org, state, version, parent, created_at, updated_at");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        /* No rule, indicator or score can count pictures (domain.md F-04). */
        if (ledger->fields[i].type == HJ_FIELD_FILES)
            continue;
        hj_sqlb_lit(b, ", ");
        hj_sqlb_ident(b, NULL, ledger->fields[i].name);
    }
    hj_sqlb_lit(b, "\n  FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " WHERE county = {this_county} AND voided_at IS NULL;\n");
}

/* An index is named after the columns, so that another date field is another index; the name
 * is a digest because two identifiers together are longer than PostgreSQL keeps. */
static void
index_name(HjSqlb *b, const HjLedger *ledger, const char *name, const char *rest)
{
    uint8_t digest[HJ_SM3_BYTES];
    g_autofree char *what = g_strdup_printf("%s.%s.%s", ledger->name, name, rest);
    hj_crypto_sm3(what, strlen(what), digest);
    g_autofree char *hex = hj_crypto_hex(digest, 8);
    g_autofree char *index = g_strdup_printf("x%s", hex);
    hj_sqlb_ident(b, "i_", index);
}

static void
begin_index(HjSqlb *b, const HjLedger *ledger, const char *name, const char *rest)
{
    hj_sqlb_lit(b, "CREATE INDEX IF NOT EXISTS ");
    index_name(b, ledger, name, rest);
    hj_sqlb_lit(b, " ON ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " (county, ");
    hj_sqlb_ident(b, NULL, name);
}

/* The id makes it the order of a list, the owner lets a list pass over rows out of scope
 * without reading them. */
static void
add_order(HjSqlb *b, const HjLedger *ledger, const char *name)
{
    begin_index(b, ledger, name, "id.org");
    hj_sqlb_add_literal(b, strcmp(name, "org") == 0 ? ", id);\n" : ", id, org);\n");
}

/* What is only looked up by its value: rows without one need no place.  Takes the place of the
 * whole index that a county may have from before. */
static void
add_lookup(HjSqlb *b, const HjLedger *ledger, const char *name)
{
    hj_sqlb_lit(b, "DROP INDEX IF EXISTS ");
    index_name(b, ledger, name, "id.org");
    hj_sqlb_lit(b, ";\n");
    begin_index(b, ledger, name, "id.org.given");
    hj_sqlb_lit(b, ", id, org) WHERE ");
    hj_sqlb_ident(b, NULL, name);
    hj_sqlb_lit(b, " IS NOT NULL;\n");
}

static bool
is_ordered_by(const HjLedger *ledger, const HjField *field)
{
    return g_strcmp0(field->name, ledger->date_field) == 0 ||
           g_strcmp0(field->name, ledger->sort_field) == 0;
}

void
hj_schema_ddl_indexes(HjSqlb *b, const HjLedger *ledger)
{
    const char *sort = ledger->sort_field;
    if (sort != NULL && g_strcmp0(sort, ledger->title_field) == 0)
        sort = "title_key";
    add_order(b, ledger, "org");
    if (ledger->in != NULL)
        add_order(b, ledger, "parent");
    if (ledger->date_field != NULL)
        add_order(b, ledger, ledger->date_field);
    if (sort != NULL && g_strcmp0(sort, ledger->date_field) != 0)
        add_order(b, ledger, sort);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if ((hj_field_cites_row(field) || is_looked_up(field)) && !is_ordered_by(ledger, field))
            add_lookup(b, ledger, field->name);
    }
}
