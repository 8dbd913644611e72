#include "adapters/xlsx/xlsx.h"
#include "base/text.h"

#include <string.h>

#define MAX_SMALL_PART (8 * 1024 * 1024)
#define MAX_SHARED_PART (192 * 1024 * 1024)
#define MAX_SHARED_BYTES (64 * 1024 * 1024)
#define MAX_SHARED (4 * 1000 * 1000)
#define MAX_STYLES 70000
#define MAX_SHEETS 256

/* --- what a format shows --- */

HjXlsxFormat
hj_xlsx_format_builtin(int id)
{
    if (id == 9 || id == 10)
        return HJ_XLSX_PERCENT;
    /* 27 to 36 and 50 to 58 are the days of East Asian editions. */
    bool is_date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
                   (id >= 50 && id <= 58);
    return is_date ? HJ_XLSX_DATE : HJ_XLSX_NUMBER;
}

/* Behind a quoted text, a [condition] or an escaped letter; [h] counts as what is in it. */
static const char *
skip_quoted(const char *p)
{
    if (*p == '\\' || *p == '_' || *p == '*')
        return p[1] != '\0' ? p + 2 : p + 1;
    char closing = *p == '"' ? '"' : '\0';
    if (*p == '[' && strchr("hHmMsS", p[1]) == NULL)
        closing = ']';
    if (closing == '\0')
        return p;
    const char *end = strchr(p + 1, closing);
    return end != NULL ? end + 1 : p + strlen(p);
}

HjXlsxFormat
hj_xlsx_format_of(const char *code)
{
    if (g_ascii_strcasecmp(code, "General") == 0)
        return HJ_XLSX_NUMBER;
    for (const char *p = code; *p != '\0' && *p != ';';) {
        const char *after = skip_quoted(p);
        if (after != p) {
            p = after;
            continue;
        }
        if (*p == '%')
            return HJ_XLSX_PERCENT;
        if (strchr("yYmMdDhHsS", *p) != NULL)
            return HJ_XLSX_DATE;
        p++;
    }
    return HJ_XLSX_NUMBER;
}

/* --- reading --- */

typedef struct {
    char *name, *id;
    bool hidden;
} Sheet;

typedef struct {
    HjXlsxBook *book;
    char *workbook;      /* part */
    GPtrArray *sheets;   /* of Sheet */
    GHashTable *targets; /* id → part */
    GHashTable *codes;   /* format id → HjXlsxFormat + 1 */
    bool in_styles;
    int in_phonetic;
} Reading;

static void
sheet_free(gpointer data)
{
    Sheet *sheet = data;
    g_free(sheet->name);
    g_free(sheet->id);
    g_free(sheet);
}

static void
refuse_size(HjXlsxParser *p)
{
    GError *error = NULL;
    hj_xlsx_too_large(&error);
    hj_xlsx_refuse(p, error);
}

static void
package_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    const char *type = hj_xlsx_attribute(attributes, "Type");
    const char *target = hj_xlsx_attribute(attributes, "Target");
    if (!g_str_equal(name, "Relationship") || type == NULL || target == NULL ||
        !g_str_has_suffix(type, "/officeDocument"))
        return;
    g_free(r->workbook);
    r->workbook = g_strdup(*target == '/' ? target + 1 : target);
}

static void
relations_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    const char *id = hj_xlsx_attribute(attributes, "Id");
    const char *target = hj_xlsx_attribute(attributes, "Target");
    if (!g_str_equal(name, "Relationship") || id == NULL || target == NULL)
        return;
    g_autofree char *folder = g_path_get_dirname(r->workbook);
    char *part = *target == '/' || g_str_equal(folder, ".")
                     ? g_strdup(*target == '/' ? target + 1 : target)
                     : g_strconcat(folder, "/", target, NULL);
    g_hash_table_replace(r->targets, g_strdup(id), part);
    if (g_hash_table_size(r->targets) > MAX_SHEETS * 4)
        refuse_size(p);
}

static void
workbook_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    if (g_str_equal(name, "workbookPr")) {
        const char *from = hj_xlsx_attribute(attributes, "date1904");
        r->book->from_1904 =
            from != NULL && (g_str_equal(from, "1") || g_str_equal(from, "true"));
    }
    if (!g_str_equal(name, "sheet"))
        return;
    const char *state = hj_xlsx_attribute(attributes, "state");
    Sheet *sheet = g_new0(Sheet, 1);
    sheet->name = g_strdup(hj_xlsx_attribute(attributes, "name"));
    sheet->id = g_strdup(hj_xlsx_attribute(attributes, "id"));
    sheet->hidden = state != NULL && !g_str_equal(state, "visible");
    /* "r:id" and "sheetId" end differently, but a file may have both as "id". */
    g_ptr_array_add(r->sheets, sheet);
    if (r->sheets->len > MAX_SHEETS)
        refuse_size(p);
}

static void
styles_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    Reading *r = p->data;
    const char *id_text = hj_xlsx_attribute(attributes, "numFmtId");
    int64_t id = 0;
    bool has_id = id_text != NULL && hj_text_parse_i64(id_text, &id) && id >= 0 && id < 100000;
    if (g_str_equal(name, "cellXfs"))
        r->in_styles = true;
    const char *code = hj_xlsx_attribute(attributes, "formatCode");
    if (g_str_equal(name, "numFmt") && has_id && code != NULL)
        g_hash_table_replace(r->codes, GINT_TO_POINTER((int)id),
                             GINT_TO_POINTER((int)hj_xlsx_format_of(code) + 1));
    if (!g_str_equal(name, "xf") || !r->in_styles)
        return;
    int known = GPOINTER_TO_INT(g_hash_table_lookup(r->codes, GINT_TO_POINTER((int)id)));
    HjXlsxFormat format =
        known > 0 ? (HjXlsxFormat)(known - 1) : hj_xlsx_format_builtin(has_id ? (int)id : 0);
    g_array_append_val(r->book->formats, format);
    if (r->book->formats->len > MAX_STYLES)
        refuse_size(p);
}

static void
styles_end(HjXlsxParser *p, const char *name)
{
    Reading *r = p->data;
    if (g_str_equal(name, "cellXfs"))
        r->in_styles = false;
}

static void
shared_start(HjXlsxParser *p, const char *name, const char **attributes)
{
    (void)attributes;
    Reading *r = p->data;
    if (g_str_equal(name, "si"))
        g_string_truncate(p->text, 0);
    if (g_str_equal(name, "rPh"))
        r->in_phonetic++;
    p->collecting = g_str_equal(name, "t") && r->in_phonetic == 0;
}

static void
shared_end(HjXlsxParser *p, const char *name)
{
    Reading *r = p->data;
    p->collecting = false;
    if (g_str_equal(name, "rPh"))
        r->in_phonetic--;
    if (!g_str_equal(name, "si"))
        return;
    HjXlsxBook *book = r->book;
    book->n_chunk += p->text->len + 1;
    if (book->n_chunk > MAX_SHARED_BYTES || book->shared->len >= MAX_SHARED) {
        refuse_size(p);
        return;
    }
    g_ptr_array_add(book->shared,
                    g_string_chunk_insert_len(book->chunk, p->text->str, (gssize)p->text->len));
}

static char *
relations_of(const char *part)
{
    g_autofree char *folder = g_path_get_dirname(part);
    g_autofree char *file = g_path_get_basename(part);
    return g_str_equal(folder, ".") ? g_strconcat("_rels/", file, ".rels", NULL)
                                    : g_strconcat(folder, "/_rels/", file, ".rels", NULL);
}

static bool
is_own_notes(const char *name)
{
    return name != NULL &&
           (g_str_equal(name, HJ_SHEET_NOTES_ZH) || g_str_equal(name, HJ_SHEET_NOTES_EN) ||
            g_str_equal(name, HJ_SHEET_LISTS));
}

static bool
choose_sheet(Reading *r, GError **error)
{
    for (guint i = 0; i < r->sheets->len && r->book->sheet == NULL; i++) {
        const Sheet *sheet = g_ptr_array_index(r->sheets, i);
        const char *part =
            sheet->id != NULL ? g_hash_table_lookup(r->targets, sheet->id) : NULL;
        if (!sheet->hidden && !is_own_notes(sheet->name) && part != NULL)
            r->book->sheet = g_strdup(part);
    }
    return r->book->sheet != NULL ||
           hj_fail(error, HJ_ERROR_INVALID, "The workbook has no sheet to read.");
}

static char *
beside(const char *workbook, const char *name)
{
    g_autofree char *folder = g_path_get_dirname(workbook);
    return g_str_equal(folder, ".") ? g_strdup(name) : g_strconcat(folder, "/", name, NULL);
}

static bool
read_parts(Reading *r, zip_t *zip, GError **error)
{
    bool found;
    if (!hj_xlsx_parse(zip, "_rels/.rels", MAX_SMALL_PART, package_start, NULL, r, &found,
                       error))
        return false;
    if (r->workbook == NULL)
        r->workbook = g_strdup("xl/workbook.xml");
    g_autofree char *relations = relations_of(r->workbook);
    if (!hj_xlsx_parse(zip, r->workbook, MAX_SMALL_PART, workbook_start, NULL, r, &found,
                       error))
        return false;
    if (!found)
        return hj_fail(error, HJ_ERROR_INVALID, "This is not an Excel workbook (.xlsx).");
    g_autofree char *styles = beside(r->workbook, "styles.xml");
    g_autofree char *shared = beside(r->workbook, "sharedStrings.xml");
    return hj_xlsx_parse(zip, relations, MAX_SMALL_PART, relations_start, NULL, r, &found,
                         error) &&
           hj_xlsx_parse(zip, styles, MAX_SMALL_PART, styles_start, styles_end, r, &found,
                         error) &&
           hj_xlsx_parse(zip, shared, MAX_SHARED_PART, shared_start, shared_end, r, &found,
                         error) &&
           choose_sheet(r, error);
}

HjXlsxBook *
hj_xlsx_book_read(zip_t *zip, GError **error)
{
    g_autoptr(HjXlsxBook) book = g_new0(HjXlsxBook, 1);
    book->formats = g_array_new(FALSE, FALSE, sizeof(HjXlsxFormat));
    book->shared = g_ptr_array_new();
    book->chunk = g_string_chunk_new(64 * 1024);
    Reading r = { .book = book };
    r.sheets = g_ptr_array_new_with_free_func(sheet_free);
    r.targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    r.codes = g_hash_table_new(NULL, NULL);
    bool done = read_parts(&r, zip, error);
    g_free(r.workbook);
    g_ptr_array_unref(r.sheets);
    g_hash_table_unref(r.targets);
    g_hash_table_unref(r.codes);
    return done ? g_steal_pointer(&book) : NULL;
}

void
hj_xlsx_book_free(HjXlsxBook *book)
{
    if (book == NULL)
        return;
    g_free(book->sheet);
    g_array_unref(book->formats);
    g_ptr_array_unref(book->shared);
    g_string_chunk_free(book->chunk);
    g_free(book);
}
