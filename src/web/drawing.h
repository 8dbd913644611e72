/* drawing: long papers, drawn beside the requests: a job with its progress, then a file.
 *
 * One thread draws one paper after another.  Only the account that asked, with the roles it
 * asked with, sees the job; the same paper asked for twice is drawn once.  A file is kept for
 * an hour, fewer when there are many; nothing outlives the program.
 *
 * Units    lines: blocks and rows of tables; microseconds
 * Owns     hj_drawing_free ends what is being drawn; the rest as named
 * Threads  any
 * Source   domain.md 10.3; features.md section 3 (progress of what takes long) */
/* also: hj_drawn_ */
#pragma once

#include "base/document_pdf.h"

typedef struct HjDrawing HjDrawing;

HjDrawing *hj_drawing_new(void);
void hj_drawing_free(HjDrawing *drawing);
/* For tests: from how many lines on a paper is long, and how long its file is kept. */
void hj_drawing_tune(HjDrawing *drawing, size_t lines, int64_t kept_us);

bool hj_drawing_is_long(const HjDrawing *drawing, const HjDocument *const *documents, size_t n);

/* Who asks, and what the page of the job says; copied. */
typedef struct {
    int64_t account;
    const char *rights; /* whoever holds others later gets nothing */
    const char *name;   /* of the file, without ending */
    const char *back;   /* address of the page that asked */
} HjDrawingOrder;
/* The documents may go afterwards.  BUSY when too many wait. */
bool hj_drawing_add(HjDrawing *drawing, const HjDrawingOrder *order,
                    const HjDocument *const *documents, size_t n, int64_t *ret_id,
                    GError **error);

typedef enum {
    HJ_DRAWING_WAITS,
    HJ_DRAWING_DRAWS,
    HJ_DRAWING_DONE,
    HJ_DRAWING_FAILED,
} HjDrawingState;
typedef struct {
    HjDrawingState state;
    size_t n_done, n, n_before; /* documents; jobs before this one */
    int n_pages;
    char *name, *back;
    GBytes *pdf; /* of a finished one, otherwise NULL */
} HjDrawn;
/* false: there is no such job of this account.  hj_drawn_clear. */
bool hj_drawing_get(HjDrawing *drawing, int64_t id, int64_t account, const char *rights,
                    HjDrawn *ret);
void hj_drawn_clear(HjDrawn *drawn);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjDrawn, hj_drawn_clear)
