/* row_title: how the title of a row reads in Latin letters, for lists and searching.
 *
 * Units    small letters, digits and spaces
 * Owns     the caller owns what is returned
 * Threads  any
 * Source   features.md 151 */
#pragma once

#include "pack/pack.h"

/* The syllables of @title: names of persons have readings of their own.  NULL for a title in
 * plain letters, which is its own reading. */
char *hj_row_title_syllables(const HjLedger *ledger, const char *title);
/* "title full initials", in which a list looks for a part of a name. */
char *hj_row_title_pinyin(const char *title, const char *syllables);
