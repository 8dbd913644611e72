#include "base/text.h"
#include "core/backup_priv.h"
#include "core/field.h"

#define SEALED "***" /* given, and locked */

typedef struct {
    const HjLedger *ledger;
    GString *out;
} Csv;

static void
add_instant(GString *out, const HjRows *row, const char *column)
{
    HjTimeText at = hj_time_text(hj_rows_i64(row, column));
    hj_text_add_csv(out, false, hj_rows_null(row, column) ? NULL : at.text);
}

static bool
write_row(HjRows *row, gpointer data)
{
    Csv *csv = data;
    hj_text_add_csv(csv->out, true, hj_rows_text(row, "id"));
    hj_text_add_csv(csv->out, false, hj_rows_text(row, "org_code"));
    hj_text_add_csv(csv->out, false, hj_rows_text(row, "state"));
    hj_text_add_csv(csv->out, false, hj_rows_text(row, "version"));
    hj_text_add_csv(csv->out, false, hj_rows_text(row, "parent"));
    add_instant(csv->out, row, "created_at");
    add_instant(csv->out, row, "updated_at");
    add_instant(csv->out, row, "voided_at");
    for (size_t i = 0; i < csv->ledger->n_fields; i++) {
        const HjField *field = &csv->ledger->fields[i];
        int at = hj_rows_column(row, field->name);
        bool number = hj_field_is_number(field);
        bool null = hj_rows_null_at(row, at);
        const bool sealed = hj_pack_field_is_sealed(field);
        g_autofree char *text =
            null || sealed ? NULL
                           : hj_field_input(field, false, number ? hj_rows_i64_at(row, at) : 0,
                                            number ? NULL : hj_rows_text_at(row, at));
        hj_text_add_csv(csv->out, false, sealed && !null ? SEALED : text);
    }
    g_string_append(csv->out, "\r\n");
    return true;
}

static bool
write_ledger(HjTx *tx, const HjLedger *ledger, bool bom, GString *out, GError **error)
{
    g_autoptr(GString) sql = g_string_new(
        "SELECT r.id, o.code AS org_code, r.state, r.version, r.parent, r.created_at, "
        "r.updated_at, r.voided_at");
    g_string_append(out, bom ? "\xef\xbb\xbf" : "");
    g_string_append(out, "id,org_code,state,version,parent,created_at,updated_at,voided_at");
    for (size_t i = 0; i < ledger->n_fields; i++) {
        g_string_append_printf(sql, ", r.\"%s\"", ledger->fields[i].name);
        hj_text_add_csv(out, false, ledger->fields[i].name);
    }
    g_string_append(out, "\r\n");
    g_string_append_printf(sql,
                           " FROM \"t_%s\" r JOIN sys_org o ON o.county = r.county "
                           "AND o.id = r.org WHERE r.county = $1 ORDER BY r.id",
                           ledger->name);
    Csv csv = { ledger, out };
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_END };
    return hj_tx_scan(tx, error, sql->str, vals, write_row, &csv);
}

bool
hj_backup_write_csv(const HjBackupSource *source, HjTx *tx, HjBackupTextFn fn, gpointer data,
                    GError **error)
{
    for (size_t i = 0; i < source->pack->n_ledgers; i++) {
        const HjLedger *ledger = &source->pack->ledgers[i];
        g_autoptr(GString) out = g_string_new(NULL);
        g_autofree char *name = g_strdup_printf("csv/%s.csv", ledger->name);
        if (!write_ledger(tx, ledger, source->csv_bom, out, error) ||
            !fn(data, name, out->str, out->len, error))
            return false;
    }
    return true;
}

/* --- what the columns mean, in both languages --- */

#define README_HEAD                                                                                                         \
    "# %s (%s)\n\n"                                                                                                         \
    "本目录是全部数据的完整导出，不依赖任何软件即可阅读。\n"                                      \
    "This folder is a complete export; no particular program is needed to read it.\n\n"                                     \
    "| 文件 file | 内容 content |\n|---|---|\n"                                                                         \
    "| `csv/*.csv` | 每本台账一个表格（UTF-8），电子表格软件可直接打开。One table a ledger "         \
    "(UTF-8), for spreadsheets; *** 为密存的值，只在 `rows/` 中加密保存 is a sealed value, "                   \
    "kept encrypted in `rows/` only. |\n"                                                                                   \
    "| `rows/*.jsonl` | 全部数据表，每行一条 JSON，可恢复到新实例。Every table, one JSON "               \
    "object a line; restores into a new instance. |\n"                                                                      \
    "| `files/` | 附件。Attachments. |\n"                                                                                \
    "| `pack/` | 制度包（规则、考核办法）。The pack: rules and schemes. |\n"                                   \
    "| `keys/chain.pub` | 核验事件链的公钥。The public key of the chain of events. |\n"                            \
    "| `schema.json`, `manifest.json` | 表结构；行数和各文件的 SM3。Columns; counts and the "                   \
    "SM3 of every file. |\n"                                                                                                \
    "| `SHA256SUMS` | `sha256sum -c SHA256SUMS` 可核验。Checks every file. |\n\n"                                       \
    "恢复 restore: `hangji import-all THIS_FOLDER --data NEWDIR`\n\n"                                                     \
    "`rows/` 中的整数为 64 位：金额以分计，小数按字段小数位放大，时间为 UTC 微秒，日期为 " \
    "YYYY-MM-DD；字节为十六进制；空值不写。\n"                                                                \
    "Integers in `rows/` have 64 bits: money in fen, decimals scaled, instants in "                                         \
    "microseconds UTC, dates as YYYY-MM-DD; bytes in hex; what is empty is left out.\n\n"                                   \
    "事件链 chain: %" G_GINT64_FORMAT " 条已封存 sealed, %s\n"

char *
hj_backup_readme(const HjBackupSource *source, const HjBackupReport *report)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, README_HEAD, report->county_name, report->county_code,
                           report->sealed, report->head != NULL ? report->head : "");
    for (size_t i = 0; i < source->pack->n_ledgers; i++) {
        const HjLedger *ledger = &source->pack->ledgers[i];
        g_string_append_printf(out, "\n## %s %s — `csv/%s.csv`, `rows/t_%s.jsonl`\n\n",
                               ledger->title.zh, ledger->title.en, ledger->name, ledger->name);
        g_string_append(out, "| 列 column | 名称 title | 类型 type |\n|---|---|---|\n");
        for (size_t k = 0; k < ledger->n_fields; k++)
            g_string_append_printf(out, "| `%s` | %s %s | %s |\n", ledger->fields[k].name,
                                   ledger->fields[k].title.zh, ledger->fields[k].title.en,
                                   hj_field_type_name(ledger->fields[k].type));
    }
    return g_string_free(out, FALSE);
}
