/* document: an official paper as a value: what it says in order, not how it is drawn.
 *
 * A document is built once, top to bottom, and then drawn as PDF (base/document_pdf.h) or as
 * HTML for the screen and the browser's printer (web/document_page.h), with the same measures.
 * Builders cannot fail: bytes that are no text are replaced, NULL reads as "".  Headings are
 * numbered by their level: 一、 （一） 1. （1）.
 *
 * Units    widths in relative parts, days as HjDate
 * Owns     hj_document_free; texts are copied; a block lends its texts
 * Threads  one at a time; a finished one may be read by many
 * Source   domain.md 10.3 (GB/T 9704), ADR 0016 */
#pragma once

#include "base/i18n.h"
#include "base/time.h"

#include <stddef.h>

typedef enum {
    HJ_DOCUMENT_LETTER, /* 22 lines of 28 characters of size 3 */
    HJ_DOCUMENT_TABLES, /* the same text area in denser type */
} HjDocumentStyle;

typedef enum {
    HJ_BLOCK_HEADING,   /* .level, .name its number, .text */
    HJ_BLOCK_TEXT,      /* .text, first line indented by two characters */
    HJ_BLOCK_PLAIN,     /* .text without indent */
    HJ_BLOCK_TABLE,     /* .columns, .cells of .n_rows rows, .text a caption or "" */
    HJ_BLOCK_KEY,       /* .name, .text; neighbours form one table */
    HJ_BLOCK_ATTACHED,  /* .text, .level its number among the attachments */
    HJ_BLOCK_SEAL,      /* .name who, .text the day: lower right, place for the seal */
    HJ_BLOCK_SIGN,      /* .name beside a line to write on; neighbours stand in one row */
    HJ_BLOCK_CATALOGUE, /* headings of level 1 with their pages; .text its own title */
    HJ_BLOCK_BREAK,     /* a new page */
} HjBlockKind;

typedef enum { HJ_ALIGN_LEFT, HJ_ALIGN_CENTRE, HJ_ALIGN_RIGHT } HjDocumentAlign;

typedef struct {
    const char *title; /* "" in all columns: no head */
    int width;         /* parts of the whole; 0 counts as 1 */
    HjDocumentAlign align;
} HjDocumentColumn;

typedef struct {
    HjBlockKind kind;
    int level;
    const char *name, *text; /* never NULL */
    HjDocumentColumn *columns;
    size_t n_columns, n_rows;
    GPtrArray *cells;   /* const char *, row by row */
    GByteArray *strong; /* 1 for a row that is a total */
} HjDocumentBlock;

typedef struct {
    HjDocumentStyle style;
    HjLang lang;
    const char *title;    /* may hold "\n" */
    const char *issuer;   /* letterhead in red; "": none */
    const char *number;   /* 沧县组〔2018〕5号; "": none */
    const char *to;       /* 主送, without its colon; "": none */
    const char *subtitle; /* below the title; "": none */
    const char *footer;   /* on every page: synthetic data, who printed it; "": none */
    const char *mark;     /* across every page, pale: who printed it and when; "": none */
    GArray *blocks;       /* HjDocumentBlock */
    GStringChunk *texts;
} HjDocument;

HjDocument *hj_document_new(HjDocumentStyle style, HjLang lang, const char *title);
void hj_document_free(HjDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjDocument, hj_document_free)

/* The head; each at most once. */
void hj_document_issuer(HjDocument *document, const char *text);
void hj_document_number(HjDocument *document, const char *text); /* any brackets become 〔〕 */
void hj_document_to(HjDocument *document, const char *text);
void hj_document_subtitle(HjDocument *document, const char *text);
void hj_document_footer(HjDocument *document, const char *text);
void hj_document_mark(HjDocument *document, const char *text);

/* The body, in its order. */
void hj_document_heading(HjDocument *document, int level, const char *text); /* level 1 to 4 */
void hj_document_text(HjDocument *document, const char *text); /* a paragraph for every line */
void hj_document_plain(HjDocument *document, const char *text);
void hj_document_key(HjDocument *document, const char *name, const char *value);
/* Begins a table; its head is repeated on every page. Rows follow. */
void hj_document_table(HjDocument *document, const char *caption,
                       const HjDocumentColumn *columns, size_t n_columns);
/* As many cells as the table has columns; NULL is an empty cell. */
void hj_document_row(HjDocument *document, const char *const *cells, bool strong);
void hj_document_attached(HjDocument *document, const char *title);
void hj_document_seal(HjDocument *document, const char *who, HjDate day);
void hj_document_sign(HjDocument *document, const char *label);
void hj_document_catalogue(HjDocument *document, const char *title);
void hj_document_break(HjDocument *document);

/* "2018年6月30日", "30 June 2018"; caller owns. */
char *hj_document_day(HjDate day, HjLang lang);
/* What comes after a 主送 or the name of a key: "：" or ":". */
const char *hj_document_colon(HjLang lang);

/* As bytes for the drawing process and back. */
void hj_document_write(const HjDocument *document, GByteArray *out);
/* The next document of @bytes from *@at on, which moves; NULL when these bytes are none. */
HjDocument *hj_document_read(const void *bytes, size_t n, size_t *at);
