/* lex: what may stand in SQL that a pack brings, read word by word before a database sees it.
 *
 * The same text is accepted or refused on both databases: one SELECT, functions of one list,
 * no name of the program's own tables, nothing that the two quote differently.
 *
 * Units    none
 * Owns     nothing
 * Threads  any
 * Source   design.md 11 (pack SQL) */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The end of a quoted run or comment that starts at @p; @p itself when none starts there. */
const char *hj_lex_skip_quoted(const char *p);

/* INVALID with the reason.  Where they are not NULL, appends every name that @sql writes and
 * those that a WITH defines, in lower case, to be freed. */
bool hj_lex_check_pack(const char *sql, GPtrArray *names, GPtrArray *with_names,
                       GError **error);

/* Whether a pack may call @name (lower case). */
bool hj_lex_is_pack_function(const char *name);
