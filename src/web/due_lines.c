#include "web/due_lines.h"

#include "web/flow_words.h"
#include "web/page.h"
#include "web/rowquery.h"

#include <string.h>

/* The figures of the county stay in sight below the first list. */
#define HOME_FIRST 12
#define HOME_LINES 50

static const HjLedger *
ledger_of(HjRequest *req, const char *name)
{
    return hj_pack_ledger(hj_request_pack(req), name);
}

const char *
hj_due_place(HjRequest *req, const char *ledger, const char *node)
{
    const HjLedger *of = ledger_of(req, ledger);
    if (of == NULL)
        return ledger;
    return hj_request_printf(req, "%s · %s", hj_page_label(req, &of->title),
                             hj_flow_words_node(req, of, node));
}

/* When nobody may move on yet, and what kind of task it is unless it is the usual one. */
static const char *
note_of(HjRequest *req, const HjRows *rows)
{
    const char *hold = hj_rows_text(rows, "hold_on");
    HjDateText today = hj_date_text(hj_tx_today(hj_request_tx(req)));
    if (hold == NULL || strcmp(hold, today.text) < 0 || !hj_rows_null(rows, "closed_at"))
        return NULL;
    return strcmp(hold, HJ_DATE_FOREVER) == 0
               ? hj_page_tr(req, N_("The period has no end yet"))
               : hj_request_printf(req, hj_page_tr(req, N_("period lasts until %s")), hold);
}

HjDueLine
hj_due_line(HjRequest *req, const HjRows *rows)
{
    const char *ledger = hj_rows_text(rows, "ledger"), *node = hj_rows_text(rows, "node");
    const char *title = hj_rows_text(rows, "title"), *kind = hj_rows_text(rows, "kind");
    const HjLedger *of = ledger_of(req, ledger);
    bool closed = !hj_rows_null(rows, "closed_at");
    bool usual = g_str_equal(kind, "act") || g_str_equal(kind, "case");
    HjDueLine line = {
        .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT, ledger,
                                  hj_rows_i64(rows, "row")),
        .title = title != NULL && *title != '\0' ? hj_request_strdup(req, title)
                 : of != NULL                    ? hj_page_label(req, &of->title)
                                                 : ledger,
        .light = hj_request_strdup(req, hj_rows_text(rows, "light")),
        .place = hj_due_place(req, ledger, node),
        .org = hj_request_strdup(req, hj_rows_text(rows, "org_name")),
        .due_on = hj_request_strdup(req, hj_rows_text(rows, "due_on")),
        .note = note_of(req, rows),
        .kind = usual || closed ? NULL : hj_flow_words_kind(req, kind),
        .task = hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(rows, "task")),
        .item = hj_request_printf(req, "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                                  hj_rows_i64(rows, "task"), hj_rows_i64(rows, "version")),
        .n_urged = closed ? 0 : hj_rows_i64(rows, "n_urged"),
    };
    line.light_word = hj_flow_words_light(req, line.light);
    if (closed)
        line.due = hj_flow_words_action(req, of, node, hj_rows_text(rows, "outcome"));
    else if (of != NULL)
        line.due =
            hj_flow_words_due(req, of, node, line.due_on, hj_rows_text(rows, "due_rule"));
    return line;
}

/* --- the lists --- */

static const struct {
    const char *name, *title, *empty;
} lists[] = {
    [HJ_DUE_TODO] = { "todo", N_("To do"),
                      N_("Nothing waits for you. What comes in next shows here by itself.") },
    [HJ_DUE_OVERDUE] = { "overdue", N_("Overdue"), N_("Nothing of yours is overdue.") },
    [HJ_DUE_COPIED] = { "copied", N_("Copied to me"), N_("Nothing new was copied to you.") },
    [HJ_DUE_DONE] = { "done", N_("Done by me"), N_("You have not dealt with anything yet.") },
    [HJ_DUE_STARTED] = { "started", N_("Started by me"),
                         N_("Nothing you began is under way. Begin in a ledger with “New”.") },
    [HJ_DUE_SEEN] = { "all", N_("All that is open"), N_("Nothing is open below you.") },
};

const char *
hj_due_list_name(HjDueList list)
{
    return lists[list].name;
}

const char *
hj_due_list_title(HjRequest *req, HjDueList list)
{
    return hj_page_tr(req, lists[list].title);
}

const char *
hj_due_empty(HjRequest *req, HjDueList list)
{
    return hj_page_tr(req, lists[list].empty);
}

bool
hj_due_list_asked(HjRequest *req, HjDueList *ret, GError **error)
{
    const char *name = hj_request_query(req, "list");
    *ret = HJ_DUE_TODO;
    if (name == NULL || *name == '\0')
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(lists[i].name, name) == 0) {
            *ret = (HjDueList)i;
            return true;
        }
    return hj_rowquery_fail(req, "list", N_("There is no such list."), error);
}

bool
hj_due_tabs(HjRequest *req, const char *base, HjDueList now, HjDueTab **ret, size_t *ret_n,
            GError **error)
{
    static const HjDueList order[] = { HJ_DUE_TODO, HJ_DUE_OVERDUE, HJ_DUE_COPIED,
                                       HJ_DUE_STARTED, HJ_DUE_DONE };
    HjDueCounts counts;
    if (!hj_due_counts(hj_request_tx(req), hj_request_actor(req), &counts, error))
        return false;
    *ret = hj_request_new(req, HjDueTab, G_N_ELEMENTS(order));
    for (*ret_n = 0; *ret_n < G_N_ELEMENTS(order); (*ret_n)++) {
        HjDueList list = order[*ret_n];
        bool red = list == HJ_DUE_OVERDUE && counts.n[list] > 0;
        bool yellow = list == HJ_DUE_TODO && counts.n_yellow > 0;
        (*ret)[*ret_n] = (HjDueTab){
            .href = list == HJ_DUE_TODO
                        ? base
                        : hj_request_printf(req, "%s?list=%s", base, lists[list].name),
            .text = hj_page_tr(req, lists[list].title),
            .light = red      ? "red"
                     : yellow ? "yellow"
                              : "",
            .count = counts.n[list],
            .counted = true,
            .on = list == now,
        };
    }
    return true;
}

bool
hj_due_any(HjRequest *req)
{
    const HjPack *pack = hj_request_pack(req);
    const HjActor *actor = hj_request_actor(req);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (pack->ledgers[i].flow != NULL &&
            hj_access_may_ledger(actor, &pack->ledgers[i], HJ_ACCESS_VIEW))
            return true;
    return false;
}

/* --- the home page --- */

enum { PAST, WEEK, LATER, NO_DAY, DAYS };

/* Which group a line belongs to: by its day, where the list asks something of somebody. */
static int
day_of(HjDate today, HjDueList list, const HjDueLine *line)
{
    HjDate due = HJ_DATE_NONE;
    if (list == HJ_DUE_DONE || list == HJ_DUE_COPIED || line->due_on == NULL ||
        !hj_date_parse(line->due_on, &due, NULL))
        return NO_DAY;
    if (due < today)
        return PAST;
    return due <= today + 7 - hj_date_weekday(today) ? WEEK : LATER;
}

static void
fill_days(HjRequest *req, HjRows *rows, HjDueList list, HjDueHome *home)
{
    static const char *const titles[] = { N_("Overdue"), N_("This week"), N_("Later"),
                                          N_("Without a day") };
    static const char *const lights[] = { "red", "", "", "" };
    HjDate today = hj_tx_today(hj_request_tx(req));
    HjDueDay all[DAYS] = { 0 };
    bool grouped = list != HJ_DUE_DONE && list != HJ_DUE_COPIED;
    for (int day = 0; day < DAYS; day++)
        all[day] = (HjDueDay){ .title = grouped ? hj_page_tr(req, titles[day]) : NULL,
                               .light = lights[day],
                               .lines = hj_request_new(req, HjDueLine, hj_rows_count(rows)) };
    for (hj_rows_rewind(rows); hj_rows_next(rows);) {
        HjDueLine line = hj_due_line(req, rows);
        HjDueDay *day = &all[day_of(today, list, &line)];
        day->lines[day->n_lines++] = line;
    }
    home->days = hj_request_new(req, HjDueDay, DAYS);
    for (int day = 0; day < DAYS; day++)
        if (all[day].n_lines > 0)
            home->days[home->n_days++] = all[day];
}

/* Numbers of the copies that are shown, so that all of them can be marked read. */
static const char *
shown_tasks(HjRequest *req, const HjDueHome *home)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < home->n_days; i++)
        for (size_t j = 0; j < home->days[i].n_lines; j++)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "",
                                   home->days[i].lines[j].task);
    return text->len > 0 ? hj_request_strdup(req, text->str) : NULL;
}

bool
hj_due_home(HjRequest *req, HjDueHome **ret, GError **error)
{
    HjDueList list;
    *ret = NULL;
    if (!hj_due_list_asked(req, &list, error))
        return false;
    if (!hj_due_any(req))
        return true;
    HjDueHome *home = hj_request_new(req, HjDueHome, 1);
    HjDueQuery query = { .list = list,
                         .limit = list == HJ_DUE_TODO ? HOME_FIRST : HOME_LINES,
                         .cursor = hj_request_query(req, "cursor") };
    g_autofree char *next = NULL;
    g_autoptr(HjRows) rows =
        hj_due_list(hj_request_tx(req), hj_request_actor(req), &query, &next, error);
    if (rows == NULL || !hj_due_tabs(req, "/", list, &home->tabs, &home->n_tabs, error))
        return false;
    fill_days(req, rows, list, home);
    home->copied = list == HJ_DUE_COPIED;
    home->read_task = home->copied ? shown_tasks(req, home) : NULL;
    home->here = hj_request_uri(req);
    home->empty = hj_due_empty(req, list);
    home->empty_href = "/ledgers";
    home->empty_link = hj_page_tr(req, N_("To the ledgers"));
    home->queue_href = list == HJ_DUE_TODO && home->n_days > 0 ? "/due" : NULL;
    home->calendar_href = "/calendar";
    if (next != NULL && list == HJ_DUE_TODO)
        home->more_text =
            hj_request_printf(req, hj_page_tr(req, N_("All %s in the review queue")),
                              hj_request_printf(req, "%" G_GINT64_FORMAT, home->tabs[0].count));
    else if (next != NULL)
        home->next_href = hj_request_printf(req, "/?list=%s&cursor=%s", lists[list].name, next);
    *ret = home;
    return true;
}
