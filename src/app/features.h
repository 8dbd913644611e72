/* features: every table of routes the program answers.
 *
 * Units    none
 * Owns     nothing
 * Threads  constant
 * Source   style.md 2.7 */
#pragma once

#include "web/router.h"

extern const HjFeature *const hj_features[]; /* NULL-ended */
