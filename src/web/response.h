/* response: what goes back, built whole in memory, or a stream that goes on.
 *
 * Units    bytes
 * Owns     the router sends and frees it; a cached one is shared and must not change
 * Threads  one at a time until it is shared
 * Source   style.md 2.7 */
#pragma once

#include "base/json.h"
#include "web/html.h"
#include "web/request.h"
#include "web/stream.h"

struct HjResponse {
    int status;
    const char *type; /* literal: "text/html; charset=utf-8", "application/json", … */
    GString *body;
    GPtrArray *headers; /* name, value, name, value … (const char *), may be NULL */
    GBytes *bytes;      /* instead of body: static data */
    HjStream *stream;   /* instead of body: goes on until it is ended; owned */
    /* For the router, the cache and the server only. */
    GStringChunk *values; /* of headers that are no literals */
    int refs;             /* atomic */
    bool shared;          /* lives in the page cache */
    gpointer native;      /* the server's own form of a shared response */
    GDestroyNotify native_free;
};

HjResponse *hj_response_new(int status, const char *type);
void hj_response_free(HjResponse *res);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjResponse, hj_response_free)
/* @name is a literal; @value is copied. */
void hj_response_header(HjResponse *res, const char *name, const char *value);

/* An HTML page: fill with templates through the HjOut, whose buffer is the body. */
HjResponse *hj_response_page(HjRequest *req, int status, HjOut *ret_out);
/* A JSON answer to be written with the writer. */
HjResponse *hj_response_json(HjRequest *req, int status, HjJsonWriter *ret_writer);
/* 303 after a POST; @notice (msgid literal or NULL) is shown once on the next page. */
HjResponse *hj_response_see_other(HjRequest *req, const char *path, const char *notice);
/* Gives the browser the session of @token, or takes it away when @token is NULL. */
void hj_response_session(HjRequest *req, HjResponse *res, const char *token);
/* Gives the browser the token of a big screen until then, or takes it away when @token is NULL;
 * it is sent to /screen/ only. */
void hj_response_screen(HjRequest *req, HjResponse *res, const char *token, HjTime until);
/* Remembers the language of somebody who is signed out. */
void hj_response_lang(HjRequest *req, HjResponse *res, HjLang lang);
/* Remembers the size of type this browser reads, and what its cookies say of it. */
void hj_response_type(HjRequest *req, HjResponse *res, bool large);
bool hj_web_large_type(const char *cookie);
/* application/problem+json of an error and the request's issues. */
HjResponse *hj_response_problem(HjRequest *req, const GError *error);
/* The same with further members, written by @more. */
HjResponse *hj_response_problem_with(HjRequest *req, const GError *error,
                                     void (*more)(HjJsonWriter *w, gpointer data),
                                     gpointer data);
