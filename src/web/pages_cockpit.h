/* pages_cockpit: the screens of the leadership: cockpit, trends, table of lights, big screen.
 *
 * Units    none
 * Owns     as request.h and response.h say
 * Threads  the request's
 * Source   design.md 7 (county, screen), features.md 31, 147, 148 */
/* also: hj_pages_ */
#pragma once

#include "web/grid.h"
#include "web/pages.h"

HjResponse *hj_pages_cockpit(HjRequest *req, GError **error);
HjResponse *hj_pages_trends(HjRequest *req, GError **error);
HjResponse *hj_pages_trends_data(HjRequest *req, GError **error);
HjResponse *hj_pages_thresholds(HjRequest *req, GError **error);
HjResponse *hj_pages_thresholds_post(HjRequest *req, GError **error);
HjResponse *hj_pages_table_view_post(HjRequest *req, GError **error);
HjResponse *hj_pages_table_view_remove_post(HjRequest *req, GError **error);

HjResponse *hj_pages_screen(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_board(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_events(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_indicator(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_open(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_open_post(HjRequest *req, GError **error);
HjResponse *hj_pages_screens(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_new_post(HjRequest *req, GError **error);
HjResponse *hj_pages_screen_revoke_post(HjRequest *req, GError **error);

/* What the cockpit and the screen share. */
/* Figures of the first report in groups; @trends of them back in time. */
bool hj_pages_cockpit_figures(HjRequest *req, const HjOrg *under, const HjPeriod *period,
                              bool screen, HjFigureGroup **ret, size_t *ret_n, GError **error);
/* Open tasks in scope by ledger and node, the worst first; none without the right. */
bool hj_pages_cockpit_boards(HjRequest *req, const HjOrg *under, size_t most, HjBoard **ret,
                             size_t *ret_n, GError **error);
/* The contest of the committees, or NULL. */
const HjScheme *hj_pages_cockpit_contest(const HjPack *pack);
/* The running contest; *@ret NULL where the actor is not of its audience. */
bool hj_pages_cockpit_ranks(HjRequest *req, const HjPeriod *period, HjRanks **ret,
                            GError **error);
