/* views_api: what the pages of tokens, webhooks and the API itself show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "web/views_admin.h"

/* clang-format off */
typedef enum { HJ_TOKEN_LIVE, HJ_TOKEN_EXPIRED, HJ_TOKEN_REVOKED } HjTokenState;
typedef struct {
    const char *name, *tail, *ledgers, *org;
    int64_t id; bool may_write, asked /* for a reason */; HjTokenState state;
    HjTime created_at, expires_at, used_at;
    const char *account, *account_name, *href; /* in the list of all accounts */
} HjTokenItem;
typedef struct {
    HjPage page;
    const char *action, *made, *made_name, *lead; /* action NULL: all accounts */
    const char *reason, *wrong_reason;
    bool own;
    HjTokenItem *tokens; size_t n_tokens;
    HjFormField name, expires_on, access;
    HjOption *ledgers; size_t n_ledgers;
    HjOrgPick pick;
    HjFormWrong wrong;
} HjTokensView;

typedef struct { const char *href, *name, *host, *org, *what; bool paused; int64_t waiting, dead; HjTime last; } HjWebhookItem;
typedef struct {
    HjPage page;
    bool off; /* no address is allowed by the configuration */
    HjWebhookItem *webhooks; size_t n_webhooks;
} HjWebhooksView;
typedef struct { const char *kind, *ledger, *row_href, *state_text, *why, *light; int64_t id, tries, status, took_ms; HjTime at, ended_at, next_at; bool resend; } HjDeliveryItem;
typedef struct {
    HjPage page;
    const char *action, *made, *url, *org, *what, *version;
    bool paused, overlap; HjTime overlap_until;
    HjDeliveryItem *deliveries; size_t n_deliveries;
    const char *next_href;
} HjWebhookView;
typedef struct {
    HjPage page;
    const char *action;
    HjFormField name, url;
    HjOption *kinds; size_t n_kinds;
    HjOption *ledgers; size_t n_ledgers;
    HjOption *allowed; size_t n_allowed;
    HjOrgPick pick;
    HjFormWrong wrong;
} HjWebhookNewView;

typedef struct { const char *name, *in, *type; bool required; } HjApiParameterItem;
typedef struct { const char *method, *path, *summary, *may, *id, *answer; HjApiParameterItem *parameters; size_t n_parameters; } HjApiCallItem;
typedef struct { const char *title; HjApiCallItem *calls; size_t n_calls; } HjApiGroup;
typedef struct { const char *name, *type, *title, *note; bool required; } HjApiFieldItem;
typedef struct { const char *name, *title; HjApiFieldItem *fields; size_t n_fields; } HjApiLedgerItem;
typedef struct {
    HjPage page;
    HjApiGroup *groups; size_t n_groups;
    HjApiLedgerItem *ledgers; size_t n_ledgers;
} HjApiHelpView;
/* clang-format on */
