/* The routes of all HTML pages, in one place. */
#include "web/pages.h"

static const HjRoute routes[] = {
    { HJ_GET, "/", hj_pages_home, .may = HJ_SIGNED_IN, .query = "period indicator", .cache = true },
    { HJ_GET, "/sign-in", hj_pages_sign_in, .may = HJ_PUBLIC, .query = "next" },
    { HJ_POST, "/sign-in", hj_pages_sign_in_post, .may = HJ_PUBLIC, .prepare = hj_pages_sign_in_prepare,
      .csrf_off = "there is no session yet; the router still checks where the form came from" },
    { HJ_POST, "/sign-out", hj_pages_sign_out_post, .may = HJ_SIGNED_IN },
    { HJ_POST, "/language", hj_pages_language_post, .may = HJ_PUBLIC,
      .csrf_off = "changes only the language of the one who asks" },

    { HJ_GET, "/ledgers", hj_pages_ledgers, .may = "ledger.view", .cache = true },
    { HJ_GET, "/ledgers/{ledger}", hj_pages_ledger_list, .may = "ledger.view", .query = "*", .cache = true },
    { HJ_GET, "/ledgers/{ledger}/new", hj_pages_row_new, .may = "ledger.enter", .query = "org parent" },
    { HJ_POST, "/ledgers/{ledger}/new", hj_pages_row_new_post, .may = "ledger.enter" },
    { HJ_GET, "/ledgers/{ledger}/{id}", hj_pages_row, .may = "ledger.view" },
    { HJ_GET, "/ledgers/{ledger}/{id}/edit", hj_pages_row_edit, .may = "ledger.enter" },
    { HJ_POST, "/ledgers/{ledger}/{id}/edit", hj_pages_row_edit_post, .may = "ledger.enter" },
    { HJ_GET, "/ledgers/{ledger}/{id}/void", hj_pages_row_void, .may = "ledger.enter" },
    { HJ_POST, "/ledgers/{ledger}/{id}/void", hj_pages_row_void_post, .may = "ledger.enter" },

    { HJ_GET, "/table", hj_pages_table, .may = "indicator.view", .query = "period under", .cache = true },
    { HJ_GET, "/indicators/{indicator}", hj_pages_indicator, .may = "indicator.view", .query = "period from to under", .cache = true },
    { HJ_GET, "/contests", hj_pages_contests, .may = "scheme.view" },
    { HJ_GET, "/contests/{scheme}", hj_pages_contest, .may = "scheme.view", .query = "period", .cache = true },
    { HJ_GET, "/contests/{scheme}/{code}", hj_pages_scorecard, .may = "scheme.view", .query = "period", .cache = true },
    { HJ_GET, "/contests/{scheme}/{code}/{item}", hj_pages_score_item, .may = "scheme.view", .query = "period" },
    { HJ_GET, "/reports", hj_pages_reports, .may = "report.view" },
    { HJ_GET, "/reports/{report}", hj_pages_report, .may = "report.view", .query = "from to under", .cache = true },

    { HJ_GET, "/orgs", hj_pages_orgs, .may = "org.view", .query = "q kind under after", .cache = true },
    { HJ_GET, "/orgs/{code}", hj_pages_org, .may = "org.view", .query = "period" },
    { HJ_GET, "/orgs/{code}/act", hj_pages_org_act, .may = "org.manage", .query = "act" },
    { HJ_POST, "/orgs/{code}/act", hj_pages_org_act_post, .may = "org.manage" },

    { HJ_GET, "/account", hj_pages_account, .may = HJ_SIGNED_IN },
    { HJ_POST, "/account/password", hj_pages_account_password_post, .may = HJ_SIGNED_IN, .prepare = hj_pages_account_password_prepare },
    { HJ_GET, "/accounts", hj_pages_accounts, .may = "account.manage", .query = "q" },
    { HJ_GET, "/accounts/new", hj_pages_account_new, .may = "account.manage" },
    { HJ_POST, "/accounts/new", hj_pages_account_new_post, .may = "account.manage", .prepare = hj_pages_account_new_prepare },
    { HJ_GET, "/accounts/{id}", hj_pages_account_one, .may = "account.manage" },
    { HJ_POST, "/accounts/{id}/grant", hj_pages_account_grant_post, .may = "account.manage" },
    { HJ_POST, "/accounts/{id}/revoke", hj_pages_account_revoke_post, .may = "account.manage" },
    { HJ_POST, "/accounts/{id}/state", hj_pages_account_state_post, .may = "account.manage" },
    { HJ_GET, "/audit", hj_pages_audit, .may = "event.view", .query = "account action ledger under from to before" },
    { HJ_GET, "/pack", hj_pages_pack, .may = "pack.view", .cache = true },
    { 0 },
};

const HjFeature hj_feature_pages = { .name = "pages", .routes = routes };
