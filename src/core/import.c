#include "core/import.h"

#include "base/text.h"
#include "core/exchange_priv.h"
#include "core/import_orgs.h"
#include "core/row_input.h"
#include "core/row_sql.h"

#include <string.h>

#define HEADINGS_WITHIN 30 /* rows */
#define MAX_PROBLEMS 20
#define FULL_MARK 2 /* so many known headings make a row of headings */

struct HjImport {
    HjExchange *exchange;
    int *columns; /* sheet column → column of the exchange, -1 */
    bool *headed; /* sheet column → has a heading */
    int *places;  /* column of the exchange → sheet column, 0 where the sheet has none */
    bool has_headings, trusts, looks_first;
    int64_t only_org;
    int64_t n_data;
    GHashTable *digests; /* of rows that are there already */
    GHashTable *uniques; /* "field|org|value" → row */
    GArray *issues;
    GPtrArray *held; /* strings of the issues */
    GArray *problems;
    GPtrArray *problem_texts;
    int64_t made;
};

HjImport *
hj_import_new(HjTx *tx, const HjActor *actor, const HjLedger *ledger, GError **error)
{
    HjExchange *exchange = hj_exchange_new(tx, actor, ledger, error);
    if (exchange == NULL)
        return NULL;
    HjImport *import = g_new0(HjImport, 1);
    import->exchange = exchange;
    import->columns = g_new(int, HJ_SHEET_MAX_COLUMNS + 1);
    import->headed = g_new0(bool, HJ_SHEET_MAX_COLUMNS + 1);
    import->places = g_new0(int, exchange->n_columns + 1);
    for (int i = 0; i <= HJ_SHEET_MAX_COLUMNS; i++)
        import->columns[i] = -1;
    import->digests = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    import->uniques = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    import->issues = g_array_new(FALSE, FALSE, sizeof(HjImportIssue));
    import->held = g_ptr_array_new_with_free_func(g_free);
    import->problems = g_array_new(FALSE, FALSE, sizeof(HjLabel));
    import->problem_texts = g_ptr_array_new_with_free_func(g_free);
    return import;
}

void
hj_import_free(HjImport *import)
{
    if (import == NULL)
        return;
    hj_exchange_free(import->exchange);
    g_free(import->columns);
    g_free(import->headed);
    g_free(import->places);
    g_hash_table_unref(import->digests);
    g_hash_table_unref(import->uniques);
    g_array_unref(import->issues);
    g_ptr_array_unref(import->held);
    g_array_unref(import->problems);
    g_ptr_array_unref(import->problem_texts);
    g_free(import);
}

HjExchange *
hj_import_exchange(HjImport *import)
{
    return import->exchange;
}

void
hj_import_trust(HjImport *import)
{
    import->trusts = true;
}

void
hj_import_look_first(HjImport *import)
{
    import->looks_first = true;
}

bool
hj_import_has_headings(const HjImport *import)
{
    return import->has_headings;
}

size_t
hj_import_n_issues(const HjImport *import)
{
    return import->issues->len;
}

const HjImportIssue *
hj_import_issue(const HjImport *import, size_t i)
{
    return &g_array_index(import->issues, HjImportIssue, i);
}

int64_t
hj_import_made(const HjImport *import)
{
    return import->made;
}

size_t
hj_import_n_problems(const HjImport *import)
{
    return import->problems->len;
}

const HjLabel *
hj_import_problem(const HjImport *import, size_t i)
{
    return &g_array_index(import->problems, HjLabel, i);
}

int
hj_import_column(const HjImport *import, int sheet_column)
{
    return sheet_column > 0 && sheet_column <= HJ_SHEET_MAX_COLUMNS
               ? import->columns[sheet_column]
               : -1;
}

/* --- problems of the whole workbook --- */

static void add_problem(HjImport *import, const char *msgid, ...) G_GNUC_PRINTF(2, 3);

static void
add_problem(HjImport *import, const char *msgid, ...)
{
    char *texts[2];
    if (import->problems->len >= MAX_PROBLEMS)
        return;
    for (int lang = HJ_ZH; lang <= HJ_EN; lang++) {
        va_list args;
        va_start(args, msgid);
        texts[lang] = g_strdup_vprintf(hj_i18n_tr((HjLang)lang, msgid), args);
        va_end(args);
        g_ptr_array_add(import->problem_texts, texts[lang]);
    }
    HjLabel label = { .zh = texts[HJ_ZH], .en = texts[HJ_EN] };
    g_array_append_val(import->problems, label);
}

static bool
refused(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID, "This workbook cannot be imported as it is.");
}

static const char *
title_of(const HjExchangeColumn *column)
{
    return hj_i18n_label(&column->title, HJ_ZH);
}

/* --- headings --- */

static int
count_headings(const HjImport *import, const HjSheetRow *row)
{
    int n = 0;
    for (size_t i = 0; i < row->n_cells; i++)
        if (row->cells[i].kind == HJ_CELL_TEXT &&
            hj_exchange_column_named(import->exchange, row->cells[i].text) >= 0)
            n++;
    return n;
}

static void
unknown_heading(HjImport *import, const HjSheetCell *cell, int row)
{
    HjCellName at = hj_sheet_cell_name(cell->column, row);
    const HjExchangeColumn *near = hj_exchange_nearest(import->exchange, cell->text);
    if (near != NULL)
        add_problem(import, N_("%s: no column is called “%s”. Is “%s” meant?"), at.text,
                    cell->text, title_of(near));
    else
        add_problem(import, N_("%s: no column is called “%s”. Take the column out."), at.text,
                    cell->text);
}

static void
read_heading(HjImport *import, const HjSheetCell *cell, int row, int *seen)
{
    g_autofree char *tidy = hj_text_tidy(cell->text);
    if (cell->kind == HJ_CELL_MERGED || *tidy == '\0')
        return;
    import->headed[cell->column] = true;
    if (hj_exchange_is_told(import->exchange, tidy))
        return;
    int column = hj_exchange_column_named(import->exchange, tidy);
    if (column < 0) {
        unknown_heading(import, cell, row);
        return;
    }
    HjCellName at = hj_sheet_cell_name(cell->column, row);
    if (seen[column] > 0) {
        HjCellName first = hj_sheet_cell_name(seen[column], row);
        add_problem(import, N_("%s and %s have the same heading “%s”."), first.text, at.text,
                    tidy);
        return;
    }
    seen[column] = cell->column;
    import->columns[cell->column] = column;
}

/* A column that must be there; the organization may be left out where there is only one. */
static bool
check_required(HjImport *import, HjTx *tx, const int *seen, GError **error)
{
    if (!hj_exchange_only_org(import->exchange, tx, &import->only_org, error))
        return false;
    for (size_t i = 0; i < import->exchange->n_columns; i++) {
        const HjExchangeColumn *column = &import->exchange->columns[i];
        bool known = i == 0 && import->only_org != 0;
        if (column->required && seen[i] == 0 && !known)
            add_problem(import, N_("The column “%s” is missing."), title_of(column));
    }
    return true;
}

static bool
read_headings(HjImport *import, HjTx *tx, const HjSheetRow *row, GError **error)
{
    for (size_t i = 0; i < row->n_cells; i++)
        read_heading(import, &row->cells[i], row->number, import->places);
    import->has_headings = true;
    if (!check_required(import, tx, import->places, error))
        return false;
    return import->problems->len == 0 || refused(error);
}

/* A title above the table names no columns; the first row that names some is the headings. */
static bool
look_for_headings(HjImport *import, HjTx *tx, const HjSheetRow *row, GError **error)
{
    int n = count_headings(import, row);
    int wanted = MIN((int)import->exchange->n_columns, FULL_MARK);
    if (n >= wanted)
        return read_headings(import, tx, row, error);
    if (row->number < HEADINGS_WITHIN)
        return true;
    return hj_import_finish(import, error);
}

bool
hj_import_finish(HjImport *import, GError **error)
{
    if (!import->has_headings)
        add_problem(import, N_("No row of headings was found. Use the template of this "
                               "ledger."));
    else if (import->n_data == 0 && import->problems->len == 0)
        add_problem(import, N_("There is no row to import below the headings."));
    return import->problems->len == 0 || refused(error);
}

/* --- what is there already --- */

static bool
learn_row(HjRows *row, gpointer data)
{
    HjImport *import = data;
    uint64_t digest = hj_row_draft_digest_stored(import->exchange->ledger, row);
    g_hash_table_add(import->digests, g_memdup2(&digest, sizeof digest));
    return true;
}

bool
hj_import_learn(HjImport *import, HjTx *tx, GError **error)
{
    if (hj_import_orgs_is(import->exchange->ledger))
        return true;
    g_autoptr(HjActor) system = hj_actor_system(NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_stored(b, system, import->exchange->ledger);
    hj_sqlb_lit(b, " FROM ");
    hj_row_sql_from(b, import->exchange->ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL");
    hj_access_scope(b, tx, import->exchange->actor, "ledger.view", import->exchange->ledger,
                    "r.org");
    return hj_sqlb_scan(b, tx, learn_row, import, error);
}

/* --- one row --- */

/* A row being read: the text of each column of the exchange, and where it stood. */
typedef struct {
    HjImport *import;
    HjTx *tx;
    const HjSheetRow *row;
    char **texts;
    HjIssues *issues;
    int64_t org, parent;
} Reading;

static void
reading_clear(Reading *r)
{
    for (size_t i = 0; i < r->import->exchange->n_columns; i++)
        g_free(r->texts[i]);
    g_free(r->texts);
    hj_issues_free(r->issues);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static void
add_issue(HjImport *import, int column, const char *code, const char *zh, const char *en)
{
    char *texts[3] = { g_strdup(code), g_strdup(zh), g_strdup(en) };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(import->held, texts[i]);
    HjImportIssue issue = { .column = column,
                            .code = texts[0],
                            .says = { .zh = texts[1], .en = texts[2] } };
    g_array_append_val(import->issues, issue);
}

/* Where the column of a field stands in the sheet, 0 where it does not. */
static int
place_of(const Reading *r, const char *field)
{
    for (size_t i = 0; i < r->import->exchange->n_columns; i++)
        if (g_str_equal(r->import->exchange->columns[i].name, field))
            return r->import->places[i];
    return 0;
}

static void
take_issues(Reading *r)
{
    for (size_t i = 0; i < hj_issues_count(r->issues); i++) {
        const char *field = hj_issues_field(r->issues, i);
        /* The first word on a field is the nearest to what was written. */
        bool said = false;
        for (size_t k = 0; k < i && *field != '\0'; k++)
            said = said || g_str_equal(hj_issues_field(r->issues, k), field);
        if (!said)
            add_issue(r->import, place_of(r, field), hj_issues_code(r->issues, i),
                      hj_issues_message(r->issues, i, HJ_ZH),
                      hj_issues_message(r->issues, i, HJ_EN));
    }
}

static bool
is_sample(const HjSheetRow *row)
{
    for (size_t i = 0; i < row->n_cells; i++) {
        if (row->cells[i].kind != HJ_CELL_TEXT)
            continue;
        const char *text = row->cells[i].text;
        return g_str_has_prefix(text, "示例：") || g_str_has_prefix(text, "示例:") ||
               g_str_has_prefix(text, "Example:");
    }
    return false;
}

/* Rows that hold nothing but spaces, or nothing below a heading. */
static bool
is_empty(const HjImport *import, const HjSheetRow *row)
{
    for (size_t i = 0; i < row->n_cells; i++) {
        const HjSheetCell *cell = &row->cells[i];
        bool ours = import->columns[cell->column] >= 0 || !import->headed[cell->column];
        if (!ours || cell->kind == HJ_CELL_MERGED)
            continue;
        g_autofree char *tidy = hj_text_tidy(cell->text);
        if (*tidy != '\0' || cell->kind == HJ_CELL_FORMULA)
            return false;
    }
    return true;
}

static void
read_cells(Reading *r)
{
    HjImport *import = r->import;
    for (size_t i = 0; i < r->row->n_cells; i++) {
        const HjSheetCell *cell = &r->row->cells[i];
        int column = import->columns[cell->column];
        if (column >= 0) {
            r->texts[column] =
                hj_exchange_cell(&import->exchange->columns[column], cell, r->issues);
        } else if (!import->headed[cell->column] && cell->kind != HJ_CELL_MERGED) {
            const char *msgid = N_("No heading stands above this value.");
            add_issue(import, cell->column, "unknown", hj_i18n_tr(HJ_ZH, msgid),
                      hj_i18n_tr(HJ_EN, msgid));
        }
    }
}

static bool
has_issue(const Reading *r, const char *field)
{
    return hj_issues_of(r->issues, field, HJ_EN) != NULL;
}

static const char *
text_of(const Reading *r, const char *name)
{
    for (size_t i = 0; i < r->import->exchange->n_columns; i++)
        if (g_str_equal(r->import->exchange->columns[i].name, name))
            return r->texts[i] != NULL ? r->texts[i] : "";
    return "";
}

/* What stands above may be the work of an earlier row: then the names are read anew. */
static bool
find_org(Reading *r, const char *org, GError **error)
{
    HjExchange *exchange = r->import->exchange;
    if (hj_import_orgs_is(exchange->ledger)) {
        g_autoptr(HjIssues) unseen = hj_issues_new();
        if (!hj_exchange_find_org(exchange, r->tx, org, unseen, &r->org, error))
            return false;
        if (r->org != 0)
            return true;
        hj_exchange_forget(exchange);
    }
    return hj_exchange_find_org(exchange, r->tx, org, r->issues, &r->org, error);
}

static bool
find_home(Reading *r, GError **error)
{
    HjExchange *exchange = r->import->exchange;
    const char *org = text_of(r, "org");
    if (*org == '\0' && !has_issue(r, "org")) {
        r->org = r->import->only_org;
        if (r->org == 0)
            hj_issues_add(r->issues, "org", "required", N_("This field is required."));
    } else if (*org != '\0' && !find_org(r, org, error)) {
        return false;
    }
    if (exchange->ledger->in == NULL || r->org == 0)
        return true;
    const char *parent = text_of(r, "parent");
    if (*parent == '\0') {
        if (!has_issue(r, "parent"))
            hj_issues_add(r->issues, "parent", "required", N_("This field is required."));
        return true;
    }
    return hj_exchange_find_parent(exchange, r->tx, r->org, parent, r->issues, &r->parent,
                                   error);
}

static bool
find_cited(Reading *r, GError **error)
{
    HjExchange *exchange = r->import->exchange;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjField *field = exchange->columns[i].field;
        bool cites =
            field != NULL && (field->type == HJ_FIELD_PERSON || field->type == HJ_FIELD_ROW ||
                              field->type == HJ_FIELD_ORG);
        if (cites && r->texts[i] != NULL &&
            !hj_exchange_find_cited(exchange, r->tx, r->org, field, &r->texts[i], r->issues,
                                    error))
            return false;
    }
    return true;
}

/* Two rows of the workbook with a value that only one may have. */
static void
check_uniques(Reading *r)
{
    HjExchange *exchange = r->import->exchange;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjField *field = exchange->columns[i].field;
        if (field == NULL || !field->unique || r->texts[i] == NULL || *r->texts[i] == '\0')
            continue;
        g_autofree char *key =
            g_strdup_printf("%s|%" G_GINT64_FORMAT "|%s", field->name, r->org, r->texts[i]);
        int first = GPOINTER_TO_INT(g_hash_table_lookup(r->import->uniques, key));
        if (first > 0)
            hj_issues_add(r->issues, field->name, "duplicate",
                          N_("Row %d of this workbook has the same value."), first);
        else
            g_hash_table_insert(r->import->uniques, g_steal_pointer(&key),
                                GINT_TO_POINTER(r->row->number));
    }
}

static size_t
inputs_of(const Reading *r, HjRowInput *inputs)
{
    HjExchange *exchange = r->import->exchange;
    size_t n = 0;
    for (size_t i = 0; i < exchange->n_columns; i++)
        if (exchange->columns[i].field != NULL && r->texts[i] != NULL &&
            !has_issue(r, exchange->columns[i].name))
            inputs[n++] =
                (HjRowInput){ .name = exchange->columns[i].name, .text = r->texts[i] };
    return n;
}

/* INVALID is told by the issues; access that changed meanwhile is an issue of the row. */
static bool
pass_refusal(Reading *r, GError *cause, GError **error)
{
    if (cause->domain == HJ_ERROR && cause->code == HJ_ERROR_INVALID) {
        g_error_free(cause);
        return true;
    }
    if (cause->domain == HJ_ERROR &&
        (cause->code == HJ_ERROR_NOT_FOUND || cause->code == HJ_ERROR_DENIED ||
         cause->code == HJ_ERROR_CONFLICT)) {
        add_issue(r->import, 0, "rule", hj_i18n_tr(HJ_ZH, cause->message),
                  hj_i18n_tr(HJ_EN, cause->message));
        g_error_free(cause);
        return true;
    }
    g_propagate_error(error, cause);
    return false;
}

/* *@write becomes false for a row that is there already. */
static bool
look_first(Reading *r, const HjRowInput *inputs, size_t n, bool *write, GError **error)
{
    HjExchange *exchange = r->import->exchange;
    g_autoptr(HjIssues) unseen = hj_issues_new();
    g_autoptr(GError) cause = NULL;
    uint64_t digest = 0;
    bool right = hj_row_check(r->tx, exchange->actor, exchange->ledger, r->org, r->parent,
                              inputs, n, unseen, &digest, &cause);
    if (!right && cause->code != HJ_ERROR_INVALID && cause->code != HJ_ERROR_NOT_FOUND &&
        cause->code != HJ_ERROR_DENIED && cause->code != HJ_ERROR_CONFLICT) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    *write = right && !g_hash_table_contains(r->import->digests, &digest);
    return true;
}

typedef struct {
    Reading *r;
    const HjRowInput *inputs;
    size_t n;
    HjRowKey key;
} Creation;

static bool
create_row(HjTx *tx, gpointer data, GError **error)
{
    Creation *creation = data;
    Reading *r = creation->r;
    HjExchange *exchange = r->import->exchange;
    return hj_row_create(tx, exchange->actor, exchange->ledger, r->org, r->parent,
                         creation->inputs, creation->n, r->issues, &creation->key, error);
}

/* Where the first node opens rows of others it may refuse a row that is written already; the
 * import goes on, so that row alone is taken back.  Every other refusal comes before the first
 * change, and a savepoint for each row would cost what writing behind saves. */
static bool
may_refuse_late(const HjLedger *ledger)
{
    return ledger->flow != NULL &&
           hj_flow_node(ledger->flow, ledger->flow->start)->opens.ledger != NULL;
}

static bool
create(Reading *r, const HjRowInput *inputs, size_t n, uint64_t *ret_digest, GError **error)
{
    Creation creation = { .r = r, .inputs = inputs, .n = n };
    bool done = may_refuse_late(r->import->exchange->ledger)
                    ? hj_tx_part(r->tx, create_row, &creation, error)
                    : create_row(r->tx, &creation, error);
    if (!done)
        return false;
    r->import->made = creation.key.id;
    *ret_digest = creation.key.digest;
    return true;
}

/* The whole of what core/row says about it; written when nothing was wrong before. */
static bool
submit(Reading *r, bool write, uint64_t *ret_digest, GError **error)
{
    HjExchange *exchange = r->import->exchange;
    g_autofree HjRowInput *inputs = g_new0(HjRowInput, exchange->n_columns);
    size_t n = inputs_of(r, inputs);
    GError *cause = NULL;
    bool right;
    if (r->org == 0)
        return true;
    if (hj_import_orgs_is(exchange->ledger)) {
        /* They are checked by being made: all rows or none. */
        right = hj_import_orgs_create(r->tx, exchange->actor, r->org, inputs, n, r->issues,
                                      &r->import->made, &cause);
        return right || pass_refusal(r, cause, error);
    }
    bool looks = write && r->import->looks_first;
    if (looks && !look_first(r, inputs, n, &write, error))
        return false;
    if (write && hj_issues_count(r->issues) == 0 && r->import->issues->len == 0) {
        right = create(r, inputs, n, ret_digest, &cause);
    } else {
        right = hj_row_check(r->tx, exchange->actor, exchange->ledger, r->org, r->parent,
                             inputs, n, r->issues, ret_digest, &cause);
    }
    return right || pass_refusal(r, cause, error);
}

/* Equal to a row that is there already.  Two equal rows of one workbook were meant to be two,
 * unless a field that only one may have says otherwise. */
static void
check_digest(Reading *r, uint64_t digest)
{
    const char *msgid = N_("The same record is already there.");
    if (digest != 0 && !r->import->trusts && g_hash_table_contains(r->import->digests, &digest))
        add_issue(r->import, 0, "duplicate", hj_i18n_tr(HJ_ZH, msgid),
                  hj_i18n_tr(HJ_EN, msgid));
}

static HjImportVerdict
verdict(const HjImport *import)
{
    bool all_duplicate = import->issues->len > 0;
    for (guint i = 0; i < import->issues->len; i++)
        all_duplicate =
            all_duplicate &&
            g_str_equal(g_array_index(import->issues, HjImportIssue, i).code, "duplicate");
    if (all_duplicate)
        return HJ_IMPORT_DUPLICATE;
    return import->issues->len > 0 ? HJ_IMPORT_WRONG : HJ_IMPORT_RIGHT;
}

static bool
judge(Reading *r, bool write, HjImportVerdict *ret, GError **error)
{
    uint64_t digest = 0;
    read_cells(r);
    if (!find_home(r, error) || !find_cited(r, error))
        return false;
    if (!r->import->trusts)
        check_uniques(r);
    if (!submit(r, write, &digest, error))
        return false;
    take_issues(r);
    check_digest(r, digest);
    *ret = verdict(r->import);
    return true;
}

bool
hj_import_row(HjImport *import, HjTx *tx, const HjSheetRow *row, bool write,
              HjImportVerdict *ret, GError **error)
{
    g_array_set_size(import->issues, 0);
    g_ptr_array_set_size(import->held, 0);
    import->made = 0;
    *ret = HJ_IMPORT_SKIPPED;
    if (!import->has_headings)
        return look_for_headings(import, tx, row, error);
    if (is_empty(import, row) || is_sample(row))
        return true;
    import->n_data++;
    g_auto(Reading) r = { .import = import, .tx = tx, .row = row };
    r.texts = g_new0(char *, import->exchange->n_columns + 1);
    r.issues = hj_issues_new();
    return judge(&r, write, ret, error);
}

char **
hj_import_texts(const HjImport *import, const HjSheetRow *row)
{
    size_t n = import->exchange->n_columns;
    char **texts = g_new0(char *, n + 1);
    for (size_t i = 0; i < row->n_cells; i++) {
        const HjSheetCell *cell = &row->cells[i];
        int column = import->columns[cell->column];
        bool has_text = cell->kind != HJ_CELL_MERGED && cell->kind != HJ_CELL_FORMULA;
        if (column >= 0 && has_text && texts[column] == NULL)
            texts[column] = cell->kind == HJ_CELL_PERCENT ? g_strconcat(cell->text, "", NULL)
                                                          : g_strdup(cell->text);
    }
    for (size_t i = 0; i < n; i++)
        if (texts[i] == NULL)
            texts[i] = g_strdup("");
    return texts;
}
