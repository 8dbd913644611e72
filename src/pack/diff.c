#include "pack/diff.h"

#include "base/decimal.h"
#include "base/json.h"
#include "pack/flow.h"

#include <string.h>

/* One thing a pack says. */
typedef struct {
    char *key;     /* the same thing in both packs has the same */
    char *subject; /* what it is about */
    char *value;   /* what is said of it */
} Fact;

typedef struct {
    GPtrArray *facts; /* of Fact, in the order of the pack */
    GHashTable *by_key;
    HjLang lang;
} Facts;

static void
fact_free(gpointer data)
{
    Fact *fact = data;
    g_free(fact->key);
    g_free(fact->subject);
    g_free(fact->value);
    g_free(fact);
}

/* Takes all three.  What is said twice in the same words is told apart by its place. */
static void
add(Facts *facts, char *key, char *subject, char *value)
{
    while (g_hash_table_contains(facts->by_key, key)) {
        char *next = g_strconcat(key, "'", NULL);
        g_free(key);
        key = next;
    }
    Fact *fact = g_new0(Fact, 1);
    *fact = (Fact){ key, subject, value };
    g_ptr_array_add(facts->facts, fact);
    g_hash_table_insert(facts->by_key, fact->key, fact);
}

static const char *say(const Facts *facts, const char *zh, const char *en) G_GNUC_FORMAT(2)
    G_GNUC_FORMAT(3);

static const char *
say(const Facts *facts, const char *zh, const char *en)
{
    return facts->lang == HJ_ZH ? zh : en;
}

static const char *
label(const Facts *facts, const HjLabel *text)
{
    const char *word = hj_i18n_label(text, facts->lang);
    return word != NULL ? word : "";
}

static char *
joined(const char *const *names, size_t n)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", names[i]);
    return g_string_free(text, FALSE);
}

/* SQL on one line. */
static char *
sql_text(const HjPackSql *sql)
{
    g_auto(GStrv) words = g_strsplit_set(sql->text != NULL ? sql->text : "", " \t\n", -1);
    GString *text = g_string_new(NULL);
    for (int i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", words[i]);
    return g_string_free(text, FALSE);
}

static void
add_params(Facts *facts, const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_params; i++) {
        const HjParam *param = &pack->params[i];
        for (size_t k = 0; k < param->n_values; k++)
            add(facts, g_strdup_printf("param %s %s", param->name, param->values[k].from),
                g_strdup_printf(say(facts, "参数“%s”自 %s 起", "parameter “%s” from %s"),
                                label(facts, &param->title), param->values[k].from),
                g_strdup(param->values[k].value));
    }
}

static void
add_lists(Facts *facts, const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_lists; i++)
        for (size_t k = 0; k < pack->lists[i].n_items; k++)
            add(facts,
                g_strdup_printf("list %s %s", pack->lists[i].name,
                                pack->lists[i].items[k].name),
                g_strdup_printf(say(facts, "名单“%s”的一项 %s", "list “%s”, item %s"),
                                label(facts, &pack->lists[i].title),
                                pack->lists[i].items[k].name),
                g_strdup(label(facts, &pack->lists[i].items[k].title)));
}

static void
add_roles(Facts *facts, const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_roles; i++)
        add(facts, g_strdup_printf("role %s", pack->roles[i].name),
            g_strdup_printf(say(facts, "角色“%s”的权限", "rights of the role “%s”"),
                            label(facts, &pack->roles[i].title)),
            joined((const char *const *)pack->roles[i].may, pack->roles[i].n_may));
}

static char *
field_value(const Facts *facts, const HjField *field)
{
    GString *text = g_string_new(label(facts, &field->title));
    g_string_append_printf(text, ", %s", hj_pack_field_type_name(field->type));
    if (field->required)
        g_string_append_printf(text, ", %s", say(facts, "必填", "required"));
    if (field->unique)
        g_string_append_printf(text, ", %s", say(facts, "不得重复", "unique"));
    if (field->list != NULL)
        g_string_append_printf(text, ", %s %s", say(facts, "名单", "list"), field->list->name);
    if (field->max_length > 0)
        g_string_append_printf(text, ", ≤ %d", field->max_length);
    if (field->has_min)
        g_string_append_printf(text, ", ≥ %" G_GINT64_FORMAT, field->min);
    if (field->has_max)
        g_string_append_printf(text, ", ≤ %" G_GINT64_FORMAT, field->max);
    if (field->retired != NULL)
        g_string_append_printf(text, ", %s %s", say(facts, "停用于", "retired"),
                               field->retired);
    if (field->n_hidden_from > 0) {
        g_autofree char *roles =
            joined((const char *const *)field->hidden_from, field->n_hidden_from);
        g_string_append_printf(text, ", %s %s", say(facts, "不给看", "hidden from"), roles);
    }
    return g_string_free(text, FALSE);
}

static void
add_ledger(Facts *facts, const HjLedger *ledger)
{
    const char *title = label(facts, &ledger->title);
    add(facts, g_strdup_printf("ledger %s", ledger->name),
        g_strdup_printf(say(facts, "台账 %s", "ledger %s"), ledger->name), g_strdup(title));
    add(facts, g_strdup_printf("enter %s", ledger->name),
        g_strdup_printf(say(facts, "台账“%s”由谁填", "who enters the ledger “%s”"), title),
        joined((const char *const *)ledger->enter, ledger->n_enter));
    add(facts, g_strdup_printf("see %s", ledger->name),
        g_strdup_printf(say(facts, "台账“%s”限谁看", "who alone sees the ledger “%s”"), title),
        joined((const char *const *)ledger->see, ledger->n_see));
    for (size_t i = 0; i < ledger->n_fields; i++)
        add(facts, g_strdup_printf("field %s.%s", ledger->name, ledger->fields[i].name),
            g_strdup_printf(say(facts, "台账“%s”的栏 %s", "ledger “%s”, field %s"), title,
                            ledger->fields[i].name),
            field_value(facts, &ledger->fields[i]));
    for (size_t i = 0; i < ledger->n_must; i++)
        add(facts,
            g_strdup_printf("must %s %s", ledger->name, label(facts, &ledger->must[i].says)),
            g_strdup_printf(say(facts, "台账“%s”的规则：%s", "ledger “%s”, rule: %s"), title,
                            label(facts, &ledger->must[i].says)),
            sql_text(&ledger->must[i].rule));
}

/* Who acts where, until when, and where it goes. */
static char *
node_value(const HjFlowNode *node)
{
    GString *text = g_string_new(NULL);
    g_autofree char *by = joined((const char *const *)node->by, node->n_by);
    g_autofree char *needs = joined((const char *const *)node->needs, node->n_needs);
    g_string_append_printf(text, "by %s", by);
    if (*needs != '\0')
        g_string_append_printf(text, "; needs %s", needs);
    if (node->within.unit != HJ_SPAN_NONE)
        g_string_append_printf(text, "; within %d %s%s", node->within.n,
                               node->within.unit == HJ_SPAN_WORKDAYS ? "wd"
                               : node->within.unit == HJ_SPAN_MONTHS ? "m"
                                                                     : "d",
                               node->within.from != NULL ? node->within.from : "");
    for (size_t i = 0; i < node->n_actions; i++)
        g_string_append_printf(text, "; %s → %s", node->actions[i].name, node->actions[i].to);
    if (node->final)
        g_string_append(text, "; final");
    return g_string_free(text, FALSE);
}

static void
add_flow(Facts *facts, const HjLedger *ledger)
{
    const char *title = label(facts, &ledger->title);
    for (size_t i = 0; ledger->flow != NULL && i < ledger->flow->n_nodes; i++) {
        const HjFlowNode *node = &ledger->flow->nodes[i];
        add(facts, g_strdup_printf("node %s.%s", ledger->name, node->name),
            g_strdup_printf(say(facts, "台账“%s”的环节“%s”", "ledger “%s”, node “%s”"), title,
                            label(facts, &node->title)),
            node_value(node));
    }
}

static void
add_indicators(Facts *facts, const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_indicators; i++) {
        const HjIndicator *indicator = &pack->indicators[i];
        add(facts, g_strdup_printf("indicator %s", indicator->name),
            g_strdup_printf(say(facts, "指标 %s", "indicator %s"), indicator->name),
            g_strdup(label(facts, &indicator->title)));
        add(facts, g_strdup_printf("formula %s", indicator->name),
            g_strdup_printf(say(facts, "指标“%s”怎么算", "how the indicator “%s” is computed"),
                            label(facts, &indicator->title)),
            sql_text(&indicator->sql));
    }
}

/* "每件扣 0.50 分" */
static void
add_scoring(const Facts *facts, const HjSchemeItem *item, GString *text)
{
    HjDecimalText each = hj_decimal_text(item->each, 2);
    HjDecimalText zero = hj_decimal_text(item->zero, 2);
    HjDecimalText full = hj_decimal_text(item->full, 2);
    if (item->scoring == HJ_SCORE_LOSE)
        g_string_append_printf(text, say(facts, "，每件扣 %s 分", ", %s lost a unit"),
                               each.text);
    else if (item->scoring == HJ_SCORE_ADD)
        g_string_append_printf(text, say(facts, "，每件加 %s 分", ", %s added a unit"),
                               each.text);
    else if (item->scoring == HJ_SCORE_LINEAR && item->indicator != NULL)
        g_string_append_printf(text,
                               say(facts, "，%s 不得分、%s 得满分", ", none at %s, all at %s"),
                               zero.text, full.text);
    if (item->mark != NULL)
        g_string_append_printf(text, say(facts, "，评定栏 %s", ", judged in %s"), item->mark);
}

static char *
item_value(const Facts *facts, const HjSchemeItem *item)
{
    HjDecimalText points = hj_decimal_text(item->points, 2);
    GString *text = g_string_new(NULL);
    g_autofree char *when = sql_text(&item->when);
    g_string_append_printf(text, say(facts, "%s 分", "%s points"), points.text);
    if (item->pending)
        g_string_append(text, say(facts, "，暂不计算", ", pending"));
    if (item->times > 0)
        g_string_append_printf(text, say(facts, "，最多 %d 次", ", at most %d times"),
                               item->times);
    add_scoring(facts, item, text);
    if (item->indicator != NULL)
        g_string_append_printf(text, ", %s", label(facts, &item->indicator->title));
    if (item->ledger != NULL)
        g_string_append_printf(text, ", %s %s", label(facts, &item->ledger->title), when);
    return g_string_free(text, FALSE);
}

/* Takes the title of the scheme, and since when it holds. */
static char *
scheme_title(const Facts *facts, const HjScheme *scheme)
{
    const char *title = label(facts, &scheme->title);
    if (scheme->from == HJ_DATE_NONE)
        return g_strdup(title);
    return g_strdup_printf(say(facts, "%s（自 %s 起）", "%s (from %s)"), title,
                           hj_date_text(scheme->from).text);
}

static void
add_scheme_list(Facts *facts, const HjScheme *scheme, const char *title,
                const HjSchemeList *list)
{
    HjDecimalText cap = hj_decimal_text(list->cap, 2);
    const char *words = label(facts, &list->title);
    add(facts, g_strdup_printf("cap %s.%s", scheme->id, list->name),
        g_strdup_printf(say(facts, "办法“%s”中“%s”的上限", "scheme “%s”, most of “%s”"), title,
                        words),
        g_strdup(cap.text));
    add(facts, g_strdup_printf("weight %s.%s", scheme->id, list->name),
        g_strdup_printf(say(facts, "办法“%s”中“%s”的权重", "scheme “%s”, weight of “%s”"),
                        title, words),
        g_strdup_printf("%d %%%s", list->weight,
                        list->prorate
                            ? say(facts, "，不适用的项目折算", ", what does not apply prorated")
                            : ""));
    for (size_t k = 0; k < list->n_items; k++)
        add(facts,
            g_strdup_printf("item %s.%s.%s", scheme->id, list->name, list->items[k].name),
            g_strdup_printf(say(facts, "办法“%s”的一项“%s”", "scheme “%s”, item “%s”"), title,
                            label(facts, &list->items[k].title)),
            item_value(facts, &list->items[k]));
}

static void
add_bands(Facts *facts, const HjScheme *scheme, const char *title)
{
    const HjQuota *quota = scheme->quota;
    for (size_t i = 0; i < scheme->n_bands; i++) {
        const HjBand *band = &scheme->bands[i];
        HjDecimalText from = hj_decimal_text(band->from, 2);
        add(facts, g_strdup_printf("band %s.%s", scheme->id, band->name),
            g_strdup_printf(say(facts, "办法“%s”的等次“%s”", "scheme “%s”, band “%s”"), title,
                            label(facts, &band->title)),
            g_strdup_printf("≥ %s", from.text));
    }
    if (quota != NULL)
        add(facts, g_strdup_printf("quota %s", scheme->id),
            g_strdup_printf(say(facts, "办法“%s”的名额", "scheme “%s”, places"), title),
            g_strdup_printf("%s ≤ %d %%", label(facts, &scheme->bands[quota->band].title),
                            quota->percent));
    if (scheme->step_up.bands > 0)
        add(facts, g_strdup_printf("step %s", scheme->id),
            g_strdup_printf(
                say(facts, "办法“%s”一次最多升几级", "scheme “%s”, bands up at once"), title),
            g_strdup_printf("%d", scheme->step_up.bands));
}

static void
add_scheme(Facts *facts, const HjScheme *scheme)
{
    g_autofree char *title = scheme_title(facts, scheme);
    for (size_t i = 0; i < scheme->n_lists; i++)
        add_scheme_list(facts, scheme, title, &scheme->lists[i]);
    add_bands(facts, scheme, title);
    for (size_t i = 0; i < scheme->n_vetoes; i++)
        add(facts,
            g_strdup_printf("veto %s %s", scheme->id, label(facts, &scheme->vetoes[i].says)),
            g_strdup_printf(say(facts, "办法“%s”的否决：%s", "scheme “%s”, veto: %s"), title,
                            label(facts, &scheme->vetoes[i].says)),
            sql_text(&scheme->vetoes[i].when));
}

static void
add_reports(Facts *facts, const HjPack *pack)
{
    for (size_t i = 0; i < pack->n_reports; i++)
        for (size_t k = 0; k < pack->reports[i].n_figures; k++) {
            const HjFigure *figure = &pack->reports[i].figures[k];
            add(facts, g_strdup_printf("figure %s.%s", pack->reports[i].name, figure->name),
                g_strdup_printf(say(facts, "报告“%s”的数字 %s", "report “%s”, figure %s"),
                                label(facts, &pack->reports[i].title), figure->name),
                g_strdup(label(facts, &figure->title)));
        }
}

static Facts *
facts_of(const HjPack *pack, HjLang lang)
{
    Facts *facts = g_new0(Facts, 1);
    facts->facts = g_ptr_array_new_with_free_func(fact_free);
    facts->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    facts->lang = lang;
    add(facts, g_strdup("version"), g_strdup(say(facts, "版本", "version")),
        g_strdup(pack->version));
    add_params(facts, pack);
    add_lists(facts, pack);
    add_roles(facts, pack);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        add_ledger(facts, &pack->ledgers[i]);
    for (size_t i = 0; i < pack->n_ledgers; i++)
        add_flow(facts, &pack->ledgers[i]);
    add_indicators(facts, pack);
    for (size_t i = 0; i < pack->n_schemes; i++)
        for (size_t k = 0; k < pack->schemes[i].n_versions; k++)
            add_scheme(facts, pack->schemes[i].versions[k]);
    add_reports(facts, pack);
    return facts;
}

static void
facts_free(Facts *facts)
{
    g_hash_table_unref(facts->by_key);
    g_ptr_array_unref(facts->facts);
    g_free(facts);
}

/* What only @one says. */
static void
add_lone(GPtrArray *lines, const Facts *one, const Facts *other, char sign)
{
    for (guint i = 0; i < one->facts->len; i++) {
        const Fact *fact = one->facts->pdata[i];
        if (!g_hash_table_contains(other->by_key, fact->key))
            g_ptr_array_add(lines,
                            g_strdup_printf("%c %s%s%s", sign, fact->subject,
                                            fact->value[0] != '\0' ? ": " : "", fact->value));
    }
}

static GPtrArray *
compare(const Facts *old, const Facts *new)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < new->facts->len; i++) {
        const Fact *fact = new->facts->pdata[i];
        const Fact *was = g_hash_table_lookup(old->by_key, fact->key);
        if (was != NULL && strcmp(was->value, fact->value) != 0)
            g_ptr_array_add(lines, g_strdup_printf("~ %s: %s → %s", fact->subject,
                                                   was->value[0] != '\0' ? was->value : "—",
                                                   fact->value[0] != '\0' ? fact->value : "—"));
    }
    add_lone(lines, new, old, '+');
    add_lone(lines, old, new, '-');
    return lines;
}

GPtrArray *
hj_pack_diff(const HjPack *before, const HjPack *after, HjLang lang)
{
    Facts *old = facts_of(before, lang), *new = facts_of(after, lang);
    GPtrArray *lines = compare(old, new);
    facts_free(old);
    facts_free(new);
    return lines;
}

/* --- kept for later --- */

char *
hj_pack_said(const HjPack *pack)
{
    HjJsonWriter w = { .out = g_string_new(NULL) };
    hj_json_begin_object(&w);
    for (int lang = HJ_ZH; lang <= HJ_EN; lang++) {
        Facts *facts = facts_of(pack, (HjLang)lang);
        hj_json_key(&w, hj_i18n_code((HjLang)lang));
        hj_json_begin_array(&w);
        for (guint i = 0; i < facts->facts->len; i++) {
            const Fact *fact = facts->facts->pdata[i];
            hj_json_text(&w, fact->key);
            hj_json_text(&w, fact->subject);
            hj_json_text(&w, fact->value);
        }
        hj_json_end_array(&w);
        facts_free(facts);
    }
    hj_json_end_object(&w);
    return g_string_free(w.out, FALSE);
}

static Facts *
facts_kept(const HjJson *list, HjLang lang)
{
    Facts *facts = g_new0(Facts, 1);
    facts->facts = g_ptr_array_new_with_free_func(fact_free);
    facts->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    facts->lang = lang;
    for (size_t i = 0; i + 2 < hj_json_count(list); i += 3) {
        const char *key = hj_json_string(hj_json_at(list, i));
        const char *subject = hj_json_string(hj_json_at(list, i + 1));
        const char *value = hj_json_string(hj_json_at(list, i + 2));
        if (key != NULL && subject != NULL && value != NULL)
            add(facts, g_strdup(key), g_strdup(subject), g_strdup(value));
    }
    return facts;
}

GPtrArray *
hj_pack_diff_said(const char *said, const HjPack *after, HjLang lang)
{
    g_autoptr(HjJson) kept = said != NULL ? hj_json_parse(said, strlen(said), NULL) : NULL;
    const HjJson *list = kept != NULL && hj_json_kind(kept) == HJ_JSON_OBJECT
                             ? hj_json_get(kept, hj_i18n_code(lang))
                             : NULL;
    if (list == NULL || hj_json_kind(list) != HJ_JSON_ARRAY)
        return NULL;
    Facts *old = facts_kept(list, lang), *new = facts_of(after, lang);
    GPtrArray *lines = compare(old, new);
    facts_free(old);
    facts_free(new);
    return lines;
}
