/* file: evidence that rows cite, found by what is in it.
 *
 * The bytes lie in DATA/files under their SHA-256, the same bytes once; what they are is told
 * by their beginning, never by a name, and only what stands in one table is taken.  Pictures
 * are made anew before they are kept.  A file is seen by who may see a row that cites it, or
 * ever did; until then by who sent it.
 *
 * Units    bytes; digests are 64 hex digits
 * Owns     as named
 * Threads  HjFiles any; what takes a HjTx the transaction's
 * Source   interface.md (files), features.md 3, domain.md 12 (F-04) */
#pragma once

#include "base/issues.h"
#include "core/access.h"

/* also: hj_files_ */

#define HJ_FILE_MAX (INT64_C(25) * 1024 * 1024) /* one file as it is sent */
#define HJ_FILE_FORM_MAX (INT64_C(80) * 1024 * 1024)
#define HJ_FILE_DIGEST 65
#define HJ_FILE_KEEP_DAYS 7 /* what no row ever cited is cleaned away after that */

/* --- what is taken --- */

typedef struct {
    const char *type;   /* media type, sniffed and sent */
    const char *suffix; /* ".pdf" */
    HjFileKind kind;
} HjFileType;
/* The type of these bytes; NULL with a message for the person: not on the list. */
const HjFileType *hj_file_sniff(const void *bytes, size_t n, const char **ret_why);
const HjFileType *hj_file_type(const char *type); /* by its name, or NULL */
/* What a form offers to choose from: "image/jpeg,.pdf,…". */
char *hj_file_accept(unsigned kinds);

/* --- where it lies --- */

typedef struct HjFiles HjFiles;
HjFiles *hj_files_open(const char *dir, GError **error); /* made when absent */
void hj_files_free(HjFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjFiles, hj_files_free)

typedef struct {
    const HjFileType *type;
    char digest[HJ_FILE_DIGEST], thumb[HJ_FILE_DIGEST]; /* thumb "" when it is no picture */
    char *name;
    int64_t size;
    int width, height;
} HjFileDraft;
void hj_file_draft_free(HjFileDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjFileDraft, hj_file_draft_free)

/* Looks at an open file, makes a picture anew, and keeps the bytes; slow, outside any write.
 * INVALID with what the person can do about it. */
HjFileDraft *hj_files_take(HjFiles *files, int fd, const char *name, GError **error);
GBytes *hj_files_read(HjFiles *files, const char *digest, GError **error);
char *hj_files_path(const HjFiles *files, const char *digest);

/* --- who may see it --- */

/* Makes a file of the draft, with its event. */
bool hj_file_add(HjTx *tx, const HjActor *actor, const HjFileDraft *draft, int64_t *ret_id,
                 GError **error);
/* id, name, type, size, digest, thumb, width, height, created_at, created_by: the cursor on it.
 * NOT_FOUND when it is out of the scope, DENIED inside it without the right. */
HjRows *hj_file_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error);

/* What a files field is about to hold: right kinds, not too many, and new ones seen. */
bool hj_file_check(HjTx *tx, const HjActor *actor, const HjField *field, const char *before,
                   const char *after, HjIssues *issues, GError **error);
/* Remembers that the row cites them. */
bool hj_file_cite(HjTx *tx, const HjLedger *ledger, int64_t row, const HjField *field,
                  const char *ids, GError **error);

/* --- keeping order: see core/file_care.h --- */
