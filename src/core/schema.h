/* schema: the typed tables of a pack's ledgers.
 *
 * A ledger becomes the table t_<ledger> with its fields and the columns county, id, org, state,
 * version, created_at, created_by, updated_at, updated_by, voided_at, parent (child rows), and
 * the view <ledger> of its live rows, which is what pack SQL reads.  A field is never dropped
 * or retyped.
 *
 * Units    column types: text, i64, bool as store/driver says
 * Owns     HjSchemePlan lines belong to the plan
 * Threads  one, before serving
 * Source   design.md 3, 5 */
#pragma once

#include "pack/pack.h"
#include "store/store.h"

typedef struct {
    GPtrArray *lines; /* of char *: "+ table problem_item", "+ field problem_item.detail text",
                         "~ rename …", "! drop … refused: …" */
    bool refused;     /* a line begins with "!" */
    bool empty;
} HjSchemaPlan;
void hj_schema_plan_clear(HjSchemaPlan *plan);
bool hj_schema_plan(HjTx *tx, const HjPack *pack, HjSchemaPlan *ret, GError **error);

/* Creates and alters tables, views and indexes, records sys_field and sys_pack, appends a
 * pack.load event. CONFLICT when the plan is refused. */
bool hj_schema_apply(HjTx *tx, const HjPack *pack, GError **error);

/* The versions of the rules that were loaded, the newest first, behind @before (0: all): id,
 * name, version, digest, loaded_at, loaded_by (NULL: the operator of the machine), lines: JSON
 * {zh: […], en: […]} of what it changed, NULL where it was not recorded. */
HjRows *hj_schema_packs(HjTx *tx, int64_t before, int limit, GError **error);

/* Makes every table, view and index of a pack in an empty database, for rows that were copied:
 * nothing is recorded and no event appended.  @has says which fields had columns. */
typedef bool (*HjSchemaHas)(gpointer data, const char *ledger, const char *field);
bool hj_schema_build(HjTx *tx, const HjPack *pack, HjSchemaHas has, gpointer data,
                     GError **error);

/* Tells the planner how large the ledgers are: without it SQLite takes the index of a date for
 * narrower than that of an organization, and a ranking takes seconds. */
bool hj_schema_gather_statistics(HjStore *store, const HjPack *pack, GError **error);
