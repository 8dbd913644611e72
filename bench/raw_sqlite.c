/* raw_sqlite: the yardstick of row_create, durable inserts with nothing around them.
 *
 *     raw_sqlite SOURCE.db TABLE EVENT-TABLE OUT.db SECONDS [indexes]
 *
 * Takes one real row of TABLE and one of EVENT-TABLE from SOURCE.db and inserts copies of both,
 * with new ids, into tables of the same columns in a new database; no index but the primary
 * key, or with "indexes" the same ones as in SOURCE.db.  64 producers each wait for the commit
 * of their own pair; one writer commits what is queued, at most 256 pairs a transaction, WAL,
 * synchronous=FULL.  Prints pairs a second. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_PRODUCERS 64
#define MAX_BATCH 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t committed = PTHREAD_COND_INITIALIZER;
static int64_t n_asked, n_done;
static bool stopping;

static void
die(sqlite3 *db, const char *what)
{
    fprintf(stderr, "raw_sqlite: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void
run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(db, sql);
}

static double
now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void *
produce(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        int64_t mine = ++n_asked;
        pthread_cond_signal(&work);
        while (n_done < mine)
            pthread_cond_wait(&committed, &lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Makes main.@name with the columns of source.@name, and an insert that repeats its newest row
 * with parameter 1 as id. */
static sqlite3_stmt *
copy_statement(sqlite3 *db, const char *name)
{
    char *sql =
        sqlite3_mprintf("SELECT * FROM source.\"%w\" ORDER BY rowid DESC LIMIT 1", name);
    sqlite3_stmt *row, *insert;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK ||
        sqlite3_step(row) != SQLITE_ROW)
        die(db, name);
    sqlite3_free(sql);

    sqlite3_str *table = sqlite3_str_new(db), *values = sqlite3_str_new(db);
    sqlite3_str_appendf(table, "CREATE TABLE \"%w\" (", name);
    sqlite3_str_appendf(values, "INSERT INTO \"%w\" VALUES (", name);
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const char *column = sqlite3_column_name(row, i);
        bool is_id = strcmp(column, "id") == 0;
        sqlite3_str_appendf(table, "%s\"%w\"%s", i ? ", " : "", column,
                            is_id ? " INTEGER NOT NULL" : "");
        sqlite3_str_appendf(values, "%s?%d", i ? ", " : "", is_id ? 1 : i + 2);
    }
    sqlite3_str_appendall(table, ", PRIMARY KEY (county, id))");
    sqlite3_str_appendall(values, ")");
    char *create = sqlite3_str_finish(table), *text = sqlite3_str_finish(values);
    run(db, create);
    if (sqlite3_prepare_v2(db, text, -1, &insert, NULL) != SQLITE_OK)
        die(db, text);
    for (int i = 0; i < sqlite3_column_count(row); i++)
        if (strcmp(sqlite3_column_name(row, i), "id") != 0)
            sqlite3_bind_value(insert, i + 2, sqlite3_column_value(row, i));
    sqlite3_free(create);
    sqlite3_free(text);
    sqlite3_finalize(row);
    return insert;
}

/* The indexes of source.@name on main.@name. */
static void
copy_indexes(sqlite3 *db, const char *name)
{
    sqlite3_stmt *list;
    if (sqlite3_prepare_v2(db,
                           "SELECT sql FROM source.sqlite_master"
                           " WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL",
                           -1, &list, NULL) != SQLITE_OK)
        die(db, name);
    sqlite3_bind_text(list, 1, name, -1, SQLITE_STATIC);
    while (sqlite3_step(list) == SQLITE_ROW)
        run(db, (const char *)sqlite3_column_text(list, 0));
    sqlite3_finalize(list);
}

static void
insert_one(sqlite3 *db, sqlite3_stmt *insert, int64_t id)
{
    sqlite3_bind_int64(insert, 1, id);
    if (sqlite3_step(insert) != SQLITE_DONE)
        die(db, "insert");
    sqlite3_reset(insert);
}

static void
write_batches(sqlite3 *db, sqlite3_stmt *row, sqlite3_stmt *event, double until)
{
    int64_t taken = 0;
    for (;;) {
        pthread_mutex_lock(&lock);
        stopping = now() >= until;
        while (n_asked == taken && !stopping)
            pthread_cond_wait(&work, &lock);
        int64_t upto = n_asked - taken > MAX_BATCH ? taken + MAX_BATCH : n_asked;
        pthread_mutex_unlock(&lock);
        if (upto == taken)
            return;
        run(db, "BEGIN IMMEDIATE");
        for (; taken < upto; taken++) {
            insert_one(db, row, taken + 1);
            insert_one(db, event, taken + 1);
        }
        run(db, "COMMIT");
        pthread_mutex_lock(&lock);
        n_done = taken;
        pthread_cond_broadcast(&committed);
        pthread_mutex_unlock(&lock);
    }
}

int
main(int argc, char **argv)
{
    bool indexes = argc == 7 && strcmp(argv[6], "indexes") == 0;
    if (argc != 6 && !indexes) {
        fprintf(stderr, "usage: raw_sqlite SOURCE.db TABLE EVENT-TABLE OUT.db SECONDS"
                        " [indexes]\n");
        return 2;
    }
    sqlite3 *db;
    if (sqlite3_open(argv[4], &db) != SQLITE_OK)
        die(db, argv[4]);
    run(db, "PRAGMA journal_mode=WAL");
    run(db, "PRAGMA synchronous=FULL");
    char *attach = sqlite3_mprintf("ATTACH %Q AS source", argv[1]);
    run(db, attach);
    sqlite3_free(attach);
    sqlite3_stmt *row = copy_statement(db, argv[2]);
    sqlite3_stmt *event = copy_statement(db, argv[3]);
    if (indexes) {
        copy_indexes(db, argv[2]);
        copy_indexes(db, argv[3]);
    }
    run(db, "DETACH source");

    pthread_t producers[N_PRODUCERS];
    double began = now();
    for (int i = 0; i < N_PRODUCERS; i++)
        pthread_create(&producers[i], NULL, produce, NULL);
    write_batches(db, row, event, began + atof(argv[5]));
    double took = now() - began;
    for (int i = 0; i < N_PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    printf("%.0f\n", (double)n_done / took);
    sqlite3_finalize(row);
    sqlite3_finalize(event);
    sqlite3_close(db);
    return 0;
}
