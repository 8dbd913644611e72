/* Loads a pack and prints what is wrong with it, or what it holds: pack_check DIR.
 *
 * Exit status 0 when the pack loads, 1 when it has problems, 2 when it cannot be read. */
#include "base/crypto.h"
#include "pack/tests.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 2 || !hj_crypto_init(&error)) {
        fputs("pack_check DIR\n", stderr);
        return 2;
    }
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(HjPack) pack = hj_pack_load(argv[1], problems, &error);
    g_autoptr(HjPackTests) tests =
        pack != NULL ? hj_pack_tests_load(pack, argv[1], problems) : NULL;
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++)
        puts(hj_pack_problems_line(problems, i));
    if (error != NULL) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    if (hj_pack_problems_count(problems) > 0)
        return 1;
    printf("%s %s: %zu kinds of organization, %zu roles, %zu params, %zu lists, %zu ledgers, "
           "%zu indicators, %zu schemes, %zu reports, %zu tests\n",
           pack->name, pack->version, pack->n_org_kinds, pack->n_roles, pack->n_params,
           pack->n_lists, pack->n_ledgers, pack->n_indicators, pack->n_schemes, pack->n_reports,
           tests->n_tests);
    return 0;
}
