/* types: the nouns of a pack that every other noun is built on.
 *
 * Arrays come as a pointer and n_<name>.  A `name` is an identifier ^[a-z][a-z0-9_]{0,47}$, a
 * `title` is text in both languages, `at` is where it was written.
 *
 * Units    none
 * Owns     the HjPack
 * Threads  any
 * Source   design.md 3, docs/pack.md */
#pragma once

#include "base/i18n.h"
#include "base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct HjPack HjPack;
typedef struct HjLedger HjLedger;
typedef struct {
    const char *file;
    int line;
} HjSource;

typedef enum {
    HJ_FIELD_TEXT,
    HJ_FIELD_LONG_TEXT,
    HJ_FIELD_BOOL,
    HJ_FIELD_INTEGER,
    HJ_FIELD_DECIMAL,
    HJ_FIELD_PERCENT /* scale 2 */,
    HJ_FIELD_MONEY /* fen */,
    HJ_FIELD_DATE,
    HJ_FIELD_MONTH /* YYYY-MM */,
    HJ_FIELD_DATETIME /* microseconds */,
    HJ_FIELD_CHOICE,
    HJ_FIELD_CHOICES /* ",a,b," */,
    HJ_FIELD_LIST_CHECK /* ticked items ",a,b," */,
    HJ_FIELD_PERSON,
    HJ_FIELD_ORG,
    HJ_FIELD_ROW,
    HJ_FIELD_FILES /* ids of files ",1,2," */,
    HJ_FIELD_CITIZEN_ID, /* this and those below: sealed values, see hj_pack_field_is_sealed */
    HJ_FIELD_CREDIT_CODE,
    HJ_FIELD_PHONE,
    HJ_FIELD_SEALED,
} HjFieldType;

typedef enum { HJ_FILE_PICTURE = 1, HJ_FILE_DOCUMENT = 2 } HjFileKind; /* of a files field */
/* SQL of a pack with :names rewritten to $n by core; names are :from :to :today and parameters.
 */
typedef struct {
    const char *text;
    HjSource at;
} HjPackSql;
typedef struct {
    const char *name;
    HjLabel title;
    HjLabel note;
} HjListItem;
/* A named list with the count its name promises; assumption: shown as 默认示例，本县尚未确认.
 */
typedef struct {
    const char *name;
    HjLabel title;
    size_t expected; /* 0: any number */
    bool indicators; /* every item is the name of an indicator */
    const char *source;
    bool assumption;
    HjListItem *items;
    size_t n_items;
    GHashTable *index; /* pack/find only */
    HjSource at;
} HjList;

typedef struct {
    const char *from;
    const char *value;
    const char *source;
    HjDate from_on;
    int64_t number; /* integers, and others at the parameter's scale */
} HjParamValue;
typedef struct {
    const char *name;
    HjLabel title;
    HjFieldType type; /* integer, decimal, percent, money, date, text */
    int scale;        /* 2 for decimal, percent and money, otherwise 0 */
    bool assumption;
    HjParamValue *values; /* by date */
    size_t n_values;
    HjSource at;
} HjParam;

typedef struct {
    const char *name;
    HjLabel title;
    const char **under;
    size_t n_under; /* 0: the root */
    int depth;      /* shortest way from the root */
    HjSource at;
} HjOrgKind;
/* Of administrators: one of three that may be kept apart, or all of them in one hand. */
typedef enum {
    HJ_DUTY_NONE,
    HJ_DUTY_SYSTEM,
    HJ_DUTY_SECURITY,
    HJ_DUTY_AUDIT,
    HJ_DUTY_ALL,
} HjDuty;
typedef struct {
    const char *name;
    HjLabel title;
    HjDuty duty;
    const char **at_kinds;
    size_t n_at_kinds;
    const char **may;
    size_t n_may; /* permissions: ledger.view ledger.enter org.view org.manage … */
    HjSource at;
} HjRole;
