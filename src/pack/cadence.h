/* cadence: what an organization owes every period, and what becomes of what is overdue.
 *
 * An obligation of a period is met by so many live rows that are dated inside it.  Whoever was
 * founded too late in a period, or closed before its end, owes nothing in it.
 *
 * Units    grace and warning: days
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 2, 3; domain.md 2.1 (OL-01…), 2.3, 8.1, ARI-5; docs/pack.md
 * (cadences.yaml) */
#pragma once
/* also: hj_every_ hj_amount_ */

#include "pack/flow.h"

typedef enum {
    HJ_EVERY_DUTY_DAY, /* working days of the calendar; unknown where it is not loaded */
    HJ_EVERY_WEEK,     /* Monday to Sunday */
    HJ_EVERY_MONTH,
    HJ_EVERY_QUARTER,
    HJ_EVERY_HALF_YEAR,
    HJ_EVERY_YEAR,
} HjEvery;

/* A number, or the parameter that holds it. */
typedef struct {
    int n;
    const HjParam *param;
} HjAmount;

typedef struct HjCadence {
    const char *name;
    HjLabel title;
    HjLabel help;
    const char *id;     /* of the rule it comes from, "OL-01", or NULL */
    const char *system; /* "M19" */
    const char **of;
    size_t n_of; /* kinds of organization that owe it */
    HjEvery every;
    const HjLedger *ledger;
    HjAmount count;
    HjPackSql when;   /* which rows count; no text: all */
    HjPackSql only;   /* which organizations owe it; no text: all of the kinds */
    const char *date; /* date field of the ledger */
    HjAmount grace;
    int warn;        /* yellow so many days before the end */
    HjDate from, to; /* whole periods inside owe it; HJ_DATE_NONE: open */
    const char **by;
    size_t n_by; /* roles at the organization or above it that owe it */
    HjSupervise supervise;
    const char *source;
    bool assumption;
    HjSource at;
} HjCadence;

const char *hj_every_name(HjEvery every); /* "month" */
/* The period of @every that holds @day; of the years 1900 to 9999.  A duty day is the day
 * itself, worked or not. */
void hj_every_period(HjEvery every, HjDate day, HjDate *ret_from, HjDate *ret_to);
/* At the last day of a period; -1 before the first value of a parameter. */
int hj_amount_on(const HjAmount *amount, HjDate on);
