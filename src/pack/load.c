#include "base/crypto.h"
#include "pack/read.h"

#include <string.h>

#define FILES_MAX 1000
#define EXTENDS_MAX 8

/* The single files of a pack. */
static const struct {
    const char *name;
    HjReaderKind kind;
    void (*read)(HjReader *r, const HjYaml *root);
} single_files[] = {
    { "orgs.yaml", HJ_KIND_ORG_KIND, hj_read_orgs },
    { "roles.yaml", HJ_KIND_ROLE, hj_read_roles },
    { "params.yaml", HJ_KIND_PARAM, hj_read_params },
    { "lists.yaml", HJ_KIND_LIST, hj_read_lists },
    { "calendar.yaml", HJ_KINDS, hj_read_calendar },
    { "readings.yaml", HJ_KIND_READING, hj_read_readings },
    { "cadences.yaml", HJ_KIND_CADENCE, hj_read_cadences },
};

/* Its folders with one thing a file; tests are read by hj_pack_tests_load. */
static const struct {
    const char *name;
    HjReaderKind kind;
    void (*read)(HjReader *r, const HjYaml *root, const char *stem);
} folders[] = {
    { "ledgers", HJ_KIND_LEDGER, hj_read_ledger },
    { "indicators", HJ_KIND_INDICATOR, hj_read_indicator },
    { "schemes", HJ_KIND_SCHEME, hj_read_scheme },
    { "reports", HJ_KIND_REPORT, hj_read_report },
    { "tests", HJ_KINDS, NULL },
};

typedef struct {
    HjReader *r;
    GString *digests; /* "SM3  FILE" a line, in reading order */
    int n_files;
} Load;

/* --- what others work out of a pack --- */

struct HjPackKept {
    GMutex lock;
    GHashTable *by_key; /* address inside the pack to Kept */
};

typedef struct {
    gpointer object;
    GDestroyNotify destroy;
} Kept;

static void
kept_free(gpointer data)
{
    Kept *kept = data;
    kept->destroy(kept->object);
    g_free(kept);
}

gpointer
hj_pack_kept(const HjPack *pack, gconstpointer key)
{
    struct HjPackKept *all = ((HjPackPriv *)pack->priv)->kept;
    g_mutex_lock(&all->lock);
    Kept *kept = g_hash_table_lookup(all->by_key, key);
    g_mutex_unlock(&all->lock);
    return kept != NULL ? kept->object : NULL;
}

gpointer
hj_pack_keep(const HjPack *pack, gconstpointer key, gpointer object, GDestroyNotify destroy)
{
    struct HjPackKept *all = ((HjPackPriv *)pack->priv)->kept;
    g_mutex_lock(&all->lock);
    Kept *kept = g_hash_table_lookup(all->by_key, key);
    if (kept == NULL) {
        kept = g_new(Kept, 1);
        *kept = (Kept){ object, destroy };
        g_hash_table_insert(all->by_key, (gpointer)key, kept);
    } else {
        destroy(object);
    }
    object = kept->object;
    g_mutex_unlock(&all->lock);
    return object;
}

/* --- a pack --- */

static void
priv_free(HjPackPriv *priv)
{
    g_hash_table_unref(priv->kept->by_key);
    g_mutex_clear(&priv->kept->lock);
    g_free(priv->kept);
    g_string_chunk_free(priv->strings);
    g_ptr_array_unref(priv->blocks);
    g_ptr_array_unref(priv->tables);
    for (int kind = 0; kind < HJ_KINDS; kind++)
        if (priv->index[kind] != NULL)
            g_hash_table_unref(priv->index[kind]);
    g_free(priv);
}

HjPack *
hj_reader_pack(const char *dir)
{
    HjPack *pack = g_atomic_rc_box_new0(HjPack);
    HjPackPriv *priv = g_new0(HjPackPriv, 1);
    priv->strings = g_string_chunk_new(4096);
    priv->blocks = g_ptr_array_new_with_free_func(g_free);
    priv->tables = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    priv->kept = g_new0(struct HjPackKept, 1);
    priv->kept->by_key = g_hash_table_new_full(NULL, NULL, NULL, kept_free);
    g_mutex_init(&priv->kept->lock);
    pack->priv = priv;
    pack->dir = g_string_chunk_insert_const(priv->strings, dir);
    pack->valid_from = pack->valid_to = HJ_DATE_NONE;
    return pack;
}

static void
pack_clear(gpointer data)
{
    HjPack *pack = data;
    priv_free(pack->priv);
}

HjPack *
hj_pack_ref(HjPack *pack)
{
    return g_atomic_rc_box_acquire(pack);
}

void
hj_pack_unref(HjPack *pack)
{
    if (pack != NULL)
        g_atomic_rc_box_release_full(pack, pack_clear);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of a folder in byte order, without hidden files; NULL when it cannot be read. */
static GPtrArray *
list_folder(const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    if (dir == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL)
        if (name[0] != '.' && !g_str_has_suffix(name, "~"))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

/* One pack folder: where it lies, and how problems name it. */
typedef struct {
    const char *path;
    const char *shown;
} Folder;

/* The text of a file, which joins the digest; NULL after reporting.  Sets the file problems
 * speak of. */
static char *
read_text(Load *load, const Folder *folder, const char *file, size_t *ret_n)
{
    HjReader *r = load->r;
    g_autofree char *path = g_build_filename(folder->path, file, NULL);
    g_autofree char *shown = g_strdup_printf("%s/%s", folder->shown, file);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    uint8_t digest[HJ_SM3_BYTES];
    r->file = hj_reader_keep(r, shown);
    if (++load->n_files > FILES_MAX) {
        if (load->n_files == FILES_MAX + 1)
            hj_reader_say(r, NULL, "the pack has more than %d files", FILES_MAX);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, ret_n, &error)) {
        bool absent = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        hj_reader_say(r, NULL, "the file %s", absent ? "is missing" : "cannot be read");
        return NULL;
    }
    hj_crypto_sm3(text, *ret_n, digest);
    g_autofree char *hex = hj_crypto_hex(digest, sizeof digest);
    g_string_append_printf(load->digests, "%s  %d/%s\n", hex, r->layer, file);
    return text;
}

static HjYaml *
read_yaml(Load *load, const Folder *folder, const char *file, HjReaderKind kind)
{
    size_t n = 0;
    g_autofree char *text = read_text(load, folder, file, &n);
    HjYaml *root =
        text != NULL ? hj_yaml_parse(load->r->file, text, n, load->r->problems) : NULL;
    if (root == NULL && kind < HJ_KINDS)
        load->r->broken[kind] = true;
    return root;
}

/* Beside the pack's own files people may keep notes. */
static bool
is_note(const char *name)
{
    return g_str_has_suffix(name, ".md") || g_str_has_suffix(name, ".txt");
}

static void
say_stray(Load *load, const Folder *folder, const char *file)
{
    g_autofree char *shown = g_strdup_printf("%s/%s", folder->shown, file);
    load->r->file = hj_reader_keep(load->r, shown);
    hj_reader_say(load->r, NULL,
                  "does not belong here: a pack holds pack, orgs, roles, params, lists, "
                  "calendar, cadences and readings.yaml and the folders ledgers, indicators, "
                  "schemes, reports and tests");
}

static void
read_folder(Load *load, const Folder *folder, size_t which)
{
    g_autofree char *path = g_build_filename(folder->path, folders[which].name, NULL);
    g_autoptr(GPtrArray) names = list_folder(path, NULL);
    for (guint i = 0; names != NULL && i < names->len; i++) {
        g_autofree char *file = g_build_filename(folders[which].name, names->pdata[i], NULL);
        if (!g_str_has_suffix(file, ".yaml")) {
            if (!is_note(file))
                say_stray(load, folder, file);
            continue;
        }
        if (folders[which].read == NULL) {
            size_t n = 0;
            g_free(read_text(load, folder, file, &n)); /* only the digest wants it */
            continue;
        }
        g_autoptr(HjYaml) root = read_yaml(load, folder, file, folders[which].kind);
        g_autofree char *stem = g_strndup(names->pdata[i], strlen(names->pdata[i]) - 5);
        if (root != NULL)
            folders[which].read(load->r, root, stem);
    }
}

static bool
is_known(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(single_files); i++)
        if (strcmp(single_files[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        if (strcmp(folders[i].name, name) == 0)
            return true;
    return strcmp(name, "pack.yaml") == 0 || is_note(name);
}

/* What pack.yaml says, for the pack itself; the packs below only give their `extends`. */
static char *
read_pack_file(Load *load, const Folder *folder, bool own)
{
    static const char *const keys[] = { "pack", "version", "title", "extends", "valid", NULL };
    static const char *const valid_keys[] = { "from", "to", NULL };
    HjReader *r = load->r;
    g_autoptr(HjYaml) root = read_yaml(load, folder, "pack.yaml", HJ_KINDS);
    if (root == NULL || !hj_reader_mapping(r, root, "pack.yaml", keys))
        return NULL;
    HjPack ignored = { 0 };
    HjPack *pack = own ? r->pack : &ignored;
    pack->name = hj_reader_name(r, root, "pack", true);
    pack->version = hj_reader_text(r, root, "version", true);
    pack->title = hj_reader_label(r, root, "title", true);
    const char *extends = hj_reader_name(r, root, "extends", false);
    const HjYaml *valid = hj_reader_get(r, root, "valid", true);
    if (valid != NULL && hj_reader_mapping(r, valid, "valid", valid_keys)) {
        hj_reader_date(r, valid, "from", true, &pack->valid_from);
        hj_reader_date(r, valid, "to", false, &pack->valid_to);
        if (pack->valid_from != HJ_DATE_NONE && pack->valid_to != HJ_DATE_NONE &&
            pack->valid_to < pack->valid_from)
            hj_reader_say(r, valid, "the pack ends before it begins");
    }
    return g_strdup(extends);
}

static void read_packs(Load *load, const Folder *folder, int depth);

/* The folder beside this one. */
static void
read_below(Load *load, const Folder *folder, const char *name, int depth)
{
    g_autofree char *beside = g_path_get_dirname(folder->path);
    g_autofree char *path = g_build_filename(beside, name, NULL);
    const char *slash = strrchr(folder->shown, '/');
    size_t n = slash != NULL ? (size_t)(slash + 1 - folder->shown) : 0;
    g_autofree char *shown = g_strdup_printf("%.*s%s", (int)n, folder->shown, name);
    if (depth >= EXTENDS_MAX) {
        hj_reader_say(load->r, NULL, "extends: more than %d packs, or a pack extends itself",
                      EXTENDS_MAX);
        return;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        hj_reader_say(load->r, NULL, "extends: there is no folder %s", shown);
        return;
    }
    read_packs(load, &(Folder){ path, shown }, depth + 1);
}

/* The packs below first, so that this one may replace what they say. */
static void
read_packs(Load *load, const Folder *folder, int depth)
{
    g_autoptr(GPtrArray) names = list_folder(folder->path, NULL);
    g_autofree char *extends = read_pack_file(load, folder, depth == 0);
    if (extends != NULL) {
        read_below(load, folder, extends, depth);
        load->r->layer++;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(single_files); i++) {
        bool there = names != NULL && g_ptr_array_find_with_equal_func(
                                          names, single_files[i].name, g_str_equal, NULL);
        g_autoptr(HjYaml) root =
            there ? read_yaml(load, folder, single_files[i].name, single_files[i].kind) : NULL;
        if (root != NULL)
            single_files[i].read(load->r, root);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        read_folder(load, folder, i);
    for (guint i = 0; names != NULL && i < names->len; i++)
        if (!is_known(names->pdata[i]))
            say_stray(load, folder, names->pdata[i]);
}

/* Tables by name for what is looked up often. */
static void
index_members(HjPack *pack)
{
    HjPackPriv *priv = pack->priv;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        HjLedger *ledger = &pack->ledgers[i];
        ledger->index = g_hash_table_new(g_str_hash, g_str_equal);
        g_ptr_array_add(priv->tables, ledger->index);
        for (size_t k = 0; k < ledger->n_fields; k++) {
            ledger->fields[k].of = ledger;
            g_hash_table_insert(ledger->index, (gpointer)ledger->fields[k].name,
                                &ledger->fields[k]);
        }
    }
    for (size_t i = 0; i < pack->n_lists; i++) {
        HjList *list = &pack->lists[i];
        list->index = g_hash_table_new(g_str_hash, g_str_equal);
        g_ptr_array_add(priv->tables, list->index);
        for (size_t k = 0; k < list->n_items; k++)
            g_hash_table_insert(list->index, (gpointer)list->items[k].name, &list->items[k]);
    }
}

HjPack *
hj_pack_load(const char *dir, HjPackProblems *problems, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(dir, NULL);
    g_autofree char *base = g_path_get_basename(path);
    bool nameless = g_str_equal(dir, ".") || g_str_equal(dir, "..") || dir[0] == '\0';
    g_autofree char *shown = g_strdup(nameless ? base : dir);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GPtrArray) names = list_folder(path, &cause);
    if (names == NULL) {
        bool absent = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        hj_error_log(error, HJ_ERROR_NOT_FOUND, "read pack %s: %s", dir,
                     absent ? "there is no such folder" : "the folder cannot be read");
        return NULL;
    }
    while (strlen(shown) > 1 && g_str_has_suffix(shown, "/"))
        shown[strlen(shown) - 1] = '\0';
    size_t before = hj_pack_problems_count(problems);
    g_autoptr(HjPack) pack = hj_reader_pack(path);
    g_autoptr(HjReader) r = hj_reader_new(pack, problems);
    g_autoptr(GString) digests = g_string_new(NULL);
    Load load = { .r = r, .digests = digests };
    uint8_t digest[HJ_SM3_BYTES];
    read_packs(&load, &(Folder){ path, shown }, 0);
    hj_reader_finish(r);
    index_members(pack);
    hj_read_check(r);
    hj_crypto_sm3(digests->str, digests->len, digest);
    g_autofree char *hex = hj_crypto_hex(digest, sizeof digest);
    pack->digest = hj_reader_keep(r, hex);
    if (hj_pack_problems_count(problems) > before)
        return NULL; /* the problems say why; @error stays for folders that cannot be read */
    return g_steal_pointer(&pack);
}
