/* X-Forwarded-For: whatever it says, the client is an address somebody trusted wrote, or the
 * peer. */
#include "web/limit.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static HjLimits *limits;
    if (limits == NULL) {
        HjLimitConfig config = { .address_rate = 1000000,
                                 .address_burst = 1000000,
                                 .trusted_proxies = "10.0.0.0/8, fd00::/8" };
        limits = hj_limits_new(&config, NULL);
    }
    g_autofree char *header = g_strndup(n > 0 ? (const char *)data : "", n);
    char client[HJ_LIMIT_ADDRESS_SIZE];
    uint8_t bytes[16];
    hj_limits_client(limits, "10.0.0.1", header, client);
    g_assert(inet_pton(AF_INET, client, bytes) == 1 || inet_pton(AF_INET6, client, bytes) == 1);
    g_assert(hj_limits_address(limits, HJ_LIMIT_ADDRESS, client, 1) <= 1);
    hj_limits_client(limits, "192.0.2.1", header, client);
    g_assert(strcmp(client, "192.0.2.1") == 0);
    HjLimitConfig config = { .trusted_proxies = header };
    hj_limits_free(hj_limits_new(&config, NULL));
    return 0;
}
