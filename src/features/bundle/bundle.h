/* bundle: what an inspector takes along: rows, histories, figures and proof of one place and
 * time, to be read in any browser without a network and checked without trust.
 *
 * Only what the actor sees is in it; fields that are hidden from any role are left out unless
 * an account was named, and sealed values keep their stars.  Every file has its SHA-256 and
 * SM3; the list of SM3 sums is signed with the key of the chain.
 *
 * Units    days as HjDate, both included
 * Owns     nothing
 * Threads  one
 * Source   features.md 3.23 */
#pragma once

#include "core/file.h"
#include "core/row.h"
#include "store/archive.h"

typedef struct {
    HjStore *store;
    const HjSealKeys *keys;
    const HjPack *pack;
    HjFiles *files;
    const HjActor *actor;
    bool named; /* the actor is an account: its own rights decide about hidden fields */
    const char *county_name, *program;
    const char *under; /* code */
    HjDate from, to;
    HjLang lang;
} HjBundleJob;

typedef struct {
    int64_t n_rows, n_events, n_files, n_entries;
    char key[2 * HJ_SIGN_PUBLIC_BYTES + 1]; /* whose signature it bears */
} HjBundleReport;

/* Makes the folder @path, whole or not at all.  NOT_FOUND where @under is out of scope. */
bool hj_bundle_make(const HjBundleJob *job, const char *path, HjBundleReport *ret,
                    GError **error);
/* Every sum, the signature, and that nothing was added. */
bool hj_bundle_verify(const char *path, HjBundleReport *ret, GError **error);
