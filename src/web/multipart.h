/* multipart: forms that bring files (multipart/form-data), read as they arrive.
 *
 * Text fields are kept in memory, each file goes to a nameless one in a folder of temporary
 * files and is gone with the form.  What is not well formed is refused as a whole.
 *
 * Units    bytes
 * Owns     HjMultipart owns names, values and descriptors; hj_multipart_free
 * Threads  one at a time
 * Source   RFC 7578, interface.md (HTTP), design.md 11 (unknown input) */
#pragma once

#include "web/parse.h"

#define HJ_MULTIPART_MAX_TEXT (1024 * 1024) /* the text fields of a form together */
#define HJ_MULTIPART_MAX_FILES 20
#define HJ_MULTIPART_MAX_AT_ONCE 32 /* forms being read by the whole program */

typedef struct HjMultipart HjMultipart;

/* One file; one that was not chosen (no name, no bytes) is left out. */
typedef struct {
    const char *field; /* name of the input */
    const char *name;  /* as the sender calls it, without folders; may be "" */
    const char *type;  /* as the sender calls it, not to be trusted; may be "" */
    int fd;            /* open for reading and writing; O_TMPFILE where the disk can do it */
    int64_t size;
} HjUpload;

/* @content_type is the request's header, @dir an existing folder, @max all bytes of the form.
 * MALFORMED without a usable boundary, BUSY when too many are being read. */
HjMultipart *hj_multipart_new(const char *content_type, const char *dir, int64_t max,
                              GError **error);
void hj_multipart_free(HjMultipart *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjMultipart, hj_multipart_free)
/* The header names this type. */
bool hj_multipart_is(const char *content_type);

/* The next bytes; after a failure only hj_multipart_free may follow. */
bool hj_multipart_feed(HjMultipart *form, const void *data, size_t n, GError **error);
/* There are no more bytes: MALFORMED when the form is not whole. */
bool hj_multipart_end(HjMultipart *form, GError **error);
/* Why it failed: a limit, not a mistake. */
bool hj_multipart_too_large(const HjMultipart *form);

/* After the end: the same for the same fields and files, hex. */
const char *hj_multipart_digest(const HjMultipart *form);
const HjPairs *hj_multipart_texts(const HjMultipart *form); /* in the order sent */
size_t hj_multipart_n_files(const HjMultipart *form);
const HjUpload *hj_multipart_file(const HjMultipart *form, size_t i);
