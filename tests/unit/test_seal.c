#include "base/crypto.h"
#include "store/event.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* The call takes &oops. */
#define must(call)                                                                             \
    do {                                                                                       \
        g_autoptr(GError) oops = NULL;                                                         \
        bool must_done = (call);                                                               \
        if (!must_done)                                                                        \
            fail_msg("%s: %s", #call, oops != NULL ? oops->message : "?");                     \
    } while (false)

static bool
tell(HjTx *tx, gpointer data, GError **error)
{
    int n = *(int *)data;
    for (int i = 0; i < n; i++) {
        const HjEvent event = { .action = "row.update",
                                .subject = "row",
                                .ledger = "note",
                                .row = i,
                                .before = "{\"a\":1}",
                                .after = "{\"a\":2}" };
        if (!hj_event_append(tx, &event, error))
            return false;
    }
    return true;
}

static void
tell_times(HjStoreFixture *f, int n)
{
    must(hj_store_write(f->store, tell, &n, &oops));
}

static int64_t
seal(HjStoreFixture *f)
{
    /* On PostgreSQL a transaction of anybody on the server, its own housekeeping included,
     * holds events back for a moment. */
    const int patience = hj_store_driver(f->store)->single_writer ? 1 : 25;
    int64_t sealed = 0;
    for (int tries = 0; tries < patience && sealed == 0; tries++) {
        int64_t n = 0;
        if (tries > 0)
            g_usleep(20000);
        do {
            must(hj_seal_run(f->store, f->keys, f->head_path, &n, &oops));
            sealed += n;
        } while (n > 0);
    }
    return sealed;
}

static HjSealReport
verify(HjStoreFixture *f)
{
    HjSealReport report;
    must(hj_seal_verify(f->store, f->keys, f->head_path, &report, &oops));
    return report;
}

/* Ten sealed events in two batches and two unsealed ones. */
static HjStoreFixture *
chain(void **state)
{
    HjStoreFixture *f = hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
    tell_times(f, 6);
    assert_int_equal(seal(f), 6);
    tell_times(f, 4);
    assert_int_equal(seal(f), 4);
    tell_times(f, 2);
    HjSealReport report = verify(f);
    assert_true(report.sound);
    assert_int_equal(report.n_sealed, 10);
    assert_int_equal(report.n_unsealed, 2);
    assert_int_equal(strlen(report.head), 64);
    hj_seal_report_clear(&report);
    return f;
}

static void
expect_broken(HjStoreFixture *f, int64_t at, const char *why)
{
    HjSealReport report = verify(f);
    if (report.sound || report.broken_at != at || strstr(report.why, why) == NULL)
        fail_msg("sound %d at %d: %s, not at %d: %s", report.sound, (int)report.broken_at,
                 report.why, (int)at, why);
    hj_seal_report_clear(&report);
}

static void
test_an_untouched_chain_is_sound_and_its_tail_is_named(void **state)
{
    HjStoreFixture *f = chain(state);
    hj_store_fixture_reopen(f);
    HjSealReport report = verify(f);
    assert_true(report.sound);
    assert_null(report.why);
    assert_int_equal(report.n_unsealed, 2);
    hj_seal_report_clear(&report);
    assert_int_equal(seal(f), 2);
    assert_int_equal(seal(f), 0);
    report = verify(f);
    assert_int_equal(report.n_sealed, 12);
    assert_int_equal(report.n_unsealed, 0);
    hj_seal_report_clear(&report);
    hj_store_fixture_free(f);
}

static void
test_an_empty_database_is_sound(void **state)
{
    HjStoreFixture *f = hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
    assert_int_equal(seal(f), 0);
    HjSealReport report = verify(f);
    assert_true(report.sound);
    assert_null(report.head);
    hj_seal_report_clear(&report);
    hj_store_fixture_free(f);
}

#define EVENT_OF(seq) "(SELECT event FROM sys_seal WHERE seq = " seq ")"

typedef struct {
    const char *sql;
    int64_t at;
    const char *why;
} Tampering;

/* Each is done to a fresh chain of ten sealed and two unsealed events. */
static const Tampering tamperings[] = {
    { "UPDATE sys_event SET after = '{\"a\":3}' WHERE id = " EVENT_OF("4"), 4, "was changed" },
    { "UPDATE sys_event SET actor = 99 WHERE id = " EVENT_OF("10"), 10, "was changed" },
    { "UPDATE sys_event SET reason = '' WHERE id = " EVENT_OF("1"), 1, "was changed" },
    { "UPDATE sys_event SET before = after, after = before WHERE id = " EVENT_OF("2"), 2,
      "was changed" },
    { "DELETE FROM sys_event WHERE id = " EVENT_OF("5"), 5, "was deleted" },
    { "DELETE FROM sys_seal WHERE seq = 3", 3, "is missing" },
    { "DELETE FROM sys_seal WHERE seq = 1", 1, "is missing" },
    { "DELETE FROM sys_event WHERE id = " EVENT_OF(
          "3") "; DELETE FROM sys_seal WHERE seq = 3;"
               "UPDATE sys_seal SET seq = seq - 1 WHERE seq > 3",
      3, "changed or moved" },
    /* two neighbours change places */
    { "UPDATE sys_seal SET seq = 100 WHERE seq = 2; UPDATE sys_seal SET seq = 2 WHERE seq = 3;"
      "UPDATE sys_seal SET seq = 3 WHERE seq = 100",
      2, "changed or moved" },
    /* an event made by hand, copied from a true one */
    { "INSERT INTO sys_event (county, id, at, actor, action, subject, ledger, row_id, org, "
      "before, "
      "after, reason, serial, mac) SELECT county, id + 1, at, actor, action, subject, ledger, "
      "row_id, org, before, after, reason, serial, mac FROM sys_event WHERE id = " EVENT_OF(
          "10"),
      0, "was not written by this program" },
    { "UPDATE sys_event SET reason = 'x' WHERE id = (SELECT MAX(id) FROM sys_event)", 0,
      "was not written by this program" },
    /* seals and heads made by hand */
    { "INSERT INTO sys_seal (county, seq, event, hash) SELECT county, 11, (SELECT MAX(id) FROM "
      "sys_event), hash FROM sys_seal WHERE seq = 10",
      11, "changed or moved" },
    { "UPDATE sys_seal SET hash = (SELECT hash FROM sys_seal WHERE seq = 9) WHERE seq = 10", 10,
      "changed or moved" },
    { "UPDATE sys_head SET at = at + 1 WHERE seq = 6", 6, "is not signed" },
    { "UPDATE sys_head SET seq = 5 WHERE seq = 6", 5, "is not signed" },
    { "INSERT INTO sys_head (county, seq, at, alg, hash, signature) SELECT county, 8, at, alg, "
      "hash, signature FROM sys_head WHERE seq = 6",
      8, "is not signed" },
    { "UPDATE sys_head SET alg = 0 WHERE seq = 10", 10, "is not signed" },
    { "DELETE FROM sys_head WHERE seq = 10", 7, "are not signed" },
    /* the tail cut off, with and without its head */
    { "DELETE FROM sys_seal WHERE seq > 8", 9, "the exported head is at 10" },
    { "DELETE FROM sys_event WHERE id IN (SELECT event FROM sys_seal WHERE seq > 6);"
      "DELETE FROM sys_seal WHERE seq > 6; DELETE FROM sys_head WHERE seq > 6",
      7, "the exported head is at 10" },
    { "DELETE FROM sys_seal; DELETE FROM sys_head; DELETE FROM sys_event", 1,
      "the exported head is at 10" },
};

static void
test_every_tampering_by_hand_is_found(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tamperings); i++) {
        HjStoreFixture *f = chain(state);
        hj_store_fixture_tamper(f, tamperings[i].sql);
        expect_broken(f, tamperings[i].at, tamperings[i].why);
        hj_store_fixture_free(f);
    }
}

static void
test_a_cut_chain_is_not_sealed_over(void **state)
{
    HjStoreFixture *f = chain(state);
    hj_store_fixture_tamper(f, "DELETE FROM sys_seal WHERE seq > 6; "
                               "DELETE FROM sys_head WHERE seq > 6");
    g_autoptr(GError) error = NULL;
    assert_false(hj_seal_run(f->store, f->keys, f->head_path, NULL, &error));
    assert_hj_error(error, HJ_ERROR_STORE);
    expect_broken(f, 7, "the exported head is at 10");
    hj_store_fixture_free(f);
}

static void
test_an_event_made_by_hand_is_never_sealed(void **state)
{
    HjStoreFixture *f = chain(state);
    hj_store_fixture_tamper(
        f, "INSERT INTO sys_event (county, id, at, actor, action, subject, row_id, org, "
           "serial, mac) "
           "SELECT county, id + 1, at, actor, action, subject, row_id, org, serial, mac FROM "
           "sys_event WHERE id = (SELECT MAX(id) FROM sys_event)");
    assert_int_equal(seal(f), 2);
    expect_broken(f, 0, "was not written by this program");
    hj_store_fixture_free(f);
}

static void
test_events_written_without_keys_are_named(void **state)
{
    HjStoreFixture *f = chain(state);
    hj_seal_use(f->store, NULL);
    tell_times(f, 1);
    expect_broken(f, 0, "was not written by this program");
    hj_store_fixture_free(f);
}

static void
test_the_public_key_alone_verifies_the_chain(void **state)
{
    HjStoreFixture *f = chain(state);
    g_autofree char *key = g_build_filename(f->dir, "chain.key", NULL);
    assert_int_equal(g_remove(key), 0);
    g_autoptr(HjSealKeys) public_keys = NULL;
    must((public_keys = hj_seal_keys_load(f->dir, false, &oops)) != NULL);
    HjSealReport report;
    must(hj_seal_verify(f->store, public_keys, f->head_path, &report, &oops));
    assert_true(report.sound);
    assert_int_equal(report.n_sealed, 10);
    hj_seal_report_clear(&report);
    g_autoptr(GError) error = NULL;
    assert_false(hj_seal_run(f->store, public_keys, f->head_path, NULL, &error));
    hj_store_fixture_tamper(f, "UPDATE sys_event SET after = '' WHERE id = " EVENT_OF("7"));
    must(hj_seal_verify(f->store, public_keys, f->head_path, &report, &oops));
    assert_false(report.sound);
    assert_int_equal(report.broken_at, 7);
    hj_seal_report_clear(&report);
    hj_store_fixture_free(f);
}

static void
test_foreign_keys_do_not_verify_the_chain(void **state)
{
    HjStoreFixture *f = chain(state);
    g_autofree char *other = g_build_filename(f->dir, "other", NULL);
    assert_int_equal(g_mkdir(other, 0700), 0);
    g_autoptr(HjSealKeys) keys = NULL;
    must((keys = hj_seal_keys_load(other, true, &oops)) != NULL);
    HjSealReport report;
    must(hj_seal_verify(f->store, keys, f->head_path, &report, &oops));
    assert_false(report.sound);
    hj_seal_report_clear(&report);
    g_autofree char *key = g_build_filename(other, "chain.key", NULL);
    g_autofree char *pub = g_build_filename(other, "chain.pub", NULL);
    GStatBuf info;
    assert_int_equal(g_stat(key, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    g_remove(key);
    g_remove(pub);
    g_rmdir(other);
    hj_store_fixture_free(f);
}

static void
test_a_damaged_exported_head_is_an_error(void **state)
{
    HjStoreFixture *f = chain(state);
    assert_true(g_file_set_contents(f->head_path, "hangji-head 1 7\n", -1, NULL));
    HjSealReport report;
    g_autoptr(GError) error = NULL;
    assert_false(hj_seal_verify(f->store, f->keys, f->head_path, &report, &error));
    assert_hj_error(error, HJ_ERROR_STORE);
    hj_store_fixture_free(f);
}

static void
test_many_events_are_sealed_in_several_batches(void **state)
{
    HjStoreFixture *f = hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
    tell_times(f, 4500);
    assert_int_equal(seal(f), 4500);
    HjSealReport report = verify(f);
    assert_true(report.sound);
    assert_int_equal(report.n_sealed, 4500);
    hj_seal_report_clear(&report);
    hj_store_fixture_free(f);
}

static gpointer
tell_often(gpointer data)
{
    HjStoreFixture *f = data;
    for (int i = 0; i < 100; i++) {
        int n = 1;
        g_autoptr(GError) error = NULL;
        if (!hj_store_write(f->store, tell, &n, &error))
            g_assert(g_error_matches(error, HJ_ERROR, HJ_ERROR_BUSY));
    }
    return NULL;
}

static int64_t
count_unsealed(HjStoreFixture *f)
{
    HjSealReport report = verify(f);
    assert_true(report.sound);
    int64_t n = report.n_unsealed;
    hj_seal_report_clear(&report);
    return n;
}

static void
test_the_sealer_seals_within_a_second_beside_writers_and_another_sealer(void **state)
{
    HjStoreFixture *f = hj_store_fixture_new((HjFixtureKind)GPOINTER_TO_INT(*state), true);
    HjSealer *sealer = hj_seal_start(f->store, f->keys, f->head_path);
    HjSealer *other = hj_seal_start(f->store, f->keys, f->head_path);
    GThread *writers[4];
    for (int i = 0; i < 4; i++)
        writers[i] = g_thread_new("tell", tell_often, f);
    for (int i = 0; i < 4; i++)
        g_thread_join(writers[i]);
    /* A second, and time for a machine that is busy with other things. */
    int64_t until = hj_time_monotonic() + 10 * G_USEC_PER_SEC;
    while (count_unsealed(f) > 0 && hj_time_monotonic() < until)
        g_usleep(50000);
    assert_int_equal(count_unsealed(f), 0);
    tell_times(f, 1);
    hj_seal_stop(other);
    hj_seal_stop(sealer);
    HjSealReport report = verify(f);
    assert_true(report.sound);
    assert_int_equal(report.n_unsealed, 0);
    hj_seal_report_clear(&report);
    hj_store_fixture_free(f);
}

static bool
read_sealed(HjTx *tx, gpointer data, GError **error)
{
    (void)data, (void)error;
    hj_tx_exempt(tx);
    g_autoptr(HjRows) rows = hj_event_of_row(tx, "note", 0, NULL);
    assert_non_null(rows);
    assert_int_equal(hj_rows_count(rows), 3);
    assert_true(hj_rows_next(rows));
    assert_true(hj_rows_null(rows, "seq"));
    assert_true(hj_rows_next(rows));
    assert_int_equal(hj_rows_i64(rows, "seq"), 7);
    assert_int_equal(strlen(hj_rows_text(rows, "hash")), 64);
    return true;
}

static void
test_the_history_shows_number_and_hash_of_sealed_events(void **state)
{
    HjStoreFixture *f = chain(state);
    must(hj_store_write(f->store, read_sealed, NULL, &oops));
    hj_store_fixture_free(f);
}

#define ON(kind, test)                                                                         \
    {                                                                                          \
        .name = #test " on " #kind, .test_func = test,                                         \
        .initial_state = GINT_TO_POINTER(HJ_FIXTURE_##kind)                                    \
    }
#define TESTS(kind)                                                                            \
    ON(kind, test_an_untouched_chain_is_sound_and_its_tail_is_named),                          \
        ON(kind, test_an_empty_database_is_sound),                                             \
        ON(kind, test_every_tampering_by_hand_is_found),                                       \
        ON(kind, test_a_cut_chain_is_not_sealed_over),                                         \
        ON(kind, test_an_event_made_by_hand_is_never_sealed),                                  \
        ON(kind, test_events_written_without_keys_are_named),                                  \
        ON(kind, test_the_public_key_alone_verifies_the_chain),                                \
        ON(kind, test_foreign_keys_do_not_verify_the_chain),                                   \
        ON(kind, test_a_damaged_exported_head_is_an_error),                                    \
        ON(kind, test_many_events_are_sealed_in_several_batches),                              \
        ON(kind, test_the_sealer_seals_within_a_second_beside_writers_and_another_sealer),     \
        ON(kind, test_the_history_shows_number_and_hash_of_sealed_events)

int
main(void)
{
    const struct CMUnitTest sqlite[] = { TESTS(SQLITE) };
    const struct CMUnitTest postgres[] = { TESTS(POSTGRES) };
    int failed = cmocka_run_group_tests_name("seal on sqlite", sqlite, NULL, NULL);
    if (!hj_store_fixture_has_postgres())
        (void)fprintf(stderr, "skip: seal on postgres, HANGJI_TEST_PG is not set\n");
    else
        failed += cmocka_run_group_tests_name("seal on postgres", postgres, NULL, NULL);
    return failed;
}
