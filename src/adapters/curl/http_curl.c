#include "base/http_post.h"
#include "base/time.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_S 5L

typedef struct {
    const HjHttpPost *post;
    size_t n_answer;
    bool too_long;
    bool forbidden; /* a private address */
} Job;

bool
hj_http_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static bool
is_private_v4(uint32_t a)
{
    static const struct {
        uint32_t net;
        int bits;
    } ranges[] = {
        { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
        { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0a80000, 16 },
        { 0xc6120000, 15 }, { 0xe0000000, 3 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (((a ^ ranges[i].net) >> (32 - ranges[i].bits)) == 0)
            return true;
    return false;
}

static bool
is_private_v6(const struct in6_addr *a)
{
    const uint8_t *b = a->s6_addr;
    uint32_t tail;
    memcpy(&tail, b + 12, sizeof tail);
    if (IN6_IS_ADDR_V4MAPPED(a) || IN6_IS_ADDR_V4COMPAT(a))
        return is_private_v4(ntohl(tail));
    /* Only 2000::/3 is out in the world; of it, 6to4 and NAT64 may lead back inside. */
    return (b[0] & 0xe0) != 0x20 || (b[0] == 0x20 && b[1] == 0x02);
}

bool
hj_http_is_private(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return is_private_v4(ntohl(v4.s_addr));
    return inet_pton(AF_INET6, address, &v6) != 1 || is_private_v6(&v6);
}

static bool
may_reach(const Job *job, const struct curl_sockaddr *to)
{
    char text[INET6_ADDRSTRLEN] = "";
    const void *at = NULL;
    if (to->family == AF_INET)
        at = &((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr;
    else if (to->family == AF_INET6)
        at = &((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr;
    if (at == NULL || inet_ntop(to->family, at, text, sizeof text) == NULL)
        return false;
    return !hj_http_is_private(text) ||
           (job->post->private_ok != NULL && g_strv_contains(job->post->private_ok, text));
}

/* The address that is really connected to: a name that changes its mind in between gains
 * nothing. */
static curl_socket_t
open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
    Job *job = data;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_reach(job, to)) {
        job->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t
take_answer(char *bytes G_GNUC_UNUSED, size_t size, size_t n, void *data)
{
    Job *job = data;
    job->n_answer += size * n;
    job->too_long = job->n_answer > HJ_HTTP_MAX_ANSWER;
    return job->too_long ? 0 : size * n;
}

static int
watch(void *data, curl_off_t a G_GNUC_UNUSED, curl_off_t b G_GNUC_UNUSED,
      curl_off_t c G_GNUC_UNUSED, curl_off_t d G_GNUC_UNUSED)
{
    const Job *job = data;
    return job->post->stop != NULL && g_atomic_int_get(job->post->stop) != 0;
}

static bool
set_options(CURL *curl, Job *job, struct curl_slist *headers)
{
    const HjHttpPost *post = job->post;
    return curl_easy_setopt(curl, CURLOPT_URL, post->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)post->timeout_s) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, "Hangji") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->n_body) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, job) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, job) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_XFERINFODATA, job) == CURLE_OK;
}

static const char *
reason(const Job *job, CURLcode code)
{
    if (job->forbidden)
        return "the address is a private one and is not named in webhook_private";
    if (job->too_long)
        return "the answer was longer than 64 KiB";
    return curl_easy_strerror(code);
}

void
hj_http_post(const HjHttpPost *post, HjHttpAnswer *ret)
{
    *ret = (HjHttpAnswer){ 0 };
    Job job = { .post = post };
    int64_t begun = hj_time_monotonic();
    struct curl_slist *headers = NULL;
    for (const char *const *header = post->headers; *header != NULL; header++)
        headers = curl_slist_append(headers, *header);
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    if (curl != NULL && set_options(curl, &job, headers))
        code = curl_easy_perform(curl);
    long status = 0;
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    else
        g_strlcpy(ret->why, reason(&job, code), sizeof ret->why);
    ret->status = (int)status;
    ret->took_ms = (hj_time_monotonic() - begun) / 1000;
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
}
