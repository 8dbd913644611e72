/* schema_frozen: schemes that may no longer change.
 *
 * What a version of a scheme says is fixed once its first period has begun; whoever wants
 * another rule adds a version with a later from-date.
 *
 * Units    none
 * Owns     the caller owns the lines
 * Threads  the transaction's
 * Source   domain.md ASM-1, VER-1 */
#pragma once

#include "pack/pack.h"
#include "store/store.h"

/* Of char *: why the pack is refused; empty when it is not. */
GPtrArray *hj_schema_frozen_lines(HjTx *tx, const HjPack *pack, GError **error);
/* Notes what the pack says; the second one only where nothing was noted yet. */
bool hj_schema_frozen_keep(HjTx *tx, const HjPack *pack, GError **error);
bool hj_schema_frozen_begin(HjTx *tx, const HjPack *pack, GError **error);
