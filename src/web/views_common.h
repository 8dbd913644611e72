/* views_common: what the error and sign-in pages show.
 *
 * Units    none
 * Owns     strings are lent by the request
 * Threads  the request's
 * Source   design.md 7 */
#pragma once

#include "web/page.h"

typedef struct {
    HjPage page;
    int status;
    const char *message;
    const char *reference; /* request id, for 500 and above */
    const char *go_href, *go_text;
    const char **kept; /* what was written in the form that could not be taken */
    size_t n_kept;
} HjErrorView;

typedef struct {
    HjPage page;
    const char *next, *username, *error;
} HjSignInView;

typedef struct {
    const char *value, *text;
    bool on;
} HjOption;
