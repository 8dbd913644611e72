#include "adapters/xlsx/xlsx.h"

#include <string.h>

#define PIECE 32768
#define MAX_ENTRIES 2000
#define MAX_DEPTH 32
#define MAX_TOKEN (1024 * 1024)
/* What inflates more than this is made to, once it is more than a little. */
#define MAX_RATIO 400
#define RATIO_FREE (8 * 1024 * 1024)

bool
hj_xlsx_damaged(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID,
                   "The workbook is damaged. Open it, save it as .xlsx and send it again.");
}

bool
hj_xlsx_suspicious(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID,
                   "The workbook holds what no spreadsheet program writes, and was refused.");
}

bool
hj_xlsx_too_large(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID,
                   "The workbook is too large. Divide it into several.");
}

void
hj_xlsx_refuse(HjXlsxParser *p, GError *error)
{
    if (p->error == NULL)
        p->error = error;
    else
        g_error_free(error);
    XML_StopParser(p->expat, XML_FALSE);
}

static const char *
local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *
hj_xlsx_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void XMLCALL
on_start(void *data, const char *name, const char **attributes)
{
    HjXlsxParser *p = data;
    if (p->error != NULL || p->stopped)
        return;
    if (++p->depth > MAX_DEPTH) {
        GError *error = NULL;
        hj_xlsx_suspicious(&error);
        hj_xlsx_refuse(p, error);
        return;
    }
    p->start(p, local_name(name), attributes);
}

static void XMLCALL
on_end(void *data, const char *name)
{
    HjXlsxParser *p = data;
    if (p->error != NULL || p->stopped)
        return;
    p->depth--;
    if (p->end != NULL)
        p->end(p, local_name(name));
}

static void XMLCALL
on_text(void *data, const char *text, int n)
{
    HjXlsxParser *p = data;
    if (!p->collecting || p->error != NULL || p->stopped)
        return;
    if (p->text->len + (size_t)n > p->max_text) {
        GError *error = NULL;
        hj_fail(&error, HJ_ERROR_INVALID, "A cell of the workbook holds too long a text.");
        hj_xlsx_refuse(p, error);
        return;
    }
    g_string_append_len(p->text, text, n);
}

static void XMLCALL
on_doctype(void *data, const char *name, const char *system_id, const char *public_id,
           int has_internal)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    GError *error = NULL;
    hj_xlsx_suspicious(&error);
    hj_xlsx_refuse(data, error);
}

static bool
looks_old(const void *bytes, size_t n)
{
    static const unsigned char compound[] = { 0xd0, 0xcf, 0x11, 0xe0 };
    return n >= sizeof compound && memcmp(bytes, compound, sizeof compound) == 0;
}

zip_t *
hj_xlsx_open(const void *bytes, size_t n, GError **error)
{
    if (n > HJ_SHEET_MAX_FILE) {
        hj_xlsx_too_large(error);
        return NULL;
    }
    if (looks_old(bytes, n)) {
        hj_fail(error, HJ_ERROR_INVALID,
                "This is an old .xls workbook, or one with a password. Save it as .xlsx "
                "without a password.");
        return NULL;
    }
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &why);
    zip_t *zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (zip == NULL && source != NULL)
        zip_source_free(source);
    zip_error_fini(&why);
    if (zip == NULL) {
        hj_fail(error, HJ_ERROR_INVALID, "This is not an Excel workbook (.xlsx).");
        return NULL;
    }
    if (zip_get_num_entries(zip, 0) > MAX_ENTRIES) {
        hj_xlsx_suspicious(error);
        zip_discard(zip);
        return NULL;
    }
    return zip;
}

/* A part being inflated, with its limits. */
typedef struct {
    zip_file_t *file;
    uint64_t n_packed, n_read, max;
} Flow;

static bool
flow_open(zip_t *zip, const char *part, size_t max, Flow *ret, GError **error)
{
    zip_stat_t stat;
    *ret = (Flow){ .max = max };
    zip_int64_t index = zip_name_locate(zip, part, ZIP_FL_NOCASE);
    if (index < 0)
        return true;
    if (zip_stat_index(zip, (zip_uint64_t)index, 0, &stat) != 0 ||
        (stat.valid & ZIP_STAT_COMP_SIZE) == 0)
        return hj_xlsx_damaged(error);
    if ((stat.valid & ZIP_STAT_SIZE) != 0 && stat.size > max)
        return hj_xlsx_too_large(error);
    ret->n_packed = stat.comp_size;
    ret->file = zip_fopen_index(zip, (zip_uint64_t)index, 0);
    return ret->file != NULL || hj_xlsx_damaged(error);
}

/* Bytes read, 0 at the end, -1 with an error. */
static int
flow_read(Flow *flow, char *buffer, GError **error)
{
    zip_int64_t n = zip_fread(flow->file, buffer, PIECE);
    if (n < 0) {
        hj_xlsx_damaged(error);
        return -1;
    }
    flow->n_read += (uint64_t)n;
    if (flow->n_read > flow->max) {
        hj_xlsx_too_large(error);
        return -1;
    }
    if (flow->n_read > RATIO_FREE && flow->n_read / MAX_RATIO > flow->n_packed) {
        hj_xlsx_suspicious(error);
        return -1;
    }
    return (int)n;
}

/* false when nothing more is wanted, or with p->error set. */
static bool
feed(HjXlsxParser *p, const Flow *flow, const char *buffer, int n)
{
    if (XML_Parse(p->expat, buffer, n, n == 0) != XML_STATUS_OK) {
        if (!p->stopped && p->error == NULL)
            hj_xlsx_damaged(&p->error);
        return false;
    }
    /* One token is read whole by the parser: it must not be the whole part. */
    XML_Index at = XML_GetCurrentByteIndex(p->expat);
    if (n > 0 && at >= 0 && flow->n_read > (uint64_t)at + MAX_TOKEN) {
        hj_xlsx_suspicious(&p->error);
        return false;
    }
    return p->error == NULL && n > 0;
}

bool
hj_xlsx_parse(zip_t *zip, const char *part, size_t max_bytes, HjXlsxStart start, HjXlsxEnd end,
              gpointer data, bool *ret_found, GError **error)
{
    Flow flow;
    *ret_found = false;
    if (!flow_open(zip, part, max_bytes, &flow, error))
        return false;
    if (flow.file == NULL)
        return true;
    *ret_found = true;
    HjXlsxParser p = { .data = data, .start = start, .end = end };
    p.max_text = HJ_SHEET_MAX_TEXT * 4;
    p.text = g_string_new(NULL);
    p.expat = XML_ParserCreate("UTF-8");
    XML_SetUserData(p.expat, &p);
    XML_SetElementHandler(p.expat, on_start, on_end);
    XML_SetCharacterDataHandler(p.expat, on_text);
    XML_SetStartDoctypeDeclHandler(p.expat, on_doctype);
    g_autofree char *buffer = g_new(char, PIECE);
    int n;
    do
        n = flow_read(&flow, buffer, &p.error);
    while (n >= 0 && feed(&p, &flow, buffer, n));
    XML_ParserFree(p.expat);
    zip_fclose(flow.file);
    g_string_free(p.text, TRUE);
    if (p.error == NULL)
        return true;
    g_propagate_error(error, p.error);
    return false;
}

bool
hj_xlsx_mentions(zip_t *zip, const char *part, size_t max_bytes, const char *word, bool *ret,
                 GError **error)
{
    Flow flow;
    size_t n_word = strlen(word), n_kept = 0;
    *ret = false;
    if (!flow_open(zip, part, max_bytes, &flow, error))
        return false;
    if (flow.file == NULL)
        return true;
    g_autofree char *buffer = g_new(char, PIECE + n_word);
    int n = 1;
    while (!*ret && (n = flow_read(&flow, buffer + n_kept, error)) > 0) {
        size_t n_all = n_kept + (size_t)n;
        *ret = memmem(buffer, n_all, word, n_word) != NULL;
        n_kept = MIN(n_word - 1, n_all);
        memmove(buffer, buffer + n_all - n_kept, n_kept);
    }
    zip_fclose(flow.file);
    return n >= 0;
}
