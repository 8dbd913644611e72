#include "base/sheet_worker.h"

#include "base/error.h"
#include "base/i18n.h"

#include <string.h>

#define TAG_ROWS 1
#define TAG_REFUSED 2
#define BATCH (64 * 1024)
#define MAX_BATCH (64 * 1024 * 1024)
#define MAX_ALL ((int64_t)2 * 1024 * 1024 * 1024)
#define CPU_S 120
#define WALL_S 1800
#define MAX_AHEAD (2 * 1024 * 1024)

/* A row is its number and count of cells, a cell its column, kind, merged, length and text with
 * its NUL; all numbers of 32 bits. */

/* --- in the worker --- */

static void
put(GByteArray *out, uint32_t value)
{
    g_byte_array_append(out, (const guint8 *)&value, sizeof value);
}

static void
flush(GByteArray *out)
{
    if (out->len > 0)
        hj_worker_emit(TAG_ROWS, out->data, out->len);
    g_byte_array_set_size(out, 0);
}

static bool
send_row(const HjSheetRow *row, gpointer data, GError **error)
{
    (void)error;
    GByteArray *out = data;
    put(out, (uint32_t)row->number);
    put(out, (uint32_t)row->n_cells);
    for (size_t i = 0; i < row->n_cells; i++) {
        const HjSheetCell *cell = &row->cells[i];
        size_t n = strlen(cell->text);
        put(out, (uint32_t)cell->column);
        put(out, (uint32_t)cell->kind);
        put(out, cell->merged ? 1 : 0);
        put(out, (uint32_t)n);
        g_byte_array_append(out, (const guint8 *)cell->text, (guint)n + 1);
    }
    if (out->len >= BATCH)
        flush(out);
    return true;
}

static int
work(int argc, char **argv)
{
    (void)argc, (void)argv;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) input = hj_worker_input(HJ_SHEET_MAX_FILE);
    if (input == NULL)
        return 1;
    g_autoptr(GByteArray) out = g_byte_array_sized_new(2 * BATCH);
    size_t n;
    const void *bytes = g_bytes_get_data(input, &n);
    bool done = hj_sheet_read(bytes, n, send_row, out, &error);
    flush(out);
    if (!done)
        hj_worker_emit(TAG_REFUSED, error->message, strlen(error->message));
    return 0;
}

const HjWorkerKind hj_sheet_worker = { .kind = "sheet", .run = work };

/* --- here, where nothing the worker says is believed --- */

typedef struct {
    HjSheetFn fn;
    gpointer data;
    GArray *cells;
    int last_row;
} Receiver;

typedef struct {
    const uint8_t *at, *end;
    bool broken;
} Cursor;

static uint32_t
take(Cursor *c, uint32_t max)
{
    uint32_t value = 0;
    if (c->broken || (size_t)(c->end - c->at) < sizeof value) {
        c->broken = true;
        return 0;
    }
    memcpy(&value, c->at, sizeof value);
    c->at += sizeof value;
    c->broken = value > max;
    return c->broken ? 0 : value;
}

static void
take_cell(Cursor *c, GArray *cells, int *last_column)
{
    HjSheetCell cell = { .column = (int)take(c, HJ_SHEET_MAX_COLUMNS) };
    cell.kind = (HjCellKind)take(c, HJ_CELL_FORMULA);
    cell.merged = take(c, 1) == 1;
    size_t n = take(c, HJ_SHEET_MAX_TEXT * 4);
    if (c->broken || (size_t)(c->end - c->at) < n + 1 || cell.column <= *last_column ||
        c->at[n] != '\0' || !g_utf8_validate((const char *)c->at, (gssize)n, NULL)) {
        c->broken = true;
        return;
    }
    cell.text = (const char *)c->at;
    c->at += n + 1;
    *last_column = cell.column;
    g_array_append_val(cells, cell);
}

static bool
receive_rows(Receiver *r, const void *bytes, size_t n, GError **error)
{
    Cursor c = { .at = bytes, .end = (const uint8_t *)bytes + n };
    while (c.at < c.end) {
        HjSheetRow row = { .number = (int)take(&c, INT32_MAX) };
        uint32_t n_cells = take(&c, HJ_SHEET_MAX_COLUMNS);
        int last_column = 0;
        g_array_set_size(r->cells, 0);
        for (uint32_t i = 0; i < n_cells && !c.broken; i++)
            take_cell(&c, r->cells, &last_column);
        if (c.broken || row.number <= r->last_row)
            return hj_error_log(error, HJ_ERROR_INTERNAL, "sheet worker: not a row");
        r->last_row = row.number;
        row.cells = (const HjSheetCell *)(const void *)r->cells->data;
        row.n_cells = r->cells->len;
        if (!r->fn(&row, r->data, error))
            return false;
    }
    return true;
}

static bool
receive(gpointer data, uint32_t tag, const void *bytes, size_t n, GError **error)
{
    if (tag == TAG_ROWS)
        return receive_rows(data, bytes, n, error);
    /* Only a sentence of this program is passed on: it has a translation. */
    g_autofree char *said = g_strndup(bytes, MIN(n, 500));
    bool known = tag == TAG_REFUSED && g_utf8_validate(said, -1, NULL) &&
                 g_strcmp0(hj_i18n_tr(HJ_ZH, said), said) != 0;
    if (known)
        return hj_error_set(error, HJ_ERROR_INVALID, g_intern_string(said));
    return hj_fail(error, HJ_ERROR_INVALID,
                   "The workbook is damaged. Open it, save it as .xlsx and send it again.");
}

/* --- the worker goes ahead of who takes its rows --- */

typedef struct {
    GList link;
    uint32_t tag;
    size_t n;
    uint8_t bytes[];
} Frame;

struct HjSheetAhead {
    const void *bytes;
    size_t n;
    GThread *thread;
    GMutex lock;
    GCond came, taken;
    GQueue frames;
    size_t n_waiting; /* bytes */
    bool ended, unwanted;
    GError *error; /* of the worker */
};

static bool
push_frame(gpointer data, uint32_t tag, const void *bytes, size_t n, GError **error)
{
    HjSheetAhead *ahead = data;
    Frame *frame = g_malloc(sizeof *frame + n);
    *frame = (Frame){ .tag = tag, .n = n, .link.data = frame };
    memcpy(frame->bytes, bytes, n);
    g_mutex_lock(&ahead->lock);
    while (ahead->n_waiting > MAX_AHEAD && !ahead->unwanted)
        g_cond_wait(&ahead->taken, &ahead->lock);
    bool wanted = !ahead->unwanted;
    g_queue_push_tail_link(&ahead->frames, &frame->link);
    ahead->n_waiting += n;
    g_cond_signal(&ahead->came);
    g_mutex_unlock(&ahead->lock);
    return wanted || hj_error_log(error, HJ_ERROR_BUSY, "sheet worker: no longer wanted");
}

static gpointer
go_ahead(gpointer data)
{
    HjSheetAhead *ahead = data;
    HjWorkerJob job = {
        .kind = hj_sheet_worker.kind,
        .file = -1,
        .data = ahead->n > 0 ? ahead->bytes : "",
        .n_data = ahead->n,
        .cpu_s = CPU_S,
        .wall_s = WALL_S,
        .max_frame = MAX_BATCH,
        .max_all = MAX_ALL,
    };
    GError *error = NULL;
    hj_worker_run(&job, push_frame, ahead, &error);
    g_mutex_lock(&ahead->lock);
    ahead->error = error;
    ahead->ended = true;
    g_cond_signal(&ahead->came);
    g_mutex_unlock(&ahead->lock);
    return NULL;
}

HjSheetAhead *
hj_sheet_ahead_new(const void *bytes, size_t n)
{
    HjSheetAhead *ahead = g_new0(HjSheetAhead, 1);
    ahead->bytes = bytes;
    ahead->n = n;
    g_mutex_init(&ahead->lock);
    g_cond_init(&ahead->came);
    g_cond_init(&ahead->taken);
    if (n <= HJ_SHEET_MAX_FILE)
        ahead->thread = g_thread_new("sheet", go_ahead, ahead);
    return ahead;
}

void
hj_sheet_ahead_free(HjSheetAhead *ahead)
{
    if (ahead == NULL)
        return;
    g_mutex_lock(&ahead->lock);
    ahead->unwanted = true;
    g_cond_signal(&ahead->taken);
    g_mutex_unlock(&ahead->lock);
    if (ahead->thread != NULL)
        g_thread_join(ahead->thread);
    while (ahead->frames.length > 0)
        g_free(g_queue_pop_head_link(&ahead->frames)->data);
    g_clear_error(&ahead->error);
    g_mutex_clear(&ahead->lock);
    g_cond_clear(&ahead->came);
    g_cond_clear(&ahead->taken);
    g_free(ahead);
}

/* The next frame, NULL at the end. */
static Frame *
pop_frame(HjSheetAhead *ahead)
{
    g_mutex_lock(&ahead->lock);
    while (ahead->frames.length == 0 && !ahead->ended)
        g_cond_wait(&ahead->came, &ahead->lock);
    Frame *frame =
        ahead->frames.length > 0 ? g_queue_pop_head_link(&ahead->frames)->data : NULL;
    if (frame != NULL)
        ahead->n_waiting -= frame->n;
    g_cond_signal(&ahead->taken);
    g_mutex_unlock(&ahead->lock);
    return frame;
}

bool
hj_sheet_ahead_read(HjSheetAhead *ahead, HjSheetFn fn, gpointer data, GError **error)
{
    if (ahead->thread == NULL)
        return hj_fail(error, HJ_ERROR_INVALID,
                       "The workbook is too large. Divide it into several.");
    Receiver receiver = { .fn = fn, .data = data };
    receiver.cells = g_array_new(FALSE, FALSE, sizeof(HjSheetCell));
    bool done = true;
    for (Frame *frame = NULL; done && (frame = pop_frame(ahead)) != NULL; g_free(frame))
        done = receive(&receiver, frame->tag, frame->bytes, frame->n, error);
    g_array_unref(receiver.cells);
    if (done && ahead->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&ahead->error));
        return false;
    }
    return done;
}

bool
hj_sheet_read_apart(const void *bytes, size_t n, HjSheetFn fn, gpointer data, GError **error)
{
    g_autoptr(HjSheetAhead) ahead = hj_sheet_ahead_new(bytes, n);
    return hj_sheet_ahead_read(ahead, fn, data, error);
}
