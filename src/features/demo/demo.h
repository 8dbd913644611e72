/* demo: the synthetic model county, entered through the same operations as the web.
 *
 * Fills an initialised directory with committees, branches, cadres, members, sites, the
 * collective economy and the contest of 2017 and 2018, so that the achievement figures of the
 * records that exist come out as the model county gave them.  Every name is invented; the
 * county is marked and every page says so.
 *
 * Units    none
 * Owns     the caller owns what the config points to
 * Threads  one
 * Source   interface.md (hangji demo), domain.md 14, data/figures.csv */
#pragma once

#include "base/error.h"
#include "pack/pack.h"
#include "store/store.h"

typedef struct {
    uint64_t seed; /* the same seed gives the same county, ids and passwords aside */
    /* Called between transactions; NULL: silent. */
    void (*progress)(gpointer data, const char *what, size_t done, size_t of);
    gpointer data;
    GString *accounts; /* receives a line an account: name, password, role, place; or NULL */
} HjDemoConfig;

/* INVALID where the division list or the pack lacks what the demo relies on; CONFLICT where the
 * directory holds it already. */
bool hj_demo_run(HjStore *store, HjPack *pack, const HjDemoConfig *config, GError **error);
