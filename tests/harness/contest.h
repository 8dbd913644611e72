/* contest: a small county with tallies and verdicts, for stories about schemes.
 *
 * Units    points in hundredths
 * Owns     contest_free
 * Threads  one
 * Source   domain.md 9.2 */
#pragma once

#include "core/row.h"
#include "core/scheme.h"
#include "tests/harness/pack_fixture.h"
#include "tests/harness/store_fixture.h"

#define CONTEST_ORGS 120

typedef struct {
    HjStoreFixture *fixture;
    HjPackFixture *folder;
    HjPack *pack;
    HjActor *actor;
    int n_committees, n_villages;
    int64_t orgs[CONTEST_ORGS]; /* committees, then villages */
    char codes[CONTEST_ORGS][16];
} County;

/* Ledgers tally (done, due) and verdict (kind, points, document), indicators by_ratio, by_mean,
 * by_sum and by_none; add schemes, then open. */
County *contest_new(HjFixtureKind kind, int n_committees, int n_villages);
void contest_open(County *county);
void contest_free(County *county);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(County, contest_free)

bool contest_verdict(HjTx *tx, const County *county, int org, const char *kind, const char *day,
                     int64_t points, const char *document, GError **error);
bool contest_tally(HjTx *tx, const County *county, int org, const char *day, int n_done,
                   int n_due, GError **error);
HjScoreboard *contest_compute(County *county, const char *scheme, const char *period);
/* Fails the test with the error's words unless @right. */
void contest_done(bool right, GError **error);
