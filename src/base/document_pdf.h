/* document_pdf: documents drawn as one PDF file by the confined worker process.
 *
 * A4, text area 156 × 225 mm, top 37 mm, left 28 mm, page numbers outside below, odd right,
 * even left; every document begins on a page 1 of its own.  Characters that no official font
 * here has are drawn as 〓 and said so at the foot of their page.
 *
 * Units    bytes
 * Owns     the bytes are the caller's
 * Threads  any; fonts are loaded once a call, so hand over many documents at once
 * Source   stack.md F1, domain.md 10.3, ADR 0016 */
#pragma once

#include "base/document.h"
#include "base/worker.h"

/* also: hj_document_ */

typedef struct {
    int n_pages;
    int n_missing;    /* characters drawn as 〓 */
    int64_t peak_kib; /* memory of the worker */
    int64_t cpu_us;   /* its time */
} HjPdfInfo;

/* What the worker sends: pieces of the file and how many documents are drawn (uint64_t), then
 * an HjPdfInfo. */
enum { HJ_DOCUMENT_TAG_PDF = 1, HJ_DOCUMENT_TAG_INFO = 2, HJ_DOCUMENT_TAG_STEP = 3 };

/* @info may be NULL.  INVALID when there is more than one file may hold. */
GBytes *hj_document_pdf(const HjDocument *const *documents, size_t n, HjPdfInfo *info,
                        GError **error);

/* The same in two steps, told after every document; false of @step ends it.  The input is what
 * is drawn, and may be kept. */
typedef bool (*HjPdfStep)(gpointer data, size_t n_done);
GBytes *hj_document_pdf_input(const HjDocument *const *documents, size_t n, GError **error);
GBytes *hj_document_pdf_watched(GBytes *input, size_t n, HjPdfInfo *info, HjPdfStep step,
                                gpointer data, GError **error);

/* The worker kind "document" (adapters/pdf). */
extern const HjWorkerKind hj_document_worker;
