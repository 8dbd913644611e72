/* What a confined worker can do, and what becomes of one that misbehaves. */
#include "base/error.h"
#include "base/log.h"
#include "base/worker.h"
#include "tests/harness/workers.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* --- kinds, inside the worker --- */

/* errno of every attempt, 0 for one that came through. */
static int
try_doors(int argc, char **argv)
{
    (void)argc, (void)argv;
    char *const words[] = { (char *)"true", NULL };
    int32_t said[7];
    said[0] = open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
    said[1] = open("/tmp/hangji-worker-was-here", O_CREAT | O_WRONLY, 0600) >= 0 ? 0 : errno;
    said[2] = socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
    said[3] = execv("/bin/true", words) >= 0 ? 0 : errno;
    said[4] = fork() >= 0 ? 0 : errno;
    said[5] = kill(getppid(), 0) >= 0 ? 0 : errno;
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    said[6] = code != MAP_FAILED ? 0 : errno;
    hj_worker_emit(1, said, sizeof said);
    return 0;
}

static int
echo(int argc, char **argv)
{
    (void)argc, (void)argv;
    static char chunk[100 * 1000];
    ssize_t n;
    while ((n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
        hj_worker_emit(2, chunk, (size_t)n);
    return 0;
}

static int
hang(int argc, char **argv)
{
    (void)argc, (void)argv;
    while (sleep(60) == 0)
        continue;
    return 0;
}

static int
burn(int argc, char **argv)
{
    (void)argc, (void)argv;
    volatile bool on = true;
    while (on)
        continue;
    return 0;
}

static int
crash(int argc, char **argv)
{
    (void)argc, (void)argv;
    fprintf(stderr, "about to fall\n");
    abort();
}

static int
swallow(int argc, char **argv)
{
    (void)argc, (void)argv;
    g_autofree char *much = g_malloc((gsize)2048 * MIB);
    memset(much, 1, (size_t)2048 * MIB);
    hj_worker_emit(3, much, 1);
    return 0;
}

static int
half_a_frame(int argc, char **argv)
{
    (void)argc, (void)argv;
    return write(STDOUT_FILENO, "\1\0\0\0\377", 5) == 5 ? 0 : 1;
}

static int
boast(int argc, char **argv)
{
    (void)argc, (void)argv;
    return write(STDOUT_FILENO, "\1\0\0\0\377\377\377\377x", 9) == 9 ? 0 : 1;
}

static int
say_args(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        hj_worker_emit((uint32_t)i, argv[i], strlen(argv[i]));
    return 0;
}

static const HjWorkerKind kinds[] = {
    { "doors", try_doors, NULL },   { "echo", echo, NULL },
    { "hang", hang, NULL },         { "burn", burn, NULL },
    { "crash", crash, NULL },       { "swallow", swallow, NULL },
    { "half", half_a_frame, NULL }, { "boast", boast, NULL },
    { "args", say_args, NULL },     { 0 },
};

const HjWorkerKind *
hj_test_workers(void)
{
    return kinds;
}

/* --- outside --- */

typedef struct {
    GByteArray *bytes;
    int n_frames;
} Heard;

static bool
hear(gpointer data, uint32_t tag, const void *bytes, size_t n, GError **error)
{
    (void)tag, (void)error;
    Heard *heard = data;
    g_byte_array_append(heard->bytes, bytes, (guint)n);
    heard->n_frames++;
    return true;
}

static bool
run(const HjWorkerJob *job, Heard *heard, GError **error)
{
    *heard = (Heard){ .bytes = g_byte_array_new() };
    return hj_worker_run(job, hear, heard, error);
}

static void
expect_invalid(const HjWorkerJob *job)
{
    Heard heard;
    g_autoptr(GError) error = NULL;
    assert_false(run(job, &heard, &error));
    assert_hj_error(error, HJ_ERROR_INVALID);
    g_byte_array_unref(heard.bytes);
}

static void
a_worker_opens_no_file_no_socket_and_no_program(void **state)
{
    (void)state;
    Heard heard;
    HjWorkerJob job = { .kind = "doors", .data = "" };
    assert_true(run(&job, &heard, NULL));
    assert_int_equal(heard.bytes->len, 7 * sizeof(int32_t));
    for (size_t i = 0; i < 7; i++) {
        int32_t said;
        memcpy(&said, heard.bytes->data + i * sizeof said, sizeof said);
        assert_int_equal(said, EPERM);
    }
    assert_int_not_equal(access("/tmp/hangji-worker-was-here", F_OK), 0);
    g_byte_array_unref(heard.bytes);
    assert_non_null(strstr(hj_worker_confinement(), "seccomp"));
}

static void
much_goes_in_and_comes_out_at_once(void **state)
{
    (void)state;
    GByteArray *much = g_byte_array_sized_new(20 * MIB);
    for (guint32 i = 0; i < 5 * MIB; i++)
        g_byte_array_append(much, (const guint8 *)&i, sizeof i);
    Heard heard;
    HjWorkerJob job = { .kind = "echo", .data = much->data, .n_data = much->len };
    assert_true(run(&job, &heard, NULL));
    assert_int_equal(heard.bytes->len, much->len);
    assert_memory_equal(heard.bytes->data, much->data, much->len);
    g_byte_array_unref(heard.bytes);
    g_byte_array_unref(much);
}

static void
an_open_file_is_read_without_its_name(void **state)
{
    (void)state;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("worker-XXXXXX", &path, NULL);
    assert_true(fd > 2);
    assert_int_equal(write(fd, "沧县", 6), 6);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    unlink(path);
    Heard heard;
    HjWorkerJob job = { .kind = "echo", .file = fd };
    assert_true(run(&job, &heard, NULL));
    assert_int_equal(heard.bytes->len, 6);
    assert_memory_equal(heard.bytes->data, "沧县", 6);
    close(fd);
    g_byte_array_unref(heard.bytes);
}

static void
a_worker_that_sleeps_or_burns_is_ended(void **state)
{
    (void)state;
    int64_t before = g_get_monotonic_time();
    expect_invalid(&(HjWorkerJob){ .kind = "hang", .data = "", .wall_s = 1 });
    expect_invalid(&(HjWorkerJob){ .kind = "burn", .data = "", .cpu_s = 1, .wall_s = 20 });
    assert_true(g_get_monotonic_time() - before < 15 * G_USEC_PER_SEC);
}

static void
a_crash_becomes_an_error(void **state)
{
    (void)state;
    expect_invalid(&(HjWorkerJob){ .kind = "crash", .data = "" });
    expect_invalid(&(HjWorkerJob){ .kind = "half", .data = "" });
    expect_invalid(&(HjWorkerJob){ .kind = "boast", .data = "" });
    expect_invalid(&(HjWorkerJob){ .kind = "crash", .data = "much", .n_data = 4 });
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect_invalid(&(HjWorkerJob){ .kind = "swallow", .data = "" });
#endif
}

static void
too_much_output_ends_it(void **state)
{
    (void)state;
    g_autofree char *much = g_malloc0(4 * MIB);
    expect_invalid(
        &(HjWorkerJob){ .kind = "echo", .data = much, .n_data = 4 * MIB, .max_all = MIB });
}

static void
an_unknown_kind_is_our_own_mistake(void **state)
{
    (void)state;
    Heard heard;
    g_autoptr(GError) error = NULL;
    assert_false(run(&(HjWorkerJob){ .kind = "nothing", .data = "" }, &heard, &error));
    assert_hj_error(error, HJ_ERROR_INTERNAL);
    g_byte_array_unref(heard.bytes);
}

static void
words_arrive_in_order(void **state)
{
    (void)state;
    const char *const args[] = { "one", "二", NULL };
    Heard heard;
    assert_true(run(&(HjWorkerJob){ .kind = "args", .data = "", .args = args }, &heard, NULL));
    assert_int_equal(heard.n_frames, 2);
    assert_memory_equal(heard.bytes->data, "one二", 6);
    g_byte_array_unref(heard.bytes);
}

static gpointer
run_one(gpointer data)
{
    (void)data;
    Heard heard;
    bool done = run(&(HjWorkerJob){ .kind = "echo", .data = "x", .n_data = 1 }, &heard, NULL);
    g_byte_array_unref(heard.bytes);
    return GINT_TO_POINTER(done);
}

static void
many_threads_take_turns(void **state)
{
    (void)state;
    GThread *threads[16];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("asks", run_one, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        assert_true(GPOINTER_TO_INT(g_thread_join(threads[i])));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_opens_no_file_no_socket_and_no_program),
        cmocka_unit_test(much_goes_in_and_comes_out_at_once),
        cmocka_unit_test(an_open_file_is_read_without_its_name),
        cmocka_unit_test(a_worker_that_sleeps_or_burns_is_ended),
        cmocka_unit_test(a_crash_becomes_an_error),
        cmocka_unit_test(too_much_output_ends_it),
        cmocka_unit_test(an_unknown_kind_is_our_own_mistake),
        cmocka_unit_test(words_arrive_in_order),
        cmocka_unit_test(many_threads_take_turns),
    };
    hj_log_set_level(HJ_LOG_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
