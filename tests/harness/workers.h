/* workers: a test that starts confined workers is its own program for them.
 *
 * Units    none
 * Owns     nothing
 * Threads  one
 * Source   base/worker.h */
#pragma once

#include "base/worker.h"

/* also: hj_test_ */

extern const HjWorkerKind hj_test_workers[]; /* the test's own, ends with { 0 } */
