#include "base/json.h"
#include "store/copy.h"
#include "store/inside.h"
#include "store/seal_keys.h"

#include <string.h>

/* A digest over (event, hash) of the seals and another over the same computed from the events:
 * equal only when every link is. */
struct HjCopyChain {
    int64_t county;
    HjSealKeys keys; /* the public one */
    int64_t n_sealed, n_events;
    HjCryptoSum *told, *found;
    uint8_t hash[HJ_SM3_BYTES]; /* the end of the chain */
    HjHead head;                /* the last */
    char **names;               /* columns of an event as stored … */
    char **aliases;             /* … and as hj_event_record reads them */
    GByteArray *bytes;
};

static void
learn_columns(HjCopyChain *chain)
{
    g_auto(GStrv) pairs = g_strsplit(HJ_EVENT_COLUMNS, ", ", -1);
    guint n = g_strv_length(pairs);
    chain->names = g_new0(char *, n + 1);
    chain->aliases = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++) {
        g_auto(GStrv) pair = g_strsplit(pairs[i] + strlen("e."), " AS ", 2);
        chain->names[i] = g_strdup(pair[0]);
        chain->aliases[i] = g_strdup(pair[1]);
    }
}

HjCopyChain *
hj_copy_chain_new(int64_t county, const uint8_t public_key[32])
{
    HjCopyChain *chain = g_new0(HjCopyChain, 1);
    chain->county = county;
    memcpy(chain->keys.public_key, public_key, sizeof chain->keys.public_key);
    chain->told = hj_crypto_sum_new(HJ_SUM_SM3);
    chain->found = hj_crypto_sum_new(HJ_SUM_SM3);
    chain->bytes = g_byte_array_new();
    learn_columns(chain);
    return chain;
}

void
hj_copy_chain_free(HjCopyChain *chain)
{
    if (chain == NULL)
        return;
    uint8_t unused[HJ_SM3_BYTES];
    if (chain->told != NULL)
        hj_crypto_sum_end(chain->told, unused);
    if (chain->found != NULL)
        hj_crypto_sum_end(chain->found, unused);
    g_byte_array_unref(chain->bytes);
    g_strfreev(chain->names);
    g_strfreev(chain->aliases);
    g_free(chain);
}

static int64_t
integer_of(const HjJson *row, const char *name)
{
    const HjJson *value = hj_json_get(row, name);
    return value != NULL && hj_json_kind(value) == HJ_JSON_INTEGER ? hj_json_integer(value) : 0;
}

static bool
bytes_of(const HjJson *row, const char *name, void *out, size_t n)
{
    const HjJson *value = hj_json_get(row, name);
    const char *hex = value != NULL ? hj_json_string(value) : NULL;
    return hex != NULL && strlen(hex) == n * 2 && hj_crypto_unhex(hex, out, n);
}

static void
add_link(HjCryptoSum *sum, int64_t event, const uint8_t hash[HJ_SM3_BYTES])
{
    int64_t big = GINT64_TO_BE(event);
    hj_crypto_sum_add(sum, &big, sizeof big);
    hj_crypto_sum_add(sum, hash, HJ_SM3_BYTES);
}

static bool
broken(GError **error, const char *what, int64_t at)
{
    return hj_error_log(error, HJ_ERROR_INVALID,
                        "the chain of events is broken: %s %" G_GINT64_FORMAT, what, at);
}

static bool
take_seal(HjCopyChain *chain, const HjJson *row, GError **error)
{
    uint8_t hash[HJ_SM3_BYTES];
    int64_t seq = integer_of(row, "seq");
    if (seq != chain->n_sealed + 1)
        return broken(error, "missing seal", chain->n_sealed + 1);
    if (!bytes_of(row, "hash", hash, sizeof hash))
        return broken(error, "unreadable seal", seq);
    add_link(chain->told, integer_of(row, "event"), hash);
    chain->n_sealed = seq;
    return true;
}

/* The row as a query would have answered it. */
static HjRows *
event_rows(const HjCopyChain *chain, const HjJson *row)
{
    HjRows *rows =
        hj_rows_new((int)g_strv_length(chain->aliases), (const char *const *)chain->aliases);
    for (int i = 0; chain->names[i] != NULL; i++) {
        const HjJson *value = hj_json_get(row, chain->names[i]);
        HjJsonKind kind = value != NULL ? hj_json_kind(value) : HJ_JSON_NULL;
        if (kind == HJ_JSON_INTEGER) {
            hj_rows_add_i64(rows, hj_json_integer(value));
        } else if (kind != HJ_JSON_STRING) {
            hj_rows_add_null(rows);
        } else if (strcmp(chain->names[i], "mac") == 0) {
            uint8_t mac[HJ_SM3_BYTES] = { 0 };
            bytes_of(row, "mac", mac, sizeof mac);
            hj_rows_add_blob(rows, mac, sizeof mac);
        } else {
            const char *text = hj_json_string(value);
            hj_rows_add_text(rows, text, strlen(text));
        }
    }
    hj_rows_next(rows);
    return rows;
}

static bool
take_event(HjCopyChain *chain, const HjJson *row, GError **error)
{
    (void)error;
    chain->n_events++;
    g_autoptr(HjRows) rows = event_rows(chain, row);
    HjEventRecord record = hj_event_record(rows, chain->county);
    g_byte_array_set_size(chain->bytes, 0);
    hj_event_bytes(&record, chain->bytes);
    if (chain->n_events > chain->n_sealed)
        return true; /* the tail that is not sealed yet */
    hj_seal_keys_link(chain->hash, chain->bytes, rows, chain->hash);
    add_link(chain->found, record.id, chain->hash);
    return true;
}

static bool
take_head(HjCopyChain *chain, const HjJson *row, GError **error)
{
    HjHead *head = &chain->head;
    head->county = chain->county;
    head->seq = integer_of(row, "seq");
    head->at = integer_of(row, "at");
    head->alg = integer_of(row, "alg");
    if (!bytes_of(row, "hash", head->hash, sizeof head->hash) ||
        !bytes_of(row, "signature", head->signature, sizeof head->signature) ||
        !hj_seal_keys_head_is_signed(&chain->keys, head))
        return broken(error, "unsigned head", head->seq);
    return true;
}

bool
hj_copy_chain_line(HjCopyChain *chain, const char *table, const char *line, size_t n,
                   GError **error)
{
    static const struct {
        const char *table;
        bool (*take)(HjCopyChain *chain, const HjJson *row, GError **error);
    } tables[] = {
        { "sys_seal", take_seal },
        { "sys_event", take_event },
        { "sys_head", take_head },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (strcmp(tables[i].table, table) != 0)
            continue;
        g_autoptr(HjJson) row = hj_json_parse(line, n, error);
        return row != NULL && tables[i].take(chain, row, error);
    }
    return true;
}

bool
hj_copy_chain_end(HjCopyChain *chain, int64_t *ret_sealed, uint8_t ret_hash[32], GError **error)
{
    uint8_t told[HJ_SM3_BYTES], found[HJ_SM3_BYTES];
    hj_crypto_sum_end(g_steal_pointer(&chain->told), told);
    hj_crypto_sum_end(g_steal_pointer(&chain->found), found);
    if (memcmp(told, found, sizeof told) != 0)
        return broken(error, "seals and events differ, of", chain->n_sealed);
    if (chain->n_sealed > 0 && (chain->head.seq != chain->n_sealed ||
                                memcmp(chain->head.hash, chain->hash, sizeof chain->hash) != 0))
        return broken(error, "the signed head is not its end, at", chain->n_sealed);
    *ret_sealed = chain->n_sealed;
    memcpy(ret_hash, chain->hash, HJ_SM3_BYTES);
    return true;
}
