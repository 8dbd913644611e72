/* document_page: an official paper as an answer: on the screen, to print, or as PDF.
 *
 * Units    none
 * Owns     documents are adopted by the request
 * Threads  the request's
 * Source   ADR 0016; domain.md 10.3 */
#pragma once

#include "base/document_pdf.h"
#include "web/page.h"

#define HJ_DOCUMENT_PAGE_PDF ".pdf"

/* A document in the reader's language that says at its foot what has to be said: synthetic
 * data; when @sensitive, who printed it and when, and the mark of sensitive pages. */
HjDocument *hj_document_page_new(HjRequest *req, HjDocumentStyle style, const char *title,
                                 bool sensitive);
/* Says at the foot who printed it and when; a sensitive document says so already. */
void hj_document_page_printed(HjRequest *req, HjDocument *document);
/* As PDF where the address of the request ends in .pdf, otherwise as a page whose way to the
 * PDF is that address.  @name is that of the file, without ending. */
HjResponse *hj_document_page_answer(HjRequest *req, const HjPage *page, HjDocument *document,
                                    const char *back_href, const char *name, GError **error);
/* The documents one after another in one PDF file. */
HjResponse *hj_document_page_pdf(HjRequest *req, const HjDocument *const *documents, size_t n,
                                 const char *name, GError **error);
/* Whether the part of an address has this ending, and the part without it. */
bool hj_document_page_ending(HjRequest *req, const char *part, const char *ending,
                             const char **ret_rest);
/* The address of the request with @ending behind its path. */
const char *hj_document_page_href(HjRequest *req, const char *ending);
/* A file to keep under a name in any script. */
HjResponse *hj_document_page_file(GBytes *bytes, const char *type, const char *name,
                                  const char *ending);
