#include "core/row_input.h"

#include "base/citizen.h"
#include "base/text.h"
#include "core/file.h"
#include "core/row_priv.h"
#include "core/row_sql.h"
#include "core/sealed.h"
#include "pack/flow.h"
#include "store/recall.h"

#include <string.h>

#define SQL_ORG_OF_CODE "SELECT id FROM sys_org WHERE county = $1 AND code = $2"
#define SQL_ORG_KIND "SELECT kind FROM sys_org WHERE county = $1 AND id = $2"

static HjVal
stored_value(const HjField *field, HjRows *stored)
{
    if (stored == NULL || hj_rows_null(stored, field->name))
        return HJ_NULL;
    if (hj_field_is_number(field))
        return HJ_I64(hj_rows_i64(stored, field->name));
    return HJ_TEXT(hj_rows_text(stored, field->name));
}

HjRowDraft *
hj_row_draft_new(const HjLedger *ledger, int64_t org, int64_t parent, HjRows *stored)
{
    HjRowDraft *draft = g_new0(HjRowDraft, 1);
    size_t n = ledger->n_fields + 1;
    draft->ledger = ledger;
    draft->id = stored != NULL ? hj_rows_i64(stored, "id") : 0;
    draft->org = stored != NULL ? hj_rows_i64(stored, "org") : org;
    draft->parent = stored != NULL ? hj_rows_i64(stored, "parent") : parent;
    draft->created_at = stored != NULL ? hj_rows_i64(stored, "created_at") : 0;
    draft->version = stored != NULL ? hj_rows_i64(stored, "version") : 0;
    /* It goes into keys that outlive the row read; the names of nodes are few. */
    draft->state = stored != NULL         ? g_intern_string(hj_rows_text(stored, "state"))
                   : ledger->flow != NULL ? ledger->flow->start
                                          : "recorded";
    draft->before = g_new0(HjVal, n);
    draft->vals = g_new0(HjVal, n);
    draft->given = g_new0(bool, n);
    draft->owned = g_new0(char *, n);
    draft->clear = g_new0(char *, n);
    for (size_t i = 0; i < ledger->n_fields; i++)
        draft->vals[i] = draft->before[i] = stored_value(&ledger->fields[i], stored);
    return draft;
}

static void
drop_clear(HjRowDraft *draft, size_t i)
{
    if (draft->clear[i] != NULL)
        hj_crypto_wipe(draft->clear[i], strlen(draft->clear[i]));
    g_clear_pointer(&draft->clear[i], g_free);
}

void
hj_row_draft_free(HjRowDraft *draft)
{
    if (draft == NULL)
        return;
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        g_free(draft->owned[i]);
        drop_clear(draft, i);
    }
    if (draft->key != NULL)
        hj_vault_key_wipe(draft->key);
    g_free(draft->key);
    g_free(draft->clear);
    g_free(draft->before);
    g_free(draft->vals);
    g_free(draft->given);
    g_free(draft->owned);
    g_free(draft->title);
    g_free(draft);
}

bool
hj_row_draft_changed(const HjRowDraft *draft, size_t field)
{
    return !hj_value_same(&draft->before[field], &draft->vals[field]);
}

bool
hj_row_draft_changes(const HjRowDraft *draft)
{
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        if (hj_row_draft_changed(draft, i))
            return true;
    return false;
}

static uint64_t
mix(uint64_t digest, const void *bytes, size_t n)
{
    /* FNV-1a, 64 bits: told apart by chance, never trusted against an enemy. */
    for (const uint8_t *p = bytes, *end = p + n; p < end; p++)
        digest = (digest ^ *p) * UINT64_C(0x100000001b3);
    return digest;
}

static uint64_t
digest_begin(int64_t org, int64_t parent)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    digest = mix(digest, &org, sizeof org);
    return mix(digest, &parent, sizeof parent);
}

static uint64_t
mix_value(uint64_t digest, const HjVal *val)
{
    const char *text = hj_value_text(val);
    char kind = hj_value_is_null(val) ? 0 : 1;
    digest = mix(digest, &kind, 1);
    if (kind != 0 && val->kind == HJ_VAL_I64)
        return mix(digest, &val->i64, sizeof val->i64);
    return kind != 0 ? mix(digest, text, strlen(text) + 1) : digest;
}

uint64_t
hj_row_draft_digest(const HjRowDraft *draft)
{
    uint64_t digest = digest_begin(draft->org, draft->parent);
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        digest = mix_value(digest, &draft->vals[i]);
    return digest;
}

uint64_t
hj_row_draft_digest_stored(const HjLedger *ledger, HjRows *stored)
{
    uint64_t digest = digest_begin(hj_rows_i64(stored, "org"), hj_rows_i64(stored, "parent"));
    for (size_t i = 0; i < ledger->n_fields; i++) {
        HjVal val = stored_value(&ledger->fields[i], stored);
        digest = mix_value(digest, &val);
    }
    return digest;
}

HjDate
hj_row_draft_day(HjTx *tx, const HjRowDraft *draft)
{
    const HjField *field = draft->ledger->date_field != NULL
                               ? hj_pack_field(draft->ledger, draft->ledger->date_field)
                               : NULL;
    HjDate day = HJ_DATE_NONE;
    if (field != NULL) {
        const HjVal *val = &draft->vals[field - draft->ledger->fields];
        const char *text = hj_value_text(val);
        g_autofree char *first = field->type == HJ_FIELD_MONTH && text != NULL
                                     ? g_strconcat(text, "-01", NULL)
                                     : g_strdup(text);
        if (val->kind == HJ_VAL_I64)
            day = hj_date_in_shanghai(val->i64);
        else if (first == NULL || !hj_date_parse(first, &day, NULL))
            day = HJ_DATE_NONE;
    }
    return day != HJ_DATE_NONE ? day : hj_tx_today(tx);
}

/* A field retired since a day is not asked for what happened on or after it. */
static bool
is_asked(const HjField *field, HjDate day)
{
    HjDate retired;
    return field->retired == NULL || !hj_date_parse(field->retired, &retired, NULL) ||
           day < retired;
}

/* The clear text moves beside; what the row will hold is its keyed hash. */
static void
set_sealed(const HjVault *vault, HjRowDraft *draft, size_t i, char *clear)
{
    char index[HJ_VAULT_INDEX_BYTES];
    drop_clear(draft, i);
    g_free(draft->owned[i]);
    draft->owned[i] = NULL;
    draft->vals[i] = HJ_NULL;
    draft->clear[i] = clear;
    if (clear == NULL)
        return;
    hj_sealed_index(vault, &draft->ledger->fields[i], clear, index);
    draft->owned[i] = g_strdup(index);
    draft->vals[i] = HJ_TEXT(draft->owned[i]);
}

static void
read_one(HjTx *tx, const HjActor *actor, HjRowDraft *draft, const HjRowInput *input,
         HjIssues *issues)
{
    const HjField *field = hj_pack_field(draft->ledger, input->name);
    /* A hidden field does not exist for this actor. */
    if (field == NULL || hj_access_field_hidden(actor, field)) {
        hj_issues_add(issues, input->name, "unknown", N_("There is no such field."));
        return;
    }
    size_t i = (size_t)(field - draft->ledger->fields);
    HjVal val;
    char *owned = NULL;
    bool right = input->json != NULL
                     ? hj_field_from_json(field, input->json, &val, &owned, issues)
                     : hj_field_from_text(field, input->text, &val, &owned, issues);
    draft->given[i] = true;
    if (!right) {
        g_free(owned);
        return;
    }
    if (hj_pack_field_is_sealed(field)) {
        set_sealed(hj_vault_of(tx), draft, i, owned);
        return;
    }
    g_free(draft->owned[i]);
    draft->owned[i] = owned;
    draft->vals[i] = val;
}

/* What the citizen number says of another field: filled in where nothing was written, and
 * otherwise the same. */
static void
fill_one(HjRowDraft *draft, const char *name, HjVal val, HjIssues *issues)
{
    const HjField *field = name != NULL ? hj_pack_field(draft->ledger, name) : NULL;
    if (field == NULL)
        return;
    size_t i = (size_t)(field - draft->ledger->fields);
    if (!draft->given[i] || hj_value_is_null(&draft->vals[i])) {
        draft->given[i] = true;
        draft->vals[i] = val;
        return;
    }
    if (g_strcmp0(hj_value_text(&draft->vals[i]), hj_value_text(&val)) != 0 &&
        hj_issues_of(issues, field->name, HJ_EN) == NULL)
        hj_issues_add(issues, field->name, "check",
                      N_("This does not agree with the citizen number."));
}

static void
fill_from_citizen(HjRowDraft *draft, HjIssues *issues)
{
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjField *field = &draft->ledger->fields[i];
        HjCitizen who;
        if (field->type != HJ_FIELD_CITIZEN_ID || draft->clear[i] == NULL ||
            hj_citizen_read(draft->clear[i], &who) != HJ_CITIZEN_GOOD)
            continue;
        if (who.born >= hj_date_make(1900, 1, 1))
            fill_one(draft, field->fills_birth, HJ_DATE(who.born), issues);
        fill_one(draft, field->fills_sex, HJ_TEXT(who.female ? "female" : "male"), issues);
    }
}

/* Required, and retired ones written nevertheless. */
static void
check_presence(HjTx *tx, const HjActor *actor, HjRowDraft *draft, HjIssues *issues)
{
    HjDate day = hj_row_draft_day(tx, draft);
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        const HjField *field = &draft->ledger->fields[i];
        bool asked = is_asked(field, day);
        bool empty = hj_value_is_null(&draft->vals[i]);
        if (draft->given[i] && !empty && !asked && hj_row_draft_changed(draft, i))
            hj_issues_add(issues, field->name, "unknown",
                          N_("This field is no longer asked for."));
        if (draft->given[i] && field->number != NULL && hj_row_draft_changed(draft, i))
            hj_issues_add(issues, field->name, "unknown",
                          N_("The program gives this number; leave it out."));
        if (draft->given[i] && field->prefill != NULL && hj_row_draft_changed(draft, i))
            hj_issues_add(issues, field->name, "unknown",
                          N_("The program fills this in from the records; leave it out."));
        /* A rule newer than the row is not held against a change of other fields. */
        bool looked_at = draft->given[i] || draft->id == 0;
        if (field->required && empty && asked && looked_at &&
            !hj_access_field_hidden(actor, field) &&
            hj_issues_of(issues, field->name, HJ_EN) == NULL)
            hj_issues_add(issues, field->name, "required", N_("This field is required."));
    }
}

static void
refuse_reference(const HjField *field, HjIssues *issues)
{
    hj_issues_add(issues, field->name, "reference", N_("There is no such record here."));
}

static bool
check_org(HjTx *tx, HjRowDraft *draft, size_t i, HjIssues *issues, GError **error)
{
    const HjField *field = &draft->ledger->fields[i];
    HjVal *val = &draft->vals[i];
    int64_t county = hj_tx_county(tx);
    if (val->kind == HJ_VAL_TEXT) {
        g_autoptr(HjRows) found =
            hj_tx_recall(tx, error, SQL_ORG_OF_CODE, HJ_I64(county), *val);
        if (found == NULL)
            return false;
        *val = hj_rows_next(found) ? HJ_I64(hj_rows_i64(found, "id")) : HJ_I64(0);
        g_clear_pointer(&draft->owned[i], g_free);
    }
    g_autoptr(HjRows) org = hj_tx_recall(tx, error, SQL_ORG_KIND, HJ_I64(county), *val);
    if (org == NULL)
        return false;
    if (!hj_rows_next(org))
        refuse_reference(field, issues);
    else if (field->org_kind != NULL &&
             !g_str_equal(hj_rows_text(org, "kind"), field->org_kind))
        hj_issues_add(issues, field->name, "choice",
                      N_("Choose an organization of the right kind."));
    return true;
}

static bool
check_citation(HjTx *tx, const HjActor *actor, HjRowDraft *draft, size_t i, HjIssues *issues,
               GError **error)
{
    const HjField *field = &draft->ledger->fields[i];
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id FROM ");
    hj_row_sql_from(b, field->ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id = ");
    hj_sqlb_param(b, draft->vals[i]);
    hj_sqlb_lit(b, " AND r.voided_at IS NULL");
    hj_row_sql_citable(b, tx, actor, field->ledger);
    g_autoptr(HjRows) found = hj_sqlb_query(b, tx, error);
    if (found == NULL)
        return false;
    if (hj_rows_count(found) == 0)
        refuse_reference(field, issues);
    return true;
}

static bool
check_unique(HjTx *tx, HjRowDraft *draft, size_t i, HjIssues *issues, GError **error)
{
    const HjField *field = &draft->ledger->fields[i];
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT r.id FROM ");
    hj_row_sql_from(b, draft->ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.org = ");
    hj_sqlb_param(b, HJ_I64(draft->org));
    hj_sqlb_lit(b, " AND r.voided_at IS NULL AND r.id <> ");
    hj_sqlb_param(b, HJ_I64(draft->id));
    hj_sqlb_lit(b, " AND r.");
    hj_sqlb_ident(b, NULL, field->name);
    hj_sqlb_lit(b, " = ");
    hj_sqlb_param(b, draft->vals[i]);
    hj_sqlb_lit(b, " LIMIT 1");
    g_autoptr(HjRows) found = hj_sqlb_query(b, tx, error);
    if (found == NULL)
        return false;
    if (hj_rows_count(found) > 0)
        hj_issues_add(issues, field->name, "duplicate",
                      N_("Another record of this organization has the same value."));
    return true;
}

bool
hj_row_check_uniques(HjTx *tx, HjRowDraft *draft, HjIssues *issues, GError **error)
{
    for (size_t i = 0; i < draft->ledger->n_fields; i++)
        if (draft->ledger->fields[i].unique && !hj_value_is_null(&draft->vals[i]) &&
            !check_unique(tx, draft, i, issues, error))
            return false;
    return true;
}

/* What only the database knows about one changed, well-formed value. */
static bool
check_stored(HjTx *tx, const HjActor *actor, HjRowDraft *draft, size_t i, HjIssues *issues,
             GError **error)
{
    const HjField *field = &draft->ledger->fields[i];
    if (field->type == HJ_FIELD_ORG && !check_org(tx, draft, i, issues, error))
        return false;
    /* An id may be written again unchanged even where its row is out of sight. */
    if (!hj_row_draft_changed(draft, i))
        return true;
    if (field->type == HJ_FIELD_FILES &&
        !hj_file_check(tx, actor, field, hj_value_text(&draft->before[i]),
                       hj_value_text(&draft->vals[i]), issues, error))
        return false;
    if (hj_field_cites_row(field) && !check_citation(tx, actor, draft, i, issues, error))
        return false;
    return !field->unique || hj_issues_of(issues, field->name, HJ_EN) != NULL ||
           check_unique(tx, draft, i, issues, error);
}

bool
hj_row_draft_title(HjTx *tx, HjRowDraft *draft, GError **error)
{
    const HjField *field = hj_row_sql_title(draft->ledger);
    const HjVal *val = field != NULL ? &draft->vals[field - draft->ledger->fields] : NULL;
    g_clear_pointer(&draft->title, g_free);
    if (val == NULL || hj_value_is_null(val)) {
        draft->title = g_strdup("");
        return true;
    }
    if (!hj_field_cites_row(field)) {
        draft->title = hj_field_display(field, false, val->i64, hj_value_text(val), HJ_ZH);
        return true;
    }
    g_autoptr(HjActor) system = hj_actor_system(NULL);
    g_autoptr(HjSqlb) b = hj_sqlb_new();
    hj_sqlb_lit(b, "SELECT ");
    hj_row_sql_title_of(b, system, field->ledger);
    hj_sqlb_lit(b, " AS title FROM ");
    hj_row_sql_from(b, field->ledger);
    hj_sqlb_lit(b, " WHERE r.county = ");
    hj_sqlb_param(b, HJ_I64(hj_tx_county(tx)));
    hj_sqlb_lit(b, " AND r.id = ");
    hj_sqlb_param(b, *val);
    g_autoptr(HjRows) cited = hj_sqlb_query(b, tx, error);
    if (cited == NULL)
        return false;
    const char *title = hj_rows_next(cited) ? hj_rows_text(cited, "title") : NULL;
    draft->title = g_strdup(title != NULL ? title : "");
    return true;
}

bool
hj_row_draft_read(HjTx *tx, const HjActor *actor, HjRowDraft *draft, const HjRowInput *inputs,
                  size_t n, HjIssues *issues, GError **error)
{
    if (hj_sealed_has(draft->ledger) && hj_vault_of(tx) == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL,
                            "sealed values: the store has no master key");
    for (size_t i = 0; i < n; i++)
        read_one(tx, actor, draft, &inputs[i], issues);
    fill_from_citizen(draft, issues);
    check_presence(tx, actor, draft, issues);
    for (size_t i = 0; i < draft->ledger->n_fields; i++) {
        if (hj_value_is_null(&draft->vals[i]) || !draft->given[i] ||
            hj_issues_of(issues, draft->ledger->fields[i].name, HJ_EN) != NULL)
            continue;
        if (!check_stored(tx, actor, draft, i, issues, error))
            return false;
    }
    return hj_issues_count(issues) > 0 ||
           (hj_row_draft_title(tx, draft, error) && hj_sealed_prepare(tx, draft, error));
}
