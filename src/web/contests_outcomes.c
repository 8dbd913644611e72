/* What followed from a published result: rewards and consequences, in the words of a ledger. */
#include "core/access.h"
#include "core/row.h"
#include "web/contests.h"
#include "web/pages.h"

#define MOST 50

/* Filters look for a part of a text: whose it is, is compared here. */
static bool
is_of(const HjContests *contest, const HjSchemeNotes *notes, const HjRows *row)
{
    const HjScheme *scheme = contest->scheme;
    const char *named = hj_rows_text(row, notes->scheme);
    const char *const names[] = { scheme->name, scheme->title.zh, scheme->title.en, NULL };
    return named != NULL && g_strv_contains(names, named) &&
           g_strcmp0(hj_rows_text(row, notes->period), contest->period.text) == 0;
}

static const char *
cell(HjRequest *req, const HjLedger *ledger, const char *field, const HjRows *row)
{
    const char *text =
        field != NULL ? hj_pages_cell(req, hj_pack_field(ledger, field), row) : NULL;
    return text != NULL && *text != '\0' ? text : NULL;
}

HjOutcomeLine *
hj_contests_outcomes(HjRequest *req, const HjContests *contest, const HjCard *card,
                     size_t *ret_n, GError **error)
{
    const HjSchemeNotes *notes = &contest->scheme->outcomes;
    const HjActor *actor = hj_request_actor(req);
    HjTx *tx = hj_request_tx(req);
    HjOutcomeLine *lines = hj_request_new(req, HjOutcomeLine, MOST);
    *ret_n = 0;
    if (contest->view->provisional || notes->ledger == NULL ||
        !hj_access_check_row(tx, actor, notes->ledger, HJ_ACCESS_VIEW, card->org, NULL))
        return lines;
    const HjRowFilter filters[] = { { .field = hj_pack_field(notes->ledger, notes->period),
                                      .text = contest->period.text } };
    const HjRowQuery query = {
        .ledger = notes->ledger,
        .under = card->org,
        .only_here = true,
        .filters = filters,
        .n_filters = G_N_ELEMENTS(filters),
        .from = HJ_DATE_NONE,
        .to = HJ_DATE_NONE,
        .limit = 200,
    };
    g_autofree char *next = NULL;
    HjRows *rows = hj_row_list(tx, actor, &query, &next, error);
    if (rows == NULL)
        return NULL;
    hj_request_adopt(req, rows, (GDestroyNotify)hj_rows_free);
    while (*ret_n < MOST && hj_rows_next(rows))
        if (is_of(contest, notes, rows))
            lines[(*ret_n)++] = (HjOutcomeLine){
                .text = cell(req, notes->ledger, notes->text, rows),
                .kind = cell(req, notes->ledger, notes->kind, rows),
                .on = cell(req, notes->ledger, notes->on, rows),
                .document = cell(req, notes->ledger, notes->document, rows),
                .href = hj_request_printf(req, "/ledgers/%s/%" G_GINT64_FORMAT,
                                          notes->ledger->name, hj_rows_i64(rows, "id")),
            };
    return lines;
}

const char *
hj_contests_outcome_new(HjRequest *req, const HjContests *contest, const HjCard *card)
{
    const HjSchemeNotes *notes = &contest->scheme->outcomes;
    if (contest->view->provisional || notes->ledger == NULL ||
        !hj_access_check_row(hj_request_tx(req), hj_request_actor(req), notes->ledger,
                             HJ_ACCESS_ENTER, card->org, NULL))
        return NULL;
    g_autofree char *fill =
        g_strdup_printf("%s:%s;%s:%s", notes->scheme, contest->scheme->title.zh, notes->period,
                        contest->period.text);
    g_autofree char *escaped = g_uri_escape_string(fill, NULL, FALSE);
    return hj_request_printf(req, "/ledgers/%s/new?org=%s&fill=%s", notes->ledger->name,
                             card->code, escaped);
}
