/* What falls due in a month, day by day, with the holidays and worked weekends of the pack. */
#include "calendar.html.h"
#include "pack/calendar.h"
#include "web/due_lines.h"
#include "web/flow_words.h"
#include "web/pages_due.h"
#include "web/rowquery.h"

#include <string.h>

typedef struct {
    HjRequest *req;
    HjDueList list;
    HjPeriod month;
    HjDate today, first; /* the Monday of its first week */
    HjRows *due;
    HjMonthView *view;
} Month;

static bool
read_month(Month *m, GError **error)
{
    const char *text = hj_request_query(m->req, "month");
    int year, month, day;
    hj_date_split(m->today, &year, &month, &day);
    const char *wanted = text != NULL && *text != '\0'
                             ? text
                             : hj_request_printf(m->req, "%04d-%02d", year, month);
    if (strchr(wanted, '-') == NULL || !hj_period_parse(wanted, &m->month, NULL))
        return hj_rowquery_fail(m->req, "month", N_("A month is written 2018-03."), error);
    m->first = m->month.from - (hj_date_weekday(m->month.from) - 1);
    return true;
}

static const char *
href_of(const Month *m, const HjPeriod *month)
{
    if (*month->text == '\0')
        return NULL;
    return hj_request_printf(m->req, "/calendar?month=%s%s", month->text,
                             m->list == HJ_DUE_SEEN ? "&list=all" : "");
}

/* Holidays on weekdays and worked weekends; the year may not be loaded. */
static void
mark(const Month *m, HjDate date, HjMonthDay *day)
{
    bool works = false, weekend = hj_date_weekday(date) >= 6;
    if (!hj_workday_is(hj_request_pack(m->req), date, &works)) {
        day->off = weekend;
        m->view->unknown =
            hj_page_tr(m->req, N_("The calendar of working days of this year is not "
                                  "loaded: holidays are not shown."));
        return;
    }
    day->off = !works;
    if (weekend == works)
        day->mark = hj_page_tr(m->req, works ? N_("worked") : N_("holiday"));
}

static void
count(const Month *m, HjDate date, HjMonthDay *day)
{
    HjDateText text = hj_date_text(date);
    for (hj_rows_rewind(m->due); hj_rows_next(m->due);) {
        if (strcmp(hj_rows_text(m->due, "due_on"), text.text) != 0)
            continue;
        day->n = hj_rows_i64(m->due, "n");
        day->light = date < m->today                       ? "red"
                     : hj_rows_i64(m->due, "n_yellow") > 0 ? "yellow"
                                                           : "green";
        day->words = hj_flow_words_light(m->req, day->light);
        day->href = hj_request_printf(m->req, "/due?list=%s&on=%s", hj_due_list_name(m->list),
                                      text.text);
    }
}

static void
fill_weeks(const Month *m)
{
    size_t n = (size_t)(m->month.to - m->first) / 7 + 1;
    m->view->weeks = hj_request_new(m->req, HjMonthWeek, n);
    for (HjDate monday = m->first; monday <= m->month.to; monday += 7) {
        HjMonthWeek *week = &m->view->weeks[m->view->n_weeks++];
        week->days = hj_request_new(m->req, HjMonthDay, 7);
        for (HjDate date = monday; date < monday + 7; date++) {
            HjMonthDay *day = &week->days[week->n_days++];
            int year, month;
            hj_date_split(date, &year, &month, &day->day);
            day->text = hj_request_strdup(m->req, hj_date_text(date).text);
            day->other = date < m->month.from || date > m->month.to;
            day->today = date == m->today;
            day->light = "";
            mark(m, date, day);
            count(m, date, day);
        }
    }
}

static void
fill_frame(const Month *m)
{
    static const char *const names[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                         N_("Fri"), N_("Sat"), N_("Sun") };
    static const HjDueList shown[] = { HJ_DUE_TODO, HJ_DUE_SEEN };
    HjPeriod before = hj_period_shift(&m->month, -1), after = hj_period_shift(&m->month, 1);
    m->view->previous_href = href_of(m, &before);
    m->view->next_href = href_of(m, &after);
    m->view->today_href = m->list == HJ_DUE_SEEN ? "/calendar?list=all" : "/calendar";
    m->view->weekdays = hj_request_new(m->req, HjLink, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        m->view->weekdays[m->view->n_weekdays++] =
            (HjLink){ .text = hj_page_tr(m->req, names[i]) };
    m->view->tabs = hj_request_new(m->req, HjDueTab, G_N_ELEMENTS(shown));
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
        m->view->tabs[m->view->n_tabs++] = (HjDueTab){
            .href = hj_request_printf(m->req, "/calendar?month=%s%s", m->month.text,
                                      shown[i] == HJ_DUE_SEEN ? "&list=all" : ""),
            .text = hj_due_list_title(m->req, shown[i]),
            .light = "",
            .on = m->list == shown[i],
        };
}

static HjResponse *
calendar_page(HjRequest *req, int status, const char *made, GError **error)
{
    Month m = { .req = req, .today = hj_tx_today(hj_request_tx(req)) };
    if (!hj_due_list_asked(req, &m.list, error) || !read_month(&m, error))
        return NULL;
    if (m.list != HJ_DUE_SEEN)
        m.list = HJ_DUE_TODO;
    HjDueQuery query = { .list = m.list };
    g_autoptr(HjRows) due = hj_due_days(hj_request_tx(req), hj_request_actor(req), &query,
                                        m.first, m.month.to + 7, error);
    if (due == NULL)
        return NULL;
    HjMonthView view = {
        .page = hj_page(req,
                        hj_request_printf(req, "%s · %s", hj_page_tr(req, N_("Calendar")),
                                          hj_page_period_text(req, &m.month)),
                        "home"),
    };
    m.due = due;
    m.view = &view;
    if (!hj_pages_subscription_fill(req, made, &view.feed, error))
        return NULL;
    fill_frame(&m);
    fill_weeks(&m);
    hj_page_crumb(req, &view.page, "/", hj_page_tr(req, N_("Overview")));
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_calendar(&out, &view);
    return res;
}

HjResponse *
hj_pages_calendar(HjRequest *req, GError **error)
{
    return calendar_page(req, 200, NULL, error);
}

HjResponse *
hj_pages_calendar_made(HjRequest *req, const char *made, GError **error)
{
    return calendar_page(req, 201, made, error);
}
