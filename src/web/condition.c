/* Answers of the API to those who have asked before: entity tags, 304 and gzip. */
#include "base/gzip.h"
#include "web/internal.h"

#include <string.h>

#define WORTH_PACKING 1000

/* Tells two bodies apart; nobody is kept out by it, so it need not be a cryptographic one. */
static uint64_t
fingerprint(const char *data, size_t n)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ n;
    for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, data + i, MIN(sizeof word, n - i));
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    return hash;
}

void
hj_web_etag_version(HjResponse *res, int64_t version)
{
    char tag[48];
    g_snprintf(tag, sizeof tag, "\"%" G_GINT64_FORMAT "-%016" G_GINT64_MODIFIER "x\"", version,
               fingerprint(res->body->str, res->body->len));
    hj_response_header(res, "ETag", tag);
}

static const char *
find_header(const HjResponse *res, const char *name)
{
    for (guint i = 0; res->headers != NULL && i + 1 < res->headers->len; i += 2)
        if (g_ascii_strcasecmp(g_ptr_array_index(res->headers, i), name) == 0)
            return g_ptr_array_index(res->headers, i + 1);
    return NULL;
}

static void
add_weak_tag(HjResponse *res)
{
    char tag[32];
    g_snprintf(tag, sizeof tag, "W/\"%016" G_GINT64_MODIFIER "x\"",
               fingerprint(res->body->str, res->body->len));
    hj_response_header(res, "ETag", tag);
}

static bool
is_known(HjRequest *req, const char *tag)
{
    const char *opaque = g_str_has_prefix(tag, "W/") ? tag + 2 : tag;
    return hj_parse_etag_matches(hj_request_header(req, "if-none-match"), opaque);
}

static void
add_rules(HjResponse *res)
{
    hj_response_header(res, "Cache-Control", "private, no-cache");
    hj_response_header(res, "Vary", "Authorization, Accept-Encoding, Accept-Language");
}

static HjResponse *
not_modified(const char *tag)
{
    HjResponse *res = hj_response_new(304, NULL);
    hj_response_header(res, "ETag", tag);
    add_rules(res);
    return res;
}

static void
pack(HjRequest *req, HjResponse *res)
{
    if (res->body->len < WORTH_PACKING ||
        !hj_parse_accepts_coding(hj_request_header(req, "accept-encoding"), "gzip"))
        return;
    GBytes *packed = hj_gzip(res->body->str, res->body->len);
    if (packed == NULL)
        return;
    res->bytes = packed;
    hj_response_header(res, "Content-Encoding", "gzip");
}

void
hj_web_condition(HjRequest *req)
{
    HjResponse *res = req->response;
    if (!req->api || res->status != 200 || res->body == NULL || res->type == NULL ||
        find_header(res, "Cache-Control") != NULL)
        return;
    if (find_header(res, "ETag") == NULL)
        add_weak_tag(res);
    const char *tag = find_header(res, "ETag");
    if (is_known(req, tag)) {
        req->response = not_modified(tag);
        hj_response_free(res);
        return;
    }
    add_rules(res);
    pack(req, res);
}

HjIfMatch
hj_web_if_match(HjRequest *req, int64_t version)
{
    const char *header = hj_request_header(req, "if-match");
    if (header == NULL)
        return HJ_IF_MATCH_ABSENT;
    g_autofree char *wanted = g_strdup_printf("\"%" G_GINT64_FORMAT "-", version);
    g_auto(GStrv) tags = g_strsplit(header, ",", 20);
    for (char **tag = tags; *tag != NULL; tag++) {
        g_strstrip(*tag);
        /* The comparison is strong: a weak tag never matches (RFC 9110, 13.1.1). */
        if (g_str_equal(*tag, "*") || g_str_has_prefix(*tag, wanted))
            return HJ_IF_MATCH_HOLDS;
    }
    return HJ_IF_MATCH_FAILS;
}
