#include "app/cli.h"
#include "base/crypto.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>

static const HjCommand *const commands[] = {
    &hj_cli_init,        &hj_cli_serve,        &hj_cli_demo,          &hj_cli_user_add,
    &hj_cli_user_passwd, &hj_cli_user_list,    &hj_cli_user_disable,  &hj_cli_pack_check,
    &hj_cli_pack_plan,   &hj_cli_assess,       &hj_cli_report,        &hj_cli_audit_verify,
    &hj_cli_keys_list,   &hj_cli_keys_rotate,  &hj_cli_keys_drop,     &hj_cli_purge,
    &hj_cli_doctor,      &hj_cli_routes,       &hj_cli_version,       &hj_cli_worker,
    &hj_cli_files_clean, &hj_cli_files_verify, &hj_cli_config,        &hj_cli_backup_check,
    &hj_cli_backup,      &hj_cli_restore,      &hj_cli_export_all,    &hj_cli_import_all,
    &hj_cli_import,      &hj_cli_export,       &hj_cli_tick,          &hj_cli_bundle_verify,
    &hj_cli_bundle,      &hj_cli_pack_diff,    &hj_cli_pack_rehearse, &hj_cli_pack_export,
    &hj_cli_pack_load,
};

/* How many words of argv name @command; 0 when they do not. */
static int
words_matched(const HjCommand *command, int argc, char **argv)
{
    g_auto(GStrv) words = g_strsplit(command->name, " ", -1);
    int n = (int)g_strv_length(words);
    for (int i = 0; i < n; i++) {
        if (i >= argc || !g_str_equal(words[i], argv[i]))
            return 0;
    }
    return n;
}

static void
print_commands(FILE *out)
{
    fprintf(out, "usage: hangji COMMAND [--data DIR] [--db URL] …\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i] != &hj_cli_worker)
            fprintf(out, "  %-14s %s\n", commands[i]->name, commands[i]->help);
    }
    fprintf(out, "\nhangji COMMAND --help tells its arguments.\n");
}

static bool
asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && !g_str_equal(argv[i], "--"); i++) {
        if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h"))
            return true;
    }
    return false;
}

static void
set_log_level(void)
{
    const char *level = g_getenv("HANGJI_LOG");
    if (level != NULL)
        hj_log_set_level(hj_log_level_named(level));
}

static int
run(const HjCommand *command, int argc, char **argv)
{
    if (asks_for_help(argc, argv)) {
        printf("usage: hangji %s %s\n%s\n", command->name, command->usage, command->help);
        return 0;
    }
    g_autoptr(GError) error = NULL;
    if (!hj_crypto_init(&error))
        return hj_cli_fail_error(command->name, error);
    /* A command's own words are enough; the server tells more. */
    if (command != &hj_cli_serve)
        hj_log_set_level(HJ_LOG_WARNING);
    set_log_level();
    HjCli cli = { .command = command, .argc = argc, .argv = argv };
    int code = command->run(&cli);
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        return hj_cli_fail(command->name, "standard output cannot be written");
    return code;
}

int
main(int argc, char **argv)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        int n = words_matched(commands[i], argc - 1, argv + 1);
        if (n > 0)
            return run(commands[i], argc - 1 - n, argv + 1 + n);
    }
    if (argc == 2 && asks_for_help(argc - 1, argv + 1)) {
        print_commands(stdout);
        return 0;
    }
    if (argc > 1)
        g_printerr("hangji: unknown command %s\n", argv[1]);
    print_commands(stderr);
    return HJ_EXIT_USAGE;
}
