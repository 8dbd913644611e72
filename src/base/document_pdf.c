#include "base/document_pdf.h"

#include "base/error.h"

#include <string.h>

#define MOST_INPUT (64 * 1024 * 1024)
#define MEMORY ((int64_t)1536 * 1024 * 1024)
#define CPU_S 120
#define WALL_S 300

typedef struct {
    GByteArray *pdf;
    HjPdfInfo info;
    bool whole;
    HjPdfStep step; /* or NULL */
    gpointer data;
} Receiver;

static bool
receive(gpointer data, uint32_t tag, const void *bytes, size_t n, GError **error)
{
    Receiver *r = data;
    uint64_t n_done;
    if (tag == HJ_DOCUMENT_TAG_PDF) {
        g_byte_array_append(r->pdf, bytes, (guint)n);
        return true;
    }
    if (tag == HJ_DOCUMENT_TAG_STEP && n == sizeof n_done) {
        memcpy(&n_done, bytes, n);
        return r->step == NULL || r->step(r->data, n_done) ||
               hj_error_log(error, HJ_ERROR_INTERNAL, "document worker: ended");
    }
    if (tag != HJ_DOCUMENT_TAG_INFO || n != sizeof r->info)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "document worker: not a frame");
    memcpy(&r->info, bytes, n);
    r->whole = true;
    return true;
}

GBytes *
hj_document_pdf_input(const HjDocument *const *documents, size_t n, GError **error)
{
    g_autoptr(GByteArray) input = g_byte_array_new();
    for (size_t i = 0; i < n && input->len <= MOST_INPUT; i++)
        hj_document_write(documents[i], input);
    if (n == 0 || input->len > MOST_INPUT) {
        hj_fail(error, HJ_ERROR_INVALID,
                "This is too much for one file. Choose fewer organizations or a part.");
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&input));
}

GBytes *
hj_document_pdf_watched(GBytes *input, size_t n, HjPdfInfo *info, HjPdfStep step, gpointer data,
                        GError **error)
{
    Receiver receiver = { .pdf = g_byte_array_new(), .step = step, .data = data };
    gsize n_input;
    const void *bytes = g_bytes_get_data(input, &n_input);
    const HjWorkerJob job = {
        .kind = hj_document_worker.kind,
        .file = -1,
        .data = bytes,
        .n_data = n_input,
        .memory = MEMORY,
        .cpu_s = CPU_S,
        .wall_s = WALL_S,
    };
    g_autoptr(GError) cause = NULL;
    bool done = hj_worker_run(&job, receive, &receiver, &cause);
    g_autoptr(GBytes) pdf = g_byte_array_free_to_bytes(receiver.pdf);
    if (!done || !receiver.whole) {
        /* The bytes were ours: whatever went wrong is no fault of the person. */
        HjErrorCode code =
            g_error_matches(cause, HJ_ERROR, HJ_ERROR_BUSY) ? HJ_ERROR_BUSY : HJ_ERROR_INTERNAL;
        hj_error_log(error, code, "draw %zu documents: %s", n,
                     cause != NULL ? cause->message : "cut short");
        return NULL;
    }
    if (info != NULL)
        *info = receiver.info;
    return g_steal_pointer(&pdf);
}

GBytes *
hj_document_pdf(const HjDocument *const *documents, size_t n, HjPdfInfo *info, GError **error)
{
    g_autoptr(GBytes) input = hj_document_pdf_input(documents, n, error);
    return input != NULL ? hj_document_pdf_watched(input, n, info, NULL, NULL, error) : NULL;
}
