/* Any bytes are JSON or refused; what is read can be walked whole. */
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
walk(const HjJson *node)
{
    switch (hj_json_kind(node)) {
    case HJ_JSON_BOOL:
        (void)hj_json_bool(node);
        break;
    case HJ_JSON_INTEGER:
        (void)hj_json_integer(node);
        break;
    case HJ_JSON_STRING:
        g_assert(g_utf8_validate(hj_json_string(node), -1, NULL));
        break;
    case HJ_JSON_ARRAY:
    case HJ_JSON_OBJECT:
        for (size_t i = 0; i < hj_json_count(node); i++)
            walk(hj_json_at(node, i));
        break;
    case HJ_JSON_NULL:
    case HJ_JSON_REAL:
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HjJson) root = hj_json_parse((const char *)data, n, &error);
    g_assert((root == NULL) == (error != NULL));
    if (root != NULL)
        walk(root);
    return 0;
}
