/* pages_api: the pages about programs that speak for people: tokens, webhooks, the API itself.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 7 */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"

HjResponse *hj_pages_tokens(HjRequest *req, GError **error);
HjResponse *hj_pages_token_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_token_revoke_post(HjRequest *req, GError **error);
HjResponse *hj_pages_account_tokens(HjRequest *req, GError **error);
HjResponse *hj_pages_all_tokens(HjRequest *req, GError **error);
HjResponse *hj_pages_account_token_revoke_post(HjRequest *req, GError **error);

HjResponse *hj_pages_webhooks(HjRequest *req, GError **error);
HjResponse *hj_pages_webhook_new(HjRequest *req, GError **error);
HjResponse *hj_pages_webhook_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_webhook(HjRequest *req, GError **error);
HjResponse *hj_pages_webhook_act_post(HjRequest *req, GError **error);

HjResponse *hj_pages_api_help(HjRequest *req, GError **error);
