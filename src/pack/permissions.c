#include "pack/pack.h"

const char *const hj_pack_permissions[] = {
    "ledger.view",      "ledger.enter", "org.view",
    "org.manage",       "account.view", "account.manage",
    "account.grant",    "event.view",   "indicator.view",
    "indicator.manage", "scheme.view",  "scheme.compute",
    "scheme.approve",   "scheme.judge", "scheme.appeal",
    "scheme.publish",   "report.view",  "pack.view",
    "sealed.unmask",    "sealed.purge", NULL,
};
