/* keyring: where the master keys of sealed values lie, and whether they are in order.
 *
 * DATA/keys/master.key, or the file that the setting master_key names, on another disk than the
 * database if one likes.  Made by init; a data directory from before gets one when it is first
 * served.  Lost, every sealed value is lost.
 *
 * Units    none
 * Owns     as named
 * Threads  the main thread
 * Source   design.md 11 (crypto) */
#pragma once

#include "app/config.h"
#include "store/vault.h"

/* Caller owns. */
char *hj_keyring_path(const char *data, const HjConfig *config);
/* The store uses the keys from now on; *@ret_vault outlives it.  Without a file, and without
 * sealed values, one is made when @create. */
bool hj_keyring_open(const char *data, const HjConfig *config, HjStore *store, bool create,
                     HjVault **ret_vault, GError **error);
/* For doctor: false and what to do, or true and what there is.  Caller owns @ret_text. */
bool hj_keyring_check(const char *data, const HjConfig *config, HjStore *store,
                      char **ret_text);
