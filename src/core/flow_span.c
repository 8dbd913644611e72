#include "core/flow_priv.h"
#include "pack/calendar.h"

int
hj_flow_span_amount(const HjSpan *span, HjDate rules_on)
{
    if (span->param == NULL)
        return span->n;
    const HjParamValue *value = hj_pack_param_value(span->param, rules_on);
    return value != NULL ? (int)value->number : -1;
}

HjDate
hj_flow_span_end(const HjPack *pack, const HjSpan *span, HjDate from, HjDate rules_on)
{
    int n = hj_flow_span_amount(span, rules_on);
    if (from == HJ_DATE_NONE || n < 0)
        return HJ_DATE_NONE;
    switch (span->unit) {
    case HJ_SPAN_DAYS:
        return from + n;
    case HJ_SPAN_WORKDAYS:
        return hj_workday_add(pack, from, n);
    case HJ_SPAN_MONTHS:
        return hj_date_add_months(from, n);
    case HJ_SPAN_NONE:
    default:
        return HJ_DATE_NONE;
    }
}
