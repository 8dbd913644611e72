/* schema_ddl: the statements that make and change the table and the view of a ledger.
 *
 * Each appends to @b, so that a whole change is one script for hj_tx_ddl.
 *
 * Units    none
 * Owns     nothing
 * Threads  one at a time
 * Source   design.md 3, 5 */
#pragma once

#include "pack/pack.h"
#include "store/sqlb.h"

/* How a field is stored, with what its values mean: "text", "decimal(2)", "row(village)".  Two
 * spellings are two types.  Caller owns. */
char *hj_schema_ddl_type(const HjField *field);

/* @ready: names of the ledgers whose tables exist; only they are cited by foreign keys. */
void hj_schema_ddl_table(HjSqlb *b, const HjLedger *ledger, GHashTable *ready);
void hj_schema_ddl_add(HjSqlb *b, const HjLedger *ledger, const HjField *field);
void hj_schema_ddl_rename(HjSqlb *b, const HjLedger *ledger, const char *from, const char *to);
void hj_schema_ddl_drop_view(HjSqlb *b, const HjLedger *ledger);
void hj_schema_ddl_view(HjSqlb *b, const HjLedger *ledger);
/* By organization, parent, date, order and citation; what is there stays. */
void hj_schema_ddl_indexes(HjSqlb *b, const HjLedger *ledger);
