/* pages_forms: what the small forms of administration share.
 *
 * Units    none
 * Owns     what is returned is lent by the request
 * Threads  the request's
 * Source   design.md 7 (errors say which field and how) */
/* also: hj_pages_ */
#pragma once

#include "web/pages.h"
#include "web/views_admin.h"

/* The field called @name with what was sent for it, or @value, and what is wrong with it. */
HjFormField hj_pages_forms_field(HjRequest *req, HjInputKind kind, const char *name,
                                 const char *title, const char *value);
/* The issues of the request, named after @fields; @error is a msgid or NULL. */
HjFormWrong hj_pages_forms_wrong(HjRequest *req, const HjFormField *fields, size_t n,
                                 const char *error);
/* A field of the form, "" when it was not sent. */
const char *hj_pages_forms_sent(HjRequest *req, const char *name);
/* What a permission lets people do, in words. */
const char *hj_pages_forms_permission(HjRequest *req, const char *permission);
/* Roles of the pack to choose from, as a select called "role". */
HjFormField hj_pages_forms_role(HjRequest *req);
/* The organization asked for by the fields org (text) and org_code (chosen); 0 with an issue
 * and candidates in @ret otherwise.  @role limits the kinds, NULL does not. */
bool hj_pages_forms_pick_org(HjRequest *req, const HjRole *role, HjOrgPick *ret,
                             int64_t *ret_id, GError **error);
