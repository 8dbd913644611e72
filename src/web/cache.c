#include "web/cache.h"

#include "web/internal.h"

#include <string.h>

#define LIFETIME_US (INT64_C(60) * 1000000)
#define OVERHEAD 2048 /* headers, key and bookkeeping of an entry, roundly */

typedef struct {
    char *key;
    int64_t generation;
    HjTime at;
    HjDate day;
    HjCacheHit page;
    size_t n;
    GList link; /* in the queue, newest first */
} Entry;

struct HjCache {
    GMutex lock;
    GHashTable *entries; /* key → Entry */
    GQueue queue;
    size_t used, max;
};

HjCache *
hj_cache_new(size_t max_bytes)
{
    HjCache *cache = g_new0(HjCache, 1);
    g_mutex_init(&cache->lock);
    cache->entries = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&cache->queue);
    cache->max = max_bytes;
    return cache;
}

static void
drop(HjCache *cache, Entry *entry)
{
    g_hash_table_remove(cache->entries, entry->key);
    g_queue_unlink(&cache->queue, &entry->link);
    cache->used -= entry->n;
    hj_response_free(entry->page.response);
    g_free(entry->key);
    g_free(entry);
}

void
hj_cache_free(HjCache *cache)
{
    if (cache == NULL)
        return;
    while (cache->queue.tail != NULL)
        drop(cache, cache->queue.tail->data);
    g_hash_table_unref(cache->entries);
    g_mutex_clear(&cache->lock);
    g_free(cache);
}

static bool
is_fresh(const Entry *entry, int64_t generation, HjTime now)
{
    return entry->generation == generation && now >= entry->at &&
           now - entry->at < LIFETIME_US && now < entry->page.until &&
           entry->day == hj_date_in_shanghai(now);
}

bool
hj_cache_get(HjCache *cache, const char *key, int64_t generation, HjTime now, HjCacheHit *ret)
{
    bool found = false;
    g_mutex_lock(&cache->lock);
    Entry *entry = g_hash_table_lookup(cache->entries, key);
    if (entry != NULL && is_fresh(entry, generation, now)) {
        *ret = entry->page;
        hj_web_response_ref(ret->response);
        if (cache->queue.head != &entry->link) {
            g_queue_unlink(&cache->queue, &entry->link);
            g_queue_push_head_link(&cache->queue, &entry->link);
        }
        found = true;
    } else if (entry != NULL) {
        drop(cache, entry);
    }
    g_mutex_unlock(&cache->lock);
    return found;
}

void
hj_cache_put(HjCache *cache, const char *key, int64_t generation, HjTime now,
             const HjCacheHit *page)
{
    HjResponse *res = page->response;
    if (!res->shared && res->bytes == NULL) {
        res->bytes = g_string_free_to_bytes(res->body);
        res->body = NULL;
    }
    res->shared = true;
    Entry *entry = g_new0(Entry, 1);
    entry->n = g_bytes_get_size(res->bytes) + strlen(key) + OVERHEAD;
    entry->key = g_strdup(key);
    entry->generation = generation;
    entry->at = now;
    entry->day = hj_date_in_shanghai(now);
    entry->page = *page;
    entry->link.data = entry;
    hj_web_response_ref(res);
    g_mutex_lock(&cache->lock);
    Entry *old = g_hash_table_lookup(cache->entries, key);
    if (old != NULL)
        drop(cache, old);
    g_hash_table_insert(cache->entries, entry->key, entry);
    g_queue_push_head_link(&cache->queue, &entry->link);
    cache->used += entry->n;
    while (cache->used > cache->max && cache->queue.tail != NULL)
        drop(cache, cache->queue.tail->data);
    g_mutex_unlock(&cache->lock);
}

char *
hj_cache_key(const char *token, HjLang lang, bool large, const char *uri)
{
    const char *type = large ? "+ " : " ";
    if (token == NULL)
        return g_strconcat("-", hj_i18n_code(lang), type, uri, NULL);
    return g_strconcat(hj_session_name(token).text, type, uri, NULL);
}
