/* What people write into a field whose value is kept sealed. */
#include "base/citizen.h"
#include "base/text.h"
#include "core/field.h"

#include <string.h>

static bool
refuse(const HjField *field, HjIssues *issues, const char *code, const char *msgid)
{
    HjLabel says = { .zh = hj_i18n_tr(HJ_ZH, msgid), .en = hj_i18n_tr(HJ_EN, msgid) };
    hj_issues_add_label(issues, field->name, code, &says);
    return false;
}

static bool
check_citizen(const HjField *field, const char *number, HjIssues *issues)
{
    static const char *const faults[] = {
        [HJ_CITIZEN_OLD] = N_("This is an old number of 15 digits; enter the one of 18."),
        [HJ_CITIZEN_LENGTH] = N_("A citizen number has 17 digits and then a digit or X."),
        [HJ_CITIZEN_DIVISION] = N_("The first two digits are no province."),
        [HJ_CITIZEN_BIRTH] = N_("Digits 7 to 14 are no date of birth."),
        [HJ_CITIZEN_CHECK] = N_("The last digit does not fit: one of the digits is mistyped."),
    };
    HjCitizenFault fault = hj_citizen_read(number, NULL);
    return fault == HJ_CITIZEN_GOOD || refuse(field, issues, "check", faults[fault]);
}

bool
hj_field_sealed_read(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                     HjIssues *issues)
{
    g_autofree char *tidy = NULL;
    bool right = true;
    if (field->type == HJ_FIELD_SEALED) {
        tidy = g_strdup(text);
        right = hj_text_length(text) <= (size_t)field->max_length;
        if (!right)
            hj_issues_add(issues, field->name, "length", N_("Write at most %d characters."),
                          field->max_length);
    } else if (strchr(text, '*') != NULL) {
        return refuse(field, issues, "check",
                      N_("Write the whole number; the stars only hide what is stored."));
    } else if (field->type == HJ_FIELD_PHONE) {
        tidy = hj_phone_tidy(text);
        right = tidy != NULL ||
                refuse(field, issues, "check",
                       N_("Write a mobile number of 11 digits, or a line with its area code."));
    } else {
        tidy = hj_citizen_tidy(text);
        right = field->type == HJ_FIELD_CITIZEN_ID
                    ? check_citizen(field, tidy, issues)
                    : hj_credit_is_good(tidy) ||
                          refuse(field, issues, "check",
                                 N_("This is no unified social credit code: 18 characters, and "
                                    "the last one must fit."));
    }
    if (!right)
        return false;
    *ret_owned = g_steal_pointer(&tidy);
    *ret = HJ_TEXT(*ret_owned);
    return true;
}
