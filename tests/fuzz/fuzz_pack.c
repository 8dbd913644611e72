/* Any bytes are a ledger of a pack or refused with a line; nothing else happens. */
#include "base/crypto.h"
#include "pack/read.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(HjPackProblems) problems = hj_pack_problems_new();
    g_autoptr(HjPack) pack = hj_reader_pack("fuzz");
    g_autoptr(HjReader) r = hj_reader_new(pack, problems);
    r->file = "fuzz/ledgers/a.yaml";
    g_autoptr(HjYaml) root = hj_yaml_parse(r->file, (const char *)data, n, problems);
    g_assert(root != NULL || hj_pack_problems_count(problems) > 0);
    if (root != NULL)
        hj_read_ledger(r, root, "a");
    hj_reader_finish(r);
    hj_read_check(r);
    for (size_t i = 0; i < hj_pack_problems_count(problems); i++) {
        const char *line = hj_pack_problems_line(problems, i);
        g_assert(g_str_has_prefix(line, "fuzz/ledgers/a.yaml:"));
        g_assert(g_utf8_validate(line, -1, NULL));
    }
    return 0;
}
