/* yaml: one YAML file as a small tree that knows its lines.
 *
 * The tree holds text, sequences and mappings.  Anchors, aliases, tags, several documents,
 * duplicate keys, keys that are not text, files over 1 MiB and depth over 32 are refused.
 *
 * Units    lines from 1
 * Owns     the root owns the tree: hj_yaml_free
 * Threads  any, one tree at a time
 * Source   docs/adr/0011-packs-are-read-with-libyaml.md */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct HjPackProblems;

#define HJ_YAML_BYTES (1024 * 1024)
#define HJ_YAML_DEPTH 32

typedef enum {
    HJ_YAML_TEXT,
    HJ_YAML_SEQUENCE,
    HJ_YAML_MAPPING,
    HJ_YAML_BROKEN, /* already reported; readers pass over it */
} HjYamlKind;

typedef struct HjYaml HjYaml;
struct HjYaml {
    HjYamlKind kind;
    int line;
    int text_line;     /* of the first line of text: below the | of a block */
    bool plain;        /* text written without quotes */
    char *text;        /* of text; NULL otherwise */
    GPtrArray *keys;   /* of char *, mapping only */
    GArray *key_lines; /* of int, mapping only */
    GPtrArray *items;  /* of HjYaml *: sequence items, mapping values */
};

/* NULL when nothing of the file can be read; what is wrong goes to @problems as @file. */
HjYaml *hj_yaml_parse(const char *file, const char *text, size_t n,
                      struct HjPackProblems *problems);
void hj_yaml_free(HjYaml *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjYaml, hj_yaml_free)

size_t hj_yaml_count(const HjYaml *node); /* 0 for text */
const HjYaml *hj_yaml_at(const HjYaml *node, size_t i);
const char *hj_yaml_key_at(const HjYaml *node, size_t i);
int hj_yaml_key_line(const HjYaml *node, size_t i);
/* NULL when @node is no mapping or has no such key. */
const HjYaml *hj_yaml_get(const HjYaml *node, const char *key);
