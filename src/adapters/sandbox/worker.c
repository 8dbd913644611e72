/* The caller's side: starts a worker, feeds it, reads its frames, ends it. */
#include "base/worker.h"

#include "adapters/sandbox/confine.h"
#include "base/error.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (INT64_C(1024) * 1024)
#define SECOND INT64_C(1000000)
#define CHUNK (64 * 1024)
#define SAID_BYTES 400
#define FRAME_HEAD 8

enum { INPUT, OUTPUT, SAID };

typedef struct {
    const HjWorkerJob *job;
    HjWorkerFrame fn;
    gpointer data;
    size_t max_frame;
    int64_t max_all, until;
    pid_t pid;
    int fds[3]; /* ours; -1 when closed */
    size_t n_sent;
    GByteArray *waiting; /* output that is not a whole frame yet */
    int64_t n_all;
    GString *said;
} Run;

static bool
unreadable(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID,
                   "This file cannot be read: it is damaged, or not what its name says.");
}

static bool
too_long(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID, "This file takes too long to read.");
}

static const char *program = "/proc/self/exe";

void
hj_worker_use_program(const char *path)
{
    program = g_intern_string(path);
}

const char *
hj_worker_confinement(void)
{
    int abi = hj_landlock_abi();
    g_autofree char *text = abi > 0 ? g_strdup_printf("landlock %d, seccomp", abi)
                                    : g_strdup("seccomp; this kernel has no landlock");
    return g_intern_string(text);
}

/* --- not too many at once --- */

static GMutex places_lock;
static GCond places_changed;
static int n_places_taken;

static bool
take_place(int64_t until, GError **error)
{
    int most = MAX((int)g_get_num_processors(), 2);
    g_mutex_lock(&places_lock);
    bool in_time = true;
    while (in_time && n_places_taken >= most)
        in_time = g_cond_wait_until(&places_changed, &places_lock, until);
    if (in_time)
        n_places_taken++;
    g_mutex_unlock(&places_lock);
    return in_time ||
           hj_error_log(error, HJ_ERROR_BUSY, "worker: every place was taken for too long");
}

static void
give_place(void)
{
    g_mutex_lock(&places_lock);
    n_places_taken--;
    g_cond_signal(&places_changed);
    g_mutex_unlock(&places_lock);
}

/* --- start --- */

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int
spawn(const Run *run, const int theirs[3])
{
    const HjWorkerJob *job = run->job;
    g_autofree char *parent = g_strdup_printf("%d", (int)getpid());
    g_autofree char *memory =
        g_strdup_printf("%" G_GINT64_FORMAT, job->memory > 0 ? job->memory : 512 * MIB);
    g_autofree char *cpu = g_strdup_printf("%d", job->cpu_s > 0 ? job->cpu_s : 30);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *const head[] = { "hangji", "worker", job->kind, parent, memory, cpu };
    for (size_t i = 0; i < G_N_ELEMENTS(head); i++)
        g_ptr_array_add(words, (gpointer)head[i]);
    for (const char *const *arg = job->args; arg != NULL && *arg != NULL; arg++)
        g_ptr_array_add(words, (gpointer)*arg);
    g_ptr_array_add(words, NULL);
    /* Nothing of ours: an environment may hold a secret. */
    char locale[] = "LC_ALL=C.UTF-8", leaks[] = "ASAN_OPTIONS=detect_leaks=0";
    /* A worker has one thread of ours; those of Pango hand over by locks that no sanitizer
     * sees. */
    char races[] = "TSAN_OPTIONS=report_bugs=0";
    char *environment[] = { locale, leaks, races, NULL };

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    pid_t pid = -1;
    int failed =
        posix_spawn(&pid, program, &actions, &attributes, (char **)words->pdata, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = failed;
    return failed == 0 ? pid : -1;
}

/* A pair whose ends both stay out of other children and above the standard three. */
static bool
make_pipe(int *ret_read, int *ret_write)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        if (fds[i] > 2)
            continue;
        int moved = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        close(fds[i]);
        fds[i] = moved;
    }
    *ret_read = fds[0];
    *ret_write = fds[1];
    return fds[0] >= 0 && fds[1] >= 0;
}

/* A socket for what goes in: writing to one that nobody reads raises no signal. */
static bool
make_input(int *ret_read, int *ret_write)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return false;
    *ret_read = fds[0];
    *ret_write = fds[1];
    return true;
}

static bool
start(Run *run, GError **error)
{
    int theirs[3] = { -1, -1, -1 };
    bool piped = run->job->data != NULL;
    bool made = make_pipe(&run->fds[OUTPUT], &theirs[1]) &&
                make_pipe(&run->fds[SAID], &theirs[2]) &&
                (!piped || make_input(&theirs[0], &run->fds[INPUT]));
    if (made) {
        for (int i = 0; i < 3; i++) {
            if (run->fds[i] >= 0)
                fcntl(run->fds[i], F_SETFL, O_NONBLOCK);
        }
        int own = theirs[0];
        theirs[0] = piped ? own : run->job->file;
        run->pid = spawn(run, theirs);
        theirs[0] = own;
    }
    int cause = errno;
    for (int i = 0; i < 3; i++)
        close_fd(&theirs[i]);
    return run->pid > 0 ||
           hj_error_log(error, HJ_ERROR_INTERNAL, "start a worker: %s", g_strerror(cause));
}

/* --- talk --- */

static void
feed(Run *run)
{
    const HjWorkerJob *job = run->job;
    size_t left = job->n_data - run->n_sent;
    ssize_t n = left > 0 ? send(run->fds[INPUT], (const char *)job->data + run->n_sent,
                                MIN(left, (size_t)CHUNK), MSG_NOSIGNAL)
                         : 0;
    if (n > 0)
        run->n_sent += (size_t)n;
    bool later = n < 0 && (errno == EAGAIN || errno == EINTR);
    /* A worker that has seen enough stops listening; its frames say why. */
    if (run->n_sent == job->n_data || (n < 0 && !later))
        close_fd(&run->fds[INPUT]);
}

static uint32_t
number_at(const uint8_t *bytes)
{
    uint32_t raw;
    memcpy(&raw, bytes, sizeof raw);
    return GUINT32_FROM_LE(raw);
}

static bool
hand_over(Run *run, GError **error)
{
    GByteArray *waiting = run->waiting;
    size_t at = 0;
    while (waiting->len - at >= FRAME_HEAD) {
        size_t n = number_at(waiting->data + at + 4);
        if (n > run->max_frame)
            return unreadable(error);
        if (waiting->len - at - FRAME_HEAD < n)
            break;
        if (!run->fn(run->data, number_at(waiting->data + at), waiting->data + at + FRAME_HEAD,
                     n, error))
            return false;
        at += FRAME_HEAD + n;
    }
    if (at > 0)
        g_byte_array_remove_range(waiting, 0, (guint)at);
    return true;
}

/* One piece of output or of what it says on standard error. */
static bool
listen_to(Run *run, int which, GError **error)
{
    char chunk[CHUNK];
    ssize_t n = read(run->fds[which], chunk, sizeof chunk);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0) {
        close_fd(&run->fds[which]);
        return true;
    }
    if (which == SAID) {
        if (run->said->len < SAID_BYTES)
            g_string_append_len(run->said, chunk, n);
        return true;
    }
    run->n_all += n;
    if (run->n_all > run->max_all)
        return unreadable(error);
    g_byte_array_append(run->waiting, (const guint8 *)chunk, (guint)n);
    return hand_over(run, error);
}

static bool
talk(Run *run, GError **error)
{
    while (run->fds[OUTPUT] >= 0) {
        int64_t left = run->until - g_get_monotonic_time();
        if (left <= 0)
            return too_long(error);
        struct pollfd polled[3];
        for (int i = 0; i < 3; i++)
            polled[i] =
                (struct pollfd){ .fd = run->fds[i], .events = i == INPUT ? POLLOUT : POLLIN };
        if (poll(polled, 3, (int)(left / 1000) + 1) < 0 && errno != EINTR)
            return hj_error_log(error, HJ_ERROR_INTERNAL, "poll: %s", g_strerror(errno));
        if (run->fds[INPUT] >= 0 && polled[INPUT].revents != 0)
            feed(run);
        for (int i = OUTPUT; i <= SAID; i++) {
            if (run->fds[i] >= 0 && polled[i].revents != 0 && !listen_to(run, i, error))
                return false;
        }
    }
    return true;
}

/* --- end --- */

/* Its end of the pipe is closed: it is about to go.  One that stays all the same is ended. */
static int
wait_for(Run *run, bool in_peace)
{
    int status = 0;
    bool gone = false;
    for (int i = 0; in_peace && !gone && i < 200; i++) {
        gone = waitpid(run->pid, &status, WNOHANG) == run->pid;
        if (!gone)
            g_usleep(i < 20 ? 200 : 5000);
    }
    if (!gone) {
        kill(run->pid, SIGKILL);
        while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    return status;
}

/* The first line, without anything a log or a terminal would stumble over. */
static char *
what_it_said(const Run *run)
{
    char *line = g_strndup(run->said->str, MIN(run->said->len, SAID_BYTES));
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; *at != '\0'; at++) {
        if (!g_ascii_isprint(*at))
            *at = '?';
    }
    return line;
}

static void
report(const Run *run, int status)
{
    g_autofree char *said = what_it_said(run);
    g_autofree char *ended = WIFSIGNALED(status)
                                 ? g_strdup_printf("signal %d", WTERMSIG(status))
                                 : g_strdup_printf("exit %d", WEXITSTATUS(status));
    hj_log(HJ_LOG_WARNING, "worker", "kind", run->job->kind, "ended", ended, "said", said,
           NULL);
}

/* What its end says, after a whole conversation. */
static bool
finish(Run *run, GError **error)
{
    /* What it still had to say when its output ended. */
    while (run->fds[SAID] >= 0 && run->said->len < SAID_BYTES) {
        struct pollfd polled = { .fd = run->fds[SAID], .events = POLLIN };
        if (poll(&polled, 1, 100) <= 0 || !listen_to(run, SAID, NULL))
            break;
    }
    int status = wait_for(run, true);
    if (status == 0 && run->waiting->len == 0)
        return true;
    report(run, status);
    /* Status 2 is that of a worker that never looked at the bytes. */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "the worker did not start");
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return too_long(error);
    return unreadable(error);
}

bool
hj_worker_run(const HjWorkerJob *job, HjWorkerFrame fn, gpointer data, GError **error)
{
    int64_t wall = (job->wall_s > 0 ? job->wall_s : 60) * SECOND;
    if (!take_place(g_get_monotonic_time() + wall, error))
        return false;
    Run run = { .job = job,
                .fn = fn,
                .data = data,
                .max_frame = job->max_frame > 0 ? job->max_frame : (size_t)(16 * MIB),
                .max_all = job->max_all > 0 ? job->max_all : 256 * MIB,
                .until = g_get_monotonic_time() + wall,
                .pid = -1,
                .fds = { -1, -1, -1 },
                .waiting = g_byte_array_new(),
                .said = g_string_new(NULL) };
    bool done = start(&run, error);
    if (done && talk(&run, error)) {
        done = finish(&run, error);
    } else if (done) {
        done = false;
        report(&run, wait_for(&run, false));
    }
    for (int i = 0; i < 3; i++)
        close_fd(&run.fds[i]);
    g_byte_array_unref(run.waiting);
    g_string_free(run.said, TRUE);
    give_place();
    return done;
}
