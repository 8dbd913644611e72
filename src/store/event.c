#include "store/event.h"

#include "base/crypto.h"
#include "base/id.h"
#include "store/behind.h"
#include "store/inside.h"
#include "store/seal_keys.h"

#include <string.h>

static void
put_i64(GByteArray *out, int64_t value)
{
    uint64_t big = GUINT64_TO_BE((uint64_t)value);
    g_byte_array_append(out, (const guint8 *)&big, sizeof big);
}

/* Length and bytes; NULL is told apart from the empty text. */
static void
put_text(GByteArray *out, const char *text)
{
    size_t n = text != NULL ? strlen(text) : 0;
    put_i64(out, text != NULL ? (int64_t)n : -1);
    g_byte_array_append(out, (const guint8 *)text, (guint)n);
}

void
hj_event_bytes(const HjEventRecord *record, GByteArray *out)
{
    const HjEvent *event = &record->event;
    /* The second form only where it says more: what was sealed before stays as it was. */
    put_text(out, record->behalf == 0 ? "hangji-event-1" : "hangji-event-2");
    put_i64(out, record->county);
    put_i64(out, record->id);
    put_i64(out, record->at);
    put_i64(out, record->actor);
    put_i64(out, record->serial);
    put_text(out, event->action);
    put_text(out, event->subject);
    put_text(out, event->ledger);
    put_i64(out, event->row);
    put_i64(out, event->org);
    put_text(out, event->before);
    put_text(out, event->after);
    put_text(out, event->reason);
    /* Only where there is one: what was sealed before tokens existed keeps its bytes. */
    if (event->via != NULL) {
        put_text(out, "via");
        put_text(out, event->via);
    }
    if (record->behalf != 0)
        put_i64(out, record->behalf);
}

void
hj_event_mac(const void *keys, const GByteArray *bytes, uint8_t out[32])
{
    const HjSealKeys *seal_keys = keys;
    if (seal_keys == NULL || !seal_keys->has_secret)
        memset(out, 0, HJ_SM3_BYTES);
    else
        hj_crypto_hmac_sm3(seal_keys->mac_key, sizeof seal_keys->mac_key, bytes->data,
                           bytes->len, out);
}

HjEventRecord
hj_event_record(const HjRows *row, int64_t county)
{
    return (HjEventRecord){
        .county = county,
        .id = hj_rows_i64(row, "id"),
        .at = hj_rows_i64(row, "at"),
        .actor = hj_rows_i64(row, "actor"),
        .behalf = hj_rows_i64(row, "behalf"),
        .serial = hj_rows_i64(row, "serial"),
        .event = {
            .action = hj_rows_text(row, "action"),
            .subject = hj_rows_text(row, "subject"),
            .ledger = hj_rows_text(row, "ledger"),
            .row = hj_rows_i64(row, "row_id"),
            .org = hj_rows_i64(row, "org"),
            .before = hj_rows_text(row, "before_json"),
            .after = hj_rows_text(row, "after_json"),
            .reason = hj_rows_text(row, "reason"),
            .via = hj_rows_text(row, "via"),
        },
    };
}

#define SQL_APPEND                                                                             \
    "INSERT INTO sys_event (county, id, at, actor, action, subject, ledger, row_id, org, "     \
    "before, after, reason, serial, mac, via, behalf) "                                        \
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"

bool
hj_event_append(HjTx *tx, const HjEvent *event, GError **error)
{
    g_assert(event->action != NULL && event->subject != NULL);
    HjEventRecord record = {
        .county = hj_tx_county(tx),
        .id = hj_id_new(),
        .at = hj_tx_now(tx),
        .actor = hj_tx_actor(tx),
        .behalf = hj_tx_behalf(tx),
        .serial = hj_tx_serial(tx),
        .event = *event,
    };
    record.event.via = hj_tx_via(tx);
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new(512);
    hj_event_bytes(&record, bytes);
    uint8_t mac[HJ_SM3_BYTES];
    hj_event_mac(atomic_load(&hj_tx_store(tx)->keys), bytes, mac);
    if (!hj_tx_put(tx, error, SQL_APPEND, HJ_I64(record.county), HJ_I64(record.id),
                   HJ_TIME(record.at), HJ_I64(record.actor), HJ_TEXT(event->action),
                   HJ_TEXT(event->subject), HJ_TEXT(event->ledger), HJ_I64(event->row),
                   HJ_I64(event->org), HJ_TEXT(event->before), HJ_TEXT(event->after),
                   HJ_TEXT(event->reason), HJ_I64(record.serial), HJ_BLOB(mac, sizeof mac),
                   HJ_TEXT(record.event.via), HJ_I64(record.behalf)) ||
        !hj_outbox_add(tx, &record, error))
        return false;
    hj_tx_note_event(tx);
    if (!g_str_has_prefix(event->action, "row.") && !g_str_has_prefix(event->action, "flow."))
        hj_store_note_rights(hj_tx_store(tx));
    return true;
}

#define SQL_OF_ROW                                                                             \
    "SELECT e.id AS id, s.seq AS seq, e.at AS at, e.actor AS actor, a.name AS actor_name, "    \
    "COALESCE(a.title, a.name) AS actor_title, f.name AS behalf_name, "                        \
    "COALESCE(f.title, f.name) AS behalf_title, e.action AS action, e.subject AS subject, "    \
    "e.ledger AS ledger, "                                                                     \
    "e.row_id AS \"row\", "                                                                    \
    "e.org AS org, e.before AS \"before\", e.after AS \"after\", e.reason AS reason, "         \
    "e.via AS via, "                                                                           \
    "s.hash AS hash "                                                                          \
    "FROM sys_event e "                                                                        \
    "LEFT JOIN sys_seal s ON s.county = e.county AND s.event = e.id "                          \
    "LEFT JOIN sys_account a ON a.county = e.county AND a.id = e.actor "                       \
    "LEFT JOIN sys_account f ON f.county = e.county AND f.id = e.behalf "                      \
    "WHERE e.county = $1 AND e.row_id = $2 AND e.ledger = $3 "                                 \
    "ORDER BY e.id DESC LIMIT 5000"
#define SQL_OF_SUBJECT                                                                         \
    "SELECT e.id AS id, s.seq AS seq, e.at AS at, e.actor AS actor, a.name AS actor_name, "    \
    "COALESCE(a.title, a.name) AS actor_title, f.name AS behalf_name, "                        \
    "COALESCE(f.title, f.name) AS behalf_title, e.action AS action, e.subject AS subject, "    \
    "e.ledger AS ledger, "                                                                     \
    "e.row_id AS \"row\", "                                                                    \
    "e.org AS org, e.before AS \"before\", e.after AS \"after\", e.reason AS reason, "         \
    "e.via AS via, "                                                                           \
    "s.hash AS hash "                                                                          \
    "FROM sys_event e "                                                                        \
    "LEFT JOIN sys_seal s ON s.county = e.county AND s.event = e.id "                          \
    "LEFT JOIN sys_account a ON a.county = e.county AND a.id = e.actor "                       \
    "LEFT JOIN sys_account f ON f.county = e.county AND f.id = e.behalf "                      \
    "WHERE e.county = $1 AND e.row_id = $2 AND e.ledger IS NULL "                              \
    "ORDER BY e.id DESC LIMIT 5000"

HjRows *
hj_event_of_row(HjTx *tx, const char *ledger, int64_t row, GError **error)
{
    static const char *const names[] = { "id",           "seq",    "at",          "actor",
                                         "actor_name",   "action", "subject",     "ledger",
                                         "row",          "org",    "before",      "after",
                                         "reason",       "via",    "behalf_name", "actor_title",
                                         "behalf_title", "hash" };
    g_autoptr(HjRows) in =
        ledger != NULL
            ? hj_tx_query(tx, error, SQL_OF_ROW, HJ_I64(hj_tx_county(tx)), HJ_I64(row),
                          HJ_TEXT(ledger))
            : hj_tx_query(tx, error, SQL_OF_SUBJECT, HJ_I64(hj_tx_county(tx)), HJ_I64(row));
    if (in == NULL)
        return NULL;
    HjRows *out = hj_rows_new((int)G_N_ELEMENTS(names), names);
    while (hj_rows_next(in)) {
        for (size_t i = 0; i < G_N_ELEMENTS(names) - 1; i++)
            hj_rows_add_cell(out, in, names[i]);
        /* The two databases spell bytes differently: hex is made here. */
        size_t n;
        const void *hash = hj_rows_blob(in, "hash", &n);
        g_autofree char *hex = hash != NULL ? hj_crypto_hex(hash, n) : NULL;
        if (hex == NULL)
            hj_rows_add_null(out);
        else
            hj_rows_add_text(out, hex, strlen(hex));
    }
    return out;
}
