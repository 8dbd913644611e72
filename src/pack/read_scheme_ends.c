#include "pack/read.h"

#include <string.h>

/* The end of a scheme: who comes first, the bands, and who may see and pass on; then the
 * versions of one name. */

/* "total desc": total or a list of the scheme, then a direction. */
static void
read_rank(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    const HjYaml *rank = hj_reader_sequence(r, root, "rank", true);
    size_t n = rank != NULL ? hj_yaml_count(rank) : 0;
    scheme->rank = hj_reader_alloc(r, n, sizeof *scheme->rank);
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = hj_yaml_at(rank, i);
        g_auto(GStrv) words = g_strsplit(item->kind == HJ_YAML_TEXT ? item->text : "", " ", -1);
        bool right = g_strv_length(words) == 2 &&
                     (strcmp(words[1], "asc") == 0 || strcmp(words[1], "desc") == 0);
        if (!right) {
            hj_reader_say(r, item,
                          "a rank is written \"total desc\": total or a list of the "
                          "scheme, then asc or desc");
            continue;
        }
        if (strcmp(words[0], "total") != 0 &&
            !hj_reader_among(scheme->lists, scheme->n_lists, sizeof *scheme->lists, words[0]))
            hj_reader_say(r, item, "the scheme has no list \"%s\"", words[0]);
        scheme->rank[scheme->n_rank++] = hj_reader_keep(r, item->text);
    }
}

static void
read_awards(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const award_keys[] = { "first", "last", NULL };
    static const char *const audience_keys[] = { "rank", NULL };
    const HjYaml *awards = hj_reader_get(r, root, "awards", false);
    const HjYaml *audience = hj_reader_get(r, root, "audience", true);
    int64_t number = 0;
    if (awards != NULL && hj_reader_mapping(r, awards, "awards", award_keys)) {
        if (hj_reader_integer(r, awards, "first", 0, 100, &number))
            scheme->first = (int)number;
        if (hj_reader_integer(r, awards, "last", 0, 100, &number))
            scheme->last = (int)number;
    }
    if (audience != NULL && hj_reader_mapping(r, audience, "audience", audience_keys))
        scheme->audience_rank = hj_reader_refs(r, audience, "rank", HJ_KIND_ORG_KIND, true,
                                               NULL, NULL, &scheme->n_audience_rank);
}

static void
read_band(HjReader *r, const HjYaml *node, HjScheme *scheme)
{
    static const char *const keys[] = { "band", "from", "title", NULL };
    HjBand *band = &scheme->bands[scheme->n_bands];
    if (!hj_reader_mapping(r, node, "a band", keys))
        return;
    band->name = hj_reader_name(r, node, "band", true);
    band->title = hj_reader_label(r, node, "title", true);
    hj_reader_get(r, node, "from", true);
    if (band->name == NULL || !hj_reader_decimal(r, node, "from", 2, &band->from))
        return;
    if (hj_reader_among(scheme->bands, scheme->n_bands, sizeof *band, band->name))
        hj_reader_say(r, node, "the scheme has two bands \"%s\"", band->name);
    if (scheme->n_bands > 0 && band->from >= band[-1].from)
        hj_reader_say(r, node, "the bands go from the highest down");
    scheme->n_bands++;
}

static void
read_bands(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    const HjYaml *bands = hj_reader_sequence(r, root, "bands", false);
    size_t n = bands != NULL ? hj_yaml_count(bands) : 0;
    scheme->bands = hj_reader_alloc(r, n, sizeof *scheme->bands);
    for (size_t i = 0; i < n; i++)
        read_band(r, hj_yaml_at(bands, i), scheme);
    if (scheme->n_bands > 0 && scheme->bands[scheme->n_bands - 1].from != 0)
        hj_reader_say(r, bands, "the last band begins at 0");
}

static int
band_of(const HjScheme *scheme, const char *name)
{
    for (size_t i = 0; name != NULL && i < scheme->n_bands; i++)
        if (strcmp(scheme->bands[i].name, name) == 0)
            return (int)i;
    return -1;
}

static void
read_quota(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const keys[] = { "band", "percent", "ties", "says", NULL };
    const HjYaml *value = hj_reader_get(r, root, "quota", false);
    if (value == NULL || !hj_reader_mapping(r, value, "quota", keys))
        return;
    HjQuota *quota = hj_reader_alloc(r, 1, sizeof *quota);
    int64_t percent = 0;
    const char *band = hj_reader_name(r, value, "band", true);
    quota->band = band_of(scheme, band);
    quota->says = hj_reader_label(r, value, "says", true);
    hj_reader_get(r, value, "percent", true);
    if (hj_reader_integer(r, value, "percent", 1, 99, &percent))
        quota->percent = (int)percent;
    const HjYaml *ties = hj_reader_sequence(r, value, "ties", false);
    size_t n = ties != NULL ? hj_yaml_count(ties) : 0;
    quota->ties = hj_reader_alloc(r, n, sizeof *quota->ties);
    for (size_t i = 0; i < n; i++) {
        const HjYaml *tie = hj_yaml_at(ties, i);
        const char *word = tie->kind == HJ_YAML_TEXT ? tie->text : "";
        if (strcmp(word, "previous") != 0 &&
            !hj_reader_among(scheme->lists, scheme->n_lists, sizeof *scheme->lists, word))
            hj_reader_say(r, tie, "ties are lists of the scheme, or previous");
        quota->ties[quota->n_ties++] = hj_reader_keep(r, word);
    }
    if (band != NULL && quota->band < 0)
        hj_reader_say(r, value, "the scheme has no band \"%s\"", band);
    else if (quota->band + 1 >= (int)scheme->n_bands)
        hj_reader_say(r, value, "no band lies below \"%s\"", band);
    else
        scheme->quota = quota;
}

/* 1, or {bands: 1, unless: {ledger, when, says, document}} */
static void
read_step_up(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    static const char *const keys[] = { "bands", "unless", NULL };
    const HjYaml *value = hj_reader_get(r, root, "step_up", false);
    int64_t bands = 0;
    if (value == NULL)
        return;
    if (scheme->n_bands == 0)
        hj_reader_say(r, value, "\"step_up\" needs bands");
    if (value->kind == HJ_YAML_TEXT) {
        hj_reader_integer(r, root, "step_up", 1, 100, &bands);
    } else if (hj_reader_mapping(r, value, "step_up", keys)) {
        hj_reader_get(r, value, "bands", true);
        hj_reader_integer(r, value, "bands", 1, 100, &bands);
        const HjYaml *unless = hj_reader_get(r, value, "unless", false);
        if (unless != NULL)
            hj_read_scheme_veto(r, unless, "unless", &scheme->step_up.unless);
    }
    scheme->step_up.bands = (int)bands;
}

void
hj_read_scheme_ends(HjReader *r, const HjYaml *root, HjScheme *scheme)
{
    read_rank(r, root, scheme);
    read_bands(r, root, scheme);
    read_quota(r, root, scheme);
    read_step_up(r, root, scheme);
    read_awards(r, root, scheme);
    scheme->approve = hj_reader_refs(r, root, "approve", HJ_KIND_ORG_KIND, false, NULL, NULL,
                                     &scheme->n_approve);
    hj_read_scheme_comments(r, root, scheme);
    hj_read_span(r, root, "notice", NULL, &scheme->notice);
    hj_read_span(r, root, "appeal", NULL, &scheme->appeal);
}

/* --- versions of one name --- */

/* The first day of the period of @scheme that @day lies in. */
static HjDate
period_start(const HjScheme *scheme, HjDate day)
{
    int year, month, dom;
    hj_date_split(day, &year, &month, &dom);
    if (strcmp(scheme->period, "year") == 0)
        month = 1;
    else if (strcmp(scheme->period, "half_year") == 0)
        month = month <= 6 ? 1 : 7;
    else if (strcmp(scheme->period, "quarter") == 0)
        month = (month - 1) / 3 * 3 + 1;
    return hj_date_make(year, month, 1);
}

static gint
by_from(gconstpointer left, gconstpointer right)
{
    const HjScheme *a = *(const HjScheme *const *)left;
    const HjScheme *b = *(const HjScheme *const *)right;
    return a->from < b->from ? -1 : a->from > b->from;
}

static void
check_version(HjReader *r, const HjScheme *newest, const HjScheme *version)
{
    if (version->from == HJ_DATE_NONE && newest->n_versions > 1)
        hj_pack_problems_add(r->problems, &version->at,
                             "the scheme has other versions: each needs \"from\"");
    else if (version->from != HJ_DATE_NONE &&
             period_start(version, version->from) != version->from)
        hj_pack_problems_add(r->problems, &version->at,
                             "\"from\" must be the first day of a period (%s)",
                             version->period);
    if (g_strcmp0(newest->of, version->of) != 0 || strcmp(newest->period, version->period) != 0)
        hj_pack_problems_add(r->problems, &version->at,
                             "every version of a scheme is of the same organizations and "
                             "period: another version stands at %s:%d",
                             newest->at.file, newest->at.line);
}

/* pack->schemes held every version; afterwards the newest of each name, which knows the others.
 */
void
hj_read_scheme_versions(HjReader *r)
{
    HjPack *pack = r->pack;
    HjPackPriv *priv = pack->priv;
    HjScheme *all = pack->schemes;
    const size_t n_all = pack->n_schemes;
    pack->schemes = hj_reader_alloc(r, n_all, sizeof *pack->schemes);
    pack->n_schemes = 0;
    g_hash_table_remove_all(priv->index[HJ_KIND_SCHEME]);
    for (size_t i = 0; i < n_all; i++) {
        if (g_hash_table_contains(priv->index[HJ_KIND_SCHEME], all[i].name))
            continue;
        HjScheme *newest = &pack->schemes[pack->n_schemes++];
        const HjScheme **versions = hj_reader_alloc(r, n_all, sizeof *versions);
        size_t n = 0;
        for (size_t k = i; k < n_all; k++)
            if (strcmp(all[k].name, all[i].name) == 0)
                versions[n++] = &all[k];
        qsort(versions, n, sizeof *versions, by_from);
        *newest = *versions[n - 1];
        versions[n - 1] = newest;
        newest->versions = versions;
        newest->n_versions = n;
        g_hash_table_insert(priv->index[HJ_KIND_SCHEME], (gpointer)newest->name, newest);
        for (size_t k = 0; k < n; k++)
            check_version(r, newest, versions[k]);
    }
}
