/* system: the program's own addresses: /healthz, /readyz, /metrics and the assets.
 *
 * Units    none
 * Owns     nothing
 * Threads  constant
 * Source   interface.md (HTTP) */
#pragma once

#include "web/router.h"

extern const HjFeature hj_feature_system; /* also: hj_feature_ */
