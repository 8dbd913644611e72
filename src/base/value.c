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
