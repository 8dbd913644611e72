/* keeper: the backup of every day, made while serving and checked by restoring it.
 *
 * Once a day, at the time of the setting backup_at, one file is written into backup_dir,
 * restored into a temporary directory, compared, and noted in the database; a failure is noted
 * as well. Of the files it made the newest of so many days, weeks and months are kept.
 *
 * Units    microseconds UTC; the day is Shanghai's
 * Owns     HjKeeper, hj_keeper_stop
 * Threads  HjKeeper has one of its own, with a low priority
 * Source   features.md Q 153, domain.md 10.4 (S-13) */
#pragma once

#include "app/place.h"

typedef struct HjKeeper HjKeeper;

/* NULL where backup_at is off, or in a demonstration without a backup_dir. */
HjKeeper *hj_keeper_start(const HjPlace *place);
void hj_keeper_stop(HjKeeper *keeper); /* waits for a backup that is being made */

/* The same at once; @ret_path: the file made, caller owns. */
bool hj_keeper_run(const HjPlace *place, HjBackupReport *ret, char **ret_path, GError **error);
/* Which of @names (hangji-CODE-YYYYMMDD-HHMMSS.backup, any order) are kept; the others are
 * removed.  NULL-ended, the caller owns the array and not the names. */
const char **hj_keeper_kept(const char *const *names, int days, int weeks, int months);
