/* Every route × every role × every organization and row: the answers follow the declarations
 * (design.md 6), and no answer holds what lies outside the scope. */
#include "core/account.h"
#include "core/setting.h"
#include "tests/flow/matrix.h"

/* A row of each kind of ledger: open to all, to some, of villages, branches and committees. */
typedef struct {
    const char *ledger, *kinds, *fields; /* %s: the mark; %p: a person of the same place */
} Sample;

static const Sample samples[] = {
    { "person", "county committee village community branch department enterprise",
      "\"name\":\"%s\",\"sex\":\"male\"" },
    { "member", "branch",
      "\"person\":\"%p\",\"status\":\"full\",\"admitted_on\":\"2010-01-01\",\"full_on\":"
      "\"2011-02-01\",\"note\":\"%s\"" },
    { "reserve_cadre", "village community",
      "\"person\":\"%p\",\"listed_on\":\"2018-01-01\",\"note\":\"%s\"" },
    { "contract", "village community",
      "\"object\":\"%s\",\"kind\":\"land\",\"party\":\"x\",\"yearly_price\":1,\"from_on\":"
      "\"2017-01-01\",\"to_on\":\"2019-01-01\"" },
    { "village_site", "village community",
      "\"surveyed_on\":\"2017-01-01\",\"condition\":\"usable\",\"area\":80,\"address\":\"%"
      "s\"" },
    { "judged_result", "committee",
      "\"topic\":\"economy\",\"result\":\"%s\",\"checked_on\":\"2018-05-02\",\"points\":5,"
      "\"document_no\":\"x\"" },
    { "demonstration_village", "village", "\"theme\":\"%s\",\"applied_on\":\"2018-05-01\"" },
    { "publication", "county committee",
      "\"headline\":\"%s\",\"outlet\":\"x\",\"level\":\"%l\",\"published_on\":\"2018-01-01\"" },
};

static void
check_marks(HjMatrix *m, const HjMatrixAsk *ask, const char *uri, const HjTestAnswer *answer)
{
    for (guint i = 0; i < m->rows->len; i++) {
        const HjMatrixRow *row = &g_array_index(m->rows, HjMatrixRow, i);
        if (strstr(answer->body, row->mark) == NULL)
            continue;
        if (hj_matrix_may_read(m, ask->person, row)) {
            m->n_seen++;
            continue;
        }
        if (m->n_leaks++ < 20)
            print_error("leak: %s %s as %s shows %s\n",
                        hj_router_method_name(ask->route->method), uri,
                        ask->person != NULL ? ask->person->name : "nobody", row->mark);
    }
}

/* --- asking --- */

static void
replace_part(GString *uri, const char *part, const char *value)
{
    g_autofree char *braced = g_strdup_printf("{%s}", part);
    g_string_replace(uri, braced, value, 0);
}

static char *
uri_of(const HjMatrix *m, const HjMatrixAsk *ask)
{
    const HjPack *pack = m->county->pack;
    const HjScheme *scheme = &pack->schemes[0];
    const char *code = ask->org >= 0 ? m->tree->orgs[ask->org].code : "";
    const char *item = scheme->lists[0].items[0].name;
    for (size_t i = 0; i < scheme->lists[0].n_items; i++)
        if (scheme->lists[0].items[i].indicator != NULL)
            item = scheme->lists[0].items[i].name;
    GString *uri = g_string_new(ask->route->pattern);
    replace_part(uri, "code", code);
    replace_part(uri, "ledger", ask->ledger != NULL ? ask->ledger->name : "");
    replace_part(uri, "id", ask->id != NULL ? ask->id : "");
    replace_part(uri, "delivery", ask->delivery != NULL ? ask->delivery : "1");
    replace_part(uri, "token", "1");
    replace_part(uri, "indicator", pack->indicators[0].name);
    replace_part(uri, "cadence", pack->n_cadences > 0 ? pack->cadences[0].name : "");
    replace_part(uri, "report", pack->reports[0].name);
    replace_part(uri, "scheme", scheme->name);
    replace_part(uri, "period", g_str_equal(scheme->period, "year") ? "2017" : "2018H1");
    replace_part(uri, "item", item);
    replace_part(uri, "name", "app.css");
    replace_part(uri, "action", "submit");
    bool dated = strstr(ask->route->pattern, "/reports/{report}") != NULL;
    if (dated)
        g_string_append(uri, "?from=2018-01-01&to=2018-06-30");
    /* Every row carries such a mark: what is found must lie in the scope. */
    bool searches = g_str_has_suffix(ask->route->pattern, "/search");
    if (searches)
        g_string_append(uri, "?q=mk");
    dated = dated || searches;
    if (ask->by_query)
        g_string_append_printf(uri, "%s%s=%s", dated ? "&" : "?",
                               g_str_has_suffix(ask->route->pattern, "/new") ? "org" : "under",
                               code);
    return g_string_free(uri, FALSE);
}

/* A body that is well formed and, where it gets through, changes nothing: version 99 is stale,
 * a row without fields lacks what is required. */
static char *
body_of(const HjMatrix *m, const HjMatrixAsk *ask)
{
    const char *pattern = ask->route->pattern;
    const char *code = ask->org >= 0 ? m->tree->orgs[ask->org].code : "130921";
    bool api = g_str_has_prefix(pattern, "/api/");
    if (g_str_has_suffix(pattern, "/rows"))
        return g_strdup_printf("{\"org\":\"%s\",\"fields\":{}}", code);
    if (g_str_has_suffix(pattern, "/rows/{id}") && ask->route->method == HJ_PATCH)
        return g_strdup("{\"version\":99,\"fields\":{}}");
    if (g_str_has_suffix(pattern, "/rows/{id}"))
        return g_strdup("{\"version\":99,\"reason\":\"matrix\"}");
    if (g_str_has_suffix(pattern, "/webhooks/{id}"))
        return g_strdup(!api                             ? "do=rotate"
                        : ask->route->method == HJ_PATCH ? "{\"paused\":true}"
                                                         : "");
    if (g_str_has_suffix(pattern, "/actions/{action}"))
        return g_strdup("{\"version\":99}");
    if (api && g_str_has_suffix(pattern, "/unmask"))
        return g_strdup("{\"reason\":\"matrix asks\"}");
    if (g_str_has_suffix(pattern, "/imports/{id}/undo"))
        return g_strdup("{\"reason\":\"matrix\"}");
    if (g_str_has_suffix(pattern, "/imports/{id}"))
        return g_strdup("do=drop");
    if (api)
        return g_str_has_suffix(pattern, "/session") && ask->route->method == HJ_POST
                   ? g_strdup("{\"username\":\"x\",\"password\":\"y\"}")
                   : NULL;
    if ((g_str_has_suffix(pattern, "/new") || strstr(pattern, "/new/draft") != NULL) &&
        ask->ledger != NULL)
        return g_strdup_printf("org=%s", code);
    if (g_str_has_suffix(pattern, "/void"))
        return g_strdup("version=99&reason=matrix");
    return g_strdup(ask->ledger != NULL ? "version=99" : "");
}

static HjTestAnswer *
send(HjMatrix *m, const HjMatrixAsk *ask, const char *uri)
{
    g_autofree char *body = ask->route->method != HJ_GET ? body_of(m, ask) : NULL;
    const char *account = ask->person != NULL ? ask->person->name : NULL;
    if (g_str_has_prefix(uri, "/api/"))
        return hj_test_send(m->county, account, ask->route->method, uri, NULL, body,
                            body != NULL ? strlen(body) : 0);
    return ask->route->method == HJ_GET ? hj_test_page(m->county, account, uri)
                                        : hj_test_form(m->county, account, uri, body);
}

/* The status where there is no such row at all. */
static int
status_of_nothing(HjMatrix *m, const HjMatrixAsk *ask)
{
    g_autofree char *key =
        g_strdup_printf("%d %s %s %s", ask->route->method, ask->route->pattern,
                        ask->person->name, ask->ledger != NULL ? ask->ledger->name : "");
    gpointer known = g_hash_table_lookup(m->nothing, key);
    if (known == NULL) {
        HjMatrixAsk other = *ask;
        other.id = "1";
        g_autofree char *uri = uri_of(m, &other);
        g_autoptr(HjTestAnswer) answer = send(m, &other, uri);
        known = GINT_TO_POINTER(answer->status);
        g_hash_table_insert(m->nothing, g_steal_pointer(&key), known);
    }
    return GPOINTER_TO_INT(known);
}

/* What lies outside must look as what does not exist. */
static bool
tells_of_existence(HjMatrix *m, const HjMatrixAsk *ask, HjMatrixWanted wanted, int status)
{
    bool hidden = wanted == HJ_MATRIX_ABSENT || wanted == HJ_MATRIX_SHUT;
    return hidden && ask->id != NULL && status != status_of_nothing(m, ask);
}

/* Each route is told a few times, so that one does not hide the others. */
static bool
is_news(HjMatrix *m, const HjRoute *route)
{
    int n = GPOINTER_TO_INT(g_hash_table_lookup(m->told, route)) + 1;
    g_hash_table_insert(m->told, (gpointer)route, GINT_TO_POINTER(n));
    return n <= 4;
}

/* The plain build asks everything.  Sanitizers look for broken memory, which does not depend on
 * who asks for what: a part is plenty there, and several times slower. */
#ifdef __SANITIZE_ADDRESS__
#define ONE_IN 7
#else
#define ONE_IN 1
#endif

static void
ask_once(HjMatrix *m, const HjMatrixAsk *ask)
{
    if (m->n_met++ % ONE_IN != 0)
        return;
    g_autofree char *uri = uri_of(m, ask);
    const char *account = ask->person != NULL ? ask->person->name : NULL;
    g_autoptr(HjTestAnswer) answer = send(m, ask, uri);
    HjMatrixWanted wanted = hj_matrix_wanted(m, ask);
    m->n_asked++;
    if (ask->person != NULL && ask->org >= 0)
        m->n_by_place[hj_matrix_place(m, ask->person->held[0].org, (size_t)ask->org)]++;
    if (!hj_matrix_is_right(ask, wanted, answer) ||
        tells_of_existence(m, ask, wanted, answer->status)) {
        static const char *const words[] = { "open",       "sign-in",    "403",        "404",
                                             "403 or 404", "403 or 422", "open or 404" };
        m->n_wrong++;
        if (is_news(m, ask->route))
            print_error("%s %s as %s: %d instead of %s\n",
                        hj_router_method_name(ask->route->method), uri,
                        account != NULL ? account : "nobody", answer->status, words[wanted]);
    }
    check_marks(m, ask, uri, answer);
}

/* The request as nobody and as everybody. */
static void
ask_all(HjMatrix *m, HjMatrixAsk ask)
{
    ask_once(m, &ask);
    for (guint i = 0; i < m->persons->len; i++) {
        ask.person = &g_array_index(m->persons, HjMatrixPerson, i);
        ask_once(m, &ask);
    }
}

static bool
same_words(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
    for (size_t i = 0; n_a == n_b && i < n_a; i++)
        if (!g_str_equal(a[i], b[i]))
            return false;
    return n_a == n_b;
}

static bool
are_alike(const HjLedger *a, const HjLedger *b)
{
    return same_words((const char *const *)a->see, a->n_see, (const char *const *)b->see,
                      b->n_see) &&
           same_words((const char *const *)a->enter, a->n_enter, (const char *const *)b->enter,
                      b->n_enter) &&
           same_words((const char *const *)a->of, a->n_of, (const char *const *)b->of,
                      b->n_of) &&
           g_strcmp0(a->is, b->is) == 0;
}

/* Every ledger is asked for as a whole; place by place those that have rows and, of the others,
 * the first that is declared so. */
static bool
is_asked_by_place(const HjMatrix *m, const HjLedger *ledger)
{
    for (guint i = 0; i < m->rows->len; i++)
        if (g_array_index(m->rows, HjMatrixRow, i).ledger == ledger)
            return true;
    for (const HjLedger *other = m->county->pack->ledgers; other < ledger; other++)
        if (are_alike(ledger, other))
            return false;
    return true;
}

static void
ask_ledgers(HjMatrix *m, const HjRoute *route)
{
    const HjPack *pack = m->county->pack;
    bool placed = route->method != HJ_GET ||
                  (route->query != NULL && (strstr(route->query, "under") != NULL ||
                                            strchr(route->query, '*') != NULL));
    bool whole = route->method == HJ_GET || hj_matrix_has_no_place(route);
    placed = placed && !hj_matrix_has_no_place(route);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        if (whole)
            ask_all(m, (HjMatrixAsk){ .route = route, .ledger = &pack->ledgers[i], .org = -1 });
        bool placed_too = placed && is_asked_by_place(m, &pack->ledgers[i]);
        for (size_t org = 0; placed_too && org < m->tree->n_orgs; org++)
            ask_all(m, (HjMatrixAsk){ .route = route,
                                      .ledger = &pack->ledgers[i],
                                      .org = (int)org,
                                      .by_query = route->method == HJ_GET });
    }
}

static void
ask_places(HjMatrix *m, const HjRoute *route)
{
    bool part = strstr(route->pattern, "{code}") != NULL;
    bool query = route->query != NULL && strstr(route->query, "under") != NULL;
    if (!part)
        ask_all(m, (HjMatrixAsk){ .route = route, .org = -1 });
    for (size_t org = 0; (part || query) && org < m->tree->n_orgs; org++)
        ask_all(m, (HjMatrixAsk){ .route = route, .org = (int)org, .by_query = !part });
}

/* A file of each row is as open as the row. */
static void
ask_files(HjMatrix *m, const HjRoute *route)
{
    for (guint i = 0; i < m->rows->len; i++) {
        const HjMatrixRow *row = &g_array_index(m->rows, HjMatrixRow, i);
        g_autofree char *id = hj_matrix_file(m, row);
        ask_all(m, (HjMatrixAsk){
                       .route = route, .ledger = row->ledger, .org = (int)row->org, .id = id });
    }
}

/* One webhook of each place; a new one where somebody was let through to change it. */
static void
ask_webhooks(HjMatrix *m, const HjRoute *route)
{
    for (size_t org = 0; org < m->tree->n_orgs; org++) {
        g_autofree char *id = NULL, *delivery = NULL;
        HjMatrixAsk ask = { .route = route, .org = (int)org };
        for (guint i = 0; i <= m->persons->len; i++) {
            ask.person = i > 0 ? &g_array_index(m->persons, HjMatrixPerson, i - 1) : NULL;
            if (id == NULL)
                id = hj_matrix_webhook(m, org, &delivery);
            ask.id = id;
            ask.delivery = delivery;
            ask_once(m, &ask);
            if (route->method != HJ_GET && hj_matrix_wanted(m, &ask) == HJ_MATRIX_OPEN) {
                g_clear_pointer(&id, g_free);
                g_clear_pointer(&delivery, g_free);
            }
        }
    }
}

/* One the person can make such a thing in: not every role enters people. */
static const HjLedger *
ledger_for(const HjMatrix *m, const HjRoute *route, const HjMatrixPerson *person)
{
    const HjPack *pack = m->county->pack;
    HjMatrixAsk ask = { .route = route, .person = person, .org = -1 };
    ask.ledger = hj_pack_ledger(pack, "person");
    for (size_t i = 0; i < pack->n_ledgers && hj_matrix_wanted(m, &ask) != HJ_MATRIX_OPEN; i++)
        ask.ledger = &pack->ledgers[i];
    return hj_matrix_wanted(m, &ask) == HJ_MATRIX_OPEN ? ask.ledger
                                                       : hj_pack_ledger(pack, "person");
}

/* What somebody made for themselves alone: open to them, absent for everybody else. */
static void
ask_owned(HjMatrix *m, const HjRoute *route)
{
    for (guint i = 0; i < m->persons->len; i++) {
        HjMatrixPerson *person = &g_array_index(m->persons, HjMatrixPerson, i);
        const HjLedger *ledger = ledger_for(m, route, person);
        HjMatrixAsk ask = {
            .route = route,
            .person = person,
            .ledger = ledger,
            .owner = person,
            .org = -1,
        };
        if (hj_matrix_wanted(m, &ask) != HJ_MATRIX_OPEN)
            continue;
        g_autofree char *id = hj_matrix_owned(m, route, person, ledger);
        ask.person = NULL;
        ask.id = id;
        ask_all(m, ask);
    }
}

static void
ask_accounts(HjMatrix *m, const HjRoute *route)
{
    for (guint i = 0; i < m->persons->len; i++) {
        const HjMatrixPerson *person = &g_array_index(m->persons, HjMatrixPerson, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(HjTx) tx = hj_store_read(m->county->fixture->store, &error);
        assert_non_null(tx);
        g_autoptr(HjActor) actor = hj_account_actor(tx, m->county->pack, person->name, &error);
        assert_non_null(actor);
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, actor->account);
        g_clear_pointer(&tx, hj_tx_end);
        ask_all(m, (HjMatrixAsk){ .route = route, .org = (int)person->held[0].org, .id = id });
    }
}

static bool
ends_the_session(const HjRoute *route)
{
    return g_str_has_suffix(route->pattern, "/sign-out") ||
           (route->method == HJ_DELETE && g_str_has_suffix(route->pattern, "/session"));
}

static bool
visit(const HjFeature *feature, const HjRoute *route, gpointer data)
{
    (void)feature;
    HjMatrix *m = data;
    m->n_routes++;
    if (ends_the_session(route)) {
        /* Everybody may; only strangers are asked, for the others have more to do. */
        ask_once(m, &(HjMatrixAsk){ .route = route, .org = -1 });
        return true;
    }
    bool ledger = strstr(route->pattern, "{ledger}") != NULL;
    bool id = strstr(route->pattern, "{id}") != NULL;
    for (guint i = 0; ledger && id && i < m->rows->len; i++) {
        const HjMatrixRow *row = &g_array_index(m->rows, HjMatrixRow, i);
        ask_all(m, (HjMatrixAsk){ .route = route,
                                  .ledger = row->ledger,
                                  .org = (int)row->org,
                                  .id = row->id });
    }
    if (ledger && !id)
        ask_ledgers(m, route);
    if (id && hj_matrix_is_owned(route))
        ask_owned(m, route);
    else if (strstr(route->pattern, "/files/{id}") != NULL)
        ask_files(m, route);
    else if (strstr(route->pattern, "/webhooks/{id}") != NULL)
        ask_webhooks(m, route);
    else if (!ledger && id)
        ask_accounts(m, route);
    if (!ledger && !id)
        ask_places(m, route);
    return true;
}

/* --- the county --- */

static bool
has_word(const char *words, const char *word)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    return g_strv_contains((const char *const *)list, word);
}

static const char *
person_of(const HjMatrix *m, size_t org)
{
    for (guint i = 0; i < m->rows->len; i++) {
        const HjMatrixRow *row = &g_array_index(m->rows, HjMatrixRow, i);
        if (row->org == org && g_str_equal(row->ledger->name, "person"))
            return row->id;
    }
    return "";
}

static void
enter_sample(HjMatrix *m, const Sample *sample, size_t org)
{
    const char *code = m->tree->orgs[org].code;
    HjMatrixRow row = { .ledger = hj_pack_ledger(m->county->pack, sample->ledger), .org = org };
    assert_non_null(row.ledger);
    row.mark = g_strdup_printf("mk-%s-%s-", sample->ledger, code);
    g_autoptr(GString) fields = g_string_new(sample->fields);
    g_string_replace(fields, "%s", row.mark, 0);
    g_string_replace(fields, "%p", person_of(m, org), 0);
    const HjField *level = hj_pack_field(row.ledger, "level");
    if (level != NULL)
        g_string_replace(fields, "%l", level->list->items[0].name, 0);
    g_autofree char *body =
        g_strdup_printf("{\"org\":\"%s\",\"fields\":{%s}}", code, fields->str);
    g_autofree char *uri = g_strdup_printf("/api/v1/ledgers/%s/rows", sample->ledger);
    g_autoptr(HjTestAnswer) made = hj_test_post(m->county, "maker", uri, body);
    assert_status(made, 201);
    row.id = g_strdup(hj_test_at(made, "id"));
    g_array_append_val(m->rows, row);
}

static void
enter_rows(HjMatrix *m)
{
    hj_test_account(m->county, "maker", "county_organizer", HJ_TEST_COUNTY_CODE);
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        for (size_t org = 0; org < m->tree->n_orgs; org++)
            if (has_word(samples[i].kinds, m->tree->orgs[org].kind))
                enter_sample(m, &samples[i], org);
    hj_test_seal(m->county);
}

static HjMatrixPerson *
add_person(HjMatrix *m, const HjRole *role, size_t org)
{
    HjMatrixPerson person = { .held = { { .role = role, .org = org } }, .n_held = 1 };
    person.name = g_strdup_printf("%s-%u", role->name, m->persons->len);
    hj_test_account(m->county, person.name, role->name, m->tree->orgs[org].code);
    g_array_append_val(m->persons, person);
    return &g_array_index(m->persons, HjMatrixPerson, m->persons->len - 1);
}

static size_t
index_of(const HjMatrix *m, const char *code)
{
    return (size_t)(hj_org_tree_code(m->tree, code) - m->tree->orgs);
}

/* What one role may do at its place must not spill over to the place of the other. */
static void
add_second(HjMatrix *m, const char *role, const char *code, const char *role2,
           const char *code2)
{
    const HjPack *pack = m->county->pack;
    HjMatrixPerson *person = add_person(m, hj_pack_role(pack, role), index_of(m, code));
    hj_test_grant(m->county, person->name, role2, code2);
    person->held[1] =
        (HjMatrixHeld){ .role = hj_pack_role(pack, role2), .org = index_of(m, code2) };
    person->n_held = 2;
}

/* Each role at the first organization of each kind where it may be held; the first village has
 * a sibling and a stranger. */
static void
enter_persons(HjMatrix *m)
{
    const HjPack *pack = m->county->pack;
    for (size_t i = 0; i < pack->n_roles; i++) {
        const HjRole *role = &pack->roles[i];
        for (size_t k = 0; k < role->n_at_kinds; k++) {
            size_t org = 0;
            while (org < m->tree->n_orgs &&
                   !g_str_equal(m->tree->orgs[org].kind, role->at_kinds[k]))
                org++;
            if (org == m->tree->n_orgs)
                continue;
            add_person(m, role, org);
        }
    }
    add_second(m, "township_organizer", HJ_TEST_TOWN, "work_team", HJ_TEST_FOREIGN);
    add_second(m, "branch_secretary", HJ_TEST_VILLAGE, "township_organizer",
               HJ_TEST_OTHER_TOWN);
    add_second(m, "administrator", HJ_TEST_COUNTY_CODE, "work_team", HJ_TEST_SIBLING);
}

static HjTestCounty *
prepare(HjFixtureKind kind)
{
    g_autofree char *pack = hj_test_pack("cangxian");
    return hj_test_county_new(kind, pack);
}

static void
clear_row(gpointer data)
{
    HjMatrixRow *row = data;
    g_free(row->id);
    g_free(row->mark);
}

static void
clear_person(gpointer data)
{
    g_free(((HjMatrixPerson *)data)->name);
}

static bool
separate(HjTx *tx, gpointer data, GError **error)
{
    const HjMatrix *m = data;
    g_autoptr(HjActor) system = hj_actor_system(m->county->pack);
    g_autoptr(HjIssues) issues = hj_issues_new();
    return hj_setting_change(tx, system, "separation", m->separated ? "1" : "0", issues, error);
}

/* The duties concern accounts, settings and the record: the rest was asked before. */
static bool
visit_duties(const HjFeature *feature, const HjRoute *route, gpointer data)
{
    static const char *const concerned[] = { "account.", "event.", "org.view", "pack.view" };
    for (size_t i = 0; i < G_N_ELEMENTS(concerned); i++)
        if (g_str_has_prefix(route->may, concerned[i]))
            return visit(feature, route, data);
    return true;
}

static void
turn(HjMatrix *m, bool separated)
{
    g_autoptr(GError) error = NULL;
    m->separated = separated;
    if (!hj_store_write(m->county->fixture->store, separate, m, &error))
        fail_msg("%s", error->message);
    g_hash_table_remove_all(m->nothing);
}

static void
test_every_route_answers_every_role_as_declared_in_both_modes_of_duties(void **state)
{
    g_autoptr(GError) error = NULL;
    HjMatrix m = { .county = *state };
    m.nothing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    m.told = g_hash_table_new(NULL, NULL);
    m.rows = g_array_new(FALSE, FALSE, sizeof(HjMatrixRow));
    m.persons = g_array_new(FALSE, FALSE, sizeof(HjMatrixPerson));
    g_array_set_clear_func(m.rows, clear_row);
    g_array_set_clear_func(m.persons, clear_person);
    g_autoptr(HjTx) tx = hj_store_read(m.county->fixture->store, &error);
    assert_non_null(tx);
    m.tree = hj_org_tree_load(tx, hj_tx_today(tx), &error);
    assert_non_null(m.tree);
    g_clear_pointer(&tx, hj_tx_end);
    enter_rows(&m);
    enter_persons(&m);
    hj_router_visit(m.county->app, visit, &m);
    size_t n_before = m.n_asked;
    turn(&m, true);
    hj_router_visit(m.county->app, visit_duties, &m);
    assert_true(m.n_asked > n_before);
    turn(&m, false);
    print_message("access matrix: %zu routes, %u accounts, %u rows, %zu organizations: "
                  "%zu requests (own %zu, child %zu, parent %zu, sibling %zu, foreign %zu), "
                  "%zu wrong, %zu rows shown, %zu leaks\n",
                  m.n_routes, m.persons->len, m.rows->len, m.tree->n_orgs, m.n_asked,
                  m.n_by_place[HJ_MATRIX_OWN], m.n_by_place[HJ_MATRIX_CHILD],
                  m.n_by_place[HJ_MATRIX_PARENT], m.n_by_place[HJ_MATRIX_SIBLING],
                  m.n_by_place[HJ_MATRIX_FOREIGN], m.n_wrong, m.n_seen, m.n_leaks);
    size_t n_wrong = m.n_wrong, n_leaks = m.n_leaks;
    assert_true(m.n_seen > 100);
    for (size_t i = 0; i < G_N_ELEMENTS(m.n_by_place); i++)
        assert_true(m.n_by_place[i] > 0);
    g_hash_table_unref(m.nothing);
    g_hash_table_unref(m.told);
    hj_org_tree_free(m.tree);
    g_array_unref(m.rows);
    g_array_unref(m.persons);
    assert_int_equal(n_wrong, 0);
    assert_int_equal(n_leaks, 0);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_every_route_answers_every_role_as_declared_in_both_modes_of_duties),
};

HJ_FLOW_MAIN(stories, prepare)
