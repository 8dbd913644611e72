/* Workbooks of a ledger: the template, the export, the rows that were refused. */
#include "base/decimal.h"
#include "core/exchange_priv.h"
#include "pack/flow.h"

#include <string.h>

#define MAX_OFFERED 5000 /* organizations in the drop-down */
#define MAX_COMMENTS 2000
#define EXACT_DIGITS 15
#define NARROW 12
#define WIDE 40

struct HjExchangeBook {
    HjExchange *exchange;
    HjLang lang;
    HjSheetBook *book;
    GPtrArray **offers; /* texts by column, NULL where nothing is offered */
    HjSheetValue *values;
    int n_comments;
};

/* --- what may be chosen --- */

static bool
offer_orgs(HjExchange *exchange, HjTx *tx, const HjField *field, GPtrArray *texts,
           GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    if (!hj_exchange_load_orgs(exchange, tx, error))
        return false;
    for (size_t i = 0; i < priv->tree->n_orgs && texts->len < MAX_OFFERED; i++) {
        const HjOrg *org = &priv->tree->orgs[i];
        bool fits = field != NULL
                        ? field->org_kind == NULL || g_str_equal(field->org_kind, org->kind)
                        : hj_exchange_org_fits(exchange->ledger, org);
        if (fits && field == NULL && !hj_exchange_enters(exchange, tx, i, &fits, error))
            return false;
        if (fits)
            g_ptr_array_add(texts, hj_exchange_org_label(exchange, i));
    }
    return true;
}

static bool
offer(HjExchange *exchange, HjTx *tx, const HjExchangeColumn *column, HjLang lang,
      GPtrArray *texts, GError **error)
{
    const HjField *field = column->field;
    if (field == NULL)
        return !g_str_equal(column->name, "org") ||
               offer_orgs(exchange, tx, NULL, texts, error);
    if (field->type == HJ_FIELD_ORG)
        return offer_orgs(exchange, tx, field, texts, error);
    if (field->type == HJ_FIELD_BOOL) {
        g_ptr_array_add(texts, g_strdup(hj_tr(lang, "Yes")));
        g_ptr_array_add(texts, g_strdup(hj_tr(lang, "No")));
    }
    for (size_t i = 0; field->type == HJ_FIELD_CHOICE && i < field->list->n_items; i++)
        g_ptr_array_add(texts, g_strdup(hj_i18n_label(&field->list->items[i].title, lang)));
    return true;
}

/* --- headings --- */

static char *
heading(const HjExchangeColumn *column, HjLang lang)
{
    const char *unit = hj_i18n_label(&column->unit, lang);
    bool has_unit = unit != NULL && *unit != '\0';
    return g_strdup_printf("%s%s%s%s%s", hj_i18n_label(&column->title, lang),
                           has_unit ? (lang == HJ_ZH ? "（" : " (") : "", has_unit ? unit : "",
                           has_unit ? (lang == HJ_ZH ? "）" : ")") : "",
                           column->required ? " *" : "");
}

static bool
is_number(const HjExchangeColumn *column)
{
    const HjField *field = column->field;
    return field != NULL &&
           (field->type == HJ_FIELD_INTEGER || field->type == HJ_FIELD_DECIMAL ||
            field->type == HJ_FIELD_PERCENT || field->type == HJ_FIELD_MONEY);
}

static int
width_of(const HjExchangeColumn *column)
{
    if (column->field == NULL || column->field->type == HJ_FIELD_LONG_TEXT)
        return 28;
    bool narrow = is_number(column) || column->field->type == HJ_FIELD_DATE ||
                  column->field->type == HJ_FIELD_MONTH ||
                  column->field->type == HJ_FIELD_BOOL ||
                  column->field->type == HJ_FIELD_CHOICE;
    int title = (int)g_utf8_strlen(hj_i18n_label(&column->title, HJ_ZH), -1) * 2 + 4;
    return CLAMP(title, narrow ? NARROW : 18, WIDE);
}

static bool
begin_rows(HjExchangeBook *self, GError **error)
{
    HjExchange *exchange = self->exchange;
    const char *title = hj_i18n_label(&exchange->ledger->title, self->lang);
    if (!hj_sheet_book_begin(self->book, title, 1, false, error))
        return false;
    int n_lists = 0;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjExchangeColumn *column = &exchange->columns[i];
        const GPtrArray *texts = self->offers[i];
        hj_sheet_book_width(self->book, (int)i + 1, width_of(column),
                            !is_number(column) && (column->field == NULL ||
                                                   column->field->type != HJ_FIELD_DATE));
        if (texts == NULL)
            continue;
        bool strict = column->field != NULL && column->field->type != HJ_FIELD_ORG;
        hj_sheet_book_offer(self->book, (int)i + 1, 2, ++n_lists, (int)texts->len, strict,
                            hj_i18n_label(&column->title, self->lang),
                            hj_tr(self->lang, N_("Choose one of the list.")));
    }
    g_auto(GStrv) texts = g_new0(char *, exchange->n_columns + 1);
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjExchangeColumn *column = &exchange->columns[i];
        texts[i] = heading(column, self->lang);
        self->values[i] = (HjSheetValue){
            .text = texts[i],
            .look = column->required ? HJ_LOOK_REQUIRED : HJ_LOOK_HEAD,
        };
    }
    self->values[exchange->n_columns] =
        (HjSheetValue){ .text =
                            self->lang == HJ_ZH ? "原因（导入时不读）" : "Reason (not read)",
                        .look = HJ_LOOK_HEAD };
    hj_sheet_book_width(self->book, (int)exchange->n_columns + 1, 60, true);
    return true;
}

HjExchangeBook *
hj_exchange_book_new(HjExchange *exchange, HjTx *tx, HjLang lang, GError **error)
{
    g_autoptr(HjExchangeBook) self = g_new0(HjExchangeBook, 1);
    size_t n = exchange->n_columns;
    self->exchange = exchange;
    self->lang = lang;
    self->offers = g_new0(GPtrArray *, n + 1);
    self->values = g_new0(HjSheetValue, n + 1);
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        if (!offer(exchange, tx, &exchange->columns[i], lang, texts, error))
            return NULL;
        if (texts->len > 0)
            self->offers[i] = g_steal_pointer(&texts);
    }
    self->book = hj_sheet_book_new(error);
    if (self->book == NULL || !begin_rows(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
hj_exchange_book_free(HjExchangeBook *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->exchange->n_columns; i++)
        g_clear_pointer(&self->offers[i], g_ptr_array_unref);
    hj_sheet_book_free(self->book);
    g_free(self->offers);
    g_free(self->values);
    g_free(self);
}

/* --- the other sheets --- */

static bool
write_line(HjSheetBook *book, HjSheetLook look, GError **error, ...)
{
    HjSheetValue values[8] = { 0 };
    size_t n = 0;
    va_list args;
    va_start(args, error);
    for (const char *text = va_arg(args, const char *); text != NULL && n < 8;
         text = va_arg(args, const char *))
        values[n++] = (HjSheetValue){ .text = text, .look = look };
    va_end(args);
    return hj_sheet_book_row(book, values, n, error);
}

static const char *
kind_words(const HjExchangeColumn *column, HjLang lang)
{
    if (column->field == NULL)
        return g_str_equal(column->name, "org")
                   ? hj_tr(lang, N_("an organization: its name or code"))
                   : hj_tr(lang, N_("a record of another ledger: its title"));
    switch ((int)column->field->type) {
    case HJ_FIELD_DATE:
        return hj_tr(lang, N_("a date, for example 2018-03-05"));
    case HJ_FIELD_MONTH:
        return hj_tr(lang, N_("a month, for example 2018-03"));
    case HJ_FIELD_DATETIME:
        return hj_tr(lang, N_("a date and a time, for example 2018-03-05 14:30"));
    case HJ_FIELD_BOOL:
        return hj_tr(lang, N_("yes or no"));
    case HJ_FIELD_INTEGER:
        return hj_tr(lang, N_("a whole number"));
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
        return hj_tr(lang, N_("a number"));
    case HJ_FIELD_MONEY:
        return hj_tr(lang, N_("an amount in yuan"));
    case HJ_FIELD_CHOICE:
        return hj_tr(lang, N_("one of the list"));
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
        return hj_tr(lang, N_("some of the list, with commas between them"));
    case HJ_FIELD_PERSON:
        return hj_tr(lang, N_("a person: the name, or the name with the organization in "
                              "brackets"));
    case HJ_FIELD_ORG:
        return hj_tr(lang, N_("an organization: its name or code"));
    case HJ_FIELD_ROW:
        return hj_tr(lang, N_("a record of another ledger: its title"));
    default:
        return hj_tr(lang, N_("text"));
    }
}

/* What the field asks for, with the words of its list. */
static char *
meaning(const HjExchangeColumn *column, HjLang lang)
{
    GString *out = g_string_new(kind_words(column, lang));
    const HjField *field = column->field;
    const char *help = field != NULL ? hj_i18n_label(&field->help, lang) : NULL;
    if (help != NULL && *help != '\0')
        g_string_append_printf(out, lang == HJ_ZH ? "；%s" : "; %s", help);
    for (size_t i = 0; field != NULL && field->list != NULL && i < field->list->n_items; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? (lang == HJ_ZH ? "：" : ": ") : "、",
                               hj_i18n_label(&field->list->items[i].title, lang));
    return g_string_free(out, FALSE);
}

static bool
write_notes(HjExchangeBook *self, GError **error)
{
    HjSheetBook *book = self->book;
    HjExchange *exchange = self->exchange;
    static const int widths[] = { 22, 8, 10, 60, 26, 60 };
    if (!hj_sheet_book_begin(book, self->lang == HJ_ZH ? HJ_SHEET_NOTES_ZH : HJ_SHEET_NOTES_EN,
                             1, false, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
        hj_sheet_book_width(book, (int)i + 1, widths[i], true);
    if (!write_line(book, HJ_LOOK_HEAD, error, "栏目", "必填", "单位", "填写要求", "Column",
                    "What to write", NULL))
        return false;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjExchangeColumn *column = &exchange->columns[i];
        const char *unit = hj_i18n_label(&column->unit, HJ_ZH);
        g_autofree char *zh = meaning(column, HJ_ZH);
        g_autofree char *en = meaning(column, HJ_EN);
        g_autofree char *title = g_strconcat(hj_i18n_label(&column->title, HJ_EN),
                                             column->required ? " *" : "", NULL);
        if (!write_line(book, HJ_LOOK_WRAP, error, hj_i18n_label(&column->title, HJ_ZH),
                        column->required ? "是" : "否", unit != NULL ? unit : "", zh, title, en,
                        NULL))
            return false;
    }
    return write_line(
        book, HJ_LOOK_WRAP, error, "", "", "",
        "“示例：”开头的行不会导入，可以删去。标题可以改变顺序，不要改名。"
        "不要合并单元格。编码、文号请按文本填写。",
        "",
        "Rows that begin with “示例：” or “Example:” are not imported. Columns may "
        "change places, not names. Do not merge cells.",
        NULL);
}

static bool
write_lists(HjExchangeBook *self, GError **error)
{
    size_t n_lists = 0, longest = 0;
    g_autofree const GPtrArray **lists =
        g_new0(const GPtrArray *, self->exchange->n_columns + 1);
    for (size_t i = 0; i < self->exchange->n_columns; i++) {
        if (self->offers[i] == NULL)
            continue;
        lists[n_lists++] = self->offers[i];
        longest = MAX(longest, self->offers[i]->len);
    }
    if (n_lists == 0)
        return true;
    if (!hj_sheet_book_begin(self->book, HJ_SHEET_LISTS, 0, true, error))
        return false;
    g_autofree HjSheetValue *values = g_new0(HjSheetValue, n_lists);
    for (size_t row = 0; row < longest; row++) {
        for (size_t i = 0; i < n_lists; i++)
            values[i] =
                (HjSheetValue){ .text = row < lists[i]->len ? g_ptr_array_index(lists[i], row)
                                                            : NULL };
        if (!hj_sheet_book_row(self->book, values, n_lists, error))
            return false;
    }
    return true;
}

GBytes *
hj_exchange_book_end(HjExchangeBook *self, GError **error)
{
    if (!write_notes(self, error) || !write_lists(self, error))
        return NULL;
    return hj_sheet_book_end(self->book, error);
}

/* --- refused rows --- */

static bool
write_head(HjExchangeBook *self, bool with_reason, GError **error)
{
    size_t n = self->exchange->n_columns + (with_reason ? 1 : 0);
    g_auto(GStrv) texts = g_new0(char *, self->exchange->n_columns + 1);
    for (size_t i = 0; i < self->exchange->n_columns; i++) {
        texts[i] = heading(&self->exchange->columns[i], self->lang);
        self->values[i].text = texts[i];
    }
    return hj_sheet_book_row(self->book, self->values, n, error);
}

bool
hj_exchange_book_row(HjExchangeBook *self, const char *const *texts, const char *const *bad,
                     const char *reason, GError **error)
{
    size_t n = self->exchange->n_columns;
    if (hj_sheet_book_row_number(self->book) == 0 && !write_head(self, true, error))
        return false;
    g_autofree HjSheetValue *values = g_new0(HjSheetValue, n + 1);
    for (size_t i = 0; i < n; i++) {
        values[i].text = texts[i];
        values[i].look = bad[i] != NULL ? HJ_LOOK_WRONG : HJ_LOOK_PLAIN;
        if (bad[i] != NULL && self->n_comments++ < MAX_COMMENTS)
            values[i].comment = bad[i];
    }
    values[n] = (HjSheetValue){ .text = reason, .look = HJ_LOOK_WRAP };
    return hj_sheet_book_row(self->book, values, n + 1, error);
}

bool
hj_exchange_book_plain(HjExchangeBook *self, const char *const *texts, GError **error)
{
    size_t n = self->exchange->n_columns;
    if (hj_sheet_book_row_number(self->book) == 0 && !write_head(self, false, error))
        return false;
    g_autofree HjSheetValue *values = g_new0(HjSheetValue, n);
    for (size_t i = 0; i < n; i++)
        values[i] = (HjSheetValue){ .text = texts[i] };
    return hj_sheet_book_row(self->book, values, n, error);
}

/* --- the template --- */

static char *
sample(const HjExchangeBook *self, size_t i)
{
    const HjExchangeColumn *column = &self->exchange->columns[i];
    const HjField *field = column->field;
    const GPtrArray *texts = self->offers[i];
    const char *first = texts != NULL ? g_ptr_array_index(texts, 0) : NULL;
    if (i == 0)
        return g_strconcat(
            self->lang == HJ_ZH ? "示例：" : "Example: ", first != NULL ? first : "", NULL);
    if (first != NULL)
        return g_strdup(first);
    if (field == NULL)
        return g_strdup("");
    switch ((int)field->type) {
    case HJ_FIELD_DATE:
        return g_strdup("2018-03-05");
    case HJ_FIELD_MONTH:
        return g_strdup("2018-03");
    case HJ_FIELD_DATETIME:
        return g_strdup("2018-03-05 14:30");
    case HJ_FIELD_INTEGER:
        return g_strdup("12");
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_MONEY:
        return g_strdup("1234.5");
    case HJ_FIELD_PERCENT:
        return g_strdup("85");
    case HJ_FIELD_PERSON:
        return g_strdup(self->lang == HJ_ZH ? "王建国" : "Wang Jianguo");
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK:
        return g_strdup(hj_i18n_label(&field->list->items[0].title, self->lang));
    default:
        return g_strdup(column->required ? (self->lang == HJ_ZH ? "文字" : "text") : "");
    }
}

GBytes *
hj_exchange_template(HjExchange *exchange, HjTx *tx, HjLang lang, GError **error)
{
    g_autoptr(HjExchangeBook) self = hj_exchange_book_new(exchange, tx, lang, error);
    if (self == NULL || !write_head(self, false, error))
        return NULL;
    size_t n = exchange->n_columns;
    g_auto(GStrv) texts = g_new0(char *, n + 1);
    g_autofree HjSheetValue *values = g_new0(HjSheetValue, n);
    for (size_t i = 0; i < n; i++) {
        texts[i] = sample(self, i);
        values[i] = (HjSheetValue){ .text = texts[i], .look = HJ_LOOK_SAMPLE };
    }
    if (!hj_sheet_book_row(self->book, values, n, error))
        return NULL;
    return hj_exchange_book_end(self, error);
}

/* --- the export --- */

typedef struct {
    HjExchangeBook *self;
    HjTx *tx;
    HjSheetValue *values;
    GPtrArray *held;
    int64_t n;
    GError *error;
} Export;

static char *
org_text(HjExchange *exchange, int64_t id, const char *name)
{
    HjExchangePriv *priv = exchange->priv;
    const HjOrg *org = hj_org_tree_find(priv->tree, id);
    return org != NULL ? hj_exchange_org_label(exchange, (size_t)(org - priv->tree->orgs))
                       : g_strdup(name);
}

static char *
cited_text(Export *e, const HjField *field, const HjRows *row)
{
    g_autofree char *column = g_strconcat(field->name, "__label", NULL);
    const char *label = hj_rows_text(row, column);
    int64_t id = hj_rows_i64(row, field->name);
    if (field->type == HJ_FIELD_ORG)
        return org_text(e->self->exchange, id, label);
    bool twice = label == NULL;
    if (label != NULL)
        hj_exchange_is_twice(e->self->exchange, e->tx, field->ledger, label, &twice, NULL);
    return twice ? g_strdup_printf("%s#%" G_GINT64_FORMAT, label != NULL ? label : "", id)
                 : g_strdup(label);
}

static char *
ticked_text(const HjField *field, const char *keys, HjLang lang)
{
    g_auto(GStrv) words = g_strsplit(keys, ",", -1);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (*words[i] == '\0')
            continue;
        const HjListItem *item = hj_pack_list_item(field->list, words[i]);
        g_string_append_printf(out, "%s%s", out->len > 0 ? "、" : "",
                               item != NULL ? hj_i18n_label(&item->title, lang) : words[i]);
    }
    return g_string_free(out, FALSE);
}

static char *
value_text(Export *e, const HjField *field, const HjRows *row)
{
    if (hj_rows_null(row, field->name))
        return NULL;
    if (field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ORG ||
        field->type == HJ_FIELD_ROW)
        return cited_text(e, field, row);
    bool number = hj_field_is_number(field);
    int64_t i64 = number ? hj_rows_i64(row, field->name) : 0;
    const char *text = number ? NULL : hj_rows_text(row, field->name);
    if (field->type == HJ_FIELD_CHOICES || field->type == HJ_FIELD_LIST_CHECK)
        return ticked_text(field, text, e->self->lang);
    if (field->type == HJ_FIELD_CHOICE || field->type == HJ_FIELD_BOOL ||
        field->type == HJ_FIELD_DATETIME || field->prefill != NULL)
        return hj_field_display(field, false, i64, text, e->self->lang);
    return hj_field_input(field, false, i64, text);
}

static void
fill_value(Export *e, const HjExchangeColumn *column, const HjRows *row, HjSheetValue *ret)
{
    char *text = NULL;
    *ret = (HjSheetValue){ 0 };
    if (column->field != NULL)
        text = value_text(e, column->field, row);
    else if (g_str_equal(column->name, "org"))
        text =
            org_text(e->self->exchange, hj_rows_i64(row, "org"), hj_rows_text(row, "org_name"));
    else
        text = g_strdup_printf("#%" G_GINT64_FORMAT, hj_rows_i64(row, "parent"));
    if (text == NULL)
        return;
    g_ptr_array_add(e->held, text);
    ret->text = text;
    ret->date = column->field != NULL && column->field->type == HJ_FIELD_DATE;
    ret->number = is_number(column) && strlen(text) <= EXACT_DIGITS;
}

/* Where a row stands is told beside it, to be read only. */
static void
fill_node(const Export *e, const HjRows *row, HjSheetValue *ret)
{
    const char *state = hj_rows_text(row, "state");
    const HjFlowNode *node = hj_flow_node(e->self->exchange->ledger->flow, state);
    const char *title = node != NULL ? hj_i18n_label(&node->title, e->self->lang)
                        : g_str_equal(state, HJ_NODE_CALLED_OFF)
                            ? hj_tr(e->self->lang, N_("Called off"))
                            : state;
    char *text = g_strdup(title);
    g_ptr_array_add(e->held, text);
    *ret = (HjSheetValue){ .text = text };
}

static size_t
n_exported(const HjExchange *exchange)
{
    return exchange->n_columns + (exchange->ledger->flow != NULL ? 1 : 0);
}

static bool
write_export_head(HjExchangeBook *self, GError **error)
{
    size_t n = self->exchange->n_columns;
    if (self->exchange->ledger->flow == NULL)
        return write_head(self, false, error);
    HjSheetValue kept = self->values[n];
    self->values[n] = (HjSheetValue){
        .text = self->lang == HJ_ZH ? "环节（导入时不读）" : "Node (not read)",
        .look = kept.look,
    };
    bool done = write_head(self, true, error);
    self->values[n] = kept;
    return done;
}

static bool
export_row(HjRows *row, gpointer data)
{
    Export *e = data;
    HjExchange *exchange = e->self->exchange;
    g_ptr_array_set_size(e->held, 0);
    for (size_t i = 0; i < exchange->n_columns; i++)
        fill_value(e, &exchange->columns[i], row, &e->values[i]);
    if (exchange->ledger->flow != NULL)
        fill_node(e, row, &e->values[exchange->n_columns]);
    if (++e->n > HJ_SHEET_MAX_ROWS) {
        hj_fail(&e->error, HJ_ERROR_INVALID,
                "More than 200,000 rows: choose an organization or a time first.");
        return false;
    }
    return hj_sheet_book_row(e->self->book, e->values, n_exported(exchange), &e->error);
}

/* Titles that need a number beside them are looked up before the scan: a database answers one
 * question at a time. */
static bool
prepare_names(HjExchange *exchange, HjTx *tx, GError **error)
{
    bool twice;
    if (!hj_exchange_load_orgs(exchange, tx, error))
        return false;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjField *field = exchange->columns[i].field;
        if (field != NULL && field->ledger != NULL &&
            !hj_exchange_is_twice(exchange, tx, field->ledger, "", &twice, error))
            return false;
    }
    return true;
}

static bool
has_sealed(const HjExchange *exchange)
{
    for (size_t i = 0; i < exchange->n_columns; i++)
        if (exchange->columns[i].field != NULL &&
            hj_pack_field_is_sealed(exchange->columns[i].field))
            return true;
    return false;
}

/* Sealed values are masked a page at a time. */
static bool
export_pages(Export *e, const HjRowQuery *query, GError **error)
{
    HjRowQuery page = *query;
    g_autofree char *cursor = NULL;
    page.limit = 200;
    page.cursor = NULL;
    do {
        char *next = NULL;
        g_autoptr(HjRows) rows =
            hj_row_list(e->tx, e->self->exchange->actor, &page, &next, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows))
            if (!export_row(rows, e))
                return true; /* e->error tells */
        g_free(cursor);
        page.cursor = cursor = next;
    } while (cursor != NULL);
    return true;
}

GBytes *
hj_exchange_export(HjExchange *exchange, HjTx *tx, const HjRowQuery *query, HjLang lang,
                   int64_t *ret_n, GError **error)
{
    g_autoptr(HjExchangeBook) self = hj_exchange_book_new(exchange, tx, lang, error);
    if (self == NULL || !prepare_names(exchange, tx, error) || !write_export_head(self, error))
        return NULL;
    Export e = { .self = self, .tx = tx };
    e.values = g_new0(HjSheetValue, n_exported(exchange));
    e.held = g_ptr_array_new_with_free_func(g_free);
    bool done = has_sealed(exchange)
                    ? export_pages(&e, query, error)
                    : hj_row_scan(tx, exchange->actor, query, export_row, &e, error);
    g_free(e.values);
    g_ptr_array_unref(e.held);
    if (e.error != NULL) {
        g_propagate_error(error, e.error);
        return NULL;
    }
    *ret_n = e.n;
    return done ? hj_exchange_book_end(self, error) : NULL;
}
