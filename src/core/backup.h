/* backup: all of a county in one signed file or one open folder, and back.
 *
 * What is written is one read transaction: every row, the pack, the configuration, the files,
 * and a manifest of what must be there.  Reading checks every byte, every count and the chain
 * before anything is written; what is written appears whole or not at all.
 *
 * Units    microseconds UTC, bytes
 * Owns     HjBackupReport, hj_backup_report_clear
 * Threads  any; writers go on meanwhile
 * Source   features.md Q 153, 3.24; interface.md (backup, restore) */
#pragma once

#include "pack/pack.h"
#include "store/seal.h"

typedef struct {
    HjStore *store;
    const HjSealKeys *keys;
    const HjPack *pack;
    const char *dir;     /* the data directory */
    const char *program; /* version of the program */
    bool with_keys;      /* also the keys of sealed values */
    bool csv_bom;        /* for hj_backup_export: spreadsheets want it */
} HjBackupSource;

typedef struct {
    HjTime at;
    int64_t county, n_rows, n_files, n_bytes, n_tables;
    int64_t sealed;   /* events in the chain at the snapshot */
    char *head;       /* hex, its end */
    char *print;      /* hex, identifies a file; NULL of a folder */
    char *public_key; /* hex, whose signature it bears; NULL of a folder */
    char *county_code, *county_name, *program, *database, *pack;
    bool with_keys, has_chain_key;
} HjBackupReport;
void hj_backup_report_clear(HjBackupReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HjBackupReport, hj_backup_report_clear)

/* One file. */
bool hj_backup_make(const HjBackupSource *source, const char *path, HjBackupReport *ret,
                    GError **error);
/* A folder of CSV, JSON lines and files, with a description. */
bool hj_backup_export(const HjBackupSource *source, const char *path, HjBackupReport *ret,
                      GError **error);
/* Reads a file or folder through: every byte, count and link of the chain.  INVALID with what
 * is wrong. */
bool hj_backup_check(const char *path, HjBackupReport *ret, GError **error);

/* SM3 of the public key, hex: whose signature it bears; NULL of a folder.  Caller owns. */
char *hj_backup_key_print(const HjBackupReport *report);
/* Whether @expect, 16 hex digits or more, begins what identifies the file or its signer. */
bool hj_backup_is_expected(const HjBackupReport *report, const char *expect, GError **error);

typedef HjStore *(*HjBackupOpen)(const char *db, GError **error);
typedef struct {
    const char *dir;      /* a new data directory */
    const char *db;       /* NULL: SQLite inside it */
    const char *keys_dir; /* keys kept apart, or NULL */
    const char *expect;   /* hj_backup_is_expected, or NULL */
    HjBackupOpen open;
} HjBackupTarget;
/* Checks, then writes: a new directory, and an empty database.  CONFLICT when they are not. */
bool hj_backup_restore(const char *path, const HjBackupTarget *target, HjBackupReport *ret,
                       GError **error);

/* "20181123-131900" in Shanghai, for names of files; caller owns. */
char *hj_backup_stamp(HjTime at);

/* Records in the database that a backup was made (or, with @failure, that it was not), with an
 * event.  @checked: "restored", "read" or NULL. */
bool hj_backup_note(HjStore *store, const char *kind, const char *path,
                    const HjBackupReport *report, int64_t seconds, const char *checked,
                    const char *failure, GError **error);
/* at, kind, path, n_bytes, n_rows, n_files, sealed, print, seconds, checked, failure; newest
 * first. */
HjRows *hj_backup_list(HjTx *tx, int limit, GError **error);
