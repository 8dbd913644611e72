#include "base/document.h"

#include <stdbool.h>
#include <string.h>

#define MOST_COLUMNS 32

/* Only what can be drawn: other bytes and control characters become U+FFFD or go. */
static const char *
keep(HjDocument *document, const char *text)
{
    if (text == NULL || *text == '\0')
        return "";
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) out = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        bool shown = c == '\n' || (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
                                   c != 0x2028 && c != 0x2029);
        if (c == '\t')
            g_string_append_c(out, ' ');
        else if (shown)
            g_string_append_unichar(out, c);
    }
    return g_string_chunk_insert_len(document->texts, out->str, (gssize)out->len);
}

HjDocument *
hj_document_new(HjDocumentStyle style, HjLang lang, const char *title)
{
    HjDocument *document = g_new0(HjDocument, 1);
    *document = (HjDocument){ .style = style,
                              .lang = lang,
                              .issuer = "",
                              .number = "",
                              .to = "",
                              .subtitle = "",
                              .footer = "",
                              .mark = "" };
    document->texts = g_string_chunk_new(1024);
    document->blocks = g_array_new(FALSE, TRUE, sizeof(HjDocumentBlock));
    document->title = keep(document, title);
    return document;
}

void
hj_document_free(HjDocument *document)
{
    if (document == NULL)
        return;
    for (guint i = 0; i < document->blocks->len; i++) {
        HjDocumentBlock *block = &g_array_index(document->blocks, HjDocumentBlock, i);
        g_free(block->columns);
        g_clear_pointer(&block->cells, g_ptr_array_unref);
        g_clear_pointer(&block->strong, g_byte_array_unref);
    }
    g_array_unref(document->blocks);
    g_string_chunk_free(document->texts);
    g_free(document);
}

void
hj_document_issuer(HjDocument *document, const char *text)
{
    document->issuer = keep(document, text);
}

/* 沧县组［2018］5号 and 沧县组(2018)第05号 are both written 沧县组〔2018〕5号. */
void
hj_document_number(HjDocument *document, const char *text)
{
    static const char opening[] = "[(［（【﹝", closing[] = "])］）】﹞";
    const char *kept = keep(document, text);
    g_autoptr(GString) out = g_string_new(NULL);
    bool serial = false; /* just behind the year */
    for (const char *p = kept; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_utf8_strchr(opening, -1, c) != NULL)
            g_string_append(out, "〔");
        else if (g_utf8_strchr(closing, -1, c) != NULL)
            g_string_append(out, "〕");
        else if (!serial || (c != '0' && c != 0x7b2c)) /* 第 */
            g_string_append_unichar(out, c);
        serial = g_str_has_suffix(out->str, "〕");
    }
    document->number = g_string_chunk_insert(document->texts, out->str);
}

void
hj_document_to(HjDocument *document, const char *text)
{
    document->to = keep(document, text);
}

void
hj_document_subtitle(HjDocument *document, const char *text)
{
    document->subtitle = keep(document, text);
}

void
hj_document_footer(HjDocument *document, const char *text)
{
    document->footer = keep(document, text);
}

void
hj_document_mark(HjDocument *document, const char *text)
{
    document->mark = keep(document, text);
}

/* --- the body --- */

static HjDocumentBlock *
add(HjDocument *document, HjBlockKind kind, const char *name, const char *text)
{
    HjDocumentBlock block = {
        .kind = kind,
        .name = keep(document, name),
        .text = keep(document, text),
    };
    g_array_append_val(document->blocks, block);
    return &g_array_index(document->blocks, HjDocumentBlock, document->blocks->len - 1);
}

/* 一 二 … 十 十一 … 九十九 */
static char *
chinese_number(int n)
{
    static const char *const digits[] = { "",   "一", "二", "三", "四",
                                          "五", "六", "七", "八", "九" };
    if (n <= 0 || n > 99)
        return g_strdup_printf("%d", n);
    int tens = n / 10;
    return g_strdup_printf("%s%s%s", tens > 1 ? digits[tens] : "", tens > 0 ? "十" : "",
                           digits[n % 10]);
}

static char *
heading_number(HjLang lang, int level, int n)
{
    g_autofree char *hanzi = chinese_number(n);
    switch (level) {
    case 1:
        return lang == HJ_ZH ? g_strconcat(hanzi, "、", NULL) : g_strdup_printf("%d. ", n);
    case 2:
        return lang == HJ_ZH ? g_strconcat("（", hanzi, "）", NULL)
                             : g_strdup_printf("(%d) ", n);
    case 3:
        return lang == HJ_ZH ? g_strdup_printf("%d.", n)
                             : g_strdup_printf("%c. ", 'a' + (n - 1) % 26);
    default:
        return lang == HJ_ZH ? g_strdup_printf("（%d）", n)
                             : g_strdup_printf("(%c) ", 'a' + (n - 1) % 26);
    }
}

/* Headings of the level since the last one above it. */
static int
headings_so_far(const HjDocument *document, int level)
{
    int n = 0;
    for (guint i = 0; i < document->blocks->len; i++) {
        const HjDocumentBlock *block = &g_array_index(document->blocks, HjDocumentBlock, i);
        if (block->kind != HJ_BLOCK_HEADING)
            continue;
        if (block->level < level)
            n = 0;
        else if (block->level == level)
            n++;
    }
    return n;
}

void
hj_document_heading(HjDocument *document, int level, const char *text)
{
    level = CLAMP(level, 1, 4);
    int n = headings_so_far(document, level) + 1;
    g_autofree char *number = heading_number(document->lang, level, n);
    add(document, HJ_BLOCK_HEADING, number, text)->level = level;
}

void
hj_document_text(HjDocument *document, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(keep(document, text), "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++)
        if (*g_strstrip(lines[i]) != '\0')
            add(document, HJ_BLOCK_TEXT, NULL, lines[i]);
}

void
hj_document_plain(HjDocument *document, const char *text)
{
    add(document, HJ_BLOCK_PLAIN, NULL, text);
}

void
hj_document_key(HjDocument *document, const char *name, const char *value)
{
    add(document, HJ_BLOCK_KEY, name, value);
}

void
hj_document_table(HjDocument *document, const char *caption, const HjDocumentColumn *columns,
                  size_t n_columns)
{
    g_assert(n_columns > 0 && n_columns <= MOST_COLUMNS);
    HjDocumentBlock *block = add(document, HJ_BLOCK_TABLE, NULL, caption);
    block->columns = g_memdup2(columns, n_columns * sizeof *columns);
    block->n_columns = n_columns;
    for (size_t i = 0; i < n_columns; i++)
        block->columns[i].title = keep(document, columns[i].title);
    block->cells = g_ptr_array_new();
    block->strong = g_byte_array_new();
}

void
hj_document_row(HjDocument *document, const char *const *cells, bool strong)
{
    g_assert(document->blocks->len > 0);
    HjDocumentBlock *block =
        &g_array_index(document->blocks, HjDocumentBlock, document->blocks->len - 1);
    g_assert(block->kind == HJ_BLOCK_TABLE);
    for (size_t i = 0; i < block->n_columns; i++)
        g_ptr_array_add(block->cells, (gpointer)keep(document, cells[i]));
    const guint8 mark = strong ? 1 : 0;
    g_byte_array_append(block->strong, &mark, 1);
    block->n_rows++;
}

void
hj_document_attached(HjDocument *document, const char *title)
{
    int n = 1;
    for (guint i = 0; i < document->blocks->len; i++)
        if (g_array_index(document->blocks, HjDocumentBlock, i).kind == HJ_BLOCK_ATTACHED)
            n++;
    add(document, HJ_BLOCK_ATTACHED, NULL, title)->level = n;
}

void
hj_document_seal(HjDocument *document, const char *who, HjDate day)
{
    g_autofree char *text = hj_document_day(day, document->lang);
    add(document, HJ_BLOCK_SEAL, who, text);
}

void
hj_document_sign(HjDocument *document, const char *label)
{
    add(document, HJ_BLOCK_SIGN, label, NULL);
}

void
hj_document_catalogue(HjDocument *document, const char *title)
{
    add(document, HJ_BLOCK_CATALOGUE, NULL, title);
}

void
hj_document_break(HjDocument *document)
{
    add(document, HJ_BLOCK_BREAK, NULL, NULL);
}

char *
hj_document_day(HjDate day, HjLang lang)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    int year, month, of_month;
    if (day == HJ_DATE_NONE)
        return g_strdup("");
    hj_date_split(day, &year, &month, &of_month);
    return lang == HJ_ZH ? g_strdup_printf("%d年%d月%d日", year, month, of_month)
                         : g_strdup_printf("%d %s %d", of_month, months[month - 1], year);
}

const char *
hj_document_colon(HjLang lang)
{
    return lang == HJ_ZH ? "：" : ":";
}
