#include "app/keeper.h"

#include "base/log.h"
#include "base/text.h"
#include "store/archive.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MINUTE INT64_C(60000000)
#define SETTLED (10 * MINUTE) /* after a start others come first */
#define RETRY (60 * MINUTE)
#define NICE 10
#define SUFFIX ".backup"

struct HjKeeper {
    HjPlace place; /* borrowed members */
    int at;        /* minute of the day */
    int64_t began; /* monotonic */
    GMutex lock;
    GCond stop;
    bool stopping;
    GThread *thread;
};

/* --- which files stay --- */

/* "hangji-130921-20181123-131900.backup" → "20181123-131900.backup"; NULL for other names. */
static const char *
stamp_of(const char *name)
{
    size_t n = strlen(name), tail = strlen("20181123-131900" SUFFIX);
    if (!g_str_has_prefix(name, "hangji-") || !g_str_has_suffix(name, SUFFIX) || n <= tail)
        return NULL;
    const char *stamp = name + n - tail;
    bool right = stamp[-1] == '-' && strspn(stamp, "0123456789") == 8 && stamp[8] == '-' &&
                 strspn(stamp + 9, "0123456789") == 6;
    return right ? stamp : NULL;
}

static HjDate
day_of(const char *name)
{
    g_autofree char *digits = g_strndup(stamp_of(name), 8);
    int64_t n = 0;
    hj_text_parse_i64(digits, &n);
    return hj_date_make((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100));
}

static gint
compare_newest(gconstpointer a, gconstpointer b)
{
    return strcmp(stamp_of(*(const char *const *)b), stamp_of(*(const char *const *)a));
}

/* What two files of one day, week or month have in common. */
static int
span_of(const char *name, int kind)
{
    int year, month, day;
    HjDate date = day_of(name);
    if (kind == 0)
        return date;
    if (kind == 1)
        return date - (hj_date_weekday(date) - 1);
    hj_date_split(date, &year, &month, &day);
    return year * 12 + month;
}

const char **
hj_keeper_kept(const char *const *names, int days, int weeks, int months)
{
    const int most[] = { days, weeks, months };
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autoptr(GHashTable) kept = g_hash_table_new(NULL, NULL);
    for (int i = 0; names[i] != NULL; i++)
        if (stamp_of(names[i]) != NULL)
            g_ptr_array_add(all, (gpointer)names[i]);
    g_ptr_array_sort(all, compare_newest);
    for (int kind = 0; kind < 3; kind++) {
        int n = 0, last = INT_MIN;
        for (guint i = 0; i < all->len && n < most[kind]; i++) {
            int span = span_of(all->pdata[i], kind);
            if (span == last)
                continue;
            last = span;
            n++;
            g_hash_table_add(kept, all->pdata[i]);
        }
    }
    if (all->len > 0) /* the newest always */
        g_hash_table_add(kept, all->pdata[0]);
    GPtrArray *ret = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++)
        if (g_hash_table_contains(kept, all->pdata[i]))
            g_ptr_array_add(ret, all->pdata[i]);
    g_ptr_array_add(ret, NULL);
    return (const char **)g_ptr_array_free(ret, FALSE);
}

static void
prune(const char *folder, const HjConfig *config)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir))
        if (stamp_of(name) != NULL)
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_add(names, NULL);
    g_autofree const char **kept = hj_keeper_kept(
        (const char *const *)names->pdata, (int)hj_config_number(config, "backup_days"),
        (int)hj_config_number(config, "backup_weeks"),
        (int)hj_config_number(config, "backup_months"));
    for (guint i = 0; names->pdata[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        if (!g_strv_contains(kept, names->pdata[i]))
            remove(path);
    }
}

/* --- one backup --- */

static char *
folder_of(const HjPlace *place)
{
    const char *folder = hj_config_text(place->config, "backup_dir");
    return folder != NULL ? g_strdup(folder) : g_build_filename(place->dir, "backups", NULL);
}

/* A backup that was never restored is a hope. */
static bool
try_restore(const char *folder, const char *path, const HjBackupReport *made, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s/.check-%d", folder, (int)getpid());
    g_auto(HjBackupReport) restored = { 0 };
    HjBackupTarget target = { .dir = temporary, .open = hj_place_open_store };
    hj_archive_remove(temporary);
    bool done = hj_backup_restore(path, &target, &restored, error);
    if (done && (restored.n_rows != made->n_rows || restored.sealed != made->sealed ||
                 g_strcmp0(restored.head, made->head) != 0))
        done = hj_error_log(error, HJ_ERROR_STORE, "%s restores to something else", path);
    hj_archive_remove(temporary);
    return done;
}

static bool
make(const HjPlace *place, const char *folder, const char *path, HjBackupReport *ret,
     GError **error)
{
    HjBackupSource source = hj_place_backup_source(place);
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return hj_error_log(error, HJ_ERROR_STORE, "%s cannot be made", folder);
    if (!hj_backup_make(&source, path, ret, error))
        return false;
    if (try_restore(folder, path, ret, error))
        return true;
    hj_backup_report_clear(ret);
    return false;
}

bool
hj_keeper_run(const HjPlace *place, HjBackupReport *ret, char **ret_path, GError **error)
{
    g_autofree char *folder = folder_of(place);
    g_autofree char *stamp = hj_backup_stamp(hj_time_now());
    g_autofree char *path =
        g_strdup_printf("%s/hangji-%s-%s" SUFFIX, folder, place->county_code, stamp);
    int64_t began = hj_time_monotonic();
    g_autoptr(GError) cause = NULL, unnoted = NULL;
    bool done = make(place, folder, path, ret, &cause);
    int64_t seconds = (hj_time_monotonic() - began) / 1000000;
    if (!hj_backup_note(place->store, "daily", path, done ? ret : NULL, seconds,
                        done ? "restored" : NULL, done ? NULL : cause->message, &unnoted))
        hj_log(HJ_LOG_CRITICAL, "backup", "error", unnoted->message, NULL);
    if (!done) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    prune(folder, place->config);
    *ret_path = g_steal_pointer(&path);
    return true;
}

/* --- every day --- */

/* Minutes since midnight of "02:30"; -1 for "off". */
static int
minute_of(const char *at)
{
    int64_t hour = 0, minute = 0;
    g_auto(GStrv) parts = g_strsplit(at, ":", 2);
    if (g_strv_length(parts) != 2 || !hj_text_parse_i64(parts[0], &hour) ||
        !hj_text_parse_i64(parts[1], &minute) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59)
        return -1;
    return (int)(hour * 60 + minute);
}

static HjTime
newest_good(HjStore *store)
{
    HjTime newest = 0;
    g_autoptr(HjTx) tx = hj_store_read(store, NULL);
    g_autoptr(HjRows) rows = tx != NULL ? hj_backup_list(tx, 50, NULL) : NULL;
    while (rows != NULL && hj_rows_next(rows))
        if (hj_rows_null(rows, "failure") && strcmp(hj_rows_text(rows, "kind"), "daily") == 0)
            newest = MAX(newest, hj_rows_i64(rows, "at"));
    return newest;
}

/* The last time at which a backup should have begun. */
static HjTime
last_due(HjTime now, int at)
{
    const int64_t day = 24 * 60 * MINUTE, shift = 8 * 60 * MINUTE;
    HjTime midnight = now - (now + shift) % day;
    HjTime due = midnight + at * MINUTE;
    return due <= now ? due : due - day;
}

static bool
is_due(const HjKeeper *keeper, int64_t last_try)
{
    int64_t now = hj_time_monotonic();
    if (now - keeper->began < SETTLED || (last_try > 0 && now - last_try < RETRY))
        return false;
    return newest_good(keeper->place.store) < last_due(hj_time_now(), keeper->at);
}

static gpointer
work(gpointer data)
{
    HjKeeper *keeper = data;
    int64_t last_try = 0;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    g_mutex_lock(&keeper->lock);
    while (!keeper->stopping) {
        g_cond_wait_until(&keeper->stop, &keeper->lock, hj_time_monotonic() + MINUTE);
        if (keeper->stopping)
            break;
        g_mutex_unlock(&keeper->lock);
        if (is_due(keeper, last_try)) {
            g_auto(HjBackupReport) report = { 0 };
            g_autofree char *path = NULL;
            g_autoptr(GError) error = NULL;
            last_try = hj_time_monotonic();
            if (hj_keeper_run(&keeper->place, &report, &path, &error))
                hj_log(HJ_LOG_MESSAGE, "backup", "file", path, NULL);
            else
                hj_log(HJ_LOG_CRITICAL, "backup", "error", error->message, NULL);
        }
        g_mutex_lock(&keeper->lock);
    }
    g_mutex_unlock(&keeper->lock);
    return NULL;
}

HjKeeper *
hj_keeper_start(const HjPlace *place)
{
    int at = minute_of(hj_config_text(place->config, "backup_at"));
    if (at < 0 || (place->demo && hj_config_text(place->config, "backup_dir") == NULL))
        return NULL;
    HjKeeper *keeper = g_new0(HjKeeper, 1);
    keeper->place = *place;
    keeper->at = at;
    keeper->began = hj_time_monotonic();
    g_mutex_init(&keeper->lock);
    g_cond_init(&keeper->stop);
    keeper->thread = g_thread_new("keeper", work, keeper);
    return keeper;
}

void
hj_keeper_stop(HjKeeper *keeper)
{
    if (keeper == NULL)
        return;
    g_mutex_lock(&keeper->lock);
    keeper->stopping = true;
    g_cond_signal(&keeper->stop);
    g_mutex_unlock(&keeper->lock);
    g_thread_join(keeper->thread);
    g_mutex_clear(&keeper->lock);
    g_cond_clear(&keeper->stop);
    g_free(keeper);
}
