#include "web/drawing.h"

#include "base/error.h"
#include "base/id.h"
#include "base/log.h"

#include <string.h>

#define LONG_LINES 4000 /* about 100 pages */
#define KEPT_US (INT64_C(3600) * G_USEC_PER_SEC)
#define MOST_BYTES ((size_t)256 * 1024 * 1024) /* of finished files */
#define MOST_WAITING 16
#define MOST_OF_ONE 3 /* of one account, waiting or being drawn */

typedef struct {
    int64_t id, account;
    char *rights, *name, *back;
    uint64_t sum; /* of what is drawn */
    HjDrawingState state;
    GBytes *input; /* until it is drawn */
    size_t n, n_done;
    GBytes *pdf;
    int n_pages;
    int64_t ended; /* monotonic */
} Job;

struct HjDrawing {
    GMutex lock;
    GCond changed;
    GPtrArray *jobs; /* of Job, oldest first */
    GThread *thread; /* from the first job on */
    bool stopping;
    size_t long_lines;
    int64_t kept_us;
};

static void
job_free(gpointer data)
{
    Job *job = data;
    g_free(job->rights);
    g_free(job->name);
    g_free(job->back);
    g_clear_pointer(&job->input, g_bytes_unref);
    g_clear_pointer(&job->pdf, g_bytes_unref);
    g_free(job);
}

HjDrawing *
hj_drawing_new(void)
{
    HjDrawing *drawing = g_new0(HjDrawing, 1);
    g_mutex_init(&drawing->lock);
    g_cond_init(&drawing->changed);
    drawing->jobs = g_ptr_array_new_with_free_func(job_free);
    drawing->long_lines = LONG_LINES;
    drawing->kept_us = KEPT_US;
    return drawing;
}

void
hj_drawing_free(HjDrawing *drawing)
{
    if (drawing == NULL)
        return;
    g_mutex_lock(&drawing->lock);
    drawing->stopping = true;
    g_cond_broadcast(&drawing->changed);
    g_mutex_unlock(&drawing->lock);
    if (drawing->thread != NULL)
        g_thread_join(drawing->thread);
    g_ptr_array_unref(drawing->jobs);
    g_mutex_clear(&drawing->lock);
    g_cond_clear(&drawing->changed);
    g_free(drawing);
}

void
hj_drawing_tune(HjDrawing *drawing, size_t lines, int64_t kept_us)
{
    g_mutex_lock(&drawing->lock);
    drawing->long_lines = lines;
    drawing->kept_us = kept_us;
    g_cond_broadcast(&drawing->changed);
    g_mutex_unlock(&drawing->lock);
}

bool
hj_drawing_is_long(const HjDrawing *drawing, const HjDocument *const *documents, size_t n)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++)
        for (guint b = 0; b < documents[i]->blocks->len; b++)
            lines += 1 + g_array_index(documents[i]->blocks, HjDocumentBlock, b).n_rows;
    return lines > drawing->long_lines;
}

/* --- the jobs; the lock is held --- */

static bool
has_ended(const Job *job)
{
    return job->state == HJ_DRAWING_DONE || job->state == HJ_DRAWING_FAILED;
}

/* What is old goes, and of what is left the oldest while all of it is too much. */
static void
sweep(HjDrawing *drawing, int64_t now)
{
    size_t bytes = 0;
    for (guint i = drawing->jobs->len; i-- > 0;) {
        const Job *job = drawing->jobs->pdata[i];
        bytes += job->pdf != NULL ? g_bytes_get_size(job->pdf) : 0;
        if (has_ended(job) && (now - job->ended >= drawing->kept_us || bytes > MOST_BYTES))
            g_ptr_array_remove_index(drawing->jobs, i);
    }
}

static Job *
next_waiting(HjDrawing *drawing)
{
    for (guint i = 0; i < drawing->jobs->len; i++) {
        Job *job = drawing->jobs->pdata[i];
        if (job->state == HJ_DRAWING_WAITS)
            return job;
    }
    return NULL;
}

static Job *
find_job(HjDrawing *drawing, int64_t id)
{
    for (guint i = 0; i < drawing->jobs->len; i++) {
        Job *job = drawing->jobs->pdata[i];
        if (job->id == id)
            return job;
    }
    return NULL;
}

/* When the next file is old; a month from now where there is none. */
static int64_t
next_end(const HjDrawing *drawing, int64_t now)
{
    int64_t until = now + INT64_C(30) * 24 * 3600 * G_USEC_PER_SEC;
    for (guint i = 0; i < drawing->jobs->len; i++) {
        const Job *job = drawing->jobs->pdata[i];
        if (has_ended(job))
            until = MIN(until, job->ended + drawing->kept_us);
    }
    return until;
}

/* --- the thread --- */

typedef struct {
    HjDrawing *drawing;
    int64_t id;
} Watch;

static bool
note_step(gpointer data, size_t n_done)
{
    const Watch *watch = data;
    g_mutex_lock(&watch->drawing->lock);
    find_job(watch->drawing, watch->id)->n_done = n_done;
    const bool go_on = !watch->drawing->stopping;
    g_mutex_unlock(&watch->drawing->lock);
    return go_on;
}

static void
log_drawn(size_t n, const HjPdfInfo *info)
{
    g_autofree char *documents = g_strdup_printf("%zu", n);
    g_autofree char *pages = g_strdup_printf("%d", info->n_pages);
    g_autofree char *missing = g_strdup_printf("%d", info->n_missing);
    g_autofree char *cpu = g_strdup_printf("%" G_GINT64_FORMAT, info->cpu_us / 1000);
    g_autofree char *peak = g_strdup_printf("%" G_GINT64_FORMAT, info->peak_kib);
    hj_log(info->n_missing > 0 ? HJ_LOG_WARNING : HJ_LOG_INFO, "document", "documents",
           documents, "pages", pages, "missing_glyphs", missing, "cpu_ms", cpu, "peak_kib",
           peak, NULL);
}

/* Draws without the lock; only this thread takes a job away that has not ended. */
static void
draw(HjDrawing *drawing, Job *job)
{
    Watch watch = { .drawing = drawing, .id = job->id };
    HjPdfInfo info = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) input = g_steal_pointer(&job->input);
    const size_t n = job->n;
    job->state = HJ_DRAWING_DRAWS;
    g_mutex_unlock(&drawing->lock);
    GBytes *pdf = hj_document_pdf_watched(input, n, &info, note_step, &watch, &error);
    if (pdf != NULL)
        log_drawn(n, &info);
    else
        hj_log(HJ_LOG_WARNING, "drawing", "cause", error->message, NULL);
    g_mutex_lock(&drawing->lock);
    job->pdf = pdf;
    job->n_pages = info.n_pages;
    job->state = pdf != NULL ? HJ_DRAWING_DONE : HJ_DRAWING_FAILED;
    job->ended = g_get_monotonic_time();
}

static gpointer
work(gpointer data)
{
    HjDrawing *drawing = data;
    g_mutex_lock(&drawing->lock);
    while (!drawing->stopping) {
        const int64_t now = g_get_monotonic_time();
        sweep(drawing, now);
        Job *job = next_waiting(drawing);
        if (job != NULL)
            draw(drawing, job);
        else
            g_cond_wait_until(&drawing->changed, &drawing->lock, next_end(drawing, now));
    }
    g_mutex_unlock(&drawing->lock);
    return NULL;
}

/* --- asking --- */

static uint64_t
sum_of(GBytes *bytes)
{
    gsize n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);
    uint64_t sum = UINT64_C(14695981039346656037); /* FNV-1a */
    for (gsize i = 0; i < n; i++)
        sum = (sum ^ p[i]) * UINT64_C(1099511628211);
    return sum;
}

/* The same paper of the same account; NULL with *@ret_full when there is no room for another.
 */
static const Job *
find_same(const HjDrawing *drawing, const HjDrawingOrder *order, uint64_t sum, bool *ret_full)
{
    size_t waiting = 0, own = 0;
    for (guint i = 0; i < drawing->jobs->len; i++) {
        const Job *job = drawing->jobs->pdata[i];
        const bool mine = job->account == order->account;
        if (mine && job->sum == sum && job->state != HJ_DRAWING_FAILED &&
            g_str_equal(job->rights, order->rights))
            return job;
        waiting += !has_ended(job);
        own += mine && !has_ended(job);
    }
    *ret_full = waiting >= MOST_WAITING || own >= MOST_OF_ONE;
    return NULL;
}

bool
hj_drawing_add(HjDrawing *drawing, const HjDrawingOrder *order,
               const HjDocument *const *documents, size_t n, int64_t *ret_id, GError **error)
{
    g_autoptr(GBytes) input = hj_document_pdf_input(documents, n, error);
    if (input == NULL)
        return false;
    const uint64_t sum = sum_of(input);
    bool full = false;
    g_mutex_lock(&drawing->lock);
    sweep(drawing, g_get_monotonic_time());
    const Job *same = find_same(drawing, order, sum, &full);
    if (same != NULL) {
        *ret_id = same->id;
    } else if (!full) {
        Job *job = g_new0(Job, 1);
        *job = (Job){ .id = hj_id_new(),
                      .account = order->account,
                      .rights = g_strdup(order->rights),
                      .name = g_strdup(order->name),
                      .back = g_strdup(order->back),
                      .sum = sum,
                      .input = g_bytes_ref(input),
                      .n = n };
        *ret_id = job->id;
        g_ptr_array_add(drawing->jobs, job);
        if (drawing->thread == NULL)
            drawing->thread = g_thread_new("drawing", work, drawing);
        g_cond_broadcast(&drawing->changed);
    }
    g_mutex_unlock(&drawing->lock);
    return !full || hj_fail(error, HJ_ERROR_BUSY,
                            "Several long papers are being drawn. Try again in a moment.");
}

bool
hj_drawing_get(HjDrawing *drawing, int64_t id, int64_t account, const char *rights,
               HjDrawn *ret)
{
    *ret = (HjDrawn){ 0 };
    g_mutex_lock(&drawing->lock);
    sweep(drawing, g_get_monotonic_time());
    const Job *job = find_job(drawing, id);
    if (job != NULL && (job->account != account || !g_str_equal(job->rights, rights)))
        job = NULL;
    if (job != NULL)
        *ret = (HjDrawn){ .state = job->state,
                          .n_done = job->n_done,
                          .n = job->n,
                          .n_pages = job->n_pages,
                          .name = g_strdup(job->name),
                          .back = g_strdup(job->back),
                          .pdf = job->pdf != NULL ? g_bytes_ref(job->pdf) : NULL };
    for (guint i = 0; job != NULL && drawing->jobs->pdata[i] != job; i++)
        ret->n_before += !has_ended(drawing->jobs->pdata[i]);
    g_mutex_unlock(&drawing->lock);
    return job != NULL;
}

void
hj_drawn_clear(HjDrawn *drawn)
{
    g_clear_pointer(&drawn->name, g_free);
    g_clear_pointer(&drawn->back, g_free);
    g_clear_pointer(&drawn->pdf, g_bytes_unref);
}
