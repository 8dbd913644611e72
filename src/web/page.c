#include "web/page.h"

#include "core/access.h"
#include "core/due.h"
#include "error.html.h"
#include "web/internal.h"
#include "web/parse.h"
#include "web/views_common.h"

#include <string.h>

static void
add_nav(HjPage *page, const char *section, const char *name, const char *href, const char *text)
{
    page->nav[page->n_nav++] =
        (HjLink){ .href = href, .text = text, .on = g_str_equal(section, name) };
}

#define MOST_COUNTED 100

/* What waits for the actor stands beside the first item. */
static void
count_waiting(HjRequest *req, HjPage *page)
{
    g_autoptr(GError) error = NULL;
    const HjActor *actor = hj_request_actor(req);
    int64_t n = 0;
    if (page->n_nav == 0 || !hj_access_may(actor, "ledger.view") ||
        !hj_due_waiting(hj_request_tx(req), actor, MOST_COUNTED, &n, &error) || n == 0)
        return;
    page->nav[0].has_count = true;
    page->nav[0].count = n;
    page->nav[0].more = n == MOST_COUNTED;
}

static const char *
where_of(HjRequest *req, const HjActor *actor)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < actor->n_grants && i < 3; i++) {
        if (i > 0)
            g_string_append(text, "、");
        g_string_append(text, actor->grants[i].org_name);
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static void
fill_menu(HjRequest *req, HjPage *page, const char *section)
{
    static const struct {
        const char *section, *href, *text, *permission;
    } items[] = {
        { "home", "/", N_("Overview"), HJ_SIGNED_IN },
        { "cockpit", "/cockpit", N_("Cockpit"), "indicator.view" },
        { "ledgers", "/ledgers", N_("Ledgers"), "ledger.view" },
        { "table", "/table", N_("Indicators"), "indicator.view" },
        { "contests", "/contests", N_("Contest"), "scheme.view" },
        { "reports", "/reports", N_("Reports"), "report.view" },
        { "orgs", "/orgs", N_("Organizations"), "org.view" },
        { "accounts", "/accounts", N_("Accounts"), "account.view" },
        { "audit", "/audit", N_("Audit"), "event.view" },
        { "pack", "/pack", N_("Rules"), "pack.view" },
    };
    const HjActor *actor = hj_request_actor(req);
    HjLang lang = hj_request_lang(req);
    page->nav = hj_request_new(req, HjLink, G_N_ELEMENTS(items));
    for (size_t i = 0; i < G_N_ELEMENTS(items); i++)
        if (g_str_equal(items[i].permission, HJ_SIGNED_IN) ||
            hj_access_may(actor, items[i].permission))
            add_nav(page, section, items[i].section, items[i].href, hj_tr(lang, items[i].text));
}

static const char *
demo_day(HjRequest *req)
{
    HjDate day = hj_date_in_shanghai(hj_request_now(req));
    if (!hj_request_is_demo(req) || day == hj_date_in_shanghai(hj_time_now()))
        return NULL;
    return hj_request_strdup(req, hj_date_text(day).text);
}

static HjPage
bare_page(HjRequest *req, const char *title, const char *section)
{
    const HjActor *actor = hj_request_actor(req);
    const char *notice = hj_request_notice(req);
    HjPage page = {
        .title = title,
        .lang = hj_request_lang(req) == HJ_ZH ? "zh-CN" : "en",
        .large = hj_request_large_type(req),
        .county = hj_request_county_name(req),
        .demo = hj_request_is_demo(req),
        .demo_day = demo_day(req),
        .signed_in = actor != NULL && actor->stage == NULL,
        .here = hj_request_uri(req),
        .notice = notice != NULL ? hj_tr(hj_request_lang(req), notice) : NULL,
        .crumbs = hj_request_new(req, HjLink, 6),
    };
    if (actor != NULL && actor->stage == NULL) {
        page.who = actor->title;
        page.where = where_of(req, actor);
        fill_menu(req, &page, section);
        if (actor->proxy != 0) {
            HjDateText until = hj_date_text(actor->behalf_until);
            page.acting = actor->behalf_title;
            page.acting_until = hj_request_strdup(req, until.text);
        }
    }
    return page;
}

HjPage
hj_page(HjRequest *req, const char *title, const char *section)
{
    HjPage page = bare_page(req, title, section);
    if (page.nav != NULL)
        count_waiting(req, &page);
    return page;
}

const char *
hj_page_mark_text(HjRequest *req)
{
    const HjActor *actor = hj_request_actor(req);
    if (actor == NULL)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    HjOut out = { .buf = text, .lang = hj_request_lang(req) };
    hj_emit_time(&out, hj_request_now(req));
    return hj_request_printf(req, "%s %s %s", actor->title, actor->name, text->str);
}

void
hj_page_mark(HjRequest *req, HjPage *page)
{
    /* Wide enough for the longest name, so that none is cut: a letter takes half a hanzi. */
    int width = 60;
    page->mark = hj_page_mark_text(req);
    for (const char *p = page->mark; p != NULL && *p != '\0'; p = g_utf8_next_char(p))
        width += g_unichar_iswide(g_utf8_get_char(p)) ? 15 : 9;
    page->mark_step = hj_request_printf(req, "%d", 2 * width);
    page->mark_half = hj_request_printf(req, "%d", width + 10);
}

void
hj_page_crumb(HjRequest *req, HjPage *page, const char *href, const char *text)
{
    (void)req;
    if (page->n_crumbs < 6)
        page->crumbs[page->n_crumbs++] = (HjLink){ .href = href, .text = text };
}

/* The page that the form stood on, as the browser tells; NULL where that is not ours. */
static const char *
form_page(HjRequest *req)
{
    const char *from = hj_request_header(req, "referer");
    const char *host = from != NULL ? strstr(from, "://") : NULL;
    const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
    return path != NULL && hj_parse_is_local(path) && !g_str_has_prefix(path, "/sign-")
               ? hj_request_strdup(req, path)
               : NULL;
}

/* Words and dates, not the keys, names and secrets that a form carries along. */
static bool
is_written(const char *name, const char *text)
{
    static const char *const carried[] = { "form_key",    "back",     "_back", "next",
                                           "lang",        "type",     "do",    "under",
                                           "period",      "password", "again", "old",
                                           "code",        "username", "token", "secret",
                                           HJ_CSRF_FIELD, NULL };
    static const char names[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !g_strv_contains(carried, name) && text[strspn(text, names)] != '\0';
}

/* Nothing that was written is lost with a form that could not be taken: a session that ended,
 * a form grown old, a disk that is full. */
static void
keep_written(HjRequest *req, HjErrorView *view)
{
    const size_t n = hj_request_n_form(req);
    view->kept = hj_request_new(req, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (is_written(hj_request_form_name(req, i), hj_request_form_value(req, i)))
            view->kept[view->n_kept++] = hj_request_form_value(req, i);
    const char *page = view->n_kept > 0 ? form_page(req) : NULL;
    if (page == NULL)
        return;
    const bool out = view->status == 401;
    g_autofree char *next = g_uri_escape_string(page, "/", false);
    view->go_href = out ? hj_request_printf(req, "/sign-in?next=%s", next) : page;
    view->go_text = out ? hj_tr(hj_request_lang(req), N_("Sign in again"))
                        : hj_tr(hj_request_lang(req), N_("Back to the form"));
}

static HjErrorView
error_view(HjRequest *req, int status, const char *message)
{
    HjLang lang = hj_request_lang(req);
    HjErrorView view = {
        /* What went wrong may have been the database. */
        .page = bare_page(req, hj_tr(lang, hj_web_title(status)), ""),
        .status = status,
        .message = message,
        .reference = status >= 500 ? hj_request_id(req) : NULL,
        .go_href = "/",
        .go_text = hj_tr(lang, N_("To the first page")),
    };
    keep_written(req, &view);
    return view;
}

static HjResponse *
show_error(HjRequest *req, const HjErrorView *view)
{
    HjOut out;
    HjResponse *res = hj_response_page(req, view->status, &out);
    hj_tmpl_error(&out, view);
    return res;
}

HjResponse *
hj_page_error(HjRequest *req, int status, const char *message)
{
    const HjErrorView view = error_view(req, status, message);
    return show_error(req, &view);
}

HjResponse *
hj_page_ended(HjRequest *req)
{
    const HjErrorView view =
        error_view(req, 401,
                   hj_tr(hj_request_lang(req),
                         N_("Your session has ended, so this form could not be taken.")));
    return view.n_kept > 0 ? show_error(req, &view) : NULL;
}

HjRows *
hj_page_org(HjRequest *req, const char *code, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    int64_t id = 0;
    if (!hj_org_find(tx, code, &id, error))
        return NULL;
    if (id == 0 || !hj_access_sees_org(tx, hj_request_actor(req), id)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
        return NULL;
    }
    HjRows *org = hj_org_get(tx, id, error);
    if (org == NULL)
        return NULL;
    hj_request_adopt(req, org, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(org)) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
        return NULL;
    }
    return org;
}

const char *
hj_page_home_org(HjRequest *req)
{
    const HjActor *actor = hj_request_actor(req);
    return actor->n_grants > 0 ? actor->grants[0].org_code : "";
}

bool
hj_page_date(HjRequest *req, const char *name, HjDate fallback, HjDate *ret, GError **error)
{
    const char *text = hj_request_query(req, name);
    if (text == NULL || *text == '\0') {
        *ret = fallback;
        return true;
    }
    if (!hj_date_parse(text, ret, NULL)) {
        hj_issues_add(hj_request_issues(req), name, "type", N_("A day is written 2018-03-05."));
        return hj_fail(error, HJ_ERROR_MALFORMED, "A day in the address is not a day.");
    }
    return true;
}

/* The day pages begin with: today, or the last day for which the pack is made. */
static HjDate
natural_day(HjRequest *req)
{
    HjDate today = hj_date_in_shanghai(hj_request_now(req));
    HjDate last = hj_request_pack(req)->valid_to;
    return last != HJ_DATE_NONE && last < today ? last : today;
}

bool
hj_page_period(HjRequest *req, const char *name, HjPeriod *ret, GError **error)
{
    const char *text = hj_request_query(req, name);
    if (text == NULL || *text == '\0') {
        *ret = hj_period_half_of(natural_day(req));
        return true;
    }
    if (!hj_period_parse(text, ret, NULL)) {
        hj_issues_add(hj_request_issues(req), name, "type",
                      N_("A period is written 2018, 2018H1, 2018Q3 or 2018-03."));
        return hj_fail(error, HJ_ERROR_MALFORMED, "A period in the address is not a period.");
    }
    return true;
}

const char *
hj_page_period_text(HjRequest *req, const HjPeriod *period)
{
    int year, month, day;
    hj_date_split(period->from, &year, &month, &day);
    const char *text = period->text;
    if (hj_request_lang(req) == HJ_EN)
        return hj_request_strdup(req, text);
    if (strchr(text, 'H') != NULL)
        return hj_request_printf(req, "%d年%s", year, month == 1 ? "上半年" : "下半年");
    if (strchr(text, 'Q') != NULL)
        return hj_request_printf(req, "%d年第%d季度", year, (month + 2) / 3);
    if (strchr(text, '-') != NULL)
        return hj_request_printf(req, "%d年%d月", year, month);
    return hj_request_printf(req, "%d年", year);
}

const char *
hj_page_who_sees(HjRequest *req, const HjLedger *ledger)
{
    const HjPack *pack = hj_request_pack(req);
    HjLang lang = hj_request_lang(req);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < pack->n_roles; i++) {
        const HjRole *role = &pack->roles[i];
        if (!hj_access_role_sees(role, ledger))
            continue;
        if (text->len > 0)
            g_string_append(text, lang == HJ_ZH ? "、" : ", ");
        g_string_append(text, hj_i18n_label(&role->title, lang));
    }
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

const char *
hj_page_label(HjRequest *req, const HjLabel *label)
{
    return hj_i18n_label(label, hj_request_lang(req));
}

const char *
hj_page_titled(HjRequest *req, const char *what, const char *of)
{
    return hj_request_printf(req, "%s%s%s", what, hj_tr(hj_request_lang(req), N_(": ")), of);
}

const char *
hj_page_tr(HjRequest *req, const char *msgid)
{
    return hj_tr(hj_request_lang(req), msgid);
}
