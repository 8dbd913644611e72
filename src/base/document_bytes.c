/* A document as bytes: numbers of 32 bits in the order of this machine, texts with their
 * length. The reader believes nothing: a confined process reads it, and tests feed it anything.
 */
#include "base/document.h"

#include <stdbool.h>
#include <string.h>

#define MAGIC 0x31646a68u /* "hjd1" */
#define MOST_COLUMNS 32
#define MOST_BLOCKS 200000
#define MOST_ROWS 200000

static void
put(GByteArray *out, size_t value)
{
    const guint32 number = (guint32)value;
    g_byte_array_append(out, (const guint8 *)&number, sizeof number);
}

static void
put_text(GByteArray *out, const char *text)
{
    size_t n = strlen(text);
    put(out, n);
    g_byte_array_append(out, (const guint8 *)text, (guint)n);
}

static void
put_table(GByteArray *out, const HjDocumentBlock *block)
{
    put(out, block->n_columns);
    for (size_t i = 0; i < block->n_columns; i++) {
        put_text(out, block->columns[i].title);
        put(out, (size_t)block->columns[i].width);
        put(out, (size_t)block->columns[i].align);
    }
    put(out, block->n_rows);
    for (size_t i = 0; i < block->n_rows; i++) {
        put(out, block->strong->data[i]);
        for (size_t k = 0; k < block->n_columns; k++)
            put_text(out, block->cells->pdata[i * block->n_columns + k]);
    }
}

void
hj_document_write(const HjDocument *document, GByteArray *out)
{
    put(out, MAGIC);
    put(out, (size_t)document->style);
    put(out, (size_t)document->lang);
    const char *const head[] = { document->title, document->issuer,   document->number,
                                 document->to,    document->subtitle, document->footer,
                                 document->mark };
    for (size_t i = 0; i < G_N_ELEMENTS(head); i++)
        put_text(out, head[i]);
    put(out, document->blocks->len);
    for (guint i = 0; i < document->blocks->len; i++) {
        const HjDocumentBlock *block = &g_array_index(document->blocks, HjDocumentBlock, i);
        put(out, (size_t)block->kind);
        put(out, (size_t)block->level);
        put_text(out, block->name);
        put_text(out, block->text);
        if (block->kind == HJ_BLOCK_TABLE)
            put_table(out, block);
    }
}

/* --- back --- */

typedef struct {
    const guint8 *at, *end;
    bool broken;
    GString *text; /* the one read last */
} Cursor;

static guint32
take(Cursor *c, guint32 max)
{
    guint32 number = 0;
    if (c->broken || (size_t)(c->end - c->at) < sizeof number) {
        c->broken = true;
        return 0;
    }
    memcpy(&number, c->at, sizeof number);
    c->at += sizeof number;
    c->broken = number > max;
    return c->broken ? 0 : number;
}

static const char *
take_text(Cursor *c)
{
    guint32 n = take(c, G_MAXINT32);
    if (c->broken || (size_t)(c->end - c->at) < n) {
        c->broken = true;
        return "";
    }
    g_string_truncate(c->text, 0);
    g_string_append_len(c->text, (const char *)c->at, (gssize)n);
    c->at += n;
    return c->text->str;
}

static void
take_rows(Cursor *c, HjDocument *document, size_t n_columns)
{
    guint32 n_rows = take(c, MOST_ROWS);
    for (guint32 i = 0; i < n_rows && !c->broken; i++) {
        bool strong = take(c, 1) == 1;
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        for (size_t k = 0; k < n_columns; k++)
            g_ptr_array_add(cells, g_strdup(take_text(c)));
        if (!c->broken)
            hj_document_row(document, (const char *const *)cells->pdata, strong);
    }
}

static void
take_table(Cursor *c, HjDocument *document, const char *caption)
{
    guint32 n_columns = take(c, MOST_COLUMNS);
    HjDocumentColumn columns[MOST_COLUMNS] = { 0 };
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    for (guint32 i = 0; i < n_columns && !c->broken; i++) {
        char *title = g_strdup(take_text(c));
        g_ptr_array_add(titles, title);
        columns[i].title = title;
        columns[i].width = (int)take(c, 10000);
        columns[i].align = (HjDocumentAlign)take(c, HJ_ALIGN_RIGHT);
    }
    if (c->broken || n_columns == 0) {
        c->broken = true;
        return;
    }
    hj_document_table(document, caption, columns, n_columns);
    take_rows(c, document, n_columns);
}

static void
take_block(Cursor *c, HjDocument *document)
{
    HjBlockKind kind = (HjBlockKind)take(c, HJ_BLOCK_BREAK);
    int level = (int)take(c, 100000);
    g_autofree char *name = g_strdup(take_text(c));
    g_autofree char *text = g_strdup(take_text(c));
    if (c->broken)
        return;
    if (kind == HJ_BLOCK_TABLE) {
        take_table(c, document, text);
        return;
    }
    /* Through a builder, which keeps clean texts only; then as it was written. */
    hj_document_key(document, name, text);
    HjDocumentBlock *block =
        &g_array_index(document->blocks, HjDocumentBlock, document->blocks->len - 1);
    block->kind = kind;
    block->level = kind == HJ_BLOCK_HEADING ? CLAMP(level, 1, 4) : level;
}

HjDocument *
hj_document_read(const void *bytes, size_t n, size_t *at)
{
    Cursor c = { .at = (const guint8 *)bytes + *at, .end = (const guint8 *)bytes + n };
    if (*at >= n || take(&c, G_MAXUINT32) != MAGIC)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    c.text = text;
    HjDocumentStyle style = (HjDocumentStyle)take(&c, HJ_DOCUMENT_TABLES);
    HjLang lang = (HjLang)take(&c, HJ_EN);
    g_autoptr(HjDocument) document = hj_document_new(style, lang, take_text(&c));
    hj_document_issuer(document, take_text(&c));
    hj_document_number(document, take_text(&c));
    hj_document_to(document, take_text(&c));
    hj_document_subtitle(document, take_text(&c));
    hj_document_footer(document, take_text(&c));
    hj_document_mark(document, take_text(&c));
    guint32 n_blocks = take(&c, MOST_BLOCKS);
    for (guint32 i = 0; i < n_blocks && !c.broken; i++)
        take_block(&c, document);
    if (c.broken)
        return NULL;
    *at = (size_t)(c.at - (const guint8 *)bytes);
    return g_steal_pointer(&document);
}
