#include "core/assessment.h"

#include "base/id.h"
#include "core/assessment_priv.h"
#include "core/flow.h"
#include "store/event.h"

#include <string.h>

#define SQL_FIND                                                                               \
    "SELECT id, state, revision, version, notice_on FROM sys_assessment WHERE county = $1 "    \
    "AND scheme = $2 AND period = $3"
#define SQL_OPEN                                                                               \
    "INSERT INTO sys_assessment (county, id, scheme, period, from_on, to_on, state, "          \
    "revision, version, opened_at, opened_by) VALUES ($1, $2, $3, $4, $5, $6, 'open', 0, 1, "  \
    "$7, $8)"
#define SQL_CARDS                                                                              \
    "SELECT org, level, snapshot FROM sys_assessment_card WHERE county = $1 AND assessment = " \
    "$2"
#define SQL_TOUCH                                                                              \
    "UPDATE sys_assessment SET version = version + 1, notice_on = $3 WHERE county = $1 AND "   \
    "id = $2"
#define SQL_SAVE                                                                               \
    "INSERT INTO sys_assessment_card (county, assessment, org, level, snapshot, approved_at, " \
    "approved_by, accepted_at, accepted_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON "   \
    "CONFLICT (county, assessment, org) DO UPDATE SET level = excluded.level, snapshot = "     \
    "excluded.snapshot, approved_at = COALESCE(excluded.approved_at, "                         \
    "sys_assessment_card.approved_at), approved_by = COALESCE(excluded.approved_by, "          \
    "sys_assessment_card.approved_by), accepted_at = COALESCE(excluded.accepted_at, "          \
    "sys_assessment_card.accepted_at), accepted_by = COALESCE(excluded.accepted_by, "          \
    "sys_assessment_card.accepted_by)"
#define SQL_BACK                                                                               \
    "UPDATE sys_assessment_card SET level = $4, snapshot = $5, accepted_at = NULL, "           \
    "accepted_by = NULL WHERE county = $1 AND assessment = $2 AND org = $3"
#define SQL_WAITING_APPEALS                                                                    \
    "SELECT COUNT(*) AS n FROM sys_assessment_appeal WHERE county = $1 AND assessment = $2 "   \
    "AND outcome IS NULL"

/* --- what there is --- */

bool
hj_assessment_period_fits(const HjScheme *scheme, const char *period)
{
    const char *kind = "year";
    if (strchr(period, 'H') != NULL)
        kind = "half_year";
    else if (strchr(period, 'Q') != NULL)
        kind = "quarter";
    else if (strchr(period, '-') != NULL)
        kind = "month";
    return g_str_equal(scheme->period, kind);
}

static bool
read_head(HjTx *tx, HjAssessment *a, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_FIND, HJ_I64(hj_tx_county(tx)),
                                         HJ_TEXT(a->scheme->name), HJ_TEXT(a->period.text));
    if (rows == NULL)
        return false;
    a->notice_on = HJ_DATE_NONE;
    a->published = false;
    a->id = a->revision = a->version = 0;
    if (!hj_rows_next(rows))
        return true;
    a->id = hj_rows_i64(rows, "id");
    a->published = g_str_equal(hj_rows_text(rows, "state"), "published");
    a->revision = hj_rows_i64(rows, "revision");
    a->version = hj_rows_i64(rows, "version");
    a->notice_on = hj_rows_date(rows, "notice_on");
    return true;
}

bool
hj_assessment_find(HjTx *tx, const HjPack *pack, const HjScheme *scheme, const HjPeriod *period,
                   HjAssessment *ret, GError **error)
{
    *ret = (HjAssessment){ .period = *period, .notice_on = HJ_DATE_NONE };
    if (!hj_assessment_period_fits(scheme, period->text))
        return hj_fail(error, HJ_ERROR_INVALID, "This contest has no such period.");
    ret->scheme = hj_pack_scheme_at(pack, scheme->name, period->from);
    if (ret->scheme == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "The contest did not exist in this period.");
    return read_head(tx, ret, error);
}

int
hj_contest_levels(const HjScheme *scheme)
{
    return scheme->n_approve > 0 ? (int)scheme->n_approve : 1;
}

const char *
hj_contest_level_kind(const HjPack *pack, const HjScheme *scheme, int level)
{
    if (scheme->n_approve > 0)
        return scheme->approve[level];
    for (size_t i = 0; i < pack->n_org_kinds; i++)
        if (pack->org_kinds[i].n_under == 0)
            return pack->org_kinds[i].name;
    return scheme->of;
}

bool
hj_contest_stands_under(const HjOrgTree *tree, size_t place, int64_t org)
{
    int at = (int)place;
    while (at >= 0 && tree->orgs[at].id != org)
        at = hj_org_tree_parent(tree, (size_t)at);
    return at >= 0;
}

void
hj_contest_clear(HjContest *c)
{
    g_clear_pointer(&c->tree, hj_org_tree_free);
    g_clear_pointer(&c->cards, g_array_unref);
}

static bool
load_cards(HjContest *c, GError **error)
{
    c->cards = g_array_new(FALSE, TRUE, sizeof(HjContestCard));
    for (size_t i = 0; i < c->tree->n_orgs; i++) {
        const HjContestCard card = { .org = c->tree->orgs[i].id, .place = i };
        if (g_str_equal(c->tree->orgs[i].kind, c->a.scheme->of))
            g_array_append_val(c->cards, card);
    }
    if (c->a.id == 0)
        return true;
    g_autoptr(HjRows) rows =
        hj_tx_query(c->tx, error, SQL_CARDS, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id));
    while (rows != NULL && hj_rows_next(rows)) {
        HjContestCard *card = hj_contest_card(c, hj_rows_i64(rows, "org"));
        if (card == NULL) /* an act of later on took it out of the tree of that day */
            continue;
        card->level = (int)hj_rows_i64(rows, "level");
        card->snapshot = hj_rows_i64(rows, "snapshot");
    }
    return rows != NULL;
}

HjContestCard *
hj_contest_card(const HjContest *c, int64_t org)
{
    const HjOrg *found = hj_org_tree_find(c->tree, org);
    const size_t place = found != NULL ? (size_t)(found - c->tree->orgs) : 0;
    guint low = 0;
    guint high = found != NULL ? c->cards->len : 0;
    while (low < high) {
        const guint mid = low + (high - low) / 2;
        HjContestCard *card = &g_array_index(c->cards, HjContestCard, mid);
        if (card->place == place)
            return card;
        if (card->place < place)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static bool
open_it(HjContest *c, GError **error)
{
    const HjDate today = hj_tx_today(c->tx);
    if (today < c->a.period.from)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The period has not begun.");
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    c->a.id = hj_id_new();
    c->a.version = 1;
    if (!hj_tx_exec(c->tx, error, SQL_OPEN, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                    HJ_TEXT(c->a.scheme->name), HJ_TEXT(c->a.period.text),
                    HJ_DATE(c->a.period.from), HJ_DATE(c->a.period.to),
                    HJ_TIME(hj_tx_now(c->tx)), HJ_I64(c->actor->account)))
        return false;
    hj_contest_event_begin(c, &w, out);
    hj_json_put_text(&w, "version", c->a.scheme->version);
    return hj_contest_event_end(c, &w, "assessment.open", 0, NULL, error);
}

bool
hj_contest_begin(HjContest *c, HjTx *tx, const HjActor *actor, const HjAssessment *a, bool open,
                 GError **error)
{
    *c = (HjContest){ .tx = tx, .actor = actor, .pack = actor->pack, .a = *a };
    if (!read_head(tx, &c->a, error))
        return false;
    if (open && c->a.id == 0 && !open_it(c, error))
        return false;
    c->tree = hj_org_tree_load(tx, c->a.period.to, error);
    return c->tree != NULL && load_cards(c, error);
}

bool
hj_assessment_open(HjTx *tx, const HjActor *actor, const HjScheme *scheme,
                   const HjPeriod *period, HjAssessment *ret, GError **error)
{
    g_auto(HjContest) c = { 0 };
    if (!hj_access_may_everywhere(actor, "scheme.compute"))
        return hj_fail(error, HJ_ERROR_DENIED, "You may not do this.");
    if (!hj_assessment_find(tx, actor->pack, scheme, period, ret, error) ||
        !hj_contest_begin(&c, tx, actor, ret, true, error))
        return false;
    *ret = c.a;
    return true;
}

/* --- what every act does --- */

bool
hj_contest_touch(const HjContest *c, GError **error)
{
    return hj_tx_exec(c->tx, error, SQL_TOUCH, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                      HJ_DATE(c->a.notice_on));
}

void
hj_contest_event_begin(const HjContest *c, HjJsonWriter *w, GString *out)
{
    *w = (HjJsonWriter){ .out = out };
    hj_json_begin_object(w);
    hj_json_put_text(w, "scheme", c->a.scheme->name);
    hj_json_put_text(w, "period", c->a.period.text);
}

bool
hj_contest_event_end(const HjContest *c, HjJsonWriter *w, const char *action, int64_t org,
                     const char *reason, GError **error)
{
    hj_json_end_object(w);
    const HjEvent event = { .action = action,
                            .subject = "assessment",
                            .row = c->a.id,
                            .org = org,
                            .after = w->out->str,
                            .reason = reason };
    return hj_event_append(c->tx, &event, error);
}

bool
hj_contest_save_card(const HjContest *c, const HjContestCard *card, bool approved,
                     bool accepted, GError **error)
{
    const HjVal at = HJ_TIME(hj_tx_now(c->tx));
    const HjVal by = HJ_I64(c->actor->account);
    return hj_tx_exec(c->tx, error, SQL_SAVE, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                      HJ_I64(card->org), HJ_I64(card->level),
                      card->snapshot != 0 ? HJ_I64(card->snapshot) : HJ_NULL,
                      approved ? at : HJ_NULL, approved ? by : HJ_NULL, accepted ? at : HJ_NULL,
                      accepted ? by : HJ_NULL);
}

bool
hj_contest_all_accepted(const HjContest *c)
{
    const int levels = hj_contest_levels(c->a.scheme);
    for (guint i = 0; i < c->cards->len; i++)
        if (g_array_index(c->cards, HjContestCard, i).level < levels)
            return false;
    return c->cards->len > 0;
}

/* --- levels --- */

/* The actor may act for a level at the organization of its kind above the card. */
static bool
holds_level(const HjContest *c, const HjContestCard *card, int level)
{
    if (c->actor->account == 0)
        return true;
    const char *kind = hj_contest_level_kind(c->pack, c->a.scheme, level);
    for (size_t i = 0; i < c->actor->n_grants; i++) {
        HjActor one = *c->actor;
        one.grants = &c->actor->grants[i];
        one.n_grants = 1;
        if (g_str_equal(one.grants->org_kind, kind) && hj_access_may(&one, "scheme.approve") &&
            hj_contest_stands_under(c->tree, card->place, one.grants->org))
            return true;
    }
    return false;
}

static bool
refuse(int n_denied, bool accept, GError **error)
{
    if (n_denied > 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "This is for another level to do.");
    if (accept)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "Nothing can be accepted here: the level below has not approved, or "
                       "somebody has accepted already.");
    return hj_fail(error, HJ_ERROR_CONFLICT,
                   "Nothing can be approved here: somebody has approved already.");
}

/* The cards at or below @org that this act passes on. */
static GArray *
choose_cards(const HjContest *c, int64_t org, bool accept, GError **error)
{
    const int levels = hj_contest_levels(c->a.scheme);
    int n_denied = 0;
    g_autoptr(GArray) orgs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < c->cards->len; i++) {
        const HjContestCard *card = &g_array_index(c->cards, HjContestCard, i);
        const bool by_accepting = levels == 1 || card->level > 0;
        if (card->level >= levels || by_accepting != accept ||
            !hj_contest_stands_under(c->tree, card->place, org))
            continue;
        if (holds_level(c, card, card->level))
            g_array_append_val(orgs, card->org);
        else
            n_denied++;
    }
    if (orgs->len == 0) {
        refuse(n_denied, accept, error);
        return NULL;
    }
    return g_steal_pointer(&orgs);
}

static bool
tell_passed(const HjContest *c, const HjContestCard *card, bool accept, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    hj_contest_event_begin(c, &w, out);
    hj_json_put_i64(&w, "level", card->level);
    if (card->snapshot != 0)
        hj_json_put_id(&w, "snapshot", card->snapshot);
    return hj_contest_event_end(c, &w, accept ? "assessment.accept" : "assessment.approve",
                                card->org, NULL, error);
}

static bool
freeze_new(HjContest *c, const GArray *orgs, GError **error)
{
    g_autoptr(GArray) live = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < orgs->len; i++) {
        const int64_t org = g_array_index(orgs, int64_t, i);
        if (hj_contest_card(c, org)->snapshot == 0)
            g_array_append_val(live, org);
    }
    if (live->len == 0)
        return true;
    g_autoptr(HjAssessmentView) view = hj_contest_live(c, error);
    return view != NULL && hj_contest_freeze(c, view, live, error);
}

static bool
pass(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org, bool accept,
     int64_t *ret_cards, GError **error)
{
    g_auto(HjContest) c = { 0 };
    *ret_cards = 0;
    if (!hj_access_check(tx, actor, "scheme.approve", org, error) ||
        !hj_contest_begin(&c, tx, actor, a, true, error))
        return false;
    if (c.a.published)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The result has been published.");
    if (hj_tx_today(tx) <= c.a.period.to)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The period is not over yet.");
    g_autoptr(GArray) orgs = choose_cards(&c, org, accept, error);
    if (orgs == NULL || (accept && !freeze_new(&c, orgs, error)))
        return false;
    for (guint i = 0; i < orgs->len; i++) {
        HjContestCard *card = hj_contest_card(&c, g_array_index(orgs, int64_t, i));
        card->level++;
        if (!hj_contest_save_card(&c, card, !accept, accept, error) ||
            !tell_passed(&c, card, accept, error))
            return false;
    }
    *ret_cards = orgs->len;
    return hj_contest_touch(&c, error);
}

bool
hj_assessment_approve(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                      int64_t *ret_cards, GError **error)
{
    return pass(tx, actor, a, org, false, ret_cards, error);
}

bool
hj_assessment_accept(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                     int64_t *ret_cards, GError **error)
{
    return pass(tx, actor, a, org, true, ret_cards, error);
}

/* The level that passed it last, or the one that has it now, gives it back. */
static bool
may_withdraw(const HjContest *c, const HjContestCard *card)
{
    const int levels = hj_contest_levels(c->a.scheme);
    return holds_level(c, card, card->level - 1) ||
           (card->level < levels && holds_level(c, card, card->level));
}

bool
hj_assessment_withdraw(HjTx *tx, const HjActor *actor, const HjAssessment *a, int64_t org,
                       const char *reason, GError **error)
{
    g_auto(HjContest) c = { 0 };
    if (!hj_access_check(tx, actor, "scheme.approve", org, error) ||
        !hj_contest_begin(&c, tx, actor, a, false, error))
        return false;
    HjContestCard *card = hj_contest_card(&c, org);
    if (card == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND,
                       "This organization takes no part in the contest.");
    if (c.a.published)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The result has been published.");
    if (card->level == 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "There is nothing to take back.");
    if (!may_withdraw(&c, card))
        return hj_fail(error, HJ_ERROR_CONFLICT, "This is for another level to do.");
    if (reason == NULL || reason[0] == '\0')
        return hj_fail(error, HJ_ERROR_INVALID, "Please give a reason.");
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    card->level--;
    if (card->level < 2)
        card->snapshot = 0;
    c.a.notice_on = HJ_DATE_NONE; /* what was on notice is no longer what is accepted */
    hj_contest_event_begin(&c, &w, out);
    hj_json_put_i64(&w, "level", card->level);
    return hj_tx_exec(tx, error, SQL_BACK, HJ_I64(hj_tx_county(tx)), HJ_I64(c.a.id),
                      HJ_I64(org), HJ_I64(card->level),
                      card->snapshot != 0 ? HJ_I64(card->snapshot) : HJ_NULL) &&
           hj_contest_touch(&c, error) &&
           hj_contest_event_end(&c, &w, "assessment.withdraw", org, reason, error);
}

/* --- before publication --- */

static HjDate
notice_end(const HjContest *c)
{
    return hj_flow_span_end(c->pack, &c->a.scheme->notice, c->a.notice_on, c->a.period.to);
}

static bool
look(const HjContest *c, HjAssessmentReady *ret, GError **error)
{
    const int levels = hj_contest_levels(c->a.scheme);
    const HjDate today = hj_tx_today(c->tx);
    *ret =
        (HjAssessmentReady){ .n_cards = c->cards->len, .period_over = today > c->a.period.to };
    ret->notice_until = HJ_DATE_NONE;
    for (guint i = 0; i < c->cards->len; i++)
        ret->n_waiting += g_array_index(c->cards, HjContestCard, i).level < levels;
    g_autoptr(HjRows) rows = hj_tx_query(c->tx, error, SQL_WAITING_APPEALS,
                                         HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id));
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    ret->n_appeals = hj_rows_i64(rows, "n");
    bool noticed = true;
    if (c->a.scheme->notice.unit != HJ_SPAN_NONE) {
        ret->notice_missing = c->a.notice_on == HJ_DATE_NONE;
        if (!ret->notice_missing)
            ret->notice_until = notice_end(c);
        ret->notice_unknown = !ret->notice_missing && ret->notice_until == HJ_DATE_NONE;
        noticed = !ret->notice_missing && !ret->notice_unknown && today > ret->notice_until;
    }
    ret->may = !c->a.published && ret->n_cards > 0 && ret->n_waiting == 0 && ret->period_over &&
               noticed;
    return true;
}

bool
hj_assessment_ready(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                    HjAssessmentReady *ret, GError **error)
{
    g_auto(HjContest) c = { 0 };
    return hj_contest_begin(&c, tx, actor, a, false, error) && look(&c, ret, error);
}

bool
hj_assessment_announce(HjTx *tx, const HjActor *actor, const HjAssessment *a, GError **error)
{
    g_auto(HjContest) c = { 0 };
    if (!hj_access_may_everywhere(actor, "scheme.publish"))
        return hj_fail(error, HJ_ERROR_DENIED, "You may not do this.");
    if (!hj_contest_begin(&c, tx, actor, a, false, error))
        return false;
    if (c.a.published)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The result has been published.");
    if (c.a.scheme->notice.unit == HJ_SPAN_NONE)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The rules ask for no notice.");
    if (!hj_contest_all_accepted(&c))
        return hj_fail(error, HJ_ERROR_CONFLICT, "Not every card has been accepted.");
    if (c.a.notice_on != HJ_DATE_NONE)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The results are on notice already.");
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    c.a.notice_on = hj_tx_today(tx);
    hj_contest_event_begin(&c, &w, out);
    hj_json_put_text(&w, "notice_on", hj_date_text(c.a.notice_on).text);
    return hj_contest_touch(&c, error) &&
           hj_contest_event_end(&c, &w, "assessment.announce", 0, NULL, error);
}

static bool
refuse_publishing(const HjAssessmentReady *ready, GError **error)
{
    if (ready->n_cards == 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "Nobody takes part in this contest.");
    if (!ready->period_over)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The period is not over yet.");
    if (ready->n_waiting > 0)
        return hj_fail(error, HJ_ERROR_CONFLICT, "Not every card has been accepted.");
    if (ready->notice_missing)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The results have not been put on notice.");
    if (ready->notice_unknown)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The calendar of working days does not reach the end of the notice.");
    return hj_fail(error, HJ_ERROR_CONFLICT, "The notice is not over yet.");
}

bool
hj_assessment_publish(HjTx *tx, const HjActor *actor, const HjAssessment *a,
                      int64_t *ret_revision, GError **error)
{
    g_auto(HjContest) c = { 0 };
    HjAssessmentReady ready;
    if (!hj_access_may_everywhere(actor, "scheme.publish"))
        return hj_fail(error, HJ_ERROR_DENIED, "You may not do this.");
    if (!hj_contest_begin(&c, tx, actor, a, false, error) || !look(&c, &ready, error))
        return false;
    if (c.a.published)
        return hj_fail(error, HJ_ERROR_CONFLICT, "The result has been published.");
    if (!ready.may)
        return refuse_publishing(&ready, error);
    g_autoptr(HjAssessmentView) view = hj_contest_live(&c, error);
    return view != NULL && hj_contest_publish(&c, view, 0, NULL, ret_revision, error);
}
