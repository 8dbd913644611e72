/* fonts: the few font families that official papers are set in, opened before the doors close.
 *
 * Units    points
 * Owns     the fonts live as long as the process
 * Threads  one, the worker's
 * Source   stack.md F1; domain.md 10.3; ADR 0016 */
#pragma once

#include <pango/pangocairo.h>
#include <stdbool.h>

typedef enum {
    HJ_FONTS_BODY,  /* 仿宋 */
    HJ_FONTS_TITLE, /* 小标宋 */
    HJ_FONTS_HEAD,  /* 黑体 */
    HJ_FONTS_KAI,   /* 楷体 */
} HjFontRole;

/* All sizes there are: no other can be asked for once the doors are closed. */
#define HJ_FONTS_SIZES 9, 9.5, 10.5, 12, 12.6, 14, 16, 18, 19.2, 22, 23.4, 28.6

/* Finds and opens them all; without fonts nothing can be drawn and hj_fonts_context is NULL. */
void hj_fonts_open(void);
PangoContext *hj_fonts_context(void);
/* Caller frees; @strong makes heavier what has a heavier cut. */
PangoFontDescription *hj_fonts_describe(HjFontRole role, double size, bool strong);
/* @text with 〓 for what no font here has, and how many those are; caller owns. */
char *hj_fonts_known(const char *text, int *n_missing);
