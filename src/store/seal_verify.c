#include "store/inside.h"
#include "store/seal_keys.h"

#include <string.h>

typedef struct {
    const HjSealKeys *keys;
    HjSealReport *report;
    int64_t county;
    bool has_exported;
    HjHead exported;
    uint8_t hash[HJ_SM3_BYTES]; /* of the last seal read */
    int64_t signed_seq;         /* of the last good head */
    GByteArray *bytes;
} Check;

/* Says what is wrong; the first finding stays. */
static bool broken(Check *check, int64_t seq, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool
broken(Check *check, int64_t seq, const char *format, ...)
{
    HjSealReport *report = check->report;
    if (!report->sound)
        return false;
    va_list args;
    va_start(args, format);
    report->why = g_strdup_vprintf(format, args);
    va_end(args);
    report->sound = false;
    report->broken_at = seq;
    return false;
}

#define LL "%" G_GINT64_FORMAT

/* A head of the database at the seal that was just linked. */
static bool
check_head(Check *check, const HjRows *row, int64_t seq)
{
    HjHead head = { .county = check->county, .seq = seq };
    size_t n_hash, n_signature;
    head.at = hj_rows_i64(row, "head_at");
    head.alg = hj_rows_i64(row, "head_alg");
    const void *hash = hj_rows_blob(row, "head_hash", &n_hash);
    const void *signature = hj_rows_blob(row, "head_signature", &n_signature);
    if (n_hash != sizeof head.hash || n_signature != sizeof head.signature)
        return broken(check, seq, "The head at " LL " has a wrong form.", seq);
    memcpy(head.hash, hash, n_hash);
    memcpy(head.signature, signature, n_signature);
    if (!hj_seal_keys_head_is_signed(check->keys, &head))
        return broken(check, seq, "The head at " LL " is not signed by this program.", seq);
    if (memcmp(head.hash, check->hash, n_hash) != 0)
        return broken(check, seq, "The chain up to " LL " is not the one that was signed.",
                      seq);
    check->signed_seq = seq;
    return true;
}

static bool
check_seal(HjRows *row, gpointer data)
{
    Check *check = data;
    int64_t expected = check->report->n_sealed + 1;
    int64_t seq = hj_rows_i64(row, "seq");
    if (seq != expected)
        return broken(check, expected, "The seal " LL " is missing.", expected);
    if (hj_rows_null(row, "id"))
        return broken(check, seq, "The event of seal " LL " was deleted.", seq);
    HjEventRecord record = hj_event_record(row, check->county);
    g_byte_array_set_size(check->bytes, 0);
    hj_event_bytes(&record, check->bytes);
    uint8_t hash[HJ_SM3_BYTES];
    hj_seal_keys_link(check->hash, check->bytes, row, hash);
    size_t n;
    const void *stored = hj_rows_blob(row, "hash", &n);
    if (n != sizeof hash || memcmp(stored, hash, n) != 0)
        return broken(check, seq, "The event of seal " LL " was changed or moved.", seq);
    if (check->keys->has_secret && !hj_seal_keys_made(check->keys, row, check->bytes))
        return broken(check, seq, "The event of seal " LL " was not written by this program.",
                      seq);
    memcpy(check->hash, hash, sizeof hash);
    check->report->n_sealed = seq;
    if (check->has_exported && check->exported.seq == seq &&
        memcmp(check->exported.hash, hash, sizeof hash) != 0)
        return broken(check, seq, "The chain up to " LL " is not the exported one.", seq);
    return hj_rows_null(row, "head_at") || check_head(check, row, seq);
}

#define SQL_CHAIN                                                                              \
    "SELECT s.seq AS seq, s.hash AS hash, h.at AS head_at, h.alg AS head_alg, "                \
    "h.hash AS head_hash, h.signature AS head_signature, " HJ_EVENT_COLUMNS " "                \
    "FROM sys_seal s "                                                                         \
    "LEFT JOIN sys_event e ON e.county = s.county AND e.id = s.event "                         \
    "LEFT JOIN sys_head h ON h.county = s.county AND h.seq = s.seq "                           \
    "WHERE s.county = $1 ORDER BY s.seq"

#define SQL_LAST_HEAD "SELECT MAX(seq) AS seq FROM sys_head WHERE county = $1"

/* The end of the chain against the heads in and outside the database. */
static bool
check_end(Check *check, HjTx *tx, GError **error)
{
    HjSealReport *report = check->report;
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_LAST_HEAD, HJ_I64(check->county));
    if (rows == NULL)
        return false;
    hj_rows_next(rows);
    int64_t next = report->n_sealed + 1;
    if (check->has_exported && check->exported.seq > report->n_sealed)
        broken(check, next, "The chain ends at " LL ", the exported head is at " LL ".",
               report->n_sealed, check->exported.seq);
    if (hj_rows_i64(rows, "seq") > report->n_sealed)
        broken(check, next, "The seal " LL " is missing.", next);
    if (check->signed_seq != report->n_sealed)
        broken(check, check->signed_seq + 1, "The seals after " LL " are not signed.",
               check->signed_seq);
    return true;
}

#define SQL_TAIL                                                                               \
    "SELECT " HJ_EVENT_COLUMNS " FROM sys_event e WHERE e.county = $1 AND NOT EXISTS "         \
    "(SELECT 1 FROM sys_seal s WHERE s.county = e.county AND s.event = e.id)"

static bool
check_unsealed(HjRows *row, gpointer data)
{
    Check *check = data;
    check->report->n_unsealed++;
    if (!check->keys->has_secret)
        return true;
    HjEventRecord record = hj_event_record(row, check->county);
    g_byte_array_set_size(check->bytes, 0);
    hj_event_bytes(&record, check->bytes);
    if (!hj_seal_keys_made(check->keys, row, check->bytes))
        broken(check, 0, "The unsealed event " LL " was not written by this program.",
               record.id);
    return true;
}

static bool
check_exported(Check *check, const char *head_path, GError **error)
{
    if (head_path != NULL &&
        !hj_seal_keys_read_head(head_path, &check->exported, &check->has_exported, error))
        return false;
    if (!check->has_exported)
        return true;
    if (check->exported.county != check->county)
        broken(check, 0, "The exported head belongs to another county.");
    else if (!hj_seal_keys_head_is_signed(check->keys, &check->exported))
        broken(check, 0, "The exported head is not signed by this program.");
    return true;
}

static bool
verify(HjTx *tx, Check *check, const char *head_path, GError **error)
{
    const HjVal county[] = { HJ_I64(check->county), HJ_END };
    return check_exported(check, head_path, error) &&
           hj_tx_scan(tx, error, SQL_CHAIN, county, check_seal, check) &&
           (!check->report->sound || check_end(check, tx, error)) &&
           hj_tx_scan(tx, error, SQL_TAIL, county, check_unsealed, check);
}

bool
hj_seal_verify(HjStore *store, const HjSealKeys *keys, const char *head_path, HjSealReport *ret,
               GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    *ret = (HjSealReport){ .sound = true };
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Check check = { .keys = keys, .report = ret, .county = hj_tx_county(tx), .bytes = bytes };
    if (!verify(tx, &check, head_path, error)) {
        hj_seal_report_clear(ret);
        return false;
    }
    if (ret->n_sealed > 0)
        ret->head = hj_crypto_hex(check.hash, sizeof check.hash);
    return true;
}

void
hj_seal_report_clear(HjSealReport *report)
{
    g_clear_pointer(&report->why, g_free);
    g_clear_pointer(&report->head, g_free);
}
