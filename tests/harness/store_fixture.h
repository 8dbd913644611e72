/* store_fixture: a fresh, migrated store for one test, on either database.
 *
 * Units    none
 * Owns     hj_store_fixture_free closes the store and removes its directory or database
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

#include "store/seal.h"
#include "store/store.h"
#include "store/vault.h"

typedef enum { HJ_FIXTURE_SQLITE, HJ_FIXTURE_POSTGRES } HjFixtureKind;

#define HJ_FIXTURE_COUNTY 7

typedef struct {
    HjFixtureKind kind;
    HjStore *store;
    const HjDriver *driver;
    char *dir;      /* a directory of the test; keys, heads and the SQLite file */
    char *location; /* what hj_store_open took */
    char *head_path;
    char *server;   /* PostgreSQL: the URL of HANGJI_TEST_PG */
    char *database; /* PostgreSQL: the name made for this test */
    HjSealKeys *keys;
    HjVault *vault;
} HjStoreFixture;

/* Whether HANGJI_TEST_PG names a server. */
bool hj_store_fixture_has_postgres(void);
/* Aborts when a store cannot be made.  The county HJ_FIXTURE_COUNTY exists; @keys: events carry
 * their mac. */
HjStoreFixture *hj_store_fixture_new(HjFixtureKind kind, bool keys);
/* A place for a store, and nothing in it: no tables, no keys, not open. */
HjStoreFixture *hj_store_fixture_empty(HjFixtureKind kind);
void hj_store_fixture_free(HjStoreFixture *fixture);
void hj_store_fixture_close(HjStoreFixture *fixture);
/* Closes the store and opens it again, as another process would. */
void hj_store_fixture_reopen(HjStoreFixture *fixture);
/* Runs SQL beside the program, without triggers: what somebody with the disk could do. */
void hj_store_fixture_tamper(HjStoreFixture *fixture, const char *sql);
