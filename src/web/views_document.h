/* views_document: an official paper on the screen and in the browser's printer.
 *
 * Units    widths in per cent
 * Owns     strings and arrays are lent by the request or the document
 * Threads  the request's
 * Source   domain.md 10.3; base/document.h */
#pragma once

#include "web/page.h"

/* clang-format off */
typedef struct { const char *text, *align; bool first; } HjPaperCell;
typedef struct { bool strong; HjPaperCell *cells; size_t n_cells; } HjPaperRow;
typedef struct { int width; } HjPaperWidth;
typedef struct { const char *name, *text, *href; } HjPaperItem;
typedef struct {
    int level; /* of a heading; 0: something else */
    bool text, plain, table, keys, attached, seal, signs, catalogue, page_break;
    const char *name, *words, *anchor;
    HjPaperWidth *widths; size_t n_widths;
    HjPaperCell *heads; size_t n_heads;
    HjPaperRow *rows; size_t n_rows;
    HjPaperItem *items; size_t n_items; /* keys, signs, attachments, entries of the catalogue */
} HjPaperPart;
typedef struct { const char *text; } HjPaperLine;
typedef struct {
    bool letter;
    const char *lang, *issuer, *number, *to, *colon, *subtitle, *footer;
    HjPaperLine *titles; size_t n_titles;
    HjPaperPart *parts; size_t n_parts;
} HjPaper;
typedef struct {
    HjPage page;
    const char *pdf_href, *back_href;
    HjPaper *papers; size_t n_papers;
} HjDocumentView;
typedef struct {
    HjPage page;
    const char *name, *href, *back_href;
    bool waits, draws, done;
    int64_t n, n_done, n_before, n_pages, kib, percent;
} HjDrawingView;
/* clang-format on */
