/* worker: work on untrusted bytes, done by a confined process of this very program (a port;
 * adapters/sandbox implements it).
 *
 * `hangji worker KIND` reads its standard input, a pipe or an open file, and writes frames to
 * its standard output.  Before it looks at a byte it gives up the file system, the network,
 * other processes and most of its memory.  A crash, a hang or a forbidden call ends as an error
 * of the caller, never as more.  No kind starts a
 * thread once the doors are closed.
 *
 * Units    bytes, seconds
 * Owns     nothing outlives hj_worker_run
 * Threads  hj_worker_run any, a few at once, others wait; the rest one, in the worker
 * Source   stack.md (confined worker), design.md 4 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- on the caller's side --- */

typedef struct {
    const char *kind;
    const char *const *args; /* words the kind understands, NULL-ended; NULL: none */
    int file;                /* open file that becomes standard input; see .data */
    const void *data;        /* instead of the file when not NULL: sent through a pipe */
    size_t n_data;
    int64_t memory;    /* 0: 512 MiB of addresses */
    int cpu_s, wall_s; /* 0: 30 and 60; the time inside the caller's function counts too */
    size_t max_frame;  /* 0: 16 MiB */
    int64_t max_all;   /* of all frames; 0: 256 MiB */
} HjWorkerJob;

/* One result, borrowed.  false with an error ends the worker. */
typedef bool (*HjWorkerFrame)(gpointer data, uint32_t tag, const void *bytes, size_t n,
                              GError **error);

/* Runs one job to its end and hands over its frames as they come.  INVALID when the bytes made
 * the worker crash, hang or ask for more than it may have; BUSY when none is free in time;
 * INTERNAL when it did not start.  What it said on standard error is logged, shortened. */
bool hj_worker_run(const HjWorkerJob *job, HjWorkerFrame fn, gpointer data, GError **error);

/* Another program than /proc/self/exe, for tests; before threads. */
void hj_worker_use_program(const char *path);
/* "landlock 4, seccomp" or what there is of it; NULL when nothing confines a worker here.
 * Literal or static text. */
const char *hj_worker_confinement(void);

/* --- inside the worker --- */

typedef struct {
    const char *kind;
    /* Returns the exit status: 0 when all frames are out. */
    int (*run)(int argc, char **argv);
    /* Runs before the doors close: for libraries that must read a file first; may be NULL. */
    void (*open)(void);
} HjWorkerKind;

/* The whole command: argv is KIND and what hj_worker_run added.  @kinds ends with { 0 }. */
int hj_worker_main(const HjWorkerKind *kinds, int argc, char **argv);
/* What came on standard input, to its end; NULL when there is more than @max. */
GBytes *hj_worker_input(size_t max);
/* Sends a frame; ends the process when nobody listens any more. */
void hj_worker_emit(uint32_t tag, const void *bytes, size_t n);
