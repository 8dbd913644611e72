/* decimal: exact scaled numbers, for money, scores, areas and rates.
 *
 * A value 12.50 at scale 2 is the integer 1250.  No floating point anywhere.
 *
 * Units    int64 scaled by 10^scale, scale 0…6; money is scale 2 (fen)
 * Owns     nothing
 * Threads  any
 * Source   style.md 2.9, domain.md ARI-1…3, ARI-9 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    char text[40];
} HjDecimalText;

/* Accepts "-12.5", "1,234.50" and surrounding spaces; more fraction digits than @scale or
 * overflow is INVALID. */
bool hj_decimal_parse(const char *text, int scale, int64_t *ret, GError **error);
HjDecimalText hj_decimal_text(int64_t value, int scale); /* "12.50" */
HjDecimalText hj_decimal_text_grouped(int64_t value,
                                      int scale); /* "1,234.5": grouped, trailing zeros cut */
HjDecimalText hj_decimal_text_column(int64_t value,
                                     int scale); /* "1,234.50": points of a column align */

/* The arithmetic below stops at INT64_MIN and INT64_MAX instead of wrapping. */
/* num * 10^scale / den, rounded half away from zero; @den must not be 0; 128-bit inside. */
int64_t hj_decimal_divide(int64_t num, int64_t den, int scale);
/* a * b / c rounded half away from zero, 128-bit inside. */
int64_t hj_decimal_muldiv(int64_t a, int64_t b, int64_t c);
int64_t hj_decimal_rescale(int64_t value, int from, int to);
