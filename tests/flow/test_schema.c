#include "base/crypto.h"
#include "core/schema.h"
#include "tests/harness/pack_fixture.h"
#include "tests/harness/store_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Every story runs on both databases: *state is the kind. */
typedef struct {
    HjStoreFixture *base;
    HjPackFixture *files;
} World;

static const char note_v1[] =
    "ledger: note\ntitle: {zh: 记事, en: Notes}\nsystem: M1\ngroup: main\nof: village\n"
    "enter: [county_organizer]\ndate_field: day\nfields:\n"
    "  - {field: subject, type: text, title: {zh: 题, en: Subject}, required: true}\n"
    "  - {field: day, type: date, title: {zh: 日, en: Day}}\n"
    "  - {field: amount, type: money, title: {zh: 额, en: Amount}}\n"
    "  - {field: done, type: bool, title: {zh: 成, en: Done}}\n";
static const char line_v1[] =
    "ledger: note_line\ntitle: {zh: 行, en: Lines}\nsystem: M1\nin: note\n"
    "enter: [county_organizer]\nfields:\n"
    "  - {field: detail, type: text, title: {zh: 细, en: Detail}}\n"
    "  - {field: next, type: row, ledger: note_line, title: {zh: 次, en: Next}}\n"
    "  - {field: place, type: org, title: {zh: 地, en: Place}}\n";

static World *
world_new(void **state)
{
    World *world = g_new0(World, 1);
    world->base = hj_store_fixture_new(GPOINTER_TO_INT(*state), true);
    world->files = hj_pack_fixture_new();
    hj_pack_fixture_write(world->files, "ledgers/note.yaml", note_v1);
    hj_pack_fixture_write(world->files, "ledgers/note_line.yaml", line_v1);
    return world;
}

static void
world_free(World *world)
{
    hj_store_fixture_free(world->base);
    hj_pack_fixture_free(world->files);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* Replaces @from by @to in a ledger of the pack; "" for @from appends. */
static void
edit(World *world, const char *file, const char *from, const char *to)
{
    g_autofree char *path = g_build_filename(world->files->dir, file, NULL);
    g_autofree char *text = NULL;
    g_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char *changed = NULL;
    if (from[0] == '\0') {
        changed = g_strconcat(text, to, NULL);
    } else {
        g_autoptr(GString) buffer = g_string_new(text);
        assert_int_equal(g_string_replace(buffer, from, to, 0), 1);
        changed = g_strdup(buffer->str);
    }
    hj_pack_fixture_write(world->files, file, changed);
}

static char *
plan(World *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPack) pack = hj_pack_fixture_load(world->files);
    g_autoptr(HjTx) tx = hj_store_read(world->base->store, &error);
    HjSchemaPlan result = { 0 };
    assert_non_null(tx);
    if (!hj_schema_plan(tx, pack, &result, &error))
        fail_msg("%s", error->message);
    g_ptr_array_add(result.lines, NULL);
    char *text = g_strjoinv("\n", (char **)result.lines->pdata);
    assert_int_equal(result.empty, text[0] == '\0');
    assert_int_equal(result.refused, text[0] == '!' || strstr(text, "\n!") != NULL);
    hj_schema_plan_clear(&result);
    return text;
}

static bool
apply_in(HjTx *tx, gpointer data, GError **error)
{
    return hj_schema_apply(tx, data, error);
}

static void
apply(World *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPack) pack = hj_pack_fixture_load(world->files);
    if (!hj_store_write(world->base->store, apply_in, pack, &error))
        fail_msg("%s", error->message);
}

static void
apply_is_refused(World *world, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPack) pack = hj_pack_fixture_load(world->files);
    assert_false(hj_store_write(world->base->store, apply_in, pack, &error));
    assert_hj_error(error, HJ_ERROR_CONFLICT);
    assert_string_equal(error->message, why);
}

static bool
insert_org_and_note(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error,
                      "INSERT INTO sys_org (county, id, code, kind, opened_on, sort) "
                      "VALUES ($1, 5, '130921100201', 'village', '2017-01-01', 1)",
                      HJ_I64(HJ_FIXTURE_COUNTY)) &&
           hj_tx_exec(tx, error,
                      "INSERT INTO t_note (county, id, org, state, version, created_at, "
                      "created_by, updated_at, updated_by, subject, day, amount, done, "
                      "title_key, title_py) VALUES ($1, 9, 5, '', 1, 0, 0, 0, 0, $2, "
                      "'2018-03-01', 1250, 1, 'k', 'p')",
                      HJ_I64(HJ_FIXTURE_COUNTY), HJ_TEXT("一事"));
}

static void
write_with(World *world, HjWriteFn fn, gpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!hj_store_write(world->base->store, fn, data, &error))
        fail_msg("%s", error->message);
}

/* One value of the only row of the view note, as text. */
static char *
value(World *world, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(world->base->store, &error);
    static const HjVal none[] = { { .kind = HJ_VAL_END } };
    g_autoptr(HjRows) rows = hj_tx_query_pack(tx, sql, none, &error);
    if (rows == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(hj_rows_count(rows), 1);
    hj_rows_next(rows);
    return g_strdup(hj_rows_text_at(rows, 0));
}

static int64_t
count_events(World *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(world->base->store, &error);
    g_autoptr(HjRows) rows = hj_tx_query(
        tx, &error, "SELECT COUNT(*) AS n FROM sys_event WHERE action = 'pack.load'");
    assert_non_null(rows);
    hj_rows_next(rows);
    return hj_rows_i64(rows, "n");
}

static void
test_a_first_load_makes_tables_and_views(void **state)
{
    g_autoptr(World) world = world_new(state);
    g_autofree char *before = plan(world);
    assert_string_equal(before, "+ table note\n"
                                "+ field note.subject text\n"
                                "+ field note.day date\n"
                                "+ field note.amount money\n"
                                "+ field note.done bool\n"
                                "+ table note_line\n"
                                "+ field note_line.detail text\n"
                                "+ field note_line.next row(note_line)\n"
                                "+ field note_line.place org");
    apply(world);
    g_autofree char *after = plan(world);
    assert_string_equal(after, "");
    write_with(world, insert_org_and_note, NULL);
    g_autofree char *subject = value(world, "SELECT subject FROM note WHERE amount = 1250");
    assert_string_equal(subject, "一事");
}

static void
test_a_second_load_of_the_same_pack_changes_nothing(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    apply(world);
    assert_int_equal(count_events(world), 1);
    edit(world, "ledgers/note.yaml", "记事", "纪事");
    apply(world);
    assert_int_equal(count_events(world), 2);
}

static void
test_a_new_field_is_added_to_the_rows_that_are_there(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    edit(world, "ledgers/note.yaml", "",
         "  - {field: checked, type: bool, title: {zh: 核, en: Checked}, required: true}\n"
         "  - {field: line, type: row, ledger: note_line, title: {zh: 行, en: Line}}\n");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines, "+ field note.checked bool\n+ field note.line row(note_line)");
    apply(world);
    g_autofree char *subject =
        value(world, "SELECT subject FROM note WHERE checked IS NULL AND line IS NULL");
    assert_string_equal(subject, "一事");
}

static void
test_a_rename_keeps_the_data(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    edit(world, "ledgers/note.yaml", "{field: subject,", "{field: heading, was: subject,");
    edit(world, "ledgers/note.yaml", "date_field: day", "date_field: on_day");
    edit(world, "ledgers/note.yaml", "{field: day,", "{field: on_day, was: day,");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines, "~ rename note.subject to heading\n~ rename note.day to on_day");
    apply(world);
    g_autofree char *heading =
        value(world, "SELECT heading FROM note WHERE on_day = '2018-03-01'");
    assert_string_equal(heading, "一事");
    g_autofree char *after = plan(world);
    assert_string_equal(after, ""); /* was: may stay in the pack */
}

static void
test_a_drop_is_refused(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    edit(world, "ledgers/note.yaml",
         "  - {field: amount, type: money, title: {zh: 额, en: Amount}}\n", "");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines,
                        "! drop note.amount refused: keep the field and mark it retired: DATE");
    apply_is_refused(world,
                     "load pack small: drop note.amount refused: keep the field and mark "
                     "it retired: DATE");
    assert_int_equal(count_events(world), 1);
}

static void
test_dropping_a_ledger_is_refused(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    hj_pack_fixture_write(world->files, "ledgers/note_line.yaml", NULL);
    g_autofree char *lines = plan(world);
    assert_string_equal(
        lines, "! drop note_line.detail refused: the pack no longer has the ledger note_line\n"
               "! drop note_line.next refused: the pack no longer has the ledger note_line\n"
               "! drop note_line.place refused: the pack no longer has the ledger note_line");
}

static void
test_a_retype_is_refused_but_longer_text_is_not(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    edit(world, "ledgers/note.yaml", "{field: amount, type: money,",
         "{field: amount, type: decimal, scale: 3,");
    edit(world, "ledgers/note_line.yaml", "type: text", "type: long_text");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines, "! retype note.amount from money to decimal(3) refused: add a "
                               "new field and retire this one\n"
                               "~ type note_line.detail from text to long_text");
}

static void
test_a_retired_field_stays_readable(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    edit(world, "ledgers/note.yaml", "{field: amount,", "{field: amount, retired: 2018-07-01,");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines, "~ retire note.amount since 2018-07-01");
    apply(world);
    g_autofree char *subject = value(world, "SELECT subject FROM note WHERE amount = 1250");
    assert_string_equal(subject, "一事");
    edit(world, "ledgers/note.yaml", "{field: amount, retired: 2018-07-01,", "{field: amount,");
    g_autofree char *again = plan(world);
    assert_string_equal(again, "~ ask note.amount again");
}

static void
test_moving_a_ledger_under_another_is_refused(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    edit(world, "ledgers/note_line.yaml", "in: note\n", "group: main\nof: village\n");
    g_autofree char *lines = plan(world);
    assert_string_equal(lines, "! move note_line from row(note) to no parent refused: its rows "
                               "are already there");
}

static bool
insert_orphan(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error,
                      "INSERT INTO t_note_line (county, id, org, state, version, created_at, "
                      "created_by, updated_at, updated_by, parent) "
                      "VALUES ($1, 10, 5, '', 1, 0, 0, 0, 0, 404)",
                      HJ_I64(HJ_FIXTURE_COUNTY));
}

static void
test_a_child_without_its_parent_does_not_go_in(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    g_autoptr(GError) error = NULL;
    assert_false(hj_store_write(world->base->store, insert_orphan, NULL, &error));
    assert_non_null(error);
}

static bool
void_note(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    hj_tx_exempt(tx);
    return hj_tx_exec(tx, error, "UPDATE t_note SET voided_at = 1 WHERE county = $1",
                      HJ_I64(HJ_FIXTURE_COUNTY));
}

static void
test_the_view_shows_live_rows_of_this_county_only(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    g_autofree char *one = value(world, "SELECT CAST(COUNT(*) AS TEXT) FROM note");
    assert_string_equal(one, "1");
    write_with(world, void_note, NULL);
    g_autofree char *none = value(world, "SELECT CAST(COUNT(*) AS TEXT) FROM note");
    assert_string_equal(none, "0");
}

static const char scheme_v1[] =
    "scheme: race\nversion: \"1\"\nfrom: 2017-01-01\ntitle: {zh: 赛, en: Race}\nof: committee\n"
    "period: half_year\nassumption: true\nlists:\n"
    "  - list: base\n    title: {zh: 基, en: Base}\n    cap: 10\n    items:\n"
    "      - {item: notes, title: {zh: 事, en: Notes}, points: 5, ledger: note, when: "
    "\"done = 1\", evidence: record}\n"
    "rank: [total desc]\naudience: {rank: [county]}\n";

/* The same with another first day. */
static void
write_race(World *world, const char *file, const char *from)
{
    g_autoptr(GString) text = g_string_new(scheme_v1);
    g_string_replace(text, "2017-01-01", from, 0);
    hj_pack_fixture_write(world->files, file, text->str);
}

#define BEGUN "refused: its first period has begun (ASM-1); add a version with a later from"

/* ASM-1 */
static void
test_a_scheme_is_frozen_once_its_period_has_begun(void **state)
{
    g_autoptr(World) world = world_new(state);
    write_race(world, "schemes/race.yaml", "2017-01-01");
    write_race(world, "schemes/race_2100.yaml", "2100-01-01");
    apply(world);
    edit(world, "schemes/race_2100.yaml", "points: 5", "points: 7"); /* not yet begun */
    edit(world, "schemes/race.yaml", "zh: 事", "zh: 事项");          /* a title is no rule */
    g_autofree char *allowed = plan(world);
    assert_string_equal(allowed, "");
    edit(world, "schemes/race.yaml", "points: 5", "points: 6");
    edit(world, "schemes/race.yaml", "cap: 10", "cap: 12");
    g_autofree char *changed = plan(world);
    assert_string_equal(changed,
                        "! scheme race from 2017-01-01: changed list base " BEGUN "\n"
                        "! scheme race from 2017-01-01: changed item base.notes " BEGUN);
    apply_is_refused(world,
                     "load pack small: scheme race from 2017-01-01: changed list base " BEGUN);
    write_race(world, "schemes/race.yaml", "2017-01-01");
    write_race(world, "schemes/race_2018.yaml", "2018-01-01"); /* rules for days gone by */
    g_autofree char *late = plan(world);
    assert_string_equal(late, "! scheme race from 2018-01-01: a new version " BEGUN);
    hj_pack_fixture_write(world->files, "schemes/race_2018.yaml", NULL);
    hj_pack_fixture_write(world->files, "schemes/race.yaml", NULL);
    g_autofree char *gone = plan(world);
    assert_true(
        g_str_has_prefix(gone, "! scheme race from 2017-01-01: dropped item base.notes"));
}

static void
test_ledgers_may_cite_each_other_in_a_ring(void **state)
{
    g_autoptr(World) world = world_new(state);
    edit(world, "ledgers/note.yaml", "",
         "  - {field: line, type: row, ledger: note_line, title: {zh: 行, en: Line}}\n");
    apply(world);
    write_with(world, insert_org_and_note, NULL);
    g_autofree char *after = plan(world);
    assert_string_equal(after, "");
}

/* Of the citations of rows; the order of lists needs every row. */
static int64_t
count_partial(const World *world)
{
    g_autoptr(HjTx) tx = hj_store_read(world->base->store, NULL);
    const char *sql =
        world->base->kind == HJ_FIXTURE_SQLITE
            ? "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'index' "
              "AND tbl_name = 't_note_line' AND sql LIKE '%WHERE \"next\" IS NOT NULL'"
            : "SELECT COUNT(*) AS n FROM pg_indexes WHERE tablename = 't_note_line' "
              "AND indexdef LIKE '%WHERE (next IS NOT NULL)'";
    const HjVal none[] = { HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, NULL, sql, none);
    assert_true(hj_rows_next(rows));
    return hj_rows_i64(rows, "n");
}

static bool
add_whole_index(HjTx *tx, gpointer data, GError **error)
{
    const char *name = data;
    g_autofree char *sql =
        g_strdup_printf("CREATE INDEX %s ON t_note_line (county, next, id, org)", name);
    return hj_tx_ddl(tx, sql, error);
}

static void
test_what_is_only_looked_up_has_a_place_where_it_is_given(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    assert_int_equal(count_partial(world), 1);
    /* As a county has it that began with an older program. */
    uint8_t digest[HJ_SM3_BYTES];
    static const char what[] = "note_line.next.id.org";
    hj_crypto_sm3(what, sizeof what - 1, digest);
    g_autofree char *hex = hj_crypto_hex(digest, 8);
    g_autofree char *name = g_strdup_printf("i_x%s", hex);
    write_with(world, add_whole_index, name);
    edit(world, "ledgers/note.yaml", "记事", "纪事");
    apply(world);
    assert_int_equal(count_partial(world), 1);
    write_with(world, add_whole_index, name); /* it was away */
}

static void
test_each_version_tells_in_words_what_it_changed(void **state)
{
    g_autoptr(World) world = world_new(state);
    apply(world);
    edit(world, "ledgers/note.yaml", "",
         "  - {field: checked, type: bool, title: {zh: 核, en: Checked}, required: true}\n");
    apply(world);
    g_autoptr(GError) error = NULL;
    g_autoptr(HjTx) tx = hj_store_read(world->base->store, &error);
    g_autoptr(HjRows) packs = hj_schema_packs(tx, 0, 10, &error);
    assert_non_null(packs);
    assert_int_equal(hj_rows_count(packs), 2);
    hj_rows_next(packs);
    assert_non_null(strstr(hj_rows_text(packs, "lines"), "栏 checked: 核"));
    assert_non_null(strstr(hj_rows_text(packs, "lines"), "field checked: Checked"));
    hj_rows_next(packs);
    assert_true(hj_rows_null(packs, "lines"));
    /* What it says is kept of the newest only. */
    g_autoptr(HjRows) kept =
        hj_tx_query(tx, &error, "SELECT COUNT(said) AS said, COUNT(*) AS n FROM sys_pack");
    assert_true(hj_rows_next(kept));
    assert_int_equal(hj_rows_i64(kept, "said"), 1);
    assert_int_equal(hj_rows_i64(kept, "n"), 2);
}

#define ON(kind, name)                                                                         \
    {                                                                                          \
#name " (" #kind ")", name, NULL, NULL, GINT_TO_POINTER(HJ_FIXTURE_##kind)             \
    }
#define STORIES(kind)                                                                          \
    ON(kind, test_a_first_load_makes_tables_and_views),                                        \
        ON(kind, test_a_second_load_of_the_same_pack_changes_nothing),                         \
        ON(kind, test_a_new_field_is_added_to_the_rows_that_are_there),                        \
        ON(kind, test_a_rename_keeps_the_data), ON(kind, test_a_drop_is_refused),              \
        ON(kind, test_dropping_a_ledger_is_refused),                                           \
        ON(kind, test_a_retype_is_refused_but_longer_text_is_not),                             \
        ON(kind, test_a_retired_field_stays_readable),                                         \
        ON(kind, test_moving_a_ledger_under_another_is_refused),                               \
        ON(kind, test_a_child_without_its_parent_does_not_go_in),                              \
        ON(kind, test_the_view_shows_live_rows_of_this_county_only),                           \
        ON(kind, test_a_scheme_is_frozen_once_its_period_has_begun),                           \
        ON(kind, test_ledgers_may_cite_each_other_in_a_ring),                                  \
        ON(kind, test_what_is_only_looked_up_has_a_place_where_it_is_given),                   \
        ON(kind, test_each_version_tells_in_words_what_it_changed)

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
