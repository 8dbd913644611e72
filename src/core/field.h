/* field: one value of a ledger field, from text or JSON to the database and back to the screen.
 *
 * Units    text input is what a person types (yuan, percent, 是/否 or true/false, labels or
 * keys of a list); JSON input is typed (fen, keys, ids as strings); stored as store columns
 * Owns     @ret_owned holds the text behind @ret, or NULL; free it after the value's last use
 * Threads  any
 * Source   design.md 3 (field types) */
#pragma once

#include "base/issues.h"
#include "base/json.h"
#include "base/value.h"
#include "pack/pack.h"

/* Identifier of a type in YAML and JSON: "text", "long_text", … */
const char *hj_field_type_name(HjFieldType type);
/* Stored as integer: numbers, bool, datetime, references. */
bool hj_field_is_number(const HjField *field);
bool hj_field_cites_row(const HjField *field); /* a person, or a row of another ledger */
/* Can stand in a cell of a workbook; files cannot. */
bool hj_field_is_importable(const HjField *field);
int hj_field_scale(const HjField *field); /* percent and money 2, decimal its own, others 0 */

/* Parse: false and an issue on the field.  References (person, org, row) yield the id; org
 * also a code, which stays text until core/row finds its id.  The value's existence and scope
 * are checked by core/row.  An empty input is NULL; the text of a choice belongs to the pack.
 */
bool hj_field_from_text(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                        HjIssues *issues);
bool hj_field_from_json(const HjField *field, const HjJson *json, HjVal *ret, char **ret_owned,
                        HjIssues *issues);

/* A value to be sealed, tidied: the clear text is in *@ret_owned. */
bool hj_field_sealed_read(const HjField *field, const char *text, HjVal *ret, char **ret_owned,
                          HjIssues *issues);

/* How a stored value reads on the screen (labels, grouped numbers, ✓ of ticks "5/6") —
 * references use their label column instead — and how it stands in an input (plain). Caller
 * owns. @text NULL for integers. */
char *hj_field_display(const HjField *field, bool is_null, int64_t i64, const char *text,
                       HjLang lang);
char *hj_field_input(const HjField *field, bool is_null, int64_t i64, const char *text);
void hj_field_to_json(const HjField *field, bool is_null, int64_t i64, const char *text,
                      HjJsonWriter *w);
