/* unit: what every unit test includes; cmocka wants its own headers first.
 *
 * Units    none
 * Owns     nothing
 * Threads  one
 * Source   style.md 2.10 */
#pragma once

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <glib.h>
#include <stdbool.h>

#define assert_hj_error(error, wanted)                                                         \
    do {                                                                                       \
        assert_non_null(error);                                                                \
        assert_true((error)->domain == HJ_ERROR);                                              \
        assert_int_equal((error)->code, (wanted));                                             \
    } while (false)
