/* What people write comes out of every page as text: markup is fed through every text field of
 * every ledger, names of organizations and accounts, documents, reasons, queries and refused
 * forms, and every GET page is read for it. */
#include "core/account.h"
#include "core/org.h"
#include "tests/flow/flow.h"

/* Long enough that no random key on a page holds it. */
#define MARK "zqmkzq"
#define MARKUP MARK "<script>\"'&"
#define MARKUP_JSON MARK "<script>\\\"'&"
#define MARKUP_FORM MARK "%3Cscript%3E%22%27%26"
#define MARKUP_TEXT "&lt;script&gt;&quot;&#39;&amp;"
#define MARKUP_PARAM "%3Cscript%3E%22%27%26"
/* Of an address that is itself a parameter: where a form leads back to. */
#define MARKUP_NESTED "%253Cscript%253E%2522%2527%2526"

typedef struct {
    HjTestCounty *county;
    HjOrgTree *tree;
    GHashTable *rows; /* ledger name → id */
    GStringChunk *texts;
    int64_t village;
    size_t n_pages, n_found, n_wrong;
} Walk;

/* --- feeding --- */

static const char *
code_of_kind(const Walk *w, const char *kind)
{
    for (size_t i = 0; i < w->tree->n_orgs; i++)
        if (g_str_equal(w->tree->orgs[i].kind, kind))
            return w->tree->orgs[i].code;
    return HJ_TEST_COUNTY_CODE;
}

static const char *
json_of(Walk *w, const HjField *field)
{
    switch (field->type) {
    case HJ_FIELD_TEXT:
    case HJ_FIELD_LONG_TEXT:
        /* Markup needs room; the few characters of a year or a code cannot hold any. */
        return field->max_length < (int)strlen(MARKUP) ? "\"<\\\"&\"" : "\"" MARKUP_JSON "\"";
    case HJ_FIELD_BOOL:
        return "true";
    case HJ_FIELD_INTEGER:
    case HJ_FIELD_DECIMAL:
    case HJ_FIELD_PERCENT:
    case HJ_FIELD_MONEY: {
        g_autofree char *least = g_strdup_printf("%" G_GINT64_FORMAT, field->min);
        return field->has_min && field->min > 5 ? g_string_chunk_insert(w->texts, least) : "5";
    }
    case HJ_FIELD_DATE:
        return "\"2018-01-02\"";
    case HJ_FIELD_MONTH:
        return "\"2018-01\"";
    case HJ_FIELD_DATETIME:
        return "\"2018-01-02T08:00:00+08:00\"";
    case HJ_FIELD_CHOICE: {
        g_autofree char *key = g_strdup_printf("\"%s\"", field->list->items[0].name);
        return g_string_chunk_insert(w->texts, key);
    }
    case HJ_FIELD_CHOICES:
    case HJ_FIELD_LIST_CHECK: {
        g_autofree char *keys = g_strdup_printf("[\"%s\"]", field->list->items[0].name);
        return g_string_chunk_insert(w->texts, keys);
    }
    case HJ_FIELD_FILES:
        return "[]";
    case HJ_FIELD_ORG: {
        const char *code =
            field->org_kind != NULL ? code_of_kind(w, field->org_kind) : HJ_TEST_TOWN;
        g_autofree char *quoted = g_strdup_printf("\"%s\"", code);
        return g_string_chunk_insert(w->texts, quoted);
    }
    case HJ_FIELD_SEALED:
        return "\"" MARKUP_JSON "\"";
    case HJ_FIELD_PHONE:
        return "\"14300001234\"";
    case HJ_FIELD_CITIZEN_ID:
    case HJ_FIELD_CREDIT_CODE:
        return "null";
    case HJ_FIELD_PERSON:
    case HJ_FIELD_ROW:
        break;
    }
    const char *id = g_hash_table_lookup(w->rows, field->ledger->name);
    assert_non_null(id);
    return id;
}

/* What hangs on a row lies where that row does, unless it says otherwise. */
static const char *
home_of(const Walk *w, const HjLedger *ledger)
{
    while (ledger->n_of == 0 && ledger->in != NULL)
        ledger = ledger->in;
    return code_of_kind(w, ledger->of[0]);
}

static void
feed_ledger(Walk *w, const HjLedger *ledger)
{
    if (g_hash_table_contains(w->rows, ledger->name))
        return;
    if (ledger->in != NULL)
        feed_ledger(w, ledger->in);
    g_autoptr(GString) fields = g_string_new(NULL);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        bool text = field->type == HJ_FIELD_TEXT || field->type == HJ_FIELD_LONG_TEXT;
        if (field->number != NULL || field->prefill != NULL) /* the program gives it */
            continue;
        if (!field->required && !text)
            continue;
        if (field->ledger != NULL)
            feed_ledger(w, field->ledger);
        g_string_append_printf(fields, "%s\"%s\":%s", fields->len > 0 ? "," : "", field->name,
                               json_of(w, field));
    }
    const char *parent =
        ledger->in != NULL ? g_hash_table_lookup(w->rows, ledger->in->name) : "null";
    g_autofree char *body = g_strdup_printf("{\"org\":\"%s\",\"fields\":{%s},\"parent\":%s}",
                                            home_of(w, ledger), fields->str, parent);
    g_autofree char *uri = g_strdup_printf("/api/v1/ledgers/%s/rows", ledger->name);
    g_autoptr(HjTestAnswer) made = hj_test_post(w->county, "all", uri, body);
    assert_status(made, 201);
    g_hash_table_insert(w->rows, g_strdup(ledger->name),
                        g_strdup_printf("\"%s\"", hj_test_at(made, "id")));
}

/* What fits together is no matter of markup: the rules between fields rest while rows are made,
 * so that every ledger of every pack gets one. */
static void
feed_all(Walk *w)
{
    HjPack *pack = w->county->pack;
    g_autofree size_t *n_must = g_new(size_t, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        n_must[i] = pack->ledgers[i].n_must;
        pack->ledgers[i].n_must = 0;
    }
    for (size_t i = 0; i < pack->n_ledgers; i++)
        feed_ledger(w, &pack->ledgers[i]);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        pack->ledgers[i].n_must = n_must[i];
}

static char *
plain_id(Walk *w, const char *ledger)
{
    const char *quoted = g_hash_table_lookup(w->rows, ledger);
    return g_strndup(quoted + 1, strlen(quoted) - 2);
}

/* A second row of the ledger is changed and voided, so that history has something to tell. */
static void
feed_history(Walk *w)
{
    static const char *const uri = "/api/v1/ledgers/person/rows";
    g_autoptr(HjTestAnswer) made = hj_test_post(
        w->county, "all", uri,
        "{\"org\":\"" HJ_TEST_VILLAGE "\",\"fields\":{\"name\":\"a\",\"sex\":\"male\"}}");
    assert_status(made, 201);
    g_autofree char *row = g_strdup_printf("%s/%s", uri, hj_test_at(made, "id"));
    g_autoptr(HjTestAnswer) changed =
        hj_test_patch(w->county, "all", row,
                      "{\"version\":1,\"fields\":{\"name\":\"" MARKUP_JSON
                      "\",\"note\":\"" MARKUP_JSON "\"}}");
    assert_status(changed, 200);
    g_autoptr(HjTestAnswer) voided =
        hj_test_delete(w->county, "all", row, "{\"version\":2,\"reason\":\"" MARKUP_JSON "\"}");
    assert_status(voided, 204);
    g_hash_table_insert(w->rows, g_strdup("person"),
                        g_strdup_printf("\"%s\"", hj_test_at(made, "id")));
}

static bool
write_names(HjTx *tx, gpointer data, GError **error)
{
    Walk *w = data;
    g_autoptr(HjActor) actor = hj_actor_system(w->county->pack);
    g_autoptr(HjIssues) issues = hj_issues_new();
    static const char *const codes[] = { HJ_TEST_TOWN, HJ_TEST_VILLAGE, HJ_TEST_VILLAGE "B1" };
    int64_t id = 0;
    HjDate on;
    if (!hj_date_parse("2018-02-01", &on, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        const HjOrgAct act = { .act = "rename",
                               .code = codes[i],
                               .name = MARKUP,
                               .on = on,
                               .document = MARKUP,
                               .note = MARKUP };
        if (!hj_org_act(tx, actor, &act, issues, &id, error))
            return false;
    }
    int64_t account = 0;
    return hj_account_create(tx, actor, "marked", MARKUP, "no password", issues, &account,
                             error) &&
           hj_account_grant(tx, actor, account, "work_team", w->village, issues, error);
}

/* --- reading --- */

/* Every mark is followed by its markup as text or as a parameter, perhaps of a parameter. */
static void
check(Walk *w, const char *uri, const HjTestAnswer *answer)
{
    w->n_pages++;
    if (answer->type == NULL || !g_str_has_prefix(answer->type, "text/html"))
        return;
    const char *csp = hj_test_header(answer, "Content-Security-Policy");
    assert_non_null(csp);
    assert_null(strstr(csp, "unsafe"));
    for (const char *p = strstr(answer->body, MARK); p != NULL; p = strstr(p + 1, MARK)) {
        const char *after = p + strlen(MARK);
        w->n_found++;
        if (g_str_has_prefix(after, MARKUP_TEXT) || g_str_has_prefix(after, MARKUP_PARAM) ||
            g_str_has_prefix(after, MARKUP_NESTED))
            continue;
        if (w->n_wrong++ < 20)
            print_error("%s: %.40s\n", uri, p);
    }
}

static void
read_page(Walk *w, const char *uri)
{
    g_autoptr(HjTestAnswer) answer = hj_test_page(w->county, "all", uri);
    if (answer->status >= 500)
        print_error("%s: %d\n", uri, answer->status);
    assert_true(answer->status < 500);
    check(w, uri, answer);
}

static void
send_form(Walk *w, const char *account, const char *uri, const char *form)
{
    g_autoptr(HjTestAnswer) answer = hj_test_form(w->county, account, uri, form);
    if (answer->status >= 500)
        print_error("%s: %d\n", uri, answer->status);
    assert_true(answer->status < 500);
    check(w, uri, answer);
}

/* What may be done at the first node of "/ledgers/L/…", and what every flow has. */
static void
add_actions(const Walk *w, const char *head, GPtrArray *values)
{
    g_auto(GStrv) steps = g_strsplit(head, "/", -1);
    const HjLedger *ledger = hj_pack_ledger(w->county->pack, steps[2]);
    const HjFlowNode *start =
        ledger->flow != NULL ? hj_flow_node(ledger->flow, ledger->flow->start) : NULL;
    g_ptr_array_add(values, g_strdup(MARKUP_PARAM));
    for (size_t i = 0; start != NULL && i < start->n_actions; i++)
        g_ptr_array_add(values, g_strdup(start->actions[i].name));
    if (start != NULL)
        g_ptr_array_add(values, g_strdup("transfer"));
}

/* The pattern with {part} replaced by each of @values; calls itself for what is left. */
static void
read_pattern(Walk *w, const char *pattern)
{
    const HjPack *pack = w->county->pack;
    const char *brace = strchr(pattern, '{');
    if (brace == NULL) {
        read_page(w, pattern);
        return;
    }
    const char *end = strchr(brace, '}');
    g_autofree char *part = g_strndup(brace + 1, (size_t)(end - brace - 1));
    g_autofree char *head = g_strndup(pattern, (size_t)(brace - pattern));
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    if (g_str_equal(part, "code"))
        for (size_t i = 0; i < w->tree->n_orgs; i++)
            g_ptr_array_add(values, g_strdup(w->tree->orgs[i].code));
    else if (g_str_equal(part, "ledger"))
        for (size_t i = 0; i < pack->n_ledgers; i++)
            g_ptr_array_add(values, g_strdup(pack->ledgers[i].name));
    else if (g_str_equal(part, "indicator"))
        for (size_t i = 0; i < pack->n_indicators; i++)
            g_ptr_array_add(values, g_strdup(pack->indicators[i].name));
    else if (g_str_equal(part, "cadence"))
        for (size_t i = 0; i < pack->n_cadences; i++)
            g_ptr_array_add(values, g_strdup(pack->cadences[i].name));
    else if (g_str_equal(part, "report"))
        for (size_t i = 0; i < pack->n_reports; i++)
            g_ptr_array_add(values, g_strdup(pack->reports[i].name));
    else if (g_str_equal(part, "scheme"))
        for (size_t i = 0; i < pack->n_schemes; i++)
            g_ptr_array_add(values, g_strdup(pack->schemes[i].name));
    else if (g_str_equal(part, "item"))
        for (size_t i = 0; i < pack->schemes[0].n_lists; i++)
            for (size_t j = 0; j < pack->schemes[0].lists[i].n_items; j++)
                g_ptr_array_add(values, g_strdup(pack->schemes[0].lists[i].items[j].name));
    else if (g_str_equal(part, "id") && g_str_has_prefix(head, "/ledgers/")) {
        g_auto(GStrv) steps = g_strsplit(head, "/", -1);
        g_ptr_array_add(values, plain_id(w, steps[2]));
    } else if (g_str_equal(part, "action")) {
        add_actions(w, head, values);
    } else if (g_str_equal(part, "id")) {
        g_autoptr(HjTx) tx = hj_store_read(w->county->fixture->store, NULL);
        g_autoptr(HjActor) marked = hj_account_actor(tx, w->county->pack, "marked", NULL);
        g_ptr_array_add(values, g_strdup_printf("%" G_GINT64_FORMAT, marked->account));
    } else {
        g_ptr_array_add(values, g_strdup(MARKUP_PARAM));
    }
    for (guint i = 0; i < values->len; i++) {
        g_autofree char *next =
            g_strconcat(head, (char *)g_ptr_array_index(values, i), end + 1, NULL);
        read_pattern(w, next);
    }
}

static bool
visit(const HjFeature *feature, const HjRoute *route, gpointer data)
{
    (void)feature;
    Walk *w = data;
    if (route->method != HJ_GET || g_str_has_prefix(route->pattern, "/api/"))
        return true;
    read_pattern(w, route->pattern);
    /* The same with markup in every parameter. */
    g_auto(GStrv) query = g_strsplit(route->query != NULL ? route->query : "", " ", -1);
    for (size_t i = 0; query[i] != NULL; i++) {
        if (*query[i] == '\0')
            continue;
        const char *name = g_str_equal(query[i], "*") ? "q" : query[i];
        g_autofree char *uri = g_strdup_printf("%s?%s=%s", route->pattern, name, MARKUP_FORM);
        read_pattern(w, uri);
    }
    return true;
}

/* Forms that come back with what was written in them. */
static void
send_forms(Walk *w)
{
    const HjPack *pack = w->county->pack;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        g_autoptr(GString) form = g_string_new(NULL);
        g_string_append_printf(form, "org=%s", home_of(w, ledger));
        for (size_t j = 0; j < ledger->n_fields; j++)
            g_string_append_printf(form, "&%s=%s", ledger->fields[j].name, MARKUP_FORM);
        g_autofree char *uri = g_strdup_printf("/ledgers/%s/new", ledger->name);
        send_form(w, "all", uri, form->str);
        g_autofree char *id = plain_id(w, ledger->name);
        g_autofree char *edit = g_strdup_printf("/ledgers/%s/%s/edit", ledger->name, id);
        g_string_append(form, "&version=1");
        send_form(w, "all", edit, form->str);
        if (ledger->flow == NULL)
            continue;
        g_string_append(form, "&_task=0&_to=" MARKUP_FORM "&_on=" MARKUP_FORM
                              "&_comment=" MARKUP_FORM);
        g_autofree char *act =
            g_strdup_printf("/ledgers/%s/%s/act/%s", ledger->name, id,
                            hj_flow_node(ledger->flow, ledger->flow->start)->actions[0].name);
        send_form(w, "all", act, form->str);
    }
    send_form(w, "all", "/account/phrases", "text=" MARKUP_FORM);
    read_page(w, "/account/phrases");
    send_form(w, NULL, "/sign-in",
              "username=" MARKUP_FORM "&password=" MARKUP_FORM "&next=%2F" MARKUP_FORM);
    send_form(w, "all", "/accounts/new",
              "name=" MARKUP_FORM "&title=" MARKUP_FORM "&password=" MARKUP_FORM
              "&role=" MARKUP_FORM "&org=" MARKUP_FORM);
    send_form(w, "all", "/orgs/" HJ_TEST_VILLAGE "/act",
              "act=rename&name=" MARKUP_FORM "&document=&note=" MARKUP_FORM "&on=" MARKUP_FORM);
    read_page(w, "/" MARKUP_FORM);
    read_page(w, "/orgs/" MARKUP_FORM);
    read_page(w, "/ledgers/" MARKUP_FORM "/7");
}

/* An account that holds every role wherever it may be held: no form is closed to it. */
static void
grant_all(HjTestCounty *county)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    assert_non_null(tx);
    HjOrgTree *tree = hj_org_tree_load(tx, hj_tx_today(tx), &error);
    assert_non_null(tree);
    g_clear_pointer(&tx, hj_tx_end);
    for (size_t i = 0; i < county->pack->n_roles; i++) {
        const HjRole *role = &county->pack->roles[i];
        for (size_t k = 0; k < role->n_at_kinds; k++)
            for (size_t org = 0; role->duty == HJ_DUTY_NONE && org < tree->n_orgs; org++)
                if (g_str_equal(tree->orgs[org].kind, role->at_kinds[k]))
                    hj_test_grant(county, "all", role->name, tree->orgs[org].code);
    }
    hj_org_tree_free(tree);
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    g_autofree char *pack = hj_test_pack("cangxian");
    HjTestCounty *county = hj_test_county_new(kind, pack);
    hj_test_account(county, "all", "administrator", HJ_TEST_COUNTY_CODE);
    grant_all(county);
    return county;
}

static void
test_markup_comes_out_of_every_page_as_text(void **state)
{
    g_autoptr(GError) error = NULL;
    Walk w = { .county = *state, .texts = g_string_chunk_new(256) };
    w.village = hj_test_org(w.county, HJ_TEST_VILLAGE);
    HjStore *store = w.county->fixture->store;
    w.rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(HjTx) tx = hj_store_read(store, &error);
    assert_non_null(tx);
    w.tree = hj_org_tree_load(tx, hj_tx_today(tx), &error);
    assert_non_null(w.tree);
    g_clear_pointer(&tx, hj_tx_end);
    feed_all(&w);
    if (!hj_store_write(store, write_names, &w, &error))
        fail_msg("%s", error->message);
    feed_history(&w);
    hj_test_seal(w.county);
    hj_router_visit(w.county->app, visit, &w);
    send_forms(&w);
    print_message("escaping: %zu pages, %zu marks, %zu unescaped\n", w.n_pages, w.n_found,
                  w.n_wrong);
    size_t n_found = w.n_found, n_wrong = w.n_wrong;
    g_string_chunk_free(w.texts);
    hj_org_tree_free(w.tree);
    g_hash_table_unref(w.rows);
    assert_true(n_found > 300);
    assert_int_equal(n_wrong, 0);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_markup_comes_out_of_every_page_as_text),
};

HJ_FLOW_MAIN(stories, prepare)
