#include "adapters/sandbox/confine.h"

#include "base/error.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of later kernels; the headers at hand may not know them yet. */
#define ACCESS_REFER (UINT64_C(1) << 13)
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)
#define NET_BIND_CONNECT UINT64_C(3)
#define EMPTY_PATH 0x1000

/* Sanitizers reserve terabytes of addresses and need a little more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

int
hj_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

/* A rule set that handles everything and allows nothing. */
static bool
close_files(GError **error)
{
    int abi = hj_landlock_abi();
    if (abi == 0)
        return true;
    struct {
        uint64_t fs;
        uint64_t net;
    } rules = { .fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
    if (abi >= 2)
        rules.fs |= ACCESS_REFER;
    if (abi >= 3)
        rules.fs |= ACCESS_TRUNCATE;
    if (abi >= 4)
        rules.net = NET_BIND_CONNECT;
    size_t n = abi >= 4 ? sizeof rules : sizeof rules.fs;
    long fd = syscall(SYS_landlock_create_ruleset, &rules, n, 0);
    if (fd < 0)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "landlock: %s", g_strerror(errno));
    bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    int cause = errno;
    close((int)fd);
    return done || hj_error_log(error, HJ_ERROR_INTERNAL, "landlock: %s", g_strerror(cause));
}

static bool
limit(int what, int64_t most, GError **error)
{
    /* At the soft limit of time a signal says so; the hard one only kills. */
    struct rlimit to = { .rlim_cur = (rlim_t)most,
                         .rlim_max = (rlim_t)(what == RLIMIT_CPU ? most + 2 : most) };
    return setrlimit((__rlimit_resource_t)what, &to) == 0 ||
           hj_error_log(error, HJ_ERROR_INTERNAL, "limit %d: %s", what, g_strerror(errno));
}

/* Everything not named here is refused with EPERM. */
static const int calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrusage),
};

static int
allow(scmp_filter_ctx filter)
{
    int failed = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(calls) && failed == 0; i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    /* Memory is never made executable. */
    if (failed == 0)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (failed == 0)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* How the C library asks about an open file. */
    if (failed == 0)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                  SCMP_A3(SCMP_CMP_EQ, EMPTY_PATH));
    /* abort() */
    if (failed == 0)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return failed;
}

static bool
close_calls(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "seccomp: no filter");
    int failed = allow(filter);
    /* Also for threads that libraries started while the doors were open. */
    if (failed == 0)
        failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (failed == 0)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0 ||
           hj_error_log(error, HJ_ERROR_INTERNAL, "seccomp: %s", g_strerror(-failed));
}

bool
hj_confine_self(int64_t memory, int cpu_s, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "prctl: %s", g_strerror(errno));
    return limit(RLIMIT_CORE, 0, error) && limit(RLIMIT_CPU, cpu_s, error) &&
           limit(RLIMIT_FSIZE, 0, error) && (SANITIZED || limit(RLIMIT_AS, memory, error)) &&
           close_files(error) && limit(RLIMIT_NOFILE, 3, error) &&
           limit(RLIMIT_NPROC, 0, error) && close_calls(error);
}
