/* What is owed every period, in words. */
#include "web/duties.h"

#include "core/access.h"
#include "core/cadence.h"
#include "core/digest.h"

#define HOME_MOST 6

const char *
hj_duties_every(HjRequest *req, HjEvery every)
{
    static const char *const words[] = {
        [HJ_EVERY_DUTY_DAY] = N_("every working day"), [HJ_EVERY_WEEK] = N_("every week"),
        [HJ_EVERY_MONTH] = N_("every month"),          [HJ_EVERY_QUARTER] = N_("every quarter"),
        [HJ_EVERY_HALF_YEAR] = N_("every half-year"),  [HJ_EVERY_YEAR] = N_("every year"),
    };
    return hj_tr(hj_request_lang(req), words[every]);
}

static const char *
day_text(HjRequest *req, const char *iso)
{
    int year, month, day;
    HjDate date;
    if (!hj_date_parse(iso, &date, NULL))
        return iso;
    hj_date_split(date, &year, &month, &day);
    return hj_request_lang(req) == HJ_ZH ? hj_request_printf(req, "%d月%d日", month, day)
                                         : hj_request_strdup(req, iso);
}

/* A new row of the ledger, dated where it is missing; a child's stands on the page of its
 * parent. */
static const char *
new_href(HjRequest *req, const HjCadence *cadence, const char *code, const char *to_on)
{
    const HjLedger *ledger = cadence->ledger;
    (void)to_on;
    if (ledger->in != NULL)
        return hj_request_printf(req, "/ledgers/%s?under=%s", ledger->in->name, code);
    return hj_request_printf(req, "/ledgers/%s/new?org=%s", ledger->name, code);
}

static HjDutyLine
line_of(HjRequest *req, const HjRows *rows)
{
    const HjCadence *cadence =
        hj_pack_cadence(hj_request_pack(req), hj_rows_text(rows, "cadence"));
    const char *code = hj_rows_text(rows, "org_code"), *to_on = hj_rows_text(rows, "to_on");
    const char *from_on = hj_rows_text(rows, "from_on");
    HjDate from = HJ_DATE_NONE;
    hj_date_parse(from_on, &from, NULL);
    g_autofree char *when = hj_cadence_period_text(
        cadence->every, from, hj_tx_today(hj_request_tx(req)), hj_request_lang(req));
    bool late = g_str_equal(hj_rows_text(rows, "light"), "red");
    const char *name = hj_page_label(req, &cadence->title);
    int missing = (int)hj_rows_i64(rows, "missing");
    return (HjDutyLine){
        .title = hj_request_lang(req) == HJ_ZH
                     ? hj_request_printf(req, "%s%s还差 %d 次", when, name, missing)
                     : hj_request_printf(req, "%s: %d still missing %s", name, missing, when),
        .org = hj_request_strdup(req, hj_rows_text(rows, "org_name")),
        .due = hj_request_printf(
            req, "%s %s", late ? hj_page_tr(req, N_("was due")) : hj_page_tr(req, N_("by")),
            day_text(req, to_on)),
        .light = hj_request_strdup(req, hj_rows_text(rows, "light")),
        .href = new_href(req, cadence, code, to_on),
        .list_href =
            hj_request_printf(req, "/ledgers/%s?under=%s", cadence->ledger->name, code),
    };
}

bool
hj_duties_lines(HjRequest *req, size_t limit, HjDutyLine **ret, size_t *ret_n,
                int64_t *ret_more, GError **error)
{
    HjTx *tx = hj_request_tx(req);
    const HjActor *actor = hj_request_actor(req);
    *ret_n = 0;
    *ret_more = 0;
    *ret = hj_request_new(req, HjDutyLine, limit + 1);
    g_autoptr(HjRows) rows = hj_cadence_due(tx, actor, 0, 1000, error);
    if (rows == NULL)
        return false;
    while (hj_rows_next(rows)) {
        if (*ret_n < limit)
            (*ret)[(*ret_n)++] = line_of(req, rows);
        else
            ++*ret_more;
    }
    return true;
}

/* Some cadence of the pack is seen. */
static bool
any(const HjActor *actor)
{
    for (size_t i = 0; i < actor->pack->n_cadences; i++)
        if (hj_cadence_is_seen_by(actor, &actor->pack->cadences[i]))
            return true;
    return false;
}

bool
hj_duties_home(HjRequest *req, HjDuties **ret, GError **error)
{
    const HjActor *actor = hj_request_actor(req);
    HjDigestState state;
    *ret = NULL;
    if (!hj_access_may(actor, "ledger.view"))
        return true;
    HjDuties *duties = hj_request_new(req, HjDuties, 1);
    if (!hj_duties_lines(req, HOME_MOST, &duties->lines, &duties->n_lines, &duties->n_more,
                         error) ||
        !hj_digest_state(hj_request_tx(req), actor, &state, error))
        return false;
    duties->digest_href = state.announced ? "/digest" : NULL;
    duties->panel_href = any(actor) ? "/cadences" : NULL;
    if (duties->n_lines > 0 || duties->digest_href != NULL || duties->panel_href != NULL)
        *ret = duties;
    return true;
}
