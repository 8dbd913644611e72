/* pack_fixture: a small pack in a temporary folder, to be added to by a test.
 *
 * It has the kinds county, committee and village and the role county_organizer, who may enter
 * and see everything, and nothing else.
 *
 * Units    none
 * Owns     hj_pack_fixture_free removes the folder
 * Threads  one
 * Source   docs/pack.md */
#pragma once

#include "pack/pack.h"

typedef struct {
    char *root; /* temporary folder */
    char *dir;  /* the pack: <root>/small */
} HjPackFixture;

HjPackFixture *hj_pack_fixture_new(void);
void hj_pack_fixture_free(HjPackFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPackFixture, hj_pack_fixture_free)
/* @file as in "ledgers/note.yaml"; NULL @text removes it. */
void hj_pack_fixture_write(HjPackFixture *fixture, const char *file, const char *text);
/* Prints the problems and aborts when there are any. */
HjPack *hj_pack_fixture_load(HjPackFixture *fixture);
