/* The division list: every accepted division stands under one that came before it. */
#include "app/divisions.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("divisions", MFD_CLOEXEC);
        g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    g_assert(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(HjDivisions) list = hj_divisions_load(path, "130921", problems);
    g_assert((list == NULL) == (problems->len > 0));
    for (size_t i = 1; list != NULL && i < list->n; i++) {
        bool found = false;
        for (size_t j = 0; j < i && !found; j++)
            found = g_strcmp0(list->seeds[j].code, list->seeds[i].parent) == 0;
        g_assert(found);
    }
    return 0;
}
