/* flow_words: nodes, acts, lights and deadlines as people read them.
 *
 * Units    civil days; days are counted to today of the transaction
 * Owns     strings are lent by the request
 * Threads  the request's
 * Source   design.md 7; domain.md ARI-5 */
#pragma once
/* also: hj_flow_words_ */

#include "core/flow.h"
#include "web/request.h"

/* Title of the node @name ("已撤销" of called_off); the name itself for one the pack no longer
 * has, NULL for NULL. */
const char *hj_flow_words_node(HjRequest *req, const HjLedger *ledger, const char *name);
/* "同意": an act of any node of the ledger, one every flow has, or an outcome of a task;
 * @node, where it is done: NULL for any, "" for none of the pack's own. */
const char *hj_flow_words_action(HjRequest *req, const HjLedger *ledger, const char *node,
                                 const char *action);
/* What a task asks: act, second, review, delegate, copy. */
const char *hj_flow_words_kind(HjRequest *req, const char *kind);
/* "red" → "超期"; "" → NULL. */
const char *hj_flow_words_light(HjRequest *req, const char *light);
/* "red", "yellow", "green", "" of an open task; dates are texts of its columns. */
const char *hj_flow_words_light_of(HjRequest *req, const char *due_on, const char *warn_on);
/* "还有 3 天", "今天到期", "超期 2 天"; of a @due_rule without a day
 * "暂算不出（工作日历未载入）"; NULL without a deadline. */
const char *hj_flow_words_due(HjRequest *req, const HjLedger *ledger, const char *node,
                              const char *due_on, const char *due_rule);
/* Titles of ",a,b," joined: "乡镇组织委员、村支书"; NULL when there are none. */
const char *hj_flow_words_roles(HjRequest *req, const char *roles);
/* The same of a node's actors. */
const char *hj_flow_words_actors(HjRequest *req, const HjFlowNode *node);
/* With the place where each is found from the row's organization on upwards: "甲镇
 * 乡镇组织委员". NULL when there are none. */
const char *hj_flow_words_who(HjRequest *req, int64_t org, const char *roles);
/* A span as a pack wrote it, on the day of the case's rules: "5 个工作日"; NULL for none. */
const char *hj_flow_words_span(HjRequest *req, const HjSpan *span, HjDate rules_on);
/* "3 天", "2 小时", "不到 1 小时". */
const char *hj_flow_words_spent(HjRequest *req, HjTime from, HjTime to);
