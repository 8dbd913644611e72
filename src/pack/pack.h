/* pack: a county's regime as typed, immutable structs.
 *
 * A pack is a folder of YAML that may extend another.  Loading reads every file, checks every
 * cross-reference and reports all problems at once as FILE:LINE: why.  What SQL means is
 * checked later against a schema (core/packcheck).
 *
 * Units    points are decimals of scale 2; dates HjDate
 * Owns     everything hangs on the HjPack, which is reference-counted and never changes
 * Threads  any, once loaded
 * Source   design.md 3, docs/pack.md */
#pragma once

#include "base/error.h"
#include "base/i18n.h"
#include "base/pinyin.h"
#include "base/time.h"
#include "pack/cadence.h"
#include "pack/calendar.h"
#include "pack/scheme.h"

struct HjPack {
    const char *name, *version, *dir;
    HjLabel title;
    const char *digest; /* SM3 hex over all files */
    HjDate valid_from, valid_to;
    HjOrgKind *org_kinds;
    size_t n_org_kinds;
    HjRole *roles;
    size_t n_roles;
    HjParam *params;
    size_t n_params;
    HjList *lists;
    size_t n_lists;
    HjLedger *ledgers;
    size_t n_ledgers;
    HjIndicator *indicators;
    size_t n_indicators;
    HjScheme *schemes;
    size_t n_schemes;
    HjReport *reports;
    size_t n_reports;
    HjCadence *cadences;
    size_t n_cadences;
    HjPinyinReading *readings; /* words whose pinyin a table by character gets wrong */
    size_t n_readings;
    HjCalendarYear *calendar;
    size_t n_calendar;
    void *priv; /* pack/store only */
};

typedef struct HjPackProblems HjPackProblems;
HjPackProblems *hj_pack_problems_new(void);
void hj_pack_problems_free(HjPackProblems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPackProblems, hj_pack_problems_free)
void hj_pack_problems_add(HjPackProblems *problems, const HjSource *at, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Adds copies of all of @from. */
void hj_pack_problems_merge(HjPackProblems *problems, const HjPackProblems *from);
size_t hj_pack_problems_count(const HjPackProblems *problems);
const char *hj_pack_problems_line(const HjPackProblems *problems,
                                  size_t i); /* "FILE:LINE: why", sorted by file and line */

/* NULL with @problems filled, or with @error when @dir cannot be read at all. */
HjPack *hj_pack_load(const char *dir, HjPackProblems *problems, GError **error);
HjPack *hj_pack_ref(HjPack *pack);
void hj_pack_unref(HjPack *pack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjPack, hj_pack_unref)

/* What others work out of a pack once, named by an address inside the pack; it lives as long as
 * the pack.  Keeping gives what is kept, which is that of another thread when it was faster. */
gpointer hj_pack_kept(const HjPack *pack, gconstpointer key);
gpointer hj_pack_keep(const HjPack *pack, gconstpointer key, gpointer object,
                      GDestroyNotify destroy);

/* Every permission a role may hold, NULL-ended. */
extern const char *const hj_pack_permissions[];
/* "text", "long_text", … */
const char *hj_pack_field_type_name(HjFieldType type);
/* Values of citizen_id, credit_code, phone and sealed are kept encrypted and shown masked. */
bool hj_pack_field_is_sealed(const HjField *field);

/* Each answers NULL for a name that is not there. */
const HjLedger *hj_pack_ledger(const HjPack *pack, const char *name);
const HjLedger *hj_pack_ledger_is(const HjPack *pack, const char *is); /* "person", "post" */
const HjField *hj_pack_field(const HjLedger *ledger, const char *name);
const HjList *hj_pack_list(const HjPack *pack, const char *name);
const HjListItem *hj_pack_list_item(const HjList *list, const char *key);
const HjRole *hj_pack_role(const HjPack *pack, const char *name);
bool hj_pack_role_may(const HjRole *role, const char *permission);
const HjOrgKind *hj_pack_org_kind(const HjPack *pack, const char *name);
const HjIndicator *hj_pack_indicator(const HjPack *pack, const char *name);
const HjCadence *hj_pack_cadence(const HjPack *pack, const char *name);
const HjScheme *hj_pack_scheme(const HjPack *pack, const char *name);
const HjReport *hj_pack_report(const HjPack *pack, const char *name);

/* The value of a parameter at a date (VER-1), NULL before its first from-date. */
const HjParamValue *hj_pack_param_value(const HjParam *param, HjDate on);
const char *hj_pack_param(const HjPack *pack, const char *name, HjDate on);
const HjParam *hj_pack_param_named(const HjPack *pack, const char *name);
