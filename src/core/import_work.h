/* import_work: one job done from beginning to end, and how far it is.
 *
 * Units    rows
 * Owns     nothing
 * Threads  hj_import_work_run one a job; the count any
 * Source   core/import_job.h */
#pragma once

#include "core/import_job.h"

/* also: hj_import_ */

/* Checks a job that waits, or writes one that was started. BUSY: later. */
bool hj_import_work_run(HjStore *store, HjPack *pack, int64_t id, GError **error);
void hj_import_work_tell(int64_t job, int64_t rows); /* -1: no longer running */
/* Ends what is running with BUSY at the next row; it goes on when it is run again. */
void hj_import_work_halt(bool halt);
