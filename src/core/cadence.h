/* cadence: what organizations owed in their periods, and what they did.
 *
 * Computed live from the rows: a period is met by so many live rows dated inside it.  A period
 * is owed once it has ended; until then what is missing waits.  Periods are those whose last
 * day lies in the span asked about.  Whoever was founded less than the grace before the end of
 * a period, or no longer stood on its last day, owes nothing in it.
 *
 * Units    days; numbers of periods and of rows
 * Owns     the caller owns rows and texts
 * Threads  the transaction's
 * Source   design.md 2; domain.md 2.1, 2.3, 8.1, ARI-5, ASM-5; docs/pack.md (cadences.yaml) */
#pragma once

#include "core/actor.h"
#include "pack/cadence.h"
#include "store/store.h"

/* Whether every day needed is in the calendar (ARI-5); otherwise nothing is told: 暂算不出. */
bool hj_cadence_known(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to);
/* How many of its periods end in the span. */
int hj_cadence_periods_in(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to);

/* A line for each organization below @under (0: all) that owes anything: org, n_owed (periods
 * over), n_met of them, n_short (rows that are missing in them), n_running (periods not over),
 * n_open (rows still missing there), n_rows.  Not narrowed to a scope. */
HjRows *hj_cadence_count(HjTx *tx, const HjPack *pack, const HjCadence *cadence, int64_t under,
                         HjDate from, HjDate to, GError **error);
/* One organization, period by period: from_on, to_on, wanted, n.  Not narrowed. */
HjRows *hj_cadence_periods(HjTx *tx, const HjPack *pack, const HjCadence *cadence, int64_t org,
                           HjDate from, HjDate to, GError **error);

/* Every organization with rows missing in a period that ends in the span: org, code, name,
 * from_on, to_on, wanted, n.  Not narrowed. */
HjRows *hj_cadence_missing(HjTx *tx, const HjPack *pack, const HjCadence *cadence, HjDate from,
                           HjDate to, GError **error);

/* The actor has a role that owes it somewhere. */
bool hj_cadence_is_owed_by(const HjActor *actor, const HjCadence *cadence);
/* The actor may look at it: its ledger is seen. */
bool hj_cadence_is_seen_by(const HjActor *actor, const HjCadence *cadence);
/* What the actor's roles still owe, of the period that runs today and of the one before it:
 * cadence, ledger, org, org_code, org_name, from_on, to_on (the day it is due), wanted, n,
 * missing, light
 * ("red" after the last day, "yellow" when it is near, "green").  Soonest first; at most
 * @limit;
 * @under 0 for all. */
HjRows *hj_cadence_due(HjTx *tx, const HjActor *actor, int64_t under, int limit,
                       GError **error);
/* How many lines that would be, and how many of them red and yellow; up to 1,000. */
typedef struct {
    int64_t n, n_red, n_yellow;
} HjCadenceCounts;
bool hj_cadence_due_counts(HjTx *tx, const HjActor *actor, HjCadenceCounts *ret,
                           GError **error);
/* "本月支部委员会会议": the word for the period of @every that holds @day, seen from @today:
 * this month, last month, 2018-03. The caller owns it. */
char *hj_cadence_period_text(HjEvery every, HjDate from, HjDate today, HjLang lang);

/* For core/indicator: periods met over periods owed of each organization, and the rows that
 * count.  The same columns as an indicator's own SQL. */
char *hj_cadence_sql(const HjPack *pack, const HjCadence *cadence, const char *of, HjDate from,
                     HjDate to, HjDate today);
char *hj_cadence_evidence(const HjPack *pack, const HjCadence *cadence, HjDate from, HjDate to,
                          HjDate today);
