/* views_security: what the pages of signing in, sessions, proxies, settings and rights show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   domain.md 10.4; design.md 6 */
#pragma once

#include "web/views_admin.h"

/* clang-format off */
/* The second half of signing in. */
typedef struct {
    HjPage page;
    const char *stage, *error;
    const char *password_wrong, *again_wrong;
    HjFormWrong wrong;
} HjStageView;

typedef struct { const char *text; } HjCodeItem;
typedef struct {
    HjPage page;
    bool on, required, offered, enrol;
    const char *secret, *uri, *qr, *box; int qr_size; /* to set it up */
    HjTime since; int64_t n_left;
    HjCodeItem *codes; size_t n_codes; /* shown once */
    const char *error, *next_href;
} HjSecondView;

typedef struct { HjPage page; const char *name, *password, *href; } HjOnceView;

typedef struct { HjPage page; HjFormField *fields; size_t n_fields; HjFormWrong wrong; } HjSettingsView;

typedef struct { const char *who, *href, *role, *org, *org_href, *why, *hidden, *deputy; bool enters; } HjSeerItem;
typedef struct {
    HjPage page;
    const char *about, *about_href, *ledger, *org, *back_href;
    HjOption *ledgers; size_t n_ledgers;
    HjOrgPick pick;
    bool asked;
    HjSeerItem *seers; size_t n_seers;
} HjRightsView;
/* clang-format on */
