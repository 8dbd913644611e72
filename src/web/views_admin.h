/* views_admin: what the pages of accounts, audit and rules show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7 (administration) */
#pragma once

#include "web/views_org.h"

/* clang-format off */
typedef enum { HJ_ACCOUNT_ACTIVE, HJ_ACCOUNT_LOCKED, HJ_ACCOUNT_DISABLED } HjAccountState;
typedef struct { const char *name, *device, *remote; HjTime since, seen; bool own, program, acting; } HjSessionItem;
typedef struct { const char *action, *from; HjTime at; bool bad; } HjSignInItem;
typedef struct {
    const char *action; /* where a session is ended; NULL: only read */
    HjSessionItem *sessions; size_t n_sessions; HjSignInItem *sign_ins; size_t n_sign_ins;
} HjSessionsView;

typedef struct { const char *role, *org, *org_href, *since, *until; int64_t id; bool over; } HjGrantItem;
typedef struct {
    HjPage page;
    const char *name, *title;
    HjGrantItem *grants; size_t n_grants;
    const char *old_wrong, *password_wrong, *again_wrong;
    HjFormWrong wrong;
    HjSessionsView sessions;
} HjOwnAccountView;

typedef struct { const char *href, *name, *title; HjAccountState state; HjLink *roles; size_t n_roles; HjTime last_seen; } HjAccountItem;
typedef struct {
    HjPage page;
    const char *q;
    HjAccountItem *accounts; size_t n_accounts;
    bool more, may_manage, may_grant;
    const char *backup_warning;
} HjAccountsView;

typedef struct { HjTime at; const char *kind, *file, *print, *result; int64_t rows, sealed; bool bad; } HjBackupItem;
typedef struct { HjPage page; const char *warning; HjBackupItem *items; size_t n_items; } HjBackupsView;

/* An organization typed by name, pinyin, initials or code; several answers are offered. */
typedef struct { const char *text, *wrong; HjOption *found; size_t n_found; } HjOrgPick;
typedef struct {
    HjPage page;
    HjFormField name, title, role;
    const char *password_wrong;
    HjOrgPick pick;
    HjFormWrong wrong;
    bool may_grant;
} HjAccountNewView;

typedef struct {
    const char *id, *other, *roles, *from, *to, *reason;
    bool lent, now, over, acting;
} HjProxyItem;
typedef struct {
    HjPage page;
    HjProxyItem *proxies; size_t n_proxies;
    bool may_make, may_act; const char *action;
    HjFormField deputy, from, to, reason, held;
    HjFormWrong wrong;
} HjProxiesView;

/* "Who can see this", from the side of the account. */
typedef struct { const char *title, *sees, *enters, *hidden; } HjLedgerRight;
typedef struct { const char *title, *where; } HjRight;
typedef struct {
    HjPage page;
    const char *name, *title, *action;
    HjAccountState state;
    HjTime last_seen, locked_until;
    bool own;
    HjGrantItem *grants; size_t n_grants;
    HjFormField role;
    HjOrgPick pick;
    HjFormWrong wrong;
    HjLedgerRight *ledgers; size_t n_ledgers;
    HjRight *rights; size_t n_rights;
    HjSessionsView sessions; bool may_manage, may_grant, knows_sessions, has_second;
    HjProxiesView *proxies;
} HjAccountView;

typedef struct {
    const char *action, *actor, *account, *org, *org_href, *what, *href, *reason, *hash;
    HjTime at; int64_t seq;
    HjChange *changes; size_t n_changes;
} HjAuditItem;
typedef struct {
    HjPage page;
    const char *account, *action, *under, *from, *to, *next_href, *first_href;
    HjOption *actions; size_t n_actions;
    HjOption *ledgers; size_t n_ledgers;
    HjAuditItem *events; size_t n_events;
    int64_t sealed, unsealed; const char *head;
    bool filtered;
} HjAuditView;

typedef struct { const char *name, *title, *note; } HjPackItem;
typedef struct { const char *name, *title, *source; bool assumption; int64_t expected; HjPackItem *items; size_t n_items; } HjPackList;
typedef struct { const char *from, *value, *source; } HjPackValue;
typedef struct { const char *name, *title; bool assumption; HjPackValue *values; size_t n_values; } HjPackParam;
typedef struct { const char *title, *at; HjRight *may; size_t n_may; } HjPackRole;
typedef struct { const char *title, *href, *of, *enters, *sees, *source; size_t n_fields, n_rules; bool assumption; HjRight *rules; } HjPackLedger;
typedef struct { const char *title, *href, *help, *of, *lights, *sql, *evidence; bool assumption; } HjPackIndicator;
typedef struct { const char *title, *points, *by; bool assumption, pending; } HjPackSchemeItem;
typedef struct { const char *title, *cap; HjPackSchemeItem *items; size_t n_items; } HjPackSchemeList;
typedef struct { const char *title, *href, *help, *source; bool assumption; HjPackSchemeList *lists; size_t n_lists; HjRight *vetoes; size_t n_vetoes; HjRight *bands; size_t n_bands; } HjPackScheme;
typedef struct {
    HjPage page;
    const char *name, *version, *digest, *from, *to;
    size_t n_assumed;
    HjPackRole *roles; size_t n_roles;
    HjPackLedger *ledgers; size_t n_ledgers;
    HjPackIndicator *indicators; size_t n_indicators;
    HjPackScheme *schemes; size_t n_schemes;
    HjPackList *lists; size_t n_lists;
    HjPackParam *params; size_t n_params;
} HjPackView;
/* clang-format on */
