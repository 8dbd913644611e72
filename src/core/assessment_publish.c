/* Publication: ranks, totals and bands of cards that are all frozen, and the digest of it all.
 */
#include "base/crypto.h"
#include "core/assessment_priv.h"

#include <string.h>

#define SQL_RESULT                                                                             \
    "INSERT INTO sys_assessment_result (county, assessment, revision, org, snapshot, place, "  \
    "rank, total, vetoed, band, band_zh, band_en, by_points, why) VALUES ($1, $2, $3, $4, "    \
    "$5, "                                                                                     \
    "$6, $7, $8, $9, $10, $11, $12, $13, $14)"
#define SQL_PUBLICATION                                                                        \
    "INSERT INTO sys_assessment_publication (county, assessment, revision, published_at, "     \
    "published_on, published_by, appeal, reason, n_cards, digest) VALUES ($1, $2, $3, $4, "    \
    "$5, "                                                                                     \
    "$6, $7, $8, $9, $10)"
#define SQL_STATE                                                                              \
    "UPDATE sys_assessment SET state = 'published', revision = $3, version = version + 1 "     \
    "WHERE county = $1 AND id = $2"
#define OF_REVISION                                                                            \
    " IN (SELECT snapshot FROM sys_assessment_result WHERE county = $1 AND assessment = $2 "   \
    "AND revision = $3)"
#define SQL_ALL_RESULTS                                                                        \
    "SELECT 'result' AS what, org, snapshot, place, rank, total, vetoed, band, by_points, "    \
    "why FROM sys_assessment_result WHERE county = $1 AND assessment = $2 AND revision = $3"
#define SQL_ALL_SNAPSHOTS                                                                      \
    "SELECT 'card' AS what, s.id AS id, s.org AS org, s.org_code AS org_code, s.org_name AS "  \
    "org_name, s.total AS total, s.base AS base, s.vetoed AS vetoed, s.veto_document AS "      \
    "veto_document, s.veto_zh AS veto_zh, s.veto_en AS veto_en, s.taken_at AS taken_at, "      \
    "r.pack AS pack, r.pack_version AS pack_version, r.pack_digest AS pack_digest, "           \
    "r.scheme_version AS scheme_version, r.rules AS rules FROM sys_assessment_snapshot s "     \
    "JOIN sys_assessment_rules r ON r.county = s.county AND r.id = s.rules WHERE s.county = "  \
    "$1 AND s.id" OF_REVISION
#define SQL_ALL_LISTS                                                                          \
    "SELECT 'list' AS what, snapshot, list, place, zh, en, points, base, cap, weight FROM "    \
    "sys_assessment_list WHERE county = $1 AND snapshot" OF_REVISION
#define SQL_ALL_ITEMS                                                                          \
    "SELECT 'item' AS what, snapshot, item, list, place, zh, en, of_points, counted, "         \
    "computed, final, points, mark, numerator, denominator, value, value_scale, n_rows FROM "  \
    "sys_assessment_item WHERE county = $1 AND snapshot" OF_REVISION
#define SQL_ALL_ROWS                                                                           \
    "SELECT 'row' AS what, snapshot, item, ledger, row_id, org, version, points FROM "         \
    "sys_assessment_evidence WHERE county = $1 AND snapshot" OF_REVISION
#define SQL_ALL_MARKS                                                                          \
    "SELECT 'mark' AS what, m.id AS id, m.org AS org, m.item AS item, m.computed AS "          \
    "computed, m.points AS points, m.reason AS reason, m.document AS document, m.made_at AS "  \
    "made_at, m.made_by AS made_by FROM sys_assessment_mark m WHERE m.county = $1 AND m.id "   \
    "IN (SELECT mark FROM sys_assessment_item WHERE county = $1 AND snapshot" OF_REVISION ")"

/* One line a row: every column by its name, integers and texts alike on both databases. */
static bool
write_line(HjRows *row, gpointer data)
{
    GString *line = g_string_new(NULL);
    HjJsonWriter w = { .out = line };
    hj_json_begin_array(&w);
    for (int i = 0; i < hj_rows_columns(row); i++) {
        if (hj_rows_null_at(row, i))
            hj_json_nothing(&w);
        else if (hj_rows_kind_at(row, i) == HJ_VAL_I64)
            hj_json_i64(&w, hj_rows_i64_at(row, i));
        else
            hj_json_text(&w, hj_rows_text_at(row, i));
    }
    hj_json_end_array(&w);
    g_ptr_array_add(data, g_string_free(line, FALSE));
    return true;
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The databases order texts by rules of their own: the lines are sorted here. */
char *
hj_contest_digest(HjTx *tx, int64_t assessment, int64_t revision, GError **error)
{
    static const char *const parts[] = { SQL_ALL_RESULTS, SQL_ALL_SNAPSHOTS, SQL_ALL_LISTS,
                                         SQL_ALL_ITEMS,   SQL_ALL_ROWS,      SQL_ALL_MARKS };
    const HjVal vals[] = { HJ_I64(hj_tx_county(tx)), HJ_I64(assessment), HJ_I64(revision),
                           HJ_END };
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!hj_tx_scan(tx, error, parts[i], vals, write_line, lines))
            return NULL;
    g_ptr_array_sort(lines, compare_lines);
    HjCryptoSum *sum = hj_crypto_sum_new(HJ_SUM_SM3);
    for (guint i = 0; i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);
        hj_crypto_sum_add(sum, line, strlen(line));
        hj_crypto_sum_add(sum, "\n", 1);
    }
    uint8_t out[HJ_SM3_BYTES];
    hj_crypto_sum_end(sum, out);
    return hj_crypto_hex(out, sizeof out);
}

static bool
write_results(const HjContest *c, const HjAssessmentView *view, int64_t revision,
              GError **error)
{
    static const char *const why[] = { "points", "step", "quota" };
    for (size_t i = 0; i < view->n_cards; i++) {
        const HjCard *card = &view->cards[i];
        if (card->snapshot == 0)
            return hj_fail(error, HJ_ERROR_CONFLICT, "Not every card has been accepted.");
        if (!hj_tx_exec(c->tx, error, SQL_RESULT, HJ_I64(hj_tx_county(c->tx)), HJ_I64(c->a.id),
                        HJ_I64(revision), HJ_I64(card->org), HJ_I64(card->snapshot), HJ_I64(i),
                        HJ_I64(card->rank), HJ_I64(card->total), HJ_BOOL(card->vetoed),
                        HJ_TEXT(card->band),
                        HJ_TEXT(card->band != NULL ? card->band_title.zh : NULL),
                        HJ_TEXT(card->band != NULL ? card->band_title.en : NULL),
                        HJ_TEXT(card->by_points),
                        HJ_TEXT(card->by_points != NULL ? why[card->why] : NULL)))
            return false;
    }
    return true;
}

bool
hj_contest_publish(HjContest *c, const HjAssessmentView *view, int64_t appeal,
                   const char *reason, int64_t *ret_revision, GError **error)
{
    const int64_t revision = c->a.revision + 1;
    const HjVal county = HJ_I64(hj_tx_county(c->tx));
    if (!write_results(c, view, revision, error))
        return false;
    g_autofree char *digest = hj_contest_digest(c->tx, c->a.id, revision, error);
    if (digest == NULL ||
        !hj_tx_exec(c->tx, error, SQL_PUBLICATION, county, HJ_I64(c->a.id), HJ_I64(revision),
                    HJ_TIME(hj_tx_now(c->tx)), HJ_DATE(hj_tx_today(c->tx)),
                    HJ_I64(c->actor->account), appeal != 0 ? HJ_I64(appeal) : HJ_NULL,
                    HJ_TEXT(reason), HJ_I64(view->n_cards), HJ_TEXT(digest)) ||
        !hj_tx_exec(c->tx, error, SQL_STATE, county, HJ_I64(c->a.id), HJ_I64(revision)))
        return false;
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w;
    hj_contest_event_begin(c, &w, out);
    hj_json_put_i64(&w, "revision", revision);
    hj_json_put_i64(&w, "cards", (int64_t)view->n_cards);
    hj_json_put_text(&w, "digest", digest);
    c->a.revision = revision;
    c->a.published = true;
    *ret_revision = revision;
    return hj_contest_event_end(c, &w, "assessment.publish", 0, reason, error);
}
