/* What an end does to a row it cites: it goes to another organization, or takes over values. */
#include "core/flow_priv.h"
#include "core/row_sql.h"
#include "store/sqlb.h"

#define SQL_CODE "SELECT code FROM sys_org WHERE county = $1 AND id = $2"
#define SQL_WORDS "UPDATE sys_search SET org = $3 WHERE county = $1 AND id = $2"
#define SQL_CASE "UPDATE sys_case SET org = $3 WHERE county = $1 AND id = $2"
#define SQL_TASKS                                                                              \
    "UPDATE sys_task SET org = $3 WHERE county = $1 AND row_id = $2 AND closed_at IS NULL"

/* One row on its way to another organization. */
typedef struct {
    HjTx *tx;
    const HjActor *actor;
    int64_t from, to;
    const char *told;
    const char *reason;
} Going;

static const HjVal *
value_of(const HjRowDraft *draft, const char *name)
{
    const HjField *field = name != NULL ? hj_pack_field(draft->ledger, name) : NULL;
    return field != NULL ? &draft->vals[field - draft->ledger->fields] : NULL;
}

static char *
code_of(HjTx *tx, int64_t org, GError **error)
{
    g_autoptr(HjRows) rows =
        hj_tx_query(tx, error, SQL_CODE, HJ_I64(hj_tx_county(tx)), HJ_I64(org));
    if (rows == NULL)
        return NULL;
    return g_strdup(hj_rows_next(rows) ? hj_rows_text(rows, "code") : "");
}

/* {"action": "relocate", "from": CODE, "to": CODE, "ledger": …, "row": …}: what moved it. */
static char *
told_json(HjTx *tx, const HjRowDraft *by, int64_t from, int64_t to, GError **error)
{
    g_autofree char *old = code_of(tx, from, error);
    g_autofree char *new = old != NULL ? code_of(tx, to, error) : NULL;
    if (new == NULL)
        return NULL;
    GString *out = g_string_new(NULL);
    HjJsonWriter w = { .out = out };
    hj_json_begin_object(&w);
    hj_json_key(&w, "action");
    hj_json_text(&w, from != to ? "relocate" : "set");
    hj_json_key(&w, "from_org");
    hj_json_text(&w, old);
    hj_json_key(&w, "to_org");
    hj_json_text(&w, new);
    hj_json_key(&w, "ledger");
    hj_json_text(&w, by->ledger->name);
    hj_json_key(&w, "row");
    hj_json_id(&w, by->id);
    hj_json_end_object(&w);
    return g_string_free(out, FALSE);
}

static bool
put_org(const Going *g, const HjRowDraft *draft, GError **error)
{
    HjVal county = HJ_I64(hj_tx_county(g->tx)), id = HJ_I64(draft->id), to = HJ_I64(g->to);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "UPDATE ");
    hj_sqlb_ident(b, "t_", draft->ledger->name);
    hj_sqlb_lit(b, " SET org = ");
    hj_sqlb_param(b, to);
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, county);
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, id);
    return hj_sqlb_exec(b, g->tx, NULL, error) &&
           hj_tx_exec(g->tx, error, SQL_WORDS, county, id, to) &&
           (draft->ledger->flow == NULL ||
            (hj_tx_exec(g->tx, error, SQL_CASE, county, id, to) &&
             hj_tx_exec(g->tx, error, SQL_TASKS, county, id, to)));
}

static bool go(const Going *g, HjRowDraft *draft, GError **error);

/* Rows of @ledger that lie under @parent and belonged to the same organization. */
static HjRows *
rows_under(const Going *g, const HjLedger *ledger, int64_t parent, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id AS id FROM ");
    hj_row_sql_from(b, ledger);
    hj_sqlb_lit(b, " WHERE r.voided_at IS NULL AND r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(g->tx)));
    hj_sqlb_lit(b, " AND r.parent = ");
    hj_sqlb_param(b, HJ_I64(parent));
    hj_sqlb_lit(b, " AND r.org = ");
    hj_sqlb_param(b, HJ_I64(g->from));
    hj_sqlb_lit(b, " ORDER BY r.id");
    return hj_sqlb_query(b, g->tx, error);
}

static bool
go_under(const Going *g, const HjRowDraft *above, GError **error)
{
    const HjPack *pack = g->actor->pack;
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        const HjLedger *ledger = &pack->ledgers[i];
        if (ledger->in == NULL || ledger->across ||
            !g_str_equal(ledger->in->name, above->ledger->name))
            continue;
        g_autoptr(HjRows) rows = rows_under(g, ledger, above->id, error);
        if (rows == NULL)
            return false;
        while (hj_rows_next(rows)) {
            g_autoptr(HjRows) stored =
                hj_row_load(g->tx, ledger, hj_rows_i64(rows, "id"), 0, error);
            if (stored == NULL)
                return false;
            g_autoptr(HjRowDraft) draft = hj_row_draft_new(ledger, 0, 0, stored);
            if (!go(g, draft, error))
                return false;
        }
    }
    return true;
}

/* Its event belongs to where it is from now on; what moved it is told where it was. */
static bool
go(const Going *g, HjRowDraft *draft, GError **error)
{
    draft->org = g->to;
    return hj_row_draft_title(g->tx, draft, error) &&
           hj_row_move(g->tx, g->actor, draft, draft->version, NULL, "row.relocate", g->told,
                       g->reason, error) &&
           (g->from == g->to || (put_org(g, draft, error) && go_under(g, draft, error)));
}

/* Whether the row can stand there as it will be. */
static bool
check_there(HjTx *tx, const HjActor *actor, HjRowDraft *moved, int64_t from, GError **error)
{
    g_autoptr(HjIssues) owner = hj_issues_new();
    g_autoptr(HjIssues) same = hj_issues_new();
    g_autoptr(HjIssues) rules = hj_issues_new();
    if (moved->org != from &&
        (!hj_row_check_owner(tx, moved->ledger, moved->org, owner, error) ||
         !hj_row_check_uniques(tx, moved, same, error)))
        return false;
    if (!hj_row_draft_rules(tx, actor, moved, rules, error))
        return false;
    if (hj_issues_count(owner) > 0)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The organization it goes to does not keep such records today.");
    if (hj_issues_count(same) > 0)
        return hj_fail(error, HJ_ERROR_CONFLICT,
                       "The organization it goes to has this record already.");
    return hj_issues_count(rules) == 0 ||
           hj_fail(error, HJ_ERROR_CONFLICT,
                   "The cited record would break its own rules; correct it first.");
}

static void
take_values(const HjMoves *moves, const HjRowDraft *by, HjRowDraft *moved)
{
    for (size_t i = 0; i < moves->n_set; i++) {
        const HjField *theirs = hj_pack_field(moved->ledger, moves->theirs[i]);
        const HjVal *ours = value_of(by, moves->ours[i]);
        if (theirs != NULL && ours != NULL)
            moved->vals[theirs - moved->ledger->fields] = *ours;
    }
}

bool
hj_case_moves(HjTx *tx, const HjActor *actor, const HjRowDraft *draft, const HjFlowNode *node,
              const HjClosing *how, GError **error)
{
    const HjMoves *moves = &node->moves;
    const HjField *field = hj_pack_field(draft->ledger, moves->row);
    const HjVal *row = value_of(draft, moves->row);
    const HjVal *to = value_of(draft, moves->to);
    if (field == NULL || field->ledger == NULL || row->kind != HJ_VAL_I64 ||
        (to != NULL && to->kind != HJ_VAL_I64))
        return hj_fail(error, HJ_ERROR_CONFLICT, "Say first which record goes, and where.");
    g_autoptr(HjRows) stored = hj_row_load(tx, field->ledger, row->i64, 0, error);
    if (stored == NULL)
        return false;
    g_autoptr(HjRowDraft) moved = hj_row_draft_new(field->ledger, 0, 0, stored);
    int64_t from = moved->org;
    take_values(moves, draft, moved);
    moved->org = to != NULL ? to->i64 : from;
    if (moved->org == from && !hj_row_draft_changes(moved))
        return true; /* it is there and as it shall be */
    if (!check_there(tx, actor, moved, from, error))
        return false;
    g_autofree char *told = told_json(tx, draft, from, moved->org, error);
    Going going = { tx, actor, from, moved->org, told, how->opinion };
    return told != NULL && go(&going, moved, error);
}
