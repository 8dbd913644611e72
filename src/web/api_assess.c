/* Assessments over the JSON API: the ranking and one scorecard down to its rows. */
#include "core/scheme.h"
#include "web/api_calls.h"
#include "web/page.h"
#include "web/rowquery.h"

#include <string.h>

#define POINTS_SCALE 2
/* Rows shown behind one item; the list call of the ledger has the rest. */
#define MAX_EVIDENCE 200

/* One board as one caller may see it. */
typedef struct {
    HjRequest *req;
    const HjScheme *scheme;
    HjPeriod period;
    HjScoreboard *board;
    bool ranking; /* the whole of it (ASM-6) */
} Board;

static void
write_key_text(HjJsonWriter *w, const char *key, const char *text)
{
    hj_json_key(w, key);
    hj_json_text(w, text);
}

static void
write_points(HjJsonWriter *w, const char *key, int64_t points)
{
    hj_json_key(w, key);
    hj_json_decimal(w, points, POINTS_SCALE);
}

/* Whether "2018H1" is a half-year, "2018-03" a month and so on. */
static bool
period_fits(const HjScheme *scheme, const char *text)
{
    const char *kind = "year";
    if (strchr(text, 'H') != NULL)
        kind = "half_year";
    else if (strchr(text, 'Q') != NULL)
        kind = "quarter";
    else if (strchr(text, '-') != NULL)
        kind = "month";
    return g_str_equal(scheme->period, kind);
}

static bool
load_board(HjRequest *req, Board *ret, GError **error)
{
    HjPack *pack = hj_request_pack(req);
    const char *text = hj_request_part(req, "period");
    *ret =
        (Board){ .req = req, .scheme = hj_pack_scheme(pack, hj_request_part(req, "scheme")) };
    if (ret->scheme == NULL)
        return hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such contest.");
    if (!hj_period_parse(text, &ret->period, NULL) || !period_fits(ret->scheme, text))
        return hj_rowquery_fail(req, "period", N_("This contest has no such period."), error);
    ret->ranking = hj_scheme_may_rank(hj_request_actor(req), ret->scheme);
    ret->board = hj_scheme_compute(hj_request_tx(req), pack, ret->scheme, &ret->period, error);
    if (ret->board == NULL)
        return false;
    hj_request_adopt(req, ret->board, (GDestroyNotify)hj_scheme_free);
    return true;
}

static void
write_head(HjJsonWriter *w, const Board *board)
{
    write_key_text(w, "scheme", board->scheme->name);
    hj_api_write_label(w, "title", &board->scheme->title);
    write_key_text(w, "period", board->period.text);
    write_key_text(w, "from", hj_date_text(board->period.from).text);
    write_key_text(w, "to", hj_date_text(board->period.to).text);
    write_points(w, "base", board->board->base);
    write_points(w, "full", board->board->full);
    hj_json_key(w, "assumption");
    hj_json_flag(w, board->scheme->assumption);
    hj_json_key(w, "ranking");
    hj_json_flag(w, board->ranking);
}

static void
write_score(HjJsonWriter *w, const Board *board, const HjScore *score)
{
    write_key_text(w, "org", score->code);
    write_key_text(w, "org_name", score->name);
    hj_json_key(w, "rank");
    if (board->ranking)
        hj_json_i64(w, score->rank);
    else
        hj_json_nothing(w);
    write_points(w, "total", score->total);
    hj_json_key(w, "veto");
    if (!score->vetoed) {
        hj_json_nothing(w);
        return;
    }
    hj_json_begin_object(w);
    write_key_text(w, "document", score->veto_document);
    if (score->veto != NULL)
        hj_api_write_label(w, "says", &score->veto->says);
    hj_json_end_object(w);
}

static void
write_list_head(HjJsonWriter *w, const HjListScore *list)
{
    write_key_text(w, "list", list->list->name);
    hj_api_write_label(w, "title", &list->list->title);
    write_points(w, "points", list->points);
    write_points(w, "base", list->base);
    write_points(w, "cap", list->list->cap);
}

/* Without the audience of the ranking, only what lies within the own scope. */
static bool
may_see(const Board *board, const HjScore *score)
{
    HjRequest *req = board->req;
    return board->ranking || hj_access_check(hj_request_tx(req), hj_request_actor(req),
                                             "scheme.view", score->org, NULL);
}

HjResponse *
hj_api_assessment(HjRequest *req, GError **error)
{
    Board board;
    if (!load_board(req, &board, error))
        return NULL;
    HjJsonWriter w;
    HjResponse *res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_head(&w, &board);
    hj_json_key(&w, "items");
    hj_json_begin_array(&w);
    for (size_t i = 0; i < board.board->n_scores; i++) {
        const HjScore *score = &board.board->scores[i];
        if (!may_see(&board, score))
            continue;
        hj_json_begin_object(&w);
        write_score(&w, &board, score);
        hj_json_key(&w, "lists");
        hj_json_begin_array(&w);
        for (size_t j = 0; j < score->n_lists; j++) {
            hj_json_begin_object(&w);
            write_list_head(&w, &score->lists[j]);
            hj_json_end_object(&w);
        }
        hj_json_end_array(&w);
        hj_json_end_object(&w);
    }
    hj_api_end_list(&w, NULL);
    return res;
}

HjResponse *
hj_api_compute(HjRequest *req, GError **error)
{
    /* Nothing is stored but, with an Idempotency-Key, the answer itself. */
    hj_tx_exempt(hj_request_tx(req));
    return hj_api_assessment(req, error);
}

static void
write_evidence_row(HjJsonWriter *w, const HjRows *rows)
{
    const char *ledger = hj_rows_text(rows, "ledger");
    int64_t id = hj_rows_i64(rows, "id");
    hj_json_begin_object(w);
    write_key_text(w, "ledger", ledger);
    hj_json_key(w, "id");
    hj_json_id(w, id);
    write_key_text(w, "org_name", hj_rows_text(rows, "org_name"));
    int points = hj_rows_column(rows, "points");
    if (points >= 0)
        write_points(w, "points", hj_rows_i64_at(rows, points));
    g_autofree char *href =
        g_strdup_printf("/api/v1/ledgers/%s/rows/%" G_GINT64_FORMAT, ledger, id);
    write_key_text(w, "href", href);
    hj_json_end_object(w);
}

static HjRows *
load_evidence(const Board *board, const HjScore *score, const HjItemScore *item, GError **error)
{
    HjTx *tx = hj_request_tx(board->req);
    const HjActor *actor = hj_request_actor(board->req);
    if (item->item->indicator != NULL)
        return hj_indicator_evidence(tx, actor, item->item->indicator, score->org,
                                     board->period.from, board->period.to, MAX_EVIDENCE + 1,
                                     error);
    return hj_scheme_rows(tx, actor, board->scheme, item->item, &board->period, score->org,
                          error);
}

static bool
write_evidence(HjJsonWriter *w, const Board *board, const HjScore *score,
               const HjItemScore *item, GError **error)
{
    g_autoptr(HjRows) rows = load_evidence(board, score, item, error);
    if (rows == NULL)
        return false;
    hj_json_key(w, "rows");
    hj_json_begin_array(w);
    for (int n = 0; n < MAX_EVIDENCE && hj_rows_next(rows); n++)
        write_evidence_row(w, rows);
    hj_json_end_array(w);
    hj_json_key(w, "more_rows");
    hj_json_flag(w, hj_rows_count(rows) > MAX_EVIDENCE);
    return true;
}

static bool
write_item(HjJsonWriter *w, const Board *board, const HjScore *score, const HjItemScore *item,
           GError **error)
{
    const HjSchemeItem *of = item->item;
    hj_json_begin_object(w);
    write_key_text(w, "item", of->name);
    hj_api_write_label(w, "title", &of->title);
    write_points(w, "points", item->points);
    write_points(w, "of_points", of->points);
    hj_json_key(w, "counted");
    hj_json_flag(w, item->counted);
    hj_json_key(w, "assumption");
    hj_json_flag(w, of->assumption);
    if (of->pending)
        hj_api_write_label(w, "pending", &of->pending_why);
    if (of->indicator != NULL) {
        write_key_text(w, "indicator", of->indicator->name);
        hj_api_write_value(w, of->indicator, &item->value);
    } else if (!of->pending) {
        hj_json_key(w, "n_rows");
        hj_json_i64(w, item->n_rows);
    }
    if (!of->pending && !write_evidence(w, board, score, item, error))
        return false;
    hj_json_end_object(w);
    return true;
}

static bool
write_lists(HjJsonWriter *w, const Board *board, const HjScore *score, GError **error)
{
    hj_json_key(w, "lists");
    hj_json_begin_array(w);
    for (size_t i = 0; i < score->n_lists; i++) {
        const HjListScore *list = &score->lists[i];
        hj_json_begin_object(w);
        write_list_head(w, list);
        hj_json_key(w, "items");
        hj_json_begin_array(w);
        for (size_t j = 0; j < list->n_items; j++)
            if (!write_item(w, board, score, &list->items[j], error))
                return false;
        hj_json_end_array(w);
        hj_json_end_object(w);
    }
    hj_json_end_array(w);
    return true;
}

HjResponse *
hj_api_scorecard(HjRequest *req, GError **error)
{
    /* The card of another place stays shut even where its total stands in the ranking. */
    HjRows *org = hj_page_org(req, hj_request_part(req, "code"), error);
    if (org == NULL)
        return NULL;
    int64_t id = hj_rows_i64(org, "id");
    Board board;
    if (!hj_access_check(hj_request_tx(req), hj_request_actor(req), "scheme.view", id, error) ||
        !load_board(req, &board, error))
        return NULL;
    const HjScore *score = hj_scheme_score(board.board, id);
    if (score == NULL) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "This organization takes no part in the contest.");
        return NULL;
    }
    HjJsonWriter w;
    g_autoptr(HjResponse) res = hj_response_json(req, 200, &w);
    hj_json_begin_object(&w);
    write_head(&w, &board);
    write_score(&w, &board, score);
    if (!write_lists(&w, &board, score, error))
        return NULL;
    hj_json_end_object(&w);
    return g_steal_pointer(&res);
}
