/* http: a small county served in process, and requests to it as any account.
 *
 * The county is 130921 with the committees 130921100 (甲镇) and 130921101 (乙镇), the villages
 * 130921100201 and 130921100202 in the first and 130921101201 in the second, a branch CODE + B1
 * in each village, a department 130921D01, an enterprise 130921100E1 and a community
 * 130921100001.  The clock stands at noon of 2018-06-15 in Shanghai.
 *
 * Units    none
 * Owns     hj_test_county_free; answers by hj_test_answer_free
 * Threads  one
 * Source   style.md 2.10 */
/* also: hj_test_ */
#pragma once

#include "base/json.h"
#include "tests/harness/store_fixture.h"
#include "web/router.h"

#define HJ_TEST_COUNTY_CODE "130921"
#define HJ_TEST_TOWN "130921100"
#define HJ_TEST_OTHER_TOWN "130921101"
#define HJ_TEST_VILLAGE "130921100201"
#define HJ_TEST_SIBLING "130921100202"
#define HJ_TEST_FOREIGN "130921101201"
#define HJ_TEST_PASSWORD "longing-for-rain-1921"

typedef struct {
    HjStoreFixture *fixture;
    HjApp *app;
    HjPack *pack;
    GHashTable *tokens; /* account name → session token */
    GHashTable *csrf;   /* account name → csrf token */
    char *files_dir;    /* what was uploaded, removed at the end */
} HjTestCounty;

typedef struct {
    const char *name, *value;
} HjTestHeader;

typedef struct {
    int status;
    char *type;
    char *body; /* NUL-terminated */
    size_t n_body;
    HjJson *json; /* of a JSON body, otherwise NULL */
    GPtrArray *headers;
} HjTestAnswer;

/* The folder of a pack of the source tree: hj_test_pack("cangxian"); caller owns. */
char *hj_test_pack(const char *name);
/* Aborts with what is wrong when the pack does not load or the county cannot be made. */
HjTestCounty *hj_test_county_new(HjFixtureKind kind, const char *pack_dir);
/* Over packs/cangxian, with the accounts county, town (of the first), other (of the second),
 * village, team, auditor and admin. */
HjTestCounty *hj_test_cast_new(HjFixtureKind kind);
void hj_test_county_free(HjTestCounty *county);

int64_t hj_test_org(HjTestCounty *county, const char *code);
/* An account with one role, signed in twice: for the API and for pages. */
void hj_test_account(HjTestCounty *county, const char *name, const char *role,
                     const char *org_code);
/* A further role of an account. */
void hj_test_grant(HjTestCounty *county, const char *name, const char *role,
                   const char *org_code);
/* Seals what was committed. */
void hj_test_seal(HjTestCounty *county);

/* @account NULL: nobody.  Bodies are JSON text. */
HjTestAnswer *hj_test_get(HjTestCounty *county, const char *account, const char *uri);
HjTestAnswer *hj_test_post(HjTestCounty *county, const char *account, const char *uri,
                           const char *json);
HjTestAnswer *hj_test_patch(HjTestCounty *county, const char *account, const char *uri,
                            const char *json);
HjTestAnswer *hj_test_delete(HjTestCounty *county, const char *account, const char *uri,
                             const char *json);
/* As a browser: cookie, urlencoded form with the csrf token put in front. */
HjTestAnswer *hj_test_page(HjTestCounty *county, const char *account, const char *uri);
HjTestAnswer *hj_test_form(HjTestCounty *county, const char *account, const char *uri,
                           const char *form);
HjTestAnswer *hj_test_form_with(HjTestCounty *county, const char *account, const char *uri,
                                const char *form, const HjTestHeader *extra);
/* A form with files, as a browser or (to /api/) a program; @parts ends with { 0 }.  The csrf
 * token goes in front. */
typedef struct {
    const char *name;
    const char *file; /* its name, NULL for a text field */
    const void *bytes;
    size_t n;
} HjTestPart;
HjTestAnswer *hj_test_upload(HjTestCounty *county, const char *account, const char *uri,
                             const HjTestPart *parts);
HjTestAnswer *hj_test_upload_with(HjTestCounty *county, const char *account, const char *uri,
                                  const HjTestPart *parts, const HjTestHeader *extra);
/* Anything else; @extra ends with { 0 } and may be NULL. */
HjTestAnswer *hj_test_send(HjTestCounty *county, const char *account, HjMethod method,
                           const char *uri, const HjTestHeader *extra, const char *body,
                           size_t n_body);
void hj_test_answer_free(HjTestAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjTestAnswer, hj_test_answer_free)

const char *hj_test_header(const HjTestAnswer *answer, const char *name);
/* "items.0.fields.name": a text, or a number or flag as text; NULL when absent.  Borrowed until
 * the next call. */
const char *hj_test_at(const HjTestAnswer *answer, const char *path);
size_t hj_test_count(const HjTestAnswer *answer); /* of "items" */
/* The code of the issue on a field of a refused request, or "none". */
const char *hj_test_issue(const HjTestAnswer *answer, const char *field);
const HjJson *hj_test_node(const HjTestAnswer *answer, const char *path);
