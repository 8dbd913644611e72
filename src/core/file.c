/* Files as the database knows them: who sent them, which rows cite them, who may see them. */
#include "core/file.h"

#include "base/id.h"
#include "base/json.h"
#include "store/event.h"

#include <string.h>

#define COLUMNS                                                                                \
    "SELECT id, name, type, size, digest, thumb, width, height, created_at, created_by "       \
    "FROM sys_file WHERE county = $1"
#define SQL_GET COLUMNS " AND id = $2"
#define SQL_CITES                                                                              \
    "SELECT ledger, row_id, field FROM sys_file_cite WHERE county = $1 AND file = $2"
#define SQL_CITE                                                                               \
    "INSERT INTO sys_file_cite (county, file, ledger, row_id, field) "                         \
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
#define SQL_ADD                                                                                \
    "INSERT INTO sys_file (county, id, digest, thumb, type, name, size, width, height, "       \
    "created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"

static bool
append_event(HjTx *tx, const HjFileDraft *draft, int64_t id, GError **error)
{
    g_autoptr(GString) after = g_string_new(NULL);
    HjJsonWriter w = { .out = after };
    hj_json_begin_object(&w);
    hj_json_key(&w, "name");
    hj_json_text(&w, draft->name);
    hj_json_key(&w, "sha256");
    hj_json_text(&w, draft->digest);
    hj_json_key(&w, "size");
    hj_json_i64(&w, draft->size);
    hj_json_end_object(&w);
    HjEvent event = { .action = "file.add", .subject = "file", .row = id, .after = after->str };
    return hj_event_append(tx, &event, error);
}

bool
hj_file_add(HjTx *tx, const HjActor *actor, const HjFileDraft *draft, int64_t *ret_id,
            GError **error)
{
    *ret_id = hj_id_new();
    return hj_tx_exec(tx, error, SQL_ADD, HJ_I64(hj_tx_county(tx)), HJ_I64(*ret_id),
                      HJ_TEXT(draft->digest),
                      *draft->thumb != '\0' ? HJ_TEXT(draft->thumb) : HJ_NULL,
                      HJ_TEXT(draft->type->type), HJ_TEXT(draft->name), HJ_I64(draft->size),
                      draft->width > 0 ? HJ_I64(draft->width) : HJ_NULL,
                      draft->height > 0 ? HJ_I64(draft->height) : HJ_NULL,
                      HJ_TIME(hj_tx_now(tx)), HJ_I64(actor->account)) &&
           append_event(tx, draft, *ret_id, error);
}

/* --- who may see it --- */

static HjRows *
owner_of(HjTx *tx, const HjLedger *ledger, int64_t row, GError **error)
{
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT org FROM ");
    hj_sqlb_ident(b, "t_", ledger->name);
    hj_sqlb_lit(b, " WHERE county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND id = ");
    hj_sqlb_param(b, HJ_I64(row));
    return hj_sqlb_query(b, tx, error);
}

typedef enum { HIDDEN, DENIED, SEEN } Sight;

/* Is the row of this citation, with this field of it, seen by the actor? */
static bool
sees_citation(HjTx *tx, const HjActor *actor, const HjRows *cite, Sight *ret, GError **error)
{
    const HjLedger *ledger = hj_pack_ledger(actor->pack, hj_rows_text(cite, "ledger"));
    const HjField *field =
        ledger != NULL ? hj_pack_field(ledger, hj_rows_text(cite, "field")) : NULL;
    if (field == NULL || hj_access_field_hidden(actor, field))
        return true;
    g_autoptr(HjRows) owner = owner_of(tx, ledger, hj_rows_i64(cite, "row_id"), error);
    if (owner == NULL)
        return false;
    if (!hj_rows_next(owner))
        return true;
    g_autoptr(GError) refused = NULL;
    if (hj_access_check_row(tx, actor, ledger, HJ_ACCESS_VIEW, hj_rows_i64(owner, "org"),
                            &refused)) {
        *ret = SEEN;
        return true;
    }
    if (g_error_matches(refused, HJ_ERROR, HJ_ERROR_DENIED)) {
        *ret = DENIED;
        return true;
    }
    if (g_error_matches(refused, HJ_ERROR, HJ_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&refused));
    return false;
}

static bool
sees(HjTx *tx, const HjActor *actor, const HjRows *file, Sight *ret, GError **error)
{
    *ret = actor->account == 0 ? SEEN : HIDDEN;
    if (*ret == SEEN)
        return true;
    g_autoptr(HjRows) cites = hj_tx_query(tx, error, SQL_CITES, HJ_I64(hj_tx_county(tx)),
                                          HJ_I64(hj_rows_i64(file, "id")));
    if (cites == NULL)
        return false;
    if (hj_rows_count(cites) == 0)
        *ret = hj_rows_i64(file, "created_by") == actor->account ? SEEN : HIDDEN;
    while (*ret != SEEN && hj_rows_next(cites))
        if (!sees_citation(tx, actor, cites, ret, error))
            return false;
    return true;
}

HjRows *
hj_file_get(HjTx *tx, const HjActor *actor, int64_t id, GError **error)
{
    g_autoptr(HjRows) file =
        hj_tx_query(tx, error, SQL_GET, HJ_I64(hj_tx_county(tx)), HJ_I64(id));
    Sight seen = HIDDEN;
    if (file == NULL || (hj_rows_next(file) && !sees(tx, actor, file, &seen, error)))
        return NULL;
    if (seen == DENIED) {
        hj_fail(error, HJ_ERROR_DENIED, "This file is not open to your roles.");
        return NULL;
    }
    if (seen == HIDDEN) {
        hj_fail(error, HJ_ERROR_NOT_FOUND, "There is no such file.");
        return NULL;
    }
    return g_steal_pointer(&file);
}

static bool
lists(const char *ids, const char *id)
{
    g_autofree char *word = g_strconcat(",", id, ",", NULL);
    return ids != NULL && strstr(ids, word) != NULL;
}

/* --- what a field may hold --- */

static bool
check_one(HjTx *tx, const HjActor *actor, const HjField *field, const char *before,
          const char *word, HjIssues *issues, GError **error)
{
    int64_t id = 0;
    /* One that stood there before may stay, even where its first home is out of sight. */
    if (lists(before, word) || !hj_id_parse(word, &id))
        return true;
    g_autoptr(GError) absent = NULL;
    g_autoptr(HjRows) file = hj_file_get(tx, actor, id, &absent);
    if (file == NULL && !hj_error_hides(absent)) {
        g_propagate_error(error, g_steal_pointer(&absent));
        return false;
    }
    const HjFileType *type = file != NULL ? hj_file_type(hj_rows_text(file, "type")) : NULL;
    if (type == NULL)
        hj_issues_add(issues, field->name, "reference", N_("There is no such file here."));
    else if ((field->accept & (unsigned)type->kind) == 0)
        hj_issues_add(issues, field->name, "choice",
                      type->kind == HJ_FILE_PICTURE ? N_("Only documents belong here.")
                                                    : N_("Only pictures belong here."));
    return true;
}

bool
hj_file_check(HjTx *tx, const HjActor *actor, const HjField *field, const char *before,
              const char *after, HjIssues *issues, GError **error)
{
    g_auto(GStrv) words = g_strsplit(after != NULL ? after : "", ",", -1);
    int64_t n = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        n += *words[i] != '\0';
        if (*words[i] != '\0' && !check_one(tx, actor, field, before, words[i], issues, error))
            return false;
    }
    if (n > field->max)
        hj_issues_add(issues, field->name, "length", N_("At most %d files belong here."),
                      (int)field->max);
    if (n > 0 && n < field->min)
        hj_issues_add(issues, field->name, "length", N_("At least %d files belong here."),
                      (int)field->min);
    return true;
}

bool
hj_file_cite(HjTx *tx, const HjLedger *ledger, int64_t row, const HjField *field,
             const char *ids, GError **error)
{
    g_auto(GStrv) words = g_strsplit(ids != NULL ? ids : "", ",", -1);
    for (size_t i = 0; words[i] != NULL; i++) {
        int64_t id = 0;
        if (hj_id_parse(words[i], &id) &&
            !hj_tx_exec(tx, error, SQL_CITE, HJ_I64(hj_tx_county(tx)), HJ_I64(id),
                        HJ_TEXT(ledger->name), HJ_I64(row), HJ_TEXT(field->name)))
            return false;
    }
    return true;
}
