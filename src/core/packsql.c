#include "core/packsql.h"

#include "base/decimal.h"
#include "store/behind.h"
#include "store/sqlb.h"

/* Parameters carry no scale of their own: decimals are written with two digits. */
#define PARAM_SCALE 2

static bool
param_number(const char *name, const char *text, int scale, HjVal *ret, GError **error)
{
    int64_t number;
    if (!hj_decimal_parse(text, scale, &number, NULL))
        return hj_error_log(error, HJ_ERROR_INTERNAL, "pack parameter %s: \"%s\" is no number",
                            name, text);
    *ret = HJ_I64(number);
    return true;
}

bool
hj_packsql_param(const HjPack *pack, const char *name, HjDate on, HjVal *ret, char **ret_owned,
                 GError **error)
{
    const HjParam *param = hj_pack_param_named(pack, name);
    if (param == NULL)
        return hj_error_log(error, HJ_ERROR_INTERNAL, "pack SQL: there is no parameter :%s",
                            name);
    const char *text = hj_pack_param(pack, name, on);
    *ret_owned = NULL;
    if (text == NULL) {
        *ret = HJ_NULL;
        return true;
    }
    if (param->type == HJ_FIELD_INTEGER)
        return param_number(name, text, 0, ret, error);
    if (param->type == HJ_FIELD_DECIMAL || param->type == HJ_FIELD_PERCENT ||
        param->type == HJ_FIELD_MONEY)
        return param_number(name, text, PARAM_SCALE, ret, error);
    *ret_owned = g_strdup(text);
    *ret = HJ_TEXT(*ret_owned);
    return true;
}

static const HjVal *
extra_of(const HjPackSqlBind *bind, const char *name)
{
    for (size_t i = 0; i < bind->n_extras; i++)
        if (g_str_equal(bind->extras[i].name, name))
            return &bind->extras[i].value;
    return NULL;
}

static bool
bind_name(HjTx *tx, const HjPack *pack, const HjPackSqlBind *bind, const char *name, HjVal *ret,
          char **ret_owned, GError **error)
{
    *ret_owned = NULL;
    const HjVal *extra = extra_of(bind, name);
    if (extra != NULL)
        *ret = *extra;
    else if (g_str_equal(name, "from"))
        *ret = HJ_DATE(bind->from);
    else if (g_str_equal(name, "to"))
        *ret = HJ_DATE(bind->to);
    else if (g_str_equal(name, "today"))
        *ret = HJ_DATE(hj_tx_today(tx));
    else
        return hj_packsql_param(pack, name, bind->to, ret, ret_owned, error);
    return true;
}

struct HjPackSqlText {
    char *sql;    /* with $1 to $n */
    char **names; /* of these */
    guint n;
};

HjPackSqlText *
hj_packsql_text_new(const char *text)
{
    HjPackSqlText *read = g_new0(HjPackSqlText, 1);
    read->sql = hj_sqlb_rewrite_names(text, &read->names);
    read->n = g_strv_length(read->names);
    return read;
}

void
hj_packsql_text_free(HjPackSqlText *text)
{
    g_free(text->sql);
    g_strfreev(text->names);
    g_free(text);
}

HjRows *
hj_packsql_ask(HjTx *tx, const HjPack *pack, const HjPackSqlText *text,
               const HjPackSqlBind *bind, GError **error)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree HjVal *vals = g_new(HjVal, text->n + 1);
    for (guint i = 0; i < text->n; i++) {
        char *held;
        if (!bind_name(tx, pack, bind, text->names[i], &vals[i], &held, error))
            return NULL;
        if (held != NULL)
            g_ptr_array_add(owned, held);
    }
    vals[text->n] = HJ_END;
    return bind->alone ? hj_tx_query_pack_alone(tx, text->sql, vals, error)
                       : hj_tx_query_pack(tx, text->sql, vals, error);
}

HjRows *
hj_packsql_query(HjTx *tx, const HjPack *pack, const char *text, const HjPackSqlBind *bind,
                 GError **error)
{
    HjPackSqlText *read = hj_packsql_text_new(text);
    HjRows *rows = hj_packsql_ask(tx, pack, read, bind, error);
    hj_packsql_text_free(read);
    return rows;
}
