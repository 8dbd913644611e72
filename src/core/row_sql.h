/* row_sql: the pieces of SQL that reading and listing rows share.
 *
 * A statement reads the table of a ledger as "r"; a cited row answers with its title.
 *
 * Units    none
 * Owns     nothing
 * Threads  one at a time
 * Source   design.md 5 */
#pragma once

#include "core/row.h"

/* "t_<ledger>" r */
void hj_row_sql_from(HjSqlb *b, const HjLedger *ledger);
/* The stored columns: county, id, org, parent, state, version, times, fields; a field hidden
 * from the actor reads as NULL. */
void hj_row_sql_stored(HjSqlb *b, const HjActor *actor, const HjLedger *ledger);
/* The columns that hj_row_get promises, out of r with the stored ones. */
void hj_row_sql_shown(HjSqlb *b, const HjActor *actor, const HjLedger *ledger);

/* The tables those columns come from, to be joined to r; they never drop or repeat a row, but a
 * database may mix the order: sort again. */
void hj_row_sql_joins(HjSqlb *b, const HjLedger *ledger);

/* The field whose value names a row, or NULL. */
const HjField *hj_row_sql_title(const HjLedger *ledger);
/* The title of row r of @ledger. */
void hj_row_sql_title_of(HjSqlb *b, const HjActor *actor, const HjLedger *ledger);

/* "%text%" in small letters with the wildcards escaped by a backslash; caller owns. */
char *hj_row_sql_like(const char *text);
/* " AND (… matches @q)": title, pinyin and initials of the row unless its title is hidden from
 * @actor, with @orgs also of its organization. */
void hj_row_sql_search(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                       const char *q, bool orgs);
/* " AND (…)": rows of @ledger that the actor may cite: the own scope; persons also from the
 * organizations above the own ones, where one's leaders are. */
void hj_row_sql_citable(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjLedger *ledger);
