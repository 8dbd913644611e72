#include "pack/reader.h"

#include <string.h>

/* Names of the kinds in messages, and their sizes; in the order of HjReaderKind. */
static const struct {
    const char *word;
    size_t size;
} kinds[HJ_KINDS] = {
    { "kind of organization", sizeof(HjOrgKind) },
    { "role", sizeof(HjRole) },
    { "param", sizeof(HjParam) },
    { "list", sizeof(HjList) },
    { "ledger", sizeof(HjLedger) },
    { "indicator", sizeof(HjIndicator) },
    { "scheme", sizeof(HjScheme) },
    { "report", sizeof(HjReport) },
    { "reading", sizeof(HjPinyinReading) },
    { "cadence", sizeof(HjCadence) },
};

typedef struct {
    void *thing; /* begins with its name */
    int layer;
    HjSource at;
} Found;

static const char *
name_of(const void *thing)
{
    return *(const char *const *)thing;
}

HjReader *
hj_reader_new(HjPack *pack, HjPackProblems *problems)
{
    HjReader *r = g_new0(HjReader, 1);
    r->pack = pack;
    r->problems = problems;
    r->refs = g_array_new(FALSE, FALSE, sizeof(HjReaderRef));
    for (int kind = 0; kind < HJ_KINDS; kind++)
        r->found[kind] = g_ptr_array_new_with_free_func(g_free);
    return r;
}

void
hj_reader_free(HjReader *r)
{
    if (r == NULL)
        return;
    g_array_unref(r->refs);
    for (int kind = 0; kind < HJ_KINDS; kind++)
        g_ptr_array_unref(r->found[kind]);
    g_free(r);
}

void
hj_reader_add(HjReader *r, HjReaderKind kind, void *thing, const HjYaml *node)
{
    HjSource at = hj_reader_at(r, node);
    const char *name = name_of(thing);
    if (name == NULL)
        return;
    for (guint i = 0; i < r->found[kind]->len; i++) {
        Found *other = r->found[kind]->pdata[i];
        if (strcmp(name_of(other->thing), name) != 0)
            continue;
        if (other->layer == r->layer)
            hj_pack_problems_add(r->problems, &at, "%s \"%s\" is written twice, first at %s:%d",
                                 kinds[kind].word, name, other->at.file, other->at.line);
        else
            *other = (Found){ thing, r->layer, at };
        return;
    }
    Found *found = g_new0(Found, 1);
    *found = (Found){ thing, r->layer, at };
    g_ptr_array_add(r->found[kind], found);
}

bool
hj_reader_among(const void *things, size_t n, size_t size, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        const char *other = name_of((const char *)things + i * size);
        if (other != NULL && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

void
hj_reader_note(HjReader *r, const HjReaderRef *ref)
{
    g_array_append_val(r->refs, *ref);
}

/* The arrays of the pack, in the order of HjReaderKind. */
static void
put_array(HjPack *pack, HjReaderKind kind, void *items, size_t n)
{
    struct {
        void **items;
        size_t *n;
    } at[HJ_KINDS] = {
        { (void **)&pack->org_kinds, &pack->n_org_kinds },
        { (void **)&pack->roles, &pack->n_roles },
        { (void **)&pack->params, &pack->n_params },
        { (void **)&pack->lists, &pack->n_lists },
        { (void **)&pack->ledgers, &pack->n_ledgers },
        { (void **)&pack->indicators, &pack->n_indicators },
        { (void **)&pack->schemes, &pack->n_schemes },
        { (void **)&pack->reports, &pack->n_reports },
        { (void **)&pack->readings, &pack->n_readings },
        { (void **)&pack->cadences, &pack->n_cadences },
    };
    *at[kind].items = items;
    *at[kind].n = n;
}

static void
say_unknown(HjReader *r, const HjReaderRef *ref)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (r->broken[ref->kind])
        return; /* it may stand in the file that cannot be read */
    for (guint i = 0; i < r->found[ref->kind]->len; i++)
        g_ptr_array_add(names,
                        (gpointer)name_of(((Found *)r->found[ref->kind]->pdata[i])->thing));
    g_ptr_array_add(names, NULL);
    hj_pack_problems_add(r->problems, &ref->at, "there is no %s \"%s\"%s",
                         kinds[ref->kind].word, ref->name,
                         hj_reader_hint(ref->name, (const char *const *)names->pdata).text);
}

/* Slots lie in the things as they were read; those are copied into the arrays afterwards. */
void
hj_reader_finish(HjReader *r)
{
    HjPackPriv *priv = r->pack->priv;
    char *arrays[HJ_KINDS];
    for (int kind = 0; kind < HJ_KINDS; kind++) {
        guint n = r->found[kind]->len;
        arrays[kind] = hj_reader_alloc(r, n, kinds[kind].size);
        priv->index[kind] = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < n; i++) {
            Found *found = r->found[kind]->pdata[i];
            g_hash_table_insert(priv->index[kind], (gpointer)name_of(found->thing),
                                arrays[kind] + i * kinds[kind].size);
        }
    }
    for (guint i = 0; i < r->refs->len; i++) {
        HjReaderRef *ref = &g_array_index(r->refs, HjReaderRef, i);
        const void *target = g_hash_table_lookup(priv->index[ref->kind], ref->name);
        if (target == NULL)
            say_unknown(r, ref);
        else if (ref->slot != NULL)
            *ref->slot = target;
    }
    for (int kind = 0; kind < HJ_KINDS; kind++) {
        guint n = r->found[kind]->len;
        for (guint i = 0; i < n; i++) {
            Found *found = r->found[kind]->pdata[i];
            memcpy(arrays[kind] + i * kinds[kind].size, found->thing, kinds[kind].size);
        }
        put_array(r->pack, kind, arrays[kind], n);
    }
    for (guint i = 0; i < r->refs->len; i++) {
        HjReaderRef *ref = &g_array_index(r->refs, HjReaderRef, i);
        const void *target = g_hash_table_lookup(priv->index[ref->kind], ref->name);
        if (target != NULL && ref->check != NULL)
            ref->check(r, ref->owner, target, &ref->at);
    }
}
