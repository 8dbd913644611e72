/* api_assess: what the calls about assessments share, and the acts among them.
 *
 * Units    points are decimals of scale 2
 * Owns     as web/api_calls.h
 * Threads  the request's
 * Source   interface.md (assessments) */
/* also: hj_api_ */
#pragma once

#include "core/assessment_view.h"
#include "web/api_calls.h"

extern const HjApiMember hj_api_reason_body[], hj_api_mark_body[], hj_api_appeal_body[],
    hj_api_answer_body[];

/* The contest and the period of the address. */
bool hj_api_assess_what(HjRequest *req, const HjScheme **ret_scheme, HjPeriod *ret_period,
                        GError **error);
/* The organization of the address, where the actor has @permission. */
bool hj_api_assess_org(HjRequest *req, const char *permission, int64_t *ret, GError **error);

HjResponse *hj_api_assess_approve(HjRequest *req, GError **error);
HjResponse *hj_api_assess_accept(HjRequest *req, GError **error);
HjResponse *hj_api_assess_withdraw(HjRequest *req, GError **error);
HjResponse *hj_api_assess_mark(HjRequest *req, GError **error);
HjResponse *hj_api_assess_announce(HjRequest *req, GError **error);
HjResponse *hj_api_assess_publish(HjRequest *req, GError **error);
HjResponse *hj_api_assess_appeals(HjRequest *req, GError **error);
HjResponse *hj_api_assess_appeal(HjRequest *req, GError **error);
HjResponse *hj_api_assess_answer(HjRequest *req, GError **error);
HjResponse *hj_api_assess_proof(HjRequest *req, GError **error);
