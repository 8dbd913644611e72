/* issues: what is wrong with an input, field by field, in both languages.
 *
 * Units    none
 * Owns     copies every string; hj_issues_free
 * Threads  one at a time
 * Source   interface.md (errors: [{field, code, message}]) */
#pragma once

#include "base/i18n.h"

#include <glib.h>
#include <stdbool.h>

typedef struct HjIssues HjIssues;

HjIssues *hj_issues_new(void);
void hj_issues_free(HjIssues *issues);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjIssues, hj_issues_free)

/* Adds an issue; @msgid is a literal printf format marked with N_(), translated and formatted
 * in both languages.
 * @code is a stable word: required, type, range, length, choice, unknown, rule, version,
 * duplicate, reference. */
void hj_issues_add(HjIssues *issues, const char *field, const char *code, const char *msgid,
                   ...) G_GNUC_PRINTF(4, 5);

/* Adds an issue whose text comes from a pack. */
void hj_issues_add_label(HjIssues *issues, const char *field, const char *code,
                         const HjLabel *says);

/* INVALID, with the words that point to the issues; returns false. */
bool hj_issues_refuse(GError **error);
/* Adds those of @from, in their order. */
void hj_issues_copy(HjIssues *issues, const HjIssues *from);
size_t hj_issues_count(const HjIssues *issues);
void hj_issues_clear(HjIssues *issues);
const char *hj_issues_field(const HjIssues *issues, size_t i);
const char *hj_issues_code(const HjIssues *issues, size_t i);
const char *hj_issues_message(const HjIssues *issues, size_t i, HjLang lang);

/* The first message for @field, or NULL. */
const char *hj_issues_of(const HjIssues *issues, const char *field, HjLang lang);
