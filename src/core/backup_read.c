#include "base/json.h"
#include "core/backup_priv.h"
#include "core/schema.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define EXPECT_MIN 16
#define MOST_TEXT (64 * 1024 * 1024) /* of schema and manifest */
#define MOST_LINE (64 * 1024 * 1024)

typedef struct {
    int64_t bytes, lines;
    char *sum;
} Entry;

/* One pass over the streams; with .dir it writes, otherwise it only looks. */
typedef struct {
    const char *path;
    HjArchiveSeal seal;
    HjBackupReport *report;
    char *name;  /* of the running stream */
    char *table; /* its table, NULL for other streams */
    int64_t n_lines;
    GString *text; /* schema, manifest, public key, or a line that is not complete */
    bool keep_text;
    GHashTable *entries; /* name to Entry */
    HjJson *schema, *manifest;
    GPtrArray *tables;
    HjCopyChain *chain;
    /* writing */
    const HjBackupTarget *target;
    const char *dir;
    FILE *file;
    HjTx *tx;
    HjCopyLoad *load;
    bool ready; /* the tables are made */
} Reading;

static bool
wrong(const Reading *reading, GError **error, const char *what, const char *name)
{
    return hj_error_log(error, HJ_ERROR_INVALID, "%s: %s%s%s; nothing was written",
                        reading->path, what, name != NULL ? " " : "", name != NULL ? name : "");
}

static void
entry_free(gpointer data)
{
    Entry *entry = data;
    g_free(entry->sum);
    g_free(entry);
}

static void
free_table(gpointer data)
{
    hj_copy_table_free(data);
}

static void
reading_clear(Reading *reading)
{
    g_free(reading->name);
    g_free(reading->table);
    if (reading->text != NULL)
        g_string_free(reading->text, TRUE);
    if (reading->entries != NULL)
        g_hash_table_unref(reading->entries);
    if (reading->tables != NULL)
        g_ptr_array_unref(reading->tables);
    hj_json_free(reading->schema);
    hj_json_free(reading->manifest);
    hj_copy_chain_free(reading->chain);
    hj_copy_load_free(reading->load);
    if (reading->file != NULL)
        fclose(reading->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static const char *
text_of(const HjJson *object, const char *key)
{
    const HjJson *node = object != NULL ? hj_json_get(object, key) : NULL;
    return node != NULL ? hj_json_string(node) : NULL;
}

static int64_t
integer_of(const HjJson *object, const char *key)
{
    const HjJson *node = object != NULL ? hj_json_get(object, key) : NULL;
    return node != NULL && hj_json_kind(node) == HJ_JSON_INTEGER ? hj_json_integer(node) : -1;
}

/* --- what was described before the rows --- */

static bool
read_table(Reading *reading, const HjJson *node, GError **error)
{
    const char *name = text_of(node, "name");
    const HjJson *columns = hj_json_get(node, "columns");
    if (name == NULL || columns == NULL || hj_json_kind(columns) != HJ_JSON_ARRAY)
        return wrong(reading, error, "unreadable", HJ_BACKUP_SCHEMA);
    HjCopyTable *table = hj_copy_table_new(name);
    g_ptr_array_add(reading->tables, table);
    for (size_t i = 0; i < hj_json_count(columns); i++) {
        HjCopyType type;
        const char *column = text_of(hj_json_at(columns, i), "name");
        if (column == NULL ||
            !hj_copy_type_parse(text_of(hj_json_at(columns, i), "type"), &type))
            return wrong(reading, error, "unreadable", HJ_BACKUP_SCHEMA);
        hj_copy_table_add(table, column, type);
    }
    return true;
}

static bool
read_schema(Reading *reading, GError **error)
{
    reading->schema = hj_json_parse(reading->text->str, reading->text->len, error);
    if (reading->schema == NULL)
        return false;
    const HjJson *tables = hj_json_get(reading->schema, "tables");
    const char *county = text_of(reading->schema, "county");
    if (integer_of(reading->schema, "format") != HJ_BACKUP_FORMAT)
        return wrong(reading, error, "it was made by a newer program", NULL);
    if (tables == NULL || county == NULL || text_of(reading->schema, "pack") == NULL ||
        hj_json_get(reading->schema, "migrations") == NULL)
        return wrong(reading, error, "unreadable", HJ_BACKUP_SCHEMA);
    reading->report->county = g_ascii_strtoll(county, NULL, 10);
    reading->tables = g_ptr_array_new_with_free_func(free_table);
    for (size_t i = 0; i < hj_json_count(tables); i++)
        if (!read_table(reading, hj_json_at(tables, i), error))
            return false;
    return true;
}

static bool
read_public_key(Reading *reading, GError **error)
{
    uint8_t key[HJ_SIGN_PUBLIC_BYTES];
    g_strstrip(reading->text->str);
    if (!hj_crypto_unhex(reading->text->str, key, sizeof key))
        return wrong(reading, error, "unreadable", reading->name);
    if (!reading->seal.is_folder && memcmp(key, reading->seal.public_key, sizeof key) != 0)
        return wrong(reading, error, "it is signed with another key than its chain", NULL);
    reading->chain = hj_copy_chain_new(reading->report->county, key);
    return true;
}

/* --- streams --- */

static const char *
table_of(const char *name, char **ret)
{
    *ret = NULL;
    if (!g_str_has_prefix(name, HJ_BACKUP_ROWS) || !g_str_has_suffix(name, HJ_BACKUP_LINES))
        return NULL;
    size_t n = strlen(name) - strlen(HJ_BACKUP_ROWS) - strlen(HJ_BACKUP_LINES);
    return *ret = g_strndup(name + strlen(HJ_BACKUP_ROWS), n);
}

/* What belongs into a data directory. */
static bool
is_placed(const char *name)
{
    return g_strv_contains(hj_backup_configs, name) || g_str_has_prefix(name, "pack/") ||
           g_str_has_prefix(name, "keys/") || g_str_has_prefix(name, "files/");
}

static bool
open_place(Reading *reading, GError **error)
{
    g_autofree char *path = g_build_filename(reading->dir, reading->name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    int fd = -1;
    if (g_mkdir_with_parents(parent, 0700) == 0)
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                  g_str_has_suffix(path, ".pub") ? 0644 : 0600);
    reading->file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    return reading->file != NULL ||
           hj_error_log(error, HJ_ERROR_STORE, "%s: %s", path, g_strerror(errno));
}

static bool make_tables(Reading *reading, GError **error);

static bool
begin_rows(Reading *reading, GError **error)
{
    const HjCopyTable *table =
        reading->tables != NULL ? hj_copy_table_find(reading->tables, reading->table) : NULL;
    if (table == NULL || reading->chain == NULL)
        return wrong(reading, error, "rows of a table it does not describe:", reading->table);
    if (reading->tx == NULL)
        return true;
    if (!reading->ready && !make_tables(reading, error))
        return false;
    reading->load = hj_copy_load_new(reading->tx, table);
    return true;
}

static bool
begin(gpointer data, const char *name, GError **error)
{
    Reading *reading = data;
    g_free(reading->name);
    g_free(reading->table);
    reading->name = g_strdup(name);
    reading->n_lines = 0;
    g_string_truncate(reading->text, 0);
    reading->keep_text = strcmp(name, HJ_BACKUP_SCHEMA) == 0 ||
                         strcmp(name, HJ_BACKUP_MANIFEST) == 0 ||
                         strcmp(name, "keys/chain.pub") == 0;
    if (strcmp(name, "keys/chain.key") == 0)
        reading->report->has_chain_key = true;
    if (table_of(name, &reading->table) != NULL)
        return begin_rows(reading, error);
    return reading->dir == NULL || !is_placed(name) || open_place(reading, error);
}

static bool
take_line(Reading *reading, const char *line, size_t n, GError **error)
{
    reading->n_lines++;
    if (reading->load != NULL)
        return hj_copy_load_line(reading->load, line, n, error);
    return hj_copy_chain_line(reading->chain, reading->table, line, n, error);
}

static bool
take_rows(Reading *reading, const char *bytes, size_t n, GError **error)
{
    while (n > 0) {
        const char *end = memchr(bytes, '\n', n);
        if (end == NULL) {
            g_string_append_len(reading->text, bytes, (gssize)n);
            return reading->text->len <= MOST_LINE ||
                   wrong(reading, error, "a line is too long in", reading->name);
        }
        size_t step = (size_t)(end - bytes);
        bool done;
        if (reading->text->len > 0) {
            g_string_append_len(reading->text, bytes, (gssize)step);
            done = take_line(reading, reading->text->str, reading->text->len, error);
            g_string_truncate(reading->text, 0);
        } else {
            done = take_line(reading, bytes, step, error);
        }
        if (!done)
            return false;
        bytes += step + 1;
        n -= step + 1;
    }
    return true;
}

static bool
add(gpointer data, const void *bytes, size_t n, GError **error)
{
    Reading *reading = data;
    if (reading->file != NULL && fwrite(bytes, 1, n, reading->file) != n)
        return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", reading->name, g_strerror(errno));
    if (reading->table != NULL)
        return take_rows(reading, bytes, n, error);
    if (!reading->keep_text)
        return true;
    g_string_append_len(reading->text, bytes, (gssize)n);
    return reading->text->len <= MOST_TEXT || wrong(reading, error, "too long:", reading->name);
}

static bool
end_text(Reading *reading, GError **error)
{
    if (strcmp(reading->name, HJ_BACKUP_SCHEMA) == 0)
        return read_schema(reading, error);
    if (strcmp(reading->name, HJ_BACKUP_MANIFEST) != 0)
        return read_public_key(reading, error);
    reading->manifest = hj_json_parse(reading->text->str, reading->text->len, error);
    return reading->manifest != NULL;
}

static bool
end(gpointer data, const uint8_t sum[HJ_SM3_BYTES], int64_t n_bytes, GError **error)
{
    Reading *reading = data;
    if (reading->table != NULL && reading->text->len > 0)
        return wrong(reading, error, "the last line is cut off in", reading->name);
    if (reading->file != NULL) {
        FILE *file = g_steal_pointer(&reading->file);
        bool done = fflush(file) == 0 && fsync(fileno(file)) == 0;
        if (fclose(file) != 0 || !done)
            return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", reading->name,
                                g_strerror(errno));
    }
    if (reading->load != NULL) {
        int64_t n;
        if (!hj_copy_load_end(reading->load, &n, error))
            return false;
        g_clear_pointer(&reading->load, hj_copy_load_free);
    }
    Entry *entry = g_new0(Entry, 1);
    entry->bytes = n_bytes;
    entry->lines = reading->n_lines;
    entry->sum = hj_crypto_hex(sum, HJ_SM3_BYTES);
    g_hash_table_replace(reading->entries, g_strdup(reading->name), entry);
    reading->report->n_bytes += n_bytes;
    if (reading->table != NULL)
        reading->report->n_rows += reading->n_lines;
    if (g_str_has_prefix(reading->name, "files/"))
        reading->report->n_files++;
    return !reading->keep_text || end_text(reading, error);
}

static const HjArchiveSink sink = { begin, add, end };

static bool
read_all(Reading *reading, GError **error)
{
    reading->text = g_string_new(NULL);
    reading->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return hj_archive_read(reading->path, &sink, reading, error);
}

/* --- against the manifest --- */

static bool
check_entries(Reading *reading, GError **error)
{
    const HjJson *entries = hj_json_get(reading->manifest, "entries");
    size_t n = entries != NULL ? hj_json_count(entries) : 0;
    for (size_t i = 0; i < n; i++) {
        const HjJson *node = hj_json_at(entries, i);
        const char *name = text_of(node, "name");
        const Entry *entry = name != NULL ? g_hash_table_lookup(reading->entries, name) : NULL;
        if (entry == NULL)
            return wrong(reading, error, "missing:", name != NULL ? name : "?");
        if (entry->bytes != integer_of(node, "bytes") ||
            g_strcmp0(entry->sum, text_of(node, "sm3")) != 0)
            return wrong(reading, error, "altered:", name);
    }
    /* The manifest itself is the one that it does not name. */
    if (g_hash_table_size(reading->entries) != n + 1)
        return wrong(reading, error, "it holds more than its manifest names", NULL);
    return true;
}

static bool
check_counts(Reading *reading, GError **error)
{
    const HjJson *tables = hj_json_get(reading->manifest, "tables");
    size_t n = tables != NULL ? hj_json_count(tables) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *table = hj_json_key_at(tables, i);
        g_autofree char *name = g_strconcat(HJ_BACKUP_ROWS, table, HJ_BACKUP_LINES, NULL);
        const Entry *entry = g_hash_table_lookup(reading->entries, name);
        if (entry == NULL || entry->lines != integer_of(tables, table))
            return wrong(reading, error, "the number of rows differs:", table);
    }
    if (n != reading->tables->len)
        return wrong(reading, error, "tables are missing", NULL);
    reading->report->n_tables = (int64_t)n;
    return true;
}

static bool
check_chain(Reading *reading, GError **error)
{
    uint8_t hash[HJ_SM3_BYTES];
    if (!hj_copy_chain_end(reading->chain, &reading->report->sealed, hash, error)) {
        g_prefix_error(error, "%s: ", reading->path);
        return false;
    }
    g_autofree char *head =
        reading->report->sealed > 0 ? hj_crypto_hex(hash, sizeof hash) : NULL;
    if (reading->report->sealed != integer_of(reading->manifest, "chain_sealed") ||
        g_strcmp0(head, text_of(reading->manifest, "chain_head")) != 0)
        return wrong(reading, error, "the chain does not end where the manifest says", NULL);
    reading->report->head = g_steal_pointer(&head);
    return true;
}

static void
fill_report(Reading *reading)
{
    HjBackupReport *report = reading->report;
    const HjJson *manifest = reading->manifest;
    const char *at = text_of(manifest, "made_at");
    report->county_code = g_strdup(text_of(manifest, "county_code"));
    report->county_name = g_strdup(text_of(manifest, "county_name"));
    report->program = g_strdup(text_of(manifest, "program"));
    report->database = g_strdup(text_of(manifest, "database"));
    report->pack = g_strdup(text_of(manifest, "pack"));
    const HjJson *with_keys = hj_json_get(manifest, "with_keys");
    report->with_keys =
        with_keys != NULL && hj_json_kind(with_keys) == HJ_JSON_BOOL && hj_json_bool(with_keys);
    if (at != NULL)
        hj_time_parse(at, &report->at, NULL);
    if (reading->seal.is_folder)
        return;
    report->print = hj_crypto_hex(reading->seal.print, sizeof reading->seal.print);
    report->public_key =
        hj_crypto_hex(reading->seal.public_key, sizeof reading->seal.public_key);
}

bool
hj_backup_check(const char *path, HjBackupReport *ret, GError **error)
{
    *ret = (HjBackupReport){ 0 };
    g_auto(Reading) reading = { .path = path, .report = ret };
    bool done = hj_archive_check(path, &reading.seal, error) && read_all(&reading, error);
    if (done && (reading.manifest == NULL || reading.schema == NULL || reading.chain == NULL))
        done = wrong(&reading, error, "it is not whole", NULL);
    done = done && check_entries(&reading, error) && check_counts(&reading, error) &&
           check_chain(&reading, error);
    if (done)
        fill_report(&reading);
    else
        hj_backup_report_clear(ret);
    return done;
}

/* --- writing --- */

static bool
has_field(gpointer data, const char *ledger, const char *field)
{
    const Reading *reading = data;
    g_autofree char *name = g_strconcat("t_", ledger, NULL);
    const HjCopyTable *table = hj_copy_table_find(reading->tables, name);
    for (guint i = 0; table != NULL && i < table->columns->len; i++)
        if (strcmp(g_array_index(table->columns, HjCopyColumn, i).name, field) == 0)
            return true;
    return false;
}

static HjPack *
load_pack(const Reading *reading, GError **error)
{
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autofree char *dir =
        g_build_filename(reading->dir, "pack", text_of(reading->schema, "pack"), NULL);
    HjPack *pack = hj_pack_load(dir, problems, error);
    if (pack == NULL && hj_pack_problems_count(problems) > 0)
        hj_error_log(error, HJ_ERROR_INVALID, "the pack in the backup has problems: %s",
                     hj_pack_problems_line(problems, 0));
    return pack;
}

/* Names in the backup reach SQL only when the database has the same. */
static bool
tables_fit(const Reading *reading, GError **error)
{
    g_autoptr(GPtrArray) have = hj_copy_tables(reading->tx, error);
    if (have == NULL)
        return false;
    for (guint i = 0; i < reading->tables->len; i++) {
        const HjCopyTable *table = g_ptr_array_index(reading->tables, i);
        const HjCopyTable *same = hj_copy_table_find(have, table->name);
        for (guint k = 0; same != NULL && k < table->columns->len; k++) {
            const char *column = g_array_index(table->columns, HjCopyColumn, k).name;
            bool found = false;
            for (guint j = 0; !found && j < same->columns->len; j++)
                found = strcmp(g_array_index(same->columns, HjCopyColumn, j).name, column) == 0;
            if (!found)
                return wrong(reading, error, "this program knows no column", column);
        }
        if (same == NULL)
            return wrong(reading, error, "this program knows no table", table->name);
    }
    return true;
}

static bool
make_tables(Reading *reading, GError **error)
{
    const HjJson *list = hj_json_get(reading->schema, "migrations");
    size_t n = hj_json_count(list);
    g_autofree const char **names = g_new0(const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = hj_json_string(hj_json_at(list, i));
    g_autoptr(HjPack) pack = load_pack(reading, error);
    reading->ready = true;
    return pack != NULL && hj_migrate_in(reading->tx, names, error) &&
           hj_schema_build(reading->tx, pack, has_field, reading, error) &&
           tables_fit(reading, error) && hj_copy_begin(reading->tx, error);
}

static bool
count_rows(Reading *reading, GError **error)
{
    for (guint i = 0; i < reading->tables->len; i++) {
        const HjCopyTable *table = g_ptr_array_index(reading->tables, i);
        const HjVal none[] = { HJ_END };
        g_autofree char *sql = g_strdup_printf("SELECT COUNT(*) AS n FROM \"%s\"", table->name);
        g_autofree char *name = g_strconcat(HJ_BACKUP_ROWS, table->name, HJ_BACKUP_LINES, NULL);
        const Entry *entry = g_hash_table_lookup(reading->entries, name);
        g_autoptr(HjRows) rows = hj_tx_query_vals(reading->tx, error, sql, none);
        if (rows == NULL || !hj_rows_next(rows))
            return false;
        if (entry == NULL || hj_rows_i64(rows, "n") != entry->lines)
            return wrong(reading, error, "not every row arrived in", table->name);
    }
    return true;
}

typedef struct {
    const char *path, *dir;
    const HjBackupTarget *target;
    HjBackupReport counted;
} Restore;

/* All in one transaction; run again from the start where the database asks for it. */
static bool
load(HjTx *tx, gpointer data, GError **error)
{
    Restore *restore = data;
    hj_backup_report_clear(&restore->counted);
    g_auto(Reading) reading = { .path = restore->path,
                                .report = &restore->counted,
                                .target = restore->target,
                                .dir = restore->dir,
                                .tx = tx,
                                .seal = { .is_folder = true } };
    hj_tx_exempt(tx);
    return read_all(&reading, error) && hj_copy_end(tx, error) && count_rows(&reading, error) &&
           hj_migrate_in(tx, NULL, error);
}

static bool
check_room(const char *parent, int64_t n_bytes, GError **error)
{
    struct statvfs info;
    if (statvfs(parent, &info) != 0)
        return hj_error_log(error, HJ_ERROR_STORE, "%s: %s", parent, g_strerror(errno));
    int64_t room = (int64_t)(info.f_bavail * info.f_frsize);
    return room / 2 > n_bytes ||
           hj_error_log(error, HJ_ERROR_STORE,
                        "%s has %" G_GINT64_FORMAT " MiB free and %" G_GINT64_FORMAT
                        " MiB are needed",
                        parent, room >> 20, (n_bytes * 2 >> 20) + 1);
}

/* Without the password, as init does. */
static char *
bare_url(const char *db)
{
    const char *scheme = strstr(db, "://");
    const char *at = scheme != NULL ? strchr(scheme + 3, '@') : NULL;
    const char *colon = at != NULL ? memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) : NULL;
    return colon != NULL ? g_strdup_printf("%.*s%s", (int)(colon - db), db, at) : g_strdup(db);
}

static bool
set_database(const Restore *restore, GError **error)
{
    if (restore->target->db == NULL)
        return true;
    g_autofree char *url = bare_url(restore->target->db);
    for (int i = 0; hj_backup_configs[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(restore->dir, hj_backup_configs[i], NULL);
        g_autofree char *text = NULL;
        if (!g_file_get_contents(path, &text, NULL, NULL))
            continue;
        g_autofree char *full = g_strconcat(text, "\ndb = ", url, "\n", NULL);
        return g_file_set_contents_full(path, full, -1, G_FILE_SET_CONTENTS_DURABLE, 0600,
                                        error);
    }
    return hj_error_log(error, HJ_ERROR_INVALID, "the backup holds no configuration");
}

/* Keys kept apart fill in what the backup does not hold. */
static bool
add_keys(const Restore *restore, GError **error)
{
    const char *from = restore->target->keys_dir;
    if (from == NULL)
        return true;
    g_autoptr(GDir) dir = g_dir_open(from, 0, error);
    if (dir == NULL)
        return false;
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *goal = g_build_filename(restore->dir, "keys", name, NULL);
        g_autofree char *bytes = NULL;
        gsize n = 0;
        if (!g_file_test(source, G_FILE_TEST_IS_REGULAR) ||
            g_file_test(goal, G_FILE_TEST_EXISTS))
            continue;
        bool done = g_file_get_contents(source, &bytes, &n, error) &&
                    g_file_set_contents_full(goal, bytes, (gssize)n,
                                             G_FILE_SET_CONTENTS_DURABLE, 0600, error);
        if (bytes != NULL)
            hj_crypto_wipe(bytes, n);
        if (!done)
            return false;
    }
    return true;
}

static bool
is_empty(HjStore *store, GError **error)
{
    g_autoptr(HjTx) tx = hj_store_read(store, error);
    g_autoptr(GPtrArray) tables = tx != NULL ? hj_copy_tables(tx, error) : NULL;
    if (tables == NULL)
        return false;
    return tables->len == 0 ||
           hj_error_log(error, HJ_ERROR_CONFLICT,
                        "the database is not empty; a backup is restored into a new one");
}

static bool
verify(HjStore *store, const Restore *restore, const HjBackupReport *told, GError **error)
{
    g_autofree char *keys_dir = g_build_filename(restore->dir, "keys", NULL);
    g_autofree char *head = g_build_filename(restore->dir, "chain.head", NULL);
    g_autoptr(HjSealKeys) keys = hj_seal_keys_load(keys_dir, false, error);
    HjSealReport report = { 0 };
    hj_store_set_county(store, told->county);
    if (keys == NULL || !hj_seal_write_head(store, head, error) ||
        !hj_seal_verify(store, keys, head, &report, error))
        return false;
    bool done = report.sound && report.n_sealed == told->sealed &&
                g_strcmp0(report.head, told->head) == 0;
    if (!done)
        hj_error_log(error, HJ_ERROR_INVALID, "the chain is not sound after restoring: %s",
                     report.why != NULL ? report.why : "it ends elsewhere");
    hj_seal_report_clear(&report);
    return done;
}

static bool
fill(Restore *restore, const HjBackupReport *told, GError **error)
{
    g_autofree char *db = restore->target->db != NULL
                              ? g_strdup(restore->target->db)
                              : g_strdup_printf("sqlite:%s/hangji.db", restore->dir);
    g_autoptr(HjStore) store = restore->target->open(db, error);
    bool done = store != NULL && is_empty(store, error) &&
                hj_store_write(store, load, restore, error) && add_keys(restore, error) &&
                set_database(restore, error) && verify(store, restore, told, error);
    hj_backup_report_clear(&restore->counted);
    return done;
}

char *
hj_backup_key_print(const HjBackupReport *report)
{
    uint8_t sum[HJ_SM3_BYTES];
    if (report->public_key == NULL)
        return NULL;
    hj_crypto_sm3(report->public_key, strlen(report->public_key), sum);
    return hj_crypto_hex(sum, sizeof sum);
}

bool
hj_backup_is_expected(const HjBackupReport *report, const char *expect, GError **error)
{
    g_autofree char *key = hj_backup_key_print(report);
    g_autofree char *wanted = g_ascii_strdown(expect, -1);
    size_t n = strlen(wanted);
    if (n < EXPECT_MIN || n > 2 * HJ_SM3_BYTES || strspn(wanted, "0123456789abcdef") != n)
        return hj_error_log(error, HJ_ERROR_INVALID,
                            "what is expected must be %d to %d digits 0-9 a-f", EXPECT_MIN,
                            2 * HJ_SM3_BYTES);
    if (key == NULL)
        return hj_error_log(error, HJ_ERROR_INVALID,
                            "a folder bears no signature: nothing can be expected of it");
    if (g_str_has_prefix(report->print, wanted) || g_str_has_prefix(key, wanted))
        return true;
    return hj_error_log(error, HJ_ERROR_INVALID,
                        "it is another backup: identified by %s, signed by %s", report->print,
                        key);
}

bool
hj_backup_restore(const char *path, const HjBackupTarget *target, HjBackupReport *ret,
                  GError **error)
{
    g_autofree char *final = g_canonicalize_filename(target->dir, NULL);
    g_autofree char *parent = g_path_get_dirname(final);
    g_autofree char *making = g_strdup_printf("%s.new-%d", final, (int)getpid());
    if (!hj_archive_is_free(final))
        return hj_error_log(error, HJ_ERROR_CONFLICT, "%s is not empty", target->dir);
    if (!hj_backup_check(path, ret, error) ||
        (target->expect != NULL && !hj_backup_is_expected(ret, target->expect, error)))
        return false;
    Restore restore = { .path = path, .dir = making, .target = target };
    bool done = g_mkdir_with_parents(parent, 0755) == 0 && mkdir(making, 0700) == 0;
    if (!done)
        hj_error_log(error, HJ_ERROR_STORE, "%s: %s", making, g_strerror(errno));
    done = done && check_room(parent, ret->n_bytes, error) && fill(&restore, ret, error);
    if (done && rename(making, final) != 0)
        done = hj_error_log(error, HJ_ERROR_STORE, "%s: %s", final, g_strerror(errno));
    if (!done) {
        hj_archive_remove(making);
        hj_backup_report_clear(ret);
    }
    return done;
}
