/* The test program as its own worker: `test worker KIND …` runs before cmocka does. */
#include "tests/harness/workers.h"

#include <stdlib.h>
#include <string.h>

static void __attribute__((constructor)) be_a_worker(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "worker") == 0)
        exit(hj_worker_main(hj_test_workers(), argc - 2, argv + 2));
}
