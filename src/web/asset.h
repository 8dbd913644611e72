/* asset: style sheets and scripts carried inside the program, named by their content.
 *
 * A hashed name never changes meaning, so browsers may keep it for a year.  The table is made
 * at build time from assets/meson.build.
 *
 * Units    bytes
 * Owns     nothing; everything lives as long as the program
 * Threads  any
 * Source   style.md 2.8 */
#pragma once

#include <stddef.h>

#define HJ_ASSET_PREFIX "/static/"

typedef struct {
    const char *name; /* "app.css" */
    const char *url;  /* "/static/app.0123456789ab.css" */
    const char *type; /* media type with charset */
    const char *etag; /* as the header wants it; weak, for it names both encodings */
    const unsigned char *bytes;
    size_t n;
    const unsigned char *gz; /* gzip -9 of bytes; NULL when that is not smaller */
    size_t n_gz;
} HjAsset;

/* @hashed_name is what follows HJ_ASSET_PREFIX; NULL when there is no such asset. */
const HjAsset *hj_asset_find(const char *hashed_name);

/* The address of asset @name.  Asking for an asset that was not built in is a mistake in the
 * program and ends it; tests/check/tmplc/assets.py finds it in templates. */
const char *hj_asset_url(const char *name);

/* The generated table, sorted by name. */
extern const HjAsset hj_asset_table[];
extern const size_t hj_asset_count;
