#include "core/phrase.h"

#include "base/id.h"
#include "base/text.h"

#define SQL_LIST                                                                               \
    "SELECT id, text FROM sys_phrase WHERE county = $1 AND account = $2 ORDER BY id LIMIT 100"
#define SQL_ADD "INSERT INTO sys_phrase (county, account, id, text) VALUES ($1, $2, $3, $4)"
#define SQL_REMOVE "DELETE FROM sys_phrase WHERE county = $1 AND account = $2 AND id = $3"

HjRows *
hj_phrase_list(HjTx *tx, const HjActor *actor, GError **error)
{
    return hj_tx_query(tx, error, SQL_LIST, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account));
}

/* *@ret_tidy: what is to be kept, or NULL. */
static bool
check(HjTx *tx, const HjActor *actor, const char *text, HjIssues *issues, char **ret_tidy,
      GError **error)
{
    g_autoptr(HjRows) kept = hj_phrase_list(tx, actor, error);
    if (kept == NULL)
        return false;
    bool readable = g_utf8_validate(text, -1, NULL);
    g_autofree char *tidy = readable ? hj_text_tidy(text) : NULL;
    if (!readable || !hj_text_is_clean(tidy, false))
        hj_issues_add(issues, "text", "type",
                      N_("This text holds characters nobody can read."));
    else if (*tidy == '\0')
        hj_issues_add(issues, "text", "required", N_("Write the sentence."));
    else if (hj_text_length(tidy) > HJ_PHRASE_LENGTH)
        hj_issues_add(issues, "text", "length", N_("Write at most %d characters."),
                      HJ_PHRASE_LENGTH);
    else if (hj_rows_count(kept) >= HJ_PHRASE_MAX)
        hj_issues_add(issues, "text", "rule",
                      N_("Thirty sentences are enough: remove one first."));
    while (hj_issues_count(issues) == 0 && hj_rows_next(kept))
        if (g_strcmp0(hj_rows_text(kept, "text"), tidy) == 0)
            hj_issues_add(issues, "text", "unique", N_("You keep this sentence already."));
    if (hj_issues_count(issues) > 0)
        return hj_issues_refuse(error);
    *ret_tidy = g_steal_pointer(&tidy);
    return true;
}

bool
hj_phrase_add(HjTx *tx, const HjActor *actor, const char *text, HjIssues *issues,
              GError **error)
{
    g_autofree char *tidy = NULL;
    if (!check(tx, actor, text, issues, &tidy, error))
        return false;
    hj_tx_exempt(tx); /* what somebody likes to write is no fact */
    return hj_tx_exec(tx, error, SQL_ADD, HJ_I64(hj_tx_county(tx)), HJ_I64(actor->account),
                      HJ_I64(hj_id_new()), HJ_TEXT(tidy));
}

bool
hj_phrase_remove(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    int64_t changes = 0;
    hj_tx_exempt(tx);
    if (!hj_tx_change(tx, error, &changes, SQL_REMOVE, HJ_I64(hj_tx_county(tx)),
                      HJ_I64(actor->account), HJ_I64(id)))
        return false;
    return changes == 1 || hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such sentence.");
}
