/* picture: what a camera or a scanner made, made again by us (a port; adapters/picture
 * implements it).
 *
 * A JPEG, PNG or WebP is decoded in a confined worker, turned upright as its camera said, cut
 * to a size that a screen and a printed page can use, and written anew as JPEG: place, time,
 * owner, and anything else hidden in the file stay behind.
 *
 * Units    pixels, bytes
 * Owns     HjPicture owns its bytes; hj_picture_clear
 * Threads  hj_picture_read any; hj_picture_convert and the worker one
 * Source   stack.md (confined worker), domain.md 12 (F-04) */
#pragma once

#include "base/worker.h"

#define HJ_PICTURE_EDGE 2400      /* longest edge that is kept: A4 at 200 dpi */
#define HJ_PICTURE_THUMB_EDGE 240 /* longest edge of the small one */
#define HJ_PICTURE_MAX_PIXELS (INT64_C(64) * 1000 * 1000)
#define HJ_PICTURE_MAX_EDGE 30000

typedef struct {
    GBytes *full, *thumb; /* JPEG */
    int width, height;    /* of the full one */
} HjPicture;

void hj_picture_clear(HjPicture *picture);

/* Reads the open file @fd, from its beginning, in a worker of kind "picture".  INVALID with
 * what a person can do about it. */
bool hj_picture_read(int fd, HjPicture *ret, GError **error);

/* Inside the worker, and for the fuzzer: false when these bytes are no picture we can read. */
bool hj_picture_convert(const void *data, size_t n, HjPicture *ret);
extern const HjWorkerKind hj_picture_worker;
