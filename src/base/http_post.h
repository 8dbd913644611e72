/* http_post: sends one body to another system (a port; adapters/curl implements it).
 *
 * Certificates are verified, nothing is redirected, no proxy of the environment is used; what
 * resolves to a private address is refused unless that address is named.
 *
 * Units    seconds, milliseconds
 * Owns     everything is borrowed for the call
 * Threads  any; hj_http_init once before threads
 * Source   design.md 11 (exposure) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* also: hj_http_ */

#define HJ_HTTP_MAX_ANSWER (64 * 1024) /* a longer answer is no answer */

typedef struct {
    const char *url;
    const char *const *headers; /* "Name: value", NULL-ended */
    const char *body;
    size_t n_body;
    const char *const *private_ok; /* addresses that may be private, NULL-ended, or NULL */
    int timeout_s;
    const int *stop; /* atomic; not 0: give up at once; may be NULL */
} HjHttpPost;

typedef struct {
    int status; /* 0: there was no answer, and why */
    char why[200];
    int64_t took_ms;
} HjHttpAnswer;

bool hj_http_init(void);
void hj_http_post(const HjHttpPost *post, HjHttpAnswer *ret);
/* Loopback, private, link-local, shared, multicast and unspecified addresses. */
bool hj_http_is_private(const char *address);
