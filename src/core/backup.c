#include "core/backup.h"

#include "base/id.h"
#include "base/json.h"
#include "core/backup_priv.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE (64 * 1024)
#define MOST_DEPTH 16

typedef struct {
    const HjBackupSource *source;
    HjTx *tx;
    HjArchiveWriter *writer;
    GPtrArray *tables;
    GString *entries, *counts; /* members of the manifest */
    HjJsonWriter entries_w, counts_w;
    HjBackupReport *report;
} Making;

void
hj_backup_report_clear(HjBackupReport *report)
{
    g_free(report->head);
    g_free(report->print);
    g_free(report->public_key);
    g_free(report->county_code);
    g_free(report->county_name);
    g_free(report->program);
    g_free(report->database);
    g_free(report->pack);
    *report = (HjBackupReport){ 0 };
}

static bool
end_entry(Making *making, const char *name, GError **error)
{
    uint8_t sum[HJ_SM3_BYTES];
    int64_t n_bytes;
    if (!hj_archive_end(making->writer, sum, &n_bytes, error))
        return false;
    g_autofree char *hex = hj_crypto_hex(sum, sizeof sum);
    making->report->n_bytes += n_bytes;
    hj_json_begin_object(&making->entries_w);
    hj_json_key(&making->entries_w, "name");
    hj_json_text(&making->entries_w, name);
    hj_json_key(&making->entries_w, "bytes");
    hj_json_i64(&making->entries_w, n_bytes);
    hj_json_key(&making->entries_w, "sm3");
    hj_json_text(&making->entries_w, hex);
    hj_json_end_object(&making->entries_w);
    return true;
}

static bool
add_text(gpointer data, const char *name, const char *text, size_t n, GError **error)
{
    Making *making = data;
    return hj_archive_begin(making->writer, name, error) &&
           hj_archive_add(making->writer, text, n, error) && end_entry(making, name, error);
}

static bool
add_stream(Making *making, FILE *file, const char *path, const char *name, GError **error)
{
    g_autofree char *piece = g_malloc(PIECE);
    size_t n;
    if (!hj_archive_begin(making->writer, name, error))
        return false;
    while ((n = fread(piece, 1, PIECE, file)) > 0)
        if (!hj_archive_add(making->writer, piece, n, error))
            return false;
    return (!ferror(file) || hj_error_log(error, HJ_ERROR_STORE, "%s cannot be read", path)) &&
           end_entry(making, name, error);
}

/* A file that went away meanwhile was nobody's any more. */
static bool
add_file(Making *making, const char *path, const char *name, GError **error)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return true;
    bool done = add_stream(making, file, path, name, error);
    fclose(file);
    return done;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Regular files only, in the order of their names; nothing where there is no directory. */
static bool
add_tree(Making *making, const char *dir, const char *name, int depth, int64_t *n_files,
         GError **error)
{
    g_autoptr(GDir) opened = g_dir_open(dir, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *n = opened != NULL ? g_dir_read_name(opened) : NULL; n != NULL;
         n = g_dir_read_name(opened))
        if (n[0] != '.') /* not complete yet */
            g_ptr_array_add(names, g_strdup(n));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        const char *child = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(dir, child, NULL);
        g_autofree char *full = g_strdup_printf("%s/%s", name, child);
        struct stat info;
        if (lstat(path, &info) != 0)
            continue;
        bool done = true;
        if (S_ISDIR(info.st_mode))
            done =
                depth >= MOST_DEPTH || add_tree(making, path, full, depth + 1, n_files, error);
        else if (S_ISREG(info.st_mode)) {
            done = add_file(making, path, full, error);
            *n_files += 1;
        }
        if (!done)
            return false;
    }
    return true;
}

/* --- what is written --- */

static void
write_table(HjJsonWriter *w, const HjCopyTable *table)
{
    hj_json_begin_object(w);
    hj_json_key(w, "name");
    hj_json_text(w, table->name);
    hj_json_key(w, "columns");
    hj_json_begin_array(w);
    for (guint i = 0; i < table->columns->len; i++) {
        const HjCopyColumn *column = &g_array_index(table->columns, HjCopyColumn, i);
        hj_json_begin_object(w);
        hj_json_key(w, "name");
        hj_json_text(w, column->name);
        hj_json_key(w, "type");
        hj_json_text(w, hj_copy_type_name(column->type));
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    hj_json_end_object(w);
}

#define SQL_MIGRATIONS "SELECT name FROM sys_migration ORDER BY name"

/* Everything a reader must know before the first row. */
static bool
add_schema(Making *making, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(making->tx, error, SQL_MIGRATIONS);
    if (rows == NULL)
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "format");
    hj_json_i64(&w, HJ_BACKUP_FORMAT);
    hj_json_key(&w, "program");
    hj_json_text(&w, making->source->program);
    hj_json_key(&w, "county");
    hj_json_id(&w, making->report->county);
    hj_json_key(&w, "pack");
    g_autofree char *folder = g_path_get_basename(making->source->pack->dir);
    hj_json_text(&w, folder);
    hj_json_key(&w, "migrations");
    hj_json_begin_array(&w);
    while (hj_rows_next(rows))
        if (!g_str_has_prefix(hj_rows_text(rows, "name"), "driver_"))
            hj_json_text(&w, hj_rows_text(rows, "name"));
    hj_json_end_array(&w);
    hj_json_key(&w, "tables");
    hj_json_begin_array(&w);
    for (guint i = 0; i < making->tables->len; i++)
        write_table(&w, g_ptr_array_index(making->tables, i));
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    return add_text(making, HJ_BACKUP_SCHEMA, out->str, out->len, error);
}

const char *const hj_backup_configs[] = { "hangji.conf", "config.ini", NULL };

/* Where the database is, is this machine's own. */
static bool
add_config(Making *making, GError **error)
{
    static const char *const *name = hj_backup_configs;
    g_autofree char *path = g_build_filename(making->source->dir, name[0], NULL);
    bool former = !g_file_test(path, G_FILE_TEST_EXISTS);
    g_autofree char *other = g_build_filename(making->source->dir, name[1], NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(former ? other : path, &text, NULL, error))
        return false;
    g_autoptr(GRegex) db = g_regex_new("^[ \\t]*db[ \\t]*=.*\\R?", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *rest = g_regex_replace_literal(db, text, -1, 0, "", 0, error);
    return rest != NULL && add_text(making, name[former ? 1 : 0], rest, strlen(rest), error);
}

static bool
add_keys(Making *making, GError **error)
{
    g_autofree char *dir = g_build_filename(making->source->dir, "keys", NULL);
    int64_t n = 0;
    if (making->source->with_keys)
        return add_tree(making, dir, "keys", 0, &n, error);
    g_autofree char *public_key = g_build_filename(dir, "chain.pub", NULL);
    g_autofree char *key = g_build_filename(dir, "chain.key", NULL);
    return add_file(making, public_key, "keys/chain.pub", error) &&
           add_file(making, key, "keys/chain.key", error);
}

static bool
take_lines(gpointer data, const void *bytes, size_t n, GError **error)
{
    Making *making = data;
    return hj_archive_add(making->writer, bytes, n, error);
}

static bool
add_tables(Making *making, GError **error)
{
    for (guint i = 0; i < making->tables->len; i++) {
        const HjCopyTable *table = g_ptr_array_index(making->tables, i);
        int64_t n = 0;
        g_autofree char *name = g_strconcat(HJ_BACKUP_ROWS, table->name, HJ_BACKUP_LINES, NULL);
        if (!hj_archive_begin(making->writer, name, error) ||
            !hj_copy_dump(making->tx, table, take_lines, making, &n, error) ||
            !end_entry(making, name, error))
            return false;
        making->report->n_rows += n;
        hj_json_key(&making->counts_w, table->name);
        hj_json_i64(&making->counts_w, n);
    }
    making->report->n_tables = making->tables->len;
    return true;
}

#define SQL_END "SELECT seq, hash FROM sys_seal WHERE county = $1 ORDER BY seq DESC LIMIT 1"
#define SQL_COUNTY "SELECT code, name FROM sys_county WHERE county = $1"

/* The first statement: from here on the snapshot stands. */
static bool
read_snapshot(Making *making, GError **error)
{
    HjBackupReport *report = making->report;
    report->county = hj_tx_county(making->tx);
    g_autoptr(HjRows) end = hj_tx_query(making->tx, error, SQL_END, HJ_I64(report->county));
    if (end == NULL)
        return false;
    if (hj_rows_next(end)) {
        size_t n;
        const void *hash = hj_rows_blob(end, "hash", &n);
        report->sealed = hj_rows_i64(end, "seq");
        report->head = hj_crypto_hex(hash, n);
    }
    g_autoptr(HjRows) county =
        hj_tx_query(making->tx, error, SQL_COUNTY, HJ_I64(report->county));
    if (county == NULL)
        return false;
    if (hj_rows_next(county)) {
        report->county_code = g_strdup(hj_rows_text(county, "code"));
        report->county_name = g_strdup(hj_rows_text(county, "name"));
    }
    report->at = hj_time_now();
    report->program = g_strdup(making->source->program);
    report->database = g_strdup(hj_store_driver(making->source->store)->name);
    report->pack =
        g_strdup_printf("%s %s", making->source->pack->name, making->source->pack->version);
    report->with_keys = making->source->with_keys;
    making->tables = hj_copy_tables(making->tx, error);
    return making->tables != NULL;
}

static bool
add_manifest(Making *making, GError **error)
{
    const HjBackupReport *report = making->report;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    HjTimeText at = hj_time_text(report->at);
    hj_json_end_array(&making->entries_w);
    hj_json_end_object(&making->counts_w);
    hj_json_begin_object(&w);
    const struct {
        const char *key, *text;
    } texts[] = {
        { "made_at", at.text },
        { "program", report->program },
        { "database", report->database },
        { "county_code", report->county_code },
        { "pack", report->pack },
        { "pack_digest", making->source->pack->digest },
        { "county_name", report->county_name },
        { "chain_head", report->head },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        hj_json_key(&w, texts[i].key);
        hj_json_text(&w, texts[i].text);
    }
    hj_json_key(&w, "chain_sealed");
    hj_json_i64(&w, report->sealed);
    hj_json_key(&w, "with_keys");
    hj_json_flag(&w, report->with_keys);
    hj_json_key(&w, "n_files");
    hj_json_i64(&w, report->n_files);
    hj_json_key(&w, "tables");
    hj_json_raw(&w, making->counts->str);
    hj_json_key(&w, "entries");
    hj_json_raw(&w, making->entries->str);
    hj_json_end_object(&w);
    return add_text(making, HJ_BACKUP_MANIFEST, out->str, out->len, error);
}

static bool
write_all(Making *making, bool open, GError **error)
{
    const HjBackupSource *source = making->source;
    g_autofree char *packs = g_build_filename(source->dir, "pack", NULL);
    g_autofree char *files = g_build_filename(source->dir, "files", NULL);
    int64_t n_pack = 0;
    if (!add_schema(making, error) || !add_config(making, error) ||
        !add_tree(making, packs, "pack", 0, &n_pack, error) || !add_keys(making, error) ||
        !add_tables(making, error) ||
        !add_tree(making, files, "files", 0, &making->report->n_files, error))
        return false;
    if (open) {
        g_autofree char *readme = hj_backup_readme(source, making->report);
        if (!hj_backup_write_csv(source, making->tx, add_text, making, error) ||
            !add_text(making, "README.md", readme, strlen(readme), error))
            return false;
    }
    return add_manifest(making, error);
}

static bool
make(const HjBackupSource *source, HjArchiveWriter *writer, bool open, HjBackupReport *ret,
     GError **error)
{
    *ret = (HjBackupReport){ 0 };
    g_autoptr(HjTx) tx = hj_store_read(source->store, error);
    if (tx == NULL)
        return false;
    g_autoptr(GString) entries = g_string_new(NULL);
    g_autoptr(GString) counts = g_string_new(NULL);
    Making making = { .source = source,
                      .tx = tx,
                      .writer = writer,
                      .entries = entries,
                      .counts = counts,
                      .entries_w = { .out = entries },
                      .counts_w = { .out = counts },
                      .report = ret };
    uint8_t print[HJ_SM3_BYTES];
    hj_json_begin_array(&making.entries_w);
    hj_json_begin_object(&making.counts_w);
    bool done = read_snapshot(&making, error) && write_all(&making, open, error) &&
                hj_archive_finish(writer, print, error);
    g_clear_pointer(&making.tables, g_ptr_array_unref);
    if (!done)
        hj_backup_report_clear(ret);
    else if (!open) {
        ret->print = hj_crypto_hex(print, sizeof print);
        ret->public_key = g_malloc0(65);
        hj_seal_public_hex(source->keys, ret->public_key);
    }
    return done;
}

bool
hj_backup_make(const HjBackupSource *source, const char *path, HjBackupReport *ret,
               GError **error)
{
    g_autoptr(HjArchiveWriter) writer = hj_archive_create_file(path, source->keys, error);
    return writer != NULL && make(source, writer, false, ret, error);
}

bool
hj_backup_export(const HjBackupSource *source, const char *path, HjBackupReport *ret,
                 GError **error)
{
    g_autoptr(HjArchiveWriter) writer = hj_archive_create_folder(path, error);
    return writer != NULL && make(source, writer, true, ret, error);
}

char *
hj_backup_stamp(HjTime at)
{
    HjTimeText text = hj_time_text(at); /* 2018-11-23T13:19:00.000+08:00 */
    GString *stamp = g_string_new(NULL);
    for (size_t i = 0; i < strlen("2018-11-23T13:19:00"); i++)
        if (g_ascii_isdigit(text.text[i]))
            g_string_append_c(stamp, text.text[i]);
        else if (text.text[i] == 'T')
            g_string_append_c(stamp, '-');
    return g_string_free(stamp, FALSE);
}

/* --- what is known of backups --- */

typedef struct {
    const char *kind, *path, *checked, *failure;
    const HjBackupReport *report;
    int64_t seconds;
} Note;

#define SQL_NOTE                                                                               \
    "INSERT INTO sys_backup (county, id, at, kind, path, n_bytes, n_rows, n_files, sealed, "   \
    "print, seconds, checked, failure, made_by) "                                              \
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"

static bool
note(HjTx *tx, gpointer data, GError **error)
{
    const Note *n = data;
    const HjBackupReport none = { 0 };
    const HjBackupReport *report = n->report != NULL ? n->report : &none;
    int64_t id = hj_id_new();
    g_autofree char *name = g_path_get_basename(n->path);
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "kind");
    hj_json_text(&w, n->kind);
    hj_json_key(&w, "file");
    hj_json_text(&w, name);
    hj_json_key(&w, "rows");
    hj_json_i64(&w, report->n_rows);
    hj_json_key(&w, "print");
    hj_json_text(&w, report->print);
    hj_json_key(&w, "failure");
    hj_json_text(&w, n->failure);
    hj_json_end_object(&w);
    return hj_tx_exec(tx, error, SQL_NOTE, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                      HJ_TIME(hj_tx_now(tx)), HJ_TEXT(n->kind), HJ_TEXT(n->path),
                      HJ_I64(report->n_bytes), HJ_I64(report->n_rows), HJ_I64(report->n_files),
                      HJ_I64(report->sealed), HJ_TEXT(report->print), HJ_I64(n->seconds),
                      HJ_TEXT(n->checked), HJ_TEXT(n->failure), HJ_I64(hj_tx_actor(tx))) &&
           hj_event_append(
               tx,
               &(HjEvent){ .action = n->failure != NULL ? "backup.fail" : "backup.make",
                           .subject = "backup",
                           .row = id,
                           .after = after->str },
               error);
}

bool
hj_backup_note(HjStore *store, const char *kind, const char *path, const HjBackupReport *report,
               int64_t seconds, const char *checked, const char *failure, GError **error)
{
    Note n = { kind, path, checked, failure, report, seconds };
    return hj_store_write(store, note, &n, error);
}

#define SQL_LIST                                                                               \
    "SELECT at, kind, path, n_bytes, n_rows, n_files, sealed, print, seconds, checked, "       \
    "failure FROM sys_backup WHERE county = $1 ORDER BY id DESC LIMIT $2"

HjRows *
hj_backup_list(HjTx *tx, int limit, GError **error)
{
    return hj_tx_query(tx, error, SQL_LIST, HJ_I64(hj_tx_county(tx)), HJ_I64(limit));
}
