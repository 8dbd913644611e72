#include "base/error.h"

GQuark
hj_error_quark(void)
{
    return g_quark_from_static_string("hj-error-quark");
}

bool
hj_error_log(GError **error, HjErrorCode code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, HJ_ERROR, (int)code, message);
    return false;
}

int
hj_error_status(const GError *error)
{
    static const int status[] = {
        [HJ_ERROR_INVALID] = 422,   [HJ_ERROR_MALFORMED] = 400, [HJ_ERROR_DENIED] = 403,
        [HJ_ERROR_NOT_FOUND] = 404, [HJ_ERROR_CONFLICT] = 409,  [HJ_ERROR_BUSY] = 503,
        [HJ_ERROR_STORE] = 500,     [HJ_ERROR_INTERNAL] = 500,  [HJ_ERROR_FULL] = 503,
    };
    if (error->domain != HJ_ERROR || error->code < 0 ||
        error->code >= (int)G_N_ELEMENTS(status))
        return 500;
    return status[error->code];
}

bool
hj_error_hides(const GError *error)
{
    return g_error_matches(error, HJ_ERROR, HJ_ERROR_DENIED) ||
           g_error_matches(error, HJ_ERROR, HJ_ERROR_NOT_FOUND);
}

bool
hj_error_is_refusal(const GError *error)
{
    return hj_error_hides(error) || g_error_matches(error, HJ_ERROR, HJ_ERROR_INVALID) ||
           g_error_matches(error, HJ_ERROR, HJ_ERROR_CONFLICT);
}
