/* sqlb: SQL assembled from literals, checked identifiers and parameters, and from nothing else.
 *
 * Units    none
 * Owns     copies parameters; hj_sqlb_free
 * Threads  one at a time
 * Source   style.md 2.6.7 */
#pragma once

#include "store/store.h"

typedef struct HjSqlb HjSqlb;

HjSqlb *hj_sqlb_new(void);
void hj_sqlb_free(HjSqlb *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjSqlb, hj_sqlb_free)

void hj_sqlb_add_literal(HjSqlb *b, const char *literal);
#define hj_sqlb_lit(b, literal) hj_sqlb_add_literal((b), "" literal "")
/* A quoted identifier, with an optional literal prefix inside the quotes ("t_"); aborts unless
 * ^[a-z][a-z0-9_]{0,47}$. */
void hj_sqlb_ident(HjSqlb *b, const char *prefix, const char *name);
void hj_sqlb_param(HjSqlb *b, HjVal value); /* writes $n and keeps a copy */
/* An expression of a pack that pack check accepted; :names are replaced by the named values. */
void hj_sqlb_pack_text(HjSqlb *b, const char *text);

const char *hj_sqlb_text(const HjSqlb *b);
HjRows *hj_sqlb_query(HjSqlb *b, HjTx *tx, GError **error);
HjRows *hj_sqlb_query_pack(HjSqlb *b, HjTx *tx, GError **error);
bool hj_sqlb_scan(HjSqlb *b, HjTx *tx, HjScanFn fn, gpointer data, GError **error);
bool hj_sqlb_exec(HjSqlb *b, HjTx *tx, int64_t *ret_changes, GError **error);
bool hj_sqlb_put(HjSqlb *b, HjTx *tx, GError **error); /* store/behind.h */

/* Rewrites :name to $n (outside quotes and comments, not ::casts); names appear once each in
 * @ret_names, in the order of their numbers (NULL-ended, caller frees with g_strfreev). Returns
 * the new text, caller owns. */
char *hj_sqlb_rewrite_names(const char *sql, char ***ret_names);
