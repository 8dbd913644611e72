/* packsql: runs SQL that a pack brings, with its :names bound.
 *
 * :from :to :today are dates; every other name is an extra of the caller or a parameter of the
 * pack with its value at the date the SQL is about (VER-1).  A parameter before its first
 * from-date is NULL.
 *
 * Units    numeric parameters as stored: decimal and percent of scale 2, money in fen
 * Owns     the caller owns the rows
 * Threads  the transaction's
 * Source   design.md 3, 11 (pack SQL); domain.md VER-1 */
#pragma once

#include "pack/pack.h"
#include "store/store.h"

typedef struct {
    const char *name; /* as it stands after the colon */
    HjVal value;
} HjPackSqlExtra;

typedef struct {
    HjDate from, to; /* to: also the date of the parameters */
    const HjPackSqlExtra *extras;
    size_t n_extras;
    bool alone; /* reads no table: need not wait for rows that are being written */
} HjPackSqlBind;

/* @ret_owned receives the text behind @ret, or NULL; the caller frees it after use. */
bool hj_packsql_param(const HjPack *pack, const char *name, HjDate on, HjVal *ret,
                      char **ret_owned, GError **error);

/* The text with its names read, for those who ask often. */
typedef struct HjPackSqlText HjPackSqlText;
HjPackSqlText *hj_packsql_text_new(const char *text);
void hj_packsql_text_free(HjPackSqlText *text);
HjRows *hj_packsql_ask(HjTx *tx, const HjPack *pack, const HjPackSqlText *text,
                       const HjPackSqlBind *bind, GError **error);
HjRows *hj_packsql_query(HjTx *tx, const HjPack *pack, const char *text,
                         const HjPackSqlBind *bind, GError **error);
