#include "base/crypto.h"
#include "base/log.h"
#include "core/account.h"
#include "core/org.h"
#include "core/schema.h"
#include "store/driver.h"
#include "store/event.h"
#include "tests/harness/pack_fixture.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"
#include "web/router.h"
#include "web/system.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)

static const char roles_yaml[] = "roles:\n"
                                 "  - role: county_organizer\n"
                                 "    title: {zh: 县级组织员, en: County organizer}\n"
                                 "    at: [county]\n"
                                 "    may: [ledger.view, ledger.enter, org.view, org.manage, "
                                 "account.view, account.manage, account.grant]\n"
                                 "  - role: liaison\n"
                                 "    title: {zh: 联络员, en: Liaison}\n"
                                 "    at: [committee]\n"
                                 "    may: [ledger.view]\n";

/* --- a small feature --- */

static int n_page_runs, n_write_tries, n_prepared;
static int busy_left; /* how many tries still meet a busy database */

static HjResponse *
get_open(HjRequest *req, GError **error)
{
    (void)error;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_emit_text(&out, hj_request_actor(req) != NULL ? hj_request_actor(req)->name : "nobody");
    hj_emit_text(&out, hj_i18n_code(hj_request_lang(req)));
    hj_emit_text(&out, hj_request_notice(req));
    return res;
}

/* Shows the name of the county as committed, so that a stale page is seen. */
static HjResponse *
get_page(HjRequest *req, GError **error)
{
    n_page_runs++;
    g_autoptr(HjRows) rows = hj_tx_query(
        hj_request_tx(req), error,
        "SELECT n.name AS name FROM sys_org_name n JOIN sys_org o ON o.county = n.county AND "
        "o.id = n.org WHERE n.county = $1 AND o.code = '130921' AND n.to_on = '9999-12-31'",
        HJ_I64(hj_tx_county(hj_request_tx(req))));
    if (rows == NULL)
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    while (hj_rows_next(rows))
        hj_emit_text(&out, hj_rows_text(rows, "name"));
    hj_emit_text(&out, hj_request_query(req, "q"));
    return res;
}

static bool
append_event(HjTx *tx, GError **error)
{
    return hj_event_append(tx, &(HjEvent){ .action = "row.create", .subject = "row", .row = 1 },
                           error);
}

static HjResponse *
post_page(HjRequest *req, GError **error)
{
    if (!append_event(hj_request_tx(req), error))
        return NULL;
    assert_null(hj_request_form(req, "csrf"));
    const char *to = hj_request_form(req, "to");
    return hj_response_see_other(req, to != NULL ? to : "/page", "It is saved.");
}

static bool
prepare_thing(HjRequest *req, GError **error)
{
    (void)error;
    n_prepared++;
    assert_non_null(hj_request_actor(req));
    hj_request_set_prepared(req, g_strdup("ready"), g_free);
    return true;
}

static HjResponse *
post_thing(HjRequest *req, GError **error)
{
    n_write_tries++;
    assert_string_equal(hj_request_prepared(req), "ready");
    assert_int_equal(hj_issues_count(hj_request_issues(req)), 0);
    hj_issues_add(hj_request_issues(req), "name", "required", N_("Something is missing."));
    if (busy_left > 0) {
        busy_left--;
        hj_error_log(error, HJ_ERROR_BUSY, "test: busy");
        return NULL;
    }
    const HjJson *name = hj_json_get(hj_request_json(req), "name");
    if (name == NULL) {
        hj_fail(error, HJ_ERROR_INVALID, "Something that was entered has to be corrected.");
        return NULL;
    }
    if (!append_event(hj_request_tx(req), error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 201, &w);
    hj_json_begin_object(&w);
    hj_json_key(&w, "try");
    hj_json_i64(&w, n_write_tries);
    hj_json_end_object(&w);
    return res;
}

static HjResponse *
get_part(HjRequest *req, GError **error)
{
    int64_t id = 0;
    if (!hj_request_part_i64(req, "id", &id, error))
        return NULL;
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_emit_i64(&out, id);
    return res;
}

static HjResponse *
get_broken(HjRequest *req, GError **error)
{
    (void)req;
    hj_error_log(error, HJ_ERROR_STORE, "the secret cause");
    return NULL;
}

static const HjRoute routes[] = {
    { HJ_GET, "/", get_open, .may = HJ_PUBLIC },
    { HJ_GET, "/page", get_page, .may = "ledger.view", .query = "q", .cache = true },
    { HJ_POST, "/page", post_page, .may = "ledger.enter" },
    { HJ_GET, "/mine", get_open, .may = HJ_SIGNED_IN },
    { HJ_GET, "/things/new", get_open, .may = "ledger.view" },
    { HJ_GET, "/things/{id}", get_part, .may = "ledger.view" },
    { HJ_DELETE, "/things/{id}", get_part, .may = "ledger.enter" },
    { HJ_GET, "/broken", get_broken, .may = HJ_PUBLIC },
    { HJ_GET, "/api/v1/broken", get_broken, .may = HJ_PUBLIC },
    { HJ_POST, "/api/v1/things", post_thing, .may = "ledger.enter", .prepare = prepare_thing },
    { HJ_POST, "/say", post_page, .may = HJ_PUBLIC },
    { 0 },
};
static const HjFeature feature = { "test", routes };
static const HjFeature *const features[] = { &hj_feature_system, &feature, NULL };

/* --- a county to ask --- */

typedef struct {
    HjPackFixture *packs;
    HjStoreFixture *stores;
    HjPack *pack;
    HjApp *app;
    HjTime now;
    HjSessionKeys organizer, liaison;
} World;

typedef struct {
    World *world;
    const char *name, *role, *org;
    HjSessionKeys *keys;
} SignIn;

static bool
write_account(HjTx *tx, gpointer data, GError **error)
{
    SignIn *in = data;
    g_autoptr(HjActor) system = hj_actor_system(in->world->pack);
    g_autoptr(HjIssues) issues = hj_issues_new();
    int64_t org = 0, account = 0;
    bool ok = false;
    HjAccountProof proof = { 0 };
    bool done =
        hj_org_find(tx, in->org, &org, error) &&
        hj_account_create(tx, system, in->name, in->name, "no hash", issues, &account, error) &&
        hj_account_grant(tx, system, account, in->role, org, issues, error) &&
        hj_account_proof(tx, in->name, &proof, error) &&
        hj_account_sign_in(tx, &proof, in->name, true, "page", &ok, in->keys, error);
    hj_account_proof_clear(&proof);
    return done && ok;
}

static bool
write_county(HjTx *tx, gpointer data, GError **error)
{
    World *world = data;
    static const HjOrgSeed seeds[] = { { "130921", "沧县", "county", NULL },
                                       { "130921100", "甲镇", "committee", "130921" } };
    g_autoptr(HjActor) system = hj_actor_system(world->pack);
    return hj_schema_apply(tx, world->pack, error) &&
           hj_org_seed(tx, system, seeds, G_N_ELEMENTS(seeds), hj_date_make(2017, 1, 1), error);
}

static void
write_or_fail(World *world, HjWriteFn fn, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!hj_store_write(hj_app_store(world->app), fn, data, &error))
        fail_msg("%s", error->message);
}

static World *
world_new(HjFixtureKind kind)
{
    World *world = g_new0(World, 1);
    world->packs = hj_pack_fixture_new();
    hj_pack_fixture_write(world->packs, "roles.yaml", roles_yaml);
    world->stores = hj_store_fixture_new(kind, true);
    world->pack = hj_pack_fixture_load(world->packs);
    assert_true(hj_time_parse("2018-06-15T12:00:00+08:00", &world->now, NULL));
    hj_store_set_clock(world->stores->store, world->now);
    world->app = hj_app_new(&(HjAppConfig){ .store = world->stores->store,
                                            .pack = hj_pack_ref(world->pack),
                                            .features = features,
                                            .county_name = "沧县",
                                            .metrics_token = "metrics-token",
                                            .page_cache = true });
    write_or_fail(world, write_county, world);
    SignIn organizer = { world, "organizer", "county_organizer", "130921", &world->organizer };
    SignIn liaison = { world, "liaison", "liaison", "130921100", &world->liaison };
    write_or_fail(world, write_account, &organizer);
    write_or_fail(world, write_account, &liaison);
    n_page_runs = n_write_tries = n_prepared = busy_left = 0;
    return world;
}

static HjFixtureKind kind = HJ_FIXTURE_SQLITE;

static int
set_up(void **state)
{
    *state = world_new(kind);
    return 0;
}

/* Where a server would be asked before every page whether anybody committed, none is kept. */
static int
runs(World *world, int cached, int uncached)
{
    return hj_store_driver(hj_app_store(world->app))->generation_asks ? uncached : cached;
}

static int
tear_down(void **state)
{
    World *world = *state;
    hj_app_free(world->app);
    world->stores->store = NULL;
    hj_store_fixture_free(world->stores);
    hj_pack_unref(world->pack);
    hj_pack_fixture_free(world->packs);
    g_free(world);
    return 0;
}

typedef struct {
    const char *cookie, *bearer, *type, *body;
    const char *extra[8]; /* name, value, … */
} Ask;

static HjResponse *
ask(World *world, const char *method, const char *uri, const Ask *with)
{
    const char *headers[32] = { "host", "hangji.test" };
    size_t n = 2;
    g_autofree char *cookie =
        with->cookie != NULL ? g_strconcat("hangji=", with->cookie, NULL) : NULL;
    g_autofree char *bearer =
        with->bearer != NULL ? g_strconcat("Bearer ", with->bearer, NULL) : NULL;
    const char *const own[][2] = { { "cookie", cookie },
                                   { "authorization", bearer },
                                   { "content-type", with->type } };
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (own[i][1] == NULL)
            continue;
        headers[n++] = own[i][0];
        headers[n++] = own[i][1];
    }
    for (size_t i = 0; with->extra[i] != NULL; i++)
        headers[n++] = with->extra[i];
    HjRawRequest raw = { .method_name = method,
                         .uri = uri,
                         .headers = headers,
                         .body = with->body,
                         .n_body = with->body != NULL ? strlen(with->body) : 0 };
    for (int i = HJ_GET; i <= HJ_DELETE; i++) {
        if (g_str_equal(hj_router_method_name((HjMethod)i), method))
            raw.method = (HjMethod)i;
    }
    return hj_router_dispatch(world->app, &raw);
}

static const char *
header(const HjResponse *res, const char *name)
{
    for (guint i = 0; res->headers != NULL && i + 1 < res->headers->len; i += 2) {
        if (g_ascii_strcasecmp(g_ptr_array_index(res->headers, i), name) == 0)
            return g_ptr_array_index(res->headers, i + 1);
    }
    return NULL;
}

static char *
text(const HjResponse *res)
{
    if (res->bytes == NULL)
        return g_strdup(res->body != NULL ? res->body->str : "");
    gsize n = 0;
    const char *data = g_bytes_get_data(res->bytes, &n);
    return g_strndup(data, n);
}

static void
expect(World *world, const char *method, const char *uri, const Ask *with, int status)
{
    g_autoptr(HjResponse) res = ask(world, method, uri, with);
    if (res->status != status) {
        g_autofree char *body = text(res);
        fail_msg("%s %s: %d instead of %d: %s", method, uri, res->status, status, body);
    }
}

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

static void
test_the_table_decides_between_200_404_and_405(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    expect(world, "GET", "/things/7", &in, 200);
    expect(world, "GET", "/things/new", &in, 200);
    expect(world, "GET", "/things/x", &in, 404);
    expect(world, "GET", "/nothing", &in, 404);
    expect(world, "GET", "/things/7/", &in, 404);
    expect(world, "HEAD", "/things/7", &in, 200);
    g_autoptr(HjResponse) res = ask(world, "PATCH", "/things/7", &in);
    assert_int_equal(res->status, 405);
    assert_string_equal(header(res, "Allow"), "GET, HEAD, DELETE, OPTIONS");
    expect(world, "TRACE", "/things/7", &in, 405);
    expect(world, "OPTIONS", "/nothing", &in, 404);
}

static void
test_what_is_not_well_formed_is_400_and_what_is_unknown_too(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    static const char *const bad[] = { "/page?x=1",  "/page?q=%ff", "/page?q=%",  "/%ff",
                                       "/a/../page", "/page?q=%00", "/things/7?a" };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        expect(world, "GET", bad[i], &in, 400);
    expect(world, "GET", "/page?q=%E6%B2%A7", &in, 200);
    Ask broken = { .cookie = world->organizer.token,
                   .type = FORM,
                   .body = "csrf=a&name=%E6%B2" };
    expect(world, "POST", "/page", &broken, 400);
    Ask with_body = { .cookie = world->organizer.token, .type = FORM, .body = "a=b" };
    expect(world, "GET", "/page", &with_body, 400);
}

static void
test_bodies_of_other_types_and_sizes_are_refused(void **state)
{
    World *world = *state;
    Ask xml = { .bearer = world->organizer.token, .type = "text/xml", .body = "<a/>" };
    expect(world, "POST", "/api/v1/things", &xml, 415);
    Ask untyped = { .bearer = world->organizer.token, .body = "{}" };
    expect(world, "POST", "/api/v1/things", &untyped, 415);
    Ask form = { .bearer = world->organizer.token, .type = FORM, .body = "a=b" };
    expect(world, "POST", "/api/v1/things", &form, 415);
    Ask list = { .bearer = world->organizer.token, .type = JSON, .body = "[]" };
    expect(world, "POST", "/api/v1/things", &list, 422);
    Ask cut = { .bearer = world->organizer.token, .type = JSON, .body = "{" };
    expect(world, "POST", "/api/v1/things", &cut, 400);
    g_autofree char *large = g_strnfill(HJ_REQUEST_MAX_BODY + 1, 'a');
    Ask huge = { .bearer = world->organizer.token, .type = JSON, .body = large };
    expect(world, "POST", "/api/v1/things", &huge, 413);
    assert_int_equal(n_write_tries, 0);
}

static void
test_signed_out_pages_lead_to_sign_in_and_the_api_says_401(void **state)
{
    World *world = *state;
    Ask nobody = { 0 };
    g_autoptr(HjResponse) page = ask(world, "GET", "/page?q=a%26b", &nobody);
    assert_int_equal(page->status, 303);
    assert_string_equal(header(page, "Location"), "/sign-in?next=/page%3Fq%3Da%2526b");
    g_autoptr(HjResponse) api = ask(world, "POST", "/api/v1/things", &nobody);
    assert_int_equal(api->status, 401);
    assert_string_equal(api->type, "application/problem+json");
    assert_string_equal(header(api, "WWW-Authenticate"), "Bearer");
    Ask wrong = { .bearer = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    expect(world, "POST", "/api/v1/things", &wrong, 401);
    expect(world, "GET", "/", &nobody, 200);
}

static void
test_a_right_that_is_not_held_is_403(void **state)
{
    World *world = *state;
    Ask liaison = { .cookie = world->liaison.token };
    expect(world, "GET", "/page", &liaison, 200);
    Ask write = { .bearer = world->liaison.token, .type = JSON, .body = "{\"name\":\"a\"}" };
    expect(world, "POST", "/api/v1/things", &write, 403);
    assert_int_equal(n_prepared, 0);
}

static void
test_a_form_needs_its_token_and_its_own_site(void **state)
{
    World *world = *state;
    g_autofree char *right = g_strconcat("csrf=", world->organizer.csrf, NULL);
    Ask in = { .cookie = world->organizer.token, .type = FORM };
    expect(world, "POST", "/page", &in, 403);
    in.body = "csrf=wrong";
    expect(world, "POST", "/page", &in, 403);
    g_autofree char *others = g_strconcat("csrf=", world->liaison.csrf, NULL);
    in.body = others;
    expect(world, "POST", "/page", &in, 403);
    in.body = right;
    expect(world, "POST", "/page", &in, 303);
    Ask cross = { .cookie = in.cookie,
                  .type = FORM,
                  .body = right,
                  .extra = { "sec-fetch-site", "cross-site" } };
    expect(world, "POST", "/page", &cross, 403);
    Ask origin = { .cookie = in.cookie,
                   .type = FORM,
                   .body = right,
                   .extra = { "origin", "https://evil.test" } };
    expect(world, "POST", "/page", &origin, 403);
    Ask same = { .cookie = in.cookie,
                 .type = FORM,
                 .body = right,
                 .extra = { "origin", "https://hangji.test", "sec-fetch-site",
                            "same-origin" } };
    expect(world, "POST", "/page", &same, 303);
    Ask script = { .cookie = in.cookie, .extra = { "x-csrf-token", world->organizer.csrf } };
    expect(world, "DELETE", "/things/7", &script, 200);
    Ask sign_in = { .type = FORM, .body = "a=b", .extra = { "sec-fetch-site", "cross-site" } };
    expect(world, "POST", "/say", &sign_in, 403);
}

static void
test_a_notice_is_shown_once_and_an_address_elsewhere_is_not_followed(void **state)
{
    World *world = *state;
    g_autofree char *form =
        g_strconcat("csrf=", world->organizer.csrf, "&to=%2F%2Fevil.test", NULL);
    Ask in = { .cookie = world->organizer.token, .type = FORM, .body = form };
    g_autoptr(HjResponse) saved = ask(world, "POST", "/page", &in);
    assert_int_equal(saved->status, 303);
    assert_string_equal(header(saved, "Location"), "/");
    g_auto(GStrv) cookie = g_strsplit(header(saved, "Set-Cookie"), ";", 2);
    Ask next = { .extra = { "cookie", cookie[0] } };
    g_autoptr(HjResponse) page = ask(world, "GET", "/", &next);
    g_autofree char *body = text(page);
    assert_non_null(strstr(body, "It is saved."));
    assert_non_null(strstr(header(page, "Set-Cookie"), "notice=;"));
    Ask forged = { .extra = { "cookie", "notice=00112233" } };
    g_autoptr(HjResponse) quiet = ask(world, "GET", "/", &forged);
    g_autofree char *same = text(quiet);
    assert_string_equal(same, "nobodyzh");
}

static void
test_every_answer_carries_the_strict_headers(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    static const char *const uris[] = {
        "/page", "/page", "/nothing", "/healthz", "/broken", "/"
    };
    static const char *const names[] = { "X-Content-Type-Options",
                                         "X-Frame-Options",
                                         "Referrer-Policy",
                                         "Permissions-Policy",
                                         "Cross-Origin-Opener-Policy",
                                         "Cache-Control" };
    for (size_t i = 0; i < G_N_ELEMENTS(uris); i++) {
        g_autoptr(HjResponse) res = ask(world, "GET", uris[i], &in);
        assert_string_equal(
            header(res, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'");
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++)
            assert_non_null(header(res, names[j]));
    }
}

static void
test_a_broken_page_shows_a_number_and_not_the_cause(void **state)
{
    World *world = *state;
    Ask nobody = { 0 };
    g_autoptr(HjResponse) page = ask(world, "GET", "/broken", &nobody);
    g_autofree char *html = text(page);
    assert_int_equal(page->status, 500);
    assert_null(strstr(html, "secret cause"));
    g_autoptr(HjResponse) api = ask(world, "GET", "/api/v1/broken", &nobody);
    g_autofree char *json = text(api);
    assert_string_equal(api->type, "application/problem+json");
    assert_null(strstr(json, "secret cause"));
    assert_non_null(strstr(json, "\"instance\":\""));
}

static void
test_the_language_is_the_accounts_or_the_browsers(void **state)
{
    World *world = *state;
    static const struct {
        const char *name, *value, *says;
    } rows[] = { { "x-none", "", "nobodyzh" },
                 { "accept-language", "en-GB,en", "nobodyen" },
                 { "cookie", "lang=en", "nobodyen" } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Ask with = { .extra = { rows[i].name, rows[i].value } };
        g_autoptr(HjResponse) res = ask(world, "GET", "/", &with);
        g_autofree char *body = text(res);
        assert_string_equal(body, rows[i].says);
    }
    Ask in = { .cookie = world->organizer.token, .extra = { "accept-language", "en" } };
    g_autoptr(HjResponse) res = ask(world, "GET", "/", &in);
    g_autofree char *body = text(res);
    assert_string_equal(body, "organizerzh");
}

/* --- the page cache --- */

static void
test_a_page_is_made_once_while_nothing_is_committed(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    for (int i = 0; i < 3; i++)
        expect(world, "GET", "/page", &in, 200);
    assert_int_equal(n_page_runs, runs(world, 1, 3));
    expect(world, "GET", "/page?q=a", &in, 200);
    assert_int_equal(n_page_runs, runs(world, 2, 4));
    Ask other = { .cookie = world->liaison.token };
    expect(world, "GET", "/page", &other, 200);
    assert_int_equal(n_page_runs, runs(world, 3, 5));
    hj_store_set_clock(hj_app_store(world->app), world->now + 61 * SECOND);
    expect(world, "GET", "/page", &in, 200);
    assert_int_equal(n_page_runs, runs(world, 4, 6));
}

static bool
write_rename(HjTx *tx, gpointer data, GError **error)
{
    World *world = data;
    g_autoptr(HjActor) system = hj_actor_system(world->pack);
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjOrgAct act = { .act = "rename",
                     .code = "130921",
                     .name = "新沧县",
                     .on = hj_date_make(2018, 6, 15),
                     .document = "冀民〔2018〕1号" };
    int64_t id = 0;
    return hj_org_act(tx, system, &act, issues, &id, error);
}

static bool
write_sign_out(HjTx *tx, gpointer data, GError **error)
{
    World *world = data;
    g_autoptr(HjActor) actor = hj_account_actor(tx, world->pack, "organizer", error);
    return actor != NULL && hj_account_session_end(tx, actor, world->organizer.token, error);
}

static bool
write_revoke(HjTx *tx, gpointer data, GError **error)
{
    World *world = data;
    g_autoptr(HjActor) system = hj_actor_system(world->pack);
    g_autoptr(HjActor) actor = hj_account_actor(tx, world->pack, "organizer", error);
    g_autoptr(HjRows) grants =
        actor != NULL ? hj_account_grants(tx, actor->account, error) : NULL;
    if (grants == NULL || !hj_rows_next(grants))
        return false;
    return hj_account_revoke(tx, system, actor->account, hj_rows_i64(grants, "id"), error);
}

static void
test_a_renamed_place_shows_at_once(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    expect(world, "GET", "/page", &in, 200);
    write_or_fail(world, write_rename, world);
    g_autoptr(HjResponse) res = ask(world, "GET", "/page", &in);
    g_autofree char *body = text(res);
    assert_string_equal(body, "新沧县");
}

static void
test_a_committed_write_makes_pages_anew(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    expect(world, "GET", "/page", &in, 200);
    Ask write = { .bearer = world->organizer.token, .type = JSON, .body = "{\"name\":\"a\"}" };
    expect(world, "POST", "/api/v1/things", &write, 201);
    expect(world, "GET", "/page", &in, 200);
    assert_int_equal(n_page_runs, 2);
}

static void
test_a_session_that_ended_sees_nothing_more(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    expect(world, "GET", "/page", &in, 200);
    expect(world, "GET", "/page", &in, 200);
    write_or_fail(world, write_sign_out, world);
    expect(world, "GET", "/page", &in, 303);
}

static void
test_a_role_taken_away_is_gone_at_once(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    expect(world, "GET", "/page", &in, 200);
    write_or_fail(world, write_revoke, world);
    expect(world, "GET", "/page", &in, 403);
    expect(world, "GET", "/mine", &in, 200);
}

static void
test_a_cached_page_ends_with_its_session(void **state)
{
    World *world = *state;
    Ask in = { .cookie = world->organizer.token };
    HjStore *store = hj_app_store(world->app);
    /* S-02: 30 idle minutes. */
    hj_store_set_clock(store, world->now + 1790 * SECOND);
    expect(world, "GET", "/page", &in, 200);
    hj_store_set_clock(store, world->now + 4000 * SECOND);
    expect(world, "GET", "/page", &in, 303);
}

/* --- repeated requests and repeated tries --- */

static void
test_the_same_key_gives_the_first_answer_and_another_body_is_refused(void **state)
{
    World *world = *state;
    Ask first = { .bearer = world->organizer.token,
                  .type = JSON,
                  .body = "{\"name\":\"a\"}",
                  .extra = { "idempotency-key", "k-1" } };
    g_autoptr(HjResponse) one = ask(world, "POST", "/api/v1/things", &first);
    g_autoptr(HjResponse) two = ask(world, "POST", "/api/v1/things", &first);
    assert_int_equal(one->status, 201);
    assert_int_equal(two->status, 201);
    assert_int_equal(n_write_tries, 1);
    assert_string_equal(one->body->str, two->body->str);
    Ask other = first;
    other.body = "{\"name\":\"b\"}";
    expect(world, "POST", "/api/v1/things", &other, 422);
    Ask bad = first;
    bad.extra[1] = "two words";
    expect(world, "POST", "/api/v1/things", &bad, 400);
    hj_store_set_clock(hj_app_store(world->app), world->now + 90 * SECOND);
    expect(world, "POST", "/api/v1/things", &first, 201);
    assert_int_equal(n_write_tries, 1);
}

static void
test_a_busy_database_is_tried_again_with_nothing_left_over(void **state)
{
    World *world = *state;
    Ask in = { .bearer = world->organizer.token, .type = JSON, .body = "{\"name\":\"a\"}" };
    busy_left = 2;
    expect(world, "POST", "/api/v1/things", &in, 201);
    assert_int_equal(n_write_tries, 3);
    assert_int_equal(n_prepared, 1);
    busy_left = 1000;
    g_autoptr(HjResponse) res = ask(world, "POST", "/api/v1/things", &in);
    assert_int_equal(res->status, 503);
    assert_non_null(header(res, "Retry-After"));
    busy_left = 0;
}

static void
test_issues_of_a_refused_write_reach_the_caller(void **state)
{
    World *world = *state;
    Ask in = { .bearer = world->organizer.token, .type = JSON, .body = "{}" };
    g_autoptr(HjResponse) res = ask(world, "POST", "/api/v1/things", &in);
    assert_int_equal(res->status, 422);
    assert_non_null(
        strstr(res->body->str, "\"errors\":[{\"field\":\"name\",\"code\":\"required\""));
}

static void
test_metrics_need_their_token(void **state)
{
    World *world = *state;
    Ask nobody = { 0 };
    expect(world, "GET", "/healthz", &nobody, 200);
    expect(world, "GET", "/readyz", &nobody, 200);
    expect(world, "GET", "/metrics", &nobody, 401);
    Ask session = { .bearer = world->organizer.token };
    expect(world, "GET", "/metrics", &session, 401);
    Ask right = { .bearer = "metrics-token" };
    g_autoptr(HjResponse) res = ask(world, "GET", "/metrics", &right);
    assert_int_equal(res->status, 200);
    assert_non_null(
        strstr(res->body->str,
               "hangji_requests_total{method=\"GET\",route=\"/metrics\",status=\"401\"} 2"));
}

static void
expect_abort(const HjRoute *bad)
{
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL ||
            freopen("/dev/null", "w", stdout) == NULL)
            _exit(0);
        const HjFeature one = { "bad", bad };
        const HjFeature *const table[] = { &one, NULL };
        hj_app_new(&(HjAppConfig){ .features = table });
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void
test_a_route_without_a_permission_ends_the_program(void **state)
{
    (void)state;
    /* house:route-may because the missing permission is what is tested */
    const HjRoute open[] = { { HJ_GET, "/a", get_open }, { 0 } };
    expect_abort(open);
    const HjRoute twice[] = { { HJ_GET, "/a/{x}", get_open, .may = HJ_PUBLIC },
                              { HJ_GET, "/a/{y}", get_open, .may = HJ_PUBLIC },
                              { 0 } };
    expect_abort(twice);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_table_decides_between_200_404_and_405),
        CASE(test_what_is_not_well_formed_is_400_and_what_is_unknown_too),
        CASE(test_bodies_of_other_types_and_sizes_are_refused),
        CASE(test_signed_out_pages_lead_to_sign_in_and_the_api_says_401),
        CASE(test_a_right_that_is_not_held_is_403),
        CASE(test_a_form_needs_its_token_and_its_own_site),
        CASE(test_a_notice_is_shown_once_and_an_address_elsewhere_is_not_followed),
        CASE(test_every_answer_carries_the_strict_headers),
        CASE(test_a_broken_page_shows_a_number_and_not_the_cause),
        CASE(test_the_language_is_the_accounts_or_the_browsers),
        CASE(test_a_page_is_made_once_while_nothing_is_committed),
        CASE(test_a_renamed_place_shows_at_once),
        CASE(test_a_committed_write_makes_pages_anew),
        CASE(test_a_session_that_ended_sees_nothing_more),
        CASE(test_a_role_taken_away_is_gone_at_once),
        CASE(test_a_cached_page_ends_with_its_session),
        CASE(test_the_same_key_gives_the_first_answer_and_another_body_is_refused),
        CASE(test_a_busy_database_is_tried_again_with_nothing_left_over),
        CASE(test_issues_of_a_refused_write_reach_the_caller),
        CASE(test_metrics_need_their_token),
        cmocka_unit_test(test_a_route_without_a_permission_ends_the_program),
    };
    hj_log_set_level(HJ_LOG_CRITICAL + 1);
    int failed = cmocka_run_group_tests_name("router on sqlite", tests, NULL, NULL);
    kind = HJ_FIXTURE_POSTGRES;
    if (hj_store_fixture_has_postgres())
        failed += cmocka_run_group_tests_name("router on postgres", tests, NULL, NULL);
    else
        (void)fprintf(stderr, "skip: router on postgres, HANGJI_TEST_PG is not set\n");
    return failed;
}
