/* api: the JSON interface under /api/v1, made of the same tables as the pages.
 *
 * Rows, definitions and numbers of whatever ledgers, indicators and schemes the pack has; no
 * call knows one by name.  Fields hidden from the actor are left out of every answer.
 *
 * Units    ids are strings, money integer fen, dates ISO 8601, decimals JSON numbers
 * Owns     nothing
 * Threads  any
 * Source   interface.md (HTTP) */
#pragma once

#include "web/router.h"

extern const HjFeature hj_feature_api; /* also: hj_feature_ */
