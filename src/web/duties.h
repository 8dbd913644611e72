/* duties: what is owed every period, as pages show it.
 *
 * Units    none
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   mission.md M25 */
#pragma once
/* also: hj_pages_ hj_api_ */

#include "core/org.h"
#include "web/request.h"
#include "web/views_cadence.h"

/* "本月支部委员会会议还差1次" and so on, at most @limit, soonest first; *@ret_more: how many
 * others. */
bool hj_duties_lines(HjRequest *req, size_t limit, HjDutyLine **ret, size_t *ret_n,
                     int64_t *ret_more, GError **error);
/* The part of the home page; NULL *@ret where there is nothing to say. */
bool hj_duties_home(HjRequest *req, HjDuties **ret, GError **error);
/* What the address asks for: ?period= and ?under=; and the cadence its path names. */
typedef struct {
    HjPeriod period;
    HjOrgTree *tree;
    const HjOrg *under;
} HjDutiesAsked;
bool hj_duties_read(HjRequest *req, HjDutiesAsked *ret, GError **error);
const HjCadence *hj_duties_cadence(HjRequest *req, GError **error);
/* "every month" */
const char *hj_duties_every(HjRequest *req, HjEvery every);

HjResponse *hj_pages_cadences(HjRequest *req, GError **error);
HjResponse *hj_pages_cadence(HjRequest *req, GError **error);
HjResponse *hj_pages_digest(HjRequest *req, GError **error);
HjResponse *hj_pages_digest_post(HjRequest *req, GError **error);
HjResponse *hj_api_cadences(HjRequest *req, GError **error);
HjResponse *hj_api_cadence(HjRequest *req, GError **error);
