/* due_lines: the lines of what waits, the same on every page that shows them.
 *
 * Units    none
 * Owns     everything is lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once
/* also: hj_due_ */

#include "core/due.h"
#include "web/request.h"
#include "web/views_due.h"

/* The row of hj_due_list that @rows stands on. */
HjDueLine hj_due_line(HjRequest *req, const HjRows *rows);
/* "接收入党申请 · 县委组织部审批" */
const char *hj_due_place(HjRequest *req, const char *ledger, const char *node);
const char *hj_due_list_name(HjDueList list); /* "todo", "late", … as addresses say it */
/* ?list=, the first one without it; MALFORMED. */
bool hj_due_list_asked(HjRequest *req, HjDueList *ret, GError **error);
const char *hj_due_list_title(HjRequest *req, HjDueList list);
/* One tab for each list, with counts; @base is "/" or "/due". */
bool hj_due_tabs(HjRequest *req, const char *base, HjDueList now, HjDueTab **ret, size_t *ret_n,
                 GError **error);
/* What stands where there is nothing, and what can be done then. */
const char *hj_due_empty(HjRequest *req, HjDueList list);
/* Whether the pack has anything that moves and the actor may see some of it. */
bool hj_due_any(HjRequest *req);
/* The part of the home page; NULL *@ret where nothing can ever wait for the actor. */
bool hj_due_home(HjRequest *req, HjDueHome **ret, GError **error);
