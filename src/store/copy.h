/* copy: the rows of a county as lines of JSON, out of either database and into either.
 *
 * A line is one row: an object with the columns that are not NULL; integers are numbers, bytes
 * hex.  Derived tables (virtual ones) and what ends by itself (sessions, idempotency keys) are
 * left out.  The events come in the order of the chain, after the seals, so that a reader can
 * check the chain while it reads.
 *
 * Units    bytes of UTF-8, lines end with \n
 * Owns     as named
 * Threads  the transaction's
 * Source   features.md 3 (leaves with you), design.md 11 */
#pragma once

#include "store/store.h"

typedef enum { HJ_COPY_INTEGER, HJ_COPY_TEXT, HJ_COPY_BYTES } HjCopyType;

typedef struct {
    char *name;
    HjCopyType type;
    int key; /* place in the primary key, 0 when not of it */
} HjCopyColumn;

typedef struct {
    char *name;
    GArray *columns; /* of HjCopyColumn */
} HjCopyTable;

/* Every table of the database that is copied, in the order to be written; free with
 * g_ptr_array_unref. */
GPtrArray *hj_copy_tables(HjTx *tx, GError **error);
HjCopyTable *hj_copy_table_new(const char *name);
void hj_copy_table_add(HjCopyTable *table, const char *column, HjCopyType type);
void hj_copy_table_free(HjCopyTable *table);
const HjCopyTable *hj_copy_table_find(const GPtrArray *tables, const char *name);
const char *hj_copy_type_name(HjCopyType type); /* "integer", "text", "bytes" */
bool hj_copy_type_parse(const char *name, HjCopyType *ret);

typedef bool (*HjCopyFn)(gpointer data, const void *bytes, size_t n, GError **error);
/* The rows of this county in @table. */
bool hj_copy_dump(HjTx *tx, const HjCopyTable *table, HjCopyFn fn, gpointer data,
                  int64_t *ret_rows, GError **error);

/* Inserts lines into the table of the same name; columns it does not have are an error. */
typedef struct HjCopyLoad HjCopyLoad;
HjCopyLoad *hj_copy_load_new(HjTx *tx, const HjCopyTable *table);
bool hj_copy_load_line(HjCopyLoad *load, const char *line, size_t n, GError **error);
bool hj_copy_load_end(HjCopyLoad *load, int64_t *ret_rows, GError **error);
void hj_copy_load_free(HjCopyLoad *load);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjCopyLoad, hj_copy_load_free)

/* References may wait until the end of a load. */
bool hj_copy_begin(HjTx *tx, GError **error);
bool hj_copy_end(HjTx *tx, GError **error);

/* The chain, followed line by line without a database: first every seal, then every event, then
 * the heads. */
typedef struct HjCopyChain HjCopyChain;
HjCopyChain *hj_copy_chain_new(int64_t county, const uint8_t public_key[32]);
void hj_copy_chain_free(HjCopyChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjCopyChain, hj_copy_chain_free)
/* @table: sys_seal, sys_event or sys_head; others are ignored. */
bool hj_copy_chain_line(HjCopyChain *chain, const char *table, const char *line, size_t n,
                        GError **error);
/* INVALID unless seals, events and the last head fit; the chain's length and end. */
bool hj_copy_chain_end(HjCopyChain *chain, int64_t *ret_sealed, uint8_t ret_hash[32],
                       GError **error);
