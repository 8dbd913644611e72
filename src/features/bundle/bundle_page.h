/* bundle_page: the pages of a bundle: plain HTML that stands on its own; features/bundle only.
 *
 * Units    none
 * Owns     the caller frees a page with g_string_free
 * Threads  one
 * Source   features.md 3.23 */
/* also: hj_bundle_ */
#pragma once

#include "features/bundle/bundle.h"
#include "web/html.h"

/* @up: "" or "../", the way to the index. */
GString *hj_bundle_page_begin(const HjBundleJob *job, const char *up, const char *title);
void hj_bundle_page_end(GString *page);
void hj_bundle_put(GString *page, const char *html);  /* of this program */
void hj_bundle_text(GString *page, const char *text); /* of anybody: escaped */
/* One cell, "td" or "th". */
void hj_bundle_cell(GString *page, const char *tag, const char *text);
/* A cell with an instant, to the minute in Shanghai. */
void hj_bundle_time(GString *page, HjTime at);
/* <a href="NAME">TEXT</a>; @name is a name this program made. */
void hj_bundle_link(GString *page, const char *name, const char *text);
const char *hj_bundle_word(const HjBundleJob *job, const char *zh, const char *en);
