/* row_cursor: how a list of rows is ordered, and where its next page begins.
 *
 * Every order ends in the row's id, so that no two rows are equal in it; rows without a value
 * come last either way.  A cursor names the order it belongs to: one of another order is
 * refused.
 *
 * Units    none
 * Owns     HjRowCursor, hj_row_cursor_clear
 * Threads  one at a time
 * Source   interface.md (HTTP: limit, cursor) */
#pragma once

#include "core/row.h"
/* also: hj_row_order_ */

typedef enum {
    HJ_ROW_BY_ID,
    HJ_ROW_BY_ORG,
    HJ_ROW_BY_CREATED,
    HJ_ROW_BY_UPDATED,
    HJ_ROW_BY_TITLE, /* the pinyin key of the title */
    HJ_ROW_BY_FIELD,
} HjRowOrderKind;

typedef struct {
    HjRowOrderKind kind;
    const HjField *field;
    const char *name; /* "id", "org", … or the field's */
    bool desc;
    bool is_number; /* the value sorted by is an integer */
    bool may_be_null;
} HjRowKeyOf;

#define HJ_ROW_KEYS 4
typedef struct {
    HjRowKeyOf keys[HJ_ROW_KEYS];
    size_t n; /* at least 1; only the first may be the id */
} HjRowOrder;

/* MALFORMED for an order there is not, or one by a field hidden from the actor. */
bool hj_row_order_read(const HjActor *actor, const HjRowQuery *query, HjRowOrder *ret,
                       GError **error);
bool hj_row_order_is_id(const HjRowOrder *order);
/* ", <value> AS sorted_by, …": what is sorted by, nothing for the id. */
void hj_row_order_select(HjSqlb *b, const HjRowOrder *order);
void hj_row_order_by(HjSqlb *b, const HjRowOrder *order);
/* ", r.sorted_by AS sorted_by, …" and the order where those columns are there already. */
void hj_row_order_pass(HjSqlb *b, const HjRowOrder *order);
void hj_row_order_again(HjSqlb *b, const HjRowOrder *order);

typedef struct {
    struct {
        bool is_null;
        int64_t i64;
        char *text; /* NULL for numbers */
    } at[HJ_ROW_KEYS];
    int64_t id;
} HjRowCursor;

/* Of the row that @rows stands on. */
void hj_row_cursor_take(const HjRowOrder *order, const HjRows *rows, HjRowCursor *ret);
char *hj_row_cursor_write(const HjRowOrder *order, const HjRowCursor *cursor);
/* MALFORMED for anything hj_row_cursor_write did not make for this order. */
bool hj_row_cursor_read(const HjRowOrder *order, const char *text, HjRowCursor *ret,
                        GError **error);
void hj_row_cursor_clear(HjRowCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjRowCursor, hj_row_cursor_clear)
/* " AND (… after the cursor)" */
void hj_row_cursor_after(HjSqlb *b, const HjRowOrder *order, const HjRowCursor *cursor);
