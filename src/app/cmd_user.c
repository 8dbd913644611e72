/* hangji user …: accounts from the machine's own console. */
#include "app/place.h"
#include "base/crypto.h"
#include "base/json.h"
#include "core/account.h"
#include "core/org.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    HjPlace *place;
    const char *name, *role, *org, *title;
    const char *hash;
    HjIssues *issues;
} User;

/* What the issues say, a line each. */
static int
fail(const char *what, const HjIssues *issues, const GError *error)
{
    if (hj_issues_count(issues) == 0)
        return hj_cli_fail_error(what, error);
    for (size_t i = 0; i < hj_issues_count(issues); i++)
        hj_cli_fail(what, "%s: %s", hj_issues_field(issues, i),
                    hj_issues_message(issues, i, HJ_EN));
    return HJ_EXIT_FAILED;
}

/* NULL: said already. */
static char *
read_hash(const char *what, const char *name)
{
    g_autoptr(HjIssues) issues = hj_issues_new();
    g_autoptr(GError) error = NULL;
    char *password = hj_cli_read_line("Password: ", true);
    if (password == NULL) {
        hj_cli_fail(what, "no password on standard input");
        return NULL;
    }
    char *hash = NULL;
    if (!hj_account_password_ok(name, password, issues))
        fail(what, issues, NULL);
    else if ((hash = hj_crypto_password_hash(password, &error)) == NULL)
        hj_cli_fail_error(what, error);
    hj_crypto_wipe(password, strlen(password));
    g_free(password);
    return hash;
}

#define SQL_ACCOUNT "SELECT id FROM sys_account WHERE county = $1 AND name = $2"

static bool
find_account(HjTx *tx, const char *name, int64_t *ret, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_ACCOUNT, HJ_I64(hj_tx_county(tx)), HJ_TEXT(name));
    if (rows == NULL)
        return false;
    if (!hj_rows_next(rows))
        return hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no account %s", name);
    *ret = hj_rows_i64(rows, "id");
    return true;
}

static bool
write_add(HjTx *tx, gpointer data, GError **error)
{
    User *user = data;
    hj_issues_clear(user->issues);
    int64_t org = 0, account = 0;
    if (!hj_org_find(tx, user->org, &org, error))
        return false;
    if (org == 0)
        return hj_error_log(error, HJ_ERROR_NOT_FOUND, "there is no organization %s",
                            user->org);
    return hj_account_create(tx, user->place->system, user->name, user->title, user->hash,
                             user->issues, &account, error) &&
           hj_account_grant(tx, user->place->system, account, user->role, org, user->issues,
                            error);
}

static int
run_add(HjCli *cli)
{
    User user = { 0 };
    const HjCliOption options[] = { { "--role", &user.role, NULL },
                                    { "--org", &user.org, NULL },
                                    { "--title", &user.title, NULL },
                                    { 0 } };
    if (!hj_cli_parse(cli, options, 1, 1))
        return HJ_EXIT_USAGE;
    if (user.role == NULL || user.org == NULL)
        return hj_cli_usage(cli, "--role and --org are needed");
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("user add", error);
    g_autofree char *hash = read_hash("user add", cli->args[0]);
    if (hash == NULL)
        return HJ_EXIT_FAILED;
    g_autoptr(HjIssues) issues = hj_issues_new();
    user.place = place;
    user.name = cli->args[0];
    user.hash = hash;
    user.issues = issues;
    if (!hj_store_write(place->store, write_add, &user, &error))
        return fail("user add", issues, error);
    place->wrote = true;
    printf("%s: %s at %s\n", user.name, user.role, user.org);
    return 0;
}

static bool
write_password(HjTx *tx, gpointer data, GError **error)
{
    User *user = data;
    int64_t account = 0;
    return find_account(tx, user->name, &account, error) &&
           hj_account_set_password(tx, user->place->system, account, user->hash, error);
}

static int
run_passwd(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("user passwd", error);
    g_autofree char *hash = read_hash("user passwd", cli->args[0]);
    if (hash == NULL)
        return HJ_EXIT_FAILED;
    User user = { .place = place, .name = cli->args[0], .hash = hash };
    if (!hj_store_write(place->store, write_password, &user, &error))
        return hj_cli_fail_error("user passwd", error);
    place->wrote = true;
    printf("%s: the password is changed, every session of it has ended\n", user.name);
    return 0;
}

static bool
write_disable(HjTx *tx, gpointer data, GError **error)
{
    User *user = data;
    int64_t account = 0;
    return find_account(tx, user->name, &account, error) &&
           hj_account_disable(tx, user->place->system, account, true, error);
}

static int
run_disable(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 1, 1))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    if (place == NULL)
        return hj_cli_fail_error("user disable", error);
    User user = { .place = place, .name = cli->args[0] };
    if (!hj_store_write(place->store, write_disable, &user, &error))
        return hj_cli_fail_error("user disable", error);
    place->wrote = true;
    printf("%s: disabled\n", user.name);
    return 0;
}

static void
print_table(HjRows *rows)
{
    while (hj_rows_next(rows)) {
        const char *roles = hj_rows_text(rows, "roles");
        hj_cli_print_padded(hj_rows_text(rows, "name"), 20);
        hj_cli_print_padded(hj_rows_null(rows, "disabled_at") ? "" : "disabled", 10);
        printf("%s\n", roles != NULL ? roles : "");
    }
}

static void
print_json(HjRows *rows)
{
    g_autoptr(GString) out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_array(&w);
    while (hj_rows_next(rows)) {
        hj_json_begin_object(&w);
        hj_json_key(&w, "id");
        hj_json_id(&w, hj_rows_i64(rows, "id"));
        hj_json_key(&w, "name");
        hj_json_text(&w, hj_rows_text(rows, "name"));
        hj_json_key(&w, "title");
        hj_json_text(&w, hj_rows_text(rows, "title"));
        hj_json_key(&w, "disabled");
        hj_json_flag(&w, !hj_rows_null(rows, "disabled_at"));
        hj_json_key(&w, "roles");
        hj_json_text(&w, hj_rows_text(rows, "roles"));
        hj_json_end_object(&w);
    }
    hj_json_end_array(&w);
    printf("%s\n", out->str);
}

static int
run_list(HjCli *cli)
{
    if (!hj_cli_parse(cli, NULL, 0, 0))
        return HJ_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(HjPlace) place = hj_place_open(cli, HJ_PLACE_READ, &error);
    HjTx *tx = place != NULL ? hj_store_read(place->store, &error) : NULL;
    g_autoptr(HjRows) rows =
        tx != NULL ? hj_account_list(tx, place->system, NULL, HJ_ROWS_LIMIT, &error) : NULL;
    hj_tx_end(tx);
    if (rows == NULL)
        return hj_cli_fail_error("user list", error);
    if (cli->json)
        print_json(rows);
    else
        print_table(rows);
    return 0;
}

const HjCommand hj_cli_user_add = { "user add", "NAME --role ROLE --org CODE [--title TEXT]",
                                    "adds an account; the password comes on standard input",
                                    run_add };
const HjCommand hj_cli_user_passwd = { "user passwd", "NAME",
                                       "sets a new password from standard input", run_passwd };
const HjCommand hj_cli_user_list = { "user list", "[--json]", "lists accounts and their roles",
                                     run_list };
const HjCommand hj_cli_user_disable = { "user disable", "NAME",
                                        "bars an account and ends its sessions", run_disable };
