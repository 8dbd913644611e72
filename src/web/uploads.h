/* uploads: files that came with a form, from the body to the rows that cite them.
 *
 * A route with .upload takes hj_uploads_prepare as its .prepare: it looks at every file, makes
 * pictures anew and keeps the contents, before any transaction.  The handler then writes them
 * down with hj_uploads_store.
 *
 * Units    none
 * Owns     the request
 * Threads  the request's
 * Source   design.md 7, core/file.h */
#pragma once

#include "web/pages.h"
#include "web/views_ledger.h"

bool hj_uploads_prepare(HjRequest *req, GError **error);
/* Makes files of what could be kept; what could not becomes an issue of its input.  Where the
 * answer is a form again, they are kept for it. */
bool hj_uploads_store(HjRequest *req, GError **error);
/* Ids of the stored ones that came with the input @name: "1,2" or "". */
const char *hj_uploads_ids(HjRequest *req, const char *name);

/* What a files field of a form holds: kept, without those marked to be removed, with the new
 * ones; NULL when the form does not speak of it. */
const char *hj_uploads_value(HjRequest *req, const HjField *field);
/* "NAME.remove" of a files field. */
bool hj_uploads_is_mark(const HjLedger *ledger, const char *name);

/* The files of "1,2" or ",1,2," that this actor may see, as a page shows them. */
bool hj_uploads_items(HjRequest *req, const char *ids, HjFileItem **ret, size_t *ret_n,
                      GError **error);
/* Their names, as a history tells them. */
const char *hj_uploads_names(HjRequest *req, const char *ids);

HjResponse *hj_uploads_file(HjRequest *req, GError **error);  /* GET /files/{id} */
HjResponse *hj_uploads_thumb(HjRequest *req, GError **error); /* GET /files/{id}/thumb */
HjResponse *hj_uploads_post(HjRequest *req, GError **error);  /* POST /api/v1/files */
