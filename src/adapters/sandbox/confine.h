/* confine: gives up everything a worker does not need; there is no way back.
 *
 * Units    bytes, seconds
 * Owns     nothing
 * Threads  one, before any other exists
 * Source   stack.md (confined worker) */
#pragma once

#include "base/worker.h"

/* also: hj_landlock_ */

/* ABI of the kernel's landlock, 0 without. */
int hj_landlock_abi(void);
/* No privileges, no files, limits, only the calls that reading, thinking and writing need. */
bool hj_confine_self(int64_t memory, int cpu_s, GError **error);
