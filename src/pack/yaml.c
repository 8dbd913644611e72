#include "pack/yaml.h"

#include "base/text.h"
#include "pack/pack.h"

#include <string.h>
#include <yaml.h>

typedef struct {
    const char *file;
    HjPackProblems *problems;
    yaml_parser_t parser;
    int depth;
    bool stopped; /* nothing more can be read from the file */
} Builder;

static void
say(Builder *b, int line, const char *why)
{
    hj_pack_problems_add(b->problems, &(HjSource){ b->file, line }, "%s", why);
}

static HjYaml *
node_new(HjYamlKind kind, int line)
{
    HjYaml *node = g_new0(HjYaml, 1);
    node->kind = kind;
    node->line = node->text_line = line;
    if (kind == HJ_YAML_MAPPING) {
        node->keys = g_ptr_array_new_with_free_func(g_free);
        node->key_lines = g_array_new(FALSE, FALSE, sizeof(int));
    }
    if (kind == HJ_YAML_MAPPING || kind == HJ_YAML_SEQUENCE)
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)hj_yaml_free);
    return node;
}

void
hj_yaml_free(HjYaml *root)
{
    if (root == NULL)
        return;
    g_free(root->text);
    if (root->keys != NULL)
        g_ptr_array_unref(root->keys);
    if (root->key_lines != NULL)
        g_array_unref(root->key_lines);
    if (root->items != NULL)
        g_ptr_array_unref(root->items);
    g_free(root);
}

/* The parser's own words, with the two mistakes people make said plainly. */
static void
say_syntax(Builder *b)
{
    const yaml_parser_t *p = &b->parser;
    const char *problem = p->problem != NULL ? p->problem : "cannot be read";
    int line = (int)p->problem_mark.line + 1;
    const char *at = (const char *)p->buffer.pointer;
    b->stopped = true;
    if (strstr(problem, "cannot start any token") != NULL && at != NULL &&
        p->buffer.pointer < p->buffer.last && *at == '\t') {
        say(b, line, "a tab stands where spaces must indent");
        return;
    }
    if (p->context != NULL) {
        hj_pack_problems_add(b->problems, &(HjSource){ b->file, line }, "not YAML: %s %s",
                             problem, p->context);
        return;
    }
    hj_pack_problems_add(b->problems, &(HjSource){ b->file, line }, "not YAML: %s", problem);
}

static bool
next_event(Builder *b, yaml_event_t *event)
{
    if (b->stopped)
        return false;
    if (yaml_parser_parse(&b->parser, event))
        return true;
    say_syntax(b);
    return false;
}

static void
check_properties(Builder *b, const yaml_char_t *anchor, const yaml_char_t *tag, int line)
{
    if (anchor != NULL)
        say(b, line, "anchors (&name) are not allowed in a pack");
    if (tag != NULL)
        say(b, line, "tags (!name) are not allowed in a pack");
}

static HjYaml *build_node(Builder *b, yaml_event_t *event);

static HjYaml *
build_text(Builder *b, const yaml_event_t *event, int line)
{
    HjYaml *node = node_new(HJ_YAML_TEXT, line);
    yaml_scalar_style_t style = event->data.scalar.style;
    check_properties(b, event->data.scalar.anchor, event->data.scalar.tag, line);
    node->plain = style == YAML_PLAIN_SCALAR_STYLE;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        node->text_line = line + 1;
    node->text = g_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
    if (strlen(node->text) != event->data.scalar.length ||
        !hj_text_is_clean(node->text, true)) {
        say(b, line, "the text holds control or text-direction characters");
        node->kind = HJ_YAML_BROKEN;
    }
    return node;
}

static HjYaml *
build_sequence(Builder *b, const yaml_event_t *event, int line)
{
    HjYaml *node = node_new(HJ_YAML_SEQUENCE, line);
    check_properties(b, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                     line);
    for (;;) {
        yaml_event_t item;
        if (!next_event(b, &item))
            return node;
        if (item.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&item);
            return node;
        }
        g_ptr_array_add(node->items, build_node(b, &item));
    }
}

static void
add_entry(Builder *b, HjYaml *mapping, const HjYaml *key, HjYaml *value)
{
    if (key->kind != HJ_YAML_TEXT) {
        if (key->kind != HJ_YAML_BROKEN)
            say(b, key->line, "a key must be text");
        hj_yaml_free(value);
        return;
    }
    for (guint i = 0; i < mapping->keys->len; i++) {
        if (strcmp(mapping->keys->pdata[i], key->text) != 0)
            continue;
        hj_pack_problems_add(b->problems, &(HjSource){ b->file, key->line },
                             "\"%s\" is written twice, first in line %d", key->text,
                             hj_yaml_key_line(mapping, i));
        hj_yaml_free(value);
        return;
    }
    g_ptr_array_add(mapping->keys, g_strdup(key->text));
    g_array_append_val(mapping->key_lines, key->line);
    g_ptr_array_add(mapping->items, value);
}

static HjYaml *
build_mapping(Builder *b, const yaml_event_t *event, int line)
{
    HjYaml *node = node_new(HJ_YAML_MAPPING, line);
    check_properties(b, event->data.mapping_start.anchor, event->data.mapping_start.tag, line);
    for (;;) {
        yaml_event_t item;
        if (!next_event(b, &item))
            return node;
        if (item.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&item);
            return node;
        }
        g_autoptr(HjYaml) key = build_node(b, &item);
        if (!next_event(b, &item))
            return node;
        add_entry(b, node, key, build_node(b, &item));
    }
}

/* Takes the event over. */
static HjYaml *
build_node(Builder *b, yaml_event_t *event)
{
    int line = (int)event->start_mark.line + 1;
    HjYaml *node = NULL;
    if (b->depth >= HJ_YAML_DEPTH) {
        hj_pack_problems_add(b->problems, &(HjSource){ b->file, line },
                             "nested more than %d deep", HJ_YAML_DEPTH);
        b->stopped = true;
    }
    b->depth++;
    if (b->stopped) {
        node = node_new(HJ_YAML_BROKEN, line);
    } else if (event->type == YAML_SCALAR_EVENT) {
        node = build_text(b, event, line);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        node = build_sequence(b, event, line);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        node = build_mapping(b, event, line);
    } else {
        say(b, line, "aliases (*name) are not allowed in a pack");
        node = node_new(HJ_YAML_BROKEN, line);
    }
    b->depth--;
    yaml_event_delete(event);
    return node;
}

/* The one document of the stream. */
static HjYaml *
build_stream(Builder *b)
{
    HjYaml *root = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(b, &event))
            return root;
        int line = (int)event.start_mark.line + 1;
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            return root;
        }
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
            type == YAML_DOCUMENT_END_EVENT) {
            yaml_event_delete(&event);
            if (type == YAML_DOCUMENT_START_EVENT && root != NULL) {
                say(b, line, "a second document (---) begins here; a file holds one");
                return root;
            }
            continue;
        }
        root = build_node(b, &event);
    }
}

/* libyaml names no line for these. */
static bool
check_bytes(Builder *b, const char *text, size_t n)
{
    const char *end = NULL;
    const char *bad = NULL;
    const char *why = NULL;
    if (n > HJ_YAML_BYTES) {
        say(b, 1, "the file is larger than 1 MiB");
        return false;
    }
    if (!g_utf8_validate(text, (gssize)n, &end)) {
        bad = end;
        why = *end == '\0' ? "the file holds a NUL byte" : "the text is not UTF-8";
    } else {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (size_t i = 0; lines[i] != NULL; i++) {
            if (hj_text_is_clean(lines[i], true))
                continue;
            say(b, (int)i + 1, "the text holds control or text-direction characters");
            return false;
        }
        return true;
    }
    int line = 1;
    for (const char *at = text; at < bad; at++)
        line += *at == '\n';
    say(b, line, why);
    return false;
}

HjYaml *
hj_yaml_parse(const char *file, const char *text, size_t n, HjPackProblems *problems)
{
    Builder b = { .file = file, .problems = problems };
    g_autofree char *copy = g_strndup(text, n);
    if (!check_bytes(&b, copy, n))
        return NULL;
    gboolean ready = yaml_parser_initialize(&b.parser);
    g_assert(ready);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)copy, n);
    HjYaml *root = build_stream(&b);
    yaml_parser_delete(&b.parser);
    if (root == NULL && !b.stopped)
        say(&b, 1, "the file is empty");
    if (b.stopped)
        g_clear_pointer(&root, hj_yaml_free);
    return root;
}

size_t
hj_yaml_count(const HjYaml *node)
{
    return node->items != NULL ? node->items->len : 0;
}

const HjYaml *
hj_yaml_at(const HjYaml *node, size_t i)
{
    g_assert(i < hj_yaml_count(node));
    return node->items->pdata[i];
}

const char *
hj_yaml_key_at(const HjYaml *node, size_t i)
{
    g_assert(node->keys != NULL && i < node->keys->len);
    return node->keys->pdata[i];
}

int
hj_yaml_key_line(const HjYaml *node, size_t i)
{
    g_assert(node->key_lines != NULL && i < node->key_lines->len);
    return g_array_index(node->key_lines, int, i);
}

const HjYaml *
hj_yaml_get(const HjYaml *node, const char *key)
{
    if (node->kind != HJ_YAML_MAPPING)
        return NULL;
    for (guint i = 0; i < node->keys->len; i++)
        if (strcmp(node->keys->pdata[i], key) == 0)
            return node->items->pdata[i];
    return NULL;
}
