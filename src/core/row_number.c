/* Numbers that the program gives: "沧督〔{year}〕{n}号". */
#include "core/row_priv.h"

#include <string.h>

#define SQL_TAKE                                                                               \
    "INSERT INTO sys_number (county, ledger, field, year, last) VALUES ($1, $2, $3, $4, 1) "   \
    "ON CONFLICT (county, ledger, field, year) DO UPDATE SET last = sys_number.last + 1"
#define SQL_TAKEN                                                                              \
    "SELECT last FROM sys_number WHERE county = $1 AND ledger = $2 AND field = $3 "            \
    "AND year = $4"

static char *
written(const char *pattern, int year, int64_t n)
{
    g_autofree char *year_text = g_strdup_printf("%04d", year);
    g_autofree char *n_text = g_strdup_printf("%" G_GINT64_FORMAT, n);
    g_autoptr(GString) out = g_string_new(pattern);
    g_string_replace(out, "{year}", year_text, 0);
    g_string_replace(out, "{n}", n_text, 0);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

bool
hj_row_number(HjTx *tx, HjRowDraft *draft, GError **error)
{
    int year, month, day;
    hj_date_split(hj_row_draft_day(tx, draft), &year, &month, &day);
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjField *field = &draft->ledger->fields[i];
        if (field->number == NULL)
            continue;
        HjVal county = HJ_I64(hj_tx_county(tx)), ledger = HJ_TEXT(draft->ledger->name);
        HjVal name = HJ_TEXT(field->name), of = HJ_I64(year);
        if (!hj_tx_exec(tx, error, SQL_TAKE, county, ledger, name, of))
            return false;
        g_autoptr(HjRows) taken = hj_tx_query(tx, error, SQL_TAKEN, county, ledger, name, of);
        if (taken == NULL || !hj_rows_next(taken))
            return false;
        g_free(draft->owned[i]);
        draft->owned[i] = written(field->number, year, hj_rows_i64(taken, "last"));
        draft->vals[i] = HJ_TEXT(draft->owned[i]);
    }
    return true;
}
