/* span: how long something in a flow may last, and what follows when it lasts longer.
 *
 * Units    days, working days or months; a span may name a parameter instead of a number
 * Owns     the HjPack
 * Threads  any
 * Source   domain.md ARI-4 to ARI-6, VER-1 to VER-4; docs/pack.md */
#pragma once

#include "pack/ledger.h"

typedef enum { HJ_SPAN_NONE, HJ_SPAN_DAYS, HJ_SPAN_WORKDAYS, HJ_SPAN_MONTHS } HjSpanUnit;
typedef struct {
    HjSpanUnit unit;
    int n;                /* when @param is NULL */
    const HjParam *param; /* its value on the day of the case's rules (VER-1) */
    const char *from;     /* date field to count from; NULL: the day the node was entered */
    /* (a span of no days from a field ends on the day in it) */
    const char *rule; /* id of the rule it comes from, "DEV-02", or NULL */
} HjSpan;

/* What is overdue becomes a row of a ledger that supervises, once. */
typedef struct {
    const HjLedger *ledger; /* NULL: nothing is opened */
    HjSpan after;           /* counted from the last day; NONE: at once */
    HjSpan escalate;        /* counted from the day it was opened; NONE: never */
    const char **to;
    size_t n_to; /* roles that are told then */
} HjSupervise;

/* More time for the node an action leads to: as many days as a field says, at most @most in all
 * visits, or those the row spent at the node it leaves (a hearing is not counted). */
typedef struct {
    bool spent;
    const char *field; /* a whole number; NULL: @spent, or nothing */
    HjSpan most;       /* in days */
} HjExtend;
