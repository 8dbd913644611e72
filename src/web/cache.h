/* cache: finished pages, valid only while nobody has committed anything.
 *
 * A page is kept under the session, the language, the size of type and the address it was made
 * for.  It is answered again only at the very generation of the store it was made at, on the
 * same day and within a minute; so sign-out, a changed right or a renamed place can never be
 * seen stale.
 *
 * Units    bytes, microseconds
 * Owns     shares responses by reference
 * Threads  any
 * Source   style.md 2.5 */
#pragma once

#include "web/router.h"

typedef struct HjCache HjCache;

typedef struct {
    HjResponse *response; /* a reference of the caller's own */
    int row;              /* of the route table */
    int64_t account;
    HjTime until; /* end of the session */
} HjCacheHit;

HjCache *hj_cache_new(size_t max_bytes);
void hj_cache_free(HjCache *cache);

bool hj_cache_get(HjCache *cache, const char *key, int64_t generation, HjTime now,
                  HjCacheHit *ret);
/* Makes @response shared: it must not change afterwards. */
void hj_cache_put(HjCache *cache, const char *key, int64_t generation, HjTime now,
                  const HjCacheHit *page);

/* The key of an address for a session (token or NULL) or a language, in the size of type. */
char *hj_cache_key(const char *token, HjLang lang, bool large, const char *uri);
