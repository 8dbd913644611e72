/* pages_flow: a row on its way, on screen.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 7, core/flow.h */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"
#include "web/views_flow.h"

/* What the page of a row shows of its way; *@ret NULL for a ledger without a flow. */
bool hj_pages_flow_view(HjRequest *req, const HjLedger *ledger, const HjRows *row,
                        HjFlowView **ret, GError **error);
/* The rows that supervise this one and what this one supervises, where the reader sees them. */
bool hj_pages_flow_supervised(HjRequest *req, int64_t id, HjFlowView *view, GError **error);
/* Whether a task of the row waits for the actor. */
bool hj_pages_flow_turn(HjRequest *req, const HjLedger *ledger, int64_t row, bool *ret,
                        GError **error);

HjResponse *hj_pages_flow_act(HjRequest *req, GError **error);
HjResponse *hj_pages_flow_act_post(HjRequest *req, GError **error);
HjResponse *hj_pages_phrases(HjRequest *req, GError **error);
HjResponse *hj_pages_phrase_post(HjRequest *req, GError **error);
HjResponse *hj_pages_phrase_remove_post(HjRequest *req, GError **error);
