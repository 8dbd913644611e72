#include "core/import_orgs.h"

#include "core/exchange_priv.h"

#include <string.h>

enum { CODE, NAME, KIND, OPENED_ON, DOCUMENT, NOTE, N_FIELDS };

static const HjField fields[N_FIELDS] = {
    [CODE] = { .name = "code",
               .title = { "编码", "Code" },
               .help = { "不填时按上级编码自动编制", "left empty: made from the code above" },
               .type = HJ_FIELD_TEXT,
               .max_length = 32 },
    [NAME] = { .name = "name",
               .title = { "名称", "Name" },
               .type = HJ_FIELD_TEXT,
               .required = true,
               .max_length = 100 },
    [KIND] = { .name = "kind",
               .title = { "类别", "Kind" },
               .type = HJ_FIELD_CHOICE,
               .required = true },
    [OPENED_ON] = { .name = "opened_on",
                    .title = { "设立日期", "Opened on" },
                    .help = { "不填为导入当日", "left empty: the day of the import" },
                    .type = HJ_FIELD_DATE },
    [DOCUMENT] = { .name = "document",
                   .title = { "依据文号", "Document" },
                   .type = HJ_FIELD_TEXT,
                   .max_length = 100 },
    [NOTE] = { .name = "note",
               .title = { "备注", "Note" },
               .type = HJ_FIELD_LONG_TEXT,
               .max_length = 500 },
};

/* The ledger and what hangs on it. */
typedef struct {
    HjLedger ledger; /* first */
    HjField fields[N_FIELDS];
    HjList kinds;
    const char **enter; /* roles that change the tree */
} Made;

HjLedger *
hj_import_orgs_new(const HjPack *pack)
{
    Made *made = g_new0(Made, 1);
    memcpy(made->fields, fields, sizeof fields);
    made->kinds = (HjList){ .name = "org_kinds", .title = { "类别", "Kind" } };
    made->kinds.items = g_new0(HjListItem, pack->n_org_kinds);
    for (size_t i = 0; i < pack->n_org_kinds; i++)
        if (pack->org_kinds[i].n_under > 0)
            made->kinds.items[made->kinds.n_items++] = (HjListItem){
                .name = pack->org_kinds[i].name,
                .title = pack->org_kinds[i].title,
            };
    made->fields[KIND].list = &made->kinds;
    size_t n_enter = 0;
    made->enter = g_new0(const char *, pack->n_roles + 1);
    for (size_t i = 0; i < pack->n_roles; i++)
        if (hj_pack_role_may(&pack->roles[i], "org.manage"))
            made->enter[n_enter++] = pack->roles[i].name;
    made->ledger = (HjLedger){
        .name = HJ_IMPORT_ORGS,
        .enter = made->enter,
        .n_enter = n_enter,
        .see = made->enter,
        .n_see = n_enter,
        .title = { "组织", "Organizations" },
        .is = "org",
        .fields = made->fields,
        .n_fields = N_FIELDS,
    };
    return &made->ledger;
}

void
hj_import_orgs_free(HjLedger *ledger)
{
    Made *made = (Made *)ledger;
    if (made != NULL) {
        g_free(made->kinds.items);
        g_free(made->enter);
    }
    g_free(made);
}

const HjLedger *
hj_import_orgs_or(const HjPack *pack, const char *name, HjLedger **made)
{
    if (g_strcmp0(name, HJ_IMPORT_ORGS) != 0)
        return hj_pack_ledger(pack, name);
    if (*made == NULL)
        *made = hj_import_orgs_new(pack);
    return *made;
}

bool
hj_import_orgs_is(const HjLedger *ledger)
{
    return g_strcmp0(ledger->is, "org") == 0;
}

static const char *
input_of(const HjRowInput *inputs, size_t n, int field)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(inputs[i].name, fields[field].name) && inputs[i].text != NULL &&
            *inputs[i].text != '\0')
            return inputs[i].text;
    return NULL;
}

static bool
read_day(const char *text, HjDate today, HjIssues *issues, HjDate *ret)
{
    HjVal val;
    g_autofree char *owned = NULL;
    *ret = today;
    if (text == NULL || !hj_field_from_text(&fields[OPENED_ON], text, &val, &owned, issues))
        return text == NULL;
    return hj_date_parse(hj_value_text(&val), ret, NULL);
}

/* The key of a kind by key or title. */
static const char *
read_kind(const HjPack *pack, const char *text, HjIssues *issues)
{
    for (size_t i = 0; text != NULL && i < pack->n_org_kinds; i++) {
        const HjOrgKind *kind = &pack->org_kinds[i];
        if (g_str_equal(kind->name, text) ||
            g_str_equal(hj_i18n_label(&kind->title, HJ_ZH), text) ||
            g_ascii_strcasecmp(hj_i18n_label(&kind->title, HJ_EN), text) == 0)
            return kind->name;
    }
    if (text == NULL)
        hj_issues_add(issues, "kind", "required", N_("This field is required."));
    else
        hj_issues_add(issues, "kind", "choice", N_("Choose one of the list."));
    return NULL;
}

/* Issues of an act speak of "other" and "on"; here these are columns. */
static void
rename_issues(const HjIssues *from, HjIssues *to)
{
    for (size_t i = 0; i < hj_issues_count(from); i++) {
        const char *field = hj_issues_field(from, i);
        const char *name = g_str_equal(field, "other")      ? "org"
                           : g_str_equal(field, "on")       ? "opened_on"
                           : g_str_equal(field, "new_code") ? "code"
                                                            : field;
        hj_exchange_say(to, name, hj_issues_code(from, i), hj_issues_message(from, i, HJ_ZH),
                        hj_issues_message(from, i, HJ_EN));
    }
}

/* An open organization of this code and name. */
static bool
is_there(HjTx *tx, const char *code, const char *name, bool *ret, GError **error)
{
    int64_t id = 0;
    if (code == NULL)
        return true;
    if (!hj_org_find(tx, code, &id, error))
        return false;
    g_autoptr(HjRows) org = id != 0 ? hj_org_get(tx, id, error) : NULL;
    if (id != 0 && org == NULL)
        return false;
    *ret = org != NULL && hj_rows_next(org) && hj_rows_null(org, "closed_on") &&
           g_strcmp0(hj_rows_text(org, "name"), name) == 0;
    return true;
}

bool
hj_import_orgs_create(HjTx *tx, const HjActor *actor, int64_t above, const HjRowInput *inputs,
                      size_t n, HjIssues *issues, int64_t *ret, GError **error)
{
    HjDate on;
    const char *kind = read_kind(actor->pack, input_of(inputs, n, KIND), issues);
    bool has_day = read_day(input_of(inputs, n, OPENED_ON), hj_tx_today(tx), issues, &on);
    g_autoptr(HjRows) parent = hj_org_get(tx, above, error);
    if (parent == NULL)
        return false;
    if (input_of(inputs, n, NAME) == NULL)
        hj_issues_add(issues, "name", "required", N_("This field is required."));
    if (kind == NULL || !has_day || !hj_rows_next(parent) || hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    bool there = false;
    if (!is_there(tx, input_of(inputs, n, CODE), input_of(inputs, n, NAME), &there, error))
        return false;
    if (there) {
        hj_issues_add(issues, "code", "duplicate", N_("This organization is already there."));
        return hj_issues_refuse(error);
    }
    const char *document = input_of(inputs, n, DOCUMENT);
    HjOrgAct act = { .act = "create",
                     .code = input_of(inputs, n, CODE),
                     .name = input_of(inputs, n, NAME),
                     .kind = kind,
                     .other = hj_rows_text(parent, "code"),
                     .on = on,
                     .document = document != NULL ? document : hj_tr(HJ_ZH, N_("Import")),
                     .note = input_of(inputs, n, NOTE) };
    g_autoptr(HjIssues) said = hj_issues_new();
    bool done = hj_org_act(tx, actor, &act, said, ret, error);
    rename_issues(said, issues);
    return done;
}

static bool
write_org(HjExchangeBook *book, HjExchange *exchange, const HjPack *pack, size_t i, HjLang lang,
          GError **error)
{
    HjExchangePriv *priv = exchange->priv;
    const HjOrg *org = &priv->tree->orgs[i];
    const HjOrgKind *kind = hj_pack_org_kind(pack, org->kind);
    int above = hj_org_tree_parent(priv->tree, i);
    const char *texts[1 + N_FIELDS] = {
        above >= 0 ? priv->tree->orgs[above].code : "",
        [1 + CODE] = org->code,
        [1 + NAME] = org->name,
        [1 + KIND] = kind != NULL ? hj_i18n_label(&kind->title, lang) : org->kind,
        [1 + OPENED_ON] = org->opened_on,
        [1 + DOCUMENT] = "",
        [1 + NOTE] = "",
    };
    return hj_exchange_book_plain(book, texts, error);
}

GBytes *
hj_import_orgs_export(HjTx *tx, const HjActor *actor, const HjLedger *ledger, int64_t under,
                      HjLang lang, GError **error)
{
    g_autoptr(HjExchange) exchange = hj_exchange_new(tx, actor, ledger, error);
    g_autoptr(HjExchangeBook) book =
        exchange != NULL ? hj_exchange_book_new(exchange, tx, lang, error) : NULL;
    if (book == NULL || !hj_exchange_load_orgs(exchange, tx, error))
        return NULL;
    const HjOrgTree *tree = ((HjExchangePriv *)exchange->priv)->tree;
    for (size_t i = 0; i < tree->n_orgs; i++) {
        bool inside = under == 0 && tree->orgs[i].parent != 0;
        for (int at = (int)i; under != 0 && at >= 0; at = hj_org_tree_parent(tree, (size_t)at))
            inside = inside || tree->orgs[at].id == under;
        if (inside && !write_org(book, exchange, actor->pack, i, lang, error))
            return NULL;
    }
    return hj_exchange_book_end(book, error);
}
