/* Random flows and random acts: whatever people do, no row is lost, stuck or in two places. */
#include "core/flow.h"
#include "tests/flow/rows.h"

#include <glib/gstdio.h>

#define N_FLOWS 12
#define N_ROWS 6
#define N_ACTS 220
#define MAX_NODES 7

typedef struct {
    GRand *rand;
    GString *yaml;
} Writer;

static const char *const roles[] = { "branch_secretary", "township_organizer",
                                     "county_organizer" };

static int
pick(Writer *w, int n)
{
    return g_rand_int_range(w->rand, 0, n);
}

static void
write_node(Writer *w, int i, int n, bool child)
{
    static const char *const waits[] = { "all", "any", "none_against" };
    static const char *const backs[] = { "any", "previous", "start", "none" };
    GString *y = w->yaml;
    g_string_append_printf(y, "    - node: n%d\n      title: {zh: 节点, en: Node}\n", i);
    if (i >= n - 2) {
        g_string_append(y, "      final: true\n");
        if (pick(w, 2) == 0)
            g_string_append_printf(y, "      watch: {months: 1, reopen: n%d}\n",
                                   pick(w, n - 2));
        return;
    }
    g_string_append_printf(y, "      by: [%s]\n", roles[pick(w, 3)]);
    g_string_append_printf(y, "      within: {days: %d}\n", 1 + pick(w, 30));
    g_string_append_printf(y, "      back: %s\n", backs[pick(w, 4)]);
    if (pick(w, 3) == 0)
        g_string_append(y, "      restart: true\n");
    if (pick(w, 4) == 0)
        g_string_append_printf(y, "      two_people: [%s]\n", roles[pick(w, 3)]);
    if (!child && pick(w, 3) == 0) {
        g_string_append_printf(y, "      opens: {ledger: kid, %swait: %s, against: [n2]",
                               pick(w, 2) == 0 ? "field: colour, " : "", waits[pick(w, 3)]);
        g_string_append(y, pick(w, 2) == 0 ? ", veto: n0" : "");
        if (pick(w, 2) == 0)
            g_string_append_printf(y, ", then: n%d", pick(w, n));
        g_string_append(y, "}\n");
    }
    g_string_append_printf(y, "      to:\n        forward: n%d\n", i + 1);
    for (int k = pick(w, 3); k > 0; k--)
        g_string_append_printf(
            y, "        a%d: {node: n%d, title: {zh: 办理, en: Act}, free: %s}\n", k,
            pick(w, n), pick(w, 2) == 0 ? "true" : "false");
}

static void
write_ledger(Writer *w, const char *dir, const char *name, int n, bool child)
{
    GString *y = w->yaml;
    g_string_printf(y, "ledger: %s\ntitle: {zh: 台账, en: Ledger}\nsystem: M9\n%s\n", name,
                    child ? "in: case_of" : "group: main\nof: [village]");
    g_string_append(y, "enter: [county_organizer, township_organizer, branch_secretary]\n"
                       "fields:\n"
                       "  - {field: subject, type: text, title: {zh: 事项, en: Subject}}\n"
                       "  - {field: colour, type: choice, list: colours, "
                       "title: {zh: 颜色, en: Colour}}\n"
                       "flow:\n  start: n0\n  nodes:\n");
    for (int i = 0; i < n; i++)
        write_node(w, i, n, child);
    g_autofree char *file = g_strdup_printf("%s/ledgers/%s.yaml", dir, name);
    assert_true(g_file_set_contents(file, y->str, (gssize)y->len, NULL));
}

/* A pack of its own in a temporary folder; caller removes and frees. */
static char *
write_pack(Writer *w)
{
    g_autofree char *root = g_dir_make_tmp("hangji-model-XXXXXX", NULL);
    g_autofree char *below = g_build_filename(root, "pack", NULL);
    char *dir = g_build_filename(root, "model", NULL);
    g_autofree char *ledgers = g_build_filename(dir, "ledgers", NULL);
    assert_int_equal(symlink(HJ_TEST_SOURCE "/tests/harness/pack", below), 0);
    assert_int_equal(g_mkdir_with_parents(ledgers, 0700), 0);
    g_autofree char *pack = g_build_filename(dir, "pack.yaml", NULL);
    assert_true(
        g_file_set_contents(pack,
                            "pack: model\nversion: \"1\"\ntitle: {zh: 模型, en: Model}\n"
                            "extends: pack\nvalid: {from: 2017-01-01}\n",
                            -1, NULL));
    write_ledger(w, dir, "case_of", 4 + pick(w, MAX_NODES - 3), false);
    write_ledger(w, dir, "kid", 4, true); /* n2 and n3 are its ends */
    return dir;
}

static void
remove_pack(const char *dir)
{
    static const char *const files[] = { "model/ledgers/case_of.yaml",
                                         "model/ledgers/kid.yaml",
                                         "model/pack.yaml",
                                         "model/ledgers",
                                         "model",
                                         "pack" };
    g_autofree char *root = g_path_get_dirname(dir);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(root, files[i], NULL);
        g_remove(path);
    }
    g_rmdir(root);
}

/* --- acting --- */

typedef struct {
    HjCounty *county;
    Writer *w;
    GArray *rows; /* of int64_t: every row of both ledgers */
    int n_done;
} Model;

typedef struct {
    const HjLedger *ledger;
    int64_t id;
    HjFlowAct act;
    HjIssues *issues;
} Step;

static bool
run_step(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    Step *step = data;
    HjRowKey key;
    (void)county;
    hj_issues_clear(step->issues);
    return hj_flow_act(tx, actor, step->ledger, step->id, &step->act, step->issues, &key,
                       error);
}

/* Of the row @id in @table. */
static int64_t
number(Model *m, const char *expression, const char *table, int64_t id)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT COALESCE(MAX(%s), 0) FROM %s WHERE id = %" G_GINT64_FORMAT,
                        expression, table, id);
    return hj_county_i64(m->county, sql);
}

static void
collect_rows(Model *m)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(m->county->store, &error);
    HjVal none[] = { HJ_END };
    g_autoptr(HjRows) rows =
        hj_tx_query_vals(tx, &error, "SELECT id FROM sys_case ORDER BY id", none);
    assert_done(rows != NULL, error);
    g_array_set_size(m->rows, 0);
    while (hj_rows_next(rows)) {
        int64_t id = hj_rows_i64(rows, "id");
        g_array_append_val(m->rows, id);
    }
}

/* One of the buttons an actor is shown, or now and then something else. */
static void
act_once(Model *m)
{
    HjActor *const actors[] = { m->county->secretary, m->county->town, m->county->organizer,
                                m->county->team };
    static const char *const junk[] = { "forward", "a1",     "send_back", "withdraw", "reopen",
                                        "nothing", "report", "agree",     "urge" };
    HjActor *actor = actors[pick(m->w, G_N_ELEMENTS(actors))];
    HjActor *other = actors[pick(m->w, G_N_ELEMENTS(actors))];
    int64_t id = g_array_index(m->rows, int64_t, pick(m->w, (int)m->rows->len));
    bool kid = number(m, "1", "t_kid", id) > 0;
    const HjLedger *ledger = hj_county_ledger(m->county, kid ? "kid" : "case_of");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autofree char *target = NULL;
    g_autofree char *action = g_strdup(junk[pick(m->w, G_N_ELEMENTS(junk))]);
    int64_t task = 0;
    if (pick(m->w, 8) > 0) {
        g_autoptr(HjTx) tx = hj_store_read(m->county->store, &error);
        g_autoptr(HjRows) options = hj_flow_options(tx, actor, ledger, id, &error);
        assert_done(options != NULL, error);
        int n = (int)hj_rows_count(options);
        for (int i = n > 0 ? pick(m->w, n) : -1; i >= 0; i--)
            hj_rows_next(options);
        if (n > 0) {
            g_free(action);
            action = g_strdup(hj_rows_text(options, "action"));
            target = g_strdup(hj_rows_text(options, "target"));
            task = hj_rows_i64(options, "task");
        }
    }
    Step step = { .ledger = ledger, .id = id, .issues = issues };
    step.act = (HjFlowAct){
        .action = action,
        .task = task,
        .version = number(m, "version", kid ? "t_kid" : "t_case_of", id),
        .opinion = pick(m->w, 3) > 0 ? "意见" : NULL,
        .to_node = g_str_equal(action, "send_back") ? target : NULL,
        .to_account = other->account,
        .on = HJ_DATE_NONE,
    };
    if (hj_county_write(m->county, actor, run_step, &step, &error))
        m->n_done++;
    else
        assert_true(error->code == HJ_ERROR_INVALID || error->code == HJ_ERROR_CONFLICT ||
                    error->code == HJ_ERROR_DENIED);
}

/* --- what always holds --- */

#define NONE(sql) assert_int_equal(hj_county_i64(m->county, "SELECT COUNT(*) FROM " sql), 0)
#define OPEN "t.closed_at IS NULL AND t.kind <> 'copy'"
#define WAITS "t.county = c.county AND t.row_id = c.id AND " OPEN

static void
check(Model *m)
{
    /* The row and its case say the same. */
    NONE("sys_case c JOIN t_case_of r ON r.county = c.county AND r.id = c.id "
         "WHERE r.state <> c.node");
    NONE("sys_case c JOIN t_kid r ON r.county = c.county AND r.id = c.id "
         "WHERE r.state <> c.node");
    NONE("t_case_of r WHERE NOT EXISTS (SELECT 1 FROM sys_case c WHERE c.id = r.id)");
    NONE("t_kid r WHERE NOT EXISTS (SELECT 1 FROM sys_case c WHERE c.id = r.id)");
    /* Nothing waits at an end; something waits everywhere else. */
    NONE("sys_case c WHERE c.ended = 1 AND EXISTS (SELECT 1 FROM sys_task t WHERE " WAITS ")");
    NONE("sys_case c WHERE c.ended = 0 AND NOT EXISTS "
         "(SELECT 1 FROM sys_task t WHERE " WAITS " AND t.kind IN ('act', 'second'))");
    /* What waits, waits where the row stands. */
    NONE("sys_task t JOIN sys_case c ON c.county = t.county AND c.id = t.row_id WHERE " OPEN
         " AND (t.node <> c.node OR t.visit <> c.visit)");
    /* One main task at a time; every deadline is computed. */
    NONE("(SELECT t.row_id FROM sys_task t WHERE " OPEN
         " AND t.kind IN ('act', 'second') GROUP BY t.row_id HAVING COUNT(*) > 1) x");
    NONE("sys_task t WHERE t.kind IN ('act', 'second') AND t.due_on IS NULL");
    /* A task that waits for others has others that somebody can end. */
    NONE("sys_task t WHERE " OPEN " AND t.waits > 0 AND NOT EXISTS (SELECT 1 FROM sys_task x "
         "WHERE x.above = t.id AND x.closed_at IS NULL) AND NOT EXISTS (SELECT 1 FROM sys_case "
         "k "
         "WHERE k.parent = t.row_id AND k.ended = 0)");
    NONE("sys_task t WHERE t.waits < 0");
    /* Open children belong to the visit their parent is at. */
    NONE("sys_case k JOIN sys_case p ON p.county = k.county AND p.id = k.parent "
         "WHERE k.ended = 0 AND (k.opened_node <> p.node OR k.opened_visit <> p.visit)");
    /* Closed tasks tell who, when and how. */
    NONE("sys_task t WHERE t.closed_at IS NOT NULL AND t.outcome IS NULL");
}

/* The state of every row, told by its last event alone. */
static void
check_replay(Model *m)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(m->county->store, &error);
    HjVal none[] = { HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(
        tx, &error, "SELECT c.id AS id, c.ledger AS ledger, c.node AS node FROM sys_case c",
        none);
    assert_done(rows != NULL, error);
    while (hj_rows_next(rows)) {
        const HjLedger *ledger = hj_county_ledger(m->county, hj_rows_text(rows, "ledger"));
        g_autoptr(HjRows) events =
            hj_row_history(tx, m->county->organizer, ledger, hj_rows_i64(rows, "id"), &error);
        assert_done(events != NULL, error);
        g_autofree char *node = g_strdup("n0");
        bool found = false;
        while (!found && hj_rows_next(events)) {
            if (!g_str_equal(hj_rows_text(events, "action"), "flow.move"))
                continue;
            const char *after = hj_rows_text(events, "after");
            g_autoptr(HjJson) json = hj_json_parse(after, strlen(after), &error);
            assert_done(json != NULL, error);
            g_free(node);
            node = g_strdup(hj_json_string(hj_json_get(json, "state")));
            found = true;
        }
        assert_string_equal(node, hj_rows_text(rows, "node"));
    }
}

/* Answers how many acts were done. */
static int
play(HjFixtureKind kind, guint32 seed)
{
    g_autoptr(GString) yaml = g_string_new(NULL);
    Writer w = { g_rand_new_with_seed(seed), yaml };
    g_autofree char *dir = write_pack(&w);
    HjCounty *county = hj_county_new_with(kind, dir);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Model m = { county, &w, rows, 0 };
    for (int i = 0; i < N_ROWS; i++) {
        g_auto(Entry) e = entry_of(county, "case_of", HJ_COUNTY_VILLAGE);
        g_autoptr(GError) error = NULL;
        assert_done(hj_county_write(county, county->secretary, run_create, &e, &error), error);
    }
    for (int i = 0; i < N_ACTS; i++) {
        collect_rows(&m);
        act_once(&m);
        check(&m);
    }
    check_replay(&m);
    hj_county_free(county);
    remove_pack(dir);
    g_rand_free(w.rand);
    return m.n_done;
}

static void
test_random_acts_lose_nothing(void **state)
{
    (void)state;
    bool postgres = hj_store_fixture_has_postgres();
    int n_done = 0;
    for (guint32 seed = 1; seed <= N_FLOWS; seed++) {
        n_done += play(HJ_FIXTURE_SQLITE, seed);
        if (postgres && seed <= N_FLOWS / 4)
            play(HJ_FIXTURE_POSTGRES, seed);
    }
    assert_true(n_done > N_FLOWS * N_ACTS / 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_acts_lose_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
