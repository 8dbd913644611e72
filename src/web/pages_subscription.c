/* The calendar as calendar programs read it, and the address under which they do. */
#include "base/crypto.h"
#include "base/ical.h"
#include "core/cadence.h"
#include "core/subscription.h"
#include "pack/flow.h"
#include "web/internal.h"
#include "web/pages_due.h"

#include <string.h>

#define SUFFIX ".ics"
#define MOST_DAYS 2000
#define MOST_DUTIES 500

typedef struct {
    HjTx *tx;
    const HjActor *actor;
    GString *out;
    size_t n;
} Feed;

/* --- the days --- */

/* A title that names a person, or stands in a ledger about people, stays here: what goes out
 * lies on telephones and with other firms. */
static bool
may_leave(const HjLedger *ledger)
{
    const HjField *title =
        ledger->title_field != NULL ? hj_pack_field(ledger, ledger->title_field) : NULL;
    return !ledger->sensitive && g_strcmp0(ledger->is, "person") != 0 &&
           (title == NULL || title->type == HJ_FIELD_TEXT || title->type == HJ_FIELD_LONG_TEXT);
}

static void
add_day(Feed *feed, const char *uid, const char *on, const char *summary)
{
    HjIcalDay day = { .uid = uid, .summary = summary, .made = hj_tx_now(feed->tx) };
    if (on == NULL || feed->n == MOST_DAYS || !hj_date_parse(on, &day.on, NULL))
        return;
    hj_ical_day(feed->out, &day);
    feed->n++;
}

/* "场所建设项目 · 待批复 · 南王村活动室 · 南王村" */
static void
add_task(Feed *feed, const HjRows *rows)
{
    HjLang lang = feed->actor->lang;
    const HjLedger *ledger = hj_pack_ledger(feed->actor->pack, hj_rows_text(rows, "ledger"));
    if (ledger == NULL || ledger->flow == NULL)
        return;
    const HjFlowNode *node = hj_flow_node(ledger->flow, hj_rows_text(rows, "node"));
    const char *title = may_leave(ledger) ? hj_rows_text(rows, "title") : NULL;
    const char *org = hj_rows_text(rows, "org_name");
    GString *words = g_string_new(hj_i18n_label(&ledger->title, lang));
    if (node != NULL)
        g_string_append_printf(words, " · %s", hj_i18n_label(&node->title, lang));
    if (title != NULL && *title != '\0')
        g_string_append_printf(words, " · %s", title);
    if (org != NULL)
        g_string_append_printf(words, " · %s", org);
    g_autofree char *summary = g_string_free(words, FALSE);
    g_autofree char *uid =
        g_strdup_printf("task-%" G_GINT64_FORMAT "@hangji", hj_rows_i64(rows, "task"));
    add_day(feed, uid, hj_rows_text(rows, "due_on"), summary);
}

static bool
add_tasks(Feed *feed, GError **error)
{
    g_autofree char *cursor = NULL;
    do {
        const HjDueQuery query = { .list = HJ_DUE_TODO, .limit = 500, .cursor = cursor };
        char *next = NULL;
        g_autoptr(HjRows) rows = hj_due_list(feed->tx, feed->actor, &query, &next, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows))
            add_task(feed, rows);
        g_free(cursor);
        cursor = next;
    } while (cursor != NULL && feed->n < MOST_DAYS);
    return true;
}

/* What must happen regularly and has not: due on the last day of its period. */
static bool
add_duties(Feed *feed, GError **error)
{
    g_autoptr(HjRows) rows = hj_cadence_due(feed->tx, feed->actor, 0, MOST_DUTIES, error);
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const char *name = hj_rows_text(rows, "cadence"), *to = hj_rows_text(rows, "to_on");
        const HjCadence *cadence = hj_pack_cadence(feed->actor->pack, name);
        g_autofree char *uid =
            g_strdup_printf("duty-%s-%s-%s@hangji", name, hj_rows_text(rows, "org_code"), to);
        g_autofree char *summary =
            g_strdup_printf("%s · %s", hj_i18n_label(&cadence->title, feed->actor->lang),
                            hj_rows_text(rows, "org_name"));
        add_day(feed, uid, to, summary);
    }
    return true;
}

static HjResponse *
feed_of(HjRequest *req, const HjActor *actor, GError **error)
{
    HjLang lang = actor->lang;
    g_autoptr(HjResponse) res = hj_response_new(200, "text/calendar; charset=utf-8");
    Feed feed = { .tx = hj_request_tx(req), .actor = actor, .out = g_string_new(NULL) };
    res->body = feed.out;
    g_autofree char *name = g_strdup_printf("%s · %s", hj_request_county_name(req),
                                            hj_tr(lang, N_("What waits for me")));
    hj_ical_begin(feed.out, name,
                  hj_tr(lang, N_("Read only. Names of people and titles from ledgers about "
                                 "people are left out; sign in to read them.")));
    if (!add_tasks(&feed, error) || !add_duties(&feed, error))
        return NULL;
    hj_ical_end(feed.out);
    hj_response_header(res, "Content-Disposition", "inline; filename=\"hangji.ics\"");
    return g_steal_pointer(&res);
}

/* What does not exist, was revoked or belongs to a disabled account looks the same. */
HjResponse *
hj_pages_subscription_feed(HjRequest *req, GError **error)
{
    const char *part = hj_request_part(req, "token");
    g_autofree char *token =
        g_strndup(part, g_str_has_suffix(part, SUFFIX) ? strlen(part) - strlen(SUFFIX) : 0);
    g_autoptr(HjActor) actor = NULL;
    if (hj_subscription_is(token) &&
        !hj_subscription_find(hj_request_tx(req), hj_request_pack(req), token, &actor, error))
        return NULL;
    if (actor == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
        return NULL;
    }
    return feed_of(req, actor, error);
}

/* --- its address --- */

bool
hj_pages_subscription_fill(HjRequest *req, const char *made, HjSubscriptionView *ret,
                           GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    HjSubscription now;
    if (!hj_subscription_load(hj_request_tx(req), actor, &now, error))
        return false;
    *ret = (HjSubscriptionView){
        .offered = actor->proxy == 0,
        .live = now.live,
        .tail = hj_request_strdup(req, now.tail),
        .created_at = now.created_at,
        .expires_at = now.expires_at,
    };
    /* What a request says of the host, anybody may have written. */
    ret->rootless = *req->app->site == '\0';
    if (made != NULL)
        ret->made = hj_request_printf(req, "%s/calendar/feed/%s" SUFFIX, req->app->site, made);
    return true;
}

HjResponse *
hj_pages_subscription_post(HjRequest *req, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    const char *act = hj_request_form(req, "act");
    char token[64];
    if (g_strcmp0(act, "revoke") == 0)
        return hj_subscription_revoke(tx, actor, error)
                   ? hj_response_see_other(
                         req, "/calendar",
                         N_("The address was revoked. It shows nothing any more."))
                   : NULL;
    if (g_strcmp0(act, "make") != 0) {
        hj_fail(error, HJ_ERROR_INVALID, "Please correct what is marked.");
        return NULL;
    }
    if (!hj_subscription_make(tx, actor, token, error))
        return NULL;
    HjResponse *res = hj_pages_calendar_made(req, hj_request_strdup(req, token), error);
    hj_crypto_wipe(token, sizeof token);
    return res;
}
