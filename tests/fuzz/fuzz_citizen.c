/* Numbers of persons, organizations and telephones: what is accepted is of one form, stays the
 * same when read again, and its mask shows no more than it should. */
#include "base/citizen.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autofree char *text = g_strndup(n > 0 ? (const char *)data : "", n);
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    g_autofree char *tidy = hj_citizen_tidy(text);
    g_autofree char *again = hj_citizen_tidy(tidy);
    g_assert_cmpstr(tidy, ==, again);
    HjCitizen who;
    if (hj_citizen_read(tidy, &who) == HJ_CITIZEN_GOOD) {
        g_autofree char *masked = hj_citizen_mask(tidy);
        g_assert(strlen(tidy) == HJ_CITIZEN_DIGITS && strlen(masked) == HJ_CITIZEN_DIGITS);
        g_assert(strncmp(masked + 6, "********", 8) == 0);
        g_assert(strncmp(who.division, tidy, 6) == 0);
    }
    if (hj_credit_is_good(tidy))
        g_assert(strlen(tidy) == HJ_CREDIT_DIGITS);
    g_autofree char *phone = hj_phone_tidy(text);
    if (phone != NULL) {
        g_autofree char *same = hj_phone_tidy(phone);
        g_autofree char *masked = hj_phone_mask(phone);
        g_assert_cmpstr(phone, ==, same);
        g_assert_cmpstr(phone, !=, masked);
    }
    return 0;
}
