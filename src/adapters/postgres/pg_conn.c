#include "adapters/postgres/pg_conn.h"

#include <string.h>

#define CACHE_LIMIT 200

/* catalog/pg_type.dat; the numbers are fixed for ever */
enum { BOOL = 16, BYTEA = 17, INT8 = 20, INT2 = 21, INT4 = 23, TEXT = 25 };

#define SQL_SETUP                                                                              \
    "SET client_min_messages = error; SET search_path = public, pg_catalog; "                  \
    "SET standard_conforming_strings = on; SET bytea_output = hex; SET jit = off; "            \
    "SET DateStyle = ISO; SET TimeZone = 'UTC'; "                                              \
    "SELECT set_config('synchronous_commit', 'on', false) "                                    \
    "WHERE current_setting('synchronous_commit') = 'off'"

static void
ignore_notice(gpointer data, const char *message)
{
    (void)data, (void)message;
}

PGresult *
hj_pg_fail(HjConn *conn, PGresult *result, const char *sql, GError **error)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == NULL)
        state = "";
    if (message == NULL)
        message = PQerrorMessage(conn->pg);
    if (PQstatus(conn->pg) != CONNECTION_OK)
        conn->lost = true;
    /* A plan made before a view changed is made again with the transaction. */
    bool stale_plan = strcmp(state, "0A000") == 0 && strstr(message, "cached plan") != NULL;
    if (stale_plan)
        g_hash_table_remove_all(conn->by_key);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        conn->met = true;
    /* Whoever went on after that, as if it had been a refusal, is told again. */
    bool goes_on = conn->met && strcmp(state, "25P02") == 0;
    if (stale_plan || goes_on || strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
        strcmp(state, "55P03") == 0)
        hj_error_log(error, HJ_ERROR_BUSY, "postgres: %s", message);
    else if (strcmp(state, "53100") == 0)
        hj_fail(error, HJ_ERROR_FULL,
                "The disk of the server is full: nothing can be saved until the "
                "administrator makes room. What was saved before is safe.");
    else if (strcmp(state, "25006") == 0)
        hj_fail(error, HJ_ERROR_FULL,
                "The disk of the server is read-only: nothing can be saved until the "
                "administrator has looked at it. What was saved before is safe.");
    else if (strcmp(state, "23505") == 0)
        hj_fail(error, HJ_ERROR_CONFLICT, "An entry with this key exists already.");
    else
        hj_error_log(error, HJ_ERROR_STORE, "postgres: %s (%s) in: %.200s", message, state,
                     sql);
    PQclear(result);
    return NULL;
}

static bool
is_done(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
           status == PGRES_EMPTY_QUERY;
}

bool
hj_pg_simple(HjConn *conn, const char *sql, GError **error)
{
    if (g_str_has_prefix(sql, "BEGIN"))
        conn->met = false;
    PGresult *result = PQexec(conn->pg, sql);
    if (!is_done(result))
        return hj_pg_fail(conn, result, sql, error) != NULL;
    PQclear(result);
    return true;
}

static void
forget_statements(HjConn *conn)
{
    g_hash_table_remove_all(conn->by_key);
    g_queue_clear(&conn->recent);
}

static bool
set_up(HjConn *conn, GError **error)
{
    PQsetNoticeProcessor(conn->pg, ignore_notice, NULL);
    PQsetClientEncoding(conn->pg, "UTF8");
    if (!hj_pg_simple(conn, SQL_SETUP, error))
        return false;
    return conn->mode == HJ_TX_WRITE ||
           hj_pg_simple(conn, "SET default_transaction_read_only = on", error);
}

HjConn *
hj_pg_connect(const char *location, HjTxMode mode, GError **error)
{
    HjConn *conn = g_new0(HjConn, 1);
    conn->mode = mode;
    conn->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    conn->pg = PQconnectdb(location);
    if (PQstatus(conn->pg) != CONNECTION_OK) {
        /* libpq's message holds no password */
        g_autofree char *message = g_strstrip(g_strdup(PQerrorMessage(conn->pg)));
        hj_error_log(error, HJ_ERROR_STORE, "postgres: connect: %s", message);
    } else if (set_up(conn, error)) {
        return conn;
    }
    hj_pg_close(conn);
    return NULL;
}

void
hj_pg_close(HjConn *conn)
{
    PQfinish(conn->pg);
    forget_statements(conn);
    g_hash_table_destroy(conn->by_key);
    g_free(conn);
}

bool
hj_pg_again(HjConn *conn, GError **error)
{
    PQreset(conn->pg);
    forget_statements(conn);
    if (PQstatus(conn->pg) != CONNECTION_OK)
        return hj_error_log(error, HJ_ERROR_STORE, "postgres: the server is away");
    conn->lost = false;
    if (!set_up(conn, error))
        return false;
    g_autofree char *county = g_strdup_printf(
        "SELECT set_config('hangji.county', '%" G_GINT64_FORMAT "', false)", conn->county);
    return hj_pg_simple(conn, county, error);
}

/* --- parameters --- */

static void
set_param(HjPgParams *params, int i, const HjVal *val)
{
    switch (val->kind) {
    case HJ_VAL_I64:
        params->types[i] = INT8;
        g_snprintf(params->digits[i], sizeof params->digits[i], "%" G_GINT64_FORMAT, val->i64);
        params->values[i] = params->digits[i];
        break;
    case HJ_VAL_TEXT:
        params->types[i] = TEXT;
        params->values[i] = hj_value_text(val);
        break;
    case HJ_VAL_BLOB:
        params->types[i] = BYTEA;
        params->values[i] = val->blob != NULL ? val->blob : "";
        params->lengths[i] = (int)val->n_blob;
        params->formats[i] = 1;
        break;
    case HJ_VAL_NULL:
    case HJ_VAL_END:
        break; /* the type is found from its place */
    }
}

HjPgParams
hj_pg_params(const HjVal *vals)
{
    HjPgParams params = { 0 };
    while (vals[params.n].kind != HJ_VAL_END)
        params.n++;
    size_t n = (size_t)params.n + 1;
    params.types = g_new0(Oid, n);
    params.values = g_new0(const char *, n);
    params.lengths = g_new0(int, n);
    params.formats = g_new0(int, n);
    params.digits = g_malloc0_n(n, sizeof *params.digits);
    for (int i = 0; i < params.n; i++)
        set_param(&params, i, &vals[i]);
    return params;
}

void
hj_pg_params_clear(HjPgParams *params)
{
    g_free(params->types);
    g_free(params->values);
    g_free(params->lengths);
    g_free(params->formats);
    g_free(params->digits);
}

/* --- prepared statements --- */

static char *
key_of(const char *sql, const HjPgParams *params)
{
    GString *key = g_string_sized_new(strlen(sql) + (gsize)params->n + 2);
    for (int i = 0; i < params->n; i++)
        g_string_append_c(key, (char)('@' + params->types[i]));
    g_string_append_c(key, ' ');
    g_string_append(key, sql);
    return g_string_free(key, FALSE);
}

static void
drop_oldest(HjConn *conn)
{
    if (conn->recent.length < CACHE_LIMIT)
        return;
    /* The key is owned by the table. */
    const char *key = g_queue_pop_head(&conn->recent);
    const char *name = g_hash_table_lookup(conn->by_key, key);
    g_autofree char *sql = g_strdup_printf("DEALLOCATE %s", name);
    hj_pg_simple(conn, sql, NULL);
    g_hash_table_remove(conn->by_key, key);
}

/* The name of the prepared statement, NULL with an error. */
static const char *
prepare(HjConn *conn, const char *sql, const HjPgParams *params, GError **error)
{
    g_autofree char *key = key_of(sql, params);
    const char *known = g_hash_table_lookup(conn->by_key, key);
    if (known != NULL)
        return known;
    if (g_hash_table_size(conn->by_key) == 0)
        g_queue_clear(&conn->recent);
    if (PQtransactionStatus(conn->pg) != PQTRANS_INERROR)
        drop_oldest(conn);
    char *name = g_strdup_printf("s%d", ++conn->n_names);
    PGresult *result = PQprepare(conn->pg, name, sql, params->n, params->types);
    if (!is_done(result)) {
        g_free(name);
        hj_pg_fail(conn, result, sql, error);
        return NULL;
    }
    PQclear(result);
    g_queue_push_tail(&conn->recent, key);
    g_hash_table_insert(conn->by_key, g_steal_pointer(&key), name);
    return name;
}

static void
count_changes(HjConn *conn, PGresult *result)
{
    const char *command = PQcmdStatus(result);
    if (g_str_has_prefix(command, "INSERT") || g_str_has_prefix(command, "UPDATE") ||
        g_str_has_prefix(command, "DELETE"))
        conn->n_changes += g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
}

PGresult *
hj_pg_run(HjConn *conn, const char *sql, const HjVal *vals, GError **error)
{
    HjPgParams params = hj_pg_params(vals);
    PGresult *result = NULL;
    const char *name = prepare(conn, sql, &params, error);
    if (name != NULL)
        result = PQexecPrepared(conn->pg, name, params.n, params.values, params.lengths,
                                params.formats, 0);
    hj_pg_params_clear(&params);
    if (name == NULL)
        return NULL;
    if (!is_done(result))
        return hj_pg_fail(conn, result, sql, error);
    count_changes(conn, result);
    return result;
}

/* --- answers --- */

HjRows *
hj_pg_rows(const PGresult *result)
{
    int n = PQnfields(result);
    g_autofree const char **names = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        names[i] = PQfname(result, i);
    return hj_rows_new(n, names);
}

static void
take_bytes(HjRows *rows, const char *text)
{
    size_t n;
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)text, &n);
    hj_rows_add_blob(rows, bytes, n);
    PQfreemem(bytes);
}

void
hj_pg_take_row(const PGresult *result, int row, HjRows *rows)
{
    int n = PQnfields(result);
    for (int i = 0; i < n; i++) {
        const char *text = PQgetvalue(result, row, i);
        if (PQgetisnull(result, row, i)) {
            hj_rows_add_null(rows);
            continue;
        }
        switch (PQftype(result, i)) {
        case INT2:
        case INT4:
        case INT8:
            hj_rows_add_i64(rows, g_ascii_strtoll(text, NULL, 10));
            break;
        case BOOL: /* SQLite knows 0 and 1 only */
            hj_rows_add_i64(rows, text[0] == 't');
            break;
        case BYTEA:
            take_bytes(rows, text);
            break;
        default:
            hj_rows_add_text(rows, text, (size_t)PQgetlength(result, row, i));
        }
    }
}
