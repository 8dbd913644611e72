#include "pack/pack.h"

#include <string.h>

typedef struct {
    char *file;
    int line;
    char *text; /* the whole line */
} Problem;

struct HjPackProblems {
    GPtrArray *items; /* of Problem */
    bool sorted;
};

static void
problem_free(gpointer data)
{
    Problem *problem = data;
    g_free(problem->file);
    g_free(problem->text);
    g_free(problem);
}

HjPackProblems *
hj_pack_problems_new(void)
{
    HjPackProblems *problems = g_new0(HjPackProblems, 1);
    problems->items = g_ptr_array_new_with_free_func(problem_free);
    return problems;
}

void
hj_pack_problems_free(HjPackProblems *problems)
{
    if (problems == NULL)
        return;
    g_ptr_array_unref(problems->items);
    g_free(problems);
}

void
hj_pack_problems_add(HjPackProblems *problems, const HjSource *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    Problem *problem = g_new0(Problem, 1);
    problem->file = g_strdup(at != NULL && at->file != NULL ? at->file : "pack");
    problem->line = at != NULL && at->line > 0 ? at->line : 1;
    problem->text = g_strdup_printf("%s:%d: %s", problem->file, problem->line, why);
    g_ptr_array_add(problems->items, problem);
    problems->sorted = false;
}

void
hj_pack_problems_merge(HjPackProblems *problems, const HjPackProblems *from)
{
    for (guint i = 0; i < from->items->len; i++) {
        const Problem *problem = from->items->pdata[i];
        Problem *copy = g_new0(Problem, 1);
        copy->file = g_strdup(problem->file);
        copy->line = problem->line;
        copy->text = g_strdup(problem->text);
        g_ptr_array_add(problems->items, copy);
    }
    problems->sorted = false;
}

size_t
hj_pack_problems_count(const HjPackProblems *problems)
{
    return problems->items->len;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    const Problem *x = *(Problem *const *)a;
    const Problem *y = *(Problem *const *)b;
    int by_file = strcmp(x->file, y->file);
    if (by_file != 0)
        return by_file;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return strcmp(x->text, y->text);
}

const char *
hj_pack_problems_line(const HjPackProblems *problems, size_t i)
{
    g_assert(i < problems->items->len);
    if (!problems->sorted) {
        g_ptr_array_sort(problems->items, compare);
        ((HjPackProblems *)problems)->sorted = true;
    }
    return ((const Problem *)problems->items->pdata[i])->text;
}
