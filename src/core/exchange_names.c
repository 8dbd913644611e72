/* Names in cells: organizations by code, name or path, people and rows by title. */
#include "base/id.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "core/exchange_priv.h"
#include "core/row_sql.h"

#include <string.h>

#define MAX_NAMED 4      /* choices told in a message */
#define MAX_CITED 200000 /* looked up and kept */
#define MAX_TWICE 10000
#define MIN_ID_DIGITS 16 /* no code of an organization is so long */

/* --- organizations --- */

bool
hj_exchange_load_orgs(HjExchange *exchange, HjTx *tx, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    if (priv->tree != NULL)
        return true;
    priv->tree = hj_org_tree_load(tx, HJ_DATE_NONE, error);
    if (priv->tree == NULL)
        return false;
    priv->stand = g_new0(signed char, priv->tree->n_orgs + 1);
    priv->by_name =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    for (size_t i = 0; i < priv->tree->n_orgs; i++) {
        char *plain = hj_exchange_plain(priv->tree->orgs[i].name);
        GArray *same = g_hash_table_lookup(priv->by_name, plain);
        if (same == NULL) {
            same = g_array_new(FALSE, FALSE, sizeof(size_t));
            g_hash_table_insert(priv->by_name, plain, same);
        } else {
            g_free(plain);
        }
        g_array_append_val(same, i);
    }
    return true;
}

void
hj_exchange_forget(HjExchange *exchange)
{
    HjExchangePriv *priv = exchange->priv;
    g_clear_pointer(&priv->tree, hj_org_tree_free);
    g_clear_pointer(&priv->by_name, g_hash_table_unref);
    g_clear_pointer(&priv->stand, g_free);
}

bool
hj_exchange_org_fits(const HjLedger *ledger, const HjOrg *org)
{
    for (size_t i = 0; i < ledger->n_of; i++)
        if (g_str_equal(ledger->of[i], org->kind))
            return true;
    return ledger->n_of == 0;
}

bool
hj_exchange_enters(HjExchange *exchange, HjTx *tx, size_t i, bool *ret, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    if (priv->stand[i] == 0) {
        g_autoptr(GError) no = NULL;
        bool may = hj_access_check_row(tx, exchange->actor, exchange->ledger, HJ_ACCESS_ENTER,
                                       priv->tree->orgs[i].id, &no);
        if (!may && no->code != HJ_ERROR_NOT_FOUND && no->code != HJ_ERROR_DENIED) {
            g_propagate_error(error, g_steal_pointer(&no));
            return false;
        }
        priv->stand[i] = may ? 1 : -1;
    }
    *ret = priv->stand[i] > 0;
    return true;
}

static bool
is_alone(HjExchangePriv *priv, size_t i)
{
    g_autofree char *plain = hj_exchange_plain(priv->tree->orgs[i].name);
    const GArray *same = g_hash_table_lookup(priv->by_name, plain);
    return same->len == 1;
}

char *
hj_exchange_org_label(HjExchange *exchange, size_t i)
{
    HjExchangePriv *priv = exchange->priv;
    int above = hj_org_tree_parent(priv->tree, i);
    const char *name = priv->tree->orgs[i].name;
    return above < 0 || is_alone(priv, i)
               ? g_strdup(name)
               : g_strconcat(priv->tree->orgs[above].name, "/", name, NULL);
}

/* Do the names before the last stand above @i, in their order? */
static bool
path_fits(const HjExchangePriv *priv, size_t i, char **parts, int n_parts)
{
    int at = hj_org_tree_parent(priv->tree, i);
    int part = n_parts - 2;
    while (at >= 0 && part >= 0) {
        g_autofree char *plain = hj_exchange_plain(priv->tree->orgs[at].name);
        if (g_str_equal(plain, parts[part]))
            part--;
        at = hj_org_tree_parent(priv->tree, (size_t)at);
    }
    return part < 0;
}

static char **
path_of(const char *text)
{
    g_autoptr(GString) one = g_string_new(text);
    static const char *const marks[] = { "／", "＞", ">", "\\" };
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        g_string_replace(one, marks[i], "/", 0);
    char **parts = g_strsplit(one->str, "/", 12);
    int kept = 0;
    for (int i = 0; parts[i] != NULL; i++) {
        char *plain = hj_exchange_plain(parts[i]);
        g_free(parts[i]);
        parts[i] = NULL;
        if (*plain != '\0')
            parts[kept++] = plain;
        else
            g_free(plain);
    }
    parts[kept] = NULL;
    return parts;
}

/* What a text names among all organizations of the county. */
static GArray *
orgs_named(HjExchange *exchange, const char *text)
{
    HjExchangePriv *priv = exchange->priv;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autofree char *code = hj_text_tidy(text);
    const HjOrg *of_code = hj_org_tree_code(priv->tree, code);
    if (of_code != NULL) {
        size_t i = (size_t)(of_code - priv->tree->orgs);
        g_array_append_val(found, i);
        return found;
    }
    g_auto(GStrv) parts = path_of(text);
    int n = (int)g_strv_length(parts);
    const GArray *same = n > 0 ? g_hash_table_lookup(priv->by_name, parts[n - 1]) : NULL;
    for (guint k = 0; same != NULL && k < same->len; k++) {
        size_t i = g_array_index(same, size_t, k);
        if (path_fits(priv, i, parts, n))
            g_array_append_val(found, i);
    }
    return found;
}

static void
say_ambiguous(HjIssues *issues, const char *field, const char *text, const char *choices)
{
    hj_issues_add(issues, field, "reference",
                  N_("“%s” is the name of several: %s. Write which one is meant."), text,
                  choices);
}

static char *
org_choices(HjExchange *exchange, const GArray *found)
{
    HjExchangePriv *priv = exchange->priv;
    GString *out = g_string_new(NULL);
    for (guint k = 0; k < found->len && k < MAX_NAMED; k++) {
        size_t i = g_array_index(found, size_t, k);
        g_autofree char *label = hj_exchange_org_label(exchange, i);
        g_string_append_printf(out, "%s%s (%s)", k > 0 ? "、" : "", label,
                               priv->tree->orgs[i].code);
    }
    if (found->len > MAX_NAMED)
        g_string_append(out, "…");
    return g_string_free(out, FALSE);
}

/* Those of @found where the actor enters rows of the ledger. */
static GArray *
enterable(HjExchange *exchange, HjTx *tx, const GArray *found, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (guint k = 0; k < found->len; k++) {
        size_t i = g_array_index(found, size_t, k);
        bool enters = false;
        if (hj_exchange_org_fits(exchange->ledger, &priv->tree->orgs[i]) &&
            !hj_exchange_enters(exchange, tx, i, &enters, error))
            return NULL;
        if (enters)
            g_array_append_val(kept, i);
    }
    return g_steal_pointer(&kept);
}

bool
hj_exchange_find_org(HjExchange *exchange, HjTx *tx, const char *text, HjIssues *issues,
                     int64_t *ret, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    *ret = 0;
    if (!hj_exchange_load_orgs(exchange, tx, error))
        return false;
    g_autoptr(GArray) found = orgs_named(exchange, text);
    g_autoptr(GArray) mine = enterable(exchange, tx, found, error);
    if (mine == NULL)
        return false;
    if (mine->len == 1) {
        *ret = priv->tree->orgs[g_array_index(mine, size_t, 0)].id;
        return true;
    }
    if (mine->len > 1) {
        g_autofree char *choices = org_choices(exchange, mine);
        say_ambiguous(issues, "org", text, choices);
        return true;
    }
    bool fits = false;
    for (guint k = 0; k < found->len; k++)
        fits = fits || hj_exchange_org_fits(exchange->ledger,
                                            &priv->tree->orgs[g_array_index(found, size_t, k)]);
    if (found->len > 0 && !fits)
        hj_issues_add(issues, "org", "choice",
                      N_("Records of this kind belong to another kind of organization."));
    else
        hj_issues_add(issues, "org", "reference",
                      N_("You enter records of no organization called “%s”."), text);
    return true;
}

bool
hj_exchange_only_org(HjExchange *exchange, HjTx *tx, int64_t *ret, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    *ret = 0;
    if (!hj_exchange_load_orgs(exchange, tx, error))
        return false;
    for (size_t i = 0; i < priv->tree->n_orgs; i++) {
        bool enters = false;
        if (hj_exchange_org_fits(exchange->ledger, &priv->tree->orgs[i]) &&
            !hj_exchange_enters(exchange, tx, i, &enters, error))
            return false;
        if (enters && *ret != 0) {
            *ret = 0;
            return true;
        }
        if (enters)
            *ret = priv->tree->orgs[i].id;
    }
    return true;
}

static bool
cite_org(HjExchange *exchange, HjTx *tx, const HjField *field, char **text, HjIssues *issues,
         GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    if (!hj_exchange_load_orgs(exchange, tx, error))
        return false;
    g_autoptr(GArray) found = orgs_named(exchange, *text);
    for (guint k = 0; field->org_kind != NULL && k < found->len;) {
        size_t i = g_array_index(found, size_t, k);
        if (g_str_equal(priv->tree->orgs[i].kind, field->org_kind))
            k++;
        else if (found->len == 1)
            break; /* core/row says what is wrong with it */
        else
            g_array_remove_index(found, k);
    }
    if (found->len == 1) {
        int64_t id = priv->tree->orgs[g_array_index(found, size_t, 0)].id;
        g_free(*text);
        *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
        return true;
    }
    if (found->len == 0) {
        hj_issues_add(issues, field->name, "reference",
                      N_("There is no organization called “%s”."), *text);
    } else {
        g_autofree char *choices = org_choices(exchange, found);
        say_ambiguous(issues, field->name, *text, choices);
    }
    g_clear_pointer(text, g_free);
    return true;
}

/* --- people and rows --- */

/* "张三（大李庄村）" or "张三 #1234567890123456" in its parts. */
typedef struct {
    char *title;
    char *place; /* in brackets, plain; NULL */
    int64_t id;  /* behind #, or the whole; 0 */
} Named;

static void
named_clear(Named *named)
{
    g_free(named->title);
    g_free(named->place);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Named, named_clear)

static Named
named_of(const char *text, bool with_place)
{
    Named named = { 0 };
    const char *hash = strrchr(text, '#');
    const char *digits = hash != NULL ? hash + 1 : text;
    if (strlen(digits) >= MIN_ID_DIGITS && hj_id_parse(digits, &named.id)) {
        g_autofree char *head = g_strndup(text, hash != NULL ? (gsize)(hash - text) : 0);
        named.title = hj_text_tidy(head);
        return named;
    }
    named.title = hj_text_tidy(text);
    if (!with_place)
        return named;
    g_autoptr(GString) half = g_string_new(named.title);
    g_string_replace(half, "（", "(", 0);
    g_string_replace(half, "）", ")", 0);
    char *open = strrchr(half->str, '(');
    if (open == NULL || open == half->str || !g_str_has_suffix(half->str, ")"))
        return named;
    g_autofree char *inner = g_strndup(open + 1, strlen(open + 1) - 1);
    g_autofree char *head = g_strndup(half->str, (gsize)(open - half->str));
    g_free(named.title);
    named.title = hj_text_tidy(head);
    named.place = hj_exchange_plain(inner);
    return named;
}

static HjRows *
rows_titled(HjExchange *exchange, HjTx *tx, const HjLedger *ledger, const Named *named,
            GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    g_autofree char *key = hj_pinyin_sort_key(named->title);
    hj_sqlb_lit(b, "SELECT r.id AS id, r.org AS org, o.code AS code, n.name AS name, ");
    hj_row_sql_title_of(b, exchange->actor, ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " JOIN sys_org o ON o.county = r.county AND o.id = r.org"
                   " JOIN sys_org_name n ON n.county = r.county AND n.org = r.org"
                   " AND n.to_on = '9999-12-31' WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    if (named->id != 0) {
        hj_sqlb_lit(b, " AND r.id = ");
        hj_sqlb_param(b, HJ_I64(named->id));
    } else {
        hj_sqlb_lit(b, " AND r.title_key = ");
        hj_sqlb_param(b, HJ_TEXT(key));
    }
    hj_sqlb_lit(b, " AND r.voided_at IS NULL");
    hj_row_sql_citable(b, tx, exchange->actor, ledger);
    hj_sqlb_lit(b, " ORDER BY r.id LIMIT 200");
    return hj_sqlb_query(b, tx, error);
}

typedef struct {
    int64_t id, org;
    char *label; /* "张三（大李庄村）#id" */
} Candidate;

static void
candidate_free(gpointer data)
{
    Candidate *candidate = data;
    g_free(candidate->label);
    g_free(candidate);
}

/* Keeps the candidates of the organization when there are some. */
static void
prefer_org(GPtrArray *candidates, int64_t org)
{
    guint n_here = 0;
    for (guint i = 0; i < candidates->len; i++)
        n_here += ((const Candidate *)g_ptr_array_index(candidates, i))->org == org ? 1 : 0;
    for (guint i = candidates->len; n_here > 0 && i > 0; i--)
        if (((const Candidate *)g_ptr_array_index(candidates, i - 1))->org != org)
            g_ptr_array_remove_index(candidates, i - 1);
}

static GPtrArray *
candidates_of(HjExchange *exchange, HjTx *tx, const HjLedger *ledger, const Named *named,
              GError **error)
{
    g_autoptr(HjRows) rows = rows_titled(exchange, tx, ledger, named, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *candidates = g_ptr_array_new_with_free_func(candidate_free);
    while (hj_rows_next(rows)) {
        const char *title = hj_rows_text(rows, "title");
        const char *name = hj_rows_text(rows, "name");
        g_autofree char *place = hj_exchange_plain(name);
        bool same = named->id != 0 || g_strcmp0(title, named->title) == 0;
        bool there = named->place == NULL || g_str_equal(named->place, place) ||
                     g_str_equal(named->place, hj_rows_text(rows, "code"));
        if (!same || !there)
            continue;
        Candidate *candidate = g_new0(Candidate, 1);
        candidate->id = hj_rows_i64(rows, "id");
        candidate->org = hj_rows_i64(rows, "org");
        candidate->label = g_strdup_printf("%s（%s）#%" G_GINT64_FORMAT,
                                           title != NULL ? title : "", name, candidate->id);
        g_ptr_array_add(candidates, candidate);
    }
    return candidates;
}

/* A title may itself end in brackets: the whole is tried first. */
static GPtrArray *
look_up(HjExchange *exchange, HjTx *tx, const HjLedger *ledger, const char *text,
        GError **error)
{
    g_auto(Named) whole = named_of(text, false);
    GPtrArray *candidates = candidates_of(exchange, tx, ledger, &whole, error);
    if (candidates == NULL || candidates->len > 0)
        return candidates;
    /* The number of another database: the name may still be enough. */
    if (whole.id != 0 && *whole.title != '\0') {
        whole.id = 0;
        g_ptr_array_unref(candidates);
        return candidates_of(exchange, tx, ledger, &whole, error);
    }
    g_auto(Named) parts = named_of(text, true);
    if (parts.place == NULL)
        return candidates;
    g_ptr_array_unref(candidates);
    return candidates_of(exchange, tx, ledger, &parts, error);
}

/* The one row @text names, 0 with an issue otherwise. */
static bool
find_row(HjExchange *exchange, HjTx *tx, const HjLedger *ledger, int64_t org, bool only_there,
         const char *text, const char *field, HjIssues *issues, int64_t *ret, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    g_autofree char *key =
        g_strdup_printf("%s|%" G_GINT64_FORMAT "|%d|%s", ledger->name, org, only_there, text);
    const int64_t *known = g_hash_table_lookup(priv->cited, key);
    *ret = known != NULL ? *known : 0;
    if (known != NULL)
        return true;
    g_autoptr(GPtrArray) candidates = look_up(exchange, tx, ledger, text, error);
    if (candidates == NULL)
        return false;
    prefer_org(candidates, org);
    if (only_there && candidates->len > 0 &&
        ((const Candidate *)g_ptr_array_index(candidates, 0))->org != org)
        g_ptr_array_set_size(candidates, 0);
    if (candidates->len == 1) {
        *ret = ((const Candidate *)g_ptr_array_index(candidates, 0))->id;
        if (g_hash_table_size(priv->cited) >= MAX_CITED)
            g_hash_table_remove_all(priv->cited);
        g_hash_table_insert(priv->cited, g_steal_pointer(&key), g_memdup2(ret, sizeof *ret));
        return true;
    }
    if (candidates->len == 0) {
        hj_issues_add(issues, field, "reference",
                      N_("In “%s” there is nothing called “%s” that you may name here."),
                      hj_i18n_label(&ledger->title, HJ_ZH), text);
        return true;
    }
    g_autoptr(GString) choices = g_string_new(NULL);
    for (guint i = 0; i < candidates->len && i < MAX_NAMED; i++)
        g_string_append_printf(choices, "%s%s", i > 0 ? "、" : "",
                               ((const Candidate *)g_ptr_array_index(candidates, i))->label);
    if (candidates->len > MAX_NAMED)
        g_string_append(choices, "…");
    say_ambiguous(issues, field, text, choices->str);
    return true;
}

bool
hj_exchange_find_parent(HjExchange *exchange, HjTx *tx, int64_t org, const char *text,
                        HjIssues *issues, int64_t *ret, GError **error)
{
    return find_row(exchange, tx, exchange->ledger->in, org, true, text, "parent", issues, ret,
                    error);
}

bool
hj_exchange_find_cited(HjExchange *exchange, HjTx *tx, int64_t org, const HjField *field,
                       char **text, HjIssues *issues, GError **error)
{
    if (**text == '\0')
        return true;
    if (field->type == HJ_FIELD_ORG)
        return cite_org(exchange, tx, field, text, issues, error);
    int64_t id;
    if (!find_row(exchange, tx, field->ledger, org, false, *text, field->name, issues, &id,
                  error))
        return false;
    g_clear_pointer(text, g_free);
    if (id != 0)
        *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
    return true;
}

/* --- titles that would not be enough in an export --- */

bool
hj_exchange_is_twice(HjExchange *exchange, HjTx *tx, const HjLedger *ledger, const char *title,
                     bool *ret, GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    GHashTable *twice = g_hash_table_lookup(priv->twice, ledger->name);
    g_autofree char *key = hj_pinyin_sort_key(title);
    if (twice == NULL) {
        g_autoptr(HjSqlb) b = hj_sqlb_new();
        hj_sqlb_lit(b, "SELECT r.title_key AS title_key FROM ");
        hj_row_sql_from(b, ledger);
        hj_sqlb_lit(b, " WHERE r.county = ");
        hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
        hj_sqlb_lit(b, " AND r.voided_at IS NULL GROUP BY r.title_key HAVING COUNT(*) > 1"
                       " LIMIT ");
        hj_sqlb_param(b, HJ_I64(MAX_TWICE));
        g_autoptr(HjRows) rows = hj_sqlb_query(b, tx, error);
        if (rows == NULL)
            return false;
        twice = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        /* Too many to tell: then every one is told apart. */
        if (hj_rows_count(rows) == MAX_TWICE)
            g_hash_table_add(twice, g_strdup("*"));
        while (hj_rows_next(rows))
            g_hash_table_add(twice, g_strdup(hj_rows_text(rows, "title_key")));
        g_hash_table_insert(priv->twice, (gpointer)ledger->name, twice);
    }
    *ret = g_hash_table_contains(twice, "*") || g_hash_table_contains(twice, key);
    return true;
}
