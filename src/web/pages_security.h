/* pages_security: signing in beyond the password, sessions, proxies, settings, rights.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   domain.md 10.4 (S-01 … S-06) */
/* also: hj_pages_ */
#pragma once

#include "core/account.h"
#include "web/pages.h"
#include "web/views_security.h"

/* Where a sign-in of this request comes from. */
HjSignInFrom hj_pages_security_from(HjRequest *req);
/* Signs in again after the password has changed, in this browser. */
HjResponse *hj_pages_go_on(HjRequest *req, const char *where, const char *notice,
                           GError **error);
/* Sessions and sign-ins of an account; @action ends them, NULL only shows. */
bool hj_pages_security_sessions(HjRequest *req, int64_t account, const char *action,
                                HjSessionsView *ret, GError **error);
/* Proxies of an account on either side. */
bool hj_pages_security_proxies(HjRequest *req, int64_t account, HjProxiesView *view,
                               GError **error);

/* Whether the sign-in of this request waits at @stage. */
bool hj_pages_stage_is(HjRequest *req, const char *stage);
bool hj_pages_stage_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_stage_password(HjRequest *req, GError **error);
HjResponse *hj_pages_stage_password_post(HjRequest *req, GError **error);
HjResponse *hj_pages_account_session_post(HjRequest *req, GError **error);
HjResponse *hj_pages_accounts_session_post(HjRequest *req, GError **error);
bool hj_pages_accounts_password_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_accounts_password_post(HjRequest *req, GError **error);
HjResponse *hj_pages_second_ask(HjRequest *req, GError **error);
HjResponse *hj_pages_second_ask_post(HjRequest *req, GError **error);
HjResponse *hj_pages_second(HjRequest *req, GError **error);
HjResponse *hj_pages_second_post(HjRequest *req, GError **error);
HjResponse *hj_pages_accounts_second_post(HjRequest *req, GError **error);
HjResponse *hj_pages_proxies(HjRequest *req, GError **error);
HjResponse *hj_pages_proxy_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_proxy_end_post(HjRequest *req, GError **error);
HjResponse *hj_pages_proxy_act_post(HjRequest *req, GError **error);
HjResponse *hj_pages_settings(HjRequest *req, GError **error);
HjResponse *hj_pages_settings_post(HjRequest *req, GError **error);
HjResponse *hj_pages_rights(HjRequest *req, GError **error);
