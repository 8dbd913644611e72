/* Runs a fuzz target over the files of a corpus, as an ordinary test.
 *
 *     fuzz_json CORPUS-DIRECTORY... */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t
run_directory(const char *path)
{
    size_t n_files = 0;
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    if (dir == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        return 0;
    }
    for (const char *name; (name = g_dir_read_name(dir)) != NULL; n_files++) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        gsize n = 0;
        if (!g_file_get_contents(file, &text, &n, NULL))
            continue;
        /* A copy of exactly this length, so that the address sanitizer sees a read past it. */
        g_autofree uint8_t *exact = n > 0 ? g_memdup2(text, n) : NULL;
        LLVMFuzzerTestOneInput(exact, n);
    }
    return n_files;
}

int
main(int argc, char **argv)
{
    size_t n_files = 0;
    for (int i = 1; i < argc; i++)
        n_files += run_directory(argv[i]);
    printf("%zu inputs\n", n_files);
    return n_files > 0 ? 0 : 1;
}
