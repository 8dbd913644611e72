/* The work on a job: the check of every row, then the rows themselves. */
#include "base/log.h"
#include "base/sheet_worker.h"
#include "core/account.h"
#include "core/import_orgs.h"
#include "core/import_priv.h"
#include "core/import_undo.h"
#include "core/import_work.h"
#include "store/behind.h"
#include "store/event.h"

#include <string.h>

#define BATCH_ROWS 400
#define MAX_WRONG_KEPT 20000

#define SQL_JOB                                                                                \
    "SELECT i.account AS account, i.ledger AS ledger, i.state AS state, i.mode AS mode,"       \
    " i.n_done AS n_done, i.file_name AS file_name, a.name AS name"                            \
    " FROM sys_import i JOIN sys_account a ON a.county = i.county AND a.id = i.account"        \
    " WHERE i.county = $1 AND i.id = $2"
#define SQL_COUNTS                                                                             \
    "UPDATE sys_import SET state = $3, n_rows = $4, n_right = $5, n_wrong = $6,"               \
    " n_duplicate = $7, problems = $8, updated_at = $9 WHERE county = $1 AND id = $2"
#define SQL_BATCH                                                                              \
    "UPDATE sys_import SET n_done = $3, n_made = n_made + $4, n_right = n_right - $5,"         \
    " n_wrong = n_wrong + $5, updated_at = $6 WHERE county = $1 AND id = $2"
#define SQL_DONE                                                                               \
    "UPDATE sys_import SET state = 'done', n_made = $3, updated_at = $4"                       \
    " WHERE county = $1 AND id = $2"
#define SQL_STATE                                                                              \
    "UPDATE sys_import SET state = $3, problems = $4, updated_at = $5"                         \
    " WHERE county = $1 AND id = $2"
#define SQL_MADE "SELECT n_made FROM sys_import WHERE county = $1 AND id = $2"

/* --- how far --- */

static GMutex progress_lock;
static GHashTable *progress; /* job → rows */

void
hj_import_work_tell(int64_t job, int64_t rows)
{
    g_mutex_lock(&progress_lock);
    if (progress == NULL)
        progress = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    if (rows < 0)
        g_hash_table_remove(progress, &job);
    else
        g_hash_table_replace(progress, g_memdup2(&job, sizeof job),
                             g_memdup2(&rows, sizeof rows));
    g_mutex_unlock(&progress_lock);
}

bool
hj_import_job_progress(int64_t id, int64_t *ret_rows)
{
    g_mutex_lock(&progress_lock);
    const int64_t *rows = progress != NULL ? g_hash_table_lookup(progress, &id) : NULL;
    if (rows != NULL)
        *ret_rows = *rows;
    g_mutex_unlock(&progress_lock);
    return rows != NULL;
}

static int halted; /* atomic */

void
hj_import_work_halt(bool halt)
{
    g_atomic_int_set(&halted, halt ? 1 : 0);
}

static bool
check_halt(GError **error)
{
    return g_atomic_int_get(&halted) == 0 ||
           hj_error_log(error, HJ_ERROR_BUSY, "import: the program is stopping");
}

/* --- a job at hand --- */

typedef struct {
    HjStore *store;
    HjPack *pack;
    const HjLedger *ledger;
    HjLedger *made; /* the ledger where it is the one of organizations */
    HjActor *actor;
    int64_t id, account, n_done;
    char *file_name;
    bool applying, all;
    HjImportKey key;
    GByteArray *file;
} Job;

static void
job_clear(Job *job)
{
    g_clear_pointer(&job->actor, hj_actor_unref);
    g_clear_pointer(&job->file, g_byte_array_unref);
    g_clear_pointer(&job->made, hj_import_orgs_free);
    g_free(job->file_name);
    hj_import_key_wipe(&job->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

static bool
load(HjStore *store, HjPack *pack, int64_t id, Job *ret, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(HjRows) rows =
        tx != NULL ? hj_tx_query(tx, error, SQL_JOB, HJ_I64(hj_tx_county(tx)), HJ_I64(id))
                   : NULL;
    if (rows == NULL)
        return false;
    if (!hj_rows_next(rows))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such import of yours.");
    ret->store = store;
    ret->pack = pack;
    ret->id = id;
    ret->account = hj_rows_i64(rows, "account");
    ret->n_done = hj_rows_i64(rows, "n_done");
    ret->file_name = g_strdup(hj_rows_text(rows, "file_name"));
    ret->applying = g_str_equal(hj_rows_text(rows, "state"), HJ_IMPORT_APPLYING);
    ret->all = g_strcmp0(hj_rows_text(rows, "mode"), "all") == 0;
    ret->ledger = hj_import_orgs_or(pack, hj_rows_text(rows, "ledger"), &ret->made);
    if (ret->ledger == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such ledger.");
    ret->actor = hj_account_actor(tx, pack, hj_rows_text(rows, "name"), error);
    if (ret->actor == NULL || !hj_import_key_read(tx, id, &ret->key, error))
        return false;
    ret->file = hj_import_part_all(tx, id, &ret->key, HJ_IMPORT_FILE, error);
    return ret->file != NULL;
}

/* What a pass over the rows found. */
typedef struct {
    const Job *job;
    HjTx *tx;
    HjImport *import;
    HjImportMode mode;
    bool write;
    int64_t n_rows, n_right, n_wrong, n_duplicate, n_kept;
    GString *lines; /* wrong rows, not stored yet */
    GArray *skip;   /* int32_t: rows that are not taken */
    GArray *made;   /* int64_t */
} Pass;

static void
pass_clear(Pass *pass)
{
    g_clear_pointer(&pass->import, hj_import_free);
    g_string_free(pass->lines, TRUE);
    g_array_unref(pass->skip);
    g_array_unref(pass->made);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

static Pass
pass_of(const Job *job)
{
    return (Pass){ .job = job,
                   .lines = g_string_new(NULL),
                   .skip = g_array_new(FALSE, FALSE, sizeof(int32_t)),
                   .made = g_array_new(FALSE, FALSE, sizeof(int64_t)) };
}

static void
keep_wrong(Pass *pass, const HjSheetRow *row)
{
    int32_t number = row->number;
    g_array_append_val(pass->skip, number);
    if (pass->n_kept++ < MAX_WRONG_KEPT)
        hj_import_line(pass->lines, pass->import, row);
}

static bool
judge_row(const HjSheetRow *row, gpointer data, GError **error)
{
    Pass *pass = data;
    HjImportVerdict verdict;
    if (!check_halt(error) ||
        !hj_import_row(pass->import, pass->tx, row, pass->write, &verdict, error))
        return false;
    if (verdict == HJ_IMPORT_SKIPPED)
        return true;
    pass->n_rows++;
    if (pass->n_rows % 64 == 0 && pass->job->id != 0)
        hj_import_work_tell(pass->job->id, pass->n_rows);
    if (verdict == HJ_IMPORT_RIGHT) {
        pass->n_right++;
        int64_t id = hj_import_made(pass->import);
        if (id != 0)
            g_array_append_val(pass->made, id);
        return true;
    }
    pass->n_wrong += verdict == HJ_IMPORT_WRONG ? 1 : 0;
    pass->n_duplicate += verdict == HJ_IMPORT_DUPLICATE ? 1 : 0;
    if (verdict == HJ_IMPORT_DUPLICATE && hj_import_orgs_is(pass->job->ledger))
        return true;
    if (pass->mode == HJ_IMPORT_ALL)
        pass->write = false; /* it will be none */
    keep_wrong(pass, row);
    return true;
}

/* --- the check --- */

static char *
problems_json(const HjImport *import, const GError *error)
{
    GString *out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    size_t n = import != NULL ? hj_import_n_problems(import) : 0;
    hj_json_begin_array(&w);
    for (size_t i = 0; i < n + (n == 0 ? 1 : 0); i++) {
        const HjLabel *says = n > 0 ? hj_import_problem(import, i) : NULL;
        hj_json_begin_object(&w);
        hj_json_key(&w, "zh");
        hj_json_text(&w, says != NULL ? says->zh : hj_i18n_tr(HJ_ZH, error->message));
        hj_json_key(&w, "en");
        hj_json_text(&w, says != NULL ? says->en : hj_i18n_tr(HJ_EN, error->message));
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    return g_string_free(out, FALSE);
}

typedef struct {
    const Job *job;
    const Pass *pass;
    const char *state;
    const char *problems;
} Verdict;

static bool
store_verdict(HjTx *tx, gpointer data, GError **error)
{
    const Verdict *v = data;
    const Pass *pass = v->pass;
    int64_t id = v->job->id;
    hj_tx_exempt(tx);
    return hj_import_part_drop(tx, id, HJ_IMPORT_WRONG_CELLS, error) &&
           hj_import_part_drop(tx, id, HJ_IMPORT_SKIP, error) &&
           hj_import_part_write(tx, id, &v->job->key, HJ_IMPORT_WRONG_CELLS, pass->lines->str,
                                pass->lines->len, error) &&
           hj_import_part_write(tx, id, &v->job->key, HJ_IMPORT_SKIP, pass->skip->data,
                                pass->skip->len * sizeof(int32_t), error) &&
           hj_tx_exec(tx, error, SQL_COUNTS, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_TEXT(v->state), HJ_I64(pass->n_rows), HJ_I64(pass->n_right),
                      HJ_I64(pass->n_wrong), HJ_I64(pass->n_duplicate), HJ_TEXT(v->problems),
                      HJ_TIME(hj_tx_now(tx)));
}

static bool
read_all(Pass *pass, GError **error)
{
    /* The worker reads while what is there already is learned. */
    g_autoptr(HjSheetAhead) ahead =
        hj_sheet_ahead_new(pass->job->file->data, pass->job->file->len);
    return hj_import_learn(pass->import, pass->tx, error) &&
           hj_sheet_ahead_read(ahead, judge_row, pass, error) &&
           hj_import_finish(pass->import, error);
}

static bool
look_through(Pass *pass, HjTx *tx, GError **error)
{
    const Job *job = pass->job;
    pass->tx = tx;
    pass->import = hj_import_new(tx, job->actor, job->ledger, error);
    return pass->import != NULL && read_all(pass, error);
}

/* Organizations are checked by being made; what was made is taken back. */
typedef struct {
    Pass *pass;
    GError *cause; /* NULL where the rows are right */
} Trial;

static bool
try_rows(HjTx *tx, gpointer data, GError **error)
{
    Trial *trial = data;
    const Job *job = trial->pass->job;
    pass_clear(trial->pass);
    *trial->pass = pass_of(job);
    g_clear_error(&trial->cause);
    hj_tx_set_actor(tx, job->account);
    look_through(trial->pass, tx, &trial->cause);
    if (g_error_matches(trial->cause, HJ_ERROR, HJ_ERROR_BUSY))
        g_propagate_error(error, g_steal_pointer(&trial->cause));
    else
        hj_fail(error, HJ_ERROR_INVALID, "Nothing is kept of a trial.");
    return false;
}

static bool
try_and_take_back(Pass *pass, GError **error)
{
    Trial trial = { .pass = pass };
    g_autoptr(GError) end = NULL;
    hj_store_write(pass->job->store, try_rows, &trial, &end);
    if (!g_error_matches(end, HJ_ERROR, HJ_ERROR_INVALID)) {
        g_clear_error(&trial.cause);
        g_propagate_error(error, g_steal_pointer(&end));
        return false;
    }
    if (trial.cause == NULL)
        return true;
    g_propagate_error(error, trial.cause);
    return false;
}

static bool
look_only(Pass *pass, GError **error)
{
    if (hj_import_orgs_is(pass->job->ledger))
        return try_and_take_back(pass, error);
    HjTx *tx = hj_store_read(pass->job->store, error);
    bool right = tx != NULL && look_through(pass, tx, error);
    hj_tx_end(tx);
    return right;
}

static bool
check(const Job *job, GError **error)
{
    g_auto(Pass) pass = pass_of(job);
    g_autoptr(GError) cause = NULL;
    bool right = look_only(&pass, &cause);
    if (!right && !hj_error_is_refusal(cause)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_autofree char *problems = right ? NULL : problems_json(pass.import, cause);
    Verdict verdict = { .job = job,
                        .pass = &pass,
                        .state = right ? HJ_IMPORT_CHECKED : HJ_IMPORT_REFUSED,
                        .problems = problems };
    return hj_store_write(job->store, store_verdict, &verdict, error);
}

/* --- the right rows, in batches --- */

typedef struct {
    int number;
    HjSheetCell *cells;
    size_t n_cells;
} HeldRow;

typedef struct {
    const Job *job;
    HjImport *import;
    GHashTable *skip;
    GArray *rows; /* of HeldRow */
    GStringChunk *texts;
    Pass *wrong; /* of this batch's try */
    int64_t n_seen;
} Batch;

static bool
write_batch(HjTx *tx, gpointer data, GError **error)
{
    Batch *batch = data;
    const Job *job = batch->job;
    Pass *pass = batch->wrong;
    int64_t n_refused = 0;
    g_string_truncate(pass->lines, 0);
    g_array_set_size(pass->made, 0);
    hj_tx_set_actor(tx, job->account);
    hj_tx_exempt(tx); /* the count of the job; every row has its own event */
    if (!hj_import_orgs_is(job->ledger))
        hj_tx_write_behind(tx);
    for (guint i = 0; i < batch->rows->len; i++) {
        const HeldRow *held = &g_array_index(batch->rows, HeldRow, i);
        HjSheetRow row = { .number = held->number,
                           .cells = held->cells,
                           .n_cells = held->n_cells };
        HjImportVerdict verdict;
        if (!hj_import_row(batch->import, tx, &row, true, &verdict, error))
            return false;
        int64_t id = hj_import_made(batch->import);
        if (verdict == HJ_IMPORT_RIGHT)
            g_array_append_val(pass->made, id);
        else if (verdict != HJ_IMPORT_SKIPPED) {
            n_refused++;
            hj_import_line(pass->lines, batch->import, &row);
        }
    }
    int last = g_array_index(batch->rows, HeldRow, batch->rows->len - 1).number;
    return hj_import_part_write(tx, job->id, &job->key, HJ_IMPORT_WRONG_CELLS, pass->lines->str,
                                pass->lines->len, error) &&
           hj_import_part_write(tx, job->id, &job->key, HJ_IMPORT_MADE, pass->made->data,
                                pass->made->len * sizeof(int64_t), error) &&
           hj_tx_exec(tx, error, SQL_BATCH, HJ_I64(hj_tx_county(tx)), HJ_I64(job->id),
                      HJ_I64(last), HJ_I64(pass->made->len), HJ_I64(n_refused),
                      HJ_TIME(hj_tx_now(tx)));
}

static bool
flush_batch(Batch *batch, GError **error)
{
    if (batch->rows->len == 0)
        return true;
    bool done = hj_store_write(batch->job->store, write_batch, batch, error);
    g_array_set_size(batch->rows, 0);
    g_string_chunk_clear(batch->texts);
    return done;
}

static void
hold_row(Batch *batch, const HjSheetRow *row)
{
    HeldRow held = { .number = row->number, .n_cells = row->n_cells };
    held.cells = g_memdup2(row->cells, sizeof *row->cells * row->n_cells);
    for (size_t i = 0; i < row->n_cells; i++)
        held.cells[i].text = g_string_chunk_insert(batch->texts, row->cells[i].text);
    g_array_append_val(batch->rows, held);
}

static bool
take_row(const HjSheetRow *row, gpointer data, GError **error)
{
    Batch *batch = data;
    if (!check_halt(error))
        return false;
    if (++batch->n_seen % 64 == 0)
        hj_import_work_tell(batch->job->id, batch->n_seen);
    if (!hj_import_has_headings(batch->import)) {
        HjImportVerdict verdict;
        g_autoptr(HjTx) tx = hj_store_read(batch->job->store, error);
        return tx != NULL && hj_import_row(batch->import, tx, row, false, &verdict, error);
    }
    if (row->number <= batch->job->n_done ||
        g_hash_table_contains(batch->skip, GINT_TO_POINTER(row->number)))
        return true;
    hold_row(batch, row);
    return batch->rows->len < BATCH_ROWS || flush_batch(batch, error);
}

static void
held_clear(gpointer data)
{
    HeldRow *held = data;
    g_free(held->cells);
}

static GHashTable *
rows_to_skip(HjTx *tx, const Job *job, GError **error)
{
    g_autoptr(GByteArray) bytes =
        hj_import_part_all(tx, job->id, &job->key, HJ_IMPORT_SKIP, error);
    if (bytes == NULL)
        return NULL;
    GHashTable *skip = g_hash_table_new(NULL, NULL);
    for (size_t at = 0; at + sizeof(int32_t) <= bytes->len; at += sizeof(int32_t)) {
        int32_t row;
        memcpy(&row, bytes->data + at, sizeof row);
        g_hash_table_add(skip, GINT_TO_POINTER(row));
    }
    return skip;
}

static bool
apply_right(const Job *job, GError **error)
{
    g_auto(Pass) wrong = pass_of(job);
    Batch batch = { .job = job, .wrong = &wrong };
    HjTx *tx = hj_store_read(job->store, error);
    if (tx == NULL)
        return false;
    g_autoptr(GHashTable) skip = rows_to_skip(tx, job, error);
    g_autoptr(HjImport) import =
        skip != NULL ? hj_import_new(tx, job->actor, job->ledger, error) : NULL;
    hj_tx_end(tx);
    if (import == NULL)
        return false;
    /* Equal rows were told apart by the check; a try that is run again meets its own. */
    hj_import_trust(import);
    batch.skip = skip;
    batch.import = import;
    batch.rows = g_array_new(FALSE, FALSE, sizeof(HeldRow));
    g_array_set_clear_func(batch.rows, held_clear);
    batch.texts = g_string_chunk_new(64 * 1024);
    bool done = hj_sheet_read_apart(job->file->data, job->file->len, take_row, &batch, error) &&
                flush_batch(&batch, error);
    g_array_unref(batch.rows);
    g_string_chunk_free(batch.texts);
    return done;
}

/* --- all or none --- */

typedef struct {
    const Job *job;
    Pass pass;
} Whole;

static bool
append_event(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t id,
             const char *file_name, int64_t n_made, GError **error)
{
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "file");
    hj_json_text(&w, file_name);
    hj_json_key(&w, "rows");
    hj_json_i64(&w, n_made);
    hj_json_end_object(&w);
    HjEvent event = { .action = "ledger.import",
                      .subject = "import",
                      .ledger = ledger->name,
                      .row = id,
                      .org = actor->n_grants > 0 ? actor->grants[0].org : 0,
                      .after = after->str };
    return hj_event_append(tx, &event, error);
}

/* Every row of the workbook, as the mode wants it. */
static bool
write_rows(Pass *pass, HjTx *tx, GError **error)
{
    const Job *job = pass->job;
    pass->tx = tx;
    pass->write = pass->mode != HJ_IMPORT_LOOK;
    pass->import = hj_import_new(tx, job->actor, job->ledger, error);
    if (pass->import == NULL)
        return false;
    if (pass->write && !hj_import_orgs_is(job->ledger))
        hj_tx_write_behind(tx);
    if (pass->mode == HJ_IMPORT_RIGHT_ONES)
        hj_import_look_first(pass->import);
    if (!read_all(pass, error))
        return false;
    /* Organizations that stand already are no reason to refuse the others. */
    int64_t n_bad = pass->n_wrong + (hj_import_orgs_is(job->ledger) ? 0 : pass->n_duplicate);
    if (n_bad > 0 && pass->mode == HJ_IMPORT_ALL)
        return hj_issues_refuse(error);
    return true;
}

static bool
write_whole(HjTx *tx, gpointer data, GError **error)
{
    Whole *whole = data;
    const Job *job = whole->job;
    /* A second try begins anew. */
    pass_clear(&whole->pass);
    whole->pass = pass_of(job);
    Pass *pass = &whole->pass;
    pass->mode = HJ_IMPORT_ALL;
    hj_tx_set_actor(tx, job->account);
    hj_tx_exempt(tx); /* the job; every row has its own event */
    return write_rows(pass, tx, error) &&
           hj_import_part_write(tx, job->id, &job->key, HJ_IMPORT_MADE, pass->made->data,
                                pass->made->len * sizeof(int64_t), error) &&
           hj_tx_exec(tx, error, SQL_DONE, HJ_I64(hj_tx_county(tx)), HJ_I64(job->id),
                      HJ_I64(pass->made->len), HJ_TIME(hj_tx_now(tx))) &&
           append_event(tx, job->actor, job->ledger, job->id, job->file_name, pass->made->len,
                        error);
}

static bool
apply_all(const Job *job, GError **error)
{
    Whole whole = { .job = job, .pass = pass_of(job) };
    g_autoptr(GError) cause = NULL;
    bool done = hj_store_write(job->store, write_whole, &whole, &cause);
    if (!done && cause->code == HJ_ERROR_INVALID) {
        Verdict verdict = { .job = job, .pass = &whole.pass, .state = HJ_IMPORT_CHECKED };
        g_clear_error(&cause);
        done = hj_store_write(job->store, store_verdict, &verdict, &cause);
    }
    pass_clear(&whole.pass);
    if (!done)
        g_propagate_error(error, g_steal_pointer(&cause));
    return done;
}

/* --- the end --- */

static bool
write_done(HjTx *tx, gpointer data, GError **error)
{
    const Job *job = data;
    HjVal county = HJ_I64(hj_tx_county(tx));
    hj_tx_set_actor(tx, job->account);
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_MADE, county, HJ_I64(job->id));
    if (rows == NULL || !hj_rows_next(rows))
        return rows != NULL;
    int64_t n_made = hj_rows_i64(rows, "n_made");
    return hj_tx_exec(tx, error, SQL_DONE, county, HJ_I64(job->id), HJ_I64(n_made),
                      HJ_TIME(hj_tx_now(tx))) &&
           append_event(tx, job->actor, job->ledger, job->id, job->file_name, n_made, error);
}

typedef struct {
    int64_t id;
    const char *problems;
} Failure;

static bool
write_refused(HjTx *tx, gpointer data, GError **error)
{
    const Failure *failure = data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, SQL_STATE, HJ_I64(hj_tx_county(tx)), HJ_I64(failure->id),
                      HJ_TEXT(HJ_IMPORT_REFUSED), HJ_TEXT(failure->problems),
                      HJ_TIME(hj_tx_now(tx)));
}

/* What this program did wrong is in its log; the person is told that it did not work. */
static bool
give_up(HjStore *store, int64_t id, GError *cause, GError **error)
{
    g_autoptr(GError) shown = NULL;
    if (hj_error_is_refusal(cause))
        shown = g_error_copy(cause);
    else
        hj_fail(&shown, HJ_ERROR_INTERNAL,
                "The import stopped because of a fault of the "
                "program. Nothing more was written.");
    hj_log(HJ_LOG_WARNING, "import", "cause", cause->message, NULL);
    g_autofree char *problems = problems_json(NULL, shown);
    Failure failure = { .id = id, .problems = problems };
    return hj_store_write(store, write_refused, &failure, error);
}

bool
hj_import_work_run(HjStore *store, HjPack *pack, int64_t id, GError **error)
{
    g_auto(Job) job = { 0 };
    g_autoptr(GError) cause = NULL;
    hj_import_work_tell(id, 0);
    bool done = load(store, pack, id, &job, &cause);
    if (done && !job.applying)
        done = check(&job, &cause);
    else if (done && job.all)
        done = apply_all(&job, &cause);
    else if (done)
        done = apply_right(&job, &cause) && hj_store_write(store, write_done, &job, &cause);
    if (!done && g_error_matches(cause, HJ_ERROR, HJ_ERROR_BUSY))
        g_propagate_error(error, g_steal_pointer(&cause)); /* tried again later */
    else if (!done)
        done = give_up(store, id, cause, error);
    hj_import_work_tell(id, -1);
    return done;
}

/* --- at once --- */

void
hj_import_outcome_clear(HjImportOutcome *outcome)
{
    if (outcome->lines != NULL)
        g_string_free(outcome->lines, TRUE);
    for (int lang = HJ_ZH; lang <= HJ_EN; lang++)
        g_clear_pointer(&outcome->problems[lang], g_ptr_array_unref);
    *outcome = (HjImportOutcome){ 0 };
}

static void
take_outcome(Pass *pass, HjImportOutcome *ret)
{
    *ret = (HjImportOutcome){ .n_rows = pass->n_rows,
                              .n_right = pass->n_right,
                              .n_wrong = pass->n_wrong,
                              .n_duplicate = pass->n_duplicate,
                              .lines = g_string_new(pass->lines->str) };
    for (int lang = HJ_ZH; lang <= HJ_EN; lang++) {
        ret->problems[lang] = g_ptr_array_new_with_free_func(g_free);
        for (size_t i = 0; pass->import != NULL && i < hj_import_n_problems(pass->import); i++)
            g_ptr_array_add(
                ret->problems[lang],
                g_strdup(hj_i18n_label(hj_import_problem(pass->import, i), (HjLang)lang)));
    }
}

bool
hj_import_at_once(HjTx *tx, const HjActor *actor, const HjLedger *ledger, const char *file_name,
                  const void *bytes, size_t n, HjImportMode mode, HjImportOutcome *ret,
                  GError **error)
{
    g_autoptr(GByteArray) file = g_byte_array_sized_new((guint)n);
    g_byte_array_append(file, bytes, (guint)n);
    Job job = { .ledger = ledger,
                .actor = (HjActor *)actor,
                .account = actor->account,
                .file_name = (char *)file_name,
                .file = file };
    g_auto(Pass) pass = pass_of(&job);
    pass.mode = mode;
    bool done = write_rows(&pass, tx, error);
    take_outcome(&pass, ret);
    if (!done || mode == HJ_IMPORT_LOOK)
        return done;
    bool kept =
        pass.made->len == 0 || hj_import_orgs_is(ledger) ||
        hj_import_undo_keep(tx, actor, ledger, file_name, ret, pass.made, &ret->id, error);
    return kept && append_event(tx, actor, ledger, ret->id, file_name, pass.made->len, error);
}

static bool
each_line(const GString *lines, HjImportLineFn fn, gpointer data)
{
    g_auto(GStrv) split = g_strsplit(lines->str, "\n", -1);
    for (size_t i = 0; split[i] != NULL && *split[i] != '\0'; i++) {
        g_autoptr(HjJson) line = hj_json_parse(split[i], strlen(split[i]), NULL);
        if (line == NULL || !fn(line, data))
            return false;
    }
    return true;
}

void
hj_import_outcome_each(const HjImportOutcome *outcome, HjImportCellFn fn, gpointer data)
{
    HjImportCells cells = { .fn = fn, .data = data };
    each_line(outcome->lines, hj_import_cells_of, &cells);
}

typedef struct {
    HjExchangeBook *book;
    HjExchange *exchange;
    HjLang lang;
    GError *error;
} Report;

static bool
report_line(const HjJson *line, gpointer data)
{
    Report *r = data;
    return hj_import_line_write(r->book, r->exchange, line, r->lang, &r->error);
}

GBytes *
hj_import_outcome_book(const HjImportOutcome *outcome, HjTx *tx, const HjActor *actor,
                       const HjLedger *ledger, HjLang lang, GError **error)
{
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, actor, ledger, error);
    g_autoptr(HjExchangeBook) book =
        exchange != NULL ? hj_exchange_book_new(exchange, tx, lang, error) : NULL;
    if (book == NULL)
        return NULL;
    Report r = { .book = book, .exchange = exchange, .lang = lang };
    if (!each_line(outcome->lines, report_line, &r) && r.error != NULL) {
        g_propagate_error(error, r.error);
        return NULL;
    }
    return hj_exchange_book_end(book, error);
}
