/* sheet_write: a workbook written row by row on bounded memory (a port; adapters/xlsx).
 *
 * Sheets are written one after another, rows downwards.  Everything is written as text unless
 * said otherwise, so that codes keep their zeros.
 *
 * Units    rows and columns from 1; widths in characters
 * Owns     hj_sheet_book_free; texts are copied
 * Threads  one at a time
 * Source   stack.md (xlsx write) */
/* also: hj_sheet_book_ */
#pragma once

#include "base/sheet.h"

typedef struct HjSheetBook HjSheetBook;

typedef enum {
    HJ_LOOK_PLAIN,
    HJ_LOOK_HEAD,     /* dark, frozen */
    HJ_LOOK_REQUIRED, /* a head that must be filled in */
    HJ_LOOK_SAMPLE,   /* grey */
    HJ_LOOK_WRONG,    /* red */
    HJ_LOOK_WRAP,     /* several lines */
} HjSheetLook;

typedef struct {
    const char *text; /* NULL: empty, though it has a look */
    HjSheetLook look;
    bool number;         /* .text is a plain decimal, written as a number */
    bool date;           /* .text is YYYY-MM-DD, written as a date */
    const char *comment; /* a note on the cell, or NULL */
} HjSheetValue;

HjSheetBook *hj_sheet_book_new(GError **error);
/* Kept whole in memory until its end, so that charts carry their numbers. */
HjSheetBook *hj_sheet_book_new_whole(GError **error);
void hj_sheet_book_free(HjSheetBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjSheetBook, hj_sheet_book_free)

/* Begins the next sheet.  @n_frozen rows stay in sight. */
bool hj_sheet_book_begin(HjSheetBook *book, const char *name, int n_frozen, bool hidden,
                         GError **error);
/* For the sheet begun last; before its first row. */
void hj_sheet_book_width(HjSheetBook *book, int column, int width, bool as_text);
/* Offers the cells of column @from, rows 1 to @n, of the lists sheet in @column from row @first
 * on; other values are @strict refused, or allowed after a question. */
void hj_sheet_book_offer(HjSheetBook *book, int column, int first, int from, int n, bool strict,
                         const char *title, const char *says);
bool hj_sheet_book_row(HjSheetBook *book, const HjSheetValue *values, size_t n, GError **error);
/* A chart of bars that any program for workbooks draws itself, on the sheet begun last. */
typedef struct {
    const char *title, *sheet; /* where its numbers stand */
    int names, values;         /* columns there */
    int first, last;           /* rows there */
    int at_row, at_column;     /* its upper left corner */
} HjSheetChart;
bool hj_sheet_book_chart(HjSheetBook *book, const HjSheetChart *chart, GError **error);
int hj_sheet_book_row_number(const HjSheetBook *book); /* of the row written last, 0 before */
/* The finished file; the book is of no more use. */
GBytes *hj_sheet_book_end(HjSheetBook *book, GError **error);
