/* hangji version, hangji routes: what this program is. */
#include "app/cli.h"
#include "app/features.h"

#include <stdio.h>

static int
run_version(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    printf("hangji %s (%s)\n", HJ_VERSION, HJ_BUILD);
    printf("%s\n", HJ_LIBRARIES);
    return 0;
}

/* The tables alone tell it: no data directory is needed. */
static int
run_routes(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    for (size_t i = 0; hj_features[i] != NULL; i++) {
        for (const HjRoute *route = hj_features[i]->routes; route->pattern != NULL; route++)
            printf("%-6s %-52s %-18s %s\n", hj_router_method_name(route->method),
                   route->pattern, route->may != NULL ? route->may : "MISSING",
                   hj_features[i]->name);
    }
    return 0;
}

const HjCommand hj_cli_version = { "version", "", "tells version, build and libraries",
                                   run_version };
const HjCommand hj_cli_routes = { "routes", "", "lists every address and who may use it",
                                  run_routes };
