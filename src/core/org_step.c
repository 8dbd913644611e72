#include "base/id.h"
#include "base/json.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "core/access.h"
#include "core/org_priv.h"
#include "store/event.h"

#include <string.h>

#define MAX_CODE 32
#define MAX_NAME 100

#define SQL_ORG                                                                                \
    "INSERT INTO sys_org (county, id, code, kind, opened_on, sort)"                            \
    " VALUES ($1, $2, $3, $4, $5, $6)"
#define SQL_SELF                                                                               \
    "INSERT INTO sys_tree (county, ancestor, org, depth, from_on, to_on)"                      \
    " VALUES ($1, $2, $2, 0, $3, '9999-12-31')"
#define SQL_BELOW                                                                              \
    "INSERT INTO sys_tree (county, ancestor, org, depth, from_on, to_on)"                      \
    " SELECT t.county, t.ancestor, CAST($2 AS BIGINT), t.depth + 1, CAST($4 AS TEXT),"         \
    " '9999-12-31' FROM sys_tree t"                                                            \
    " WHERE t.county = $1 AND t.org = $3 AND t.to_on = '9999-12-31'"
#define SQL_NAME                                                                               \
    "INSERT INTO sys_org_name (county, org, from_on, to_on, name, pinyin, initials, sort_key)" \
    " VALUES ($1, $2, $3, '9999-12-31', $4, $5, $6, $7)"
#define SQL_NAME_ENDS                                                                          \
    "UPDATE sys_org_name SET to_on = $4 WHERE county = $1 AND org = $2"                        \
    " AND to_on = '9999-12-31' AND from_on < $3"
#define SQL_NAME_REPLACED                                                                      \
    "DELETE FROM sys_org_name WHERE county = $1 AND org = $2 AND to_on = '9999-12-31'"         \
    " AND from_on = $3"

static bool
insert_name(HjTx *tx, int64_t org, const char *name, HjDate on, GError **error)
{
    g_autofree char *pinyin = hj_pinyin_full(name, HJ_PINYIN_TEXT);
    g_autofree char *initials = hj_pinyin_initials(name, HJ_PINYIN_TEXT);
    g_autofree char *key = hj_pinyin_sort_key(name);
    return hj_tx_exec(tx, error, SQL_NAME, HJ_I64(hj_tx_county(tx)), HJ_I64(org), HJ_DATE(on),
                      HJ_TEXT(name), HJ_TEXT(pinyin), HJ_TEXT(initials), HJ_TEXT(key));
}

bool
hj_org_insert(HjTx *tx, int64_t id, const char *code, const char *kind, const char *name,
              int64_t parent, HjDate on, int64_t sort, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    return hj_tx_exec(tx, error, SQL_ORG, county, HJ_I64(id), HJ_TEXT(code), HJ_TEXT(kind),
                      HJ_DATE(on), HJ_I64(sort)) &&
           hj_tx_exec(tx, error, SQL_SELF, county, HJ_I64(id), HJ_DATE(on)) &&
           (parent == 0 || hj_tx_exec(tx, error, SQL_BELOW, county, HJ_I64(id), HJ_I64(parent),
                                      HJ_DATE(on))) &&
           insert_name(tx, id, name, on, error);
}

bool
hj_org_set_name(HjTx *tx, int64_t org, const char *name, HjDate on, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    return hj_tx_exec(tx, error, SQL_NAME_ENDS, county, HJ_I64(org), HJ_DATE(on),
                      HJ_DATE(on - 1)) &&
           hj_tx_exec(tx, error, SQL_NAME_REPLACED, county, HJ_I64(org), HJ_DATE(on)) &&
           insert_name(tx, org, name, on, error);
}

#define SQL_SUBTREE                                                                            \
    "SELECT org, depth FROM sys_tree WHERE county = $1 AND ancestor = $2"                      \
    " AND to_on = '9999-12-31' ORDER BY depth, org"
#define SQL_ABOVE                                                                              \
    "SELECT ancestor, depth FROM sys_tree WHERE county = $1 AND org = $2"                      \
    " AND to_on = '9999-12-31' ORDER BY depth"
#define SQL_PLACE_ENDS                                                                         \
    "UPDATE sys_tree SET to_on = $5 WHERE county = $1 AND ancestor = $2 AND org = $3"          \
    " AND to_on = '9999-12-31' AND from_on < $4"
#define SQL_PLACE_REPLACED                                                                     \
    "DELETE FROM sys_tree WHERE county = $1 AND ancestor = $2 AND org = $3"                    \
    " AND to_on = '9999-12-31' AND from_on = $4"
#define SQL_PLACE                                                                              \
    "INSERT INTO sys_tree (county, ancestor, org, depth, from_on, to_on)"                      \
    " VALUES ($1, $2, $3, $4, $5, '9999-12-31')"

static bool
leave(HjTx *tx, HjRows *above, int64_t org, HjDate on, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    hj_rows_rewind(above);
    while (hj_rows_next(above)) {
        HjVal ancestor = HJ_I64(hj_rows_i64(above, "ancestor"));
        if (hj_rows_i64(above, "depth") > 0 &&
            (!hj_tx_exec(tx, error, SQL_PLACE_ENDS, county, ancestor, HJ_I64(org), HJ_DATE(on),
                         HJ_DATE(on - 1)) ||
             !hj_tx_exec(tx, error, SQL_PLACE_REPLACED, county, ancestor, HJ_I64(org),
                         HJ_DATE(on))))
            return false;
    }
    return true;
}

static bool
enter(HjTx *tx, HjRows *above, int64_t org, int64_t depth, HjDate on, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    hj_rows_rewind(above);
    while (hj_rows_next(above))
        if (!hj_tx_exec(tx, error, SQL_PLACE, county, HJ_I64(hj_rows_i64(above, "ancestor")),
                        HJ_I64(org), HJ_I64(hj_rows_i64(above, "depth") + depth + 1),
                        HJ_DATE(on)))
            return false;
    return true;
}

bool
hj_org_set_parent(HjTx *tx, int64_t org, int64_t parent, HjDate on, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) subtree = hj_tx_query(tx, error, SQL_SUBTREE, county, HJ_I64(org));
    g_autoptr(HjRows) old =
        subtree != NULL ? hj_tx_query(tx, error, SQL_ABOVE, county, HJ_I64(org)) : NULL;
    g_autoptr(HjRows) now =
        old != NULL ? hj_tx_query(tx, error, SQL_ABOVE, county, HJ_I64(parent)) : NULL;
    if (now == NULL)
        return false;
    while (hj_rows_next(subtree)) {
        int64_t below = hj_rows_i64(subtree, "org");
        if (!leave(tx, old, below, on, error) ||
            !enter(tx, now, below, hj_rows_i64(subtree, "depth"), on, error))
            return false;
    }
    return true;
}

#define SQL_CLOSE "UPDATE sys_org SET closed_on = $3 WHERE county = $1 AND id = $2"
#define SQL_SORT "SELECT COALESCE(MAX(sort), 0) + 1 AS sort FROM sys_org WHERE county = $1"

bool
hj_org_set_closed(HjTx *tx, int64_t org, HjDate on, GError **error)
{
    return hj_tx_exec(tx, error, SQL_CLOSE, HJ_I64(hj_tx_county(tx)), HJ_I64(org), HJ_DATE(on));
}

bool
hj_org_next_sort(HjTx *tx, int64_t *ret, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_SORT, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return false;
    hj_rows_next(rows);
    *ret = hj_rows_i64(rows, "sort");
    return true;
}

bool
hj_org_code_ok(const char *code)
{
    size_t n = code != NULL ? strlen(code) : 0;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(code[i]) && code[i] != '_' && code[i] != '-')
            return false;
    return n >= 1 && n <= MAX_CODE;
}

#define SQL_CODES                                                                              \
    "SELECT o.code AS code, p.ancestor AS parent, po.code AS parent_code FROM sys_org o"       \
    " JOIN sys_tree p ON p.county = o.county AND p.org = o.id AND p.depth = 1"                 \
    " AND p.to_on = '9999-12-31'"                                                              \
    " JOIN sys_org po ON po.county = p.county AND po.id = p.ancestor"                          \
    " WHERE o.county = $1 AND o.kind = $2 ORDER BY o.id"
#define SQL_TAKEN "SELECT id FROM sys_org WHERE county = $1 AND code = $2"

/* How the codes of a kind go on from the parent's: letters, then a number of so many digits. */
typedef struct {
    char letters[8];
    int width; /* 0: no leading zeros */
    int64_t first, next;
    bool known;
} Pattern;

static void
learn(Pattern *pattern, const char *suffix, bool is_sibling)
{
    size_t n = 0;
    while (g_ascii_isalpha(suffix[n]))
        n++;
    int64_t number;
    if (n >= sizeof pattern->letters || !g_ascii_isdigit(suffix[n]) ||
        !hj_text_parse_i64(suffix + n, &number))
        return;
    if (!pattern->known) {
        memcpy(pattern->letters, suffix, n);
        pattern->width = n == 0 ? (int)strlen(suffix) : 0;
        pattern->first = number;
        pattern->known = true;
    }
    if (strncmp(suffix, pattern->letters, n) != 0 || pattern->letters[n] != '\0')
        return;
    pattern->first = MIN(pattern->first, number);
    if (is_sibling)
        pattern->next = MAX(pattern->next, number + 1);
}

char *
hj_org_new_code(HjTx *tx, int64_t parent, const char *parent_code, const char *kind,
                GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) codes = hj_tx_query(tx, error, SQL_CODES, county, HJ_TEXT(kind));
    if (codes == NULL)
        return NULL;
    Pattern pattern = { 0 };
    while (hj_rows_next(codes)) {
        const char *code = hj_rows_text(codes, "code");
        const char *above = hj_rows_text(codes, "parent_code");
        if (g_str_has_prefix(code, above))
            learn(&pattern, code + strlen(above), hj_rows_i64(codes, "parent") == parent);
    }
    if (!pattern.known) {
        /* The first of its kind: the initial of the kind and a number. */
        pattern.letters[0] = g_ascii_toupper(kind[0]);
        pattern.first = 1;
    }
    for (int64_t number = MAX(pattern.first, pattern.next);; number++) {
        g_autofree char *code = g_strdup_printf("%s%s%0*" G_GINT64_FORMAT, parent_code,
                                                pattern.letters, pattern.width, number);
        g_autoptr(HjRows) taken = hj_tx_query(tx, error, SQL_TAKEN, county, HJ_TEXT(code));
        if (taken == NULL)
            return NULL;
        if (hj_rows_count(taken) == 0)
            return g_steal_pointer(&code);
    }
}

/* What is wrong with one line of a list of organizations, or NULL. */
static const char *
seed_problem(const HjPack *pack, const HjOrgSeed *seed)
{
    if (!hj_org_code_ok(seed->code))
        return "the code must be 1 to 32 letters and digits";
    if (seed->name == NULL || *seed->name == '\0' || !hj_text_is_clean(seed->name, false) ||
        hj_text_length(seed->name) > MAX_NAME)
        return "the name is missing or cannot be read";
    if (seed->kind == NULL || hj_pack_org_kind(pack, seed->kind) == NULL)
        return "the pack has no such kind of organization";
    return NULL;
}

static bool
seed_event(HjTx *tx, size_t n, HjDate on, GError **error)
{
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "count");
    hj_json_i64(&w, (int64_t)n);
    hj_json_key(&w, "on");
    hj_json_text(&w, hj_date_text(on).text);
    hj_json_end_object(&w);
    HjEvent event = { .action = "org.seed", .subject = "org", .after = after->str };
    return hj_event_append(tx, &event, error);
}

bool
hj_org_seed(HjTx *tx, const HjActor *actor, const HjOrgSeed *seeds, size_t n, HjDate on,
            GError **error)
{
    if (!hj_access_may_everywhere(actor, "org.manage"))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    HjDate day = on != HJ_DATE_NONE ? on : hj_tx_today(tx);
    int64_t sort;
    if (!hj_org_next_sort(tx, &sort, error))
        return false;
    g_autofree int64_t *ids = g_new0(int64_t, n + 1);
    g_autoptr(GHashTable) by_code = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < n; i++) {
        const HjOrgSeed *seed = &seeds[i];
        const char *problem = seed_problem(actor->pack, seed);
        bool has_parent = seed->parent != NULL && *seed->parent != '\0';
        const int64_t *known = has_parent ? g_hash_table_lookup(by_code, seed->parent) : NULL;
        int64_t parent = known != NULL ? *known : 0;
        if (has_parent && parent == 0 && !hj_org_find(tx, seed->parent, &parent, error))
            return false;
        if (problem == NULL && has_parent && parent == 0)
            problem = "its parent does not stand before it";
        if (problem == NULL && g_hash_table_contains(by_code, seed->code))
            problem = "its code stands twice in the list";
        if (problem != NULL)
            return hj_error_log(error, HJ_ERROR_INVALID, "organization %s: %s",
                                seed->code != NULL ? seed->code : "", problem);
        ids[i] = hj_id_new();
        if (!hj_org_insert(tx, ids[i], seed->code, seed->kind, seed->name, parent, day,
                           sort + (int64_t)i, error))
            return false;
        g_hash_table_insert(by_code, (gpointer)seed->code, &ids[i]);
    }
    return seed_event(tx, n, day, error);
}
