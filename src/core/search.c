#include "core/search.h"

#include "base/text.h"
#include "core/search_words.h"

#include <string.h>

/* The words asked for as the index of the database reads them. */
static char *
match_text(const HjDriver *driver, const HjSearchAsked *asked)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < asked->phrases->len; i++) {
        char *const *phrase = g_ptr_array_index(asked->phrases, i);
        if (i > 0)
            g_string_append(out, driver->search_and);
        for (size_t k = 0; phrase[k] != NULL; k++) {
            if (k > 0)
                g_string_append(out, driver->search_next);
            g_string_append_printf(out, "%s%s%s", driver->search_quote, phrase[k],
                                   driver->search_quote);
            if (phrase[k + 1] == NULL && hj_search_words_is_letters(phrase[k]))
                g_string_append(out, driver->search_prefix);
        }
    }
    return g_string_free(out, FALSE);
}

/* " AND ' ' || words || ' ' LIKE '% 沧 县 %' …": what is too new for the index. */
static void
compare_words(HjSqlb *b, const HjSearchAsked *asked)
{
    for (guint i = 0; i < asked->phrases->len; i++) {
        char **phrase = g_ptr_array_index(asked->phrases, i);
        g_autofree char *text = g_strjoinv(" ", phrase);
        bool goes_on = hj_search_words_is_letters(phrase[g_strv_length(phrase) - 1]);
        g_autofree char *pattern = g_strdup_printf(goes_on ? "%% %s%%" : "%% %s %%", text);
        hj_sqlb_lit(b, " AND ' ' || s.words || ' ' LIKE ");
        hj_sqlb_param(b, HJ_TEXT(pattern));
    }
}

static bool
same_words(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
    bool same = n_a == n_b;
    for (size_t i = 0; same && i < n_a; i++)
        same = g_str_equal(a[i], b[i]);
    return same;
}

/* Who enters a ledger sees it as well. */
static bool
same_roles(const HjLedger *a, const HjLedger *b)
{
    return same_words((const char *const *)a->see, a->n_see, (const char *const *)b->see,
                      b->n_see) &&
           same_words((const char *const *)a->enter, a->n_enter, (const char *const *)b->enter,
                      b->n_enter);
}

/* "(s.ledger IN (…) AND org in the scope of these)": ledgers seen by the same roles share it.
 */
static bool
add_scope(HjSqlb *b, HjTx *tx, const HjActor *actor, const HjSearch *search)
{
    const HjPack *pack = actor->pack;
    g_autofree bool *done = g_new0(bool, pack->n_ledgers + 1);
    bool any = false;
    hj_sqlb_lit(b, " AND (");
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        if (done[i] || (search->ledger != NULL && search->ledger != ledger) ||
            !hj_access_may_ledger(actor, ledger, HJ_ACCESS_VIEW))
            continue;
        hj_sqlb_add_literal(b, any ? " OR (s.ledger IN (" : "(s.ledger IN (");
        hj_sqlb_param(b, HJ_TEXT(ledger->name));
        for (size_t k = i + 1; k < pack->n_ledgers; k++) {
            if ((search->ledger != NULL && search->ledger != &pack->ledgers[k]) ||
                !same_roles(ledger, &pack->ledgers[k]) ||
                !hj_access_may_ledger(actor, &pack->ledgers[k], HJ_ACCESS_VIEW))
                continue; /* a token may open one of the two only */
            done[k] = true;
            hj_sqlb_lit(b, ", ");
            hj_sqlb_param(b, HJ_TEXT(pack->ledgers[k].name));
        }
        hj_sqlb_lit(b, ")");
        hj_access_scope(b, tx, actor, "ledger.view", ledger, "s.org");
        hj_sqlb_lit(b, ")");
        any = true;
    }
    hj_sqlb_add_literal(b, any ? ")" : "1 = 0)");
    if (search->under != 0) {
        hj_sqlb_lit(b, " AND s.org IN (");
        hj_access_subtrees(b, tx, &search->under, 1);
        hj_sqlb_lit(b, ")");
    }
    if (search->before != 0) {
        hj_sqlb_lit(b, " AND s.id < ");
        hj_sqlb_param(b, HJ_I64(search->before));
    }
    return any;
}

static void
add_county(HjSqlb *b, HjTx *tx)
{
    hj_sqlb_lit(b, "s.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
}

/* Of one piece of the matches of the index, the newest first: behind @skip. */
typedef struct {
    HjTx *tx;
    const HjActor *actor;
    const HjSearch *search;
    const HjSearchAsked *asked;
    const char *match;
    int64_t skip;
} Looking;

static int together; /* atomic; 0: HJ_SEARCH_LOOKED */

void
hj_search_look_at(int n)
{
    g_atomic_int_set(&together, n);
}

static int64_t
at_once(void)
{
    int n = g_atomic_int_get(&together);
    return n > 0 ? n : HJ_SEARCH_LOOKED;
}

static void
add_matches(HjSqlb *b, const Looking *l)
{
    const HjDriver *driver = hj_store_driver(hj_tx_store(l->tx));
    hj_sqlb_lit(b, "(");
    hj_sqlb_add_literal(b, driver->search_hits);
    hj_sqlb_param(b, HJ_TEXT(l->match));
    hj_sqlb_add_literal(b, driver->search_hits_end);
    hj_sqlb_lit(b, " LIMIT ");
    hj_sqlb_param(b, HJ_I64(at_once()));
    hj_sqlb_lit(b, " OFFSET ");
    hj_sqlb_param(b, HJ_I64(l->skip));
    hj_sqlb_lit(b, ") h");
}

/* What the index does not hold yet; it comes with the first piece. */
static void
add_new(HjSqlb *b, const Looking *l)
{
    hj_sqlb_lit(b, " UNION ALL SELECT s.id AS id, s.ledger AS ledger FROM"
                   " (SELECT * FROM sys_search s WHERE ");
    add_county(b, l->tx);
    hj_sqlb_lit(b, " AND s.words IS NOT NULL ORDER BY s.id DESC LIMIT ");
    hj_sqlb_param(b, HJ_I64(HJ_SEARCH_LOOKED));
    hj_sqlb_lit(b, ") s WHERE s.words <> ''");
    compare_words(b, l->asked);
    add_scope(b, l->tx, l->actor, l->search);
}

static HjRows *
find(const Looking *l, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT s.id AS id, s.ledger AS ledger FROM ");
    add_matches(b, l);
    hj_sqlb_lit(b, " JOIN sys_search s ON s.id = h.id WHERE ");
    add_county(b, l->tx);
    hj_sqlb_lit(b, " AND s.words IS NULL");
    add_scope(b, l->tx, l->actor, l->search);
    if (l->skip == 0)
        add_new(b, l);
    hj_sqlb_lit(b, " ORDER BY id DESC LIMIT ");
    hj_sqlb_param(b, HJ_I64(l->search->limit + 1));
    return hj_sqlb_query(b, l->tx, error);
}

/* Whether there may be matches behind this piece. */
static bool
goes_on(const Looking *l, bool *ret, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT COUNT(*) AS n FROM ");
    add_matches(b, l);
    g_autoptr(HjRows) rows = hj_sqlb_query(b, l->tx, error);
    if (rows == NULL)
        return false;
    *ret = hj_rows_next(rows) && hj_rows_i64(rows, "n") == at_once();
    return true;
}

static int
newest_first(gconstpointer a, gconstpointer b)
{
    const HjSearchHit *x = a, *y = b;
    return (x->id < y->id) - (x->id > y->id);
}

/* Piece after piece, until there are enough within the scope or no more matches. */
static bool
collect(Looking *l, GArray *hits, GError **error)
{
    for (bool on = true; on && hits->len <= (guint)l->search->limit; l->skip += at_once()) {
        g_autoptr(HjRows) rows = find(l, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            HjSearchHit hit = { .id = hj_rows_i64(rows, "id"),
                                .ledger = hj_pack_ledger(l->actor->pack,
                                                         hj_rows_text(rows, "ledger")) };
            if (hit.ledger != NULL)
                g_array_append_val(hits, hit);
        }
        if (hits->len <= (guint)l->search->limit && !goes_on(l, &on, error))
            return false;
    }
    g_array_sort(hits, newest_first);
    return true;
}

bool
hj_search(HjTx *tx, const HjActor *actor, const HjSearch *search, HjSearchHits *ret,
          GError **error)
{
    *ret = (HjSearchHits){ 0 };
    if (!g_utf8_validate(search->q, -1, NULL) || !hj_text_is_clean(search->q, false) ||
        hj_text_length(search->q) > HJ_SEARCH_MAX_TEXT)
        return hj_fail(error, HJ_ERROR_MALFORMED, "This filter cannot be read.");
    HjSearchAsked asked;
    hj_search_words_ask(search->q, &asked);
    ret->too_short = asked.too_short;
    if (asked.too_short || asked.phrases->len == 0) {
        hj_search_words_asked_clear(&asked);
        return true;
    }
    g_autofree char *match = match_text(hj_store_driver(hj_tx_store(tx)), &asked);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(HjSearchHit));
    Looking looking = { tx, actor, search, &asked, match, 0 };
    bool done = collect(&looking, hits, error);
    hj_search_words_asked_clear(&asked);
    if (!done)
        return false;
    ret->more = hits->len > (guint)search->limit;
    ret->n_hits = MIN(hits->len, (guint)search->limit);
    ret->hits = g_new0(HjSearchHit, ret->n_hits + 1);
    for (size_t i = 0; i < ret->n_hits; i++)
        ret->hits[i] = g_array_index(hits, HjSearchHit, i);
    return true;
}

void
hj_search_hits_clear(HjSearchHits *hits)
{
    g_clear_pointer(&hits->hits, g_free);
}
