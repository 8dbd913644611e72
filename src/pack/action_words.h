/* action_words: what the usual actions of a flow are called when the pack does not say.
 *
 * An action whose name is not among them needs a title of its own.
 *
 * Units    none
 * Owns     literals
 * Threads  any
 * Source   design.md 3; docs/pack.md (a flow) */
#pragma once
/* also: hj_action_ */

#include "base/i18n.h"

#include <stdbool.h>

/* NULL for a name that is not among the usual ones. */
const HjLabel *hj_action_words(const char *name);
/* Whether every flow has an act of this name already (core/flow); no pack may take it. */
bool hj_action_is_reserved(const char *name);
