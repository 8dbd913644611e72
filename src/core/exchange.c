#include "base/text.h"
#include "core/exchange_priv.h"

#include <string.h>

#define MAX_HEADING 100

static const char *const org_headings[] = {
    "组织",     "组织编码", "组织名称", "所属组织", "组织（编码或名称）", "单位",
    "单位名称", "所属单位", "单位编码", "党组织",   "Organization code",  NULL,
};
static const char *const parent_headings[] = { "上级记录", "所属记录", "Row above", NULL };
static const char *const node_headings[] = { "环节", "Node", NULL };
static const char *const reason_headings[] = { "原因", "错误原因", "Reason", NULL };

char *
hj_exchange_plain(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text != NULL ? text : ""; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xfee0;
        if (!g_unichar_isspace(c) && !g_unichar_iszerowidth(c) && c != '*' && c != 0xfeff)
            g_string_append_unichar(out, g_unichar_tolower(c));
    }
    return g_string_free(out, FALSE);
}

void
hj_exchange_say(HjIssues *issues, const char *field, const char *code, const char *zh,
                const char *en)
{
    HjLabel says = { .zh = zh, .en = en };
    hj_issues_add_label(issues, field, code, &says);
}

/* --- columns --- */

static bool
is_asked(HjTx *tx, const HjField *field)
{
    HjDate retired;
    return field->retired == NULL || !hj_date_parse(field->retired, &retired, NULL) ||
           hj_tx_today(tx) < retired;
}

static void
add_columns(HjExchange *exchange, HjTx *tx)
{
    const HjLedger *ledger = exchange->ledger;
    exchange->columns = g_new0(HjExchangeColumn, ledger->n_fields + 2);
    /* Of organizations themselves it is the one above. */
    bool is_org = g_strcmp0(ledger->is, "org") == 0;
    const char *title = is_org ? N_("Organization above") : N_("Organization");
    exchange->columns[exchange->n_columns++] = (HjExchangeColumn){
        .name = "org", .title = { hj_i18n_tr(HJ_ZH, title), title }, .required = true
    };
    if (ledger->in != NULL)
        exchange->columns[exchange->n_columns++] =
            (HjExchangeColumn){ .name = "parent",
                                .title = { hj_i18n_label(&ledger->in->title, HJ_ZH),
                                           hj_i18n_label(&ledger->in->title, HJ_EN) },
                                .required = true };
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        /* Files travel by themselves. */
        if (hj_access_field_hidden(exchange->actor, field) || !is_asked(tx, field) ||
            field->type == HJ_FIELD_FILES)
            continue;
        exchange->columns[exchange->n_columns++] = (HjExchangeColumn){
            .name = field->name,
            .field = field,
            .title = field->title,
            .unit = field->unit,
            .required = field->required,
        };
    }
}

HjExchange *
hj_exchange_new(HjTx *tx, const HjActor *actor, const HjLedger *ledger, GError **error)
{
    if (!hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW) &&
        !hj_access_may_ledger(actor, ledger, HJ_ACCESS_ENTER)) {
        hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
        return NULL;
    }
    HjExchange *exchange = g_new0(HjExchange, 1);
    HjExchangePriv *priv = g_new0(HjExchangePriv, 1);
    exchange->ledger = ledger;
    exchange->actor = actor;
    exchange->priv = priv;
    priv->cited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    priv->twice = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify)g_hash_table_unref);
    add_columns(exchange, tx);
    return exchange;
}

void
hj_exchange_free(HjExchange *exchange)
{
    if (exchange == NULL)
        return;
    HjExchangePriv *priv = exchange->priv;
    hj_org_tree_free(priv->tree);
    g_clear_pointer(&priv->by_name, g_hash_table_unref);
    g_free(priv->stand);
    g_hash_table_unref(priv->cited);
    g_hash_table_unref(priv->twice);
    g_free(priv);
    g_free(exchange->columns);
    g_free(exchange);
}

/* --- headings --- */

static bool
any_of(const char *const *headings, const char *plain)
{
    for (; *headings != NULL; headings++) {
        g_autofree char *other = hj_exchange_plain(*headings);
        if (g_str_equal(other, plain))
            return true;
    }
    return false;
}

static bool
names(const HjExchangeColumn *column, const char *plain)
{
    g_autofree char *zh = hj_exchange_plain(hj_i18n_label(&column->title, HJ_ZH));
    g_autofree char *en = hj_exchange_plain(hj_i18n_label(&column->title, HJ_EN));
    if (g_str_equal(plain, zh) || g_str_equal(plain, en) || g_str_equal(plain, column->name))
        return true;
    if (column->field != NULL)
        return false;
    return any_of(g_str_equal(column->name, "org") ? org_headings : parent_headings, plain);
}

static int
find_column(const HjExchange *exchange, const char *plain)
{
    for (size_t i = 0; *plain != '\0' && i < exchange->n_columns; i++)
        if (names(&exchange->columns[i], plain))
            return (int)i;
    return -1;
}

/* Without the unit or remark in brackets at the end; NULL where there is none. */
static char *
without_brackets(const char *plain)
{
    const char *open = strrchr(plain, '(');
    return open != NULL && open > plain && g_str_has_suffix(plain, ")")
               ? g_strndup(plain, (gsize)(open - plain))
               : NULL;
}

int
hj_exchange_column_named(const HjExchange *exchange, const char *heading)
{
    if (strlen(heading) > MAX_HEADING * 4)
        return -1;
    g_autofree char *plain = hj_exchange_plain(heading);
    int found = find_column(exchange, plain);
    g_autofree char *bare = found < 0 ? without_brackets(plain) : NULL;
    return bare != NULL ? find_column(exchange, bare) : found;
}

bool
hj_exchange_is_told(const HjExchange *exchange, const char *heading)
{
    g_autofree char *plain = hj_exchange_plain(heading);
    g_autofree char *bare = without_brackets(plain);
    if (any_of(reason_headings, plain) || (bare != NULL && any_of(reason_headings, bare)))
        return true;
    /* A row begins at its first node, whatever the workbook says. */
    return exchange->ledger->flow != NULL &&
           (any_of(node_headings, plain) || (bare != NULL && any_of(node_headings, bare))) &&
           hj_exchange_column_named(exchange, heading) < 0;
}

/* How many characters must be put in, left out or changed. */
static size_t
distance(const char *a, const char *b)
{
    glong n_a = 0, n_b = 0;
    g_autofree gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n_a);
    g_autofree gunichar *y = g_utf8_to_ucs4_fast(b, -1, &n_b);
    g_autofree size_t *row = g_new(size_t, (size_t)n_b + 1);
    for (glong j = 0; j <= n_b; j++)
        row[j] = (size_t)j;
    for (glong i = 1; i <= n_a; i++) {
        size_t diagonal = (size_t)i - 1; /* as it is in row[0] */
        row[0] = (size_t)i;
        for (glong j = 1; j <= n_b; j++) {
            size_t cost = diagonal + (x[i - 1] != y[j - 1] ? 1 : 0);
            diagonal = row[j];
            row[j] = MIN(cost, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n_b];
}

const HjExchangeColumn *
hj_exchange_nearest(const HjExchange *exchange, const char *heading)
{
    g_autofree char *whole = hj_exchange_plain(heading);
    g_autofree char *bare = without_brackets(whole);
    const char *plain = bare != NULL ? bare : whole;
    size_t n = hj_text_length(plain);
    const HjExchangeColumn *best = NULL;
    size_t least = MAX((n + 1) / 2, 1) + 1;
    if (n > MAX_HEADING || n == 0)
        return NULL;
    for (size_t i = 0; i < exchange->n_columns; i++) {
        const HjExchangeColumn *column = &exchange->columns[i];
        for (int lang = HJ_ZH; lang <= HJ_EN; lang++) {
            g_autofree char *title =
                hj_exchange_plain(hj_i18n_label(&column->title, (HjLang)lang));
            size_t far = distance(plain, title);
            if (strstr(title, plain) != NULL || strstr(plain, title) != NULL)
                far = MIN(far, 1);
            if (far < least) {
                least = far;
                best = column;
            }
        }
    }
    return best;
}
