/* views_sealed: what the pages about sealed values show.
 *
 * Units    none
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 11 (logged reads), domain.md 10.5 */
#pragma once

#include "web/views_ledger.h"

/* clang-format off */
typedef struct { const char *title, *subtitle; HjFact *facts; size_t n_facts; } HjSealedSection;
typedef struct {
    HjPage page;
    const char *lead, *subtitle, *action, *cancel_href, *button, *reason, *wrong;
    int64_t limit;
    bool shown;
    HjSealedSection *sections; size_t n_sections;
} HjUnmaskView;
typedef struct {
    HjPage page;
    const char *action, *cancel_href, *value, *wrong;
    HjOption *fields; size_t n_fields;
} HjFindView;
typedef struct { const char *title, *kind, *purpose, *basis, *keep; bool assumption; } HjPrivacyField;
typedef struct { const char *title, *who_sees; HjPrivacyField *fields; size_t n_fields; } HjPrivacyLedger;
typedef struct {
    HjPage page;
    const char *purge_href;
    HjPrivacyLedger *ledgers; size_t n_ledgers;
} HjPrivacyView;
typedef struct { const char *ledger, *field, *href, *org; HjDate ended_on; } HjPurgeItem;
typedef struct { HjPage page; HjPurgeItem *items; size_t n_items; bool more; } HjPurgeView;
/* clang-format on */
