#include "features/bundle/bundle.h"

#include "base/decimal.h"
#include "base/id.h"
#include "base/text.h"
#include "core/report.h"
#include "features/bundle/bundle_page.h"

#include <string.h>

#define SM3SUMS "SM3SUMS"
#define SIGNATURE "SIGNATURE"
#define PAGE_ROWS 200

typedef struct {
    const HjBundleJob *job;
    HjTx *tx;
    HjArchiveWriter *writer;
    HjBundleReport *report;
    int64_t org;
    const HjOrg *place;
    GString *sums;     /* SM3SUMS */
    GString *chain;    /* chain.csv */
    GString *index;    /* lines of the list of ledgers */
    GHashTable *files; /* ids that are in it */
} Bundle;

static bool
add_bytes(Bundle *bundle, const char *name, const void *bytes, size_t n, GError **error)
{
    uint8_t sum[HJ_SM3_BYTES];
    int64_t length;
    if (!hj_archive_begin(bundle->writer, name, error) ||
        !hj_archive_add(bundle->writer, bytes, n, error) ||
        !hj_archive_end(bundle->writer, sum, &length, error))
        return false;
    g_autofree char *hex = hj_crypto_hex(sum, sizeof sum);
    g_string_append_printf(bundle->sums, "%s  %s\n", hex, name);
    bundle->report->n_entries++;
    return true;
}

static bool
add_page(Bundle *bundle, const char *name, GString *page, GError **error)
{
    hj_bundle_page_end(page);
    bool done = add_bytes(bundle, name, page->str, page->len, error);
    g_string_free(page, TRUE);
    return done;
}

/* --- one value --- */

static bool
is_shown(const Bundle *bundle, const HjField *field)
{
    return bundle->job->named ? !hj_access_field_hidden(bundle->job->actor, field)
                              : field->n_hidden_from == 0;
}

static char *
shown(const Bundle *bundle, const HjField *field, const HjRows *row)
{
    g_autofree char *label = g_strconcat(field->name, "__label", NULL);
    int at = hj_rows_column(row, field->name), label_at = hj_rows_column(row, label);
    if (at < 0 || hj_rows_null_at(row, at))
        return NULL;
    if (label_at >= 0)
        return g_strdup(hj_rows_text_at(row, label_at));
    if (hj_pack_field_is_sealed(field))
        return g_strdup(hj_rows_text_at(row, at)); /* with stars */
    bool number = hj_field_is_number(field);
    return hj_field_display(field, false, number ? hj_rows_i64_at(row, at) : 0,
                            number ? NULL : hj_rows_text_at(row, at), bundle->job->lang);
}

/* --- evidence --- */

static bool
add_file(Bundle *bundle, GString *page, int64_t id, GError **error)
{
    g_autoptr(GError) absent = NULL;
    g_autoptr(HjRows) file = hj_file_get(bundle->tx, bundle->job->actor, id, &absent);
    if (file == NULL)
        return true; /* not for this actor */
    const HjFileType *type = hj_file_type(hj_rows_text(file, "type"));
    g_autofree char *name =
        g_strdup_printf("files/%" G_GINT64_FORMAT "%s", id, type != NULL ? type->suffix : "");
    g_autofree char *href = g_strconcat("../../", name, NULL);
    hj_bundle_link(page, href, hj_rows_text(file, "name"));
    hj_bundle_put(page, " ");
    if (bundle->job->files == NULL || !g_hash_table_add(bundle->files, g_strdup(name)))
        return true;
    g_autoptr(GBytes) bytes =
        hj_files_read(bundle->job->files, hj_rows_text(file, "digest"), error);
    gsize n = 0;
    const void *data = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
    bundle->report->n_files++;
    return bytes != NULL && add_bytes(bundle, name, data, n, error);
}

static bool
add_files(Bundle *bundle, GString *page, const char *list, GError **error)
{
    g_auto(GStrv) ids = g_strsplit(list != NULL ? list : "", ",", -1);
    for (int i = 0; ids[i] != NULL; i++) {
        int64_t id;
        if (hj_id_parse(ids[i], &id) && !add_file(bundle, page, id, error))
            return false;
    }
    return true;
}

/* --- history --- */

static const char *
action_word(const Bundle *bundle, const char *action)
{
    static const struct {
        const char *action, *zh, *en;
    } words[] = {
        { "row.create", "新建", "Made" },
        { "row.update", "修改", "Changed" },
        { "row.void", "作废", "Withdrawn" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].action, action) == 0)
            return hj_bundle_word(bundle->job, words[i].zh, words[i].en);
    return action;
}

static void
add_value(const Bundle *bundle, GString *page, const HjField *field, const HjJson *value)
{
    HjJsonKind kind = value != NULL ? hj_json_kind(value) : HJ_JSON_NULL;
    g_autofree char *text = NULL;
    if (kind == HJ_JSON_INTEGER && !hj_pack_field_is_sealed(field))
        text = hj_field_display(field, false, hj_json_integer(value), NULL, bundle->job->lang);
    else if (kind == HJ_JSON_STRING && !hj_field_is_number(field) &&
             !hj_pack_field_is_sealed(field))
        text = hj_field_display(field, false, 0, hj_json_string(value), bundle->job->lang);
    else if (kind == HJ_JSON_STRING)
        text = g_strdup(hj_pack_field_is_sealed(field) ? "***" : hj_json_string(value));
    hj_bundle_text(page, text != NULL ? text : "—");
}

/* Title: before → after, of the fields that are shown. */
static void
add_changes(Bundle *bundle, GString *page, const HjLedger *ledger, const HjRows *event)
{
    const char *texts[] = { hj_rows_text(event, "before"), hj_rows_text(event, "after") };
    g_autoptr(HjJson) before =
        texts[0] != NULL ? hj_json_parse(texts[0], strlen(texts[0]), NULL) : NULL;
    g_autoptr(HjJson) after =
        texts[1] != NULL ? hj_json_parse(texts[1], strlen(texts[1]), NULL) : NULL;
    for (size_t i = 0; after != NULL && i < hj_json_count(after); i++) {
        const char *name = hj_json_key_at(after, i);
        const HjField *field = hj_pack_field(ledger, name);
        if (field == NULL || !is_shown(bundle, field))
            continue;
        hj_bundle_text(page, hj_i18n_label(&field->title, bundle->job->lang));
        hj_bundle_put(page, ": ");
        if (before != NULL) {
            add_value(bundle, page, field, hj_json_get(before, name));
            hj_bundle_put(page, " → ");
        }
        add_value(bundle, page, field, hj_json_get(after, name));
        hj_bundle_put(page, "<br>");
    }
}

static void
add_event(Bundle *bundle, GString *page, const HjLedger *ledger, const HjRows *event,
          const char *row)
{
    HjTimeText at = hj_time_text(hj_rows_i64(event, "at"));
    hj_bundle_put(page, "<tr>");
    hj_bundle_cell(page, "td", hj_rows_text(event, "seq"));
    hj_bundle_time(page, hj_rows_i64(event, "at"));
    hj_bundle_cell(page, "td", hj_rows_text(event, "actor_name"));
    hj_bundle_cell(page, "td", action_word(bundle, hj_rows_text(event, "action")));
    hj_bundle_put(page, "<td>");
    add_changes(bundle, page, ledger, event);
    hj_bundle_put(page, "</td>");
    hj_bundle_cell(page, "td", hj_rows_text(event, "reason"));
    hj_bundle_put(page, "<td><code>");
    hj_bundle_text(page, hj_rows_text(event, "hash"));
    hj_bundle_put(page, "</code></td></tr>\n");
    const char *cells[] = {
        hj_rows_text(event, "seq"), at.text, hj_rows_text(event, "action"), ledger->name, row,
        hj_rows_text(event, "hash")
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        hj_text_add_csv(bundle->chain, i == 0, cells[i]);
    g_string_append(bundle->chain, "\r\n");
    bundle->report->n_events++;
}

static bool
add_history(Bundle *bundle, GString *page, const HjLedger *ledger, int64_t id, GError **error)
{
    const HjBundleJob *job = bundle->job;
    g_autofree char *row = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autoptr(HjRows) events = hj_row_history(bundle->tx, job->actor, ledger, id, error);
    if (events == NULL)
        return false;
    static const char *const heads[][2] = { { "序号", "No." },     { "时间", "When" },
                                            { "何人", "Who" },     { "何事", "What" },
                                            { "变动", "Changes" }, { "理由", "Reason" },
                                            { "链上哈希", "Hash" } };
    hj_bundle_put(page, "<h2>");
    hj_bundle_text(page, hj_bundle_word(job, "历史", "History"));
    hj_bundle_put(page, "</h2><div class=\"s\"><table><thead><tr>");
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        hj_bundle_cell(page, "th", hj_bundle_word(job, heads[i][0], heads[i][1]));
    hj_bundle_put(page, "</tr></thead><tbody>");
    while (hj_rows_next(events))
        add_event(bundle, page, ledger, events, row);
    hj_bundle_put(page, "</tbody></table></div>");
    return true;
}

/* --- rows --- */

static bool
add_row(Bundle *bundle, const HjLedger *ledger, const HjRows *row, GError **error)
{
    const HjBundleJob *job = bundle->job;
    int64_t id = hj_rows_i64(row, "id");
    g_autofree char *name =
        g_strdup_printf("rows/%s/%" G_GINT64_FORMAT ".html", ledger->name, id);
    g_autofree char *title =
        g_strdup_printf("%s %" G_GINT64_FORMAT, hj_i18n_label(&ledger->title, job->lang), id);
    GString *page = hj_bundle_page_begin(job, "../../", title);
    hj_bundle_put(page, "<table><tbody><tr>");
    hj_bundle_cell(page, "th", hj_bundle_word(job, "组织", "Organization"));
    hj_bundle_cell(page, "td", hj_rows_text(row, "org_name"));
    hj_bundle_put(page, "</tr>");
    bool done = true;
    for (size_t i = 0; done && i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (!is_shown(bundle, field))
            continue;
        hj_bundle_put(page, "<tr>");
        hj_bundle_cell(page, "th", hj_i18n_label(&field->title, job->lang));
        if (field->type == HJ_FIELD_FILES) {
            hj_bundle_put(page, "<td>");
            done = add_files(bundle, page, hj_rows_text(row, field->name), error);
            hj_bundle_put(page, "</td>");
        } else {
            g_autofree char *text = shown(bundle, field, row);
            hj_bundle_cell(page, "td", text);
        }
        hj_bundle_put(page, "</tr>\n");
    }
    hj_bundle_put(page, "</tbody></table>");
    if (done && add_history(bundle, page, ledger, id, error))
        return add_page(bundle, name, page, error);
    g_string_free(page, TRUE);
    return false;
}

static void
add_line(Bundle *bundle, const HjLedger *ledger, const HjRows *row, GString *page, GString *csv)
{
    int64_t id = hj_rows_i64(row, "id");
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autofree char *href = g_strdup_printf("rows/%s/%s.html", ledger->name, number);
    hj_bundle_put(page, "<tr><td>");
    hj_bundle_link(page, href, hj_rows_text(row, "org_name"));
    hj_bundle_put(page, "</td>");
    hj_text_add_csv(csv, true, number);
    hj_text_add_csv(csv, false, hj_rows_text(row, "org_code"));
    hj_text_add_csv(csv, false, hj_rows_text(row, "org_name"));
    for (size_t i = 0; i < ledger->n_fields; i++) {
        if (!is_shown(bundle, &ledger->fields[i]))
            continue;
        g_autofree char *text = shown(bundle, &ledger->fields[i], row);
        hj_bundle_cell(page, "td", text);
        hj_text_add_csv(csv, false, text);
    }
    hj_bundle_put(page, "</tr>\n");
    g_string_append(csv, "\r\n");
}

static void
add_heads(const Bundle *bundle, const HjLedger *ledger, GString *page, GString *csv)
{
    const HjBundleJob *job = bundle->job;
    const char *org = hj_bundle_word(job, "组织", "Organization");
    g_string_append(csv, "\xef\xbb\xbf");
    hj_text_add_csv(csv, true, hj_bundle_word(job, "编号", "Id"));
    hj_text_add_csv(csv, false, hj_bundle_word(job, "组织代码", "Code"));
    hj_text_add_csv(csv, false, org);
    hj_bundle_put(page, "<div class=\"s\"><table><thead><tr>");
    hj_bundle_cell(page, "th", org);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        if (!is_shown(bundle, &ledger->fields[i]))
            continue;
        const char *title = hj_i18n_label(&ledger->fields[i].title, job->lang);
        hj_bundle_cell(page, "th", title);
        hj_text_add_csv(csv, false, title);
    }
    hj_bundle_put(page, "</tr></thead><tbody>\n");
    g_string_append(csv, "\r\n");
}

/* Every page of the list; *@ret_n counts. */
static bool
list_rows(Bundle *bundle, const HjLedger *ledger, GString *page, GString *csv, int64_t *ret_n,
          GError **error)
{
    g_autofree char *cursor = NULL;
    bool dated = ledger->date_field != NULL;
    do {
        HjRowQuery query = { .ledger = ledger,
                             .under = bundle->org,
                             .from = dated ? bundle->job->from : HJ_DATE_NONE,
                             .to = dated ? bundle->job->to : HJ_DATE_NONE,
                             .limit = PAGE_ROWS,
                             .cursor = cursor };
        char *next = NULL;
        g_autoptr(HjRows) rows =
            hj_row_list(bundle->tx, bundle->job->actor, &query, &next, error);
        g_free(cursor);
        cursor = next;
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            add_line(bundle, ledger, rows, page, csv);
            if (!add_row(bundle, ledger, rows, error))
                return false;
            *ret_n += 1;
        }
    } while (cursor != NULL);
    return true;
}

static bool
add_ledger(Bundle *bundle, const HjLedger *ledger, GError **error)
{
    const HjBundleJob *job = bundle->job;
    const char *title = hj_i18n_label(&ledger->title, job->lang);
    g_autofree char *name = g_strdup_printf("ledger-%s.html", ledger->name);
    g_autofree char *csv_name = g_strdup_printf("csv/%s_%s.csv", title, ledger->name);
    g_strdelimit(csv_name + strlen("csv/"), "/\\:*?\"<>|", '-');
    g_autoptr(GString) csv = g_string_new(NULL);
    GString *page = hj_bundle_page_begin(job, "", title);
    int64_t n = 0;
    add_heads(bundle, ledger, page, csv);
    if (!list_rows(bundle, ledger, page, csv, &n, error)) {
        g_string_free(page, TRUE);
        return false;
    }
    hj_bundle_put(page, "</tbody></table></div>");
    bundle->report->n_rows += n;
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, n);
    hj_bundle_put(bundle->index, "<tr><td>");
    hj_bundle_link(bundle->index, name, title);
    hj_bundle_put(bundle->index, "</td>");
    hj_bundle_cell(bundle->index, "td", count);
    hj_bundle_put(bundle->index, "<td>");
    hj_bundle_link(bundle->index, csv_name, "CSV");
    hj_bundle_put(bundle->index, "</td></tr>\n");
    return add_page(bundle, name, page, error) &&
           add_bytes(bundle, csv_name, csv->str, csv->len, error);
}

/* --- figures --- */

static bool
add_report(Bundle *bundle, const HjReport *report, GString *page, GError **error)
{
    const HjBundleJob *job = bundle->job;
    g_autoptr(HjReportResult) result = hj_report_compute(
        bundle->tx, job->pack, report, job->from, job->to, bundle->org, error);
    if (result == NULL)
        return false;
    hj_bundle_cell(page, "h2", hj_i18n_label(&report->title, job->lang));
    hj_bundle_put(page, "<table><tbody>");
    for (size_t i = 0; i < result->n_figures; i++) {
        const HjFigureValue *figure = &result->figures[i];
        HjDecimalText value = hj_decimal_text(figure->shown, figure->scale);
        hj_bundle_put(page, "<tr>");
        hj_bundle_cell(page, "td", hj_i18n_label(&figure->figure->title, job->lang));
        hj_bundle_cell(page, "td", figure->has ? value.text : "—");
        hj_bundle_cell(page, "td", hj_i18n_label(&figure->figure->unit, job->lang));
        hj_bundle_put(page, "</tr>\n");
    }
    hj_bundle_put(page, "</tbody></table>");
    return true;
}

static bool
add_figures(Bundle *bundle, GError **error)
{
    const HjBundleJob *job = bundle->job;
    GString *page = hj_bundle_page_begin(job, "", hj_bundle_word(job, "各项数字", "Figures"));
    for (size_t i = 0; i < job->pack->n_reports; i++)
        if (!add_report(bundle, &job->pack->reports[i], page, error)) {
            g_string_free(page, TRUE);
            return false;
        }
    return add_page(bundle, "figures.html", page, error);
}

/* --- proof --- */

#define SQL_HEAD                                                                               \
    "SELECT seq, at, hash, signature FROM sys_head WHERE county = $1 ORDER BY seq DESC LIMIT " \
    "1"

static bool
add_proof(Bundle *bundle, GError **error)
{
    const HjBundleJob *job = bundle->job;
    g_autoptr(HjRows) head =
        hj_tx_query(bundle->tx, error, SQL_HEAD, HJ_I64(hj_tx_county(bundle->tx)));
    if (head == NULL)
        return false;
    GString *page = hj_bundle_page_begin(job, "", hj_bundle_word(job, "核验", "Proof"));
    hj_bundle_put(page, "<p>");
    hj_bundle_text(
        page, hj_bundle_word(
                  job,
                  "每个文件的摘要都在 SHA256SUMS 和 SM3SUMS 里；SM3SUMS 由本县事件链的密钥签名"
                  "（SIGNATURE）。核验：在本目录运行 sha256sum -c SHA256SUMS；或者用 hangji "
                  "bundle verify "
                  "核对全部摘要和签名，公钥应与县里公布的一致。",
                  "SHA256SUMS and SM3SUMS hold the sum of every file; SM3SUMS is signed with "
                  "the key of "
                  "the county's chain of events (SIGNATURE). To check: sha256sum -c SHA256SUMS "
                  "in this "
                  "folder; or hangji bundle verify, which checks sums and signature. The "
                  "public key must "
                  "be the one the county has made known."));
    hj_bundle_put(page, "</p><table><tbody>");
    bool has_head = hj_rows_next(head);
    size_t n_hash = 0;
    const void *hash = has_head ? hj_rows_blob(head, "hash", &n_hash) : NULL;
    g_autofree char *hash_text = has_head ? hj_crypto_hex(hash, n_hash) : NULL;
    const char *const lines[][2] = {
        { hj_bundle_word(job, "事件链长度", "Events in the chain"),
          has_head ? hj_rows_text(head, "seq") : "0" },
        { hj_bundle_word(job, "链尾哈希", "Hash of the last"), hash_text },
        { hj_bundle_word(job, "公钥", "Public key"), bundle->report->key },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        hj_bundle_put(page, "<tr>");
        hj_bundle_cell(page, "th", lines[i][0]);
        hj_bundle_cell(page, "td", lines[i][1]);
        hj_bundle_put(page, "</tr>");
    }
    hj_bundle_put(page, "</tbody></table><p>");
    hj_bundle_link(
        page, "chain.csv",
        hj_bundle_word(job, "所含记录的全部事件", "Every event of the rows in here"));
    hj_bundle_put(page, "</p>");
    return add_page(bundle, "proof.html", page, error) &&
           add_bytes(bundle, "chain.csv", bundle->chain->str, bundle->chain->len, error);
}

static bool
add_index(Bundle *bundle, GError **error)
{
    const HjBundleJob *job = bundle->job;
    HjTimeText at = hj_time_text(hj_time_now());
    g_autofree char *span =
        g_strdup_printf("%s — %s", hj_date_text(job->from).text, hj_date_text(job->to).text);
    g_autofree char *place = g_strdup_printf("%s %s", bundle->place->name, bundle->place->code);
    const char *const lines[][2] = {
        { hj_bundle_word(job, "范围", "Place"), place },
        { hj_bundle_word(job, "时间", "Period"), span },
        { hj_bundle_word(job, "生成", "Made"), at.text },
        { hj_bundle_word(job, "程序", "Program"), job->program },
    };
    GString *page = hj_bundle_page_begin(job, "", job->county_name);
    hj_bundle_put(page, "<table><tbody>");
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        hj_bundle_put(page, "<tr>");
        hj_bundle_cell(page, "th", lines[i][0]);
        hj_bundle_cell(page, "td", lines[i][1]);
        hj_bundle_put(page, "</tr>");
    }
    hj_bundle_put(page, "</tbody></table><p>");
    hj_bundle_link(page, "figures.html", hj_bundle_word(job, "各项数字", "Figures"));
    hj_bundle_put(page, " · ");
    hj_bundle_link(page, "proof.html", hj_bundle_word(job, "核验", "Proof"));
    hj_bundle_put(page, "</p><h2>");
    hj_bundle_text(page, hj_bundle_word(job, "台账", "Ledgers"));
    hj_bundle_put(page, "</h2><table><tbody>");
    g_string_append_len(page, bundle->index->str, (gssize)bundle->index->len);
    hj_bundle_put(page, "</tbody></table>");
    return add_page(bundle, "index.html", page, error);
}

/* --- all of it --- */

/* SM3SUMS is not in itself, nor is its signature. */
static bool
add_signature(Bundle *bundle, GError **error)
{
    uint8_t sum[HJ_SM3_BYTES], signature[HJ_SIGN_BYTES];
    g_autofree char *sums = g_strdup(bundle->sums->str);
    hj_crypto_sm3(sums, strlen(sums), sum);
    hj_seal_sign(bundle->job->keys, sum, sizeof sum, signature);
    g_autofree char *hex = hj_crypto_hex(signature, sizeof signature);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", bundle->report->key, hex);
    return add_bytes(bundle, SM3SUMS, sums, strlen(sums), error) &&
           add_bytes(bundle, SIGNATURE, text, strlen(text), error);
}

static bool
fill(Bundle *bundle, GError **error)
{
    const HjPack *pack = bundle->job->pack;
    g_string_append(bundle->chain, "\xef\xbb\xbfseq,at,action,ledger,row,hash\r\n");
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (hj_access_may_ledger(bundle->job->actor, &pack->ledgers[i], HJ_ACCESS_VIEW) &&
            !add_ledger(bundle, &pack->ledgers[i], error))
            return false;
    return add_figures(bundle, error) && add_proof(bundle, error) && add_index(bundle, error) &&
           add_signature(bundle, error);
}

static bool
find_place(Bundle *bundle, const HjOrgTree *tree, GError **error)
{
    bundle->place = hj_org_tree_code(tree, bundle->job->under);
    if (bundle->place == NULL ||
        !hj_access_sees_org(bundle->tx, bundle->job->actor, bundle->place->id))
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such organization.");
    bundle->org = bundle->place->id;
    return true;
}

bool
hj_bundle_make(const HjBundleJob *job, const char *path, HjBundleReport *ret, GError **error)
{
    *ret = (HjBundleReport){ 0 };
    g_autoptr(HjTx) tx = hj_store_read(job->store, error);
    g_autoptr(HjOrgTree) tree = tx != NULL ? hj_org_tree_load(tx, job->to, error) : NULL;
    g_autoptr(HjArchiveWriter) writer =
        tree != NULL ? hj_archive_create_folder(path, error) : NULL;
    if (writer == NULL)
        return false;
    g_autoptr(GString) sums = g_string_new(NULL);
    g_autoptr(GString) chain = g_string_new(NULL);
    g_autoptr(GString) index = g_string_new(NULL);
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Bundle bundle = { .job = job,
                      .tx = tx,
                      .writer = writer,
                      .report = ret,
                      .sums = sums,
                      .chain = chain,
                      .index = index,
                      .files = files };
    uint8_t print[HJ_SM3_BYTES];
    hj_seal_public_hex(job->keys, ret->key);
    return find_place(&bundle, tree, error) && fill(&bundle, error) &&
           hj_archive_finish(writer, print, error);
}
