/* search: one box over organizations, people, row titles and text fields.
 *
 * A row's words are written in the transaction of the row and found from then on: what is new
 * is compared word by word, what is older stands in the index of the database, into which a
 * thread takes the new ones in small steps.  Chinese is found from one character on, the title
 * also by pinyin and initials.  A field hidden from any role is never indexed.
 *
 * Units    limits in rows
 * Owns     HjSearchHits, hj_search_hits_clear; hj_search_stop
 * Threads  the transaction's; one thread of its own between start and stop
 * Source   stack.md F2, F3; features.md 2, 151 */
#pragma once

#include "core/row.h"
#include "core/row_input.h"

/* The words of the row as it will stand; @title_syllables is the pinyin of its title, or NULL.
 */
bool hj_search_keep(HjTx *tx, const HjRowDraft *draft, const char *title_syllables,
                    GError **error);
/* Whether a change of this row changes its words. */
bool hj_search_concerns(const HjRowDraft *draft);
/* A voided row is found no more. */
bool hj_search_drop(HjTx *tx, int64_t id, GError **error);

#define HJ_SEARCH_MAX_TEXT 100
#define HJ_SEARCH_LOOKED 20000 /* matches looked at together, the newest first */
#define HJ_SEARCH_COUNTED 2000 /* rows told apart by ledger */

typedef struct {
    const char *q;
    const HjLedger *ledger; /* NULL: every one the actor sees */
    int64_t under;          /* organization whose subtree is searched, 0: the whole scope */
    int64_t before;         /* the page below this row; 0 for the newest */
    int limit;
} HjSearch;
typedef struct {
    int64_t id;
    const HjLedger *ledger;
} HjSearchHit;
typedef struct {
    HjSearchHit *hits; /* newest first */
    size_t n_hits;
    bool more;      /* there are more than @limit */
    bool too_short; /* nothing was looked for: a single letter */
} HjSearchHits;
/* For tests: how many matches are looked at together; 0: HJ_SEARCH_LOOKED. */
void hj_search_look_at(int n);
/* Matches outside the scope hide none inside it, however many there are.  MALFORMED when @q
 * holds what nobody can read or is too long. */
bool hj_search(HjTx *tx, const HjActor *actor, const HjSearch *search, HjSearchHits *ret,
               GError **error);
void hj_search_hits_clear(HjSearchHits *hits);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjSearchHits, hj_search_hits_clear)

/* Indexes what was never indexed, or by other fields or readings; @progress may be NULL. */
typedef void (*HjSearchProgress)(const char *ledger, int64_t n_done, int64_t n_all);
bool hj_search_fill(HjStore *store, const HjPack *pack, HjSearchProgress progress,
                    GError **error);
/* Takes at most @limit rows into the index; *ret is how many there may have been. */
bool hj_search_fold(HjStore *store, int limit, int64_t *ret, GError **error);

typedef struct HjSearcher HjSearcher;
HjSearcher *hj_search_start(HjStore *store);
void hj_search_stop(HjSearcher *searcher);
