/* json_jansson: the reader half of base/json.h on jansson.
 *
 * jansson reads reals as double, and we store none: a first pass over the text collects every
 * number as written, and the tree is then built in document order, taking the next number each
 * time (jansson keeps the order of members).  The first pass also bounds the depth.
 *
 * jansson takes its memory from us, and all of one text lies in a few blocks: freeing a tree
 * piece by piece costs as much as reading it.
 *
 * Units    as base/json.h
 * Owns     the root owns the blocks: the jansson tree, all child nodes and the number texts
 * Threads  one at a time
 * Source   interface.md (HTTP) */
#include "base/error.h"
#include "base/json.h"

#include <jansson.h>
#include <stdalign.h>
#include <string.h>

#define MAX_DEPTH 32
#define FIRST_BLOCK 960 /* most bodies are small */
#define LAST_BLOCK 65536

struct HjJson {
    HjJsonKind kind;
    bool flag;
    int64_t integer;
    const char *text; /* of a string or a number */
    const char *key;  /* of an object's member */
    size_t count;
    HjJson *items;
};

typedef struct Block Block;
struct Block {
    Block *older;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

typedef struct {
    HjJson node;        /* first, so that the root is a node */
    Block *block;       /* the one being filled */
    GPtrArray *numbers; /* const char *, in document order; until the tree is built */
} Root;

static _Thread_local Root *reading; /* whose text jansson is reading */

static void *
take(Root *root, size_t n)
{
    const size_t align = alignof(max_align_t);
    n = (n + align - 1) / align * align;
    Block *block = root->block;
    if (block == NULL || block->size - block->used < n) {
        size_t size = block == NULL ? FIRST_BLOCK : MIN(4 * block->size, LAST_BLOCK);
        size = MAX(size, n);
        block = g_malloc(sizeof(Block) + size);
        *block = (Block){ .older = root->block, .size = size };
        root->block = block;
    }
    void *piece = block->bytes + block->used;
    block->used += n;
    return piece;
}

static void *
take_for_jansson(size_t n)
{
    return take(reading, n);
}

/* It goes with the blocks. */
static void
leave_for_root(void *piece)
{
    (void)piece;
}

static void
lend_memory(void)
{
    static gsize once;
    if (!g_once_init_enter(&once))
        return;
    json_set_alloc_funcs(take_for_jansson, leave_for_root);
    g_once_init_leave(&once, 1);
}

static const char *
skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p < end ? p + 1 : end;
}

static const char *
take_number(Root *root, const char *p, const char *end)
{
    const char *start = p;
    while (p < end && strchr("0123456789+-.eE", *p) != NULL)
        p++;
    size_t n = (size_t)(p - start);
    char *number = take(root, n + 1);
    memcpy(number, start, n);
    number[n] = '\0';
    g_ptr_array_add(root->numbers, number);
    return p;
}

/* False where the text is nested too deep; other faults are left to jansson. */
static bool
scan(Root *root, const char *text, size_t n)
{
    const char *end = text + n;
    int depth = 0;
    for (const char *p = text; p < end;) {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        if (*p == '-' || g_ascii_isdigit(*p)) {
            p = take_number(root, p, end);
            continue;
        }
        if (*p == '{' || *p == '[')
            depth++;
        else if (*p == '}' || *p == ']')
            depth--;
        if (depth > MAX_DEPTH)
            return false;
        p++;
    }
    return true;
}

static void build(Root *root, HjJson *node, json_t *from, size_t *n_numbers);

static void
build_items(Root *root, HjJson *node, json_t *from, size_t *n_numbers)
{
    bool is_array = json_is_array(from);
    node->kind = is_array ? HJ_JSON_ARRAY : HJ_JSON_OBJECT;
    node->count = is_array ? json_array_size(from) : json_object_size(from);
    node->items = take(root, node->count * sizeof(HjJson));
    memset(node->items, 0, node->count * sizeof(HjJson));
    if (is_array) {
        for (size_t i = 0; i < node->count; i++)
            build(root, &node->items[i], json_array_get(from, i), n_numbers);
        return;
    }
    size_t i = 0;
    for (void *at = json_object_iter(from); at != NULL; at = json_object_iter_next(from, at)) {
        node->items[i].key = json_object_iter_key(at);
        build(root, &node->items[i++], json_object_iter_value(at), n_numbers);
    }
}

static void
build(Root *root, HjJson *node, json_t *from, size_t *n_numbers)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        build_items(root, node, from, n_numbers);
        break;
    case JSON_STRING:
        node->kind = HJ_JSON_STRING;
        node->text = json_string_value(from);
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        node->kind = json_is_integer(from) ? HJ_JSON_INTEGER : HJ_JSON_REAL;
        node->integer = json_integer_value(from); /* 0 for a real */
        g_assert(*n_numbers < root->numbers->len);
        node->text = g_ptr_array_index(root->numbers, (*n_numbers)++);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        node->kind = HJ_JSON_BOOL;
        node->flag = json_is_true(from);
        break;
    case JSON_NULL:
        node->kind = HJ_JSON_NULL;
        break;
    }
}

void
hj_json_free(HjJson *node)
{
    if (node == NULL)
        return;
    Root *root = (Root *)node;
    for (Block *block = root->block, *older; block != NULL; block = older) {
        older = block->older;
        g_free(block);
    }
    if (root->numbers != NULL)
        g_ptr_array_free(root->numbers, TRUE);
    g_free(root);
}

static json_t *
load(Root *root, const char *text, size_t n)
{
    /* jansson steps over a NUL that follows a number. */
    bool has_nul = n > 0 && memchr(text, '\0', n) != NULL;
    if (has_nul || !scan(root, text, n))
        return NULL;
    lend_memory();
    reading = root;
    json_t *tree = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    reading = NULL;
    return tree;
}

HjJson *
hj_json_parse(const char *text, size_t n, GError **error)
{
    Root *root = g_new0(Root, 1);
    root->numbers = g_ptr_array_new();
    g_autoptr(HjJson) node = &root->node;
    json_t *tree = load(root, text, n);
    if (tree == NULL) {
        hj_fail(error, HJ_ERROR_MALFORMED, "The request is not valid JSON.");
        return NULL;
    }
    size_t n_numbers = 0;
    build(root, node, tree, &n_numbers);
    return g_steal_pointer(&node);
}

HjJsonKind
hj_json_kind(const HjJson *node)
{
    return node->kind;
}

bool
hj_json_bool(const HjJson *node)
{
    return node->flag;
}

int64_t
hj_json_integer(const HjJson *node)
{
    return node->integer;
}

const char *
hj_json_string(const HjJson *node)
{
    return node->kind == HJ_JSON_STRING ? node->text : NULL;
}

const char *
hj_json_number(const HjJson *node)
{
    bool is_number = node->kind == HJ_JSON_INTEGER || node->kind == HJ_JSON_REAL;
    return is_number ? node->text : NULL;
}

size_t
hj_json_count(const HjJson *node)
{
    return node->count;
}

const HjJson *
hj_json_at(const HjJson *node, size_t i)
{
    g_assert(i < node->count);
    return &node->items[i];
}

const char *
hj_json_key_at(const HjJson *node, size_t i)
{
    return hj_json_at(node, i)->key;
}

const HjJson *
hj_json_get(const HjJson *object, const char *key)
{
    if (object->kind != HJ_JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (g_str_equal(object->items[i].key, key))
            return &object->items[i];
    return NULL;
}
