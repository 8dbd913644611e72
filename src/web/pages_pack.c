/* The rules in force: everything the pack says, read as a person would. */
#include "base/decimal.h"
#include "core/access.h"
#include "pack.html.h"
#include "web/contests.h"
#include "web/pages.h"
#include "web/pages_forms.h"
#include "web/views_admin.h"

#include <string.h>

static const char *
label(HjRequest *req, const HjLabel *text)
{
    return hj_page_label(req, text);
}

/* "A、B" of names that @title_of turns into titles. */
typedef const char *(*TitleOf)(HjRequest *req, const char *name);

static const char *
join(HjRequest *req, const char *const *names, size_t n, TitleOf title_of)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "、" : "", title_of(req, names[i]));
    return hj_request_adopt(req, g_string_free(text, FALSE), g_free);
}

static const char *
kind_title(HjRequest *req, const char *name)
{
    const HjOrgKind *kind = hj_pack_org_kind(hj_request_pack(req), name);
    return kind != NULL ? label(req, &kind->title) : name;
}

static const char *
role_title(HjRequest *req, const char *name)
{
    const HjRole *role = hj_pack_role(hj_request_pack(req), name);
    return role != NULL ? label(req, &role->title) : name;
}

static const char *
decimal(HjRequest *req, int64_t value, int scale)
{
    HjDecimalText text = hj_decimal_text(value, scale);
    return hj_request_strdup(req, text.text);
}

/* --- roles and ledgers --- */

static void
fill_roles(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    view->roles = hj_request_new(req, HjPackRole, pack->n_roles);
    for (size_t i = 0; i < pack->n_roles; i++) {
        const HjRole *role = &pack->roles[i];
        HjPackRole *item = &view->roles[view->n_roles++];
        item->title = label(req, &role->title);
        item->at = join(req, (const char *const *)role->at_kinds, role->n_at_kinds, kind_title);
        item->may = hj_request_new(req, HjRight, role->n_may);
        for (size_t j = 0; j < role->n_may; j++)
            item->may[item->n_may++] =
                (HjRight){ .title = hj_pages_forms_permission(req, role->may[j]) };
    }
}

static void
fill_ledger(HjRequest *req, const HjLedger *ledger, HjPackLedger *item)
{
    *item = (HjPackLedger){
        .title = label(req, &ledger->title),
        .of = join(req, (const char *const *)ledger->of, ledger->n_of, kind_title),
        .enters = join(req, (const char *const *)ledger->enter, ledger->n_enter, role_title),
        .sees = hj_page_who_sees(req, ledger),
        .source = ledger->source,
        .n_fields = ledger->n_fields,
        .assumption = ledger->assumption,
        .rules = hj_request_new(req, HjRight, ledger->n_must),
    };
    if (hj_access_may_ledger(hj_request_actor(req), ledger, HJ_ACCESS_VIEW))
        item->href = hj_request_printf(req, "/ledgers/%s", ledger->name);
    for (size_t i = 0; i < ledger->n_must; i++)
        item->rules[item->n_rules++] = (HjRight){ .title = label(req, &ledger->must[i].says),
                                                  .where = ledger->must[i].rule.text };
}

static void
fill_ledgers(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    view->ledgers = hj_request_new(req, HjPackLedger, pack->n_ledgers);
    for (size_t i = 0; i < pack->n_ledgers; i++) {
        fill_ledger(req, &pack->ledgers[i], &view->ledgers[view->n_ledgers++]);
        view->n_assumed += pack->ledgers[i].assumption;
    }
}

/* --- indicators and schemes --- */

static const char *
lights_text(HjRequest *req, const HjIndicator *indicator)
{
    if (!indicator->has_lights)
        return NULL;
    const char *sign = indicator->lower_is_better ? "≤" : "≥";
    return hj_request_printf(req, "%s %s%s · %s %s%s", hj_tr(hj_request_lang(req), N_("green")),
                             sign, decimal(req, indicator->green, indicator->scale),
                             hj_tr(hj_request_lang(req), N_("yellow")), sign,
                             decimal(req, indicator->yellow, indicator->scale));
}

static void
fill_indicators(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    bool may = hj_access_may(hj_request_actor(req), "indicator.view");
    view->indicators = hj_request_new(req, HjPackIndicator, pack->n_indicators);
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *indicator = &pack->indicators[i];
        view->indicators[view->n_indicators++] = (HjPackIndicator){
            .title = label(req, &indicator->title),
            .href = may ? hj_request_printf(req, "/indicators/%s", indicator->name) : NULL,
            .help = label(req, &indicator->help),
            .of = kind_title(req, indicator->of),
            .lights = lights_text(req, indicator),
            .sql = indicator->cadence != NULL
                       ? hj_request_printf(req, "cadence: %s", indicator->cadence->name)
                       : indicator->sql.text,
            .evidence = indicator->evidence.text,
            .assumption = indicator->assumption,
        };
        view->n_assumed += indicator->assumption;
    }
}

static const char *
item_by(HjRequest *req, const HjSchemeItem *item)
{
    HjLang lang = hj_request_lang(req);
    if (item->pending)
        return label(req, &item->pending_why);
    if (item->indicator != NULL)
        return hj_request_printf(req, "%s: %s", label(req, &item->indicator->title),
                                 hj_contests_how(req, item));
    if (item->ledger != NULL)
        return hj_request_printf(req, "%s%s: %s",
                                 item->mark != NULL ? hj_tr(lang, N_("judged in ")) : "",
                                 label(req, &item->ledger->title), hj_contests_how(req, item));
    return NULL;
}

static void
fill_scheme_list(HjRequest *req, const HjSchemeList *list, HjPackSchemeList *ret)
{
    *ret = (HjPackSchemeList){
        .title = label(req, &list->title),
        .cap = list->weight < 100 ? hj_request_printf(req, "%s × %d %%",
                                                      decimal(req, list->cap, 2), list->weight)
                                  : decimal(req, list->cap, 2),
        .items = hj_request_new(req, HjPackSchemeItem, list->n_items),
    };
    for (size_t i = 0; i < list->n_items; i++) {
        const HjSchemeItem *item = &list->items[i];
        ret->items[ret->n_items++] = (HjPackSchemeItem){
            .title = label(req, &item->title),
            .points = decimal(req, item->points, 2),
            .by = item_by(req, item),
            .assumption = item->assumption,
            .pending = item->pending,
        };
    }
}

/* "Five stars ≥ 90, at most 20 %" */
static void
fill_bands(HjRequest *req, const HjScheme *scheme, HjPackScheme *ret)
{
    const HjQuota *quota = scheme->quota;
    ret->bands = hj_request_new(req, HjRight, scheme->n_bands);
    for (size_t i = 0; i < scheme->n_bands; i++) {
        const HjBand *band = &scheme->bands[i];
        const char *most = quota != NULL && quota->band == (int)i
                               ? hj_request_printf(req, " (≤ %d %%)", quota->percent)
                               : "";
        ret->bands[ret->n_bands++] =
            (HjRight){ .title = hj_request_printf(req, "%s ≥ %s%s", label(req, &band->title),
                                                  decimal(req, band->from, 2), most) };
    }
}

static void
fill_schemes(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    bool may = hj_access_may(hj_request_actor(req), "scheme.view");
    view->schemes = hj_request_new(req, HjPackScheme, pack->n_schemes);
    for (size_t i = 0; i < pack->n_schemes; i++) {
        const HjScheme *scheme = &pack->schemes[i];
        HjPackScheme *ret = &view->schemes[view->n_schemes++];
        *ret = (HjPackScheme){
            .title = scheme->from != HJ_DATE_NONE
                         ? hj_request_printf(req, "%s (%s)", label(req, &scheme->title),
                                             scheme->version)
                         : label(req, &scheme->title),
            .href = may ? hj_request_printf(req, "/contests/%s", scheme->name) : NULL,
            .help = label(req, &scheme->help),
            .source = scheme->source,
            .assumption = scheme->assumption,
            .lists = hj_request_new(req, HjPackSchemeList, scheme->n_lists),
            .vetoes = hj_request_new(req, HjRight, scheme->n_vetoes),
        };
        view->n_assumed += scheme->assumption;
        for (size_t j = 0; j < scheme->n_lists; j++)
            fill_scheme_list(req, &scheme->lists[j], &ret->lists[ret->n_lists++]);
        for (size_t j = 0; j < scheme->n_vetoes; j++)
            ret->vetoes[ret->n_vetoes++] =
                (HjRight){ .title = label(req, &scheme->vetoes[j].says) };
        fill_bands(req, scheme, ret);
    }
}

/* --- lists and parameters --- */

static void
fill_lists(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    view->lists = hj_request_new(req, HjPackList, pack->n_lists);
    for (size_t i = 0; i < pack->n_lists; i++) {
        const HjList *list = &pack->lists[i];
        HjPackList *ret = &view->lists[view->n_lists++];
        *ret = (HjPackList){
            .name = list->name,
            .title = label(req, &list->title),
            .source = list->source,
            .assumption = list->assumption,
            .expected = (int64_t)list->expected,
            .items = hj_request_new(req, HjPackItem, list->n_items),
        };
        view->n_assumed += list->assumption;
        for (size_t j = 0; j < list->n_items; j++)
            ret->items[ret->n_items++] = (HjPackItem){
                .name = list->items[j].name,
                .title = label(req, &list->items[j].title),
                .note = label(req, &list->items[j].note),
            };
    }
}

static void
fill_params(HjRequest *req, const HjPack *pack, HjPackView *view)
{
    view->params = hj_request_new(req, HjPackParam, pack->n_params);
    for (size_t i = 0; i < pack->n_params; i++) {
        const HjParam *param = &pack->params[i];
        HjPackParam *ret = &view->params[view->n_params++];
        *ret = (HjPackParam){
            .name = param->name,
            .title = label(req, &param->title),
            .assumption = param->assumption,
            .values = hj_request_new(req, HjPackValue, param->n_values),
        };
        view->n_assumed += param->assumption;
        for (size_t j = 0; j < param->n_values; j++)
            ret->values[ret->n_values++] = (HjPackValue){
                .from = param->values[j].from,
                .value = param->values[j].value,
                .source = param->values[j].source,
            };
    }
}

HjResponse *
hj_pages_pack(HjRequest *req, GError **error)
{
    (void)error;
    const HjPack *pack = hj_request_pack(req);
    HjDateText from = hj_date_text(pack->valid_from), to = hj_date_text(pack->valid_to);
    HjPackView view = {
        .page = hj_page(req, label(req, &pack->title), "pack"),
        .name = pack->name,
        .version = pack->version,
        .digest = pack->digest,
        .from = hj_request_strdup(req, from.text),
        .to = hj_request_strdup(req, to.text),
    };
    fill_roles(req, pack, &view);
    fill_ledgers(req, pack, &view);
    fill_indicators(req, pack, &view);
    fill_schemes(req, pack, &view);
    fill_lists(req, pack, &view);
    fill_params(req, pack, &view);
    HjOut out;
    HjResponse *res = hj_response_page(req, 200, &out);
    hj_tmpl_pack(&out, &view);
    return res;
}
