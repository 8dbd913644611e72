/* setting: what administrators decide for the county, with defaults for what nobody decided.
 *
 * Units    as the members say
 * Owns     nothing
 * Threads  the transaction's
 * Source   domain.md 10.4 (S-01 … S-06); features.md 299 (digest) */
#pragma once

#include "base/issues.h"
#include "core/actor.h"
#include "store/store.h"

typedef enum { HJ_SECOND_OFF, HJ_SECOND_OFFERED, HJ_SECOND_REQUIRED } HjSecondRule;

typedef struct {
    int idle_minutes;    /* a session not used so long ends */
    int session_hours;   /* a session ends after that, used or not */
    int password_days;   /* a password older than that is changed at sign-in; 0: never */
    int password_past;   /* so many former passwords are not taken again */
    int unused_days;     /* an account not used so long is disabled; 0: never */
    HjSecondRule second; /* a second factor for administrators */
    bool separation;     /* system, security and audit administrators are three people */
    bool digest;         /* the weekly digest is announced */
} HjSettings;

/* The members as a table: forms and the command line read it. */
typedef struct {
    const char *name;
    int fallback, min, max;
} HjSettingKind;
extern const HjSettingKind hj_setting_kinds[]; /* ends with { 0 } */

bool hj_setting_load(HjTx *tx, HjSettings *ret, GError **error);
/* One setting from text; a wrong value becomes an issue.  Separation is turned on only when
 * each duty has somebody and nobody holds two. */
bool hj_setting_change(HjTx *tx, const HjActor *actor, const char *name, const char *value,
                       HjIssues *issues, GError **error);
