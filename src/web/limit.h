/* limit: how often one address and one account may ask.
 *
 * Token buckets in a table of fixed size; the newest asker takes the place of the one that has
 * been quiet the longest.  A rate of 0 is no limit.  The machine itself is not limited unless
 * the settings say so: behind a proxy that nobody named as trusted, everybody is one address.
 *
 * Units    requests a second (sign-in: a minute), microseconds (monotonic), answers in seconds
 * Owns     hj_limits_free
 * Threads  any
 * Source   domain.md S-02; features.md 161 */
#pragma once

#include "base/error.h"

/* also: hj_limits_ */

typedef struct {
    int64_t address_rate, address_burst;
    int64_t account_rate, account_burst;
    int64_t sign_in_rate, sign_in_burst; /* a minute, of one address */
    bool loopback;                       /* 127.0.0.0/8 and ::1 are limited too */
    const char *trusted_proxies;         /* "10.0.0.0/8, ::1"; NULL: none */
} HjLimitConfig;

typedef enum { HJ_LIMIT_ADDRESS, HJ_LIMIT_ACCOUNT, HJ_LIMIT_SIGN_IN } HjLimitKind;
typedef struct HjLimits HjLimits;

/* INVALID when a trusted proxy is neither an address nor ADDRESS/BITS. */
HjLimits *hj_limits_new(const HjLimitConfig *config, GError **error);
void hj_limits_free(HjLimits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjLimits, hj_limits_free)

#define HJ_LIMIT_ADDRESS_SIZE 48
/* Whose request it is: @peer, or what a trusted proxy says in X-Forwarded-For (NULL: nothing).
 */
void hj_limits_client(const HjLimits *limits, const char *peer, const char *forwarded,
                      char ret[HJ_LIMIT_ADDRESS_SIZE]);
/* 0 when it may go on, otherwise the seconds to wait.  IPv6 counts by /64. */
int hj_limits_address(HjLimits *limits, HjLimitKind kind, const char *client, int64_t now);
int hj_limits_account(HjLimits *limits, int64_t account, const char *client, int64_t now);
/* Followed an address that robots.txt forbids and no page shows: ten slow minutes. */
void hj_limits_punish(HjLimits *limits, const char *client, int64_t now);
