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

/* The same in two steps: the worker begins at once and goes a few thousand rows ahead of who
 * takes them.  The bytes stay until the end; rows are read once. */
typedef struct HjSheetAhead HjSheetAhead;
HjSheetAhead *hj_sheet_ahead_new(const void *bytes, size_t n);
bool hj_sheet_ahead_read(HjSheetAhead *ahead, HjSheetFn fn, gpointer data, GError **error);
void hj_sheet_ahead_free(HjSheetAhead *ahead);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjSheetAhead, hj_sheet_ahead_free)

/* The worker kind "sheet". */
extern const HjWorkerKind hj_sheet_worker;
