/* good: what the house rules let pass. */
#include "core/good.h"
#include "store/store.h"

#include <glib.h>
#include <string.h>

static bool
fails_well(const char *text, GError **error)
{
    g_autofree char *copy = g_strdup(text); /* strdup(text) in a comment is no call */
    if (copy == NULL)
        return hj_fail(error, HJ_ERROR_INVALID, "Do not use sprintf(x) or goto.");
    free(copy); /* house:blocked because this line shows a waiver */
    return true;
}
