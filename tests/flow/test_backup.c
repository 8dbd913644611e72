#include "adapters/postgres/postgres.h"
#include "adapters/sqlite/sqlite.h"
#include "core/backup.h"
#include "tests/harness/county.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <string.h>

/* Every story runs on both databases: *state is the kind of the county that is backed up. */
typedef struct {
    HjCounty *county;
    char *dir;  /* its data directory */
    char *goal; /* a folder for what is made */
} World;

#define must(done, error, what)                                                                \
    do {                                                                                       \
        if (!(done))                                                                           \
            fail_msg("%s: %s", what, (error) != NULL ? (error)->message : "no cause");         \
    } while (false)

static void
write_file(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir_with_parents(parent, 0700);
    g_autoptr(GError) error = NULL;
    must(g_file_set_contents(path, text, -1, &error), error, name);
}

static void
copy_tree(const char *from, const char *to)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    g_mkdir_with_parents(to, 0700);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *goal = g_build_filename(to, name, NULL);
        g_autofree char *bytes = NULL;
        gsize n = 0;
        if (g_file_test(source, G_FILE_TEST_IS_DIR)) {
            copy_tree(source, goal);
        } else {
            g_assert_true(g_file_get_contents(source, &bytes, &n, NULL));
            g_assert_true(g_file_set_contents(goal, bytes, (gssize)n, NULL));
        }
    }
}

static World *
world_new(void **state)
{
    World *world = g_new0(World, 1);
    world->county = hj_county_new(GPOINTER_TO_INT(*state));
    world->goal = g_dir_make_tmp("hangji-backup-XXXXXX", NULL);
    world->dir = g_build_filename(world->goal, "data", NULL);
    write_file(world->dir, "hangji.conf",
               "# the county\npack = pack\ncounty = 130921\ndb = sqlite:/elsewhere.db\n");
    write_file(world->dir, "files/ab/abcdef", "一个附件\n");
    g_autofree char *pack = g_build_filename(world->dir, "pack", "pack", NULL);
    g_autofree char *keys = g_build_filename(world->dir, "keys", NULL);
    copy_tree(world->county->pack->dir, pack);
    g_mkdir(keys, 0700);
    const char *const names[] = { "chain.key", "chain.pub" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_build_filename(world->county->fixture->dir, names[i], NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
        write_file(keys, names[i], text);
    }
    write_file(keys, "vault.key", "the key of sealed values\n");
    return world;
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static void
world_free(World *world)
{
    hj_county_free(world->county);
    remove_tree(world->goal);
    g_free(world->goal);
    g_free(world->dir);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static HjBackupSource
source_of(World *world)
{
    return (HjBackupSource){ .store = world->county->store,
                             .keys = world->county->fixture->keys,
                             .pack = world->county->pack,
                             .dir = world->dir,
                             .program = "test" };
}

static char *
place(World *world, const char *name)
{
    return g_build_filename(world->goal, name, NULL);
}

static HjStore *
open_store(const char *db, GError **error)
{
    if (g_str_has_prefix(db, "sqlite:"))
        return hj_store_open(&hj_sqlite_driver, db + strlen("sqlite:"), error);
    return hj_store_open(&hj_postgres_driver, db, error);
}

typedef struct {
    const char *subject;
    int64_t before; /* the row it cites, 0 for none */
} NewThing;

static bool
add_thing(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    NewThing *thing = data;
    g_autofree char *before =
        thing->before > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, thing->before) : NULL;
    const HjRowInput inputs[] = {
        { "subject", thing->subject, NULL }, { "usable", "是", NULL },
        { "cost", "12.34", NULL },           { "day", "2018-05-04", NULL },
        { "detail", "一行\n又一行", NULL },  { "before", before, NULL }
    };
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    int64_t org;
    bool done = hj_org_find(tx, HJ_COUNTY_VILLAGE, &org, error) &&
                hj_row_create(tx, actor, hj_county_ledger(county, "thing"), org, 0, inputs,
                              G_N_ELEMENTS(inputs), issues, &key, error);
    if (done)
        thing->before = key.id;
    return done;
}

static void
fill(World *world)
{
    g_autoptr(GError) error = NULL;
    NewThing thing = { "第一件，\"引号\"", 0 };
    must(hj_county_write(world->county, world->county->secretary, add_thing, &thing, &error),
         error, "first");
    thing.subject = "second,with comma";
    must(hj_county_write(world->county, world->county->secretary, add_thing, &thing, &error),
         error, "second");
    HjStoreFixture *fixture = world->county->fixture;
    /* The seal waits for every transaction of the server. */
    int64_t left = 1;
    for (int i = 0; i < 200 && left > 0; i++) {
        must(hj_seal_run(world->county->store, fixture->keys, fixture->head_path, NULL, &error),
             error, "seal");
        left = hj_county_i64(world->county, "SELECT (SELECT COUNT(*) FROM sys_event) - "
                                            "(SELECT COUNT(*) FROM sys_seal) AS n");
        if (left > 0)
            g_usleep(50000);
    }
    /* One more that is not in the chain yet. */
    thing.subject = "third";
    must(hj_county_write(world->county, world->county->secretary, add_thing, &thing, &error),
         error, "third");
}

static char *
backup(World *world, HjBackupReport *ret)
{
    g_autoptr(GError) error = NULL;
    char *path = place(world, "county.backup");
    HjBackupSource source = source_of(world);
    must(hj_backup_make(&source, path, ret, &error), error, "make");
    return path;
}

/* The rows of @dir as exported, table by table, and what a line counts. */
static GHashTable *
rows_of(const char *dir)
{
    g_autofree char *rows = g_build_filename(dir, "rows", NULL);
    g_autoptr(GDir) opened = g_dir_open(rows, 0, NULL);
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_assert_nonnull(opened);
    for (const char *name = g_dir_read_name(opened); name != NULL;
         name = g_dir_read_name(opened)) {
        g_autofree char *path = g_build_filename(rows, name, NULL);
        char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_hash_table_insert(all, g_strdup(name), text);
    }
    return all;
}

static void
assert_same_rows(const char *left_dir, const char *right_dir)
{
    g_autoptr(GHashTable) left = rows_of(left_dir);
    g_autoptr(GHashTable) right = rows_of(right_dir);
    assert_int_equal(g_hash_table_size(left), g_hash_table_size(right));
    GHashTableIter iter;
    gpointer name, text;
    g_hash_table_iter_init(&iter, left);
    while (g_hash_table_iter_next(&iter, &name, &text))
        assert_string_equal(g_hash_table_lookup(right, name), text);
}

/* Restores @path into @db (NULL: SQLite inside) and exports that again as @name. */
static void
restore_and_export(World *world, const char *path, const char *db, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    g_autofree char *new_dir = g_strconcat(world->goal, "/", name, "-data", NULL);
    g_autofree char *out = place(world, name);
    HjBackupTarget target = { .dir = new_dir, .db = db, .open = open_store };
    must(hj_backup_restore(path, &target, &report, &error), error, "restore");
    g_autofree char *url =
        db != NULL ? g_strdup(db) : g_strdup_printf("sqlite:%s/hangji.db", new_dir);
    g_autoptr(HjStore) store = open_store(url, &error);
    must(store != NULL, error, "open");
    hj_store_set_county(store, report.county);
    g_autofree char *keys_dir = g_build_filename(new_dir, "keys", NULL);
    g_autofree char *head = g_build_filename(new_dir, "chain.head", NULL);
    g_autoptr(HjSealKeys) keys = hj_seal_keys_load(keys_dir, false, &error);
    HjSealReport chain = { 0 };
    must(keys != NULL && hj_seal_verify(store, keys, head, &chain, &error), error, "verify");
    assert_true(chain.sound);
    assert_string_equal(chain.head, report.head);
    hj_seal_report_clear(&chain);
    HjBackupSource source = { .store = store,
                              .keys = keys,
                              .pack = world->county->pack,
                              .dir = new_dir,
                              .program = "test" };
    g_auto(HjBackupReport) again = { 0 };
    must(hj_backup_export(&source, out, &again, &error), error, "export");
    assert_int_equal(again.n_rows, report.n_rows);
    assert_int_equal(again.n_files, 1);
    g_autofree char *file = g_build_filename(new_dir, "files", "ab", "abcdef", NULL);
    assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
    g_autofree char *vault = g_build_filename(new_dir, "keys", "vault.key", NULL);
    assert_false(g_file_test(vault, G_FILE_TEST_EXISTS));
}

static char *
export_of(World *world)
{
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    char *out = place(world, "original");
    HjBackupSource source = source_of(world);
    must(hj_backup_export(&source, out, &report, &error), error, "export");
    return out;
}

static void
test_a_backup_restores_into_both_databases(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_auto(HjBackupReport) report = { 0 };
    fill(world);
    g_autofree char *path = backup(world, &report);
    g_autofree char *original = export_of(world);
    assert_true(report.sealed > 0);
    restore_and_export(world, path, NULL, "again-sqlite");
    g_autofree char *sqlite = place(world, "again-sqlite");
    assert_same_rows(original, sqlite);
    if (!hj_store_fixture_has_postgres())
        return;
    HjStoreFixture *server = hj_store_fixture_empty(HJ_FIXTURE_POSTGRES);
    restore_and_export(world, path, server->location, "again-postgres");
    g_autofree char *postgres = place(world, "again-postgres");
    assert_same_rows(original, postgres);
    /* And a second time: the database is not empty any more. */
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = place(world, "not-made");
    HjBackupTarget target = { .dir = dir, .db = server->location, .open = open_store };
    g_auto(HjBackupReport) refused = { 0 };
    assert_false(hj_backup_restore(path, &target, &refused, &error));
    assert_int_equal(error->code, HJ_ERROR_CONFLICT);
    assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
    hj_store_fixture_free(server);
}

static void
test_an_export_restores_into_an_empty_instance(void **state)
{
    g_autoptr(World) world = world_new(state);
    fill(world);
    g_autofree char *original = export_of(world);
    restore_and_export(world, original, NULL, "imported");
    g_autofree char *imported = place(world, "imported");
    assert_same_rows(original, imported);
    g_autofree char *csv = g_build_filename(original, "csv", "thing.csv", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(csv, &text, NULL, NULL));
    assert_non_null(strstr(text, "\"第一件，\"\"引号\"\"\""));
    assert_non_null(strstr(text, "12.34"));
    /* A changed file is refused by its sum. */
    g_autofree char *rows = g_build_filename(original, "rows", "t_thing.jsonl", NULL);
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    assert_true(g_file_set_contents(rows, "", -1, NULL));
    assert_false(hj_backup_check(original, &report, &error));
    assert_non_null(strstr(error->message, "altered"));
}

static bool
is_refused(World *world, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_auto(HjBackupReport) report = { 0 };
    g_autofree char *dir = place(world, "refused");
    HjBackupTarget target = { .dir = dir, .open = open_store };
    bool done = hj_backup_restore(path, &target, &report, &error);
    return !done && !g_file_test(dir, G_FILE_TEST_EXISTS);
}

static void
test_a_changed_or_cut_backup_is_refused_and_nothing_is_written(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_auto(HjBackupReport) report = { 0 };
    fill(world);
    g_autofree char *path = backup(world, &report);
    g_autofree char *bad = place(world, "bad.backup");
    g_autofree char *bytes = NULL;
    gsize n = 0;
    assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    gsize step = MAX(n / 150, 1);
    for (gsize i = 0; i < n; i += i < 40 || i + 160 > n ? 1 : step) {
        bytes[i] ^= 1 << (i % 8);
        assert_true(g_file_set_contents(bad, bytes, (gssize)n, NULL));
        bytes[i] ^= 1 << (i % 8);
        if (!is_refused(world, bad))
            fail_msg("byte %zu of %zu was changed and nobody noticed", i, n);
    }
    for (gsize i = 0; i < n; i += step) {
        assert_true(g_file_set_contents(bad, bytes, (gssize)i, NULL));
        assert_true(is_refused(world, bad));
    }
    g_autofree char *longer = g_malloc0(n + 1);
    memcpy(longer, bytes, n);
    assert_true(g_file_set_contents(bad, longer, (gssize)n + 1, NULL));
    assert_true(is_refused(world, bad));
    /* Nothing is left beside the target either. */
    g_autoptr(GDir) dir = g_dir_open(world->goal, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        assert_null(strstr(name, ".new-"));
}

static void
test_a_target_that_is_not_empty_is_refused(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_auto(HjBackupReport) report = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = backup(world, &report);
    HjBackupTarget target = { .dir = world->dir, .open = open_store };
    g_auto(HjBackupReport) refused = { 0 };
    assert_false(hj_backup_restore(path, &target, &refused, &error));
    assert_int_equal(error->code, HJ_ERROR_CONFLICT);
}

static void
test_the_keys_of_sealed_values_stay_apart_unless_asked_for(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_auto(HjBackupReport) report = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = place(world, "with-keys.backup");
    g_autofree char *dir = place(world, "with-keys");
    HjBackupSource source = source_of(world);
    source.with_keys = true;
    must(hj_backup_make(&source, path, &report, &error), error, "make");
    hj_backup_report_clear(&report);
    HjBackupTarget target = { .dir = dir, .open = open_store };
    must(hj_backup_restore(path, &target, &report, &error), error, "restore");
    assert_true(report.with_keys);
    g_autofree char *vault = g_build_filename(dir, "keys", "vault.key", NULL);
    assert_true(g_file_test(vault, G_FILE_TEST_EXISTS));
}

/* --- while people write --- */

typedef struct {
    World *world;
    gint stopping;
    gint n;
} Writer;

static gpointer
keep_writing(gpointer data)
{
    Writer *writer = data;
    while (g_atomic_int_get(&writer->stopping) == 0) {
        g_autoptr(GError) error = NULL;
        NewThing thing = { "under load", 0 };
        must(hj_county_write(writer->world->county, writer->world->county->secretary, add_thing,
                             &thing, &error),
             error, "write");
        g_atomic_int_inc(&writer->n);
    }
    return NULL;
}

static void
test_a_backup_under_load_is_one_moment(void **state)
{
    g_autoptr(World) world = world_new(state);
    fill(world);
    Writer writer = { .world = world };
    HjStoreFixture *fixture = world->county->fixture;
    GThread *threads[2];
    HjSealer *sealer = hj_seal_start(world->county->store, fixture->keys, fixture->head_path);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("writer", keep_writing, &writer);
    for (int round = 0; round < 4; round++) {
        g_auto(HjBackupReport) report = { 0 };
        g_autoptr(GError) error = NULL;
        gint target_n = g_atomic_int_get(&writer.n) + 40;
        while (g_atomic_int_get(&writer.n) < target_n)
            g_usleep(1000);
        g_autofree char *path = backup(world, &report);
        g_autofree char *dir = g_strdup_printf("%s/load-%d", world->goal, round);
        HjBackupTarget target = { .dir = dir, .open = open_store };
        g_auto(HjBackupReport) restored = { 0 };
        /* Counts, links and the head are compared inside. */
        must(hj_backup_restore(path, &target, &restored, &error), error, "restore");
        assert_int_equal(restored.n_rows, report.n_rows);
        assert_int_equal(restored.sealed, report.sealed);
        assert_string_equal(restored.head, report.head);
        g_remove(path);
    }
    g_atomic_int_set(&writer.stopping, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    hj_seal_stop(sealer);
}

static void
test_what_was_made_and_what_failed_is_noted(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_auto(HjBackupReport) report = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = backup(world, &report);
    HjStore *store = world->county->store;
    must(hj_backup_note(store, "daily", path, &report, 3, "restored", NULL, &error), error,
         "note");
    must(hj_backup_note(store, "daily", path, NULL, 0, NULL, "no space", &error), error,
         "note");
    g_autoptr(HjTx) tx = hj_store_read(store, &error);
    g_autoptr(HjRows) rows = hj_backup_list(tx, 10, &error);
    must(rows != NULL, error, "list");
    assert_true(hj_rows_next(rows));
    assert_string_equal(hj_rows_text(rows, "failure"), "no space");
    assert_true(hj_rows_next(rows));
    assert_string_equal(hj_rows_text(rows, "print"), report.print);
    assert_int_equal(hj_county_i64(world->county, "SELECT COUNT(*) AS n FROM sys_event WHERE "
                                                  "subject = 'backup'"),
                     2);
}

#define STORY(kind, name) cmocka_unit_test_prestate(name, GINT_TO_POINTER(HJ_FIXTURE_##kind))
#define STORIES(kind)                                                                          \
    STORY(kind, test_a_backup_restores_into_both_databases),                                   \
        STORY(kind, test_an_export_restores_into_an_empty_instance),                           \
        STORY(kind, test_a_changed_or_cut_backup_is_refused_and_nothing_is_written),           \
        STORY(kind, test_a_target_that_is_not_empty_is_refused),                               \
        STORY(kind, test_the_keys_of_sealed_values_stay_apart_unless_asked_for),               \
        STORY(kind, test_a_backup_under_load_is_one_moment),                                   \
        STORY(kind, test_what_was_made_and_what_failed_is_noted)

int
main(void)
{
    const struct CMUnitTest sqlite[] = { STORIES(SQLITE) };
    const struct CMUnitTest postgres[] = { STORIES(POSTGRES) };
    int failed = cmocka_run_group_tests(sqlite, NULL, NULL);
    if (hj_store_fixture_has_postgres())
        failed += cmocka_run_group_tests(postgres, NULL, NULL);
    return failed;
}
