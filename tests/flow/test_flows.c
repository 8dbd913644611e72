#define HJ_STORY_PACK "pack_flow"
#include "core/import.h"
#include "store/behind.h"
#include "tests/flow/steps.h"

#define VILLAGE HJ_COUNTY_VILLAGE

#define STATE "SELECT state FROM t_matter WHERE id = $1"
#define DUE                                                                                    \
    "SELECT due_on FROM sys_task WHERE row_id = $1 AND closed_at IS NULL AND kind <> 'copy'"

static int64_t
n_open(HjCounty *county, int64_t id)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT COUNT(*) FROM sys_task WHERE closed_at IS NULL "
                        "AND kind <> 'copy' AND row_id = %" G_GINT64_FORMAT,
                        id);
    return hj_county_i64(county, sql);
}

static int64_t
new_matter(HjCounty *county, const char *listed_on)
{
    g_auto(Entry) e = entry_of(county, "matter", VILLAGE);
    g_autoptr(GError) error = NULL;
    e.inputs[e.n++] = (HjRowInput){ .name = "subject", .text = "修路" };
    e.inputs[e.n++] = (HjRowInput){ .name = "listed_on", .text = listed_on };
    assert_done(hj_county_write(county, county->secretary, run_create, &e, &error), error);
    return e.key.id;
}

static const HjRowInput plan[] = { { .name = "plan", .text = "铺砖" } };

static int64_t
matter_under_review(HjCounty *county)
{
    int64_t id = new_matter(county, "2018-06-11");
    assert_act("", county, county->secretary, "matter", id, .action = "submit", .inputs = plan,
               .n_inputs = 1);
    assert_text("reviewed", county, STATE, id);
    return id;
}

static int64_t
child(HjCounty *county, int64_t id, const char *colour)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT MAX(id) FROM t_answer WHERE parent = %" G_GINT64_FORMAT " AND colour = '%s'",
        id, colour);
    return hj_county_i64(county, sql);
}

static void
answer_all(HjCounty *county, int64_t id)
{
    static const char *const colours[] = { "red", "green", "blue" };
    for (size_t i = 0; i < G_N_ELEMENTS(colours); i++)
        assert_act("", county, county->organizer, "answer", child(county, id, colours[i]),
                   .action = "clear");
}

static int64_t
matter_at_work(HjCounty *county)
{
    int64_t id = matter_under_review(county);
    answer_all(county, id);
    assert_act("", county, county->town, "matter", id, .action = "approve");
    assert_text("working", county, STATE, id);
    return id;
}

/* --- stories --- */

static void
test_a_new_row_stands_at_the_start_and_waits_for_its_role(void **state)
{
    HjCounty *county = *state;
    int64_t id = new_matter(county, "2018-06-11");
    assert_text("listed", county, STATE, id);
    assert_int_equal(n_open(county, id), 1);
    /* ARI-5: five working days after Friday 15 June 2018; Monday the 18th is a holiday. */
    assert_text("2018-06-25", county, DUE, id);
    assert_act("Your roles do not allow this here.", county, county->town, "matter", id,
               .action = "submit");
    assert_act("There is nothing here.", county, county->other, "matter", id,
               .action = "submit");
    assert_act("plan:required", county, county->secretary, "matter", id, .action = "submit");
    assert_act("This cannot be done where the record stands.", county, county->secretary,
               "matter", id, .action = "approve");
    assert_act("why:required comment:required", county, county->secretary, "matter", id,
               .action = "drop");
    assert_int_equal(n_open(county, id), 1);
}

static void
test_departments_answer_beside_one_another(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_under_review(county);
    assert_int_equal(n_open(county, id), 1);
    assert_text("修路", county, "SELECT subject FROM t_answer WHERE parent = $1", id);
    assert_act(":rule", county, county->town, "matter", id, .action = "approve");
    answer_all(county, id);
    assert_act("", county, county->town, "matter", id, .action = "approve");
    assert_text("working", county, STATE, id);
    /* WEAK-7: the hundred days count from the day it was listed. */
    assert_text("2018-09-19", county, DUE, id);
}

static void
test_the_first_refusal_ends_it_and_calls_the_others_off(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_under_review(county);
    int64_t red = child(county, id, "red"), blue = child(county, id, "blue");
    assert_act("number:required", county, county->organizer, "answer", red, .action = "refuse");
    HjRowInput number = { .name = "number", .text = "纪字1号" };
    assert_act("", county, county->organizer, "answer", red, .action = "refuse",
               .inputs = &number, .n_inputs = 1);
    assert_text("dropped", county, STATE, id);
    assert_text("called_off", county, "SELECT state FROM t_answer WHERE id = $1", blue);
    assert_int_equal(n_open(county, id), 0);
    assert_int_equal(n_open(county, blue), 0);
    assert_act("This record has come to its end.", county, county->organizer, "answer", blue,
               .action = "clear");
}

static void
test_going_back_calls_open_answers_off_and_asks_anew(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_under_review(county);
    int64_t red = child(county, id, "red"), green = child(county, id, "green");
    assert_act("", county, county->organizer, "answer", green, .action = "clear");
    assert_act("comment:required", county, county->town, "matter", id, .action = "send_back");
    assert_act("to:choice", county, county->town, "matter", id, .action = "send_back",
               .to_node = "working", .opinion = "再想想");
    assert_act("", county, county->town, "matter", id, .action = "send_back",
               .opinion = "再想想");
    assert_text("listed", county, STATE, id);
    assert_text("called_off", county, "SELECT state FROM t_answer WHERE id = $1", red);
    assert_text("cleared", county, "SELECT state FROM t_answer WHERE id = $1", green);
    /* The five working days of the first visit go on. */
    assert_text("2018-06-25", county, DUE, id);
    /* Going back does not lead onwards, past what is asked of a submission. */
    assert_act("to:choice", county, county->secretary, "matter", id, .action = "send_back",
               .opinion = "不改");
    assert_act("", county, county->secretary, "matter", id, .action = "submit");
    assert_true(child(county, id, "red") != red);
    /* What was answered the first time does not count the second time. */
    assert_act(":rule", county, county->town, "matter", id, .action = "approve");
    answer_all(county, id);
    assert_act("", county, county->town, "matter", id, .action = "approve");
}

static void
test_a_move_is_withdrawn_until_somebody_has_acted(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_under_review(county);
    assert_act("Only who moved it last can take that back.", county, county->town, "matter", id,
               .action = "withdraw");
    assert_act("", county, county->secretary, "matter", id, .action = "withdraw");
    assert_text("listed", county, STATE, id);
    assert_int_equal(n_open(county, id), 1);
    /* Taking back is not taken back: it would be a submission without its checks. */
    assert_act("Only who moved it last can take that back.", county, county->secretary,
               "matter", id, .action = "withdraw");
    assert_act("", county, county->secretary, "matter", id, .action = "submit");
    assert_act("", county, county->organizer, "answer", child(county, id, "blue"),
               .action = "clear");
    assert_act("Somebody has acted on it since.", county, county->secretary, "matter", id,
               .action = "withdraw");
}

static void
test_what_was_changed_since_is_not_taken_back(void **state)
{
    HjCounty *county = *state;
    HjRowKey key;
    g_autoptr(GError) error = NULL;
    int64_t id = matter_under_review(county);
    assert_act("", county, county->town, "matter", id, .action = "send_back",
               .opinion = "再想想");
    hj_county_at(county, "2018-06-15T13:00:00+08:00");
    assert_done(
        row_change(county, county->secretary, "matter", id, 3, &key, &error, "plan", "", NULL),
        error);
    assert_act("Somebody has acted on it since.", county, county->town, "matter", id,
               .action = "withdraw");
    assert_act("plan:required", county, county->secretary, "matter", id, .action = "submit");
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_one_goes_back_to_where_it_came_from_not_to_what_came_after(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    HjRowInput full[] = { { .name = "satisfied", .text = "80" },
                          { .name = "proof", .text = "9号" } };
    assert_act("", county, county->secretary, "matter", id, .action = "finish", .inputs = full,
               .n_inputs = 2);
    assert_act("", county, county->town, "matter", id, .action = "send_back",
               .opinion = "不够");
    assert_text("working", county, STATE, id);
    assert_act("to:choice", county, county->secretary, "matter", id, .action = "send_back",
               .to_node = "checked", .opinion = "够了");
    assert_act("", county, county->secretary, "matter", id, .action = "send_back",
               .opinion = "请重审");
    assert_text("reviewed", county, STATE, id);
    assert_act("to:choice", county, county->town, "matter", id, .action = "send_back",
               .to_node = "working", .opinion = "不必");
}

static HjActor *
deputy_of(HjCounty *county, const HjActor *principal, const HjActor *deputy)
{
    const HjGrant *lent = &principal->grants[0];
    HjActor *actor =
        hj_actor_new(county->pack, deputy->account, deputy->name, deputy->title, HJ_ZH, 1);
    hj_actor_add_grant(actor, lent->role, lent->org, lent->org_code, lent->org_name,
                       lent->org_kind);
    hj_actor_set_behalf(actor, 1, principal->account, principal->title,
                        hj_date_make(2018, 12, 31));
    return actor;
}

static void
test_a_deputy_is_not_both_of_two_people(void **state)
{
    HjCounty *county = *state;
    g_autoptr(HjActor) deputy = deputy_of(county, county->town, county->organizer);
    g_autoptr(HjActor) colleague =
        hj_county_account(county, "colleague", "county_organizer", HJ_COUNTY_ROOT);
    int64_t id = matter_at_work(county);
    HjRowInput full[] = { { .name = "satisfied", .text = "80" },
                          { .name = "proof", .text = "9号" } };
    assert_act("", county, county->secretary, "matter", id, .action = "finish", .inputs = full,
               .n_inputs = 2);
    assert_act("", county, deputy, "matter", id, .action = "accept");
    assert_text("checked", county, STATE, id);
    assert_act("It is not your turn here.", county, county->organizer, "matter", id,
               .action = "accept");
    assert_act("", county, colleague, "matter", id, .action = "accept");
    assert_text("closed", county, STATE, id);
}

static void
test_two_people_close_it_and_evidence_and_guard_are_asked(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    HjRowInput short_of[] = { { .name = "satisfied", .text = "59" } };
    HjRowInput full[] = { { .name = "satisfied", .text = "60" },
                          { .name = "proof", .text = "沧组〔2018〕9号" } };
    assert_act("", county, county->secretary, "matter", id, .action = "finish",
               .inputs = short_of, .n_inputs = 1);
    assert_act("proof:required satisfied:rule", county, county->town, "matter", id,
               .action = "accept");
    assert_act("", county, county->town, "matter", id, .action = "send_back",
               .opinion = "不够");
    assert_act("", county, county->secretary, "matter", id, .action = "finish", .inputs = full,
               .n_inputs = 2);
    assert_act("", county, county->town, "matter", id, .action = "accept");
    assert_text("checked", county, STATE, id);
    assert_act("It is not your turn here.", county, county->town, "matter", id,
               .action = "accept");
    /* Both sign the same words. */
    HjRowInput other[] = { { .name = "satisfied", .text = "95" } };
    assert_act("satisfied:rule", county, county->organizer, "matter", id, .action = "accept",
               .inputs = other, .n_inputs = 1);
    assert_text("checked", county, STATE, id);
    assert_act("", county, county->organizer, "matter", id, .action = "accept", .inputs = full,
               .n_inputs = 2);
    assert_text("closed", county, STATE, id);
    assert_int_equal(n_open(county, id), 0);
    /* WEAK-6: relapse within twelve months reopens the same row. */
    assert_text("2019-06-15", county, "SELECT watch_until FROM sys_case WHERE id = $1", id);
    assert_act("", county, county->town, "matter", id, .action = "reopen", .opinion = "反弹");
    assert_text("working", county, STATE, id);
    assert_text("2018-09-19", county, DUE, id);
}

static void
test_the_watch_ends(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    HjRowInput full[] = { { .name = "satisfied", .text = "80" },
                          { .name = "proof", .text = "9号" } };
    assert_act("", county, county->secretary, "matter", id, .action = "finish", .inputs = full,
               .n_inputs = 2);
    assert_act("", county, county->town, "matter", id, .action = "accept");
    assert_act("", county, county->organizer, "matter", id, .action = "accept");
    hj_county_at(county, "2019-06-16T09:00:00+08:00");
    assert_act("The time of watching it is over.", county, county->town, "matter", id,
               .action = "reopen", .opinion = "反弹");
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_rules_of_the_day_it_was_listed_hold_to_its_end(void **state)
{
    HjCounty *county = *state;
    /* VER-1: cases listed in June have 100 days, those of July 60, whenever they get there. */
    int64_t june = matter_under_review(county);
    hj_county_at(county, "2018-07-05T12:00:00+08:00");
    answer_all(county, june);
    assert_act("", county, county->town, "matter", june, .action = "approve");
    assert_text("2018-09-19", county, DUE, june);
    int64_t july = new_matter(county, "2018-07-02");
    assert_act("", county, county->secretary, "matter", july, .action = "submit",
               .inputs = plan, .n_inputs = 1);
    answer_all(county, july);
    assert_act("", county, county->town, "matter", july, .action = "approve");
    assert_text("2018-08-31", county, DUE, july);
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_a_calendar_that_is_not_loaded_gives_no_deadline(void **state)
{
    HjCounty *county = *state;
    hj_county_at(county, "2018-12-28T12:00:00+08:00");
    int64_t id = new_matter(county, "2018-12-27");
    assert_text("", county, DUE, id);
    assert_text("WEAK", county,
                "SELECT 'WEAK' FROM sys_task WHERE row_id = $1 AND due_rule = ''", id);
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_a_deadline_follows_the_day_it_counts_from(void **state)
{
    HjCounty *county = *state;
    int64_t id = new_matter(county, "2018-06-11");
    HjRowKey key;
    g_autoptr(GError) error = NULL;
    assert_done(row_change(county, county->secretary, "matter", id, 1, &key, &error,
                           "listed_on", "2018-06-01", "plan", "x", NULL),
                error);
    assert_act("", county, county->secretary, "matter", id, .action = "submit");
    /* At review this field is no longer open, nor is it the secretary's turn. */
    assert_false(row_change(county, county->secretary, "matter", id, 3, &key, &error, "plan",
                            "y", NULL));
    assert_string_equal(error->message, "It is not your turn here.");
    answer_all(county, id);
    assert_act("", county, county->town, "matter", id, .action = "approve");
    assert_text("2018-09-09", county, DUE, id);
}

static void
test_others_are_asked_and_heard_first(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    int64_t team = county->team->account, town = county->town->account;
    assert_act("account:choice", county, county->secretary, "matter", id,
               .action = "add_reviewer", .to_account = county->other->account);
    assert_act("", county, county->secretary, "matter", id, .action = "add_reviewer",
               .to_account = team);
    assert_act("", county, county->secretary, "matter", id, .action = "add_reviewer",
               .to_account = town);
    assert_act(":rule", county, county->secretary, "matter", id, .action = "finish");
    assert_act("comment:required", county, county->team, "matter", id, .action = "object");
    assert_act("", county, county->team, "matter", id, .action = "object", .opinion = "未完");
    assert_act("", county, county->town, "matter", id, .action = "agree");
    assert_act("comment:required", county, county->secretary, "matter", id, .action = "finish");
    assert_act("", county, county->secretary, "matter", id, .action = "finish",
               .opinion = "已补做");
    assert_text("checked", county, STATE, id);
}

static void
test_a_delegate_reports_back_and_a_transfer_does_not(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    int64_t team = county->team->account;
    assert_act("", county, county->secretary, "matter", id, .action = "delegate",
               .to_account = team);
    assert_act(":rule", county, county->secretary, "matter", id, .action = "finish");
    assert_act("comment:required", county, county->team, "matter", id, .action = "report");
    assert_act("", county, county->team, "matter", id, .action = "report", .opinion = "办完");
    assert_int_equal(n_open(county, id), 1);
    assert_act("", county, county->secretary, "matter", id, .action = "transfer",
               .to_account = team);
    assert_int_equal(n_open(county, id), 1);
    assert_act("It is not your turn here.", county, county->secretary, "matter", id,
               .action = "finish");
    assert_act("", county, county->team, "matter", id, .action = "finish");
    assert_text("checked", county, STATE, id);
}

static void
test_urging_has_a_limit(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    assert_act("", county, county->town, "matter", id, .action = "urge");
    assert_act("It was urged today already, or three times in all.", county, county->town,
               "matter", id, .action = "urge");
    hj_county_at(county, "2018-06-16T13:00:00+08:00");
    assert_act("", county, county->organizer, "matter", id, .action = "urge");
    hj_county_at(county, "2018-06-17T14:00:00+08:00");
    assert_act("", county, county->town, "matter", id, .action = "urge");
    hj_county_at(county, "2018-06-18T15:00:00+08:00");
    assert_act("It was urged today already, or three times in all.", county, county->town,
               "matter", id, .action = "urge");
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_the_faster_of_two_wins(void **state)
{
    HjCounty *county = *state;
    int64_t id = matter_at_work(county);
    g_autofree char *sql =
        g_strdup_printf("SELECT version FROM t_matter WHERE id = %" G_GINT64_FORMAT, id);
    int64_t version = hj_county_i64(county, sql);
    assert_act("", county, county->secretary, "matter", id, .action = "finish",
               .version = version);
    assert_act("This row was changed by somebody else.", county, county->secretary, "matter",
               id, .action = "finish", .version = version);
    assert_act("There is nothing here.", county, county->other, "matter", id,
               .action = "finish", .version = version);
}

static void
test_a_notice_stays_for_its_days_and_for_its_objections(void **state)
{
    HjCounty *county = *state;
    g_auto(Entry) e = entry_of(county, "notice", VILLAGE);
    g_autoptr(GError) error = NULL;
    e.inputs[e.n++] = (HjRowInput){ .name = "subject", .text = "发展对象" };
    assert_done(hj_county_write(county, county->secretary, run_create, &e, &error), error);
    int64_t id = e.key.id;
    /* DEV-07: five whole working days, the holiday left out. */
    hj_county_at(county, "2018-06-25T12:00:00+08:00");
    assert_act(":rule", county, county->secretary, "notice", id, .action = "end");
    g_auto(Entry) o = entry_of(county, "objection", VILLAGE);
    o.parent = id;
    o.inputs[o.n++] = (HjRowInput){ .name = "text", .text = "有异议" };
    assert_done(hj_county_write(county, county->town, run_create, &o, &error), error);
    hj_county_at(county, "2018-06-26T12:00:00+08:00");
    assert_act(":rule", county, county->secretary, "notice", id, .action = "end");
    assert_act("", county, county->town, "objection", o.key.id, .action = "answer");
    assert_act("", county, county->secretary, "notice", id, .action = "end");
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_a_step_is_dated_back_only_where_it_may_be(void **state)
{
    HjCounty *county = *state;
    HjDate day = hj_date_make(2018, 6, 20), before = hj_date_make(2018, 6, 14);
    int64_t id = new_matter(county, "2018-06-11");
    hj_county_at(county, "2018-06-22T12:00:00+08:00");
    assert_act("on:range", county, county->secretary, "matter", id, .action = "submit",
               .on = before, .inputs = plan, .n_inputs = 1);
    assert_act("", county, county->secretary, "matter", id, .action = "submit", .on = day,
               .inputs = plan, .n_inputs = 1);
    /* The ten days of the next node begin on the day the step was really taken. */
    assert_text("2018-06-30", county, DUE, id);
    assert_act("on:range", county, county->town, "matter", id, .action = "approve", .on = day);
    hj_county_at(county, HJ_COUNTY_NOON);
}

static void
test_the_line_replays_from_the_events(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = matter_at_work(county);
    assert_act("", county, county->secretary, "matter", id, .action = "finish");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) line =
        hj_flow_line(tx, county->town, hj_county_ledger(county, "matter"), id, &error);
    assert_done(line != NULL, error);
    g_autoptr(HjRows) events = row_events(county, county->town, "matter", id);
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    while (hj_rows_next(events))
        if (g_str_equal(hj_rows_text(events, "action"), "flow.move"))
            g_ptr_array_insert(told, 0, g_strdup(hj_rows_text(events, "after")));
    guint n = 0;
    while (hj_rows_next(line)) {
        const char *outcome = hj_rows_text(line, "outcome");
        if (outcome == NULL || g_str_equal(outcome, "moot"))
            continue;
        g_autofree char *action = g_strdup_printf("\"action\":\"%s\"", outcome);
        g_autofree char *from = g_strdup_printf("\"from\":\"%s\"", hj_rows_text(line, "node"));
        g_autofree char *to = g_strdup_printf("\"to\":\"%s\"", hj_rows_text(line, "to_node"));
        g_autofree char *task =
            g_strdup_printf("\"task\":\"%" G_GINT64_FORMAT "\"", hj_rows_i64(line, "task"));
        assert_true(n < told->len);
        const char *event = g_ptr_array_index(told, n++);
        assert_non_null(strstr(event, action));
        assert_non_null(strstr(event, from));
        assert_non_null(strstr(event, to));
        assert_non_null(strstr(event, task));
    }
    assert_int_equal(n, told->len);
    assert_int_equal(n, 3);
}

static void
test_the_buttons_are_what_may_be_done(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = matter_under_review(county);
    const HjLedger *ledger = hj_county_ledger(county, "matter");
    g_autoptr(HjTx) tx = hj_store_read(county->store, &error);
    g_autoptr(HjRows) town = hj_flow_options(tx, county->town, ledger, id, &error);
    assert_done(town != NULL, error);
    g_autoptr(GString) actions = g_string_new(NULL);
    while (hj_rows_next(town))
        g_string_append_printf(actions, "%s ", hj_rows_text(town, "action"));
    assert_string_equal(actions->str, "approve send_back transfer add_reviewer ");
    g_autoptr(HjRows) own = hj_flow_options(tx, county->secretary, ledger, id, &error);
    g_string_truncate(actions, 0);
    while (hj_rows_next(own))
        g_string_append_printf(actions, "%s ", hj_rows_text(own, "action"));
    assert_string_equal(actions->str, "withdraw urge ");
    assert_null(hj_flow_options(tx, county->other, ledger, id, &error));
}

static void
test_a_void_row_waits_for_nobody(void **state)
{
    HjCounty *county = *state;
    g_autoptr(GError) error = NULL;
    int64_t id = new_matter(county, "2018-06-11");
    assert_done(row_void(county, county->secretary, "matter", id, 1, "录错", &error), error);
    assert_int_equal(n_open(county, id), 0);
}

/* --- rows of a workbook --- */

#define N_SENT 4

static bool
run_import(HjCounty *county, HjTx *tx, const HjActor *actor, gpointer data, GError **error)
{
    static const char *const lines[N_SENT][3] = {
        { "组织", "事项", "请示单位" },
        { VILLAGE, "修桥", "130921101" },
        { VILLAGE, "无人受理", "" },
        { VILLAGE, "打井", "130921101" },
    };
    HjImportVerdict *verdicts = data;
    hj_tx_write_behind(tx);
    g_autoptr(HjImport) import =
        hj_import_new(tx, actor, hj_county_ledger(county, "request"), error);
    for (int i = 0; import != NULL && i < N_SENT; i++) {
        HjSheetCell cells[3] = { 0 };
        for (int k = 0; k < 3; k++)
            cells[k] =
                (HjSheetCell){ .column = k + 1, .kind = HJ_CELL_TEXT, .text = lines[i][k] };
        const HjSheetRow row = { .number = i + 1, .cells = cells, .n_cells = 3 };
        if (!hj_import_row(import, tx, &row, true, &verdicts[i], error))
            return false;
    }
    return import != NULL;
}

static void
test_a_row_of_a_workbook_that_its_first_node_refuses_leaves_nothing(void **state)
{
    HjCounty *county = *state;
    HjImportVerdict verdicts[N_SENT];
    g_autoptr(GError) error = NULL;
    assert_done(hj_county_write(county, county->secretary, run_import, verdicts, &error),
                error);
    assert_int_equal(verdicts[1], HJ_IMPORT_RIGHT);
    assert_int_equal(verdicts[2], HJ_IMPORT_WRONG);
    assert_int_equal(verdicts[3], HJ_IMPORT_RIGHT);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM t_request"), 2);
    assert_int_equal(hj_county_i64(county, "SELECT COUNT(*) FROM t_reply"), 2);
    static const char *const of_request[] = {
        "SELECT COUNT(*) FROM sys_case WHERE ledger = 'request'",
        ("SELECT COUNT(*) FROM sys_task t JOIN sys_case c ON c.id = t.row_id"
         " WHERE c.ledger = 'request'"),
        "SELECT COUNT(*) FROM sys_event WHERE ledger = 'request' AND action = 'row.create'",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(of_request); i++)
        assert_int_equal(hj_county_i64(county, of_request[i]), 2);
}

static const struct CMUnitTest stories[] = {
    cmocka_unit_test(test_a_new_row_stands_at_the_start_and_waits_for_its_role),
    cmocka_unit_test(test_departments_answer_beside_one_another),
    cmocka_unit_test(test_the_first_refusal_ends_it_and_calls_the_others_off),
    cmocka_unit_test(test_going_back_calls_open_answers_off_and_asks_anew),
    cmocka_unit_test(test_a_move_is_withdrawn_until_somebody_has_acted),
    cmocka_unit_test(test_what_was_changed_since_is_not_taken_back),
    cmocka_unit_test(test_one_goes_back_to_where_it_came_from_not_to_what_came_after),
    cmocka_unit_test(test_a_deputy_is_not_both_of_two_people),
    cmocka_unit_test(test_two_people_close_it_and_evidence_and_guard_are_asked),
    cmocka_unit_test(test_the_watch_ends),
    cmocka_unit_test(test_rules_of_the_day_it_was_listed_hold_to_its_end),
    cmocka_unit_test(test_a_calendar_that_is_not_loaded_gives_no_deadline),
    cmocka_unit_test(test_a_deadline_follows_the_day_it_counts_from),
    cmocka_unit_test(test_others_are_asked_and_heard_first),
    cmocka_unit_test(test_a_delegate_reports_back_and_a_transfer_does_not),
    cmocka_unit_test(test_urging_has_a_limit),
    cmocka_unit_test(test_the_faster_of_two_wins),
    cmocka_unit_test(test_a_notice_stays_for_its_days_and_for_its_objections),
    cmocka_unit_test(test_a_step_is_dated_back_only_where_it_may_be),
    cmocka_unit_test(test_the_line_replays_from_the_events),
    cmocka_unit_test(test_the_buttons_are_what_may_be_done),
    cmocka_unit_test(test_a_void_row_waits_for_nobody),
    cmocka_unit_test(test_a_row_of_a_workbook_that_its_first_node_refuses_leaves_nothing),
};

HJ_STORY_MAIN(stories)
