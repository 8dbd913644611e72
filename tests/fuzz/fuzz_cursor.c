/* Addresses of pages of a list: what is accepted says the same when it is written again. */
#include "core/row_cursor.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const HjRowKeyOf keys[] = {
    { .kind = HJ_ROW_BY_TITLE, .name = "subject" },
    { .kind = HJ_ROW_BY_ORG, .name = "org", .desc = true, .is_number = true },
    { .kind = HJ_ROW_BY_FIELD, .name = "day", .may_be_null = true },
    { .kind = HJ_ROW_BY_FIELD, .name = "cost", .is_number = true, .may_be_null = true },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_strndup(n > 0 ? (const char *)data : "", n);
    for (size_t from = 0; from < G_N_ELEMENTS(keys); from++)
        for (size_t count = 1; from + count <= G_N_ELEMENTS(keys); count++) {
            HjRowOrder order = { .n = count };
            memcpy(order.keys, keys + from, count * sizeof *keys);
            g_auto(HjRowCursor) cursor = { 0 };
            g_auto(HjRowCursor) same = { 0 };
            if (!hj_row_cursor_read(&order, text, &cursor, NULL))
                continue;
            g_autofree char *again = hj_row_cursor_write(&order, &cursor);
            g_assert(hj_row_cursor_read(&order, again, &same, NULL));
            g_assert(same.id == cursor.id);
            for (size_t i = 0; i < count; i++) {
                g_assert(same.at[i].is_null == cursor.at[i].is_null);
                g_assert(same.at[i].i64 == cursor.at[i].i64);
                g_assert(g_strcmp0(same.at[i].text, cursor.at[i].text) == 0);
            }
        }
    return 0;
}
