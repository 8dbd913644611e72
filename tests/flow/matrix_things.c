/* What the routes with an {id} are about, where that is neither a row nor an account. */
#include "base/id.h"
#include "core/account.h"
#include "core/file.h"
#include "core/import_job.h"
#include "core/kept_list.h"
#include "core/token.h"
#include "core/webhook.h"
#include "tests/flow/matrix.h"

#include <unistd.h>

#define ADDRESS "https://told.example"

static HjStore *
store_of(const HjMatrix *m)
{
    return m->county->fixture->store;
}

typedef struct {
    HjMatrix *m;
    const HjMatrixPerson *person;
    const HjMatrixRow *row;
    const HjLedger *ledger;
    const HjFileDraft *draft;
    int64_t org, id, delivery;
} Made;

/* Makes it in a transaction of its own; its id. */
static char *
make(Made *made, HjWriteFn fn)
{
    g_autoptr(GError) error = NULL;
    if (!hj_store_write(store_of(made->m), fn, made, &error))
        fail_msg("%s", error->message);
    return g_strdup_printf("%" G_GINT64_FORMAT, made->id);
}

static bool
cite(HjTx *tx, gpointer data, GError **error)
{
    Made *made = data;
    int64_t row = 0;
    char ids[32];
    g_autoptr(HjActor) system = hj_actor_system(NULL);
    if (!hj_id_parse(made->row->id, &row) ||
        !hj_file_add(tx, system, made->draft, &made->id, error))
        return false;
    g_snprintf(ids, sizeof ids, "%" G_GINT64_FORMAT, made->id);
    return hj_file_cite(tx, made->row->ledger, row, &made->row->ledger->fields[0], ids, error);
}

char *
hj_matrix_file(HjMatrix *m, const HjMatrixRow *row)
{
    g_autoptr(HjFiles) files = hj_files_open(m->county->files_dir, NULL);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("matrix-XXXXXX", &path, NULL);
    assert_int_equal(write(fd, "a paper", 7), 7);
    g_autoptr(HjFileDraft) draft = hj_files_take(files, fd, "paper.txt", NULL);
    assert_non_null(draft);
    close(fd);
    unlink(path);
    /* It is no picture; what is asked for is whether it may be looked at. */
    g_strlcpy(draft->thumb, draft->digest, sizeof draft->thumb);
    return make(&(Made){ .m = m, .row = row, .draft = draft }, cite);
}

#define SQL_DELIVERY                                                                           \
    "INSERT INTO sys_delivery (county, id, webhook, event, action, ledger, row_id, version,"   \
    " org, at, state, tries, next_at) VALUES ($1, $2, $3, $2, 'row.create', 'person', $2, 1,"  \
    " $4, $5, 'dead', 1, $5)"

static bool
add_webhook(HjTx *tx, gpointer data, GError **error)
{
    Made *made = data;
    g_autoptr(HjActor) system = hj_actor_system(made->m->county->pack);
    HjWebhookRules *rules = hj_webhook_rules_new(ADDRESS, NULL);
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjWebhookWish wish = { .name = "matrix", .url = ADDRESS "/hook", .org = made->org };
    made->delivery = hj_id_new();
    bool done = hj_webhook_create(tx, system, rules, &wish, issues, &made->id, error);
    hj_webhook_rules_free(rules);
    return done &&
           hj_tx_exec(tx, error, SQL_DELIVERY, HJ_I64(hj_tx_county(tx)), HJ_I64(made->delivery),
                      HJ_I64(made->id), HJ_I64(made->org), HJ_TIME(hj_tx_now(tx)));
}

char *
hj_matrix_webhook(HjMatrix *m, size_t org, char **ret_delivery)
{
    Made made = { .m = m, .org = m->tree->orgs[org].id };
    char *id = make(&made, add_webhook);
    *ret_delivery = g_strdup_printf("%" G_GINT64_FORMAT, made.delivery);
    return id;
}

static bool
add_token(HjTx *tx, gpointer data, GError **error)
{
    Made *made = data;
    char token[64];
    g_autoptr(HjActor) actor =
        hj_account_actor(tx, made->m->county->pack, made->person->name, error);
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjTokenWish wish = { .name = "matrix",
                         .expires_on = hj_date_add_months(hj_tx_today(tx), 1) };
    return actor != NULL && hj_token_create(tx, actor, &wish, issues, &made->id, token, error);
}

static bool
add_import(HjTx *tx, gpointer data, GError **error)
{
    static const char bytes[] = "PK\003\004 a workbook that nobody has opened yet";
    Made *made = data;
    g_autoptr(HjActor) actor =
        hj_account_actor(tx, made->m->county->pack, made->person->name, error);
    return actor != NULL && hj_import_job_add(tx, actor, made->ledger, "matrix.xlsx", bytes,
                                              sizeof bytes, &made->id, error);
}

static bool
add_list(HjTx *tx, gpointer data, GError **error)
{
    Made *made = data;
    g_autoptr(HjActor) actor =
        hj_account_actor(tx, made->m->county->pack, made->person->name, error);
    g_autoptr(HjIssues) issues = hj_issues_new();
    HjKeptList list = { .ledger = made->ledger, .name = "matrix", .query = "", .columns = "" };
    if (actor == NULL || !hj_kept_list_save(tx, actor, &list, issues, error))
        return false;
    g_autoptr(HjRows) rows = hj_kept_list_all(tx, actor, made->ledger, error);
    if (rows == NULL || !hj_rows_next(rows))
        return false;
    made->id = hj_rows_i64(rows, "id");
    return true;
}

static const struct {
    const char *part; /* of the pattern */
    HjWriteFn add;
} owned[] = {
    { "/api/v1/tokens/{id}", add_token },
    { "/imports/{id}", add_import },
    { "{ledger}/lists/{id}", add_list },
};

static HjWriteFn
owned_of(const HjRoute *route)
{
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        if (strstr(route->pattern, owned[i].part) != NULL)
            return owned[i].add;
    return NULL;
}

bool
hj_matrix_is_owned(const HjRoute *route)
{
    return owned_of(route) != NULL;
}

char *
hj_matrix_owned(HjMatrix *m, const HjRoute *route, const HjMatrixPerson *person,
                const HjLedger *ledger)
{
    return make(&(Made){ .m = m, .person = person, .ledger = ledger }, owned_of(route));
}
