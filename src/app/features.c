#include "app/features.h"

#include "web/api.h"
#include "web/pages.h"
#include "web/system.h"

const HjFeature *const hj_features[] = { &hj_feature_system, &hj_feature_pages, &hj_feature_api,
                                         NULL };
