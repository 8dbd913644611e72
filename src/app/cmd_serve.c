/* hangji serve: answers until it is told to stop. */
#include "app/features.h"
#include "app/keeper.h"
#include "app/notify.h"
#include "app/place.h"
#include "base/http_post.h"
#include "base/log.h"
#include "base/worker.h"
#include "core/courier.h"
#include "core/file_care.h"
#include "core/import_job.h"
#include "core/schema.h"
#include "core/search.h"
#include "core/supervise.h"
#include "web/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define AN_HOUR (INT64_C(3600) * 1000000)
/* Where a demonstration's clock begins: its last results are out and may be appealed. */
#define DEMO_DAYS_AFTER 16
#define DEMO_MORNING "T09:00:00+08:00"

/* Every connection is a descriptor; the usual soft limit is below what the server allows. */
static void
raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = MIN(limit.rlim_max, 65536);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool
is_loopback(const char *listen_at)
{
    return g_str_has_prefix(listen_at, "127.") || g_str_has_prefix(listen_at, "[::1]:") ||
           g_str_has_prefix(listen_at, "localhost:");
}

/* Blocked before any thread starts, so that only sigwait sees them. */
static sigset_t
block_signals(void)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    pthread_sigmask(SIG_BLOCK, &wanted, NULL);
    signal(SIGPIPE, SIG_IGN);
    return wanted;
}

static void
say_where(const char *listen_at, int port)
{
    const char *colon = strrchr(listen_at, ':');
    int n = colon != NULL ? (int)(colon - listen_at) : 0;
    printf("Hangji answers on http://%.*s:%d\n", n, listen_at, port);
    fflush(stdout);
}

/* The service manager starts the program anew when the database no longer answers. */
static bool
answers(HjStore *store)
{
    HjTx *tx = hj_store_read(store, NULL);
    hj_tx_end(tx);
    return tx != NULL;
}

/* Uploads that no row cited, once an hour. */
static void
clean_files(HjPlace *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjFiles) files = hj_files_open(place->files_dir, &error);
    HjFileCleaned done;
    if (files == NULL || !hj_file_clean(place->store, files, &done, &error))
        hj_log(HJ_LOG_WARNING, "files_clean", "error", error->message, NULL);
}

typedef struct {
    const HjActor *system;
    HjSuperviseReport report;
} Tick;

static bool
tick(HjTx *tx, gpointer data, GError **error)
{
    Tick *job = data;
    return hj_supervise_tick(tx, job->system, &job->report, error);
}

/* What has become overdue, once an hour; a demonstration without its own clock stands still. */
static void
supervise(HjPlace *place)
{
    g_autoptr(GError) error = NULL;
    Tick job = { .system = place->system };
    if ((!place->demo || place->demo_clock) &&
        !hj_store_write(place->store, tick, &job, &error))
        hj_log(HJ_LOG_WARNING, "supervise", "error", error->message, NULL);
}

/* Until told to stop; the planner's statistics are renewed meanwhile. */
static int
wait_for_signal(HjPlace *place, const sigset_t *signals)
{
    int64_t beat = hj_notify_watchdog_us();
    int64_t pause = beat > 0 ? MIN(beat / 2, AN_HOUR) : AN_HOUR;
    const struct timespec timeout = { .tv_sec = pause / 1000000,
                                      .tv_nsec = pause % 1000000 * 1000 };
    int64_t due = 0;
    int got = -1;
    while (got < 0) {
        g_autoptr(GError) error = NULL;
        if (hj_time_monotonic() >= due) {
            if (!hj_schema_gather_statistics(place->store, place->pack, &error))
                hj_log(HJ_LOG_WARNING, "statistics", "error", error->message, NULL);
            clean_files(place);
            supervise(place);
            due = hj_time_monotonic() + AN_HOUR;
        }
        if (beat > 0 && answers(place->store))
            hj_notify("WATCHDOG=1");
        got = sigtimedwait(signals, NULL, &timeout);
    }
    return got;
}

static int
serve(HjPlace *place, HjApp *app, const char *listen_at, const sigset_t *signals)
{
    g_autoptr(GError) error = NULL;
    const HjConfig *settings = place->config;
    HjServerConfig config = {
        .listen = listen_at,
        .n_workers = (int)hj_config_number(settings, "workers"),
        .timeout_s = (int)hj_config_number(settings, "idle_seconds"),
        .head_s = (int)hj_config_number(settings, "head_seconds"),
        .body_s = (int)hj_config_number(settings, "body_seconds"),
        .send_s = (int)hj_config_number(settings, "send_seconds"),
        .connections = (int)hj_config_number(settings, "connections"),
        .connections_per_address = (int)hj_config_number(settings, "connections_per_address"),
    };
    HjServer *server = hj_server_start(app, &config, &error);
    if (server == NULL)
        return hj_cli_fail_error("serve", error);
    hj_log_gather();
    HjSealer *sealer = hj_seal_start(place->store, place->keys, place->head_path);
    HjSearcher *searcher = hj_search_start(place->store);
    HjImportRunner *importer = hj_import_runner_start(place->store, place->pack);
    HjCourier *courier = hj_courier_start(place->store, hj_app_webhook_rules(app));
    HjKeeper *keeper = hj_keeper_start(place);
    say_where(listen_at, hj_server_port(server));
    hj_notify("READY=1");
    hj_log(HJ_LOG_MESSAGE, "start", "pack", place->pack->name, "version", place->pack->version,
           "county", place->county_code, "workers", hj_worker_confinement(), NULL);
    int got = wait_for_signal(place, signals);
    hj_notify("STOPPING=1");
    hj_log(HJ_LOG_MESSAGE, "stop", "signal", got == SIGTERM ? "TERM" : "INT", NULL);
    hj_server_stop(server);
    hj_import_runner_stop(importer);
    hj_courier_stop(courier);
    hj_keeper_stop(keeper);
    hj_search_stop(searcher);
    hj_seal_stop(sealer);
    hj_log_stop();
    return 0;
}

static HjLimits *
limits_of(const HjConfig *settings, GError **error)
{
    HjLimitConfig config = {
        .address_rate = hj_config_number(settings, "address_rate"),
        .address_burst = hj_config_number(settings, "address_burst"),
        .account_rate = hj_config_number(settings, "account_rate"),
        .account_burst = hj_config_number(settings, "account_burst"),
        .sign_in_rate = hj_config_number(settings, "sign_in_rate"),
        .sign_in_burst = hj_config_number(settings, "sign_in_burst"),
        .loopback = hj_config_flag(settings, "limit_loopback"),
        .trusted_proxies = hj_config_text(settings, "trusted_proxies"),
    };
    return hj_limits_new(&config, error);
}

/* "https://host" or "https://host:port" and nothing behind it, or nothing at all. */
static bool
site_fits(const char *site)
{
    g_autoptr(GUri) uri = site != NULL ? g_uri_parse(site, G_URI_FLAGS_NONE, NULL) : NULL;
    if (uri == NULL)
        return site == NULL;
    const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
    return (g_str_equal(scheme, "https") || g_str_equal(scheme, "http")) && host != NULL &&
           *host != '\0' && *g_uri_get_path(uri) == '\0' && g_uri_get_userinfo(uri) == NULL &&
           g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL;
}

/* The option, the environment, the file, in this order. */
static bool
choose_log(const char *form, const HjConfig *settings)
{
    if (form == NULL)
        form = hj_config_text(settings, "log");
    hj_log_set_logfmt(g_str_equal(form, "logfmt"));
    if (g_getenv("HANGJI_LOG") == NULL)
        hj_log_set_level(hj_log_level_named(hj_config_text(settings, "log_level")));
    return g_str_equal(form, "logfmt") || g_str_equal(form, "json");
}

/* It is a morning soon after the last day for which the rules are made; otherwise everything
 * that was open when the records of a demonstration end would be years overdue. */
static bool
start_demo_clock(HjPlace *place)
{
    HjDate last = place->pack->valid_to;
    if (!place->demo || last == HJ_DATE_NONE)
        return false;
    g_autofree char *morning =
        g_strconcat(hj_date_text(last + DEMO_DAYS_AFTER).text, DEMO_MORNING, NULL);
    HjTime from;
    if (!hj_time_parse(morning, &from, NULL))
        return false;
    hj_store_start_clock(place->store, from);
    place->demo_clock = true;
    return true;
}

static int
run(HjCli *cli)
{
    const char *listen_at = NULL, *log_form = NULL;
    bool expose = false, demo_clock = false;
    const HjCliOption options[] = { { "--listen", &listen_at, NULL },
                                    { "--expose-demo", NULL, &expose },
                                    { "--demo-clock", NULL, &demo_clock },
                                    { "--log", &log_form, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 0, 0))
        return HJ_EXIT_USAGE;
    sigset_t signals = block_signals();
    raise_descriptor_limit();
    if (!hj_http_init())
        return hj_cli_fail("serve", "the HTTP client cannot be set up");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_SERVE, &error);
    if (place == NULL)
        return hj_cli_fail_error("serve", error);
    if (!choose_log(log_form, place->config))
        return hj_cli_usage(cli, "--log must be json or logfmt");
    const char *site = hj_config_text(place->config, "site");
    if (!site_fits(site))
        return hj_cli_fail("serve", "site: write https://host or https://host:port");
    if (listen_at == NULL)
        listen_at = hj_config_text(place->config, "listen");
    g_autoptr(HjLimits) limits = limits_of(place->config, &error);
    if (limits == NULL)
        return hj_cli_fail_error("serve", error);
    if (place->demo && !expose && !is_loopback(listen_at))
        return hj_cli_fail("serve",
                           "this is a demonstration with known accounts; it listens on this "
                           "machine only (--expose-demo if you mean it)");
    if (demo_clock && !start_demo_clock(place))
        return hj_cli_fail("serve", "--demo-clock is for a demonstration whose rules end");
    g_autoptr(HjFiles) files = hj_files_open(place->files_dir, &error);
    if (files == NULL)
        return hj_cli_fail_error("serve", error);
    HjAppConfig config = {
        .store = g_steal_pointer(&place->store),
        .pack = hj_pack_ref(place->pack),
        .files = g_steal_pointer(&files),
        .upload_dir = place->files_dir,
        .features = hj_features,
        .demo = place->demo,
        .county_name = place->county_name,
        .metrics_token = hj_config_text(place->config, "metrics_token"),
        .webhook_allow = hj_config_text(place->config, "webhook_allow"),
        .webhook_private = hj_config_text(place->config, "webhook_private"),
        .site = site,
        .secure_cookie = hj_config_flag(place->config, "secure_cookie"),
        .limits = g_steal_pointer(&limits),
        .page_cache = g_strcmp0(g_getenv("HANGJI_PAGE_CACHE"), "off") != 0,
    };
    g_autoptr(HjApp) app = hj_app_new(&config);
    HjPlace served = *place;
    served.store = config.store;
    return serve(&served, app, listen_at, &signals);
}

const HjCommand hj_cli_serve = {
    "serve",
    "[--listen ADDRESS:PORT] [--db URL] [--log json|logfmt] [--expose-demo] [--demo-clock]",
    "answers over HTTP until SIGTERM", run
};
