#include "pack/read.h"

#include <string.h>

/* What no score may rest on. */

/* ASM-5 and F-02 to F-05: what is easy to count and never scored. */
static const char *const never_scored[] = {
    "login",    "logins",    "like",     "likes",    "repost",      "reposts",
    "download", "downloads", "photo",    "photos",   "video",       "videos",
    "petition", "petitions", "checkin",  "checkins", "instruction", "instructions",
    "article",  "articles",  "installs", NULL
};
static const char *const never_scored_pairs[] = { "study_time", "online_time", "minutes_pages",
                                                  NULL };

static const char *
word_never_scored(const char *name)
{
    g_auto(GStrv) words = g_strsplit(name, "_", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        for (size_t j = 0; never_scored[j] != NULL; j++)
            if (strcmp(words[i], never_scored[j]) == 0)
                return never_scored[j];
    for (size_t j = 0; never_scored_pairs[j] != NULL; j++)
        if (strstr(name, never_scored_pairs[j]) != NULL)
            return never_scored_pairs[j];
    return NULL;
}

void
hj_read_scored_refuse(HjReader *r, const char *what, const char *name, const char *system,
                      bool is_share, const HjSource *at)
{
    const char *word = word_never_scored(name);
    if (system != NULL && strcmp(system, "M23") == 0)
        hj_pack_problems_add(r->problems, at,
                             "%s \"%s\" is of M23: publications are never scored (ASM-5)", what,
                             name);
    else if (system != NULL && strcmp(system, "M10") == 0 && !is_share)
        hj_pack_problems_add(r->problems, at,
                             "%s \"%s\" is of M10: cases are never counted in a score, only "
                             "the share handled in time may be (PET-9)",
                             what, name);
    else if (word != NULL)
        hj_pack_problems_add(r->problems, at, "%s \"%s\": \"%s\" is never scored (ASM-5)", what,
                             name, word);
}

/* --- what the SQL of a score reads --- */

/* The next word of SQL from *@p, in small letters; NULL at the end.  Text in single quotes is
 * no word. */
static char *
next_word(const char **p)
{
    const char *at = *p;
    while (*at != '\0' && !g_ascii_isalpha(*at)) {
        bool quoted = *at == '\'';
        at++;
        while (quoted && *at != '\0' && *at != '\'')
            at++;
        at += quoted && *at != '\0';
    }
    const char *end = at;
    while (g_ascii_isalnum(*end) || *end == '_')
        end++;
    *p = end;
    return end > at ? g_ascii_strdown(at, end - at) : NULL;
}

static GHashTable *
words_of(const char *sql)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *word = NULL;
    while (sql != NULL && (word = next_word(&sql)) != NULL)
        g_hash_table_add(words, word);
    return words;
}

typedef struct {
    HjReader *r;
    const HjSource *at; /* of the item or veto */
    const char *who;    /* "the indicator x", "when" */
} Reading;

static bool
is_never(const HjLedger *ledger)
{
    return ledger->never_scored || g_strcmp0(ledger->system, "M23") == 0;
}

static void
check_words(const Reading *g, const HjLedger *ledger, GHashTable *words)
{
    if (is_never(ledger)) {
        hj_pack_problems_add(g->r->problems, g->at,
                             "%s reads the ledger %s, which is never scored (ASM-5)", g->who,
                             ledger->name);
        return;
    }
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        bool files = field->type == HJ_FIELD_FILES;
        if ((files || field->never_scored) && field->name != NULL &&
            g_hash_table_contains(words, field->name))
            hj_pack_problems_add(g->r->problems, g->at,
                                 "%s reads %s.%s, which is never scored (%s)", g->who,
                                 ledger->name, field->name, files ? "F-04" : "ASM-5");
    }
}

/* @own: the ledger whose rows are read, or NULL when @sql names all of them. */
static void
check_sql(const Reading *g, const HjLedger *own, const char *sql)
{
    const HjPack *pack = g->r->pack;
    g_autoptr(GHashTable) words = words_of(sql);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        if (pack->ledgers[i].name != NULL &&
            (&pack->ledgers[i] == own || g_hash_table_contains(words, pack->ledgers[i].name)))
            check_words(g, &pack->ledgers[i], words);
}

static void
check_mark(const Reading *g, const HjSchemeItem *item)
{
    for (size_t i = 0; item->mark != NULL && i < item->ledger->n_fields; i++)
        if (item->ledger->fields[i].never_scored &&
            g_strcmp0(item->ledger->fields[i].name, item->mark) == 0)
            hj_pack_problems_add(g->r->problems, g->at,
                                 "mark reads %s.%s, which is never scored (ASM-5)",
                                 item->ledger->name, item->mark);
}

/* Rows that are always about a person (ASM-7). */
static void
check_people(HjReader *r, const HjSchemeItem *item)
{
    for (size_t i = 0; i < item->ledger->n_fields; i++)
        if (item->ledger->fields[i].type == HJ_FIELD_PERSON && item->ledger->fields[i].required)
            hj_pack_problems_add(r->problems, &item->at,
                                 "the ledger %s names people (%s): negative problems are of "
                                 "organizations, never a list of persons (ASM-7)",
                                 item->ledger->name, item->ledger->fields[i].name);
}

static void
check_item(HjReader *r, const HjSchemeItem *item)
{
    if (item->ledger != NULL && item->points < 0)
        check_people(r, item);
    if (item->ledger != NULL) {
        const Reading g = { r, &item->at, "when" };
        if (g_strcmp0(item->ledger->system, "M23") != 0) /* said already */
            check_sql(&g, item->ledger, item->when.text);
        check_mark(&g, item);
    }
    if (item->indicator == NULL || g_strcmp0(item->indicator->system, "M23") == 0)
        return;
    g_autofree char *who = g_strdup_printf("the indicator %s", item->indicator->name);
    const Reading g = { r, &item->at, who };
    const HjCadence *cadence = item->indicator->cadence;
    check_sql(&g, NULL, item->indicator->sql.text);
    if (cadence != NULL)
        check_sql(&g, cadence->ledger, cadence->when.text);
}

void
hj_read_scored_check(HjReader *r, const HjScheme *scheme)
{
    for (size_t l = 0; l < scheme->n_lists; l++)
        for (size_t i = 0; i < scheme->lists[l].n_items; i++)
            check_item(r, &scheme->lists[l].items[i]);
    for (size_t i = 0; i < scheme->n_vetoes; i++) {
        const HjVeto *veto = &scheme->vetoes[i];
        const Reading g = { r, &veto->when.at, "the veto" };
        if (veto->ledger != NULL && g_strcmp0(veto->ledger->system, "M23") != 0)
            check_sql(&g, veto->ledger, veto->when.text);
    }
}
