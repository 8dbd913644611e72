#include "web/document_page.h"

#include "base/log.h"
#include "document.html.h"
#include "web/drawing.h"
#include "web/internal.h"
#include "web/pages_drawing.h"
#include "web/views_document.h"

#include <string.h>

HjDocument *
hj_document_page_new(HjRequest *req, HjDocumentStyle style, const char *title, bool sensitive)
{
    HjLang lang = hj_request_lang(req);
    HjDocument *document = hj_document_new(style, lang, title);
    hj_request_adopt(req, document, (GDestroyNotify)hj_document_free);
    g_autoptr(GString) footer = g_string_new(NULL);
    if (hj_request_is_demo(req))
        g_string_append(footer,
                        hj_tr(lang, N_("Demonstration: synthetic data, no real record")));
    hj_document_footer(document, footer->str);
    if (sensitive) {
        hj_document_page_printed(req, document);
        hj_document_mark(document, hj_page_mark_text(req));
    }
    return document;
}

void
hj_document_page_printed(HjRequest *req, HjDocument *document)
{
    if (hj_request_actor(req) == NULL)
        return;
    HjTimeText now = hj_time_text(hj_request_now(req));
    now.text[10] = ' ';
    now.text[16] = '\0';
    g_autofree char *printed = g_strdup_printf(hj_tr(document->lang, N_("printed by %s, %s")),
                                               hj_request_actor(req)->title, now.text);
    g_autofree char *footer =
        g_strconcat(document->footer, *document->footer != '\0' ? " · " : "", printed, NULL);
    hj_document_footer(document, footer);
}

/* --- as a page --- */

static const HjDocumentBlock *
block_at(const HjDocument *document, guint i)
{
    return i < document->blocks->len ? &g_array_index(document->blocks, HjDocumentBlock, i)
                                     : NULL;
}

static void
fill_table(HjRequest *req, const HjDocumentBlock *block, HjPaperPart *part)
{
    static const char *const sides[] = { "", "centre", "number" };
    size_t n = block->n_columns;
    int all = 0;
    bool titled = false;
    for (size_t i = 0; i < n; i++) {
        all += MAX(block->columns[i].width, 1);
        titled |= *block->columns[i].title != '\0';
    }
    part->table = true;
    part->widths = hj_request_new(req, HjPaperWidth, n);
    part->heads = hj_request_new(req, HjPaperCell, n);
    for (size_t i = 0; i < n; i++) {
        part->widths[part->n_widths++].width = MAX(block->columns[i].width, 1) * 100 / all;
        if (titled)
            part->heads[part->n_heads++].text = block->columns[i].title;
    }
    part->rows = hj_request_new(req, HjPaperRow, block->n_rows + 1);
    for (size_t row = 0; row < block->n_rows; row++) {
        HjPaperRow *to = &part->rows[part->n_rows++];
        to->strong = block->strong->data[row] != 0;
        to->cells = hj_request_new(req, HjPaperCell, n);
        for (size_t i = 0; i < n; i++)
            to->cells[to->n_cells++] = (HjPaperCell){ .text = block->cells->pdata[row * n + i],
                                                      .align = sides[block->columns[i].align],
                                                      .first = i == 0 };
    }
}

/* Neighbours of a kind: the rows of one list. */
static guint
fill_items(HjRequest *req, const HjDocument *document, guint first, HjPaperPart *part)
{
    HjBlockKind kind = block_at(document, first)->kind;
    guint n = 0;
    while (block_at(document, first + n) != NULL && block_at(document, first + n)->kind == kind)
        n++;
    part->items = hj_request_new(req, HjPaperItem, n);
    for (guint i = 0; i < n; i++) {
        const HjDocumentBlock *block = block_at(document, first + i);
        part->items[part->n_items++] =
            (HjPaperItem){ .name = block->name, .text = block->text };
    }
    return n;
}

static const char *
anchor_of(HjRequest *req, guint block)
{
    return hj_request_printf(req, "part-%u", block);
}

static void
fill_catalogue(HjRequest *req, const HjDocument *document, HjPaperPart *part)
{
    part->catalogue = true;
    part->items = hj_request_new(req, HjPaperItem, document->blocks->len);
    for (guint i = 0; i < document->blocks->len; i++) {
        const HjDocumentBlock *block = block_at(document, i);
        if (block->kind == HJ_BLOCK_HEADING && block->level == 1)
            part->items[part->n_items++] =
                (HjPaperItem){ .name = block->name,
                               .text = block->text,
                               .href = hj_request_printf(req, "#%s", anchor_of(req, i)) };
    }
}

/* Returns how many blocks the part holds. */
static guint
fill_part(HjRequest *req, const HjDocument *document, guint i, HjPaperPart *part)
{
    const HjDocumentBlock *block = block_at(document, i);
    *part = (HjPaperPart){ .name = block->name, .words = block->text };
    switch (block->kind) {
    case HJ_BLOCK_HEADING:
        part->level = block->level;
        part->anchor = anchor_of(req, i);
        break;
    case HJ_BLOCK_TEXT:
        part->text = true;
        break;
    case HJ_BLOCK_PLAIN:
        part->plain = true;
        break;
    case HJ_BLOCK_TABLE:
        fill_table(req, block, part);
        break;
    case HJ_BLOCK_KEY:
        part->keys = true;
        return fill_items(req, document, i, part);
    case HJ_BLOCK_ATTACHED:
        part->attached = true;
        return fill_items(req, document, i, part);
    case HJ_BLOCK_SEAL:
        part->seal = true;
        break;
    case HJ_BLOCK_SIGN:
        part->signs = true;
        return fill_items(req, document, i, part);
    case HJ_BLOCK_CATALOGUE:
        fill_catalogue(req, document, part);
        break;
    case HJ_BLOCK_BREAK:
        part->page_break = true;
        break;
    }
    return 1;
}

static void
fill_paper(HjRequest *req, const HjDocument *document, HjPaper *paper)
{
    *paper = (HjPaper){ .letter = document->style == HJ_DOCUMENT_LETTER,
                        .lang = hj_i18n_code(document->lang),
                        .issuer = document->issuer,
                        .number = document->number,
                        .to = document->to,
                        .colon = hj_document_colon(document->lang),
                        .subtitle = document->subtitle,
                        .footer = document->footer };
    g_auto(GStrv) titles = g_strsplit(document->title, "\n", -1);
    paper->titles = hj_request_new(req, HjPaperLine, g_strv_length(titles) + 1);
    for (size_t i = 0; titles[i] != NULL; i++)
        paper->titles[paper->n_titles++].text = hj_request_strdup(req, titles[i]);
    paper->parts = hj_request_new(req, HjPaperPart, document->blocks->len + 1);
    for (guint i = 0; i < document->blocks->len;)
        i += fill_part(req, document, i, &paper->parts[paper->n_parts++]);
}

const char *
hj_document_page_href(HjRequest *req, const char *ending)
{
    const char *uri = hj_request_uri(req), *query = strchr(uri, '?');
    int n = query != NULL ? (int)(query - uri) : (int)strlen(uri);
    return hj_request_printf(req, "%.*s%s%s", n, uri, ending, query != NULL ? query : "");
}

bool
hj_document_page_ending(HjRequest *req, const char *part, const char *ending,
                        const char **ret_rest)
{
    if (!g_str_has_suffix(part, ending))
        return false;
    *ret_rest = hj_request_printf(req, "%.*s", (int)(strlen(part) - strlen(ending)), part);
    return true;
}

HjResponse *
hj_document_page_answer(HjRequest *req, const HjPage *page, HjDocument *document,
                        const char *back_href, const char *name, GError **error)
{
    if (g_str_has_suffix(hj_request_path(req), HJ_DOCUMENT_PAGE_PDF)) {
        const HjDocument *const one[] = { document };
        return hj_document_page_pdf(req, one, 1, name, error);
    }
    HjDocumentView view = { .page = *page,
                            .pdf_href = hj_document_page_href(req, HJ_DOCUMENT_PAGE_PDF),
                            .back_href = back_href,
                            .papers = hj_request_new(req, HjPaper, 1),
                            .n_papers = 1 };
    fill_paper(req, document, view.papers);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_document(&out, &view);
    return res;
}

/* --- as a file --- */

HjResponse *
hj_document_page_file(GBytes *bytes, const char *type, const char *name, const char *ending)
{
    HjResponse *res = hj_response_new(200, type);
    g_autofree char *encoded = g_uri_escape_string(name, NULL, false);
    g_autofree char *disposition = g_strdup_printf(
        "attachment; filename=\"hangji%s\"; filename*=UTF-8''%s%s", ending, encoded, ending);
    res->bytes = bytes;
    hj_response_header(res, "Content-Disposition", disposition);
    hj_response_header(res, "Cache-Control", "no-store");
    return res;
}

/* How long it took and how much it held; what no font has wants somebody to install one. */
static void
log_drawn(HjRequest *req, size_t n, const HjPdfInfo *info)
{
    g_autofree char *documents = g_strdup_printf("%zu", n);
    g_autofree char *pages = g_strdup_printf("%d", info->n_pages);
    g_autofree char *missing = g_strdup_printf("%d", info->n_missing);
    g_autofree char *cpu = g_strdup_printf("%" G_GINT64_FORMAT, info->cpu_us / 1000);
    g_autofree char *peak = g_strdup_printf("%" G_GINT64_FORMAT, info->peak_kib);
    hj_log(info->n_missing > 0 ? HJ_LOG_WARNING : HJ_LOG_INFO, "document", "id",
           hj_request_id(req), "documents", documents, "pages", pages, "missing_glyphs",
           missing, "cpu_ms", cpu, "peak_kib", peak, NULL);
}

HjResponse *
hj_document_page_pdf(HjRequest *req, const HjDocument *const *documents, size_t n,
                     const char *name, GError **error)
{
    HjPdfInfo info;
    /* A program waits for its answer; a person sees how far it is. */
    if (!req->api && hj_drawing_is_long(req->app->drawing, documents, n))
        return hj_pages_drawing_order(req, documents, n, name, error);
    GBytes *pdf = hj_document_pdf(documents, n, &info, error);
    if (pdf != NULL)
        log_drawn(req, n, &info);
    return pdf != NULL ? hj_document_page_file(pdf, "application/pdf", name, ".pdf") : NULL;
}
