/* rows: the answer of one query, held whole and read by name.
 *
 * After a successful query reading cannot fail; a wrong column name aborts.
 *
 * Units    as the columns say; booleans are 0 and 1
 * Owns     every string and blob, until hj_rows_free
 * Threads  one at a time
 * Source   style.md 2.6 */
#pragma once

#include "base/value.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HjRows HjRows;

#define HJ_ROWS_LIMIT 10000 /* a larger answer is a STORE error; use hj_tx_scan */

void hj_rows_free(HjRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjRows, hj_rows_free)

size_t hj_rows_count(const HjRows *rows);
/* Moves to the next row; the first call stands on the first row. */
bool hj_rows_next(HjRows *rows);
void hj_rows_rewind(HjRows *rows);
/* Drops the rows from @n on: the one read only to learn that there is a next page. */
void hj_rows_truncate(HjRows *rows, size_t n);

bool hj_rows_null(const HjRows *rows, const char *column);
int64_t hj_rows_i64(const HjRows *rows, const char *column); /* 0 for NULL */
bool hj_rows_bool(const HjRows *rows, const char *column);
const char *hj_rows_text(const HjRows *rows, const char *column); /* NULL for NULL */
const void *hj_rows_blob(const HjRows *rows, const char *column, size_t *n);
HjDate hj_rows_date(const HjRows *rows, const char *column); /* HJ_DATE_NONE for NULL */

/* Puts another text, or NULL, into the row we stand on: sealed values become what may be shown.
 */
void hj_rows_put_text(HjRows *rows, const char *column, const char *text);

/* By position, for columns computed from a pack: hj_rows_column finds one, -1 when absent. */
int hj_rows_columns(const HjRows *rows);
const char *hj_rows_name(const HjRows *rows, int column);
int hj_rows_column(const HjRows *rows, const char *name);
bool hj_rows_null_at(const HjRows *rows, int column);
int64_t hj_rows_i64_at(const HjRows *rows, int column);
const char *hj_rows_text_at(const HjRows *rows, int column);
HjValKind hj_rows_kind_at(const HjRows *rows, int column);
const void *hj_rows_blob_at(const HjRows *rows, int column, size_t *n); /* text too */

/* Building an answer: drivers, and what is put together out of several. */
HjRows *hj_rows_new(int n_columns, const char *const *names);
HjRows *hj_rows_like(const HjRows *rows); /* none, of the same columns */
HjRows *hj_rows_copy(const HjRows *rows); /* before the first row */
void hj_rows_add_null(HjRows *rows);
void hj_rows_add_i64(HjRows *rows, int64_t value);
void hj_rows_add_text(HjRows *rows, const char *text,
                      size_t n); /* integers read from PostgreSQL text are converted on read */
void hj_rows_add_string(HjRows *rows, const char *text); /* whole, or NULL */
void hj_rows_add_blob(HjRows *rows, const void *data, size_t n);
void hj_rows_add_cell(HjRows *rows, const HjRows *from, const char *column); /* as it is */
void hj_rows_reset(HjRows *rows); /* no rows, same columns: for scans */
