#include "base/value.h"

HjVal
hj_value_date(HjDate date)
{
    if (date == HJ_DATE_NONE)
        return HJ_NULL;
    return (HjVal){ .kind = HJ_VAL_TEXT, .date = hj_date_text(date), .is_date = true };
}

const char *
hj_value_text(const HjVal *value)
{
    if (value->kind != HJ_VAL_TEXT)
        return NULL;
    return value->is_date ? value->date.text : value->text;
}

bool
hj_value_is_null(const HjVal *value)
{
    return value->kind == HJ_VAL_NULL ||
           (value->kind == HJ_VAL_TEXT && hj_value_text(value) == NULL);
}

bool
hj_value_same(const HjVal *a, const HjVal *b)
{
    if (hj_value_is_null(a) || hj_value_is_null(b))
        return hj_value_is_null(a) == hj_value_is_null(b);
    if (a->kind == HJ_VAL_I64)
        return b->kind == HJ_VAL_I64 && a->i64 == b->i64;
    return g_strcmp0(hj_value_text(a), hj_value_text(b)) == 0;
}
