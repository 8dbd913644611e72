/* The settings of the county: sessions, passwords, second factor, separation of duties, the
 * weekly digest. */
#include "core/setting.h"
#include "settings.html.h"
#include "web/pages_forms.h"
#include "web/pages_security.h"

#include <string.h>

typedef struct {
    const char *name, *title, *help, *unit;
    const char *choices[3]; /* of a number from 0 */
} Shown;

static const Shown shown[] = {
    { .name = "idle_minutes",
      .title = N_("A session not used ends after"),
      .unit = N_("minutes") },
    { .name = "session_hours",
      .title = N_("A session ends in any case after"),
      .unit = N_("hours") },
    { .name = "password_days",
      .title = N_("A password is changed after"),
      .unit = N_("days"),
      .help = N_("0: never.") },
    { .name = "password_past",
      .title = N_("Former passwords that are not taken again"),
      .help = N_("0: any may come back.") },
    { .name = "unused_days",
      .title = N_("An account not used is disabled after"),
      .unit = N_("days"),
      .help = N_("0: never.") },
    { .name = "second_factor",
      .title = N_("Second factor for administrators"),
      .choices = { N_("not used"), N_("offered"), N_("required") },
      .help = N_("A code from a device besides the password.") },
    { .name = "separation",
      .title = N_("Keep the administrators' duties apart"),
      .choices = { N_("one administrator for all"), N_("three people, one duty each") },
      .help = N_("System administrators make accounts, security administrators give roles and "
                 "decide settings, audit administrators read the record. The role that joins "
                 "them then gives nothing.") },
    { .name = "digest",
      .title = N_("Weekly digest"),
      .choices = { N_("not announced to anybody"), N_("announced on Mondays") },
      .help = N_("Inside the program only, from eight in the morning; whoever does not want it "
                 "switches it off for himself.") },
};

static int
value_now(const HjSettings *settings, size_t i)
{
    const int values[] = { settings->idle_minutes,  settings->session_hours,
                           settings->password_days, settings->password_past,
                           settings->unused_days,   (int)settings->second,
                           settings->separation,    settings->digest };
    return values[i];
}

static const char *
title_of(HjRequest *req, const Shown *setting)
{
    const char *title = hj_tr(hj_request_lang(req), setting->title);
    if (setting->unit == NULL)
        return title;
    return hj_request_printf(req, "%s (%s)", title, hj_tr(hj_request_lang(req), setting->unit));
}

static HjResponse *
settings_page(HjRequest *req, int status, GError **error)
{
    HjLang lang = hj_request_lang(req);
    HjSettings settings;
    if (!hj_setting_load(hj_request_tx(req), &settings, error))
        return NULL;
    HjSettingsView view = {
        .page = hj_page(req, hj_tr(lang, N_("Settings of the county")), "accounts"),
        .fields = hj_request_new(req, HjFormField, G_N_ELEMENTS(shown)),
    };
    hj_page_crumb(req, &view.page, "/accounts", hj_tr(lang, N_("Accounts")));
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        bool chosen = shown[i].choices[0] != NULL;
        HjFormField *field = &view.fields[view.n_fields++];
        *field = hj_pages_forms_field(req, chosen ? HJ_INPUT_SELECT : HJ_INPUT_NUMBER,
                                      shown[i].name, title_of(req, &shown[i]),
                                      hj_request_printf(req, "%d", value_now(&settings, i)));
        field->help = shown[i].help != NULL ? hj_tr(lang, shown[i].help) : NULL;
        field->required = true;
        field->options = hj_request_new(req, HjOption, G_N_ELEMENTS(shown[i].choices));
        for (size_t j = 0; j < G_N_ELEMENTS(shown[i].choices); j++)
            if (shown[i].choices[j] != NULL) {
                const char *value = hj_request_printf(req, "%zu", j);
                field->options[field->n_options++] =
                    (HjOption){ .value = value,
                                .text = hj_tr(lang, shown[i].choices[j]),
                                .on = g_strcmp0(field->value, value) == 0 };
            }
    }
    view.wrong = hj_pages_forms_wrong(req, view.fields, view.n_fields, NULL);
    HjOut out;
    HjResponse *res = hj_response_page(req, status, &out);
    hj_tmpl_settings(&out, &view);
    return res;
}

HjResponse *
hj_pages_settings(HjRequest *req, GError **error)
{
    return settings_page(req, 200, error);
}

HjResponse *
hj_pages_settings_post(HjRequest *req, GError **error)
{
    HjIssues *issues = hj_request_issues(req);
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        const char *value = hj_request_form(req, shown[i].name);
        g_autoptr(GError) why = NULL;
        if (value == NULL || hj_setting_change(hj_request_tx(req), hj_request_actor(req),
                                               shown[i].name, value, issues, &why))
            continue;
        if (!g_error_matches(why, HJ_ERROR, HJ_ERROR_INVALID)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        }
    }
    if (hj_issues_count(issues) > 0)
        return settings_page(req, 422, error);
    return hj_response_see_other(req, "/accounts/settings", N_("The settings were saved."));
}
