#include "core/courier.h"

#include "base/crypto.h"
#include "base/http_post.h"
#include "base/json.h"
#include "base/log.h"
#include "core/unsaved.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define LEASE_US (600 * SECOND) /* longer than a whole pass may take */
#define BATCH 16
#define TIMEOUT_S 10
#define MAX_TRIES 9
#define PAUSE_US SECOND
#define SWEEP_US (3600 * SECOND)
#define DAY_US (86400 * SECOND)
#define KEEP_DAYS 90

typedef struct {
    int64_t id, webhook, event, row, version, at, tries, secret_no, rotated_at;
    char *url, *action, *ledger, *org;
    HjHttpAnswer answer;
    bool sent; /* false: another one of the same webhook failed just now */
} Job;

static void
job_clear(gpointer data)
{
    Job *job = data;
    g_free(job->url);
    g_free(job->action);
    g_free(job->ledger);
    g_free(job->org);
}

/* --- taking what is due --- */

#define SQL_DUE                                                                                \
    "SELECT 1 AS one FROM sys_delivery WHERE county = $1 AND state = 'waiting'"                \
    " AND next_at <= $2 LIMIT 1"
#define SQL_TAKE                                                                               \
    "SELECT d.id AS id, d.webhook AS webhook, d.event AS event, d.action AS action,"           \
    " d.ledger AS ledger, d.row_id AS row_id, d.version AS version, d.at AS at,"               \
    " d.tries AS tries, w.url AS url, w.secret_no AS secret_no, w.rotated_at AS rotated_at,"   \
    " o.code AS org_code FROM sys_delivery d"                                                  \
    " JOIN sys_webhook w ON w.county = d.county AND w.id = d.webhook"                          \
    " AND w.paused = 0 AND w.removed_at IS NULL"                                               \
    " LEFT JOIN sys_org o ON o.county = d.county AND o.id = d.org"                             \
    " WHERE d.county = $1 AND d.state = 'waiting' AND d.next_at <= $2"                         \
    " ORDER BY d.next_at, d.id LIMIT $3"
#define SQL_LEASE                                                                              \
    "UPDATE sys_delivery SET next_at = $3, tries = tries + 1 WHERE county = $1 AND id = $2"

static bool
is_anything_due(HjStore *store, bool *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    if (tx == NULL)
        return false;
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_DUE, HJ_I64(hj_tx_county(tx)), HJ_TIME(hj_tx_now(tx)));
    if (rows == NULL)
        return false;
    *ret = hj_rows_count(rows) > 0;
    return true;
}

static Job
job_of(const HjRows *row)
{
    return (Job){
        .id = hj_rows_i64(row, "id"),
        .webhook = hj_rows_i64(row, "webhook"),
        .event = hj_rows_i64(row, "event"),
        .row = hj_rows_i64(row, "row_id"),
        .version = hj_rows_i64(row, "version"),
        .at = hj_rows_i64(row, "at"),
        .tries = hj_rows_i64(row, "tries") + 1,
        .secret_no = hj_rows_i64(row, "secret_no"),
        .rotated_at = hj_rows_i64(row, "rotated_at"),
        .url = g_strdup(hj_rows_text(row, "url")),
        .action = g_strdup(hj_rows_text(row, "action")),
        .ledger = g_strdup(hj_rows_text(row, "ledger")),
        .org = g_strdup(hj_rows_text(row, "org_code")),
    };
}

/* Marked before it is sent, so that no second process sends it too. */
static bool
take(HjTx *tx, gpointer data, GError **error)
{
    GArray *jobs = data;
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_array_set_size(jobs, 0);
    hj_tx_exempt(tx); /* the delivery tells of a change; being carried is none */
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_TAKE, county, HJ_TIME(hj_tx_now(tx)), HJ_I64(BATCH));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        Job job = job_of(rows);
        g_array_append_val(jobs, job);
        if (!hj_tx_exec(tx, error, SQL_LEASE, county, HJ_I64(job.id),
                        HJ_TIME(hj_tx_now(tx) + LEASE_US)))
            return false;
    }
    return true;
}

/* --- sending --- */

static char *
payload(const Job *job)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    g_autofree char *href =
        g_strdup_printf("/api/v1/ledgers/%s/rows/%" G_GINT64_FORMAT, job->ledger, job->row);
    hj_json_begin_object(&w);
    hj_json_key(&w, "id");
    hj_json_id(&w, job->id);
    hj_json_key(&w, "event");
    hj_json_id(&w, job->event);
    hj_json_key(&w, "kind");
    hj_json_text(&w, job->action);
    hj_json_key(&w, "at");
    hj_json_text(&w, hj_time_text(job->at).text);
    hj_json_key(&w, "ledger");
    hj_json_text(&w, job->ledger);
    hj_json_key(&w, "row");
    hj_json_id(&w, job->row);
    hj_json_key(&w, "version");
    hj_json_i64(&w, job->version);
    hj_json_key(&w, "org");
    hj_json_text(&w, job->org);
    hj_json_key(&w, "href");
    hj_json_text(&w, href);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

static char *
sign(HjStore *store, const Job *job, const char *body)
{
    char now_secret[HJ_WEBHOOK_SECRET_CHARS + 1], old_secret[HJ_WEBHOOK_SECRET_CHARS + 1];
    const char *secrets[] = { now_secret, old_secret };
    HjTime now = hj_store_now(store);
    bool both = job->secret_no > 1 && now - job->rotated_at < HJ_WEBHOOK_OVERLAP_US;
    if (!hj_webhook_secret(store, job->webhook, job->secret_no, now_secret) ||
        (both && !hj_webhook_secret(store, job->webhook, job->secret_no - 1, old_secret)))
        return NULL;
    char *text = hj_webhook_signature(secrets, both ? 2 : 1, now / SECOND, body, strlen(body));
    hj_crypto_wipe(now_secret, sizeof now_secret);
    hj_crypto_wipe(old_secret, sizeof old_secret);
    return text;
}

static void
send_one(HjStore *store, const HjWebhookRules *rules, const int *stop, Job *job)
{
    g_autofree char *body = payload(job);
    g_autofree char *signature = sign(store, job, body);
    job->sent = true;
    /* The configuration may have changed since the webhook was made. */
    if (signature == NULL || !hj_webhook_rules_allow(rules, job->url)) {
        g_strlcpy(job->answer.why,
                  signature == NULL ? "the keys of the data directory are not at hand"
                                    : "the configuration no longer allows this address",
                  sizeof job->answer.why);
        return;
    }
    g_autofree char *signed_by = g_strconcat("Hangji-Signature: ", signature, NULL);
    g_autofree char *kind = g_strconcat("Hangji-Event: ", job->action, NULL);
    g_autofree char *delivery = g_strdup_printf("Hangji-Delivery: %" G_GINT64_FORMAT, job->id);
    const char *headers[] = {
        "Content-Type: application/json", "Expect:", signed_by, kind, delivery, NULL
    };
    HjHttpPost post = { .url = job->url,
                        .headers = headers,
                        .body = body,
                        .n_body = strlen(body),
                        .private_ok = hj_webhook_rules_private(rules),
                        .timeout_s = TIMEOUT_S,
                        .stop = stop };
    hj_http_post(&post, &job->answer);
}

static bool
succeeded(const Job *job)
{
    return job->answer.status >= 200 && job->answer.status < 300;
}

/* A receiver that is silent keeps the others waiting once a pass, not once a delivery. */
static void
send_all(HjStore *store, const HjWebhookRules *rules, const int *stop, GArray *jobs)
{
    g_autoptr(GHashTable) silent = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = &g_array_index(jobs, Job, i);
        if (g_hash_table_contains(silent, &job->webhook) ||
            (stop != NULL && g_atomic_int_get(stop) != 0))
            continue;
        send_one(store, rules, stop, job);
        if (!succeeded(job))
            g_hash_table_add(silent, &job->webhook);
    }
}

/* --- writing down what came of it --- */

#define SQL_RESULT                                                                             \
    "UPDATE sys_delivery SET state = $3, next_at = $4, status = $5, why = $6, took_ms = $7,"   \
    " ended_at = $8, tries = $9 WHERE county = $1 AND id = $2"

static HjTime
next_after(int64_t tries, HjTime now)
{
    static const int seconds[] = { 60, 300, 1800, 7200, 21600, 43200, 86400, 86400 };
    size_t i = (size_t)CLAMP(tries - 1, 0, (int64_t)G_N_ELEMENTS(seconds) - 1);
    return now + seconds[i] * SECOND;
}

static bool
write_result(HjTx *tx, const Job *job, GError **error)
{
    HjTime now = hj_tx_now(tx);
    const HjHttpAnswer *answer = &job->answer;
    char why[sizeof answer->why + 40];
    bool done = job->sent && succeeded(job);
    bool dead = job->sent && !done && (job->tries >= MAX_TRIES || answer->status == 410);
    if (answer->status != 0)
        g_snprintf(why, sizeof why, "the receiver answered %d", answer->status);
    else
        g_strlcpy(why, answer->why, sizeof why);
    const char *state = done ? "done" : (dead ? "dead" : "waiting");
    return hj_tx_exec(
        tx, error, SQL_RESULT, HJ_I64(hj_tx_county(tx)), HJ_I64(job->id), HJ_TEXT(state),
        HJ_TIME(job->sent ? next_after(job->tries, now) : now + 60 * SECOND),
        answer->status != 0 ? HJ_I64(answer->status) : HJ_NULL,
        done || !job->sent ? HJ_NULL : HJ_TEXT(why), HJ_I64(answer->took_ms),
        done || dead ? HJ_TIME(now) : HJ_NULL, HJ_I64(job->sent ? job->tries : job->tries - 1));
}

static bool
write_results(HjTx *tx, gpointer data, GError **error)
{
    const GArray *jobs = data;
    hj_tx_exempt(tx);
    for (guint i = 0; i < jobs->len; i++)
        if (!write_result(tx, &g_array_index(jobs, Job, i), error))
            return false;
    return true;
}

bool
hj_courier_run(HjStore *store, const HjWebhookRules *rules, const int *stop, int *ret_tried,
               GError **error)
{
    bool due = false;
    g_autoptr(GArray) jobs = g_array_new(FALSE, TRUE, sizeof(Job));
    g_array_set_clear_func(jobs, job_clear);
    if (ret_tried != NULL)
        *ret_tried = 0;
    if (!is_anything_due(store, &due, error))
        return false;
    if (!due)
        return true;
    if (!hj_store_write(store, take, jobs, error))
        return false;
    send_all(store, rules, stop, jobs);
    if (ret_tried != NULL)
        *ret_tried = (int)jobs->len;
    return jobs->len == 0 || hj_store_write(store, write_results, jobs, error);
}

/* --- sweeping --- */

#define SQL_KEYS "DELETE FROM sys_idempotency WHERE county = $1 AND at <= $2"
#define SQL_ENDED                                                                              \
    "DELETE FROM sys_delivery WHERE county = $1 AND state <> 'waiting' AND ended_at <= $2"

static bool
sweep(HjTx *tx, gpointer data G_GNUC_UNUSED, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    hj_tx_exempt(tx); /* what was done is told by its own events */
    return hj_tx_exec(tx, error, SQL_KEYS, county, HJ_TIME(hj_tx_now(tx) - DAY_US)) &&
           hj_tx_exec(tx, error, SQL_ENDED, county,
                      HJ_TIME(hj_tx_now(tx) - KEEP_DAYS * DAY_US)) &&
           hj_unsaved_sweep(tx, error);
}

bool
hj_courier_sweep(HjStore *store, GError **error)
{
    return hj_store_write(store, sweep, NULL, error);
}

/* --- the thread --- */

struct HjCourier {
    HjStore *store;
    const HjWebhookRules *rules;
    GMutex lock;
    GCond wake;
    int stopping; /* atomic */
    GThread *thread;
};

static void
complain(const char *what, GError *error)
{
    if (error != NULL && !g_error_matches(error, HJ_ERROR, HJ_ERROR_BUSY))
        hj_log(HJ_LOG_WARNING, what, "cause", error->message, NULL);
}

static gpointer
carry(gpointer data)
{
    HjCourier *courier = data;
    int64_t swept = 0;
    while (g_atomic_int_get(&courier->stopping) == 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) unswept = NULL;
        int tried = 0;
        hj_courier_run(courier->store, courier->rules, &courier->stopping, &tried, &error);
        complain("courier", error);
        if (swept == 0 || hj_time_monotonic() - swept > SWEEP_US) {
            swept = hj_time_monotonic();
            hj_courier_sweep(courier->store, &unswept);
            complain("courier_sweep", unswept);
        }
        g_mutex_lock(&courier->lock);
        if (tried == 0 && g_atomic_int_get(&courier->stopping) == 0)
            g_cond_wait_until(&courier->wake, &courier->lock,
                              g_get_monotonic_time() + PAUSE_US);
        g_mutex_unlock(&courier->lock);
    }
    return NULL;
}

HjCourier *
hj_courier_start(HjStore *store, const HjWebhookRules *rules)
{
    HjCourier *courier = g_new0(HjCourier, 1);
    courier->store = store;
    courier->rules = rules;
    g_mutex_init(&courier->lock);
    g_cond_init(&courier->wake);
    courier->thread = g_thread_new("courier", carry, courier);
    return courier;
}

void
hj_courier_stop(HjCourier *courier)
{
    if (courier == NULL)
        return;
    g_mutex_lock(&courier->lock);
    g_atomic_int_set(&courier->stopping, 1);
    g_cond_signal(&courier->wake);
    g_mutex_unlock(&courier->lock);
    g_thread_join(courier->thread);
    g_mutex_clear(&courier->lock);
    g_cond_clear(&courier->wake);
    g_free(courier);
}
