#include "base/id.h"

#include "base/text.h"

#include <stdatomic.h>
#include <string.h>

#define NODE_BITS 8
#define COUNTER_BITS 13
#define COUNTER_MASK ((INT64_C(1) << COUNTER_BITS) - 1)

/* Milliseconds and counter of the newest key, without the node. */
static _Atomic int64_t newest;
static _Atomic uint8_t own_node;

void
hj_id_set_node(uint8_t node)
{
    own_node = node;
}

int64_t
hj_id_step(int64_t last, HjTime now)
{
    int64_t fresh = (now / 1000) << COUNTER_BITS;
    /* A clock that stood still or went back is ignored; a full counter borrows the next
     * millisecond. */
    return fresh > last ? fresh : last + 1;
}

int64_t
hj_id_new(void)
{
    HjTime now = hj_time_now();
    int64_t last = atomic_load(&newest);
    int64_t next = hj_id_step(last, now);
    while (!atomic_compare_exchange_weak(&newest, &last, next))
        next = hj_id_step(last, now);
    int64_t millis = next >> COUNTER_BITS;
    return (millis << (NODE_BITS + COUNTER_BITS)) | ((int64_t)own_node << COUNTER_BITS) |
           (next & COUNTER_MASK);
}

bool
hj_id_parse(const char *text, int64_t *ret)
{
    if (text == NULL || !g_ascii_isdigit(text[0]) || strlen(text) > 19)
        return false;
    int64_t value;
    if (!hj_text_parse_i64(text, &value) || value <= 0)
        return false;
    *ret = value;
    return true;
}
