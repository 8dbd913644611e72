/* error: the eight answers a caller can act on.
 *
 * Every fallible function ends in a GError of HJ_ERROR.  Codes are answers, not places:
 * INVALID, DENIED, NOT_FOUND, CONFLICT and FULL carry a message shown to the person (a literal
 * msgid, translated by the page); BUSY, STORE and INTERNAL carry a message for the log only.
 *
 * Units    none
 * Owns     the GError passes to the caller as usual
 * Threads  any
 * Source   style.md 2.3 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HJ_ERROR hj_error_quark()

typedef enum {
    HJ_ERROR_INVALID,   /* 422: the person must correct something; details in HjIssues */
    HJ_ERROR_MALFORMED, /* 400: the request itself cannot be read */
    HJ_ERROR_DENIED,    /* 403 */
    HJ_ERROR_NOT_FOUND, /* 404: absent or out of scope */
    HJ_ERROR_CONFLICT,  /* 409 */
    HJ_ERROR_BUSY,      /* 503: run the transaction again */
    HJ_ERROR_STORE,     /* 500: logged only */
    HJ_ERROR_INTERNAL,  /* 500: logged only */
    HJ_ERROR_FULL,      /* 503: nothing can be saved just now; the message says why */
} HjErrorCode;

GQuark hj_error_quark(void);

/* Sets @error to a shown message and returns false.  The message must be a literal msgid.
 * Inline, so that what checks the callers sees that it is false. */
static inline bool
hj_error_set(GError **error, HjErrorCode code, const char *msgid)
{
    g_set_error_literal(error, HJ_ERROR, (int)code, msgid);
    return false;
}
#define hj_fail(error, code, msgid) hj_error_set((error), (code), "" msgid "")

/* Sets @error to a logged message ("action: cause") and returns false. */
bool hj_error_log(GError **error, HjErrorCode code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* What the caller asked cannot be done (INVALID, DENIED, NOT_FOUND, CONFLICT): his matter,
 * where what the database says is everybody's. */
bool hj_error_is_refusal(const GError *error);
/* DENIED or NOT_FOUND: for him it is as if it were not there. */
bool hj_error_hides(const GError *error);
/* HTTP status of an error; 500 for foreign domains. */
int hj_error_status(const GError *error);
