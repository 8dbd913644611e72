#include "core/setting.h"

#include "base/json.h"
#include "core/access.h"
#include "core/account_priv.h"
#include "store/event.h"

#include <string.h>

const HjSettingKind hj_setting_kinds[] = {
    { "idle_minutes", 30, 5, 480 },
    { "session_hours", 12, 1, 24 },
    { "password_days", 365, 0, 3650 },
    { "password_past", 5, 0, 24 },
    { "unused_days", 180, 0, 3650 },
    { "second_factor", HJ_SECOND_OFFERED, HJ_SECOND_OFF, HJ_SECOND_REQUIRED },
    { "separation", 0, 0, 1 },
    { "digest", 1, 0, 1 },
    { 0 },
};
enum {
    IDLE,
    HOURS,
    PASSWORD_DAYS,
    PASSWORD_PAST,
    UNUSED,
    SECOND,
    SEPARATION,
    DIGEST,
    N_SETTINGS
};

#define SQL_SETTINGS "SELECT name, value FROM sys_setting WHERE county = $1"

/* A number within the bounds of the setting, or -1. */
static int
value_of(const HjSettingKind *kind, const char *text)
{
    guint64 number = 0;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, (guint64)kind->min,
                                                    (guint64)kind->max, &number, NULL))
        return -1;
    return (int)number;
}

static int
index_of(const char *name)
{
    for (int i = 0; name != NULL && i < N_SETTINGS; i++)
        if (g_str_equal(hj_setting_kinds[i].name, name))
            return i;
    return -1;
}

bool
hj_setting_load(HjTx *tx, HjSettings *ret, GError **error)
{
    int values[N_SETTINGS];
    for (int i = 0; i < N_SETTINGS; i++)
        values[i] = hj_setting_kinds[i].fallback;
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_SETTINGS, HJ_I64(hj_tx_county(tx)));
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        int i = index_of(hj_rows_text(rows, "name"));
        int value = i >= 0 ? value_of(&hj_setting_kinds[i], hj_rows_text(rows, "value")) : -1;
        if (value >= 0)
            values[i] = value;
    }
    *ret = (HjSettings){
        .idle_minutes = values[IDLE],
        .session_hours = values[HOURS],
        .password_days = values[PASSWORD_DAYS],
        .password_past = values[PASSWORD_PAST],
        .unused_days = values[UNUSED],
        .second = (HjSecondRule)values[SECOND],
        .separation = values[SEPARATION] != 0,
        .digest = values[DIGEST] != 0,
    };
    return true;
}

/* Each of the three duties is somebody's, and nobody's twice. */
static bool
check_separable(HjTx *tx, const HjActor *actor, HjIssues *issues, GError **error)
{
    bool held[HJ_DUTY_ALL + 1] = { false }, twice = false;
    g_autoptr(GHashTable) duty_of =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(HjRows) rows = hj_account_holders(tx, 0, error);
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        const char *name = hj_rows_text(rows, "role");
        const HjRole *role = name != NULL ? hj_pack_role(actor->pack, name) : NULL;
        int64_t account = hj_rows_i64(rows, "account");
        if (role == NULL || role->duty == HJ_DUTY_NONE || role->duty == HJ_DUTY_ALL)
            continue;
        held[role->duty] = true;
        gpointer before = g_hash_table_lookup(duty_of, &account);
        twice = twice || (before != NULL && GPOINTER_TO_INT(before) != (int)role->duty);
        g_hash_table_replace(duty_of, g_memdup2(&account, sizeof account),
                             GINT_TO_POINTER((int)role->duty));
    }
    if (!held[HJ_DUTY_SYSTEM] || !held[HJ_DUTY_SECURITY] || !held[HJ_DUTY_AUDIT])
        hj_issues_add(issues, "separation", "rule",
                      N_("First give each of the three roles to somebody: system, security and "
                         "audit administrator."));
    if (twice)
        hj_issues_add(issues, "separation", "rule",
                      N_("One account holds two of the three roles. Take one of them back "
                         "first."));
    return true;
}

#define SQL_SET                                                                                \
    "INSERT INTO sys_setting (county, name, value, set_at, set_by) VALUES ($1, $2, $3, $4, "   \
    "$5)"                                                                                      \
    " ON CONFLICT (county, name) DO UPDATE SET value = excluded.value,"                        \
    " set_at = excluded.set_at, set_by = excluded.set_by"

static char *
pair_of(const char *name, const char *value)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    hj_json_key(&w, name);
    hj_json_text(&w, value);
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

bool
hj_setting_change(HjTx *tx, const HjActor *actor, const char *name, const char *value,
                  HjIssues *issues, GError **error)
{
    if (!hj_access_may_everywhere(actor, "account.grant"))
        return hj_fail(error, HJ_ERROR_DENIED, "Your roles do not allow this here.");
    int i = index_of(name), now = i >= 0 ? value_of(&hj_setting_kinds[i], value) : -1;
    if (now < 0) {
        hj_issues_add(issues, name, "range", N_("Write a number from %d to %d."),
                      i >= 0 ? hj_setting_kinds[i].min : 0,
                      i >= 0 ? hj_setting_kinds[i].max : 0);
        return hj_fail(error, HJ_ERROR_INVALID, "Please correct what is marked.");
    }
    HjSettings settings;
    if (!hj_setting_load(tx, &settings, error))
        return false;
    int before[N_SETTINGS] = { settings.idle_minutes,  settings.session_hours,
                               settings.password_days, settings.password_past,
                               settings.unused_days,   (int)settings.second,
                               settings.separation,    settings.digest };
    if (before[i] == now)
        return true;
    if (i == SEPARATION && now == 1 && !check_separable(tx, actor, issues, error))
        return false;
    if (hj_issues_count(issues) > 0)
        return hj_fail(error, HJ_ERROR_INVALID, "Please correct what is marked.");
    g_autofree char *old_text = g_strdup_printf("%d", before[i]);
    g_autofree char *text = g_strdup_printf("%d", now);
    g_autofree char *was = pair_of(name, old_text);
    g_autofree char *is = pair_of(name, text);
    HjEvent event = {
        .action = "setting.change", .subject = "setting", .before = was, .after = is
    };
    return hj_tx_exec(tx, error, SQL_SET, HJ_I64(hj_tx_county(tx)), HJ_TEXT(name),
                      HJ_TEXT(text), HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account)) &&
           hj_event_append(tx, &event, error);
}
