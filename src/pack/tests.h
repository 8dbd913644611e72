/* tests: what a pack expects of itself, given these rows.
 *
 * Each file tests/ *.yaml holds one test.  References of rows by their `as:` name stay text
 * here.
 *
 * Units    numbers as written
 * Owns     HjPackTests is one aggregate; it borrows from the pack
 * Threads  one
 * Source   docs/pack.md */
#pragma once

#include "pack/pack.h"

typedef struct {
    const char *name;
    const char *text; /* items of a sequence joined by commas; "" for empty */
} HjPackTestField;
typedef struct {
    const HjLedger *ledger;
    const char *org;    /* code */
    const char *as;     /* how later rows cite it, or NULL */
    const char *parent; /* `as` of the row it lies under, or NULL */
    const char *act;    /* an action on the row called @as, or under @parent at @org; or NULL */
    const char *comment;
    HjDate today; /* when it happens; HJ_DATE_NONE: as the clock stands */
    HjPackTestField *fields;
    size_t n_fields;
    HjSource at;
} HjPackTestRow;
typedef struct {
    const char *code, *kind, *name, *parent;
    HjSource at;
} HjPackTestOrg;

typedef enum {
    HJ_EXPECT_INDICATOR,
    HJ_EXPECT_SCORE,
    HJ_EXPECT_REFUSED,
    HJ_EXPECT_STATE
} HjPackExpectKind;
typedef struct {
    HjPackExpectKind kind;
    HjSource at;
    const char *org;              /* code */
    const HjIndicator *indicator; /* of an indicator, from here … */
    HjDate from, to;
    bool has_numerator, has_denominator;
    int64_t numerator, denominator;
    const char *value;      /* "66.7", "none", or NULL for any */
    const HjScheme *scheme; /* of a score, from here … */
    HjPeriod period;
    const char *total; /* "45.17" or NULL */
    int64_t rank;      /* 0 for any */
    const char *band;  /* "none" for none, NULL for any */
    const char *state; /* of the row that @row names */
    HjPackTestRow row; /* of a refused row or act, from here … */
    const char *field;
    const char *says; /* part of the Chinese message, or NULL */
} HjPackExpect;

typedef struct {
    const char *title;
    HjPackTestOrg *orgs;
    size_t n_orgs;
    HjPackTestRow *rows;
    size_t n_rows;
    HjPackExpect *expects;
    size_t n_expects;
    HjSource at;
} HjPackTest;
typedef struct {
    HjPack *held; /* strings and arrays hang here */
    HjPackTest *tests;
    size_t n_tests;
} HjPackTests;

/* The tests of @pack in @dir, as far as they can be read; what is wrong goes to @problems. */
HjPackTests *hj_pack_tests_load(const HjPack *pack, const char *dir, HjPackProblems *problems);
void hj_pack_tests_free(HjPackTests *tests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPackTests, hj_pack_tests_free)
