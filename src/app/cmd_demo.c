/* hangji demo: the synthetic model county. */
#include "app/place.h"
#include "base/text.h"
#include "features/demo/demo.h"

#include <stdio.h>
#include <unistd.h>

static void
show_progress(gpointer data G_GNUC_UNUSED, const char *what, size_t done, size_t of)
{
    fprintf(stderr, "\r\033[K%s %zu/%zu", what, done, of);
    fflush(stderr);
}

static int
run(HjCli *cli)
{
    const char *seed_text = "1";
    const HjCliOption options[] = { { "--seed", &seed_text, NULL }, { 0 } };
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    int64_t seed = 0;
    if (!hj_text_parse_i64(seed_text, &seed) || seed < 0)
        return hj_cli_usage(cli, "--seed must be a number");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_SERVE, &error);
    if (place == NULL)
        return hj_cli_fail_error("demo", error);
    bool terminal = isatty(STDERR_FILENO) != 0;
    g_autoptr(GString) accounts = g_string_new(NULL);
    HjDemoConfig config = { .seed = (uint64_t)seed,
                            .progress = terminal ? show_progress : NULL,
                            .accounts = accounts };
    bool done = hj_demo_run(place->store, place->pack, &config, &error);
    if (terminal)
        fprintf(stderr, "\r\033[K");
    if (!done)
        return hj_cli_fail_error("demo", error);
    place->wrote = true;
    printf("%s", accounts->str);
    return 0;
}

const HjCommand hj_cli_demo = { "demo", "[--seed N]",
                                "fills the directory with the model county", run };
