/* marked: a text with what was searched for set apart.
 *
 * Units    none
 * Owns     lent by the request
 * Threads  the request's
 * Source   features.md 151 */
#pragma once

#include "web/request.h"
#include "web/views_search.h"

/* The whole of a title; where no word stands in it, the characters whose pinyin or initials
 * were asked for. */
HjPiece *hj_marked_title(HjRequest *req, const char *title, const char *q, HjPinyinKind kind,
                         size_t *ret_n);
/* Some characters around the first word of @q in @text; NULL when none is there. */
HjPiece *hj_marked_part(HjRequest *req, const char *text, const char *q, size_t *ret_n);
