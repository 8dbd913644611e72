/* The form of an act on a row that moves, and what comes of sending it. */
#include "web/pages_flow.h"

#include "base/id.h"
#include "base/text.h"
#include "core/phrase.h"
#include "flow_act.html.h"
#include "flow_met.html.h"
#include "web/flow_words.h"
#include "web/meanwhile.h"
#include "web/row_fields.h"
#include "web/uploads.h"

#include <string.h>

#define PEOPLE 200

typedef struct {
    HjRequest *req;
    const HjLedger *ledger;
    const HjFlowNode *node; /* where the row stands, or NULL */
    HjRows *row;            /* the row, lent by the request */
    int64_t id, org;
    const char *here; /* its page */
    const char *action;
    HjRows *options, *at;
    int64_t task;
    const char *kind;        /* of the task, "" without one */
    const HjFlowAction *own; /* of the pack, or NULL */
    bool posted;
    bool *open, *needed, *rest; /* by place of the field */
} Acting;

static const char *tr(const Acting *a, const char *msgid) __attribute__((format_arg(2)));

static const char *
tr(const Acting *a, const char *msgid)
{
    return hj_tr(hj_request_lang(a->req), msgid);
}

static bool
is_act(const Acting *a, const char *name)
{
    return g_str_equal(a->action, name);
}

/* --- what is asked --- */

static bool
load_row(Acting *a, GError **error)
{
    if (!hj_request_part_i64(a->req, "id", &a->id, error))
        return false;
    a->row =
        hj_row_get(hj_request_tx(a->req), hj_request_actor(a->req), a->ledger, a->id, error);
    if (a->row == NULL)
        return false;
    hj_request_adopt(a->req, a->row, (GDestroyNotify)hj_rows_free);
    if (!hj_rows_next(a->row) || a->ledger->flow == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is nothing here.");
    a->org = hj_rows_i64(a->row, "org");
    a->node = hj_flow_node(a->ledger->flow, hj_rows_text(a->row, "state"));
    a->here =
        hj_request_printf(a->req, "/ledgers/%s/%" G_GINT64_FORMAT, a->ledger->name, a->id);
    return true;
}

static bool
read_task(Acting *a, GError **error)
{
    const char *text =
        a->posted ? hj_request_form(a->req, "_task") : hj_request_query(a->req, "task");
    if (text == NULL || *text == '\0' || g_str_equal(text, "0") || hj_id_parse(text, &a->task))
        return true;
    return hj_fail(error, HJ_ERROR_MALFORMED, "The number of the task cannot be read.");
}

/* Stands on the first option that is this act. */
static bool
find_option(Acting *a)
{
    while (hj_rows_next(a->options)) {
        if (!g_str_equal(hj_rows_text(a->options, "action"), a->action) ||
            (a->task != 0 && hj_rows_i64(a->options, "task") != a->task))
            continue;
        a->task = hj_rows_i64(a->options, "task");
        a->kind = hj_rows_text(a->options, "kind");
        bool main = g_strcmp0(a->kind, "act") == 0 || g_strcmp0(a->kind, "second") == 0;
        a->own = main && a->node != NULL ? hj_flow_action(a->node, a->action) : NULL;
        return true;
    }
    return false;
}

/* *@ret_offered: whether the actor may do this now. */
static bool
begin(Acting *a, bool *ret_offered, GError **error)
{
    a->ledger = hj_pages_ledger_of(a->req, error);
    a->action = hj_request_part(a->req, "action");
    a->kind = "";
    if (a->ledger == NULL || !load_row(a, error) || !read_task(a, error))
        return false;
    HjTx *tx = hj_request_tx(a->req);
    a->at = hj_flow_case(tx, a->id, error);
    if (a->at == NULL)
        return false;
    hj_request_adopt(a->req, a->at, (GDestroyNotify)hj_rows_free);
    hj_rows_next(a->at);
    a->options = hj_flow_options(tx, hj_request_actor(a->req), a->ledger, a->id, error);
    if (a->options == NULL)
        return false;
    hj_request_adopt(a->req, a->options, (GDestroyNotify)hj_rows_free);
    *ret_offered = hj_rows_null(a->row, "voided_at") && find_option(a);
    return true;
}

static void
mark(const Acting *a, const char *const *names, size_t n, bool *marks)
{
    for (size_t i = 0; i < n; i++) {
        const HjField *field = hj_pack_field(a->ledger, names[i]);
        if (field != NULL)
            marks[field - a->ledger->fields] = true;
    }
}

/* The reason why a row is dropped is no matter of the one who agrees. */
static bool
is_for_another_action(const Acting *a, size_t i)
{
    const char *name = a->ledger->fields[i].name;
    for (size_t k = 0; k < a->node->n_actions; k++) {
        const HjFlowAction *action = &a->node->actions[k];
        for (size_t j = 0; action->free && j < action->n_needs; j++)
            if (g_str_equal(action->needs[j], name))
                return true;
    }
    return false;
}

/* Which inputs stand in front, which are needed, and which may be changed as well. */
static void
choose_fields(Acting *a)
{
    size_t n = a->ledger->n_fields;
    a->open = hj_request_new(a->req, bool, n + 1);
    a->needed = hj_request_new(a->req, bool, n + 1);
    a->rest = hj_request_new(a->req, bool, n + 1);
    if (a->own == NULL || (g_str_equal(a->kind, "second") && !a->own->free))
        return; /* the second of two people signs what stands there */
    mark(a, (const char *const *)a->own->needs, a->own->n_needs, a->needed);
    if (!a->own->free)
        mark(a, (const char *const *)a->node->needs, a->node->n_needs, a->needed);
    memcpy(a->open, a->needed, n * sizeof *a->open);
    if (a->own->extend.field != NULL)
        mark(a, &a->own->extend.field, 1, a->open);
    if (a->own->free)
        return;
    mark(a, (const char *const *)a->node->evidence, a->node->n_evidence, a->open);
    /* A node that names its fields asks for all of them; otherwise the rest stands behind. */
    bool *others = a->node->n_form > 0 ? a->open : a->rest;
    for (size_t i = 0; i < n; i++)
        others[i] = others[i] ||
                    (!a->open[i] && hj_flow_field_is_open(a->node, a->ledger->fields[i].name) &&
                     !is_for_another_action(a, i));
}

static bool
fill_fields(const Acting *a, HjFlowActView *view, GError **error)
{
    HjRowFields form = { .ledger = a->ledger,
                         .row = a->row,
                         .org = a->org,
                         .posted = a->posted,
                         .open = a->open,
                         .needed = a->needed };
    HjRowInputs front, others;
    if (!hj_row_fields_fill(a->req, &form, &front, error))
        return false;
    form.open = a->rest;
    if (!hj_row_fields_fill(a->req, &form, &others, error))
        return false;
    view->needed = front.fields;
    view->n_needed = front.n_fields;
    view->others = others.fields;
    view->n_others = others.n_fields;
    view->multipart = front.multipart || others.multipart;
    for (size_t i = 0; i < others.n_fields; i++)
        view->others_open = view->others_open || others.fields[i].wrong != NULL;
    return true;
}

static void
fill_evidence(const Acting *a, HjFlowActView *view)
{
    if (a->own == NULL || a->own->free || a->node->n_evidence == 0)
        return;
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < a->node->n_evidence; i++) {
        const HjField *field = hj_pack_field(a->ledger, a->node->evidence[i]);
        if (field != NULL)
            g_string_append_printf(names, "%s%s", names->len > 0 ? "、" : "",
                                   hj_page_label(a->req, &field->title));
    }
    view->evidence = hj_request_printf(a->req, tr(a, N_("Evidence: at least %d of these: %s.")),
                                       a->node->min_evidence, names->str);
    g_string_free(names, TRUE);
}

/* --- where it goes --- */

/* ",a,b," of an array. */
static const char *
role_list(const Acting *a, const char **roles, size_t n)
{
    GString *text = g_string_new(",");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s,", roles[i]);
    return hj_request_adopt(a->req, g_string_free(text, FALSE), g_free);
}

static const char *
opens_words(const Acting *a, const HjFlowNode *to)
{
    const HjOpens *opens = &to->opens;
    const HjOrgKind *kind =
        opens->orgs != NULL ? hj_pack_org_kind(hj_request_pack(a->req), opens->orgs) : NULL;
    const char *title = hj_page_label(a->req, &opens->ledger->title);
    if (kind != NULL)
        return hj_request_printf(a->req, tr(a, N_("Then goes to every %s: %s.")),
                                 hj_page_label(a->req, &kind->title), title);
    const HjField *at = opens->org != NULL ? hj_pack_field(a->ledger, opens->org) : NULL;
    if (at != NULL)
        return hj_request_printf(a->req, tr(a, N_("Then goes to %s: %s.")),
                                 hj_page_label(a->req, &at->title), title);
    int n = opens->field != NULL ? (int)opens->field->list->n_items : 1;
    return hj_request_printf(a->req, tr(a, N_("Then is asked at the same time: %s × %d.")),
                             title, n);
}

/* The next person, shown before anything is sent. */
static void
fill_next(const Acting *a, const char *target, HjFlowActView *view)
{
    const HjFlowNode *node = a->node;
    if (target == NULL)
        return;
    const HjFlowNode *to = hj_flow_node(a->ledger->flow, target);
    bool first = a->own != NULL && !a->own->free && node->two_people &&
                 g_strcmp0(a->kind, "second") != 0;
    view->has_next = true;
    view->next.node = hj_flow_words_node(a->req, a->ledger, target);
    if (first) {
        const char *roles = node->n_second > 0 ? role_list(a, node->second, node->n_second)
                                               : role_list(a, node->by, node->n_by);
        view->next.who = hj_flow_words_who(a->req, a->org, roles);
        view->next.note =
            tr(a, N_("You sign first; it moves when a second person says the same."));
        return;
    }
    if (to == NULL || to->final) {
        view->next.note = tr(a, N_("It comes to its end here."));
        return;
    }
    view->next.who = hj_flow_words_who(a->req, a->org, role_list(a, to->by, to->n_by));
    if (to->opens.ledger != NULL)
        view->next.note = opens_words(a, to);
}

static void
fill_targets(const Acting *a, HjFlowActView *view)
{
    const char *asked =
        a->posted ? hj_request_form(a->req, "_to") : hj_request_query(a->req, "to");
    view->targets = hj_request_new(a->req, HjOption, hj_rows_count(a->options));
    hj_rows_rewind(a->options);
    while (hj_rows_next(a->options)) {
        const char *target = hj_rows_text(a->options, "target");
        if (!g_str_equal(hj_rows_text(a->options, "action"), "send_back") || target == NULL ||
            hj_rows_i64(a->options, "task") != a->task)
            continue;
        const HjFlowNode *to = hj_flow_node(a->ledger->flow, target);
        const char *who =
            to != NULL ? hj_flow_words_who(a->req, a->org, role_list(a, to->by, to->n_by))
                       : NULL;
        view->targets[view->n_targets++] = (HjOption){
            .value = target,
            .text = hj_request_printf(a->req, "%s%s%s",
                                      hj_flow_words_node(a->req, a->ledger, target),
                                      who != NULL ? " · " : "", who != NULL ? who : ""),
            .on = g_strcmp0(target, asked) == 0,
        };
    }
    /* Where it came from is named last. */
    if (view->n_targets > 0 && (asked == NULL || *asked == '\0'))
        view->targets[view->n_targets - 1].on = true;
}

/* --- people and phrases --- */

static bool
asks_person(const Acting *a)
{
    return is_act(a, "transfer") || is_act(a, "delegate") || is_act(a, "add_reviewer");
}

static const char *
person_text(HjRequest *req, const HjRows *person)
{
    return hj_request_printf(req, "%s (%s)", hj_rows_text(person, "title"),
                             hj_rows_text(person, "name"));
}

static bool
fill_people(const Acting *a, HjFlowActView *view, GError **error)
{
    view->asks_person = a->own == NULL && asks_person(a);
    if (!view->asks_person)
        return true;
    HjRows *people = hj_flow_people(hj_request_tx(a->req), hj_request_actor(a->req), a->ledger,
                                    a->id, NULL, PEOPLE, error);
    if (people == NULL)
        return false;
    hj_request_adopt(a->req, people, (GDestroyNotify)hj_rows_free);
    view->person = a->posted ? hj_request_form(a->req, "_account") : NULL;
    view->people = hj_request_new(a->req, HjOption, hj_rows_count(people));
    while (hj_rows_next(people))
        view->people[view->n_people++].value = person_text(a->req, people);
    return true;
}

/* The one among those who may be asked whom @text names: as the list writes him, or by the name
 * of his account. */
static bool
read_person(const Acting *a, const char *text, int64_t *ret, GError **error)
{
    g_autofree char *tidy = hj_text_tidy(text);
    const char *open = strrchr(tidy, '(');
    g_autofree char *name = open != NULL && g_str_has_suffix(open, ")")
                                ? g_strndup(open + 1, strlen(open) - 2)
                                : g_strdup(tidy);
    g_autoptr(HjRows) people = hj_flow_people(hj_request_tx(a->req), hj_request_actor(a->req),
                                              a->ledger, a->id, name, PEOPLE, error);
    if (people == NULL)
        return false;
    while (hj_rows_next(people))
        if (g_str_equal(hj_rows_text(people, "name"), name) ||
            g_str_equal(person_text(a->req, people), tidy))
            *ret = hj_rows_i64(people, "id");
    if (*ret == 0)
        hj_issues_add(hj_request_issues(a->req), "account", "choice",
                      N_("Nobody of this name may see this record; choose from the list."));
    return true;
}

static bool
fill_phrases(const Acting *a, HjFlowActView *view, GError **error)
{
    HjRows *phrases = hj_phrase_list(hj_request_tx(a->req), hj_request_actor(a->req), error);
    if (phrases == NULL)
        return false;
    hj_request_adopt(a->req, phrases, (GDestroyNotify)hj_rows_free);
    view->phrases = hj_request_new(a->req, HjOption, hj_rows_count(phrases));
    while (hj_rows_next(phrases))
        view->phrases[view->n_phrases++] = (HjOption){ .value = hj_rows_text(phrases, "text"),
                                                       .text = hj_rows_text(phrases, "text") };
    return true;
}

/* --- the page --- */

static bool
needs_opinion(const Acting *a)
{
    if (a->own != NULL)
        return a->own->free;
    return is_act(a, "send_back") || is_act(a, "report") || is_act(a, "object") ||
           is_act(a, "reopen");
}

static const char *
act_help(const Acting *a)
{
    static const struct {
        const char *action, *text;
    } words[] = {
        { "send_back", N_("It goes back with your opinion. What others were still asked here "
                          "is called off; their answers stay in the line.") },
        { "transfer", N_("The other person handles it instead of you, by the same day; it does "
                         "not come back to you.") },
        { "delegate", N_("The other person prepares it and reports to you; you decide "
                         "afterwards.") },
        { "add_reviewer",
          N_("The other person is asked for an opinion; it moves on when he has answered.") },
        { "remove_reviewer", N_("The person who was asked need not answer any more.") },
        { "urge", N_("Whoever has it is reminded: once a day, three times in all.") },
        { "withdraw", N_("You take it back to where it came from, because nobody has acted on "
                         "it since.") },
        { "reopen",
          N_("The same record is worked on again; what was done stays in the line.") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words) && a->own == NULL; i++)
        if (is_act(a, words[i].action))
            return tr(a, words[i].text);
    return NULL;
}

static const char *
issue_title(const Acting *a, const char *name, const char **ret_field)
{
    static const struct {
        const char *name, *field, *title;
    } own[] = {
        { "comment", "_comment", N_("Opinion") },
        { "to", "_to", N_("Back to") },
        { "account", "_account", N_("Person") },
        { "on", "_on", N_("Day of this step") },
    };
    const HjField *field = hj_pack_field(a->ledger, name);
    *ret_field = field != NULL ? name : NULL;
    if (field != NULL)
        return hj_page_label(a->req, &field->title);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (g_str_equal(own[i].name, name)) {
            *ret_field = own[i].field;
            return tr(a, own[i].title);
        }
    return NULL;
}

static void
fill_wrong(const Acting *a, HjFlowActView *view)
{
    const HjIssues *issues = hj_request_issues(a->req);
    HjLang lang = hj_request_lang(a->req);
    view->wrong = hj_request_new(a->req, HjFormIssue, hj_issues_count(issues));
    for (size_t i = 0; i < hj_issues_count(issues); i++) {
        const char *name = hj_issues_field(issues, i), *field = NULL;
        const char *title = name != NULL ? issue_title(a, name, &field) : NULL;
        view->wrong[view->n_wrong++] = (HjFormIssue){
            .field = field, .title = title, .message = hj_issues_message(issues, i, lang)
        };
    }
    view->opinion_wrong = hj_issues_of(issues, "comment", lang);
    view->to_wrong = hj_issues_of(issues, "to", lang);
    view->account_wrong = hj_issues_of(issues, "account", lang);
    view->on_wrong = hj_issues_of(issues, "on", lang);
}

static void
fill_frame(const Acting *a, HjFlowActView *view)
{
    HjRequest *req = a->req;
    const char *title = hj_pages_row_title(req, a->ledger, a->row);
    hj_page_crumb(req, &view->page, "/ledgers", tr(a, N_("Ledgers")));
    hj_page_crumb(req, &view->page, hj_request_printf(req, "/ledgers/%s", a->ledger->name),
                  hj_page_label(req, &a->ledger->title));
    hj_page_crumb(req, &view->page, a->here, title);
    view->page.form_key = hj_request_form_key(req);
    view->what =
        hj_request_printf(req, "%s · %s", hj_rows_text(a->row, "org_name"),
                          hj_flow_words_node(req, a->ledger, hj_rows_text(a->row, "state")));
    view->href = a->here;
    view->action = hj_request_printf(req, "%s/act/%s", a->here, a->action);
    view->version = a->posted ? hj_request_form(req, "version") : NULL;
    if (view->version == NULL)
        view->version =
            hj_request_printf(req, "%" G_GINT64_FORMAT, hj_rows_i64(a->row, "version"));
    view->task = hj_request_printf(req, "%" G_GINT64_FORMAT, a->task);
    view->help = act_help(a);
    view->is_free = a->own != NULL && a->own->free;
    view->opinion_needed = needs_opinion(a);
    view->opinion = a->posted ? hj_request_form(req, "_comment") : "";
    if (a->node == NULL || !a->node->back_fill || is_act(a, "urge"))
        return;
    view->back_fill = true;
    view->on = a->posted ? hj_request_form(req, "_on") : "";
    view->on_from = hj_rows_text(a->at, "entered_on");
    view->on_to = hj_request_strdup(req, hj_date_text(hj_tx_today(hj_request_tx(req))).text);
}

static const char *
target_of(Acting *a)
{
    const char *target = NULL;
    hj_rows_rewind(a->options);
    while (target == NULL && hj_rows_next(a->options))
        if (g_str_equal(hj_rows_text(a->options, "action"), a->action) &&
            hj_rows_i64(a->options, "task") == a->task)
            target = hj_rows_text(a->options, "target");
    return target;
}

static HjResponse *
act_page(Acting *a, int status, GError **error)
{
    const char *word =
        hj_flow_words_action(a->req, a->ledger, a->own != NULL ? a->node->name : "", a->action);
    const char *title = hj_request_printf(a->req, "%s%s%s", word,
                                          hj_request_lang(a->req) == HJ_ZH ? "：" : ": ",
                                          hj_pages_row_title(a->req, a->ledger, a->row));
    HjFlowActView view = { .page = hj_page(a->req, title, "ledgers"), .button = word };
    if (a->ledger->sensitive)
        hj_page_mark(a->req, &view.page);
    choose_fields(a);
    fill_frame(a, &view);
    bool back = a->own == NULL && is_act(a, "send_back");
    if (back)
        fill_targets(a, &view);
    else
        fill_next(a, target_of(a), &view);
    fill_evidence(a, &view);
    if (!fill_fields(a, &view, error) || !fill_people(a, &view, error) ||
        !fill_phrases(a, &view, error))
        return NULL;
    fill_wrong(a, &view);
    HjOut out;
    HjResponse *res = hj_response_page(a->req, status, &out);
    hj_tmpl_flow_act(&out, &view);
    return res;
}

HjResponse *
hj_pages_flow_act(HjRequest *req, GError **error)
{
    Acting a = { .req = req };
    bool offered = false;
    if (!begin(&a, &offered, error))
        return NULL;
    return offered ? act_page(&a, 200, error)
                   : hj_response_see_other(req, a.here,
                                           N_("This does not wait for you (any more)."));
}

/* --- sending --- */

static bool
read_act(Acting *a, HjFlowAct *act, GError **error)
{
    HjRequest *req = a->req;
    const char *version = hj_request_form(req, "version"), *to = hj_request_form(req, "_to");
    const char *account = hj_request_form(req, "_account"), *on = hj_request_form(req, "_on");
    const char *opinion = hj_request_form(req, "_comment");
    const char *phrase = hj_request_form(req, "_phrase");
    *act = (HjFlowAct){ .action = a->action, .task = a->task, .on = HJ_DATE_NONE };
    if (version == NULL || !hj_id_parse(version, &act->version))
        return hj_fail(error, HJ_ERROR_MALFORMED, "The version of the row is missing.");
    if (account != NULL && *account != '\0' && g_utf8_validate(account, -1, NULL) &&
        !read_person(a, account, &act->to_account, error))
        return false;
    if (on != NULL && *on != '\0' && !hj_date_parse(on, &act->on, NULL))
        hj_issues_add(hj_request_issues(req), "on", "type",
                      N_("Must be a date like 2018-03-05."));
    act->to_node = to != NULL && *to != '\0' ? to : NULL;
    /* A phrase alone is an opinion. */
    act->opinion = opinion != NULL && *opinion != '\0' ? opinion : phrase;
    return true;
}

static HjResponse *
met_page(Acting *a, const GError *why)
{
    HjLang lang = hj_request_lang(a->req);
    int64_t version = 0;
    const char *given = hj_request_form(a->req, "version");
    if (given != NULL)
        hj_id_parse(given, &version);
    HjFlowMetView view = {
        .page = hj_page(a->req, hj_tr(lang, N_("Changed meanwhile")), "ledgers"),
        .message = hj_i18n_tr(lang, why->message),
        .href = a->here,
    };
    view.events = hj_meanwhile_events(a->req, a->ledger, a->row, version, &view.n_events);
    HjOut out;
    HjResponse *res = hj_response_page(a->req, 409, &out);
    hj_tmpl_flow_met(&out, &view);
    return res;
}

/* Where the act was begun from, when that was a page of ledgers; otherwise the row. */
static const char *
back_to(const Acting *a)
{
    const char *back = hj_request_form(a->req, "_back");
    return back != NULL && g_str_has_prefix(back, "/ledgers/") ? back : a->here;
}

HjResponse *
hj_pages_flow_act_post(HjRequest *req, GError **error)
{
    Acting a = { .req = req, .posted = true };
    bool offered = false;
    HjFlowAct act;
    if (!begin(&a, &offered, error) || !read_act(&a, &act, error) ||
        !hj_uploads_store(req, error))
        return NULL;
    HjRowFields form = { .ledger = a.ledger, .row = a.row, .org = a.org, .posted = true };
    choose_fields(&a);
    for (size_t i = 0; i < a.ledger->n_fields; i++)
        a.open[i] = a.open[i] || a.rest[i];
    form.open = a.open;
    act.inputs = hj_row_fields_read(req, &form, &act.n_inputs);
    HjRowKey key;
    g_autoptr(GError) why = NULL;
    if (hj_issues_count(hj_request_issues(req)) > 0)
        return act_page(&a, 422, error);
    if (hj_flow_act(hj_request_tx(req), hj_request_actor(req), a.ledger, a.id, &act,
                    hj_request_issues(req), &key, &why))
        return hj_response_see_other(req, back_to(&a), N_("Done."));
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID) && offered)
        return act_page(&a, 422, error);
    if (g_error_matches(why, HJ_ERROR, HJ_ERROR_CONFLICT))
        return met_page(&a, why);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
