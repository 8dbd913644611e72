#include "features/demo/demo.h"

#include "core/flow.h"
#include "core/schema.h"
#include "features/demo/demo_work.h"
#include "store/event.h"

#include <string.h>

#define SQL_MARKED "SELECT demo FROM sys_county WHERE county = $1"
#define SQL_MARK "UPDATE sys_county SET demo = 1 WHERE county = $1"
#define SQL_FURTHER "SELECT 1 FROM sys_org WHERE county = $1 AND code = $2"
#define MAX_FIELDS 20
#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define MORNING_US (INT64_C(3600) * 1000000) /* nine o'clock in Shanghai */

/* What the pack must have: ledger and fields, in the order of HjDemoLedger. */
static const char *const needs[] = {
    [HJ_DEMO_PERSON] = "person name citizen_no phone sex born_on ethnic_group education",
    [HJ_DEMO_POST] = "post person position way from_on term_ends_on to_on document_no",
    [HJ_DEMO_MEMBER] = "member person status admitted_on full_on",
    [HJ_DEMO_RESERVE] = "reserve_cadre person listed_on aim",
    [HJ_DEMO_DEVELOPMENT] = "member_development person applied_on paper_file_no meeting_on"
                            " approved_on full_on archive_no",
    [HJ_DEMO_OBSERVATION] = "development_observation observed_on result",
    [HJ_DEMO_MEMBER_PLAN] = "member_plan from_on to_on target focus document_no",
    [HJ_DEMO_STALLED_VILLAGE] = "stalled_village found_on reason links pushes measure item",
    [HJ_DEMO_SUPERVISED] =
        "supervised_item subject kind opened_on basis demand finish_by answer"
        " finding",
    [HJ_DEMO_SITE] = "village_site surveyed_on condition area six_haves plates address",
    [HJ_DEMO_PROJECT] = "site_project name site kind proposed_on area_planned planned"
                        " approved_on approval_no started_on finish_by accepted_on area_built"
                        " area_after investment six_haves plates document_no used_on",
    [HJ_DEMO_PAYMENT] = "site_payment paid_on amount payee voucher",
    [HJ_DEMO_ZONE] = "zone name class applied_on plan designated_on document_no",
    [HJ_DEMO_MODEL] = "demonstration_village theme step applied_on plan planned zone checked_on"
                      " accepted_on investment document_no last_check_on check_finding",
    [HJ_DEMO_DIRECTIVE] = "directive subject document_no kind edition replaces issued_on demand"
                          " due_on",
    [HJ_DEMO_DIRECTIVE_TASK] = "directive_task done_on result",
    [HJ_DEMO_PLEDGE] = "pledge title year from_on to_on document_no signed_on outcome",
    [HJ_DEMO_CLAUSE] = "pledge_clause clause measure target",
    [HJ_DEMO_MEETING] = "special_meeting subject kind held_on place chair attendees minutes_no"
                        " minutes",
    [HJ_DEMO_DECISION] = "decision matter minutes_no decided_on finish_by done_on result",
    [HJ_DEMO_INCOME] = "collective_income received_on class measure amount summary voucher"
                       " contract",
    [HJ_DEMO_CONTRACT] = "contract object kind party area yearly_price from_on to_on ended_on"
                         " vote",
    [HJ_DEMO_MEASURE] = "economy_measure measure step content started_on yearly_target",
    [HJ_DEMO_JUDGED] = "judged_result topic result checked_on points document_no",
    [HJ_DEMO_NEGATIVE] = "negative_item kind detail found_on notified_on answer"
                         " confirmed_on document_no",
    [HJ_DEMO_VETO] = "veto_item kind decided_on document_no",
    [HJ_DEMO_EVALUATION] = "branch_evaluation year points basis evaluated_on",
    [HJ_DEMO_STAR] = "star_decision kind decided_on document_no",
    [HJ_DEMO_DRIVE] = "problem_village subject screened_on criteria facts vacant_since"
                      " no_prospect_since satisfied_before listed_on listing_document"
                      " county_leader township_leader first_secretary area_liaison"
                      " supporting_unit causes plan_document arrived_on result accepted_on"
                      " satisfied_after acceptance_document relapsed_on relapse",
    [HJ_DEMO_DRIVE_ITEM] = "problem_item kind detail listed_on measure owner leader finish_by"
                           " result done_on",
    [HJ_DEMO_DRIVE_VISIT] = "drive_visit visited_on capacity summary next_step",
    [HJ_DEMO_SCREENING] = "drive_screening screened_on how document_no",
    [HJ_DEMO_REFERRAL] = "force_referral referral_no body referred_on answer_no answered_on"
                         " outcome",
    [HJ_DEMO_DISPUTE] = "dispute_case subject class matter channel received_on petitioner"
                        " duplicate_of told_on told_no accepted_on handler interest_checked"
                        " extension_days extension_reason extension_told_on outcome"
                        " agreement_no replied_on reply_no passed_to decline_reason",
    [HJ_DEMO_MEDIATION] = "mediation_step on_day led_by summary next_step",
    [HJ_DEMO_DUTY] = "official_responsibility unit fault found_on facts answer measure"
                     " decided_on document_no",
    [HJ_DEMO_PUBLICATION] = "publication headline outlet level published_on verified",
    [HJ_DEMO_REVIEW] = "monthly_review month handed_on completed heard_on",
    [HJ_DEMO_REVIEW_PLAN] = "review_plan matter finish_by outcome",
    [HJ_DEMO_REVIEW_COMMENT] = "review_comment comment made_on finish_by done_on result",
    [HJ_DEMO_DUTY_REPORT] = "duty_report year occasion achieved lacking next reported_on"
                            " comment",
    [HJ_DEMO_DUTY_MEETING] = "duty_meeting subject kind held_on issued returned",
    [HJ_DEMO_DUTY_RATING] = "duty_rating post report good fairly_good ordinary poor abstained"
                            " invalid superior daily grade",
    [HJ_DEMO_DUTY_IMPROVEMENT] = "duty_improvement problem measure owner named_on finish_by"
                                 " done_on result",
};

static bool
check_needs(HjDemo *demo, GError **error)
{
    for (size_t i = 0; i < HJ_DEMO_N_LEDGERS; i++) {
        g_auto(GStrv) words = g_strsplit(needs[i], " ", -1);
        demo->ledgers[i] = hj_pack_ledger(demo->pack, words[0]);
        for (size_t f = 1; words[f] != NULL && demo->ledgers[i] != NULL; f++)
            if (hj_pack_field(demo->ledgers[i], words[f]) == NULL)
                return hj_error_log(error, HJ_ERROR_INTERNAL,
                                    "demo: the pack's ledger %s has no field %s", words[0],
                                    words[f]);
        if (demo->ledgers[i] == NULL)
            return hj_error_log(error, HJ_ERROR_INTERNAL, "demo: the pack has no ledger %s",
                                words[0]);
    }
    return true;
}

HjDemoId
hj_demo_id(int64_t id)
{
    HjDemoId text;
    g_snprintf(text.text, sizeof text.text, "%" G_GINT64_FORMAT, id);
    return text;
}

const HjActor *
hj_demo_organizer(const HjDemo *demo, size_t committee)
{
    return demo->committees[committee].actor;
}

/* Pairs of names and texts up to NULL. */
static size_t
read_pairs(HjRowInput *inputs, va_list args)
{
    size_t n = 0;
    for (const char *name; (name = va_arg(args, const char *)) != NULL;) {
        const char *text = va_arg(args, const char *);
        if (text == NULL || text[0] == '\0')
            continue;
        g_assert(n < MAX_FIELDS);
        inputs[n++] = (HjRowInput){ .name = name, .text = text };
    }
    return n;
}

static bool
tell_refused(const HjDemo *demo, HjDemoLedger ledger, const char *action,
             const HjIssues *issues, GError **error)
{
    const bool marked = hj_issues_count(issues) > 0;
    g_prefix_error(error, "demo, %s%s%s.%s (%s): ", action != NULL ? action : "",
                   action != NULL ? " " : "", demo->ledgers[ledger]->name,
                   marked ? hj_issues_field(issues, 0) : "",
                   marked ? hj_issues_message(issues, 0, HJ_EN) : "refused");
    return false;
}

void
hj_demo_at(HjTx *tx, HjDate day)
{
    hj_tx_set_now(tx, (HjTime)day * DAY_US + MORNING_US);
}

static bool
act(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row, HjDate day,
    const char *action, const char *opinion, const HjRowInput *inputs, size_t n, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    const HjFlowAct act = { .action = action,
                            .version = row->version,
                            .inputs = inputs,
                            .n_inputs = n,
                            .opinion = opinion,
                            .on = HJ_DATE_NONE };
    HjRowKey key;
    hj_demo_at(tx, day);
    hj_tx_set_actor(tx, actor->account);
    if (!hj_flow_act(tx, actor, demo->ledgers[row->ledger], row->id, &act, issues, &key, error))
        return tell_refused(demo, row->ledger, action, issues, error);
    row->version = key.version;
    return true;
}

bool
hj_demo_act(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row, HjDate day,
            const char *action, const char *opinion, GError **error, ...)
{
    HjRowInput inputs[MAX_FIELDS];
    va_list args;
    va_start(args, error);
    const size_t n = read_pairs(inputs, args);
    va_end(args);
    return act(demo, tx, actor, row, day, action, opinion, inputs, n, error);
}

bool
hj_demo_act_pairs(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoCase *row, HjDate day,
                  const char *action, const char *opinion, const char *const *pairs,
                  GError **error)
{
    HjRowInput inputs[MAX_FIELDS];
    size_t n = 0;
    for (; pairs[2 * n] != NULL; n++) {
        g_assert(n < MAX_FIELDS);
        inputs[n] = (HjRowInput){ .name = pairs[2 * n], .text = pairs[2 * n + 1] };
    }
    return act(demo, tx, actor, row, day, action, opinion, inputs, n, error);
}

bool
hj_demo_change(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger, int64_t id,
               int64_t version, const HjRowInput *inputs, size_t n, GError **error)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    hj_tx_set_actor(tx, actor->account);
    return hj_row_update(tx, actor, demo->ledgers[ledger], id, version, inputs, n, issues, &key,
                         error) ||
           tell_refused(demo, ledger, "change", issues, error);
}

static bool
create(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger, int64_t org,
       int64_t parent, int64_t *ret_id, GError **error, va_list args)
{
    HjRowInput inputs[MAX_FIELDS];
    const size_t n = read_pairs(inputs, args);
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjRowKey key;
    hj_tx_set_actor(tx, actor->account);
    if (!hj_row_create(tx, actor, demo->ledgers[ledger], org, parent, inputs, n, issues, &key,
                       error))
        return tell_refused(demo, ledger, NULL, issues, error);
    if (ret_id != NULL)
        *ret_id = key.id;
    return true;
}

bool
hj_demo_row(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger, int64_t org,
            int64_t *ret_id, GError **error, ...)
{
    va_list args;
    va_start(args, error);
    const bool done = create(demo, tx, actor, ledger, org, 0, ret_id, error, args);
    va_end(args);
    return done;
}

bool
hj_demo_child(HjDemo *demo, HjTx *tx, const HjActor *actor, HjDemoLedger ledger, int64_t org,
              int64_t parent, int64_t *ret_id, GError **error, ...)
{
    va_list args;
    va_start(args, error);
    const bool done = create(demo, tx, actor, ledger, org, parent, ret_id, error, args);
    va_end(args);
    return done;
}

bool
hj_demo_opened(HjDemo *demo, HjTx *tx, HjDemoLedger ledger, int64_t parent, int64_t org,
               HjDemoCase *ret, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT id, version FROM t_%s WHERE county = $1 AND parent = $2 AND org = $3",
        demo->ledgers[ledger]->name);
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(parent), HJ_I64(org), HJ_END };
    g_autoptr(HjRows) rows = hj_tx_query_vals(tx, error, sql, vals);
    if (rows == NULL || !hj_rows_next(rows))
        return rows != NULL &&
               hj_error_log(error, HJ_ERROR_INTERNAL, "demo: nothing was opened in %s",
                            demo->ledgers[ledger]->name);
    *ret = (HjDemoCase){ ledger, hj_rows_i64(rows, "id"), hj_rows_i64(rows, "version") };
    return true;
}

/* A phase runs its units in transactions of several; a unit that is refused stops the demo. */
typedef struct {
    const char *what;
    bool (*unit)(HjDemo *demo, HjTx *tx, size_t i, GError **error);
    size_t n, per_write;
} Phase;

typedef struct {
    HjDemo *demo;
    const Phase *phase;
    size_t from, to;
} Batch;

static bool
write_batch(HjTx *tx, gpointer data, GError **error)
{
    const Batch *batch = data;
    const HjDate last = batch->demo->pack->valid_to;
    bool done = true;
    for (size_t i = batch->from; done && i < batch->to; i++) {
        hj_demo_at(tx, last); /* what has no day of its own was entered on the last one */
        done = batch->phase->unit(batch->demo, tx, i, error);
    }
    return done;
}

static bool
run_phase(HjDemo *demo, const Phase *phase, GError **error)
{
    for (size_t from = 0; from < phase->n; from += phase->per_write) {
        Batch batch = { .demo = demo,
                        .phase = phase,
                        .from = from,
                        .to = MIN(from + phase->per_write, phase->n) };
        if (demo->config->progress != NULL)
            demo->config->progress(demo->config->data, phase->what, from, phase->n);
        if (!hj_store_write(demo->store, write_batch, &batch, error))
            return false;
    }
    if (demo->config->progress != NULL)
        demo->config->progress(demo->config->data, phase->what, phase->n, phase->n);
    return true;
}

static bool
run_phases(HjDemo *demo, const Phase *phases, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++)
        if (!run_phase(demo, &phases[i], error))
            return false;
    return true;
}

/* Marks the county first, so that even half a demo says what it is. */
static bool
mark(HjTx *tx, gpointer data, GError **error)
{
    (void)data;
    const HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) marked = hj_tx_query(tx, error, SQL_MARKED, county);
    if (marked == NULL)
        return false;
    if (!hj_rows_next(marked))
        return hj_fail(error, HJ_ERROR_CONFLICT, "Run init first: there is no county here.");
    g_autoptr(HjRows) further =
        hj_tx_query(tx, error, SQL_FURTHER, county, HJ_TEXT("130921901"));
    if (further == NULL)
        return false;
    if (hj_rows_bool(marked, "demo") || hj_rows_next(further))
        return hj_fail(error, HJ_ERROR_CONFLICT, "This directory holds the demo already.");
    const HjEvent event = { .action = "county.demo",
                            .subject = "county",
                            .before = "{\"demo\":false}",
                            .after = "{\"demo\":true}" };
    return hj_tx_exec(tx, error, SQL_MARK, county) && hj_event_append(tx, &event, error);
}

typedef struct {
    HjDemo *demo;
    const HjDemoKeys *keys;
} Opening;

static bool
open_accounts(HjTx *tx, gpointer data, GError **error)
{
    const Opening *opening = data;
    return hj_demo_accounts_open(opening->demo, tx, opening->keys, error);
}

/* The rest of the demo acts under these accounts. */
static bool
enter_accounts(HjDemo *demo, GError **error)
{
    g_autoptr(HjDemoKeys) keys = hj_demo_accounts_keys(demo, error);
    if (keys == NULL)
        return false;
    Opening opening = { .demo = demo, .keys = keys };
    if (!hj_store_write(demo->store, open_accounts, &opening, error))
        return false;
    g_autoptr(HjTx) tx = hj_store_read(demo->store, error);
    if (tx == NULL || !hj_demo_accounts_actors(demo, tx, keys, error))
        return false;
    if (demo->config->accounts != NULL)
        hj_demo_accounts_print(keys, demo->config->accounts);
    return true;
}

static bool
build_model(HjDemo *demo, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(demo->store, error);
    if (tx == NULL || !hj_demo_model_build(demo, tx, error))
        return false;
    hj_demo_orgs_plan(demo);
    return true;
}

static bool
run(HjDemo *demo, GError **error)
{
    demo->system = hj_actor_system(demo->pack);
    if (!check_needs(demo, error) || !build_model(demo, error) ||
        !hj_store_write(demo->store, mark, NULL, error))
        return false;
    const Phase orgs[] = {
        { "committees", hj_demo_orgs_committee, demo->n_committees, demo->n_committees },
        { "branches", hj_demo_orgs_place, demo->n_places, 200 },
    };
    const Phase rows[] = {
        { "cadres", hj_demo_people_team, demo->n_villages, 20 },
        { "members", hj_demo_people_members, demo->n_branches, 20 },
        { "plans", hj_demo_development_plan, demo->n_committees, demo->n_committees },
        { "new members", hj_demo_development_village, demo->n_villages, 20 },
        { "stalled villages", hj_demo_development_stalled, demo->n_villages, 100 },
        { "sites", hj_demo_works_site, demo->n_villages, 150 },
        { "zones", hj_demo_models_zone, hj_demo_models_zones(), 30 },
        { "models", hj_demo_models_village, demo->n_villages, 300 },
        { "directives", hj_demo_directives_paper, hj_demo_directives_papers(), 8 },
        { "pledges", hj_demo_pledges_one, demo->n_committees * 2, 50 },
        { "meetings", hj_demo_directives_meeting, hj_demo_directives_meetings(), 20 },
        { "economy", hj_demo_works_economy, demo->n_villages, 50 },
        { "contest", hj_demo_contest_half, demo->n_committees * HJ_DEMO_HALVES, 84 },
        { "drive", hj_demo_casework_drive, hj_demo_casework_drives(), 15 },
        { "disputes", hj_demo_casework_dispute, hj_demo_casework_disputes(), 51 },
        { "casework", hj_demo_casework_other, hj_demo_casework_others(), 60 },
        { "publications", hj_demo_contest_other, hj_demo_contest_others(), 84 },
        /* Last: they take figures over from what was entered above. */
        { "reviews", hj_demo_reviews_month, hj_demo_reviews_months(), 4 },
        { "duty reports", hj_demo_duties_unit, hj_demo_duties_units(demo), demo->n_committees },
        { "evaluations", hj_demo_stars_evaluation, hj_demo_stars_evaluations(demo), 200 },
    };
    const Phase results[] = {
        { "results", hj_demo_stars_result, hj_demo_stars_results(), 1 },
    };
    return run_phases(demo, orgs, G_N_ELEMENTS(orgs), error) && enter_accounts(demo, error) &&
           run_phases(demo, rows, G_N_ELEMENTS(rows), error) &&
           hj_schema_gather_statistics(demo->store, demo->pack, error) &&
           run_phases(demo, results, G_N_ELEMENTS(results), error);
}

bool
hj_demo_run(HjStore *store, HjPack *pack, const HjDemoConfig *config, GError **error)
{
    HjDemo demo = { .store = store, .pack = pack, .config = config };
    const bool done = run(&demo, error);
    hj_demo_model_clear(&demo);
    return done;
}
