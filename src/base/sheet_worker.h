/* sheet_worker: a workbook read in the confined worker process, its rows handed over here.
 *
 * Units    as base/sheet.h
 * Owns     nothing
 * Threads  hj_sheet_read_apart any
 * Source   stack.md (confined worker) */
#pragma once

#include "base/sheet.h"
#include "base/worker.h"

/* also: hj_sheet_ */

/* As hj_sheet_read, but what the file can do to its reader it does to another process.  @fn may
 * take its time. */
bool hj_sheet_read_apart(const void *bytes, size_t n, HjSheetFn fn, gpointer data,
                         GError **error);

/* The worker kind "sheet". */
extern const HjWorkerKind hj_sheet_worker;
