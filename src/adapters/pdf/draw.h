/* draw: puts the blocks of a document on pages.
 *
 * Units    points from the upper left corner of the text area, downwards
 * Owns     the pen lends its surface
 * Threads  one, the worker's
 * Source   domain.md 10.3 */
#pragma once

#include "adapters/pdf/fonts.h"
#include "base/document.h"

#define HJ_DRAW_MM (72 / 25.4)
#define HJ_DRAW_PAGE_WIDTH (210 * HJ_DRAW_MM)
#define HJ_DRAW_PAGE_HEIGHT (297 * HJ_DRAW_MM)
#define HJ_DRAW_LEFT (28 * HJ_DRAW_MM)
#define HJ_DRAW_TOP (37 * HJ_DRAW_MM)
#define HJ_DRAW_WIDTH (156 * HJ_DRAW_MM)
#define HJ_DRAW_HEIGHT (225 * HJ_DRAW_MM)

typedef struct {
    double body, title, table, issuer, catalogue; /* sizes of type */
    double pitch, title_pitch, table_pitch;       /* from line to line */
    double spacing;                               /* between characters of the body */
} HjDrawType;

typedef struct {
    cairo_t *cr; /* NULL: only measure */
    const HjDocument *document;
    const HjDrawType *type;
    double y;
    int page;         /* of this document, from 1 */
    GArray *pages;    /* int: of the headings of level 1, filled while measuring */
    guint n_headings; /* of level 1, so far */
    int missing;      /* characters drawn as 〓 on this page */
    int n_missing;
    int n_pages; /* finished */
} HjPen;

/* A document, from a new page on. */
void hj_draw_document(HjPen *pen, const HjDocument *document);

/* --- between the files of this folder --- */

void hj_draw_new_page(HjPen *pen);
void hj_draw_gap(HjPen *pen); /* a little air, unless the page is new */
bool hj_draw_fits(const HjPen *pen, double height);
/* A layout of @text without anything that no font has; caller unrefs. */
PangoLayout *hj_draw_layout(HjPen *pen, const char *text, HjFontRole role, double size,
                            bool strong, double width, HjDocumentAlign align);
/* Lines @from to before @to of a layout, the first at @y, every line in the middle of its
 * pitch.
 */
void hj_draw_lines(HjPen *pen, PangoLayout *layout, int from, int to, double x, double y,
                   double pitch);
void hj_draw_table(HjPen *pen, const HjDocumentBlock *block);
/* @n keys side by side with their values. */
void hj_draw_keys(HjPen *pen, const HjDocumentBlock *blocks, guint n);
/* The height of the head and first row of a table. */
double hj_draw_table_begin(HjPen *pen, const HjDocumentBlock *block);
