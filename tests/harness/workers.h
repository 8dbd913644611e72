/* workers: a test that starts confined workers is its own program for them.
 *
 * Units    none
 * Owns     nothing
 * Threads  one
 * Source   base/worker.h */
#pragma once

#include "base/worker.h"

/* also: hj_test_ */

/* The test's own, written by the test; ends with { 0 }. */
const HjWorkerKind *hj_test_workers(void);
