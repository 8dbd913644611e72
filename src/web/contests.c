#include "web/contests.h"

#include "base/text.h"
#include "core/access.h"
#include "web/pages_forms.h"

#include <string.h>

#define BAR 200
#define HUNDRED 100
#define MAX_PERIODS 18

static const char *
asked_period(HjRequest *req)
{
    const char *text = hj_request_form(req, "period");
    return text != NULL ? text : hj_request_query(req, "period");
}

static const char *
kind_of_period(const HjPeriod *period)
{
    if (strchr(period->text, 'H') != NULL)
        return "half_year";
    if (strchr(period->text, 'Q') != NULL)
        return "quarter";
    return strchr(period->text, '-') != NULL ? "month" : "year";
}

/* The period of the scheme's own kind that ends with the half-year data is newest in, or the
 * one that today lies in. */
static bool
natural_period(HjRequest *req, const char *kind, HjPeriod *period, GError **error)
{
    if (!hj_page_period(req, "", period, error))
        return false;
    int year, month, day;
    const HjDate today = hj_date_in_shanghai(hj_request_now(req));
    const bool inside = today >= period->from && today <= period->to;
    hj_date_split(inside ? today : period->to, &year, &month, &day);
    g_autofree char *text = NULL;
    if (g_str_equal(kind, "year"))
        text = g_strdup_printf("%d", year);
    else if (g_str_equal(kind, "quarter"))
        text = g_strdup_printf("%dQ%d", year, (month + 2) / 3);
    else if (g_str_equal(kind, "month"))
        text = g_strdup_printf("%d-%02d", year, month);
    return text == NULL || hj_period_parse(text, period, error);
}

static bool
read_period(HjRequest *req, const HjScheme *scheme, HjPeriod *ret, GError **error)
{
    const char *text = asked_period(req);
    if (text == NULL || *text == '\0')
        return natural_period(req, scheme->period, ret, error);
    if (hj_period_parse(text, ret, NULL) &&
        g_str_equal(kind_of_period(ret), scheme->period != NULL ? scheme->period : "half_year"))
        return true;
    hj_issues_add(hj_request_issues(req), "period", "type",
                  N_("This contest is not held for such a period."));
    return hj_fail(error, HJ_ERROR_MALFORMED, "This contest is not held for such a period.");
}

static bool
read_revision(HjRequest *req, int64_t *ret, GError **error)
{
    const char *text = hj_request_query(req, "revision");
    *ret = HJ_REVISION_LAST;
    if (text == NULL || *text == '\0' || (hj_text_parse_i64(text, ret) && *ret > 0))
        return true;
    return hj_fail(error, HJ_ERROR_MALFORMED, "A revision is a number.");
}

bool
hj_contests_begin(HjRequest *req, HjContests *ret, GError **error)
{
    return hj_contests_begin_of(req, hj_request_part(req, "scheme"), ret, error);
}

bool
hj_contests_begin_of(HjRequest *req, const char *name, HjContests *ret, GError **error)
{
    const HjPack *pack = hj_request_pack(req);
    const HjScheme *newest = hj_pack_scheme(pack, name);
    *ret = (HjContests){ .base = hj_request_printf(req, "/contests/%s", name) };
    if (newest == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such contest.");
    if (!read_period(req, newest, &ret->period, error) ||
        !read_revision(req, &ret->asked, error))
        return false;
    ret->scheme = hj_pack_scheme_at(pack, name, ret->period.from);
    if (ret->scheme == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "This contest was not held then.");
    return hj_assessment_find(hj_request_tx(req), pack, ret->scheme, &ret->period, &ret->head,
                              error);
}

bool
hj_contests_load(HjRequest *req, HjContests *ret, GError **error)
{
    if (!hj_contests_begin(req, ret, error))
        return false;
    ret->view = hj_assessment_view(hj_request_tx(req), hj_request_actor(req), ret->scheme,
                                   &ret->period, ret->asked, error);
    if (ret->view == NULL)
        return false;
    hj_request_adopt(req, ret->view, (GDestroyNotify)hj_assessment_view_free);
    return true;
}

const char *
hj_contests_href(HjRequest *req, const HjContests *contest, const char *tail)
{
    const bool old = contest->asked > 0 && contest->asked != contest->head.revision;
    return hj_request_printf(
        req, "%s%s?period=%s%s", contest->base, tail, contest->period.text,
        old ? hj_request_printf(req, "&revision=%" G_GINT64_FORMAT, contest->asked) : "");
}

const char *
hj_contests_card_href(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    return hj_contests_href(req, contest, hj_request_printf(req, "/%s", card->code));
}

const HjCard *
hj_contests_card(HjRequest *req, const HjContests *contest, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL)
        return NULL;
    const int64_t id = hj_rows_i64(org, "id");
    if (!hj_access_check(tx, actor, "scheme.view", id, error))
        return NULL;
    const HjCard *card = hj_assessment_card(contest->view, id);
    if (card != NULL && hj_assessment_may_see(tx, actor, contest->view, card))
        return card;
    hj_fail(error, HJ_ERROR_NOT_FOUND, "This organization takes no part in the contest.");
    return NULL;
}

/* --- how it stands --- */

const char *
hj_contests_kind(HjRequest *req, const char *kind)
{
    const HjOrgKind *found = hj_pack_org_kind(hj_request_pack(req), kind);
    return found != NULL ? hj_page_label(req, &found->title) : kind;
}

static size_t
count_state(const HjAssessmentView *view, HjCardState state)
{
    size_t n = 0;
    for (size_t i = 0; i < view->n_cards; i++)
        n += view->cards[i].state == state;
    return n;
}

static HjContestBadge
live_badge(HjRequest *req, const HjAssessmentView *view)
{
    HjLang lang = hj_request_lang(req);
    const size_t accepted = count_state(view, HJ_CARD_ACCEPTED);
    const bool all = view->n_cards > 0 && accepted == view->n_cards;
    if (view->head.notice_on != HJ_DATE_NONE)
        return (HjContestBadge){
            .text = hj_tr(lang, N_("On notice")),
            .tone = "held",
            .more = hj_request_printf(req, hj_tr(lang, N_("since %s; not yet published")),
                                      hj_date_text(view->head.notice_on).text),
        };
    return (HjContestBadge){
        .text = all ? hj_tr(lang, N_("Accepted")) : hj_tr(lang, N_("Provisional")),
        .tone = all ? "held" : "live",
        .more = all ? hj_tr(lang, N_("every card is frozen; not yet published"))
                    : hj_tr(lang, N_("computed just now; changes with the records")),
    };
}

HjContestBadge
hj_contests_badge(HjRequest *req, const HjContests *contest)
{
    HjLang lang = hj_request_lang(req);
    const HjAssessmentView *view = contest->view;
    if (view == NULL || view->provisional)
        return view != NULL ? live_badge(req, view) : (HjContestBadge){ 0 };
    const bool old = view->revision != view->head.revision;
    return (HjContestBadge){
        .text = old ? hj_tr(lang, N_("Superseded")) : hj_tr(lang, N_("Published")),
        .tone = old ? "old" : "done",
        .more = hj_request_printf(req,
                                  old ? hj_tr(lang, N_("revision %d of %s; a later one holds"))
                                      : hj_tr(lang, N_("revision %d, on %s")),
                                  (int)view->revision, hj_date_text(view->published_on).text),
    };
}

HjContestBadge
hj_contests_standing(HjRequest *req, const HjContests *contest)
{
    HjLang lang = hj_request_lang(req);
    if (contest->head.published)
        return (HjContestBadge){ .text = hj_tr(lang, N_("Published")), .tone = "done" };
    if (contest->head.notice_on != HJ_DATE_NONE)
        return (HjContestBadge){ .text = hj_tr(lang, N_("On notice")), .tone = "held" };
    return (HjContestBadge){ .text = hj_tr(lang, N_("Provisional")), .tone = "live" };
}

const char *
hj_contests_state(HjRequest *req, const HjContests *contest, const HjCard *card,
                  const char **ret_tone)
{
    HjLang lang = hj_request_lang(req);
    const HjScheme *scheme = contest->scheme;
    *ret_tone = card->state == HJ_CARD_OPEN       ? "live"
                : card->state == HJ_CARD_APPROVED ? "held"
                                                  : "done";
    if (card->state == HJ_CARD_PUBLISHED)
        return hj_tr(lang, N_("Published"));
    if (card->level <= 0 || (size_t)card->level > scheme->n_approve)
        return hj_tr(lang, N_("not approved yet"));
    const char *kind = hj_contests_kind(req, scheme->approve[card->level - 1]);
    return hj_request_printf(req,
                             card->state == HJ_CARD_ACCEPTED ? hj_tr(lang, N_("accepted: %s"))
                                                             : hj_tr(lang, N_("approved: %s")),
                             kind);
}

static bool
role_approves(const HjRole *role)
{
    for (size_t i = 0; i < role->n_may; i++)
        if (g_str_equal(role->may[i], "scheme.approve"))
            return true;
    return false;
}

static bool
stands_below(const HjOrgTree *tree, int64_t org, int64_t above)
{
    const HjOrg *found = hj_org_tree_find(tree, org);
    int at = found != NULL ? (int)(found - tree->orgs) : -1;
    while (at >= 0 && tree->orgs[at].id != above)
        at = hj_org_tree_parent(tree, (size_t)at);
    return at >= 0;
}

bool
hj_contests_may_pass(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    const HjScheme *scheme = contest->scheme;
    const HjActor *actor = hj_request_actor(req);
    if (card->state == HJ_CARD_PUBLISHED || card->level < 0 ||
        (size_t)card->level >= scheme->n_approve)
        return false;
    for (size_t i = 0; i < actor->n_grants; i++) {
        const HjGrant *grant = &actor->grants[i];
        if (!g_str_equal(grant->org_kind, scheme->approve[card->level]) ||
            !role_approves(grant->role))
            continue;
        if (grant->org == card->org)
            return true;
        const HjOrgTree *tree = hj_figures_tree(req, HJ_DATE_NONE, NULL);
        if (tree != NULL && stands_below(tree, card->org, grant->org))
            return true;
    }
    return false;
}

/* --- the head of each page --- */

static HjOption *
periods_of(HjRequest *req, const HjPeriod *now, size_t *ret_n)
{
    HjOption *options = hj_request_new(req, HjOption, MAX_PERIODS);
    const bool month = g_str_equal(kind_of_period(now), "month");
    const HjDate begin = hj_request_pack(req)->valid_from; /* HJ_DATE_NONE lies before all */
    for (int step = month ? 6 : 2; step >= (month ? -11 : -5); step--) {
        HjPeriod period = step == 0 ? *now : hj_period_shift(now, step);
        if (period.from == HJ_DATE_NONE || (step != 0 && period.to < begin))
            continue;
        options[(*ret_n)++] = (HjOption){ .value = hj_request_strdup(req, period.text),
                                          .text = hj_page_period_text(req, &period),
                                          .on = step == 0 };
    }
    return options;
}

HjContestHead
hj_contests_head(HjRequest *req, const HjContests *contest, const char *tail)
{
    const HjScheme *scheme = contest->scheme;
    HjContestHead head = {
        .title = hj_page_label(req, &scheme->title),
        .subtitle =
            hj_request_printf(req, "%s · %s", hj_page_period_text(req, &contest->period),
                              hj_figures_span(req, contest->period.from, contest->period.to)),
        .action = hj_request_printf(req, "%s%s", contest->base, tail),
        .period = contest->period.text,
        .assumption = scheme->assumption,
        .badge = hj_contests_badge(req, contest),
    };
    head.periods = periods_of(req, &contest->period, &head.n_periods);
    return head;
}

void
hj_contests_crumbs(HjRequest *req, const HjContests *contest, HjPage *page, const HjCard *card)
{
    hj_page_crumb(req, page, "/contests", hj_tr(hj_request_lang(req), N_("Contest")));
    hj_page_crumb(req, page, hj_contests_href(req, contest, ""),
                  hj_page_label(req, &contest->scheme->title));
    if (card != NULL)
        hj_page_crumb(req, page, hj_contests_card_href(req, contest, card), card->name);
}

/* --- lists as a bar --- */

/* What the positive lists bring stands side by side; what is taken off lies over their end. */
void
hj_contests_bar(HjRequest *req, const HjAssessmentView *view, const HjCard *card,
                HjBarPart **ret_parts, size_t *ret_n)
{
    const int64_t full = MAX(view->full, 1);
    HjBarPart *parts = hj_request_new(req, HjBarPart, card->n_lists + 1);
    size_t n = 0;
    int64_t end = 0;
    for (size_t l = 0; l < card->n_lists; l++) {
        const int weight = card->lists[l].weight > 0 ? card->lists[l].weight : HUNDRED;
        const int64_t points = hj_decimal_muldiv(card->lists[l].points, weight, HUNDRED);
        const int64_t width = CLAMP(ABS(points) * BAR / full, points != 0, BAR);
        if (points > 0 && end < BAR) {
            parts[n++] =
                (HjBarPart){ .x = end, .width = MIN(width, BAR - end), .tone = (int)MIN(l, 3) };
            end += width;
        } else if (points < 0) {
            const int64_t x = MAX(MIN(end, BAR) - width, 0);
            parts[n++] = (HjBarPart){ .x = x, .width = width, .tone = 9 };
            end = x;
        }
    }
    *ret_parts = parts;
    *ret_n = n;
}

HjBarKey *
hj_contests_keys(HjRequest *req, const HjAssessmentView *view, size_t *ret_n)
{
    *ret_n = 0;
    if (view->n_cards == 0)
        return NULL;
    const HjCard *card = &view->cards[0];
    HjBarKey *keys = hj_request_new(req, HjBarKey, card->n_lists + 1);
    for (size_t l = 0; l < card->n_lists; l++)
        keys[(*ret_n)++] = (HjBarKey){
            .text = hj_page_label(req, &card->lists[l].title),
            .tone = card->lists[l].cap < 0 ? 9 : (int)MIN(l, 3),
        };
    return keys;
}

/* --- appeals --- */

static const char *
item_title(HjRequest *req, const HjContests *contest, const char *name)
{
    const HjSchemeItem *item = name != NULL ? hj_pack_scheme_item(contest->scheme, name) : NULL;
    return item != NULL ? hj_page_label(req, &item->title) : name;
}

static HjAppealLine
appeal_line(HjRequest *req, const HjContests *contest, const HjRows *rows)
{
    HjLang lang = hj_request_lang(req);
    const bool open = hj_rows_null(rows, "outcome");
    const bool accepted = !open && g_str_equal(hj_rows_text(rows, "outcome"), "accepted");
    const char *item = hj_rows_null(rows, "item") ? NULL : hj_rows_text(rows, "item");
    HjAppealLine line = {
        .org = hj_rows_text(rows, "org_name"),
        .item = item_title(req, contest, item),
        .body = hj_rows_text(rows, "body"),
        .filed = hj_request_printf(
            req, hj_tr(lang, N_("%s, %s, against revision %d")), hj_rows_text(rows, "filed_on"),
            hj_rows_text(rows, "filed_by_name"), (int)hj_rows_i64(rows, "revision")),
        .tone = open       ? "live"
                : accepted ? "done"
                           : "old",
        .outcome = open       ? hj_tr(lang, N_("waits for an answer"))
                   : accepted ? hj_tr(lang, N_("accepted"))
                              : hj_tr(lang, N_("rejected")),
    };
    if (!open) {
        line.answer = hj_request_printf(req, "%s（%s，%s）", hj_rows_text(rows, "answer"),
                                        hj_rows_text(rows, "answered_by_name"),
                                        hj_rows_text(rows, "answered_on"));
        if (!hj_rows_null(rows, "new_revision"))
            line.changed = hj_request_printf(req, hj_tr(lang, N_("made revision %d")),
                                             (int)hj_rows_i64(rows, "new_revision"));
    } else if (hj_access_check(hj_request_tx(req), hj_request_actor(req), "scheme.judge",
                               hj_rows_i64(rows, "org"), NULL))
        line.href =
            hj_request_printf(req, "%s/appeals/%" G_GINT64_FORMAT "?period=%s", contest->base,
                              hj_rows_i64(rows, "id"), contest->period.text);
    return line;
}

HjAppealLine *
hj_contests_appeals(HjRequest *req, const HjContests *contest, int64_t org, size_t *ret_n,
                    GError **error)
{
    *ret_n = 0;
    if (contest->head.id == 0)
        return hj_request_new(req, HjAppealLine, 1);
    HjRows *rows = hj_assessment_appeals(hj_request_tx(req), hj_request_actor(req),
                                         &contest->head, org, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    HjAppealLine *lines = hj_request_new(req, HjAppealLine, hj_rows_count(rows) + 1);
    while (hj_rows_next(rows))
        lines[(*ret_n)++] = appeal_line(req, contest, rows);
    return lines;
}
