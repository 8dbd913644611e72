#include "base/issues.h"

#include "base/error.h"

#include <stdarg.h>

typedef struct {
    const char *field;
    const char *code;
    HjLabel says;
} Issue;

struct HjIssues {
    GStringChunk *strings;
    GArray *items; /* Issue */
};

HjIssues *
hj_issues_new(void)
{
    HjIssues *issues = g_new0(HjIssues, 1);
    issues->strings = g_string_chunk_new(256);
    issues->items = g_array_new(FALSE, FALSE, sizeof(Issue));
    return issues;
}

void
hj_issues_free(HjIssues *issues)
{
    if (issues == NULL)
        return;
    g_string_chunk_free(issues->strings);
    g_array_free(issues->items, TRUE);
    g_free(issues);
}

static const char *
keep(HjIssues *issues, const char *text)
{
    return g_string_chunk_insert(issues->strings, text != NULL ? text : "");
}

static void
append(HjIssues *issues, const char *field, const char *code, const char *zh, const char *en)
{
    Issue issue = { keep(issues, field),
                    keep(issues, code),
                    { .zh = keep(issues, zh), .en = keep(issues, en) } };
    g_array_append_val(issues->items, issue);
}

void
hj_issues_add(HjIssues *issues, const char *field, const char *code, const char *msgid, ...)
{
    va_list args;
    va_start(args, msgid);
    g_autofree char *zh = g_strdup_vprintf(hj_i18n_tr(HJ_ZH, msgid), args);
    va_end(args);
    va_start(args, msgid);
    g_autofree char *en = g_strdup_vprintf(hj_i18n_tr(HJ_EN, msgid), args);
    va_end(args);
    append(issues, field, code, zh, en);
}

void
hj_issues_add_label(HjIssues *issues, const char *field, const char *code, const HjLabel *says)
{
    append(issues, field, code, hj_i18n_label(says, HJ_ZH), hj_i18n_label(says, HJ_EN));
}

void
hj_issues_copy(HjIssues *issues, const HjIssues *from)
{
    for (guint i = 0; i < from->items->len; i++) {
        const Issue *issue = &g_array_index(from->items, Issue, i);
        append(issues, issue->field, issue->code, issue->says.zh, issue->says.en);
    }
}

size_t
hj_issues_count(const HjIssues *issues)
{
    return issues->items->len;
}

void
hj_issues_clear(HjIssues *issues)
{
    g_array_set_size(issues->items, 0);
    g_string_chunk_clear(issues->strings);
}

static const Issue *
at(const HjIssues *issues, size_t i)
{
    g_assert(i < issues->items->len);
    return &g_array_index(issues->items, Issue, i);
}

bool
hj_issues_refuse(GError **error)
{
    return hj_fail(error, HJ_ERROR_INVALID, "Please correct what is marked.");
}

const char *
hj_issues_field(const HjIssues *issues, size_t i)
{
    return at(issues, i)->field;
}

const char *
hj_issues_code(const HjIssues *issues, size_t i)
{
    return at(issues, i)->code;
}

const char *
hj_issues_message(const HjIssues *issues, size_t i, HjLang lang)
{
    return hj_i18n_label(&at(issues, i)->says, lang);
}

const char *
hj_issues_of(const HjIssues *issues, const char *field, HjLang lang)
{
    for (size_t i = 0; i < issues->items->len; i++)
        if (g_str_equal(at(issues, i)->field, field))
            return hj_issues_message(issues, i, lang);
    return NULL;
}
