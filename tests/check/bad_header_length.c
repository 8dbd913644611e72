/* duty: a header longer than a page.
 *
 * src/core/duty.h:121: header-length: 131 lines; a header is at most 120
 *
 * Units    none
 * Owns     nothing
 * Threads  any
 * Source   none */
#pragma once

void hj_duty_a(void); /* repeat 121 */
