/* The worker's own side: what runs after `hangji worker KIND`. */
#include "adapters/sandbox/confine.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
#define BAD_USAGE 2

/* Not by exit(): what libraries would do at the end, the leak check among it, is not allowed.
 */
static void
leave(int status)
{
    fflush(stderr);
    _exit(status);
}

/* KIND PARENT MEMORY CPU [ARGS…], as hj_worker_run writes it. */
int
hj_worker_main(const HjWorkerKind *kinds, int argc, char **argv)
{
    int64_t parent = 0, memory = 0, cpu_s = 0;
    if (argc < 4 || !hj_text_parse_i64(argv[1], &parent) ||
        !hj_text_parse_i64(argv[2], &memory) || !hj_text_parse_i64(argv[3], &cpu_s)) {
        g_printerr("hangji: worker: it is started by the program itself\n");
        return BAD_USAGE;
    }
    const HjWorkerKind *kind = kinds;
    while (kind->kind != NULL && !g_str_equal(kind->kind, argv[0]))
        kind++;
    if (kind->kind == NULL) {
        g_printerr("hangji: worker: unknown kind %s\n", argv[0]);
        return BAD_USAGE;
    }
    /* Who died in between sends no signal any more. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (int64_t)getppid() != parent)
        return EXIT_FAILURE;
    close_range(3, ~0U, 0);
    if (kind->open != NULL)
        kind->open();
    g_autoptr(GError) error = NULL;
    if (!hj_confine_self(memory, (int)cpu_s, &error)) {
        g_printerr("%s\n", error->message);
        return BAD_USAGE;
    }
    leave(kind->run(argc - 4, argv + 4));
    return 0;
}

GBytes *
hj_worker_input(size_t max)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    uint8_t chunk[CHUNK];
    for (;;) {
        ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || all->len + (size_t)n > max)
            return NULL;
        if (n == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&all));
        g_byte_array_append(all, chunk, (guint)n);
    }
}

static void
write_all(const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    while (n > 0) {
        ssize_t sent = write(STDOUT_FILENO, at, n);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            leave(EXIT_FAILURE);
        at += sent;
        n -= (size_t)sent;
    }
}

void
hj_worker_emit(uint32_t tag, const void *bytes, size_t n)
{
    g_assert(n <= UINT32_MAX);
    uint32_t head[2] = { GUINT32_TO_LE(tag), GUINT32_TO_LE((uint32_t)n) };
    write_all(head, sizeof head);
    write_all(bytes, n);
}
