/* Papers out of anything: any bytes are read as documents or refused, and any text, cut into
 * every kind of block, is drawn. */
#include "adapters/pdf/draw.h"

#include <cairo-pdf.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static cairo_status_t
count(void *total, const unsigned char *bytes, unsigned int n)
{
    (void)bytes;
    *(size_t *)total += n;
    return CAIRO_STATUS_SUCCESS;
}

static void
draw(const HjDocument *document)
{
    static bool opened;
    if (!opened)
        hj_fonts_open();
    opened = true;
    if (hj_fonts_context() == NULL)
        return;
    size_t total = 0;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        count, &total, HJ_DRAW_PAGE_WIDTH, HJ_DRAW_PAGE_HEIGHT);
    HjPen pen = { .cr = cairo_create(surface) };
    hj_draw_document(&pen, document);
    g_assert(cairo_status(pen.cr) == CAIRO_STATUS_SUCCESS);
    cairo_destroy(pen.cr);
    cairo_surface_finish(surface);
    g_assert(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
    g_assert(pen.n_pages > 0 && total > 0);
}

static void
add_table(HjDocument *document, const char *text, guint8 by)
{
    HjDocumentColumn columns[8];
    const char *cells[8];
    size_t n = 1 + by % 8;
    for (size_t i = 0; i < n; i++) {
        columns[i] = (HjDocumentColumn){ by & 64 ? text : "", 1 + (by >> (i % 5)),
                                         (HjDocumentAlign)(by % 3) };
        cells[i] = text;
    }
    hj_document_table(document, text, columns, n);
    for (int i = 0; i < by % 5; i++)
        hj_document_row(document, cells, i == 0);
}

static void
add_block(HjDocument *document, guint8 kind, const char *text)
{
    switch (kind % 9) {
    case 0:
        hj_document_heading(document, 1 + kind % 4, text);
        break;
    case 1:
        hj_document_text(document, text);
        break;
    case 2:
        hj_document_plain(document, text);
        break;
    case 3:
        hj_document_key(document, text, text);
        break;
    case 4:
        add_table(document, text, kind);
        break;
    case 5:
        hj_document_attached(document, text);
        break;
    case 6:
        hj_document_seal(document, text, kind * 100);
        break;
    case 7:
        hj_document_sign(document, text);
        break;
    default:
        hj_document_catalogue(document, text);
        hj_document_break(document);
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    size_t at = 0;
    g_autoptr(HjDocument) read = hj_document_read(data, n, &at);
    if (read != NULL && n < 4096)
        draw(read);
    if (n < 4 || n > 2048)
        return 0;
    g_autoptr(HjDocument) document = hj_document_new(data[0] % 2, data[1] % 2, "");
    g_autofree char *head = g_strndup((const char *)data + 2, MIN(n - 2, (size_t)data[1]));
    hj_document_issuer(document, data[0] & 2 ? head : "");
    hj_document_number(document, data[0] & 4 ? head : "");
    hj_document_to(document, data[0] & 8 ? head : "");
    hj_document_footer(document, data[0] & 16 ? head : "");
    hj_document_mark(document, data[0] & 32 ? head : "");
    for (size_t i = 2; i < n;) {
        size_t length = MIN(n - i - 1, (size_t)data[i]);
        g_autofree char *text = g_strndup((const char *)data + i + 1, length);
        add_block(document, data[i] + (guint8)i, text);
        i += length + 1;
    }
    /* What is drawn is what comes out of the bytes again. */
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    hj_document_write(document, bytes);
    size_t from = 0;
    g_autoptr(HjDocument) again = hj_document_read(bytes->data, bytes->len, &from);
    g_assert(again != NULL && from == bytes->len);
    draw(again);
    return 0;
}
