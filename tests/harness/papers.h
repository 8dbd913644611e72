/* papers: sample documents of every kind, and what MuPDF says about their PDF.
 *
 * Units    points from the upper left corner of the page
 * Owns     as named
 * Threads  one
 * Source   domain.md 10.3; stack.md F1 */
#pragma once

#include "base/document_pdf.h"

/* also: hj_paper_ */

/* One of each kind, NULL-ended; the caller frees the documents and the array. */
HjDocument **hj_papers_all(void);
void hj_papers_free(HjDocument **papers);
/* Looks at a PDF with mutool: A4, every glyph drawn, nothing but page number and foot outside
 * the text area.  Returns its text; fails the test with @name otherwise. */
char *hj_papers_check(GBytes *pdf, const char *name, int *ret_pages);
