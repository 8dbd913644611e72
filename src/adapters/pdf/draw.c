#include "adapters/pdf/draw.h"

#include <string.h>

#define RED 0.70, 0.07, 0.11
#define NUMBER_SIZE 14 /* 4号 */
#define FOOTER_SIZE 9
#define SIGNS_A_ROW 3
/* As the page on the screen has it (assets/app.css, .mark-all). */
#define MARK_SIZE 10.5 /* one of HJ_FONTS_SIZES */
#define MARK_PITCH 75
#define MARK_ANGLE 0.419
#define MARK_GREY 0.89

static const HjDrawType types[] = {
    [HJ_DOCUMENT_LETTER] = { .body = 16,
                             .title = 22,
                             .table = 12,
                             .issuer = 28.6,
                             .catalogue = 19.2,
                             .pitch = HJ_DRAW_HEIGHT / 22,
                             .title_pitch = HJ_DRAW_HEIGHT / 22 * 1.2,
                             .table_pitch = 19,
                             .spacing = -0.22 },
    [HJ_DOCUMENT_TABLES] = { .body = 10.5,
                             .title = 18,
                             .table = 9.5,
                             .issuer = 23.4,
                             .catalogue = 12.6,
                             .pitch = HJ_DRAW_HEIGHT / 36,
                             .title_pitch = 28,
                             .table_pitch = 14.5,
                             .spacing = 0 },
};

bool
hj_draw_fits(const HjPen *pen, double height)
{
    return pen->y + height <= HJ_DRAW_HEIGHT + 0.5;
}

PangoLayout *
hj_draw_layout(HjPen *pen, const char *text, HjFontRole role, double size, bool strong,
               double width, HjDocumentAlign align)
{
    static const PangoAlignment sides[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                            PANGO_ALIGN_RIGHT };
    int missing = 0;
    g_autofree char *known = hj_fonts_known(text, &missing);
    pen->missing += missing;
    pen->n_missing += missing;
    PangoLayout *layout = pango_layout_new(hj_fonts_context());
    PangoFontDescription *font = hj_fonts_describe(role, size, strong);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, known, -1);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, sides[align]);
    if (width > 0)
        pango_layout_set_width(layout, (int)(MAX(width, size) * PANGO_SCALE));
    return layout;
}

void
hj_draw_lines(HjPen *pen, PangoLayout *layout, int from, int to, double x, double y,
              double pitch)
{
    if (pen->cr == NULL)
        return;
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    for (int i = 0; i < to; i++) {
        if (i >= from) {
            PangoRectangle box;
            pango_layout_iter_get_line_extents(iter, NULL, &box);
            double ascent =
                (double)(pango_layout_iter_get_baseline(iter) - box.y) / PANGO_SCALE;
            double above = (pitch - (double)box.height / PANGO_SCALE) / 2;
            cairo_move_to(pen->cr, HJ_DRAW_LEFT + x + (double)box.x / PANGO_SCALE,
                          HJ_DRAW_TOP + y + above + ascent);
            pango_cairo_show_layout_line(pen->cr, pango_layout_iter_get_line_readonly(iter));
            y += pitch;
        }
        if (!pango_layout_iter_next_line(iter))
            break;
    }
    pango_layout_iter_free(iter);
}

/* --- what stands outside the text area --- */

/* One line whose baseline lies @below the text area. */
static void
draw_outside(HjPen *pen, const char *text, double size, double below, HjDocumentAlign align)
{
    double indent = align == HJ_ALIGN_CENTRE ? 0 : size;
    g_autoptr(PangoLayout) layout = hj_draw_layout(pen, text, HJ_FONTS_BODY, size, false,
                                                   HJ_DRAW_WIDTH - 2 * indent, align);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    cairo_move_to(pen->cr, HJ_DRAW_LEFT + indent,
                  HJ_DRAW_TOP + HJ_DRAW_HEIGHT + below -
                      (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(pen->cr, layout);
}

/* One tile of what lies under the page: the mark, and again half a tile to the side. */
static cairo_pattern_t *
mark_tile(PangoLayout *layout)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    double width = (double)box.width / PANGO_SCALE + 4 * MARK_SIZE;
    const cairo_rectangle_t tile = { 0, 0, width, 2 * MARK_PITCH };
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &tile);
    cairo_t *cr = cairo_create(surface);
    const double at[][2] = { { 0, 0 }, { -width / 2, MARK_PITCH }, { width / 2, MARK_PITCH } };
    cairo_set_source_rgb(cr, MARK_GREY, MARK_GREY, MARK_GREY);
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        cairo_move_to(cr, at[i][0], at[i][1]);
        pango_cairo_layout_path(cr, layout); /* outlines: no word to search for or copy */
    }
    cairo_fill(cr);
    cairo_destroy(cr);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(surface);
    cairo_surface_destroy(surface);
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_REPEAT);
    cairo_matrix_t turned;
    cairo_matrix_init_rotate(&turned, MARK_ANGLE);
    cairo_pattern_set_matrix(pattern, &turned);
    return pattern;
}

/* Who printed the page, slanting under all that stands on it. */
static void
begin_page(HjPen *pen)
{
    pen->y = 0;
    if (pen->cr == NULL || *pen->document->mark == '\0')
        return;
    g_autoptr(PangoLayout) layout = hj_draw_layout(pen, pen->document->mark, HJ_FONTS_BODY,
                                                   MARK_SIZE, false, 0, HJ_ALIGN_LEFT);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    cairo_pattern_t *tile = mark_tile(layout);
    cairo_set_source(pen->cr, tile);
    cairo_paint(pen->cr);
    cairo_pattern_destroy(tile);
    cairo_set_source_rgb(pen->cr, 0, 0, 0);
}

static void
finish_page(HjPen *pen)
{
    pen->n_pages++;
    int missing = pen->missing;
    if (pen->cr == NULL) {
        pen->missing = 0;
        return;
    }
    g_autofree char *number = g_strdup_printf("— %d —", pen->page);
    draw_outside(pen, number, NUMBER_SIZE, 7 * HJ_DRAW_MM,
                 pen->page % 2 == 1 ? HJ_ALIGN_RIGHT : HJ_ALIGN_LEFT);
    cairo_set_source_rgb(pen->cr, 0.35, 0.35, 0.35);
    if (*pen->document->footer != '\0')
        draw_outside(pen, pen->document->footer, FOOTER_SIZE, 15 * HJ_DRAW_MM, HJ_ALIGN_CENTRE);
    if (missing > 0)
        draw_outside(pen,
                     pen->document->lang == HJ_ZH
                         ? "〓：字库中没有的字，请手写补上"
                         : "〓: no font here has this character; write it by hand",
                     FOOTER_SIZE, 20 * HJ_DRAW_MM, HJ_ALIGN_CENTRE);
    cairo_set_source_rgb(pen->cr, 0, 0, 0);
    cairo_show_page(pen->cr);
    pen->missing = 0;
}

void
hj_draw_new_page(HjPen *pen)
{
    finish_page(pen);
    pen->page++;
    begin_page(pen);
}

void
hj_draw_gap(HjPen *pen)
{
    if (pen->y > 0)
        pen->y += pen->type->pitch / 5;
}

/* --- lines of text --- */

static void
skip_line(HjPen *pen)
{
    if (pen->y > 0)
        pen->y += pen->type->pitch;
}

/* All lines of a layout, over as many pages as it takes. */
static void
flow(HjPen *pen, PangoLayout *layout, double x, double pitch)
{
    int n = pango_layout_get_line_count(layout);
    for (int i = 0; i < n; i++) {
        if (!hj_draw_fits(pen, pitch))
            hj_draw_new_page(pen);
        hj_draw_lines(pen, layout, i, i + 1, x, pen->y, pitch);
        pen->y += pitch;
    }
}

static void
space_out(HjPen *pen, PangoLayout *layout)
{
    if (pen->type->spacing >= 0)
        return;
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(
        attributes, pango_attr_letter_spacing_new((int)(pen->type->spacing * PANGO_SCALE)));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
}

static void
draw_text(HjPen *pen, const char *text, HjFontRole role, bool indented)
{
    g_autoptr(PangoLayout) layout =
        hj_draw_layout(pen, text, role, pen->type->body, false, HJ_DRAW_WIDTH, HJ_ALIGN_LEFT);
    if (indented)
        pango_layout_set_indent(
            layout, (int)(2 * (pen->type->body + pen->type->spacing) * PANGO_SCALE));
    /* Between hanzi there is room for a hair everywhere; between a few words there is not. */
    pango_layout_set_justify(layout, strchr(text, ' ') == NULL);
    space_out(pen, layout);
    flow(pen, layout, 0, pen->type->pitch);
}

static void
draw_centred(HjPen *pen, const char *text, HjFontRole role, double size, bool strong,
             double pitch)
{
    g_autoptr(PangoLayout) layout =
        hj_draw_layout(pen, text, role, size, strong, HJ_DRAW_WIDTH, HJ_ALIGN_CENTRE);
    flow(pen, layout, 0, pitch);
}

/* --- the head --- */

static void
draw_issuer(HjPen *pen)
{
    const HjDocument *document = pen->document;
    if (*document->issuer == '\0')
        return;
    if (pen->cr != NULL)
        cairo_set_source_rgb(pen->cr, RED);
    draw_centred(pen, document->issuer, HJ_FONTS_TITLE, pen->type->issuer, false,
                 pen->type->title * 2);
    if (pen->cr != NULL)
        cairo_set_source_rgb(pen->cr, 0, 0, 0);
    draw_centred(pen, document->number, HJ_FONTS_BODY, pen->type->body, false,
                 pen->type->pitch);
    pen->y += 4;
    if (pen->cr != NULL) {
        cairo_set_source_rgb(pen->cr, RED);
        cairo_set_line_width(pen->cr, 1.4);
        cairo_move_to(pen->cr, HJ_DRAW_LEFT, HJ_DRAW_TOP + pen->y);
        cairo_rel_line_to(pen->cr, HJ_DRAW_WIDTH, 0);
        cairo_stroke(pen->cr);
        cairo_set_source_rgb(pen->cr, 0, 0, 0);
    }
    pen->y += pen->type->pitch;
}

static void
draw_head(HjPen *pen)
{
    const HjDocument *document = pen->document;
    draw_issuer(pen);
    if (*document->title != '\0')
        draw_centred(pen, document->title, HJ_FONTS_TITLE, pen->type->title, false,
                     pen->type->title_pitch);
    if (*document->subtitle != '\0')
        draw_centred(pen, document->subtitle, HJ_FONTS_KAI, pen->type->body, false,
                     pen->type->pitch);
    if (*document->issuer == '\0' && *document->number != '\0')
        draw_centred(pen, document->number, HJ_FONTS_BODY, pen->type->body, false,
                     pen->type->pitch);
    if (pen->y > 0)
        pen->y +=
            document->style == HJ_DOCUMENT_LETTER ? pen->type->pitch : pen->type->pitch / 2;
    if (*document->to != '\0') {
        g_autofree char *to =
            g_strconcat(document->to, hj_document_colon(document->lang), NULL);
        draw_text(pen, to, HJ_FONTS_BODY, false);
    }
}

/* --- the body --- */

static const HjDocumentBlock *
block_at(const HjPen *pen, guint i)
{
    const GArray *blocks = pen->document->blocks;
    return i < blocks->len ? &g_array_index(blocks, HjDocumentBlock, i) : NULL;
}

static bool
is_kind(const HjPen *pen, guint i, HjBlockKind kind)
{
    const HjDocumentBlock *block = block_at(pen, i);
    return block != NULL && block->kind == kind;
}

/* What must stand below a heading on its page: the headings that follow it and the beginning of
 * what they head. */
static double
wanted_below(HjPen *pen, guint i)
{
    double height = 0;
    while (is_kind(pen, i, HJ_BLOCK_HEADING)) {
        height += pen->type->pitch;
        i++;
    }
    const HjDocumentBlock *block = block_at(pen, i);
    if (block == NULL)
        return height;
    int missing = pen->missing, n_missing = pen->n_missing;
    height += block->kind == HJ_BLOCK_TABLE || block->kind == HJ_BLOCK_KEY
                  ? MIN(hj_draw_table_begin(pen, block), HJ_DRAW_HEIGHT / 2)
                  : 2 * pen->type->pitch;
    pen->missing = missing;
    pen->n_missing = n_missing;
    return height;
}

static void
draw_heading(HjPen *pen, guint i)
{
    static const HjFontRole roles[] = { HJ_FONTS_HEAD, HJ_FONTS_HEAD, HJ_FONTS_KAI,
                                        HJ_FONTS_BODY, HJ_FONTS_BODY };
    const HjDocumentBlock *block = block_at(pen, i);
    bool tables = pen->document->style == HJ_DOCUMENT_TABLES;
    if (tables && block->level == 1 && pen->y > 0)
        pen->y += pen->type->pitch / 2;
    if (!hj_draw_fits(pen, pen->type->pitch + wanted_below(pen, i + 1)))
        hj_draw_new_page(pen);
    if (block->level == 1) {
        if (pen->pages != NULL && pen->cr == NULL)
            g_array_append_val(pen->pages, pen->page);
        pen->n_headings++;
    }
    g_autofree char *text = g_strconcat(block->name, block->text, NULL);
    draw_text(pen, text, roles[block->level], !tables);
}

static void
draw_attached(HjPen *pen, guint i)
{
    const HjDocumentBlock *block = block_at(pen, i);
    bool zh = pen->document->lang == HJ_ZH;
    bool alone = block->level == 1 && !is_kind(pen, i + 1, HJ_BLOCK_ATTACHED);
    if (block->level == 1)
        skip_line(pen);
    g_autofree char *number = alone ? g_strdup("") : g_strdup_printf("%d. ", block->level);
    const char *word =
        block->level == 1 ? (zh ? "附件：" : "Attached: ") : (zh ? "　　　" : "");
    g_autofree char *text = g_strconcat(word, number, block->text, NULL);
    draw_text(pen, text, HJ_FONTS_BODY, true);
}

/* The day with four characters to its right, who above it in its middle, room for the seal. */
static void
draw_seal(HjPen *pen, const HjDocumentBlock *block)
{
    double size = pen->type->body, pitch = pen->type->pitch;
    double room = HJ_DRAW_WIDTH - 4 * size;
    g_autoptr(PangoLayout) day =
        hj_draw_layout(pen, block->text, HJ_FONTS_BODY, size, false, room, HJ_ALIGN_RIGHT);
    g_autoptr(PangoLayout) who =
        hj_draw_layout(pen, block->name, HJ_FONTS_BODY, size, false, 0, HJ_ALIGN_LEFT);
    if (!hj_draw_fits(pen, (*block->name != '\0' ? 4 : 3) * pitch))
        hj_draw_new_page(pen);
    skip_line(pen);
    skip_line(pen);
    PangoRectangle day_box, who_box;
    pango_layout_get_extents(day, NULL, &day_box);
    pango_layout_get_extents(who, NULL, &who_box);
    double width = (double)who_box.width / PANGO_SCALE;
    int middle = day_box.x + day_box.width / 2;
    double x = (double)middle / PANGO_SCALE - width / 2;
    x = CLAMP(x, 0, MAX(HJ_DRAW_WIDTH - width, 0));
    if (width > HJ_DRAW_WIDTH)
        pango_layout_set_width(who, (int)(HJ_DRAW_WIDTH * PANGO_SCALE));
    if (*block->name != '\0')
        flow(pen, who, x, pitch);
    flow(pen, day, 0, pitch);
}

/* Names beside lines to write on, some in a row. */
static void
draw_signs(HjPen *pen, guint first, guint n)
{
    const double pitch = 24;
    guint in_row =
        MIN(n, (guint)(pen->document->style == HJ_DOCUMENT_LETTER ? 2 : SIGNS_A_ROW));
    double width = HJ_DRAW_WIDTH / in_row, size = MIN(pen->type->body, 14);
    guint n_rows = (n + in_row - 1) / in_row;
    if (!hj_draw_fits(pen, MIN(n_rows, 10) * 1.5 * pitch))
        hj_draw_new_page(pen);
    for (guint i = 0; i < n; i++) {
        if (i % in_row == 0) {
            pen->y += pitch / 2;
            if (!hj_draw_fits(pen, pitch))
                hj_draw_new_page(pen);
        }
        double x = (i % in_row) * width;
        g_autofree char *text = g_strconcat(block_at(pen, first + i)->name,
                                            hj_document_colon(pen->document->lang), NULL);
        g_autoptr(PangoLayout) layout =
            hj_draw_layout(pen, text, HJ_FONTS_BODY, size, false, width * 0.7, HJ_ALIGN_LEFT);
        hj_draw_lines(pen, layout, 0, 1, x, pen->y, pitch);
        PangoRectangle box;
        pango_layout_get_extents(layout, NULL, &box);
        double end = x + (double)box.width / PANGO_SCALE + 4;
        if (pen->cr != NULL) {
            cairo_set_line_width(pen->cr, 0.6);
            cairo_move_to(pen->cr, HJ_DRAW_LEFT + end, HJ_DRAW_TOP + pen->y + pitch * 0.8);
            cairo_line_to(pen->cr, HJ_DRAW_LEFT + x + width - 10,
                          HJ_DRAW_TOP + pen->y + pitch * 0.8);
            cairo_stroke(pen->cr);
        }
        if (i % in_row == in_row - 1 || i == n - 1)
            pen->y += pitch;
    }
}

/* A heading, dots, the page it stands on. */
static void
draw_entry(HjPen *pen, const HjDocumentBlock *heading, guint nth)
{
    double pitch = pen->type->pitch, size = pen->type->body;
    int page =
        pen->pages != NULL && nth < pen->pages->len ? g_array_index(pen->pages, int, nth) : 0;
    g_autofree char *text = g_strconcat(heading->name, heading->text, NULL);
    g_autofree char *number = g_strdup_printf("%d", page);
    g_autoptr(PangoLayout) name = hj_draw_layout(pen, text, HJ_FONTS_BODY, size, false,
                                                 HJ_DRAW_WIDTH - 5 * size, HJ_ALIGN_LEFT);
    g_autoptr(PangoLayout) at =
        hj_draw_layout(pen, number, HJ_FONTS_BODY, size, false, HJ_DRAW_WIDTH, HJ_ALIGN_RIGHT);
    pango_layout_set_ellipsize(name, PANGO_ELLIPSIZE_END);
    if (!hj_draw_fits(pen, pitch))
        hj_draw_new_page(pen);
    hj_draw_lines(pen, name, 0, 1, 0, pen->y, pitch);
    hj_draw_lines(pen, at, 0, 1, 0, pen->y, pitch);
    PangoRectangle box;
    pango_layout_get_extents(name, NULL, &box);
    if (pen->cr != NULL) {
        const double dots[] = { 1, 3 };
        cairo_set_line_width(pen->cr, 0.8);
        cairo_set_dash(pen->cr, dots, 2, 0);
        cairo_move_to(pen->cr, HJ_DRAW_LEFT + (double)box.width / PANGO_SCALE + 6,
                      HJ_DRAW_TOP + pen->y + pitch * 0.66);
        cairo_line_to(pen->cr, HJ_DRAW_LEFT + HJ_DRAW_WIDTH - 2.2 * size,
                      HJ_DRAW_TOP + pen->y + pitch * 0.66);
        cairo_stroke(pen->cr);
        cairo_set_dash(pen->cr, NULL, 0, 0);
    }
    pen->y += pitch;
}

static void
draw_catalogue(HjPen *pen, const HjDocumentBlock *block)
{
    if (*block->text != '\0')
        draw_centred(pen, block->text, HJ_FONTS_HEAD, pen->type->catalogue, false,
                     pen->type->pitch * 1.5);
    guint nth = 0;
    for (guint i = 0; i < pen->document->blocks->len; i++) {
        const HjDocumentBlock *heading = block_at(pen, i);
        if (heading->kind == HJ_BLOCK_HEADING && heading->level == 1)
            draw_entry(pen, heading, nth++);
    }
}

/* Draws what begins at @i and returns what comes next. */
static guint
draw_block(HjPen *pen, guint i)
{
    const HjDocumentBlock *block = block_at(pen, i);
    guint n = 1;
    if (block->kind == HJ_BLOCK_KEY || block->kind == HJ_BLOCK_SIGN)
        while (is_kind(pen, i + n, block->kind))
            n++;
    switch (block->kind) {
    case HJ_BLOCK_HEADING:
        draw_heading(pen, i);
        break;
    case HJ_BLOCK_TEXT:
    case HJ_BLOCK_PLAIN:
        draw_text(pen, block->text, HJ_FONTS_BODY, block->kind == HJ_BLOCK_TEXT);
        break;
    case HJ_BLOCK_TABLE:
        hj_draw_table(pen, block);
        break;
    case HJ_BLOCK_KEY:
        hj_draw_keys(pen, block, n);
        break;
    case HJ_BLOCK_ATTACHED:
        draw_attached(pen, i);
        break;
    case HJ_BLOCK_SEAL:
        draw_seal(pen, block);
        break;
    case HJ_BLOCK_SIGN:
        draw_signs(pen, i, n);
        break;
    case HJ_BLOCK_CATALOGUE:
        draw_catalogue(pen, block);
        break;
    case HJ_BLOCK_BREAK:
        if (pen->y > 0)
            hj_draw_new_page(pen);
        break;
    }
    return i + n;
}

static void
draw_all(HjPen *pen)
{
    pen->page = 1;
    pen->n_headings = 0;
    pen->missing = 0;
    begin_page(pen);
    draw_head(pen);
    for (guint i = 0; i < pen->document->blocks->len;)
        i = draw_block(pen, i);
    finish_page(pen);
}

void
hj_draw_document(HjPen *pen, const HjDocument *document)
{
    pen->document = document;
    pen->type = &types[document->style];
    bool catalogue = false;
    for (guint i = 0; i < document->blocks->len; i++)
        catalogue |= is_kind(pen, i, HJ_BLOCK_CATALOGUE);
    pen->pages = NULL;
    if (catalogue) {
        /* Once without ink, to learn the pages. */
        HjPen dry = { .document = document, .type = pen->type };
        dry.pages = g_array_new(FALSE, FALSE, sizeof(int));
        draw_all(&dry);
        pen->pages = dry.pages;
    }
    draw_all(pen);
    g_clear_pointer(&pen->pages, g_array_unref);
}
