#include "core/duty.h"

#include "core/access.h"
#include "core/account_priv.h"
#include "core/setting.h"

static bool
is_one_of_three(const HjRole *role)
{
    return role->duty == HJ_DUTY_SYSTEM || role->duty == HJ_DUTY_SECURITY ||
           role->duty == HJ_DUTY_AUDIT;
}

/* The duty an account holds today, HJ_DUTY_NONE for none of the three. */
static bool
duty_of(HjTx *tx, const HjPack *pack, int64_t account, HjDuty *ret, GError **error)
{
    g_autoptr(HjRows) rows = hj_account_holders(tx, 0, error);
    if (rows == NULL)
        return false;
    *ret = HJ_DUTY_NONE;
    while (hj_rows_next(rows)) {
        if (hj_rows_i64(rows, "account") != account)
            continue;
        const HjRole *role = hj_pack_role(pack, hj_rows_text(rows, "role"));
        if (role != NULL && is_one_of_three(role))
            *ret = role->duty;
    }
    return true;
}

bool
hj_duty_check(HjTx *tx, const HjActor *actor, int64_t account, const HjRole *role,
              HjIssues *issues, GError **error)
{
    HjSettings settings;
    HjDuty held;
    if (!hj_setting_load(tx, &settings, error))
        return false;
    if (!settings.separation || actor->pack == NULL)
        return true;
    if (!duty_of(tx, actor->pack, account, &held, error))
        return false;
    if (role->duty == HJ_DUTY_ALL)
        hj_issues_add(issues, "role", "rule",
                      N_("The three duties are kept apart here; this role would join them."));
    else if (is_one_of_three(role) && held != HJ_DUTY_NONE && held != role->duty)
        hj_issues_add(issues, "role", "rule",
                      N_("One person holds only one of the three administrators' duties."));
    else if (account == actor->account)
        hj_issues_add(issues, "role", "rule",
                      N_("While the duties are kept apart nobody gives a role to himself."));
    return true;
}

bool
hj_duty_check_foreign(HjTx *tx, const HjActor *actor, int64_t account, GError **error)
{
    HjSettings settings;
    HjDuty held;
    if (actor->account == 0 || actor->account == account)
        return true;
    if (!hj_setting_load(tx, &settings, error))
        return false;
    if (!settings.separation)
        return true;
    if (!duty_of(tx, actor->pack, account, &held, error))
        return false;
    if (held == HJ_DUTY_NONE)
        return true;
    return hj_fail(error, HJ_ERROR_DENIED,
                   "This account holds another of the three duties. It can only be changed at "
                   "the machine itself: hangji user.");
}

static bool
covers_county(const HjPack *pack, const char *kind_name)
{
    const HjOrgKind *kind = kind_name != NULL ? hj_pack_org_kind(pack, kind_name) : NULL;
    return kind != NULL && kind->n_under == 0;
}

bool
hj_duty_check_last(HjTx *tx, const HjActor *actor, int64_t account, int64_t grant,
                   GError **error)
{
    static const char *const needed[] = { "account.manage", "account.grant" };
    bool before[2] = { false }, after[2] = { false };
    HjSettings settings;
    /* Who sits at the machine itself can always give the role anew. */
    if (actor->account == 0 || actor->pack == NULL)
        return true;
    if (!hj_setting_load(tx, &settings, error))
        return false;
    g_autoptr(HjRows) rows = hj_account_holders(tx, 0, error);
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const HjRole *role = hj_pack_role(actor->pack, hj_rows_text(rows, "role"));
        bool going = grant != 0 ? hj_rows_i64(rows, "grant_id") == grant
                                : hj_rows_i64(rows, "account") == account;
        if (!hj_account_role_counts(role, settings.separation) ||
            !covers_county(actor->pack, hj_rows_text(rows, "org_kind")))
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
            bool may = hj_pack_role_may(role, needed[i]);
            before[i] = before[i] || may;
            after[i] = after[i] || (may && !going);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (before[i] && !after[i])
            return hj_fail(error, HJ_ERROR_CONFLICT,
                           "This is the last administrator of its kind. Give the role to "
                           "somebody else first.");
    return true;
}

bool
hj_account_administers(HjTx *tx, HjPack *pack, int64_t account, bool *ret, GError **error)
{
    *ret = false;
    if (pack == NULL)
        return true;
    g_autoptr(HjRows) rows = hj_account_grants(tx, account, error);
    if (rows == NULL)
        return false;
    HjDateText today = hj_date_text(hj_tx_today(tx));
    while (hj_rows_next(rows)) {
        const HjRole *role = hj_pack_role(pack, hj_rows_text(rows, "role"));
        bool now = g_strcmp0(hj_rows_text(rows, "from_on"), today.text) <= 0 &&
                   g_strcmp0(hj_rows_text(rows, "to_on"), today.text) >= 0;
        if (role != NULL && now)
            *ret = *ret || role->duty != HJ_DUTY_NONE ||
                   hj_pack_role_may(role, "account.manage") ||
                   hj_pack_role_may(role, "account.grant");
    }
    return true;
}
