/* hangji files: evidence that rows cite, cleaned and checked. */
#include "app/place.h"
#include "core/file_care.h"

#include <stdio.h>

static HjPlace *
open_place(HjCli *cli, const char *what, HjFiles **ret_files)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    *ret_files = place != NULL ? hj_files_open(place->files_dir, &error) : NULL;
    if (*ret_files == NULL) {
        hj_cli_fail_error(what, error);
        return NULL;
    }
    return g_steal_pointer(&place);
}

static int
run_clean(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjFiles) files = NULL;
    g_autoptr(HjPlace) place = open_place(cli, "files clean", &files);
    if (place == NULL)
        return HJ_EXIT_FAILED;
    g_autoptr(GError) error = NULL;
    HjFileCleaned done;
    if (!hj_file_clean(place->store, files, &done, &error))
        return hj_cli_fail_error("files clean", error);
    printf("forgotten uploads %d, removed contents %d, freed bytes %" G_GINT64_FORMAT "\n",
           (int)done.n_rows, (int)done.n_files, done.n_bytes);
    return 0;
}

static void
print_problem(gpointer data, const char *digest, const char *what)
{
    (void)data;
    fprintf(stderr, "hangji: files verify: %s: %s\n", digest, what);
}

static int
run_verify(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(HjFiles) files = NULL;
    g_autoptr(HjPlace) place = open_place(cli, "files verify", &files);
    if (place == NULL)
        return HJ_EXIT_FAILED;
    g_autoptr(GError) error = NULL;
    HjFileVerified done;
    if (!hj_file_verify(place->store, files, print_problem, NULL, &done, &error))
        return hj_cli_fail_error("files verify", error);
    printf("checked %d, bytes %" G_GINT64_FORMAT ", missing %d, altered %d\n",
           (int)done.n_checked, done.n_bytes, (int)done.n_missing, (int)done.n_altered);
    return done.n_missing + done.n_altered > 0 ? HJ_EXIT_FAILED : 0;
}

const HjCommand hj_cli_files_clean = { "files clean", "",
                                       "forgets uploads that no row ever cited", run_clean };
const HjCommand hj_cli_files_verify = { "files verify", "",
                                        "reads every kept file again and compares its digest",
                                        run_verify };
