/* xlsx: what the files of the workbook reader share.
 *
 * A part is inflated and parsed in small pieces.  Whatever no spreadsheet program writes (a
 * document type, a part that inflates hundredfold, a name of a megabyte) ends the reading.
 *
 * Units    bytes; days and seconds as named
 * Owns     as named
 * Threads  one at a time
 * Source   ECMA-376 part 1, 18; stack.md (xlsx read) */
/* also: hj_xlsx_ */
#pragma once

#include "base/error.h"
#include "base/sheet.h"

#include <expat.h>
#include <zip.h>

typedef struct HjXlsxParser HjXlsxParser;
typedef void (*HjXlsxStart)(HjXlsxParser *p, const char *name, const char **attributes);
typedef void (*HjXlsxEnd)(HjXlsxParser *p, const char *name);

/* One part being parsed; handlers get element names without their prefix. */
struct HjXlsxParser {
    XML_Parser expat;
    gpointer data;
    HjXlsxStart start;
    HjXlsxEnd end;
    GString *text; /* collects character data while .collecting */
    bool collecting;
    size_t max_text;
    int depth;
    bool stopped; /* a handler has had enough; not an error */
    GError *error;
};

/* Stops the parser with an error; only the first one counts. */
void hj_xlsx_refuse(HjXlsxParser *p, GError *error);
const char *hj_xlsx_attribute(const char **attributes, const char *name); /* without prefix */

zip_t *hj_xlsx_open(const void *bytes, size_t n, GError **error);
/* Where the archive has no part of this name, *ret_found is false. */
bool hj_xlsx_parse(zip_t *zip, const char *part, size_t max_bytes, HjXlsxStart start,
                   HjXlsxEnd end, gpointer data, bool *ret_found, GError **error);
/* Does the inflated part hold @word anywhere? */
bool hj_xlsx_mentions(zip_t *zip, const char *part, size_t max_bytes, const char *word,
                      bool *ret, GError **error);

typedef enum { HJ_XLSX_NUMBER, HJ_XLSX_DATE, HJ_XLSX_PERCENT } HjXlsxFormat;

typedef struct {
    char *sheet;       /* part of the sheet to read */
    bool from_1904;    /* days are counted from 1904 */
    GArray *formats;   /* HjXlsxFormat by style */
    GPtrArray *shared; /* texts, in .chunk */
    GStringChunk *chunk;
    size_t n_chunk;
} HjXlsxBook;

HjXlsxBook *hj_xlsx_book_read(zip_t *zip, GError **error);
void hj_xlsx_book_free(HjXlsxBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjXlsxBook, hj_xlsx_book_free)
/* What a number format code shows. */
HjXlsxFormat hj_xlsx_format_of(const char *code);
HjXlsxFormat hj_xlsx_format_builtin(int id);

typedef struct {
    char text[64];
} HjXlsxNumber;
/* "1.25E2" as "125", at most 15 digits that mean something, as the program shows it; false
 * where it is no number of a usable size. */
bool hj_xlsx_number(const char *raw, HjXlsxNumber *ret);
/* A serial day, "43164" or "43164.5", as a date or a date and a time. */
bool hj_xlsx_serial(const char *number, bool from_1904, HjXlsxNumber *ret);

bool hj_xlsx_damaged(GError **error);
bool hj_xlsx_suspicious(GError **error);
bool hj_xlsx_too_large(GError **error);
