/* src/core/bad.c:3: layer: core may not include web/page.h
 * src/core/bad.c:4: layer: "ledger.h" must be named from src/, as "folder/file.h" */
#include "web/page.h"
#include "ledger.h"
