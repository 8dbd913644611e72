/* tmplc: the template compiler of the build (docs/templates.md).
 *
 *   tmplc NAME.html NAME.html.c NAME.html.h */
#include "compile.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool
compile_file(const char *path, TmplResult *ret)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &text, &n, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    g_autofree char *base = g_path_get_basename(path);
    if (!g_str_has_suffix(base, ".html")) {
        fprintf(stderr, "%s:1: a template's name ends in .html\n", path);
        return false;
    }
    base[strlen(base) - strlen(".html")] = '\0';
    for (const char *at = base; *at != '\0'; at++)
        if (!g_ascii_islower(*at) && *at != '_' && (at == base || !g_ascii_isdigit(*at))) {
            fprintf(stderr, "%s:1: a template's name is made of a-z, 0-9 and _\n", path);
            return false;
        }
    g_autofree char *why = tmpl_compile(path, base, text, n, ret);
    if (why != NULL)
        fprintf(stderr, "%s\n", why);
    return why == NULL;
}

static bool
write_file(const char *path, const GString *text)
{
    g_autoptr(GError) error = NULL;
    if (g_file_set_contents(path, text->str, (gssize)text->len, &error))
        return true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: tmplc NAME.html NAME.html.c NAME.html.h\n");
        return 2;
    }
    TmplResult result = { 0 };
    if (!compile_file(argv[1], &result))
        return 1;
    bool good = write_file(argv[2], result.source) && write_file(argv[3], result.header);
    tmpl_result_clear(&result);
    return good ? 0 : 1;
}
