/* sheet: the rows of a workbook, read one after another (a port; adapters/xlsx implements it).
 *
 * Values come as text in one spelling: numbers as plain decimals, dates as 2018-03-05 or
 * 2018-03-05 14:30:00 whatever the cell looked like, formulas by the value stored with them.
 * Empty cells are left out, but those that another cell was merged over are named.  The file is
 * hostile until shown otherwise: everything has a limit and nothing outside the file is read.
 *
 * Units    rows and columns from 1, as people name them
 * Owns     what a row lends lasts for the call
 * Threads  one at a time
 * Source   ECMA-376 part 1, 18.2-18.18; stack.md (xlsx read) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HJ_SHEET_MAX_FILE (32 * 1024 * 1024)
#define HJ_SHEET_MAX_ROWS 200000
#define HJ_SHEET_MAX_COLUMNS 256
#define HJ_SHEET_MAX_TEXT 32767 /* characters of a cell, as the program that made it allows */

typedef enum {
    HJ_CELL_TEXT,
    HJ_CELL_NUMBER,
    HJ_CELL_PERCENT, /* shown as a percentage: .text is the fraction */
    HJ_CELL_DATE,
    HJ_CELL_BOOL,    /* "1" or "0" */
    HJ_CELL_ERROR,   /* "#N/A" */
    HJ_CELL_MERGED,  /* lies under the merged cell whose address is .text */
    HJ_CELL_FORMULA, /* a formula that was stored without a value */
} HjCellKind;

typedef struct {
    int column;
    HjCellKind kind;
    bool merged; /* the value was written over several cells */
    const char *text;
} HjSheetCell;

typedef struct {
    int number;
    const HjSheetCell *cells; /* by column */
    size_t n_cells;
} HjSheetRow;

/* false with an error stops the reading. */
typedef bool (*HjSheetFn)(const HjSheetRow *row, gpointer data, GError **error);

/* The rows of the first visible sheet that is not one of this program's own notes and lists.
 * INVALID says in words of a person what is wrong with the file. */
bool hj_sheet_read(const void *bytes, size_t n, HjSheetFn fn, gpointer data, GError **error);

/* "AB12"; column 28 row 12. */
typedef struct {
    char text[16];
} HjCellName;
HjCellName hj_sheet_cell_name(int column, int row);

/* The sheets of this program that hold no rows. */
#define HJ_SHEET_NOTES_ZH "填写说明"
#define HJ_SHEET_NOTES_EN "Notes"
#define HJ_SHEET_LISTS "lists"
