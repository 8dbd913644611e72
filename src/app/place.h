/* place: an open data directory: its configuration, keys, pack and database.
 *
 * DATA/hangji.conf, DATA/hangji.db (unless the database is elsewhere), DATA/keys/, DATA/pack/
 * and DATA/chain.head; the directory is readable by its owner only.
 *
 * Units    none
 * Owns     hj_place_close
 * Threads  the main thread; the store any
 * Source   interface.md (command line) */
#pragma once

#include "app/cli.h"
#include "app/config.h"
#include "core/actor.h"
#include "core/backup.h"
#include "store/seal.h"
#include "store/vault.h"

typedef struct {
    char *dir;
    char *head_path;
    char *files_dir; /* DATA/files: what rows cite as evidence */
    char *db; /* "sqlite:PATH" or "postgres://…", as it is opened; never printed whole */
    HjConfig *config;
    HjSealKeys *keys;
    HjVault *vault; /* master keys of sealed values; NULL where there is no file */
    HjPack *pack;
    HjStore *store;
    int64_t county;
    char *county_code, *county_name;
    bool demo;
    bool demo_clock; /* goes on from the last day of its records */
    bool wrote;      /* there is something to seal */
    HjActor *system; /* the operator of this machine */
} HjPlace;

typedef enum {
    HJ_PLACE_READ,  /* the database must be ready as it is */
    HJ_PLACE_SERVE, /* migrations run, the pack's tables are added to */
} HjPlaceMode;

HjPlace *hj_place_open(const HjCli *cli, HjPlaceMode mode, GError **error);
/* Seals what was written, where .wrote says so. */
void hj_place_close(HjPlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPlace, hj_place_close)

/* The pieces, for init and doctor. */
/* NULL @location: INVALID. @db is "sqlite:PATH" or "postgres://…". */
HjStore *hj_place_open_store(const char *db, GError **error);
/* Loads a pack; all its problems in one message, a line each. */
HjPack *hj_place_load_pack(const char *dir, GError **error);
/* DATA/pack/<name of the configuration>; caller owns. */
char *hj_place_pack_dir(const char *data, GError **error);
/* What a backup of it is made from. */
HjBackupSource hj_place_backup_source(const HjPlace *place);
/* Keys beside those of the chain lie in @data/keys. */
bool hj_place_has_master_keys(const char *data);
/* @db without a password in it; caller owns. */
char *hj_place_without_password(const char *db);
/* Adds the tables of the pack that are missing; CONFLICT lists what cannot be done. */
bool hj_place_fit_schema(HjStore *store, HjPack *pack, GError **error);
