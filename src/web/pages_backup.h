/* pages_backup: the backups that were made, and whether somebody should worry.
 *
 * Units    none
 * Owns     strings are lent by the request
 * Threads  the request's
 * Source   features.md Q 153 */
#pragma once

#include "web/router.h"

/* also: hj_pages_ */

HjResponse *hj_pages_backups(HjRequest *req, GError **error);
/* One sentence for administrators, NULL while all is well. */
const char *hj_pages_backup_warning(HjRequest *req);
