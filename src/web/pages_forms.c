#include "web/pages_forms.h"

#include "core/access.h"

HjFormField
hj_pages_forms_field(HjRequest *req, HjInputKind kind, const char *name, const char *title,
                     const char *value)
{
    const char *sent = hj_request_form(req, name);
    return (HjFormField){
        .kind = kind,
        .name = name,
        .title = title,
        .value = sent != NULL ? sent : value,
        .wrong = hj_issues_of(hj_request_issues(req), name, hj_request_lang(req)),
        .max = 200,
        .wide = kind == HJ_INPUT_LINES,
    };
}

HjFormWrong
hj_pages_forms_wrong(HjRequest *req, const HjFormField *fields, size_t n, const char *error)
{
    const HjIssues *issues = hj_request_issues(req);
    HjLang lang = hj_request_lang(req);
    HjFormWrong ret = {
        .error = error != NULL ? hj_tr(lang, error) : NULL,
        .wrong = hj_request_new(req, HjFormIssue, hj_issues_count(issues) + 1),
    };
    for (size_t i = 0; i < hj_issues_count(issues); i++) {
        HjFormIssue *issue = &ret.wrong[ret.n_wrong++];
        issue->message = hj_issues_message(issues, i, lang);
        for (size_t j = 0; j < n; j++)
            if (g_strcmp0(fields[j].name, hj_issues_field(issues, i)) == 0) {
                issue->field = fields[j].name;
                issue->title = fields[j].title;
            }
    }
    return ret;
}

const char *
hj_pages_forms_sent(HjRequest *req, const char *name)
{
    const char *text = hj_request_form(req, name);
    return text != NULL ? text : "";
}

const char *
hj_pages_forms_permission(HjRequest *req, const char *permission)
{
    static const struct {
        const char *permission, *text;
    } words[] = {
        { "ledger.view", N_("See ledgers") },
        { "ledger.enter", N_("Enter and change rows") },
        { "org.view", N_("See organizations") },
        { "org.manage", N_("Change the tree of organizations") },
        { "account.view", N_("See accounts and their rights") },
        { "account.manage", N_("Make and shut accounts") },
        { "account.grant", N_("Give roles and decide security settings") },
        { "event.view", N_("Search the audit record") },
        { "indicator.view", N_("See indicators") },
        { "indicator.manage", N_("Set where lights change") },
        { "scheme.view", N_("See the contest") },
        { "scheme.compute", N_("Compute the contest") },
        { "scheme.approve", N_("Approve and accept cards of the contest") },
        { "scheme.judge", N_("Decide marks and answer appeals") },
        { "scheme.appeal", N_("Appeal against a published card") },
        { "scheme.publish", N_("Publish the contest") },
        { "report.view", N_("See reports") },
        { "pack.view", N_("See the rules") },
        { "sealed.unmask", N_("See sealed values in clear, with a reason") },
        { "sealed.purge", N_("Purge personal values whose time is over") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].permission, permission))
            return hj_tr(hj_request_lang(req), words[i].text);
    return permission;
}

HjFormField
hj_pages_forms_role(HjRequest *req)
{
    const HjPack *pack = hj_request_pack(req);
    HjFormField field = hj_pages_forms_field(req, HJ_INPUT_SELECT, "role",
                                             hj_tr(hj_request_lang(req), N_("Role")), "");
    field.required = true;
    field.options = hj_request_new(req, HjOption, pack->n_roles);
    for (size_t i = 0; i < pack->n_roles; i++)
        field.options[field.n_options++] = (HjOption){
            .value = pack->roles[i].name,
            .text = hj_page_label(req, &pack->roles[i].title),
            .on = g_str_equal(pack->roles[i].name, field.value),
        };
    return field;
}

/* --- choosing an organization by what is typed --- */

static bool
fits(const HjRole *role, const char *kind)
{
    if (role == NULL)
        return true;
    for (size_t i = 0; i < role->n_at_kinds; i++)
        if (g_str_equal(role->at_kinds[i], kind))
            return true;
    return false;
}

/* The organizations the text may mean; the one of that very name first. */
static bool
find_candidates(HjRequest *req, const HjRole *role, HjOrgPick *pick, int64_t *ret_id,
                GError **error)
{
    HjRows *rows = hj_org_list(hj_request_tx(req), hj_request_actor(req), 0, NULL, pick->text,
                               60, 0, error);
    if (rows == NULL)
        return false;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    pick->found = hj_request_new(req, HjOption, hj_rows_count(rows));
    while (hj_rows_next(rows)) {
        const char *name = hj_rows_text(rows, "name"),
                   *above = hj_rows_text(rows, "parent_name");
        if (!fits(role, hj_rows_text(rows, "kind")))
            continue;
        *ret_id = hj_rows_i64(rows, "id");
        pick->found[pick->n_found++] = (HjOption){
            .value = hj_rows_text(rows, "code"),
            .text = above != NULL ? hj_request_printf(req, "%s · %s", above, name) : name,
        };
    }
    if (pick->n_found == 1)
        return true;
    *ret_id = 0;
    hj_issues_add(hj_request_issues(req), "org", pick->n_found > 0 ? "choice" : "reference",
                  pick->n_found > 0 ? N_("Several organizations match; choose one of them.")
                                    : N_("No organization of a fitting kind matches."));
    return true;
}

bool
hj_pages_forms_pick_org(HjRequest *req, const HjRole *role, HjOrgPick *ret, int64_t *ret_id,
                        GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const char *chosen = hj_pages_forms_sent(req, "org_code");
    *ret = (HjOrgPick){ .text = hj_pages_forms_sent(req, "org") };
    *ret_id = 0;
    const char *code = *chosen != '\0' ? chosen : ret->text;
    if (*code == '\0') {
        hj_issues_add(hj_request_issues(req), "org", "required",
                      N_("Choose the organization."));
        return true;
    }
    if (!hj_org_find(tx, code, ret_id, error))
        return false;
    if (*ret_id != 0 && hj_access_sees_org(tx, hj_request_actor(req), *ret_id))
        return true;
    *ret_id = 0;
    return find_candidates(req, role, ret, ret_id, error);
}
