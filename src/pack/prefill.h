/* prefill: figures that a row takes over from records, and remarks made on a row.
 *
 * Nothing that the records say is typed again: while a row stands at its first step the figures
 * of its organization and period are computed live; when it leaves that step they are kept as
 * text.  Rows without a flow keep them when they are made.
 *
 * Units    none
 * Owns     the HjPack
 * Threads  any
 * Source   domain.md 9.3 (pre-filled from existing records), F-06; docs/pack.md (prefill) */
#pragma once

#include "pack/cadence.h"
#include "pack/scoring.h"

/* What stands in the field of a new row at first. */
typedef enum {
    HJ_BEGINS_EMPTY,
    HJ_BEGINS_TODAY,
    HJ_BEGINS_THIS_MONTH,
    HJ_BEGINS_LAST_MONTH,
    HJ_BEGINS_THIS_YEAR,
    HJ_BEGINS_LAST_YEAR,
} HjBegins;

typedef struct HjPrefill {
    const HjReport *report;
    const char *period; /* a field: month, date, or text of four digits for a year */
    HjField *into;      /* of the same ledger: long text that the program fills */
    HjEvery every;
    int before; /* so many periods earlier */
    const char **of;
    size_t n_of; /* figures of the organization of these kinds that it is or stands under;
                    none: its own */
    HjSource at;
} HjPrefill;

/* Each remark is a row of a child ledger; the page that goes through rows one by one asks for
 * it.  Names of fields: the remark and the day it was made on; @act is done with one click,
 * @due of the remark then lies @days off. */
typedef struct HjRemarks {
    const HjLedger *ledger;
    const char *text, *on;
    const char *act, *due;
    int days;
    HjSource at;
} HjRemarks;

/* The @before-th period of @every before the one that holds @day. */
void hj_prefill_period(const HjPrefill *prefill, HjDate day, HjDate *ret_from, HjDate *ret_to);
