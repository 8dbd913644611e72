/* log: one JSON object (or logfmt) a line on standard error; ids, never names, numbers or form
 * text.
 *
 * Units    none
 * Owns     nothing
 * Threads  any
 * Source   style.md 2.9 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    HJ_LOG_DEBUG,
    HJ_LOG_INFO,
    HJ_LOG_MESSAGE,
    HJ_LOG_WARNING,
    HJ_LOG_CRITICAL
} HjLogLevel;

void hj_log_set_level(HjLogLevel level);
/* "debug" … "critical"; INFO for anything else. */
HjLogLevel hj_log_level_named(const char *name);
/* key=value instead of JSON, one line alike. */
void hj_log_set_logfmt(bool logfmt);
/* From here to hj_log_stop lines of information (one a request) are written together, at most
 * 50 ms late; anything above goes out at once, after what came before it.  For a
 * serving program. */
void hj_log_gather(void);
void hj_log_stop(void);
/* hj_log(HJ_LOG_INFO, "request", "route", "/ledgers/{ledger}", "status", "200", NULL) */
void hj_log(HjLogLevel level, const char *event, ...) G_GNUC_NULL_TERMINATED;
