#include "app/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const HjCliOption *
find_option(const HjCliOption *options, const char *name, size_t n)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (strlen(options->name) == n && strncmp(options->name, name, n) == 0)
            return options;
    }
    return NULL;
}

/* Reads argv[*at]; moves *at over a value of its own. */
static bool
read_option(HjCli *cli, const HjCliOption *own, const HjCliOption *common, int *at)
{
    const char *arg = cli->argv[*at];
    const char *equals = strchr(arg, '=');
    size_t n = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
    const HjCliOption *option = find_option(own, arg, n);
    if (option == NULL)
        option = find_option(common, arg, n);
    if (option == NULL) {
        hj_cli_usage(cli, "unknown option %s", arg);
        return false;
    }
    if (option->flag != NULL) {
        if (equals != NULL)
            hj_cli_usage(cli, "%s takes no value", option->name);
        *option->flag = true;
        return equals == NULL;
    }
    if (equals == NULL && *at + 1 >= cli->argc) {
        hj_cli_usage(cli, "%s needs a value", option->name);
        return false;
    }
    *option->value = equals != NULL ? equals + 1 : cli->argv[++*at];
    return true;
}

bool
hj_cli_parse(HjCli *cli, const HjCliOption *options, int min_args, int max_args)
{
    const HjCliOption common[] = { { "--data", &cli->data, NULL },
                                   { "--db", &cli->db, NULL },
                                   { "--json", NULL, &cli->json },
                                   { 0 } };
    bool only_args = false;
    g_assert(max_args <= (int)G_N_ELEMENTS(cli->args));
    for (int i = 0; i < cli->argc; i++) {
        const char *arg = cli->argv[i];
        if (!only_args && g_str_equal(arg, "--")) {
            only_args = true;
        } else if (!only_args && arg[0] == '-' && arg[1] != '\0') {
            if (!read_option(cli, options, common, &i))
                return false;
        } else if (cli->n_args == max_args) {
            hj_cli_usage(cli, "unexpected argument %s", arg);
            return false;
        } else {
            cli->args[cli->n_args++] = arg;
        }
    }
    if (cli->n_args < min_args) {
        hj_cli_usage(cli, "an argument is missing");
        return false;
    }
    if (cli->data == NULL)
        cli->data = g_getenv("HANGJI_DATA");
    if (cli->data == NULL || cli->data[0] == '\0')
        cli->data = "./var/hangji";
    return true;
}

int
hj_cli_fail(const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    fflush(stdout);
    g_printerr("hangji: %s: %s\n", what, why);
    return HJ_EXIT_FAILED;
}

int
hj_cli_fail_error(const char *what, const GError *error)
{
    return hj_cli_fail(what, "%s", error != NULL ? error->message : "unknown cause");
}

int
hj_cli_usage(const HjCli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    g_printerr("hangji: %s: %s\nusage: hangji %s %s\n", cli->command->name, why,
               cli->command->name, cli->command->usage);
    return HJ_EXIT_USAGE;
}

char *
hj_cli_read_line(const char *prompt, bool secret)
{
    bool terminal = isatty(STDIN_FILENO) != 0;
    struct termios before = { 0 };
    bool hidden = terminal && secret && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal)
        g_printerr("%s", prompt);
    if (hidden) {
        struct termios silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    char buffer[1024];
    char *line = fgets(buffer, sizeof buffer, stdin);
    if (hidden) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        g_printerr("\n");
    }
    if (line == NULL)
        return NULL;
    char *copy = g_strdup(line);
    explicit_bzero(buffer, sizeof buffer);
    copy[strcspn(copy, "\r\n")] = '\0';
    return copy;
}

void
hj_cli_print_padded(const char *text, int width)
{
    int used = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        used += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
    printf("%s%*s", text, MAX(width - used, 0), "");
}
