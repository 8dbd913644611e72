/* cli: what the commands share: their table, their options, how they say that something failed.
 *
 * Units    none
 * Owns     HjCli borrows the arguments of main
 * Threads  the main thread
 * Source   interface.md (command line) */
#pragma once

#include "base/error.h"

#define HJ_EXIT_FAILED 1
#define HJ_EXIT_USAGE 2

typedef struct HjCli HjCli;
typedef struct {
    const char *name;  /* "user add" */
    const char *usage; /* arguments: "NAME --role ROLE --org CODE" */
    const char *help;  /* one line */
    int (*run)(HjCli *cli);
} HjCommand;

/* Of every file cmd_*.c; listed in main.c. */
extern const HjCommand hj_cli_backup, hj_cli_backup_check, hj_cli_restore, hj_cli_export_all,
    hj_cli_import_all, hj_cli_bundle, hj_cli_bundle_verify, hj_cli_pack_diff,
    hj_cli_pack_rehearse, hj_cli_pack_export, hj_cli_pack_load;
extern const HjCommand hj_cli_import, hj_cli_export;
extern const HjCommand hj_cli_init, hj_cli_config, hj_cli_serve, hj_cli_demo, hj_cli_user_add,
    hj_cli_user_passwd, hj_cli_user_list, hj_cli_user_disable, hj_cli_pack_check,
    hj_cli_pack_plan, hj_cli_assess, hj_cli_report, hj_cli_audit_verify, hj_cli_doctor,
    hj_cli_version, hj_cli_keys_list, hj_cli_keys_rotate, hj_cli_keys_drop, hj_cli_purge,
    hj_cli_routes, hj_cli_files_clean, hj_cli_files_verify, hj_cli_worker, hj_cli_tick;

struct HjCli {
    const HjCommand *command;
    int argc; /* what follows the command's name */
    char **argv;
    /* After hj_cli_parse: */
    const char *data; /* directory */
    const char *db;   /* NULL: as the directory says */
    bool json;
    const char *args[8];
    int n_args;
};

typedef struct {
    const char *name;   /* "--role" */
    const char **value; /* takes a value … */
    bool *flag;         /* … or does not */
} HjCliOption;

/* Options of the command (NULL-named end), then --data, --db and --json.  false: bad usage,
 * said already; the command returns HJ_EXIT_USAGE. */
bool hj_cli_parse(HjCli *cli, const HjCliOption *options, int min_args, int max_args);

/* "hangji: what failed: why" on standard error; returns HJ_EXIT_FAILED. */
int hj_cli_fail(const char *what, const char *format, ...) G_GNUC_PRINTF(2, 3);
int hj_cli_fail_error(const char *what, const GError *error);
/* Bad usage with the command's own line; returns HJ_EXIT_USAGE. */
int hj_cli_usage(const HjCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A line of standard input without its end; NULL at the end.  @secret: without echo on a
 * terminal.  Caller owns; wipe it. */
char *hj_cli_read_line(const char *prompt, bool secret);
/* Prints @text and spaces up to @width columns; a Chinese character fills two. */
void hj_cli_print_padded(const char *text, int width);
