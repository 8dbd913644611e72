/* reader: typed values out of a YAML tree, with every mistake reported where it stands.
 *
 * A getter returns its zero for a key that is absent or wrong; a wrong or missing one has then
 * been reported.  Names of other things are noted and resolved once all files are read.
 *
 * Units    decimals at the scale asked for
 * Owns     what a reader returns hangs on the pack; the reader itself on hj_pack_load
 * Threads  one
 * Source   docs/pack.md */
#pragma once

#include "pack/pack.h"
#include "pack/yaml.h"

/* Kinds of named things; each is a struct whose first member is its name. */
typedef enum {
    HJ_KIND_ORG_KIND,
    HJ_KIND_ROLE,
    HJ_KIND_PARAM,
    HJ_KIND_LIST,
    HJ_KIND_LEDGER,
    HJ_KIND_INDICATOR,
    HJ_KIND_SCHEME,
    HJ_KIND_REPORT,
    HJ_KIND_READING,
    HJ_KIND_CADENCE,
    HJ_KINDS,
} HjReaderKind;

/* What hangs on a pack: the one aggregate. */
typedef struct {
    GStringChunk *strings;
    GPtrArray *blocks;           /* of g_malloc0 */
    GPtrArray *tables;           /* of GHashTable: members of ledgers and lists by name */
    GHashTable *index[HJ_KINDS]; /* name to thing */
    struct HjPackKept *kept;     /* what others work out (load.c) */
} HjPackPriv;

typedef struct HjReader HjReader;
/* Called when a reference was found: @owner as given, @target the thing named. */
typedef void (*HjReaderCheck)(HjReader *r, const void *owner, const void *target,
                              const HjSource *at);
/* A name that must be a thing of @kind once all files are read. */
typedef struct {
    HjReaderKind kind;
    const char *name;
    HjSource at;
    const void **slot; /* then points to the thing; may be NULL */
    HjReaderCheck check;
    const void *owner;
} HjReaderRef;

struct HjReader {
    HjPack *pack;
    HjPackProblems *problems;
    const char *file;           /* being read, as problems name it */
    int layer;                  /* packs read before: 0 for the one that extends nothing */
    GPtrArray *found[HJ_KINDS]; /* pack/refs only */
    bool broken[HJ_KINDS]; /* a file of this kind could not be read: names may be missing */
    GArray *refs;          /* of HjReaderRef */
};

/* An empty pack that problems and readings can hang on; hj_pack_unref. */
HjPack *hj_reader_pack(const char *dir);
HjReader *hj_reader_new(HjPack *pack, HjPackProblems *problems);
void hj_reader_free(HjReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjReader, hj_reader_free)

void *hj_reader_alloc(HjReader *r, size_t n, size_t size); /* zeroed, lives with the pack */
const char *hj_reader_keep(HjReader *r, const char *text);
HjSource hj_reader_at(const HjReader *r, const HjYaml *node);
void hj_reader_say(HjReader *r, const HjYaml *node, const char *, ...) G_GNUC_PRINTF(3, 4);
/* That the value of @key is no number of @scale. */
void hj_reader_say_number(HjReader *r, const HjYaml *node, const char *key, int scale);
/* ", did you mean "x"?" or "", at most 80 bytes; @words is NULL-ended. */
typedef struct {
    char text[96];
} HjReaderHint;
HjReaderHint hj_reader_hint(const char *word, const char *const *words);

/* @node is a mapping of these keys; unknown keys are reported and change nothing. */
bool hj_reader_mapping(HjReader *r, const HjYaml *node, const char *what,
                       const char *const *keys);
/* The value of a key; a present but empty one is reported and counts as absent. */
const HjYaml *hj_reader_get(HjReader *r, const HjYaml *node, const char *key, bool need);
const HjYaml *hj_reader_sequence(HjReader *r, const HjYaml *node, const char *key, bool need);
const char *hj_reader_text(HjReader *r, const HjYaml *node, const char *key, bool need);
const char *hj_reader_name(HjReader *r, const HjYaml *node, const char *key, bool need);
HjLabel hj_reader_label(HjReader *r, const HjYaml *node, const char *key, bool need);
bool hj_reader_flag(HjReader *r, const HjYaml *node, const char *key);
/* Whether there was one; *ret is set only then. */
bool hj_reader_integer(HjReader *r, const HjYaml *node, const char *key, int64_t min,
                       int64_t max, int64_t *ret);
bool hj_reader_decimal(HjReader *r, const HjYaml *node, const char *key, int scale,
                       int64_t *ret);
/* As text; @ret may be NULL and is HJ_DATE_NONE when absent. */
const char *hj_reader_date(HjReader *r, const HjYaml *node, const char *key, bool need,
                           HjDate *ret);
/* Position in the NULL-ended @words, or -1. */
int hj_reader_word(HjReader *r, const HjYaml *node, const char *key, const char *const *words,
                   bool need);
HjPackSql hj_reader_sql(HjReader *r, const HjYaml *node, const char *key, bool need);
/* "M12" */
const char *hj_reader_system(HjReader *r, const HjYaml *node, bool need);

/* Notes that the name under @key must be a @kind; @slot (may be NULL) then points to it, and
 * @check (may be NULL) is called with @owner.  Returns the name. */
const char *hj_reader_ref(HjReader *r, const HjYaml *node, const char *key, HjReaderKind kind,
                          bool need, const void **slot, HjReaderCheck check, const void *owner);
void hj_reader_note(HjReader *r, const HjReaderRef *ref);
/* A sequence of names of @kind, or one name. */
const char **hj_reader_refs(HjReader *r, const HjYaml *node, const char *key, HjReaderKind kind,
                            bool need, HjReaderCheck check, const void *owner, size_t *ret_n);

/* Takes a thing whose first member is its name; replaces one of a pack below, no other. */
void hj_reader_add(HjReader *r, HjReaderKind kind, void *thing, const HjYaml *node);
/* Whether one of the first @n structs of @size bytes at @things is called @name. */
bool hj_reader_among(const void *things, size_t n, size_t size, const char *name);
/* Moves everything found into the arrays of the pack and resolves the references. */
void hj_reader_finish(HjReader *r);
