/* read: one kind of file each, from its tree into the nouns of the pack.
 *
 * Units    none
 * Owns     what is read hangs on the pack
 * Threads  one
 * Source   docs/pack.md */
#pragma once

#include "pack/flow.h"
#include "pack/reader.h"

void hj_read_orgs(HjReader *r, const HjYaml *root);
void hj_read_roles(HjReader *r, const HjYaml *root);
void hj_read_params(HjReader *r, const HjYaml *root);
void hj_read_lists(HjReader *r, const HjYaml *root);
void hj_read_readings(HjReader *r, const HjYaml *root);
void hj_read_calendar(HjReader *r, const HjYaml *root);
void hj_read_cadences(HjReader *r, const HjYaml *root);
/* @stem is the file name without .yaml: the thing in it carries the same name. */
void hj_read_ledger(HjReader *r, const HjYaml *root, const char *stem);
void hj_read_indicator(HjReader *r, const HjYaml *root, const char *stem);
void hj_read_scheme(HjReader *r, const HjYaml *root, const char *stem);
void hj_read_report(HjReader *r, const HjYaml *root, const char *stem);

/* What stands at the end of a scheme; a row of a ledger with a document that settles something;
 * then, once everything is read, the newest version of each name. */
void hj_read_scheme_ends(HjReader *r, const HjYaml *root, HjScheme *scheme);
void hj_read_scheme_comments(HjReader *r, const HjYaml *root, HjScheme *scheme);
void hj_read_scheme_veto(HjReader *r, const HjYaml *node, const char *what, HjVeto *veto);
void hj_read_scheme_versions(HjReader *r);
/* What is never scored (ASM-5, F-02 to F-05): by its name or system, and by what SQL reads. */
void hj_read_scored_refuse(HjReader *r, const char *what, const char *name, const char *system,
                           bool is_share, const HjSource *at);
void hj_read_scored_check(HjReader *r, const HjScheme *scheme);

/* For the four above: the name under @key, which must be @stem. */
const char *hj_read_own_name(HjReader *r, const HjYaml *root, const char *key,
                             const char *stem);
/* One field of @ledger, whose first @n_before fields are read. */
void hj_read_field(HjReader *r, const HjYaml *node, HjLedger *ledger, HjField *field,
                   size_t n_before);
/* What it says when its values are sealed; and whether that fits the other fields. */
void hj_read_sealed(HjReader *r, const HjYaml *node, HjField *field);
void hj_read_sealed_check(HjReader *r, const HjLedger *ledger);
/* The flow of @ledger, whose fields are read; the check wants the whole pack. */
void hj_read_flow(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_flow_check(HjReader *r, HjLedger *ledger);
/* A span under @key; @ledger whose date fields it may count from, or NULL. */
void hj_read_span(HjReader *r, const HjYaml *node, const char *key, const HjLedger *ledger,
                  HjSpan *span);
/* "supervise" of a node or a cadence; rows about organizations of @of are opened then. */
void hj_read_supervise(HjReader *r, const HjYaml *node, HjSupervise *supervise);
void hj_read_supervise_check(HjReader *r, const HjSupervise *supervise, const char *const *of,
                             size_t n_of, const HjSource *at);
/* "judged" of a ledger, and what only the whole pack can tell of it and of lists of indicators.
 */
void hj_read_judged(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_judged_check(HjReader *r);
/* "prefill" and "remarks" of a ledger whose fields are read, and the check of all of them. */
void hj_read_prefill(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_remarks(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_prefill_check(HjReader *r);
/* "supervises" and "notice" of a ledger whose fields are read. */
void hj_read_supervises(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_notice(HjReader *r, const HjYaml *root, HjLedger *ledger);
void hj_read_cadence_check(HjReader *r, HjCadence *cadence);
/* A field of a ledger that is still being read, and has no index yet; NULL: none. */
HjField *hj_read_field_named(const HjLedger *ledger, const char *name);
/* Names that a ledger or a field may not have. */
bool hj_read_name_taken(const char *name);
/* What only the whole pack can tell, after hj_reader_finish. */
void hj_read_check(HjReader *r);
