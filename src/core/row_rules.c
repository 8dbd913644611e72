#include "core/packsql.h"
#include "core/row_priv.h"

#include <string.h>

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

/* What every row has beside its fields, in the order of Column. */
typedef enum { ID, ORG, PARENT, STATE, VERSION, CREATED_AT, UPDATED_AT, FIXED } Column;
static const struct {
    const char *name;
    bool is_number;
} fixed[FIXED] = {
    [ID] = { "id", true },
    [ORG] = { "org", true },
    [PARENT] = { "parent", true },
    [STATE] = { "state", false },
    [VERSION] = { "version", true },
    [CREATED_AT] = { "created_at", true },
    [UPDATED_AT] = { "updated_at", true },
};

/* A column of the row that the rules speak of. */
typedef struct {
    char key[16]; /* of its value in the text */
    size_t at;    /* Column, or FIXED and the place of the field */
} Asked;

/* The rules as one question: SELECT … FROM (SELECT CAST(:row_0 AS BIGINT) AS "id", …).  It
 * depends on the pack only. */
typedef struct {
    HjPackSqlText *text;
    GArray *asked; /* of Asked */
    bool alone;    /* reads no table */
} Question;

static void
question_free(gpointer data)
{
    Question *q = data;
    hj_packsql_text_free(q->text);
    g_array_unref(q->asked);
    g_free(q);
}

/* Surely speaks of nothing but the row: no query inside, no table behind IN, no comment. */
static bool
reads_no_table(const char *rule)
{
    g_autofree char *low = g_ascii_strdown(rule, -1);
    if (mentions(low, "select") || mentions(low, "table") || mentions(low, "values") ||
        strstr(low, "--") != NULL || strstr(low, "/*") != NULL)
        return false;
    for (const char *p = strstr(low, "in"); p != NULL; p = strstr(p + 1, "in")) {
        bool whole = (p == low || !is_word(p[-1])) && !is_word(p[2]);
        if (whole && p[2 + strspn(p + 2, " \t\r\n")] != '(')
            return false;
    }
    return true;
}

static void
add_column(HjSqlb *b, Question *q, const char *name, bool is_number, size_t at)
{
    Asked asked = { .at = at };
    g_snprintf(asked.key, sizeof asked.key, "row_%u", q->asked->len);
    hj_sqlb_add_literal(b, q->asked->len > 0 ? ", CAST(:" : "CAST(:");
    hj_sqlb_pack_text(b, asked.key);
    hj_sqlb_add_literal(b, is_number ? " AS BIGINT) AS " : " AS TEXT) AS ");
    hj_sqlb_ident(b, NULL, name);
    g_array_append_val(q->asked, asked);
}

static void
add_row(HjSqlb *b, Question *q, const HjLedger *ledger, const HjRule *const *rules, size_t n)
{
    for (size_t i = 0; i < FIXED; i++)
        if (any_mentions(rules, n, fixed[i].name))
            add_column(b, q, fixed[i].name, fixed[i].is_number, i);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const HjField *field = &ledger->fields[i];
        if (field->type != HJ_FIELD_FILES && any_mentions(rules, n, field->name))
            add_column(b, q, field->name, hj_field_is_number(field), FIXED + i);
    }
    if (q->asked->len == 0)
        hj_sqlb_lit(b, "1 AS nothing");
}

static void
add_questions(HjSqlb *b, const HjRule *const *rules, size_t n)
{
    char name[16];
    for (size_t i = 0; i < n; i++) {
        g_snprintf(name, sizeof name, "r%zu", i);
        hj_sqlb_add_literal(b, i == 0 ? "SELECT CASE WHEN NOT (" : ", CASE WHEN NOT (");
        hj_sqlb_pack_text(b, rules[i]->rule.text);
        hj_sqlb_lit(b, "\n) THEN 1 ELSE 0 END AS ");
        hj_sqlb_ident(b, NULL, name);
    }
}

static Question *
question_new(const HjLedger *ledger, const HjRule *const *rules, size_t n)
{
    Question *q = g_new0(Question, 1);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    q->asked = g_array_new(FALSE, FALSE, sizeof(Asked));
    add_questions(b, rules, n);
    hj_sqlb_lit(b, " FROM (SELECT ");
    add_row(b, q, ledger, rules, n);
    hj_sqlb_lit(b, ") AS ");
    hj_sqlb_ident(b, NULL, ledger->name);
    q->text = hj_packsql_text_new(hj_sqlb_text(b));
    q->alone = true;
    for (size_t i = 0; i < n; i++)
        q->alone = q->alone && reads_no_table(rules[i]->rule.text);
    return q;
}

static HjVal
value_of(HjTx *tx, const HjRowDraft *draft, size_t at)
{
    switch ((Column)at) {
    case ID:
        return HJ_I64(draft->id);
    case ORG:
        return HJ_I64(draft->org);
    case PARENT:
        return draft->parent != 0 ? HJ_I64(draft->parent) : HJ_NULL;
    case STATE:
        return HJ_TEXT(draft->state);
    case VERSION:
        return HJ_I64(draft->version + 1);
    case CREATED_AT:
        return HJ_TIME(draft->created_at != 0 ? draft->created_at : hj_tx_now(tx));
    case UPDATED_AT:
        return HJ_TIME(hj_tx_now(tx));
    case FIXED:
        break;
    }
    return draft->vals[at - FIXED];
}

static bool
ask(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, const Question *q,
    const HjRule *const *rules, size_t n, HjDate day, HjIssues *issues, GError **error)
{
    guint n_asked = q->asked->len;
    g_autofree HjPackSqlExtra *extras = g_new(HjPackSqlExtra, n_asked + 1);
    for (guint i = 0; i < n_asked; i++) {
        const Asked *asked = &g_array_index(q->asked, Asked, i);
        extras[i] =
            (HjPackSqlExtra){ .name = asked->key, .value = value_of(tx, draft, asked->at) };
    }
    HjPackSqlBind bind = {
        .from = day, .to = day, .extras = extras, .n_extras = n_asked, .alone = q->alone
    };
    g_autoptr(GError) failed = NULL;
    g_autoptr(HjRows) answer = hj_packsql_ask(tx, actor->pack, q->text, &bind, &failed);
    if (g_error_matches(failed, HJ_ERROR, HJ_ERROR_BUSY)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    if (answer == NULL || !hj_rows_next(answer))
        return hj_error_log(error, HJ_ERROR_INTERNAL, "rules of %s: %s", draft->ledger->name,
                            failed != NULL ? failed->message : "no answer");
    for (size_t i = 0; i < n; i++)
        if (hj_rows_i64_at(answer, (int)i) != 0)
            hj_issues_add_label(issues, rules[i]->field != NULL ? rules[i]->field : "", "rule",
                                &rules[i]->says);
    return true;
}

bool
hj_row_check_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft,
                   const HjRule *const *rules, size_t n, HjDate day, HjIssues *issues,
                   GError **error)
{
    Question *q = question_new(draft->ledger, rules, n);
    bool done = ask(tx, actor, draft, q, rules, n, day, issues, error);
    question_free(q);
    return done;
}

bool
hj_row_draft_rules(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, HjIssues *issues,
                   GError **error)
{
    const HjLedger *ledger = draft->ledger;
    if (ledger->n_must == 0)
        return true;
    g_autofree const HjRule **rules = g_new0(const HjRule *, ledger->n_must + 1);
    for (size_t i = 0; i < ledger->n_must; i++)
        rules[i] = &ledger->must[i];
    HjDate day = hj_row_draft_day(tx, draft);
    if (hj_pack_ledger(actor->pack, ledger->name) != ledger)
        return hj_row_check_rules(tx, actor, draft, rules, ledger->n_must, day, issues, error);
    const Question *q = hj_pack_kept(actor->pack, ledger->must);
    if (q == NULL)
        q = hj_pack_keep(actor->pack, ledger->must, question_new(ledger, rules, ledger->n_must),
                         question_free);
    return ask(tx, actor, draft, q, rules, ledger->n_must, day, issues, error);
}
