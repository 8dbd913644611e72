/* The worker kind "document": documents come in, one PDF goes out. */
#include "adapters/pdf/draw.h"
#include "base/document_pdf.h"

#include <cairo-pdf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST_INPUT ((size_t)80 * 1024 * 1024)
#define PIECE (1024 * 1024)

enum { DONE = 0, NO_INPUT = 3, NO_FONTS = 4, NO_SURFACE = 5 };

static cairo_status_t
send_bytes(void *data, const unsigned char *bytes, unsigned int n)
{
    GByteArray *out = data;
    g_byte_array_append(out, bytes, n);
    if (out->len >= PIECE) {
        hj_worker_emit(HJ_DOCUMENT_TAG_PDF, out->data, out->len);
        g_byte_array_set_size(out, 0);
    }
    return CAIRO_STATUS_SUCCESS;
}

/* Opened with the fonts: what getrusage tells is the caller's peak where that was higher. */
static int status = -1;

static void
open_all(void)
{
    status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    hj_fonts_open();
}

static int64_t
peak_kib(void)
{
    char text[4096];
    ssize_t n = status >= 0 ? pread(status, text, sizeof text - 1, 0) : 0;
    text[MAX(n, 0)] = '\0';
    const char *line = strstr(text, "VmHWM:");
    return line != NULL ? g_ascii_strtoll(line + strlen("VmHWM:"), NULL, 10) : 0;
}

static void
send_info(const HjPen *pen)
{
    struct rusage used = { 0 };
    getrusage(RUSAGE_SELF, &used);
    HjPdfInfo info;
    memset(&info, 0, sizeof info);
    info.n_pages = pen->n_pages;
    info.n_missing = pen->n_missing;
    info.peak_kib = peak_kib();
    info.cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000000) +
                  used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    hj_worker_emit(HJ_DOCUMENT_TAG_INFO, &info, sizeof info);
}

/* Every document on the surface, with its pages. */
static bool
draw_input(HjPen *pen, cairo_surface_t *surface, GBytes *input)
{
    size_t n, at = 0;
    uint64_t n_done = 0;
    const void *bytes = g_bytes_get_data(input, &n);
    while (at < n) {
        g_autoptr(HjDocument) document = hj_document_read(bytes, n, &at);
        if (document == NULL)
            return false;
        if (pen->n_pages == 0)
            cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title);
        hj_draw_document(pen, document);
        n_done++;
        hj_worker_emit(HJ_DOCUMENT_TAG_STEP, &n_done, sizeof n_done);
    }
    return pen->n_pages > 0;
}

static int
work(int argc, char **argv)
{
    (void)argc, (void)argv;
    if (hj_fonts_context() == NULL) {
        g_printerr("no font for official papers is installed (fonts-noto-cjk)\n");
        return NO_FONTS;
    }
    g_autoptr(GBytes) input = hj_worker_input(MOST_INPUT);
    if (input == NULL)
        return NO_INPUT;
    g_autoptr(GByteArray) out = g_byte_array_sized_new(2 * PIECE);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        send_bytes, out, HJ_DRAW_PAGE_WIDTH, HJ_DRAW_PAGE_HEIGHT);
    HjPen pen = { .cr = cairo_create(surface) };
    bool drawn = draw_input(&pen, surface, input);
    bool sound = cairo_status(pen.cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(pen.cr);
    cairo_surface_finish(surface);
    sound = sound && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (!drawn || !sound) {
        g_printerr("%s\n", drawn ? "drawing failed" : "these are no documents");
        return drawn ? NO_SURFACE : NO_INPUT;
    }
    hj_worker_emit(HJ_DOCUMENT_TAG_PDF, out->data, out->len);
    send_info(&pen);
    return DONE;
}

const HjWorkerKind hj_document_worker = { .kind = "document", .run = work, .open = open_all };
