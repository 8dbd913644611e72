/* pages_contest: the pages of contests.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 7 (any scheme); domain.md 9.2 */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"

/* The notice of a card as a page and as PDF; of all cards in one PDF. */
HjResponse *hj_pages_contest_paper(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_papers(HjRequest *req, GError **error);
/* approve, accept, withdraw, appeal: a page that says what it does, and doing it. */
HjResponse *hj_pages_contest_act(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_act_post(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_mark_post(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_publish(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_publish_post(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_appeals(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_answer(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_answer_post(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_revisions(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_check(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_meeting(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_meeting_post(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_rehearsal(HjRequest *req, GError **error);
bool hj_pages_contest_rehearsal_prepare(HjRequest *req, GError **error);
HjResponse *hj_pages_contest_rehearsal_post(HjRequest *req, GError **error);
