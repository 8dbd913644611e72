/* Rehearsal: what a draft of the rules would have done to a past period.  Nothing is stored. */
#include "base/zip.h"
#include "contest_rehearsal.html.h"
#include "core/access.h"
#include "core/rehearsal.h"
#include "web/contests.h"
#include "web/pages_contest.h"
#include "web/views_contest_act.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES (16 * 1024 * 1024)
#define MOST_FILES 1000
#define MAX_PROBLEMS 20

typedef struct {
    HjRequest *req;
    HjContests contest;
    HjRehearsalView *view;
    HjRehearsalChange *changes;
    size_t n_changes;
} Rehearsing;

/* --- the draft in the form --- */

static const char *
sent(HjRequest *req, const char *what, const HjSchemeItem *item)
{
    g_autofree char *name = g_strdup_printf("%s.%s", what, item->name);
    const char *text = hj_request_form(req, name);
    return text != NULL && *text != '\0' ? text : NULL;
}

static const char *
shown(HjRequest *req, const char *what, const HjSchemeItem *item, int64_t value)
{
    const char *text = sent(req, what, item);
    return text != NULL ? text : hj_figures_points(req, value);
}

static HjDraftLine
draft_line(HjRequest *req, const HjSchemeItem *item)
{
    HjDraftLine line = {
        .name = item->name,
        .title = hj_page_label(req, &item->title),
        .points = shown(req, "points", item, item->points),
        .linear = item->scoring == HJ_SCORE_LINEAR && item->indicator != NULL,
        .rows = item->scoring == HJ_SCORE_ROWS && item->times > 0,
        .how = item->pending ? NULL : hj_contests_how(req, item),
    };
    if (line.linear) {
        line.zero = shown(req, "zero", item, item->zero);
        line.full = shown(req, "full", item, item->full);
    }
    if (line.rows)
        line.times = shown(req, "times", item, (int64_t)item->times * 100);
    return line;
}

static void
fill_draft(HjRequest *req, const HjScheme *scheme, HjRehearsalView *view)
{
    view->lists = hj_request_new(req, HjDraftList, scheme->n_lists);
    for (size_t l = 0; l < scheme->n_lists; l++) {
        const HjSchemeList *list = &scheme->lists[l];
        HjDraftList *draft = &view->lists[view->n_lists++];
        draft->title = hj_page_label(req, &list->title);
        draft->points = hj_figures_points(req, list->cap);
        draft->items = hj_request_new(req, HjDraftLine, list->n_items);
        for (size_t i = 0; i < list->n_items; i++)
            draft->items[draft->n_items++] = draft_line(req, &list->items[i]);
    }
}

/* The line of the form that says what is wrong with what was typed. */
static void
say_wrong(Rehearsing *r, const HjSchemeItem *item, const char *msgid)
{
    HjRequest *req = r->req;
    const char *text = hj_tr(hj_request_lang(req), msgid);
    r->view->wrong = hj_tr(hj_request_lang(req), N_("Please correct what is marked."));
    for (size_t l = 0; l < r->view->n_lists; l++)
        for (size_t i = 0; i < r->view->lists[l].n_items; i++)
            if (g_str_equal(r->view->lists[l].items[i].name, item->name))
                r->view->lists[l].items[i].wrong = text;
}

static bool
read_number(Rehearsing *r, const HjSchemeItem *item, const char *what, int64_t now,
            int64_t *ret, bool *ret_has)
{
    const char *text = sent(r->req, what, item);
    *ret = now;
    if (text == NULL)
        return true;
    if (!hj_decimal_parse(text, 2, ret, NULL)) {
        say_wrong(r, item, N_("Must be a number such as 7.5."));
        return false;
    }
    *ret_has = *ret != now;
    return true;
}

static void
read_change(Rehearsing *r, const HjSchemeItem *item)
{
    HjRehearsalChange change = { .item = item->name };
    int64_t times = (int64_t)item->times * 100;
    if (!read_number(r, item, "points", item->points, &change.points, &change.has_points) ||
        !read_number(r, item, "zero", item->zero, &change.zero, &change.has_zero) ||
        !read_number(r, item, "full", item->full, &change.full, &change.has_full) ||
        !read_number(r, item, "times", times, &times, &change.has_times))
        return;
    change.times = (int)(times / 100);
    if ((change.points < 0) != (item->points < 0))
        say_wrong(r, item, N_("Points keep their sign."));
    else if (item->scoring == HJ_SCORE_LINEAR && change.zero == change.full &&
             (change.has_zero || change.has_full))
        say_wrong(r, item, N_("The two thresholds must differ."));
    else if (change.has_times && (times % 100 != 0 || change.times < 1 || change.times > 1000))
        say_wrong(r, item, N_("Must be a whole number above 0."));
    else if (change.has_points || change.has_zero || change.has_full || change.has_times)
        r->changes[r->n_changes++] = change;
}

static void
read_changes(Rehearsing *r)
{
    const HjScheme *scheme = r->contest.scheme;
    size_t n = 0;
    for (size_t l = 0; l < scheme->n_lists; l++)
        n += scheme->lists[l].n_items;
    r->changes = hj_request_new(r->req, HjRehearsalChange, n + 1);
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++)
            read_change(r, &scheme->lists[l].items[i]);
}

/* --- the draft as a package --- */

typedef struct {
    char *folder;
    HjPack *pack;
} Draft;

/* Two levels are all a pack has; what else was in it goes too. */
static void
remove_below(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_below(path);
        else
            unlink(path);
    }
    rmdir(folder);
}

static void
draft_clear(Draft *draft)
{
    g_clear_pointer(&draft->pack, hj_pack_unref);
    if (draft->folder != NULL)
        remove_below(draft->folder);
    g_free(draft->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static void
add_problem(Rehearsing *r, const char *text)
{
    HjRehearsalView *view = r->view;
    if (view->problems == NULL)
        view->problems = hj_request_new(r->req, HjCheckLine, MAX_PROBLEMS);
    if (view->n_problems < MAX_PROBLEMS)
        view->problems[view->n_problems++].text = hj_request_strdup(r->req, text);
}

static void
load_pack(Rehearsing *r, Draft *draft)
{
    g_autofree char *name = NULL;
    g_autofree char *main_path = g_build_filename(draft->folder, "MAIN", NULL);
    if (!g_file_get_contents(main_path, &name, NULL, NULL) ||
        strchr(g_strstrip(name), '/') != NULL || g_str_has_prefix(name, ".")) {
        add_problem(r, hj_tr(hj_request_lang(r->req),
                             N_("This is no package of rules: hangji pack export makes one.")));
        return;
    }
    g_autofree char *dir = g_build_filename(draft->folder, name, NULL);
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(GError) why = NULL;
    draft->pack = hj_pack_load(dir, problems, &why);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++) {
        const char *line = hj_pack_problems_line(problems, i);
        const char *inside = strstr(line, draft->folder);
        add_problem(r, inside != NULL ? inside + strlen(draft->folder) + 1 : line);
    }
    if (draft->pack == NULL && hj_pack_problems_count(problems) == 0)
        add_problem(r, hj_tr(hj_request_lang(r->req), N_("The rules cannot be read.")));
}

/* What was sent, or nothing; what is wrong with it stands in the view. */
static void
bring(Rehearsing *r, Draft *draft)
{
    HjLang lang = hj_request_lang(r->req);
    g_autoptr(GError) why = NULL;
    const HjUpload *upload = hj_request_upload(r->req, 0);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", upload->fd);
    draft->folder = g_dir_make_tmp("hangji-draft-XXXXXX", &why);
    if (draft->folder == NULL ||
        !hj_zip_unpack_within(path, draft->folder, MOST_BYTES, MOST_FILES, &why)) {
        add_problem(r, hj_tr(lang, N_("This is not a whole zip file, or it is too large.")));
        return;
    }
    load_pack(r, draft);
}

/* --- who moves --- */

static const char *
gain_of(HjRequest *req, int64_t was, int64_t now, const char **ret_tone)
{
    *ret_tone = now > was ? "up" : now < was ? "down" : "same";
    if (now == was)
        return "=";
    return hj_request_printf(req, "%s%s", now > was ? "+" : "−",
                             hj_figures_points(req, ABS(now - was)));
}

static const char *
rank_text(HjRequest *req, int rank)
{
    return rank > 0 ? hj_request_printf(req, "%d", rank) : "—";
}

static void
add_org(Rehearsing *r, const HjRehearsalOrg *org)
{
    HjRequest *req = r->req;
    HjMovedLine *line = &r->view->moves[r->view->n_moves++];
    *line = (HjMovedLine){
        .name = hj_request_strdup(req, org->name),
        .href = hj_contests_href(req, &r->contest, hj_request_printf(req, "/%s", org->code)),
        .rank_was = rank_text(req, org->rank_before),
        .rank_now = rank_text(req, org->rank_after),
        .total_was = hj_figures_points_column(req, org->total_before),
        .total_now = hj_figures_points_column(req, org->total_after),
        .items = hj_request_new(req, HjMovedItem, org->n_items + 1),
    };
    line->gain = gain_of(req, org->total_before, org->total_after, &line->tone);
    const int up = org->rank_before - org->rank_after;
    if (org->rank_before > 0 && org->rank_after > 0 && up != 0)
        line->places = hj_request_printf(req, up > 0 ? "↑%d" : "↓%d", ABS(up));
    for (size_t i = 0; i < org->n_items; i++) {
        const HjRehearsalItem *item = &org->items[i];
        HjMovedItem *moved = &line->items[line->n_items++];
        moved->title = hj_request_strdup(req, hj_page_label(req, &item->title));
        moved->was = item->was_there ? hj_figures_points(req, item->before) : "—";
        moved->now = item->is_there ? hj_figures_points(req, item->after) : "—";
        moved->gain = gain_of(req, item->before, item->after, &moved->tone);
    }
}

static void
fill_result(Rehearsing *r, const HjRehearsal *found)
{
    HjRequest *req = r->req;
    HjLang lang = hj_request_lang(req);
    HjRehearsalView *view = r->view;
    view->done = true;
    view->summary =
        hj_request_printf(req, hj_tr(lang, N_("%d of %d would have another total or rank.")),
                          (int)found->n_moved, (int)found->n_orgs);
    view->moves = hj_request_new(req, HjMovedLine, found->n_orgs);
    for (size_t i = 0; i < found->n_orgs; i++)
        if (found->orgs[i].rank_before != found->orgs[i].rank_after ||
            found->orgs[i].total_before != found->orgs[i].total_after ||
            found->orgs[i].n_items > 0)
            add_org(r, &found->orgs[i]);
    view->gaps = hj_request_new(req, HjProofLine, found->n_gaps);
    for (size_t i = 0; i < found->n_gaps; i++)
        view->gaps[view->n_gaps++] = (HjProofLine){
            .name = hj_request_strdup(req, hj_page_label(req, &found->gaps[i].title)),
            .value = hj_request_strdup(req, found->gaps[i].why),
        };
    const size_t n_words = found->words != NULL ? found->words->len : 0;
    view->words = hj_request_new(req, HjCheckLine, n_words);
    for (size_t i = 0; i < n_words; i++) {
        const char *line = g_ptr_array_index(found->words, i);
        view->words[view->n_words++] = (HjCheckLine){
            .text = hj_request_strdup(req, line[0] != '\0' && line[1] == ' ' ? line + 2 : line),
            .href = line[0] == '+'   ? "plus"
                    : line[0] == '-' ? "minus"
                                     : "other",
        };
    }
}

static bool
begin(HjRequest *req, Rehearsing *ret, GError **error)
{
    *ret = (Rehearsing){ .req = req };
    if (!hj_contests_begin(req, &ret->contest, error))
        return false;
    if (!hj_access_may_everywhere(hj_request_actor(req), "scheme.compute"))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    ret->view = hj_request_new(req, HjRehearsalView, 1);
    fill_draft(req, ret->contest.scheme, ret->view);
    return true;
}

bool
hj_pages_contest_rehearsal_prepare(HjRequest *req, GError **error)
{
    Rehearsing r;
    g_auto(Draft) draft = { 0 };
    if (!begin(req, &r, error))
        return false;
    if (hj_request_n_uploads(req) > 0)
        bring(&r, &draft);
    else
        read_changes(&r);
    hj_request_set_prepared(req, r.view, NULL);
    if (r.view->n_problems > 0 || r.view->wrong != NULL)
        return true;
    if (draft.pack == NULL && r.n_changes == 0) {
        r.view->wrong = hj_tr(hj_request_lang(req), N_("The draft is the same as the rules in "
                                                       "force: change a number or send a "
                                                       "package."));
        return true;
    }
    g_autoptr(GError) why = NULL;
    g_autoptr(HjRehearsal) found = hj_rehearsal_run(
        hj_request_tx(req), hj_request_pack(req), draft.pack, r.contest.scheme->name,
        &r.contest.period, r.changes, r.n_changes, hj_request_lang(req), &why);
    if (found != NULL)
        fill_result(&r, found);
    else if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID) ||
             g_error_matches(why, HJ_ERROR, HJ_ERROR_NOT_FOUND))
        r.view->wrong = hj_tr(hj_request_lang(req), why->message);
    else {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return true;
}

static HjResponse *
rehearsal_page(HjRequest *req, const HjContests *contest, HjRehearsalView *view)
{
    view->page = hj_page(req, hj_tr(hj_request_lang(req), N_("Rehearsal")), "contests");
    view->head = hj_contests_head(req, contest, "/rehearsal");
    view->head.title = view->page.title;
    view->head.badge.text = NULL;
    view->action = hj_request_printf(req, "%s/rehearsal", contest->base);
    view->page.here = hj_contests_href(req, contest, "/rehearsal");
    hj_contests_crumbs(req, contest, &view->page, NULL);
    HjOut out;
    const bool wrong = view->wrong != NULL || view->n_problems > 0;
    HjResponse *res = hj_response_page(req, wrong ? 422 : 200, &out);
    hj_tmpl_contest_rehearsal(&out, view);
    return res;
}

HjResponse *
hj_pages_contest_rehearsal(HjRequest *req, GError **error)
{
    Rehearsing r;
    return begin(req, &r, error) ? rehearsal_page(req, &r.contest, r.view) : NULL;
}

HjResponse *
hj_pages_contest_rehearsal_post(HjRequest *req, GError **error)
{
    HjContests contest;
    return hj_contests_begin(req, &contest, error)
               ? rehearsal_page(req, &contest, hj_request_prepared(req))
               : NULL;
}
