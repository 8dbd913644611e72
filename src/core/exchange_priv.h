/* exchange_priv: what the files of exchange share: the organizations by name, what was looked
 * up already.
 *
 * Units    none
 * Owns     the HjExchange
 * Threads  one at a time
 * Source   core/exchange.h */
#pragma once

#include "core/exchange.h"
#include "core/org.h"

/* also: hj_exchange_ */

typedef struct {
    HjOrgTree *tree;
    GHashTable *by_name; /* plain name → GArray of index into tree */
    signed char *stand;  /* an organization: 0 not asked yet, 1 may be entered, -1 may not */
    GHashTable *cited;   /* "ledger|org|text" → int64_t id */
    GHashTable *twice;   /* ledger name → GHashTable of titles that name several rows */
} HjExchangePriv;

/* Without spaces and stars, in small letters and half width: as headings and names compare. */
char *hj_exchange_plain(const char *text);
/* "甲镇/大李庄村": the name, with what stands above it where the name alone is not enough. */
char *hj_exchange_org_label(HjExchange *exchange, size_t i);
bool hj_exchange_org_fits(const HjLedger *ledger, const HjOrg *org);
/* May a row of the ledger be entered there? */
bool hj_exchange_enters(HjExchange *exchange, HjTx *tx, size_t i, bool *ret, GError **error);
bool hj_exchange_load_orgs(HjExchange *exchange, HjTx *tx, GError **error);
/* The organizations are read anew. */
void hj_exchange_forget(HjExchange *exchange);
/* Does this title name several rows of the ledger? */
bool hj_exchange_is_twice(HjExchange *exchange, HjTx *tx, const HjLedger *ledger,
                          const char *title, bool *ret, GError **error);
/* Adds an issue that is not a literal format: both languages are given. */
void hj_exchange_say(HjIssues *issues, const char *field, const char *code, const char *zh,
                     const char *en);
