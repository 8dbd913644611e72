#include "web/session.h"

#include <string.h>

#define MAX_ENTRIES 8192

typedef struct {
    int64_t generation;
    HjTime at;
    HjTime until;
    HjDate day; /* grants begin and end at midnight */
    HjActor *actor;
    char csrf[64];
} Entry;

struct HjSessions {
    GMutex lock;
    GHashTable *entries; /* HjSessionName text → Entry */
};

static void
entry_free(gpointer data)
{
    Entry *entry = data;
    hj_actor_unref(entry->actor);
    hj_crypto_wipe(entry->csrf, sizeof entry->csrf);
    g_free(entry);
}

HjSessions *
hj_sessions_new(void)
{
    HjSessions *sessions = g_new0(HjSessions, 1);
    g_mutex_init(&sessions->lock);
    sessions->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return sessions;
}

void
hj_sessions_free(HjSessions *sessions)
{
    if (sessions == NULL)
        return;
    g_hash_table_unref(sessions->entries);
    g_mutex_clear(&sessions->lock);
    g_free(sessions);
}

HjSessionName
hj_session_name(const char *token)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[HJ_SM3_BYTES];
    hj_crypto_sm3(token, strlen(token), digest);
    HjSessionName name = { 0 };
    for (size_t i = 0; i < 16; i++) {
        name.text[i * 2] = hex[digest[i] >> 4];
        name.text[i * 2 + 1] = hex[digest[i] & 15];
    }
    return name;
}

static HjActor *
look_up(HjSessions *sessions, const HjSessionName *name, const int64_t *generation, HjTime now,
        char *ret_csrf, size_t n_csrf, HjTime *ret_until)
{
    HjActor *actor = NULL;
    g_mutex_lock(&sessions->lock);
    Entry *entry = g_hash_table_lookup(sessions->entries, name->text);
    if (entry != NULL && (generation == NULL || entry->generation == *generation) &&
        now >= entry->at && now - entry->at < HJ_SESSION_MEMORY_US && now < entry->until &&
        entry->day == hj_date_in_shanghai(now)) {
        actor = hj_actor_ref(entry->actor);
        g_strlcpy(ret_csrf, entry->csrf, n_csrf);
        *ret_until = entry->until;
    }
    g_mutex_unlock(&sessions->lock);
    return actor;
}

HjActor *
hj_sessions_get(HjSessions *sessions, const HjSessionName *name, int64_t generation, HjTime now,
                char *ret_csrf, size_t n_csrf, HjTime *ret_until)
{
    return generation < 0
               ? NULL
               : look_up(sessions, name, &generation, now, ret_csrf, n_csrf, ret_until);
}

HjActor *
hj_sessions_recall(HjSessions *sessions, const HjSessionName *name, HjTime now, char *ret_csrf,
                   size_t n_csrf, HjTime *ret_until)
{
    return look_up(sessions, name, NULL, now, ret_csrf, n_csrf, ret_until);
}

void
hj_sessions_put(HjSessions *sessions, const HjSessionName *name, int64_t generation, HjTime now,
                HjActor *actor, const char *csrf, HjTime until)
{
    if (generation < 0)
        return;
    Entry *entry = g_new0(Entry, 1);
    entry->generation = generation;
    entry->at = now;
    entry->until = until;
    entry->day = hj_date_in_shanghai(now);
    entry->actor = hj_actor_ref(actor);
    g_strlcpy(entry->csrf, csrf, sizeof entry->csrf);
    g_mutex_lock(&sessions->lock);
    /* Entries of a former generation are worthless, so starting anew costs nothing much. */
    if (g_hash_table_size(sessions->entries) >= MAX_ENTRIES)
        g_hash_table_remove_all(sessions->entries);
    g_hash_table_replace(sessions->entries, g_strdup(name->text), entry);
    g_mutex_unlock(&sessions->lock);
}
