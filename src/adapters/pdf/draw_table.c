#include "adapters/pdf/draw.h"

#define PAD 3.0
#define RULE 0.5
#define HEAD_MOST (HJ_DRAW_HEIGHT / 3)

typedef struct {
    const HjDocumentBlock *block; /* NULL: keys */
    size_t n;
    double *x, *width;
    PangoLayout **head, **row;
    int head_lines; /* 0: no head is repeated */
    bool strong;
} Table;

static Table *
table_new(size_t n)
{
    Table *table = g_new0(Table, 1);
    table->n = n;
    table->x = g_new0(double, n + 1);
    table->width = g_new0(double, n);
    table->head = g_new0(PangoLayout *, n);
    table->row = g_new0(PangoLayout *, n);
    return table;
}

static void
clear(PangoLayout **layouts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_clear_object(&layouts[i]);
}

static void
table_free(Table *table)
{
    clear(table->head, table->n);
    clear(table->row, table->n);
    g_free(table->x);
    g_free(table->width);
    g_free(table->head);
    g_free(table->row);
    g_free(table);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* The parts in points; no column is narrower than a character. */
static void
measure(Table *table, const int *parts, double least)
{
    double all = 0, spare = HJ_DRAW_WIDTH - least * (double)table->n;
    for (size_t i = 0; i < table->n; i++)
        all += MAX(parts[i], 1);
    for (size_t i = 0; i < table->n; i++) {
        double width = HJ_DRAW_WIDTH * MAX(parts[i], 1) / all;
        /* Only where some would be too narrow is everything moved. */
        table->width[i] = MAX(width, least);
    }
    double sum = 0;
    for (size_t i = 0; i < table->n; i++)
        sum += table->width[i];
    for (size_t i = 0; i < table->n; i++) {
        if (sum > HJ_DRAW_WIDTH + 0.01)
            table->width[i] = least + spare * MAX(parts[i], 1) / all;
        table->x[i + 1] = table->x[i] + table->width[i];
    }
}

static PangoLayout *
cell_new(HjPen *pen, const Table *table, size_t column, const char *text, HjFontRole role,
         bool strong, HjDocumentAlign align)
{
    return hj_draw_layout(pen, text, role, pen->type->table, strong,
                          table->width[column] - 2 * PAD, align);
}

static int
most_lines(PangoLayout **layouts, size_t n)
{
    int most = 1;
    for (size_t i = 0; i < n; i++)
        most = MAX(most, pango_layout_get_line_count(layouts[i]));
    return most;
}

static double
height_of(const HjPen *pen, int n_lines)
{
    return n_lines * pen->type->table_pitch + 2 * PAD;
}

/* Lines @from to before @to of a row with its rules; the pen moves below it. */
static void
draw_part(HjPen *pen, const Table *table, PangoLayout **layouts, int from, int to, bool shaded)
{
    double height = height_of(pen, to - from);
    cairo_t *cr = pen->cr;
    if (cr != NULL && shaded) {
        cairo_set_source_rgb(cr, 0.93, 0.92, 0.89);
        cairo_rectangle(cr, HJ_DRAW_LEFT, HJ_DRAW_TOP + pen->y, HJ_DRAW_WIDTH, height);
        cairo_fill(cr);
        cairo_set_source_rgb(cr, 0, 0, 0);
    }
    for (size_t i = 0; i < table->n; i++) {
        int n_lines = pango_layout_get_line_count(layouts[i]);
        hj_draw_lines(pen, layouts[i], from, MIN(to, n_lines), table->x[i] + PAD, pen->y + PAD,
                      pen->type->table_pitch);
    }
    if (cr != NULL) {
        cairo_set_line_width(cr, RULE);
        for (size_t i = 0; i < table->n; i++)
            cairo_rectangle(cr, HJ_DRAW_LEFT + table->x[i], HJ_DRAW_TOP + pen->y,
                            table->width[i], height);
        cairo_stroke(cr);
    }
    pen->y += height;
}

static void
draw_table_head(HjPen *pen, const Table *table)
{
    if (table->head_lines > 0)
        draw_part(pen, table, (PangoLayout **)table->head, 0, table->head_lines, true);
}

/* A row stands on one page where a page can hold it; otherwise it is cut between lines. */
static void
draw_row(HjPen *pen, Table *table)
{
    int n_lines = most_lines(table->row, table->n), from = 0;
    double head = table->head_lines > 0 ? height_of(pen, table->head_lines) : 0;
    bool one_page = head + height_of(pen, n_lines) <= HJ_DRAW_HEIGHT;
    while (from < n_lines) {
        int room = (int)((HJ_DRAW_HEIGHT + 0.5 - pen->y - 2 * PAD) / pen->type->table_pitch);
        int left = n_lines - from;
        bool fresh = pen->y <= head + 0.5;
        if ((room < left && one_page && !fresh) || room < 1) {
            hj_draw_new_page(pen);
            draw_table_head(pen, table);
            continue;
        }
        int to = from + MIN(left, MAX(room, 1));
        draw_part(pen, table, table->row, from, to, table->strong);
        from = to;
    }
}

static void
lay_row(HjPen *pen, Table *table, size_t row)
{
    const HjDocumentBlock *block = table->block;
    clear(table->row, table->n);
    table->strong = block->strong->data[row] != 0;
    for (size_t i = 0; i < table->n; i++)
        table->row[i] = cell_new(pen, table, i, block->cells->pdata[row * table->n + i],
                                 HJ_FONTS_BODY, table->strong, block->columns[i].align);
}

static Table *
prepare(HjPen *pen, const HjDocumentBlock *block)
{
    Table *table = table_new(block->n_columns);
    g_autofree int *parts = g_new0(int, block->n_columns);
    bool titled = false;
    table->block = block;
    for (size_t i = 0; i < table->n; i++) {
        parts[i] = block->columns[i].width;
        titled |= *block->columns[i].title != '\0';
    }
    measure(table, parts, MIN(pen->type->table + 2 * PAD, HJ_DRAW_WIDTH / (double)table->n));
    for (size_t i = 0; i < table->n && titled; i++)
        table->head[i] = cell_new(pen, table, i, block->columns[i].title, HJ_FONTS_HEAD, false,
                                  HJ_ALIGN_CENTRE);
    /* A head that would fill the page is not repeated, but drawn no further than it may. */
    if (titled)
        table->head_lines =
            MIN(most_lines(table->head, table->n), (int)(HEAD_MOST / pen->type->table_pitch));
    return table;
}

double
hj_draw_table_begin(HjPen *pen, const HjDocumentBlock *block)
{
    if (block->kind != HJ_BLOCK_TABLE)
        return height_of(pen, 1);
    g_autoptr(Table) table = prepare(pen, block);
    double height = table->head_lines > 0 ? height_of(pen, table->head_lines) : 0;
    if (*block->text != '\0')
        height += pen->type->pitch;
    if (block->n_rows > 0) {
        lay_row(pen, table, 0);
        height += height_of(pen, most_lines(table->row, table->n));
    }
    return height;
}

void
hj_draw_table(HjPen *pen, const HjDocumentBlock *block)
{
    hj_draw_gap(pen);
    double wanted = MIN(hj_draw_table_begin(pen, block), HJ_DRAW_HEIGHT / 2);
    if (!hj_draw_fits(pen, wanted) && pen->y > 0)
        hj_draw_new_page(pen);
    if (*block->text != '\0') {
        g_autoptr(PangoLayout) caption =
            hj_draw_layout(pen, block->text, HJ_FONTS_HEAD, pen->type->table, false,
                           HJ_DRAW_WIDTH, HJ_ALIGN_LEFT);
        int n_lines = MIN(pango_layout_get_line_count(caption), 5);
        hj_draw_lines(pen, caption, 0, n_lines, 0, pen->y, pen->type->table_pitch);
        pen->y += n_lines * pen->type->table_pitch + PAD;
    }
    g_autoptr(Table) table = prepare(pen, block);
    draw_table_head(pen, table);
    for (size_t i = 0; i < block->n_rows; i++) {
        lay_row(pen, table, i);
        draw_row(pen, table);
    }
    pen->y += pen->type->pitch / 2;
}

void
hj_draw_keys(HjPen *pen, const HjDocumentBlock *blocks, guint n)
{
    hj_draw_gap(pen);
    g_autoptr(Table) table = table_new(2);
    /* The names take what the longest needs, within reason. */
    glong longest = 4;
    for (guint i = 0; i < n; i++)
        longest = MAX(longest, g_utf8_strlen(blocks[i].name, -1));
    double width = CLAMP((double)longest * pen->type->table + 3 * PAD, HJ_DRAW_WIDTH * 0.15,
                         HJ_DRAW_WIDTH * 0.35);
    const int parts[] = { (int)(width * 10), (int)((HJ_DRAW_WIDTH - width) * 10) };
    measure(table, parts, pen->type->table);
    for (guint i = 0; i < n; i++) {
        clear(table->row, table->n);
        table->row[0] =
            cell_new(pen, table, 0, blocks[i].name, HJ_FONTS_HEAD, false, HJ_ALIGN_LEFT);
        table->row[1] =
            cell_new(pen, table, 1, blocks[i].text, HJ_FONTS_BODY, false, HJ_ALIGN_LEFT);
        draw_row(pen, table);
    }
    pen->y += pen->type->pitch / 2;
}
