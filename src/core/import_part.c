#include "base/crypto.h"
#include "core/import_priv.h"

#include <string.h>

#define PIECE (512 * 1024)
#define KEY_KIND "key"
#define OVERHEAD (HJ_SM4_IV_BYTES + HJ_SM3_BYTES)

#define SQL_INSERT                                                                             \
    "INSERT INTO sys_import_part (county, import_id, kind, part, bytes)"                       \
    " VALUES ($1, $2, $3, $4, $5)"
#define SQL_NEXT                                                                               \
    "SELECT COALESCE(MAX(part), -1) + 1 AS next FROM sys_import_part"                          \
    " WHERE county = $1 AND import_id = $2 AND kind = $3"
#define SQL_READ                                                                               \
    "SELECT bytes FROM sys_import_part"                                                        \
    " WHERE county = $1 AND import_id = $2 AND kind = $3 AND part = $4"
#define SQL_DROP                                                                               \
    "DELETE FROM sys_import_part WHERE county = $1 AND import_id = $2 AND kind = $3"

void
hj_import_key_wipe(HjImportKey *key)
{
    hj_vault_key_wipe(&key->key);
}

bool
hj_import_key_make(HjTx *tx, int64_t job, HjImportKey *ret, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    *ret = (HjImportKey){ .locks = vault != NULL };
    if (vault == NULL)
        return true;
    char id[HJ_VAULT_ID_BYTES];
    hj_vault_key_new(&ret->key);
    g_autoptr(GByteArray) wrapped = hj_vault_wrap(vault, hj_tx_county(tx), job, &ret->key, id);
    g_byte_array_prepend(wrapped, (const guint8 *)id, sizeof id);
    return hj_tx_exec(tx, error, SQL_INSERT, HJ_I64(hj_tx_county(tx)), HJ_I64(job),
                      HJ_TEXT(KEY_KIND), HJ_I64(0), HJ_BLOB(wrapped->data, wrapped->len));
}

bool
hj_import_key_read(HjTx *tx, int64_t job, HjImportKey *ret, GError **error)
{
    HjVault *vault = hj_vault_of(tx);
    int64_t county = hj_tx_county(tx);
    *ret = (HjImportKey){ 0 };
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_READ, HJ_I64(county), HJ_I64(job),
                                         HJ_TEXT(KEY_KIND), HJ_I64(0));
    if (rows == NULL)
        return false;
    if (!hj_rows_next(rows))
        return true;
    size_t n;
    const uint8_t *bytes = hj_rows_blob(rows, "bytes", &n);
    if (vault == NULL || n <= HJ_VAULT_ID_BYTES || bytes[HJ_VAULT_ID_BYTES - 1] != '\0')
        return hj_error_log(error, HJ_ERROR_STORE, "import: its key cannot be read");
    ret->locks = true;
    return hj_vault_unwrap(vault, county, job, (const char *)bytes, bytes + HJ_VAULT_ID_BYTES,
                           n - HJ_VAULT_ID_BYTES, &ret->key, error);
}

/* The initial value, what is locked, and a digest over both and the place of the piece. */
static void
sum_of(const HjImportKey *key, int64_t job, const char *kind, int64_t part, const void *bytes,
       size_t n, uint8_t out[HJ_SM3_BYTES])
{
    g_autoptr(GByteArray) all = g_byte_array_sized_new((guint)n + 64);
    g_byte_array_append(all, (const guint8 *)&job, sizeof job);
    g_byte_array_append(all, (const guint8 *)&part, sizeof part);
    g_byte_array_append(all, (const guint8 *)kind, (guint)strlen(kind) + 1);
    g_byte_array_append(all, bytes, (guint)n);
    hj_crypto_hmac_sm3(key->key.mac, sizeof key->key.mac, all->data, all->len, out);
}

static GByteArray *
lock(const HjImportKey *key, int64_t job, const char *kind, int64_t part, const void *bytes,
     size_t n)
{
    GByteArray *out = g_byte_array_sized_new((guint)n + OVERHEAD);
    if (!key->locks) {
        g_byte_array_append(out, bytes, (guint)n);
        return out;
    }
    g_byte_array_set_size(out, (guint)n + OVERHEAD);
    hj_crypto_random(out->data, HJ_SM4_IV_BYTES);
    hj_crypto_sm4_ctr(key->key.enc, out->data, bytes, n, out->data + HJ_SM4_IV_BYTES);
    sum_of(key, job, kind, part, out->data, n + HJ_SM4_IV_BYTES,
           out->data + HJ_SM4_IV_BYTES + n);
    return out;
}

static GByteArray *
unlock(const HjImportKey *key, int64_t job, const char *kind, int64_t part,
       const uint8_t *bytes, size_t n, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    if (!key->locks) {
        g_byte_array_append(out, bytes, (guint)n);
        return g_steal_pointer(&out);
    }
    uint8_t sum[HJ_SM3_BYTES];
    size_t n_text = n >= OVERHEAD ? n - OVERHEAD : 0;
    if (n >= OVERHEAD)
        sum_of(key, job, kind, part, bytes, n - HJ_SM3_BYTES, sum);
    if (n < OVERHEAD || !hj_crypto_equal(sum, bytes + n - HJ_SM3_BYTES, HJ_SM3_BYTES)) {
        hj_error_log(error, HJ_ERROR_STORE, "import: a piece was altered");
        return NULL;
    }
    g_byte_array_set_size(out, (guint)n_text);
    hj_crypto_sm4_ctr(key->key.enc, bytes, bytes + HJ_SM4_IV_BYTES, n_text, out->data);
    return g_steal_pointer(&out);
}

bool
hj_import_part_write(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                     const void *bytes, size_t n, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(tx));
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_NEXT, county, HJ_I64(job), HJ_TEXT(kind));
    if (rows == NULL)
        return false;
    int64_t part = hj_rows_next(rows) ? hj_rows_i64(rows, "next") : 0;
    for (size_t at = 0; at < n; at += PIECE, part++) {
        g_autoptr(GByteArray) locked =
            lock(key, job, kind, part, (const char *)bytes + at, MIN(n - at, PIECE));
        if (!hj_tx_exec(tx, error, SQL_INSERT, county, HJ_I64(job), HJ_TEXT(kind), HJ_I64(part),
                        HJ_BLOB(locked->data, locked->len)))
            return false;
    }
    return true;
}

GByteArray *
hj_import_part_read(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                    int64_t part, GError **error)
{
    g_autoptr(HjRows) rows = hj_tx_query(tx, error, SQL_READ, HJ_I64(hj_tx_county(tx)),
                                         HJ_I64(job), HJ_TEXT(kind), HJ_I64(part));
    if (rows == NULL || !hj_rows_next(rows))
        return NULL;
    size_t n;
    const void *bytes = hj_rows_blob(rows, "bytes", &n);
    return unlock(key, job, kind, part, bytes, n, error);
}

GByteArray *
hj_import_part_all(HjTx *tx, int64_t job, const HjImportKey *key, const char *kind,
                   GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    for (int64_t part = 0;; part++) {
        GError *cause = NULL;
        g_autoptr(GByteArray) piece = hj_import_part_read(tx, job, key, kind, part, &cause);
        if (cause != NULL) {
            g_propagate_error(error, cause);
            return NULL;
        }
        if (piece == NULL)
            return g_steal_pointer(&all);
        g_byte_array_append(all, piece->data, piece->len);
    }
}

bool
hj_import_part_drop(HjTx *tx, int64_t job, const char *kind, GError **error)
{
    return hj_tx_exec(tx, error, SQL_DROP, HJ_I64(hj_tx_county(tx)), HJ_I64(job),
                      HJ_TEXT(kind));
}

/* --- wrong rows as lines --- */

void
hj_import_line(GString *out, const HjImport *import, const HjSheetRow *row)
{
    HjJsonWriter w = { .out = out };
    g_auto(GStrv) texts = hj_import_texts(import, row);
    hj_json_begin_object(&w);
    hj_json_key(&w, "row");
    hj_json_i64(&w, row->number);
    hj_json_key(&w, "texts");
    hj_json_begin_array(&w);
    for (size_t i = 0; texts[i] != NULL; i++)
        hj_json_text(&w, texts[i]);
    hj_json_end_array(&w);
    hj_json_key(&w, "issues");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < hj_import_n_issues(import); i++) {
        const HjImportIssue *issue = hj_import_issue(import, i);
        hj_json_begin_object(&w);
        hj_json_key(&w, "column");
        hj_json_i64(&w, issue->column);
        hj_json_key(&w, "of");
        hj_json_i64(&w, hj_import_column(import, issue->column));
        hj_json_key(&w, "code");
        hj_json_text(&w, issue->code);
        hj_json_key(&w, "zh");
        hj_json_text(&w, issue->says.zh);
        hj_json_key(&w, "en");
        hj_json_text(&w, issue->says.en);
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    hj_json_end_object(&w);
    g_string_append_c(out, '\n');
}

/* The whole lines of @text, which are then taken out of it. */
static bool
each_line(GString *text, HjImportLineFn fn, gpointer data, bool *ret_stopped, GError **error)
{
    char *at = text->str;
    for (char *end = strchr(at, '\n'); end != NULL; at = end + 1, end = strchr(at, '\n')) {
        g_autoptr(HjJson) line = hj_json_parse(at, (size_t)(end - at), NULL);
        if (line == NULL)
            return hj_error_log(error, HJ_ERROR_STORE, "import: a line cannot be read");
        if (!fn(line, data)) {
            *ret_stopped = true;
            return true;
        }
    }
    g_string_erase(text, 0, at - text->str);
    return true;
}

bool
hj_import_lines(HjTx *tx, int64_t job, HjImportLineFn fn, gpointer data, GError **error)
{
    HjImportKey key;
    if (!hj_import_key_read(tx, job, &key, error))
        return false;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) cause = NULL;
    bool stopped = false;
    for (int64_t part = 0; !stopped && cause == NULL; part++) {
        g_autoptr(GByteArray) piece =
            hj_import_part_read(tx, job, &key, HJ_IMPORT_WRONG_CELLS, part, &cause);
        if (piece == NULL)
            break;
        g_string_append_len(text, (const char *)piece->data, (gssize)piece->len);
        each_line(text, fn, data, &stopped, &cause);
    }
    hj_import_key_wipe(&key);
    if (cause == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

bool
hj_import_line_write(HjExchangeBook *book, const HjExchange *exchange, const HjJson *line,
                     HjLang lang, GError **error)
{
    size_t n = exchange->n_columns;
    g_autofree const char **texts = g_new0(const char *, n + 1);
    g_autofree const char **bad = g_new0(const char *, n + 1);
    g_autoptr(GString) reason = g_string_new(NULL);
    const HjJson *given = hj_json_get(line, "texts");
    for (size_t i = 0; i < n; i++)
        texts[i] = i < hj_json_count(given) ? hj_json_string(hj_json_at(given, i)) : "";
    const HjJson *issues = hj_json_get(line, "issues");
    for (size_t i = 0; i < hj_json_count(issues); i++) {
        const HjJson *issue = hj_json_at(issues, i);
        int64_t of = hj_json_integer(hj_json_get(issue, "of"));
        const char *says = hj_json_string(hj_json_get(issue, lang == HJ_ZH ? "zh" : "en"));
        bool has_column = of >= 0 && of < (int64_t)n;
        if (has_column && bad[of] == NULL)
            bad[of] = says;
        g_string_append_printf(reason, "%s%s%s%s", i > 0 ? "\n" : "",
                               has_column ? hj_i18n_label(&exchange->columns[of].title, lang)
                                          : "",
                               has_column ? (lang == HJ_ZH ? "：" : ": ") : "", says);
    }
    return hj_exchange_book_row(book, texts, bad, reason->str, error);
}
