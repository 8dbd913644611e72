#include "core/packsql.h"
#include "core/row_priv.h"

#include <string.h>

#define FIXED_COLUMNS 7 /* beside the fields */

static bool
is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* Does @sql hold @name as a whole word?  A word in quotes counts too, which only binds a value
 * that is not used. */
static bool
mentions(const char *sql, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = strstr(sql, name); p != NULL; p = strstr(p + 1, name))
        if ((p == sql || !is_word(p[-1])) && !is_word(p[n]))
            return true;
    return false;
}

static bool
any_mentions(const HjRule *const *rules, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (mentions(rules[i]->rule.text, name))
            return true;
    return false;
}

/* The row as one line of values: SELECT CAST(:v0 AS BIGINT) AS "id", … */
typedef struct {
    HjSqlb *b;
    const HjRule *const *rules;
    size_t n_rules;
    HjPackSqlExtra *extras; /* n_room of them, as of names */
    char (*names)[16];
    size_t n, n_room;
} Line;

static void
add_column(Line *line, const char *name, bool is_number, HjVal value)
{
    if (!any_mentions(line->rules, line->n_rules, name))
        return;
    g_assert(line->n < line->n_room);
    char *key = line->names[line->n];
    g_snprintf(key, sizeof line->names[0], "row_%zu", line->n);
    line->extras[line->n] = (HjPackSqlExtra){ .name = key, .value = value };
    hj_sqlb_add_literal(line->b, line->n > 0 ? ", CAST(:" : "CAST(:");
    hj_sqlb_pack_text(line->b, key);
    hj_sqlb_add_literal(line->b, is_number ? " AS BIGINT) AS " : " AS TEXT) AS ");
    hj_sqlb_ident(line->b, NULL, name);
    line->n++;
}

static void
add_row(Line *line, HjTx *tx, const HjRowDraft *draft)
{
    const HjLedger *ledger = draft->ledger;
    add_column(line, "id", true, HJ_I64(draft->id));
    add_column(line, "org", true, HJ_I64(draft->org));
    add_column(line, "parent", true, draft->parent != 0 ? HJ_I64(draft->parent) : HJ_NULL);
    add_column(line, "state", false, HJ_TEXT(draft->state));
    add_column(line, "version", true, HJ_I64(draft->version + 1));
    add_column(line, "created_at", true,
               HJ_TIME(draft->created_at != 0 ? draft->created_at : hj_tx_now(tx)));
    add_column(line, "updated_at", true, HJ_TIME(hj_tx_now(tx)));
    for (size_t i = 0; i < ledger->n_fields; i++)
        if (ledger->fields[i].type != HJ_FIELD_FILES)
            add_column(line, ledger->fields[i].name, hj_field_is_number(&ledger->fields[i]),
                       draft->vals[i]);
    if (line->n == 0)
        hj_sqlb_lit(line->b, "1 AS nothing");
}

/* Column of a rule's answer: "r0", "r1", … */
static void
answer_column(char name[16], size_t i)
{
    g_snprintf(name, 16, "r%zu", i);
}

static void
add_questions(HjSqlb *b, const HjRule *const *rules, size_t n)
{
    char name[16];
    for (size_t i = 0; i < n; i++) {
        answer_column(name, i);
        hj_sqlb_add_literal(b, i == 0 ? "SELECT CASE WHEN NOT (" : ", CASE WHEN NOT (");
        hj_sqlb_pack_text(b, rules[i]->rule.text);
        hj_sqlb_lit(b, "\n) THEN 1 ELSE 0 END AS ");
        hj_sqlb_ident(b, NULL, name);
    }
}

bool
hj_row_check_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                   const HjRule *const *rules, size_t n, HjDate day, HjIssues *issues,
                   GError **error)
{
    const HjLedger *ledger = draft->ledger;
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    size_t n_room = FIXED_COLUMNS + ledger->n_fields;
    g_autofree HjPackSqlExtra *extras = g_new(HjPackSqlExtra, n_room);
    g_autofree gpointer names = g_malloc_n(n_room, 16);
    Line line = { b, rules, n, .extras = extras, .names = names, .n_room = n_room };
    add_questions(b, rules, n);
    hj_sqlb_lit(b, " FROM (SELECT ");
    add_row(&line, tx, draft);
    hj_sqlb_lit(b, ") AS ");
    hj_sqlb_ident(b, NULL, ledger->name);
    HjPackSqlBind bind = { .from = day, .to = day, .extras = extras, .n_extras = line.n };
    g_autoptr(GError) failed = NULL;
    g_autoptr(HjRows) answer =
        hj_packsql_query(tx, actor->pack, hj_sqlb_text(b), &bind, &failed);
    if (g_error_matches(failed, HJ_ERROR, HJ_ERROR_BUSY)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    if (answer == NULL || !hj_rows_next(answer))
        return hj_error_log(error, HJ_ERROR_INTERNAL, "rules of %s: %s", ledger->name,
                            failed != NULL ? failed->message : "no answer");
    for (size_t i = 0; i < n; i++) {
        char name[16];
        answer_column(name, i);
        if (hj_rows_bool(answer, name))
            hj_issues_add_label(issues, rules[i]->field != NULL ? rules[i]->field : "", "rule",
                                &rules[i]->says);
    }
    return true;
}

bool
hj_row_draft_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, HjIssues *issues,
                   GError **error)
{
    const HjLedger *ledger = draft->ledger;
    g_autofree const HjRule **rules = g_new0(const HjRule *, ledger->n_must + 1);
    for (size_t i = 0; i < ledger->n_must; i++)
        rules[i] = &ledger->must[i];
    return ledger->n_must == 0 ||
           hj_row_check_rules(tx, actor, draft, rules, ledger->n_must,
                              hj_row_draft_day(tx, draft), issues, error);
}
