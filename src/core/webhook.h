/* webhook: other systems are told that something was recorded; kept by administrators.
 *
 * What is told is which row changed and how, never what it holds: the other system asks the API
 * with a token of its own.  Addresses must stand in the configuration.  A secret is derived
 * from the data directory's key and a number, so no database holds one; after a change of
 * secret both sign for a day.
 *
 * Units    microseconds
 * Owns     as named
 * Threads  the transaction's; HjWebhookRules any
 * Source   features.md 156; design.md 11 (exposure) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

#define HJ_WEBHOOK_SECRET_CHARS 69 /* "hjwh_" and 64 hexadecimal digits */
#define HJ_WEBHOOK_OVERLAP_US (INT64_C(86400) * 1000000)

/* What the configuration allows: @allow "https://host[:port] …", @private_ok "10.1.2.3 …". */
typedef struct HjWebhookRules HjWebhookRules;
HjWebhookRules *hj_webhook_rules_new(const char *allow, const char *private_ok);
void hj_webhook_rules_free(HjWebhookRules *rules);
size_t hj_webhook_rules_count(const HjWebhookRules *rules); /* 0: webhooks are off */
const char *hj_webhook_rules_origin(const HjWebhookRules *rules, size_t i);
const char *const *hj_webhook_rules_private(const HjWebhookRules *rules);
/* The URL is well formed, without user or fragment, and its origin is allowed. */
bool hj_webhook_rules_allow(const HjWebhookRules *rules, const char *url);

/* Kinds of event one may ask for, NULL-ended. */
extern const char *const hj_webhook_kinds[];

typedef struct {
    const char *name;
    const char *url;
    const char *const *ledgers; /* NULL-ended, empty: all */
    const char *const *kinds;   /* NULL-ended, empty: all */
    int64_t org;                /* and what lies below */
} HjWebhookWish;

/* Each: NOT_FOUND out of scope, DENIED without account.manage at the webhook's place. */
bool hj_webhook_create(HjTx *tx, const HjActor *actor, const HjWebhookRules *rules,
                       const HjWebhookWish *wish, HjIssues *issues, int64_t *ret_id,
                       GError **error);
bool hj_webhook_rotate(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
bool hj_webhook_pause(HjTx *tx, const HjActor *actor, int64_t id, bool paused, GError **error);
bool hj_webhook_remove(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
bool hj_webhook_resend(HjTx *tx, const HjActor *actor, int64_t id, int64_t delivery,
                       GError **error);

/* Columns id, name, url, ledgers, kinds (",a,b," or ""), org_code, org_name, secret_no,
 * rotated_at, paused, created_at, waiting, dead, last_at.  @id 0: all in scope. */
HjRows *hj_webhook_list(HjTx *tx, const HjActor *actor, int64_t id, GError **error);
/* Columns id, event, action, ledger, row_id, version, at, state, tries, next_at, status, why,
 * took_ms, ended_at; newest first, below @before unless 0. */
HjRows *hj_webhook_deliveries(HjTx *tx, const HjActor *actor, int64_t id, int64_t before,
                              int limit, GError **error);

/* The secret with a number; false where the keys are not at hand. */
bool hj_webhook_secret(HjStore *store, int64_t id, int64_t number,
                       char ret[HJ_WEBHOOK_SECRET_CHARS + 1]);
/* "t=SECONDS,v1=HEX[,v1=HEX]"; caller owns. */
char *hj_webhook_signature(const char *const *secrets, size_t n, int64_t seconds,
                           const char *body, size_t n_body);
