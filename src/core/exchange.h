/* exchange: a ledger as a workbook, out and in: the columns, their headings and their cells.
 *
 * Export, template and import have the same columns: the organization, for a ledger under
 * another one the row above, then every field the actor sees.  A cell may be written as people
 * write: labels or keys, dates in many spellings, people and places by name.  What a name could
 * mean twice is refused with the choices, never guessed.
 *
 * Units    cells are text as base/sheet.h spells it; money in yuan
 * Owns     hj_exchange_free; it borrows ledger and actor
 * Threads  one at a time; the transaction's
 * Source   features.md 145, section 3 (Excel) */
#pragma once

#include "base/sheet_write.h"
#include "core/row.h"

typedef struct {
    const char *name;     /* of the field, or "org", or "parent" */
    const HjField *field; /* NULL for those two */
    HjLabel title;
    HjLabel unit;
    bool required;
} HjExchangeColumn;

typedef struct HjExchange HjExchange;
struct HjExchange {
    const HjLedger *ledger;
    const HjActor *actor;
    HjExchangeColumn *columns;
    size_t n_columns;
    void *priv; /* core/exchange only: names already looked up */
};

/* DENIED where the actor neither sees nor enters the ledger anywhere. */
HjExchange *hj_exchange_new(HjTx *tx, const HjActor *actor, const HjLedger *ledger,
                            GError **error);
void hj_exchange_free(HjExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjExchange, hj_exchange_free)

/* --- headings --- */

/* Index of the column a heading names, -1 where none does. */
int hj_exchange_column_named(const HjExchange *exchange, const char *heading);
/* The column whose title is nearest to the heading, or NULL. */
const HjExchangeColumn *hj_exchange_nearest(const HjExchange *exchange, const char *heading);
/* A column this program adds itself and reads over: the reasons, and where a row stands. */
bool hj_exchange_is_told(const HjExchange *exchange, const char *heading);

/* --- cells --- */

/* The text core/row reads for a field; NULL with an issue on the column.  Caller owns. */
char *hj_exchange_cell(const HjExchangeColumn *column, const HjSheetCell *cell,
                       HjIssues *issues);
/* Names to ids, as core/row takes them.  0 with an issue where there is none or more than one;
 * false when the database fails. */
bool hj_exchange_find_org(HjExchange *exchange, HjTx *tx, const char *text, HjIssues *issues,
                          int64_t *ret, GError **error);
bool hj_exchange_find_parent(HjExchange *exchange, HjTx *tx, int64_t org, const char *text,
                             HjIssues *issues, int64_t *ret, GError **error);
/* *@text of a person, organization or row is replaced by its id. */
bool hj_exchange_find_cited(HjExchange *exchange, HjTx *tx, int64_t org, const HjField *field,
                            char **text, HjIssues *issues, GError **error);
/* The organization that a row without one belongs to: the only one the actor enters, or 0. */
bool hj_exchange_only_org(HjExchange *exchange, HjTx *tx, int64_t *ret, GError **error);

/* --- workbooks --- */

GBytes *hj_exchange_template(HjExchange *exchange, HjTx *tx, HjLang lang, GError **error);
/* Every row of the query, however many pages; cursor and limit are not looked at. */
GBytes *hj_exchange_export(HjExchange *exchange, HjTx *tx, const HjRowQuery *query, HjLang lang,
                           int64_t *ret_n, GError **error);

/* A template into which rows that were refused are written back; @bad marks columns by index.
 */
typedef struct HjExchangeBook HjExchangeBook;
HjExchangeBook *hj_exchange_book_new(HjExchange *exchange, HjTx *tx, HjLang lang,
                                     GError **error);
void hj_exchange_book_free(HjExchangeBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjExchangeBook, hj_exchange_book_free)
bool hj_exchange_book_row(HjExchangeBook *self, const char *const *texts,
                          const char *const *bad, const char *reason, GError **error);
/* A row without marks or a reason, below headings without one. */
bool hj_exchange_book_plain(HjExchangeBook *self, const char *const *texts, GError **error);
GBytes *hj_exchange_book_end(HjExchangeBook *self, GError **error);
