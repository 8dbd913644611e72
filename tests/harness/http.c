#include "tests/harness/http.h"

#include "base/crypto.h"
#include "core/account.h"
#include "core/org.h"
#include "core/schema.h"
#include "web/api.h"
#include "web/pages.h"
#include "web/system.h"

#include <stdio.h>
#include <string.h>

#define NOON "2018-06-15T12:00:00+08:00"

static void
must(bool done, const GError *error, const char *what)
{
    if (!done)
        g_error("harness: %s: %s", what, error != NULL ? error->message : "failed");
}

char *
hj_test_pack(const char *name)
{
    return g_build_filename(HJ_TEST_SOURCE, "packs", name, NULL);
}

static HjPack *
load_pack(const char *dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    HjPack *pack = hj_pack_load(dir, problems, &error);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        g_printerr("%s\n", hj_pack_problems_line(problems, i));
    must(pack != NULL, error, dir);
    return pack;
}

static bool
write_schema(HjTx *tx, gpointer data, GError **error)
{
    return hj_schema_apply(tx, data, error);
}

static bool
write_orgs(HjTx *tx, gpointer data, GError **error)
{
    static const HjOrgSeed seeds[] = {
        { HJ_TEST_COUNTY_CODE, "沧县", "county", NULL },
        { HJ_TEST_TOWN, "甲镇", "committee", HJ_TEST_COUNTY_CODE },
        { HJ_TEST_OTHER_TOWN, "乙镇", "committee", HJ_TEST_COUNTY_CODE },
        { "130921D01", "县民政局", "department", HJ_TEST_COUNTY_CODE },
        { HJ_TEST_VILLAGE, "甲一村", "village", HJ_TEST_TOWN },
        { HJ_TEST_SIBLING, "甲二村", "village", HJ_TEST_TOWN },
        { "130921100001", "甲社区", "community", HJ_TEST_TOWN },
        { "130921100E1", "甲镇钢管厂", "enterprise", HJ_TEST_TOWN },
        { HJ_TEST_FOREIGN, "乙一村", "village", HJ_TEST_OTHER_TOWN },
        { HJ_TEST_VILLAGE "B1", "甲一村党支部", "branch", HJ_TEST_VILLAGE },
        { HJ_TEST_SIBLING "B1", "甲二村党支部", "branch", HJ_TEST_SIBLING },
        { HJ_TEST_FOREIGN "B1", "乙一村党支部", "branch", HJ_TEST_FOREIGN },
    };
    HjOrgSeed known[G_N_ELEMENTS(seeds)];
    size_t n = 0;
    HjDate opened;
    g_autoptr(HjActor) actor = hj_actor_system(data);
    /* A small pack has not all kinds. */
    for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++)
        if (hj_pack_org_kind(data, seeds[i].kind) != NULL)
            known[n++] = seeds[i];
    return hj_date_parse("2000-01-01", &opened, error) &&
           hj_org_seed(tx, actor, known, n, opened, error);
}

HjTestCounty *
hj_test_county_new(HjFixtureKind kind, const char *pack_dir)
{
    static const HjFeature *const features[] = { &hj_feature_system, &hj_feature_pages,
                                                 &hj_feature_api, NULL };
    g_autoptr(GError) error = NULL;
    HjTestCounty *county = g_new0(HjTestCounty, 1);
    county->fixture = hj_store_fixture_new(kind, true);
    county->pack = load_pack(pack_dir);
    HjStore *store = county->fixture->store;
    HjTime noon;
    must(hj_time_parse(NOON, &noon, &error), error, "clock");
    hj_store_set_clock(store, noon);
    must(hj_store_write(store, write_schema, county->pack, &error), error, "schema");
    must(hj_store_write(store, write_orgs, county->pack, &error), error, "organizations");
    county->files_dir = g_dir_make_tmp("hangji-files-XXXXXX", &error);
    must(county->files_dir != NULL, error, "a folder for files");
    county->app = hj_app_new(&(HjAppConfig){
        .store = store,
        .pack = hj_pack_ref(county->pack),
        .features = features,
        .county_name = "沧县",
        .webhook_allow = "https://receiver.county.example",
        .page_cache = true,
        .files = hj_files_open(county->files_dir, NULL),
    });
    county->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    county->csrf = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return county;
}

HjTestCounty *
hj_test_cast_new(HjFixtureKind kind)
{
    g_autofree char *pack = hj_test_pack("cangxian");
    HjTestCounty *county = hj_test_county_new(kind, pack);
    hj_test_account(county, "county", "county_organizer", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "town", "township_organizer", HJ_TEST_TOWN);
    hj_test_account(county, "other", "township_organizer", HJ_TEST_OTHER_TOWN);
    hj_test_account(county, "village", "branch_secretary", HJ_TEST_VILLAGE);
    hj_test_account(county, "team", "work_team", HJ_TEST_VILLAGE);
    hj_test_account(county, "auditor", "auditor", HJ_TEST_COUNTY_CODE);
    hj_test_account(county, "admin", "administrator", HJ_TEST_COUNTY_CODE);
    return county;
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
    }
    remove(path);
}

void
hj_test_county_free(HjTestCounty *county)
{
    remove_tree(county->files_dir);
    g_free(county->files_dir);
    hj_app_free(county->app); /* and the store with it */
    county->fixture->store = NULL;
    hj_store_fixture_free(county->fixture);
    hj_pack_unref(county->pack);
    g_hash_table_unref(county->tokens);
    g_hash_table_unref(county->csrf);
    g_free(county);
}

int64_t
hj_test_org(HjTestCounty *county, const char *code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(county->fixture->store, &error);
    int64_t id = 0;
    must(tx != NULL && hj_org_find(tx, code, &id, &error) && id != 0, error, code);
    return id;
}

typedef struct {
    HjPack *pack;
    const char *name, *role, *org, *hash;
    bool only_grant;
    HjSessionKeys keys;
} NewAccount;

static bool
write_account(HjTx *tx, gpointer data, GError **error)
{
    NewAccount *new = data;
    g_autoptr(HjActor) actor = hj_actor_system(new->pack);
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t id = 0;
    int64_t org = 0;
    if (!hj_org_find(tx, new->org, &org, error))
        return false;
    if (new->only_grant) {
        g_autoptr(HjActor) held = hj_account_actor(tx, new->pack, new->name, error);
        return held != NULL &&
               hj_account_grant(tx, actor, held->account, new->role, org, issues, error);
    }
    if (!hj_account_create(tx, actor, new->name, new->name, new->hash, issues, &id, error) ||
        !hj_account_grant(tx, actor, id, new->role, org, issues, error))
        return false;
    HjAccountProof proof = { 0 };
    bool ok = false;
    bool done = hj_account_proof(tx, new->name, &proof, error) &&
                hj_account_sign_in(tx, &proof, new->name, true, "api", &ok, &new->keys, error);
    hj_account_proof_clear(&proof);
    return done && ok;
}

void
hj_test_account(HjTestCounty *county, const char *name, const char *role, const char *org_code)
{
    /* One real hash for everybody: Argon2 takes its time. */
    static char *hash = NULL;
    g_autoptr(GError) error = NULL;
    if (hash == NULL)
        hash = hj_crypto_password_hash(HJ_TEST_PASSWORD, &error);
    must(hash != NULL, error, "password");
    NewAccount new = {
        .pack = county->pack, .name = name, .role = role, .org = org_code, .hash = hash
    };
    must(hj_store_write(county->fixture->store, write_account, &new, &error), error, name);
    g_hash_table_insert(county->tokens, g_strdup(name), g_strdup(new.keys.token));
    g_hash_table_insert(county->csrf, g_strdup(name), g_strdup(new.keys.csrf));
}

void
hj_test_grant(HjTestCounty *county, const char *name, const char *role, const char *org_code)
{
    g_autoptr(GError) error = NULL;
    NewAccount new = {
        .pack = county->pack, .name = name, .role = role, .org = org_code, .only_grant = true
    };
    must(hj_store_write(county->fixture->store, write_account, &new, &error), error, name);
}

/* On PostgreSQL any older transaction of the server holds events back, other tests' included.
 */
void
hj_test_seal(HjTestCounty *county)
{
    HjStoreFixture *f = county->fixture;
    int64_t waiting = 1;
    for (int tries = 0; tries < 500 && waiting > 0; tries++) {
        g_autoptr(GError) error = NULL;
        HjSealReport report = { 0 };
        if (tries > 0)
            g_usleep(20000);
        must(hj_seal_run(f->store, f->keys, f->head_path, NULL, &error), error, "seal");
        must(hj_seal_verify(f->store, f->keys, f->head_path, &report, &error), error, "verify");
        waiting = report.n_unsealed;
        hj_seal_report_clear(&report);
    }
}

void
hj_test_answer_free(HjTestAnswer *answer)
{
    if (answer == NULL)
        return;
    g_free(answer->type);
    g_free(answer->body);
    hj_json_free(answer->json);
    g_ptr_array_unref(answer->headers);
    g_free(answer);
}

static HjTestAnswer *
answer_of(const HjResponse *res)
{
    HjTestAnswer *answer = g_new0(HjTestAnswer, 1);
    gsize n = 0;
    const char *bytes = res->bytes != NULL  ? g_bytes_get_data(res->bytes, &n)
                        : res->body != NULL ? res->body->str
                                            : "";
    if (res->bytes == NULL && res->body != NULL)
        n = res->body->len;
    answer->status = res->status;
    answer->type = g_strdup(res->type);
    answer->body = g_malloc0(n + 1); /* it may hold any byte */
    if (n > 0)
        memcpy(answer->body, bytes, n);
    answer->n_body = n;
    answer->headers = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; res->headers != NULL && i < res->headers->len; i++)
        g_ptr_array_add(answer->headers, g_strdup(g_ptr_array_index(res->headers, i)));
    if (res->type != NULL && strstr(res->type, "json") != NULL) {
        g_autoptr(GError) error = NULL;
        answer->json = hj_json_parse(answer->body, n, &error);
        if (answer->json == NULL)
            g_error("harness: an answer is no JSON: %s: %s", error->message, answer->body);
    }
    return answer;
}

typedef struct {
    HjTestCounty *county;
    const char *account;
    bool browser;
} Sender;

static HjTestAnswer *
dispatch(const Sender *from, HjMethod method, const char *uri, const char *type,
         const HjTestHeader *extra, const char *body, size_t n_body)
{
    g_autoptr(GPtrArray) headers = g_ptr_array_new();
    g_autofree char *identity = NULL;
    const char *token = NULL;
    if (from->account != NULL) {
        token = g_hash_table_lookup(from->county->tokens, from->account);
        must(token != NULL, NULL, from->account);
        identity = g_strconcat(from->browser ? "hangji=" : "Bearer ", token, NULL);
        g_ptr_array_add(headers, (gpointer)(from->browser ? "cookie" : "authorization"));
        g_ptr_array_add(headers, identity);
    }
    if (type != NULL) {
        g_ptr_array_add(headers, (gpointer) "content-type");
        g_ptr_array_add(headers, (gpointer)type);
    }
    for (; extra != NULL && extra->name != NULL; extra++) {
        g_ptr_array_add(headers, (gpointer)extra->name);
        g_ptr_array_add(headers, (gpointer)extra->value);
    }
    g_ptr_array_add(headers, NULL);
    HjRawRequest raw = {
        .method = method,
        .method_name = hj_router_method_name(method),
        .uri = uri,
        .headers = (const char *const *)headers->pdata,
        .body = body,
        .n_body = n_body,
        .remote = "127.0.0.1",
    };
    HjResponse *res = hj_router_dispatch(from->county->app, &raw);
    HjTestAnswer *answer = answer_of(res);
    hj_response_free(res);
    return answer;
}

HjTestAnswer *
hj_test_send(HjTestCounty *county, const char *account, HjMethod method, const char *uri,
             const HjTestHeader *extra, const char *body, size_t n_body)
{
    const Sender from = { .county = county, .account = account };
    return dispatch(&from, method, uri, body != NULL ? "application/json" : NULL, extra, body,
                    n_body);
}

#define MARK "--------------hangji"

HjTestAnswer *
hj_test_upload_with(HjTestCounty *county, const char *account, const char *uri,
                    const HjTestPart *parts, const HjTestHeader *extra)
{
    const Sender from = { .county = county,
                          .account = account,
                          .browser = !g_str_has_prefix(uri, "/api/") };
    g_autoptr(GString) body = g_string_new(NULL);
    const char *csrf =
        from.browser && account != NULL ? g_hash_table_lookup(county->csrf, account) : NULL;
    if (csrf != NULL)
        g_string_append_printf(body,
                               "--" MARK "\r\nContent-Disposition: form-data; name=\"csrf\""
                               "\r\n\r\n%s\r\n",
                               csrf);
    for (; parts->name != NULL; parts++) {
        g_string_append_printf(
            body, "--" MARK "\r\nContent-Disposition: form-data; name=\"%s\"", parts->name);
        if (parts->file != NULL)
            g_string_append_printf(body, "; filename=\"%s\"", parts->file);
        g_string_append(body, "\r\n\r\n");
        g_string_append_len(body, parts->bytes,
                            (gssize)(parts->n > 0 ? parts->n : strlen(parts->bytes)));
        g_string_append(body, "\r\n");
    }
    g_string_append(body, "--" MARK "--\r\n");
    return dispatch(&from, HJ_POST, uri, "multipart/form-data; boundary=" MARK, extra,
                    body->str, body->len);
}

HjTestAnswer *
hj_test_upload(HjTestCounty *county, const char *account, const char *uri,
               const HjTestPart *parts)
{
    return hj_test_upload_with(county, account, uri, parts, NULL);
}

static HjTestAnswer *
send_json(HjTestCounty *county, const char *account, HjMethod method, const char *uri,
          const char *json)
{
    return hj_test_send(county, account, method, uri, NULL, json,
                        json != NULL ? strlen(json) : 0);
}

HjTestAnswer *
hj_test_get(HjTestCounty *county, const char *account, const char *uri)
{
    return send_json(county, account, HJ_GET, uri, NULL);
}

HjTestAnswer *
hj_test_post(HjTestCounty *county, const char *account, const char *uri, const char *json)
{
    return send_json(county, account, HJ_POST, uri, json);
}

HjTestAnswer *
hj_test_patch(HjTestCounty *county, const char *account, const char *uri, const char *json)
{
    return send_json(county, account, HJ_PATCH, uri, json);
}

HjTestAnswer *
hj_test_delete(HjTestCounty *county, const char *account, const char *uri, const char *json)
{
    return send_json(county, account, HJ_DELETE, uri, json);
}

HjTestAnswer *
hj_test_page(HjTestCounty *county, const char *account, const char *uri)
{
    const Sender from = { .county = county, .account = account, .browser = true };
    return dispatch(&from, HJ_GET, uri, NULL, NULL, NULL, 0);
}

HjTestAnswer *
hj_test_form_with(HjTestCounty *county, const char *account, const char *uri, const char *form,
                  const HjTestHeader *extra)
{
    const Sender from = { .county = county, .account = account, .browser = true };
    const char *csrf = account != NULL ? g_hash_table_lookup(county->csrf, account) : NULL;
    g_autofree char *body =
        csrf != NULL ? g_strdup_printf("csrf=%s%s%s", csrf, *form != '\0' ? "&" : "", form)
                     : g_strdup(form);
    return dispatch(&from, HJ_POST, uri, "application/x-www-form-urlencoded", extra, body,
                    strlen(body));
}

HjTestAnswer *
hj_test_form(HjTestCounty *county, const char *account, const char *uri, const char *form)
{
    return hj_test_form_with(county, account, uri, form, NULL);
}

const char *
hj_test_header(const HjTestAnswer *answer, const char *name)
{
    for (guint i = 0; i + 1 < answer->headers->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(answer->headers, i), name) == 0)
            return g_ptr_array_index(answer->headers, i + 1);
    return NULL;
}

const HjJson *
hj_test_node(const HjTestAnswer *answer, const char *path)
{
    const HjJson *node = answer->json;
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);
    for (size_t i = 0; steps[i] != NULL && node != NULL; i++) {
        if (hj_json_kind(node) == HJ_JSON_ARRAY) {
            guint64 index = 0;
            bool right = g_ascii_string_to_unsigned(steps[i], 10, 0, 100000, &index, NULL);
            node = right && index < hj_json_count(node) ? hj_json_at(node, index) : NULL;
        } else if (hj_json_kind(node) == HJ_JSON_OBJECT) {
            node = hj_json_get(node, steps[i]);
        } else {
            node = NULL;
        }
    }
    return node;
}

const char *
hj_test_at(const HjTestAnswer *answer, const char *path)
{
    static char *shown = NULL;
    const HjJson *node = hj_test_node(answer, path);
    if (node == NULL)
        return NULL;
    g_clear_pointer(&shown, g_free);
    switch (hj_json_kind(node)) {
    case HJ_JSON_STRING:
        return hj_json_string(node);
    case HJ_JSON_INTEGER:
        shown = g_strdup_printf("%" G_GINT64_FORMAT, hj_json_integer(node));
        return shown;
    case HJ_JSON_REAL:
        return hj_json_number(node);
    case HJ_JSON_BOOL:
        return hj_json_bool(node) ? "true" : "false";
    case HJ_JSON_NULL:
        return "null";
    case HJ_JSON_ARRAY:
    case HJ_JSON_OBJECT:
        break;
    }
    return "";
}

size_t
hj_test_count(const HjTestAnswer *answer)
{
    const HjJson *items = hj_test_node(answer, "items");
    return items != NULL ? hj_json_count(items) : 0;
}

const char *
hj_test_issue(const HjTestAnswer *answer, const char *field)
{
    const HjJson *errors = hj_test_node(answer, "errors");
    for (size_t i = 0; errors != NULL && i < hj_json_count(errors); i++) {
        const HjJson *issue = hj_json_at(errors, i);
        if (g_strcmp0(hj_json_string(hj_json_get(issue, "field")), field) == 0)
            return hj_json_string(hj_json_get(issue, "code"));
    }
    return "none";
}
