#include "web/limit.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define N_SHARDS 64
#define N_SLOTS 256
#define PROBES 8
#define SECOND INT64_C(1000000)
#define PUNISHMENT (600 * SECOND)

typedef struct {
    uint64_t key; /* 0: free */
    int64_t full; /* when the bucket would be full again */
} Slot;

typedef struct {
    GMutex lock;
    Slot slots[N_SLOTS];
} Shard;

typedef struct {
    uint8_t bytes[16];
    int bits;
} Net;

typedef struct {
    int64_t interval; /* microseconds that one request costs; 0: no limit */
    int64_t depth;    /* microseconds that a whole burst costs */
} Bucket;

struct HjLimits {
    Bucket buckets[3];
    Bucket slow;
    bool loopback;
    uint64_t salt; /* nobody chooses whose place he takes */
    GArray *proxies;
    Shard shards[N_SHARDS];
};

static Bucket
bucket_of(int64_t rate, int64_t burst, int64_t per)
{
    if (rate <= 0)
        return (Bucket){ 0 };
    int64_t interval = MAX(per / rate, 1);
    return (Bucket){ interval, interval * MAX(burst, 1) };
}

/* IPv4 as ::ffff:a.b.c.d, so that one comparison serves both. */
static bool
read_address(const char *text, uint8_t ret[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (inet_pton(AF_INET, text, ret + 12) == 1) {
        memcpy(ret, mapped, sizeof mapped);
        return true;
    }
    return inet_pton(AF_INET6, text, ret) == 1;
}

static bool
is_v4(const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

static bool
in_net(const Net *net, const uint8_t bytes[16])
{
    int whole = net->bits / 8;
    int rest = net->bits % 8;
    if (memcmp(net->bytes, bytes, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((net->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

static bool
read_net(const char *text, Net *ret)
{
    const char *slash = strchr(text, '/');
    g_autofree char *address =
        slash != NULL ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
    int64_t bits = 128;
    if (!read_address(address, ret->bytes))
        return false;
    int least = strchr(address, ':') == NULL ? 96 : 0;
    if (slash != NULL) {
        if (!hj_text_parse_i64(slash + 1, &bits) || bits < 0)
            return false;
        bits += least;
    }
    ret->bits = (int)MIN(bits, 129);
    return bits <= 128;
}

static bool
read_proxies(HjLimits *limits, const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(list != NULL ? list : "", ", ", -1);
    for (char **part = parts; *part != NULL; part++) {
        Net net = { 0 };
        if (**part == '\0')
            continue;
        if (!read_net(*part, &net))
            return hj_error_log(error, HJ_ERROR_INVALID,
                                "trusted_proxies: %s is neither an address nor ADDRESS/BITS",
                                *part);
        g_array_append_val(limits->proxies, net);
    }
    return true;
}

HjLimits *
hj_limits_new(const HjLimitConfig *config, GError **error)
{
    g_autoptr(HjLimits) limits = g_new0(HjLimits, 1);
    limits->buckets[HJ_LIMIT_ADDRESS] =
        bucket_of(config->address_rate, config->address_burst, SECOND);
    limits->buckets[HJ_LIMIT_ACCOUNT] =
        bucket_of(config->account_rate, config->account_burst, SECOND);
    limits->buckets[HJ_LIMIT_SIGN_IN] =
        bucket_of(config->sign_in_rate, config->sign_in_burst, 60 * SECOND);
    limits->slow = bucket_of(6, 3, 60 * SECOND);
    limits->loopback = config->loopback;
    limits->salt = ((uint64_t)g_random_int() << 32) | g_random_int();
    limits->proxies = g_array_new(FALSE, FALSE, sizeof(Net));
    for (int i = 0; i < N_SHARDS; i++)
        g_mutex_init(&limits->shards[i].lock);
    return read_proxies(limits, config->trusted_proxies, error) ? g_steal_pointer(&limits)
                                                                : NULL;
}

void
hj_limits_free(HjLimits *limits)
{
    if (limits == NULL)
        return;
    for (int i = 0; i < N_SHARDS; i++)
        g_mutex_clear(&limits->shards[i].lock);
    g_array_unref(limits->proxies);
    g_free(limits);
}

static bool
is_trusted(const HjLimits *limits, const char *address)
{
    uint8_t bytes[16];
    if (limits->proxies->len == 0 || !read_address(address, bytes))
        return false;
    for (guint i = 0; i < limits->proxies->len; i++) {
        if (in_net(&g_array_index(limits->proxies, Net, i), bytes))
            return true;
    }
    return false;
}

/* From the right: what stands further left may have been written by anybody. */
void
hj_limits_client(const HjLimits *limits, const char *peer, const char *forwarded,
                 char ret[HJ_LIMIT_ADDRESS_SIZE])
{
    g_strlcpy(ret, peer != NULL ? peer : "", HJ_LIMIT_ADDRESS_SIZE);
    if (forwarded == NULL || !is_trusted(limits, ret))
        return;
    const char *end = forwarded + strlen(forwarded);
    for (const char *from = end; from >= forwarded && end > forwarded; from--) {
        if (from != forwarded && from[-1] != ',')
            continue;
        g_autofree char *part = g_strstrip(g_strndup(from, (gsize)(end - from)));
        uint8_t bytes[16];
        if (!read_address(part, bytes))
            return;
        g_strlcpy(ret, part, HJ_LIMIT_ADDRESS_SIZE);
        if (!is_trusted(limits, ret))
            return;
        end = from - 1;
    }
}

static uint64_t
mix(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd);
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ (value >> 33);
}

/* 0: not to be limited. */
static uint64_t
client_key(const HjLimits *limits, const char *client, uint64_t kind)
{
    static const uint8_t home[16] = { [15] = 1 };
    uint8_t bytes[16];
    if (client == NULL || !read_address(client, bytes))
        return 0;
    bool loopback = is_v4(bytes) ? bytes[12] == 127 : memcmp(bytes, home, sizeof home) == 0;
    if (loopback && !limits->loopback)
        return 0;
    uint64_t high, low;
    memcpy(&high, bytes, 8);
    memcpy(&low, bytes + 8, 8);
    if (!is_v4(bytes))
        low = 1; /* a household has a /64 */
    return mix(mix(mix(high ^ limits->salt) ^ low) + kind) | 1;
}

/* The place of @key: its own, a free one, or that of the quietest. */
static Slot *
find_slot(Shard *shard, uint64_t key, int64_t now)
{
    Slot *best = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        Slot *slot = &shard->slots[((key >> 8) + i) % N_SLOTS];
        if (slot->key == key)
            return slot;
        if (best == NULL || (slot->key == 0 && best->key != 0) || slot->full < best->full)
            best = slot;
    }
    *best = (Slot){ .key = key, .full = now };
    return best;
}

static Shard *
shard_of(HjLimits *limits, uint64_t key)
{
    return &limits->shards[(key >> 56) % N_SHARDS];
}

static int
take(HjLimits *limits, uint64_t key, const Bucket *bucket, int64_t now)
{
    Shard *shard = shard_of(limits, key);
    int64_t wait = 0;
    g_mutex_lock(&shard->lock);
    Slot *slot = find_slot(shard, key, now);
    int64_t full = MAX(slot->full, now) + bucket->interval;
    if (full - now > bucket->depth)
        wait = full - now - bucket->depth;
    else
        slot->full = full;
    g_mutex_unlock(&shard->lock);
    return wait > 0 ? (int)MIN((wait + SECOND - 1) / SECOND, 86400) : 0;
}

static bool
is_punished(HjLimits *limits, const char *client, int64_t now)
{
    uint64_t key = client_key(limits, client, 11);
    if (key == 0)
        return false;
    Shard *shard = shard_of(limits, key);
    bool punished = false;
    g_mutex_lock(&shard->lock);
    for (uint64_t i = 0; i < PROBES && !punished; i++) {
        const Slot *slot = &shard->slots[((key >> 8) + i) % N_SLOTS];
        punished = slot->key == key && slot->full > now;
    }
    g_mutex_unlock(&shard->lock);
    return punished;
}

int
hj_limits_address(HjLimits *limits, HjLimitKind kind, const char *client, int64_t now)
{
    const Bucket *bucket = &limits->buckets[kind];
    uint64_t key = client_key(limits, client, (uint64_t)kind);
    if (key == 0)
        return 0;
    if (kind == HJ_LIMIT_ADDRESS && is_punished(limits, client, now))
        return take(limits, mix(key + 12) | 1, &limits->slow, now);
    return bucket->interval > 0 ? take(limits, key, bucket, now) : 0;
}

int
hj_limits_account(HjLimits *limits, int64_t account, const char *client, int64_t now)
{
    const Bucket *bucket = &limits->buckets[HJ_LIMIT_ACCOUNT];
    if (account == 0 || bucket->interval == 0 ||
        client_key(limits, client, (uint64_t)HJ_LIMIT_ACCOUNT) == 0)
        return 0;
    uint64_t key = mix((uint64_t)account ^ limits->salt) | 1;
    return take(limits, key, bucket, now);
}

void
hj_limits_punish(HjLimits *limits, const char *client, int64_t now)
{
    uint64_t key = client_key(limits, client, 11);
    if (key == 0)
        return;
    Shard *shard = shard_of(limits, key);
    g_mutex_lock(&shard->lock);
    find_slot(shard, key, now)->full = now + PUNISHMENT;
    g_mutex_unlock(&shard->lock);
}
