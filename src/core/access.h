/* access: the one place that decides who may do what to which rows.
 *
 * A permission answers "may this kind of thing be done"; the scope answers "to which
 * organizations": the subtree below each grant whose role has the permission.  Outside the
 * scope things look absent (NOT_FOUND); inside but not permitted they are DENIED.
 *
 * Permissions  ledger.view ledger.enter org.view org.manage account.manage event.view
 *              indicator.view indicator.manage scheme.view scheme.compute report.view
 *              pack.view
 *
 * Units    none
 * Owns     nothing
 * Threads  the transaction's
 * Source   design.md 6, interface.md (roles, scope) */
#pragma once

#include "core/actor.h"
#include "store/sqlb.h"

#define hj_access_permissions hj_pack_permissions /* NULL-ended; pack check refuses others */

/* Somewhere at all. */
bool hj_access_may(const HjActor *actor, const char *permission);
/* In all of the county. */
bool hj_access_may_everywhere(const HjActor *actor, const char *permission);
/* The organization lies below any grant. */
bool hj_access_sees_org(HjTx *tx, const HjActor *actor, int64_t org);
/* At this organization: NOT_FOUND outside every grant, DENIED inside without the permission. */
bool hj_access_check(HjTx *tx, const HjActor *actor, const char *permission, int64_t org,
                     GError **error);

typedef enum { HJ_ACCESS_VIEW, HJ_ACCESS_ENTER } HjAccessVerb;
/* The ledger's own see/enter lists on top of ledger.view / ledger.enter. */
bool hj_access_may_ledger(const HjActor *actor, const HjLedger *ledger, HjAccessVerb verb);
bool hj_access_check_row(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                         HjAccessVerb verb, int64_t org, GError **error);
/* A role that is named in @roles (",a,b,") and enters ledgers is held at @org or above it. */
bool hj_access_check_roles(HjTx *tx, const HjActor *actor, const char *roles, int64_t org,
                           GError **error);
/* The same for a role that need not enter anything. */
bool hj_access_check_told(HjTx *tx, const HjActor *actor, const char *roles, int64_t org,
                          GError **error);
/* Whether a role sees the rows of a ledger below where it is held. */
bool hj_access_role_sees(const HjRole *role, const HjLedger *ledger);
/* Every role held that sees the ledger is one the field is hidden from. */
bool hj_access_field_hidden(const HjActor *actor, const HjField *field);

/* Appends a condition "AND <column> lies in the scope", nothing where all of the county is in
 * it; @column is a literal such as "r.org".  @ledger may be NULL: then the grants with
 * @permission count. */
void hj_access_scope(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission,
                     const HjLedger *ledger, const char *column);
/* Appends a condition "(<roles> names a role of the actor's that has @permission, held at or
 * above <org>)"; the columns are literals, a list of roles is written ",a,b,". */
void hj_access_roles(HjSqlb *b, HjTx *tx, const HjActor *actor, const char *permission,
                     const char *roles, const char *org);
/* The organizations below @tops, as what stands between the brackets of IN ( ): the ids
 * themselves where they are few, so that a database goes straight to their rows, otherwise a
 * subselect. */
void hj_access_subtrees(HjSqlb *b, HjTx *tx, const int64_t *tops, size_t n);
