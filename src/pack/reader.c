#include "pack/reader.h"

#include "base/decimal.h"
#include "base/text.h"

#include <string.h>

#define TITLE_MAX 200
#define TEXT_MAX 2000

void *
hj_reader_alloc(HjReader *r, size_t n, size_t size)
{
    HjPackPriv *priv = r->pack->priv;
    void *block = g_malloc0_n(MAX(n, 1), size);
    g_ptr_array_add(priv->blocks, block);
    return block;
}

const char *
hj_reader_keep(HjReader *r, const char *text)
{
    HjPackPriv *priv = r->pack->priv;
    return text != NULL ? g_string_chunk_insert_const(priv->strings, text) : NULL;
}

HjSource
hj_reader_at(const HjReader *r, const HjYaml *node)
{
    return (HjSource){ r->file, node != NULL ? node->line : 1 };
}

void
hj_reader_say(HjReader *r, const HjYaml *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    HjSource at = hj_reader_at(r, node);
    hj_pack_problems_add(r->problems, &at, "%s", why);
}

/* Edit distance of short ASCII words. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[65];
    size_t n_a = strlen(a), n_b = strlen(b);
    if (n_a >= G_N_ELEMENTS(row) || n_b >= G_N_ELEMENTS(row))
        return 64;
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t above = row[j];
            size_t swap = corner + (a[i - 1] != b[j - 1]);
            row[j] = MIN(swap, MIN(above, row[j - 1]) + 1);
            corner = above;
        }
    }
    return row[n_b];
}

HjReaderHint
hj_reader_hint(const char *word, const char *const *words)
{
    HjReaderHint hint = { "" };
    size_t best = (strlen(word) + 1) / 3 + 1;
    for (size_t i = 0; words[i] != NULL; i++) {
        size_t d = distance(word, words[i]);
        if (d >= best)
            continue;
        best = d;
        g_snprintf(hint.text, sizeof hint.text, ", did you mean \"%s\"?", words[i]);
    }
    return hint;
}

static const char *
kind_of(const HjYaml *node)
{
    return node->kind == HJ_YAML_MAPPING    ? "a mapping"
           : node->kind == HJ_YAML_SEQUENCE ? "a sequence"
                                            : "text";
}

/* False when the node was already reported or has the wrong form. */
static bool
is_kind(HjReader *r, const HjYaml *node, HjYamlKind kind, const char *what, const char *wanted)
{
    if (node->kind == kind)
        return true;
    if (node->kind != HJ_YAML_BROKEN)
        hj_reader_say(r, node, "%s must be %s, not %s", what, wanted, kind_of(node));
    return false;
}

bool
hj_reader_mapping(HjReader *r, const HjYaml *node, const char *what, const char *const *keys)
{
    if (!is_kind(r, node, HJ_YAML_MAPPING, what, "a mapping"))
        return false;
    for (size_t i = 0; i < hj_yaml_count(node); i++) {
        const char *key = hj_yaml_key_at(node, i);
        if (g_strv_contains(keys, key))
            continue;
        HjSource at = { r->file, hj_yaml_key_line(node, i) };
        hj_pack_problems_add(r->problems, &at, "unknown key \"%s\" in %s%s", key, what,
                             hj_reader_hint(key, keys).text);
    }
    return true;
}

const HjYaml *
hj_reader_get(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    const HjYaml *value = hj_yaml_get(node, key);
    if (value == NULL) {
        if (need && node->kind == HJ_YAML_MAPPING)
            hj_reader_say(r, node, "\"%s\" is missing", key);
        return NULL;
    }
    bool nothing = value->kind == HJ_YAML_TEXT && value->plain &&
                   (value->text[0] == '\0' || strcmp(value->text, "~") == 0 ||
                    strcmp(value->text, "null") == 0);
    if (nothing) {
        hj_reader_say(r, value, "\"%s\" is empty%s", key, need ? "" : "; leave it out");
        return NULL;
    }
    return value->kind == HJ_YAML_BROKEN ? NULL : value;
}

const HjYaml *
hj_reader_sequence(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    const HjYaml *value = hj_reader_get(r, node, key, need);
    if (value == NULL || !is_kind(r, value, HJ_YAML_SEQUENCE, key, "a sequence"))
        return NULL;
    if (need && hj_yaml_count(value) == 0)
        hj_reader_say(r, value, "\"%s\" is empty", key);
    return value;
}

static const char *
text_of(HjReader *r, const HjYaml *value, const char *key, size_t max)
{
    if (value == NULL || !is_kind(r, value, HJ_YAML_TEXT, key, "text"))
        return NULL;
    if (strspn(value->text, " \t\n") == strlen(value->text)) {
        hj_reader_say(r, value, "\"%s\" is empty", key);
        return NULL;
    }
    if (hj_text_length(value->text) > max) {
        hj_reader_say(r, value, "\"%s\" has more than %zu characters", key, max);
        return NULL;
    }
    return hj_reader_keep(r, value->text);
}

const char *
hj_reader_text(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    return text_of(r, hj_reader_get(r, node, key, need), key, TEXT_MAX);
}

static const char *
name_of(HjReader *r, const HjYaml *value, const char *key)
{
    const char *text = text_of(r, value, key, TEXT_MAX);
    if (text == NULL || hj_text_is_identifier(text))
        return text;
    hj_reader_say(r, value,
                  "\"%s\" is not a name: a small letter, then at most 47 small letters, "
                  "digits and _",
                  text);
    return NULL;
}

const char *
hj_reader_name(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    return name_of(r, hj_reader_get(r, node, key, need), key);
}

HjLabel
hj_reader_label(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    static const char *const keys[] = { "zh", "en", NULL };
    HjLabel label = { NULL, NULL };
    const HjYaml *value = hj_reader_get(r, node, key, need);
    if (value == NULL || !is_kind(r, value, HJ_YAML_MAPPING, key, "{zh: …, en: …}"))
        return label;
    if (!hj_reader_mapping(r, value, key, keys))
        return label;
    const char **texts[] = { &label.zh, &label.en };
    size_t max = strcmp(key, "title") == 0 || strcmp(key, "unit") == 0 ? TITLE_MAX : TEXT_MAX;
    for (size_t i = 0; i < 2; i++) {
        if (hj_yaml_get(value, keys[i]) == NULL)
            hj_reader_say(r, value, "\"%s\" lacks \"%s\": every label has both languages", key,
                          keys[i]);
        else
            *texts[i] = text_of(r, hj_reader_get(r, value, keys[i], true), keys[i], max);
    }
    return label;
}

bool
hj_reader_flag(HjReader *r, const HjYaml *node, const char *key)
{
    const HjYaml *value = hj_reader_get(r, node, key, false);
    if (value == NULL)
        return false;
    if (value->kind == HJ_YAML_TEXT && value->plain) {
        if (strcmp(value->text, "true") == 0)
            return true;
        if (strcmp(value->text, "false") == 0)
            return false;
    }
    hj_reader_say(r, value, "\"%s\" must be true or false", key);
    return false;
}

bool
hj_reader_integer(HjReader *r, const HjYaml *node, const char *key, int64_t min, int64_t max,
                  int64_t *ret)
{
    const HjYaml *value = hj_reader_get(r, node, key, false);
    int64_t number = 0;
    if (value == NULL)
        return false;
    if (value->kind != HJ_YAML_TEXT || !hj_text_parse_i64(value->text, &number)) {
        hj_reader_say(r, value, "\"%s\" must be a whole number", key);
        return false;
    }
    if (number < min || number > max) {
        hj_reader_say(r, value,
                      "\"%s\" must lie between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, key,
                      min, max);
        return false;
    }
    *ret = number;
    return true;
}

void
hj_reader_say_number(HjReader *r, const HjYaml *node, const char *key, int scale)
{
    if (scale == 0)
        hj_reader_say(r, node, "\"%s\" must be a whole number", key);
    else
        hj_reader_say(r, node, "\"%s\" must be a number with at most %d decimals", key, scale);
}

bool
hj_reader_decimal(HjReader *r, const HjYaml *node, const char *key, int scale, int64_t *ret)
{
    const HjYaml *value = hj_reader_get(r, node, key, false);
    int64_t number = 0;
    if (value == NULL)
        return false;
    if (value->kind != HJ_YAML_TEXT || !hj_decimal_parse(value->text, scale, &number, NULL)) {
        hj_reader_say_number(r, value, key, scale);
        return false;
    }
    *ret = number;
    return true;
}

const char *
hj_reader_date(HjReader *r, const HjYaml *node, const char *key, bool need, HjDate *ret)
{
    const HjYaml *value = hj_reader_get(r, node, key, need);
    HjDate date = HJ_DATE_NONE;
    const char *text = NULL;
    if (value != NULL && is_kind(r, value, HJ_YAML_TEXT, key, "a date")) {
        if (hj_date_parse(value->text, &date, NULL))
            text = hj_reader_keep(r, value->text);
        else
            hj_reader_say(r, value, "\"%s\" is not a day of the calendar (YYYY-MM-DD)",
                          value->text);
    }
    if (ret != NULL)
        *ret = text != NULL ? date : HJ_DATE_NONE;
    return text;
}

int
hj_reader_word(HjReader *r, const HjYaml *node, const char *key, const char *const *words,
               bool need)
{
    const HjYaml *value = hj_reader_get(r, node, key, need);
    const char *text = text_of(r, value, key, TEXT_MAX);
    if (text == NULL)
        return -1;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    g_autofree char *all = g_strjoinv(", ", (char **)words);
    hj_reader_say(r, value, "\"%s\" must be one of %s; \"%s\" is not%s", key, all, text,
                  hj_reader_hint(text, words).text);
    return -1;
}

HjPackSql
hj_reader_sql(HjReader *r, const HjYaml *node, const char *key, bool need)
{
    HjPackSql sql = { NULL, hj_reader_at(r, node) };
    const HjYaml *value = hj_reader_get(r, node, key, need);
    sql.text = text_of(r, value, key, HJ_YAML_BYTES);
    if (value != NULL)
        sql.at.line = value->text_line;
    return sql;
}

const char *
hj_reader_system(HjReader *r, const HjYaml *node, bool need)
{
    const HjYaml *value = hj_reader_get(r, node, "system", need);
    const char *text = text_of(r, value, "system", TEXT_MAX);
    int64_t number = 0;
    if (text == NULL)
        return NULL;
    if (text[0] == 'M' && g_ascii_isdigit(text[1]) && text[1] != '0' &&
        hj_text_parse_i64(text + 1, &number) && number >= 1 && number <= 25)
        return text;
    hj_reader_say(r, value, "\"%s\" is not a system: M1 to M25", text);
    return NULL;
}

const char *
hj_reader_ref(HjReader *r, const HjYaml *node, const char *key, HjReaderKind kind, bool need,
              const void **slot, HjReaderCheck check, const void *owner)
{
    const HjYaml *value = hj_reader_get(r, node, key, need);
    const char *name = name_of(r, value, key);
    if (name != NULL)
        hj_reader_note(
            r, &(HjReaderRef){ kind, name, hj_reader_at(r, value), slot, check, owner });
    return name;
}

const char **
hj_reader_refs(HjReader *r, const HjYaml *node, const char *key, HjReaderKind kind, bool need,
               HjReaderCheck check, const void *owner, size_t *ret_n)
{
    const HjYaml *value = hj_reader_get(r, node, key, need);
    *ret_n = 0;
    if (value == NULL)
        return NULL;
    bool one = value->kind == HJ_YAML_TEXT;
    if (!one && !is_kind(r, value, HJ_YAML_SEQUENCE, key, "a sequence of names"))
        return NULL;
    size_t n = one ? 1 : hj_yaml_count(value);
    if (n == 0 && need)
        hj_reader_say(r, value, "\"%s\" is empty", key);
    const char **names = hj_reader_alloc(r, n, sizeof *names);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const HjYaml *item = one ? value : hj_yaml_at(value, i);
        const char *name = name_of(r, item, key);
        if (name == NULL)
            continue;
        if (hj_reader_among(names, kept, sizeof *names, name)) {
            hj_reader_say(r, item, "\"%s\" names \"%s\" twice", key, name);
            continue;
        }
        hj_reader_note(r,
                       &(HjReaderRef){ kind, name, hj_reader_at(r, item), NULL, check, owner });
        names[kept++] = name;
    }
    *ret_n = kept;
    return names;
}
