#include "web/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

/* Most requests need little: the first block is one that malloc gives back at once. */
#define FIRST 960
#define BLOCK 16384

typedef struct Block Block;
struct Block {
    Block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

typedef struct Adopted Adopted;
struct Adopted {
    Adopted *next;
    gpointer object;
    GDestroyNotify destroy;
};

struct HjArena {
    Block *blocks; /* the first one is being filled */
    Adopted *adopted;
};

static Block *
block_new(size_t size)
{
    Block *block = g_malloc(sizeof(Block) + size);
    block->next = NULL;
    block->used = 0;
    block->size = size;
    return block;
}

HjArena *
hj_arena_new(void)
{
    HjArena *arena = g_new0(HjArena, 1);
    arena->blocks = block_new(FIRST);
    return arena;
}

void
hj_arena_clear(HjArena *arena)
{
    for (Adopted *it = arena->adopted; it != NULL; it = it->next)
        it->destroy(it->object);
    arena->adopted = NULL;
    while (arena->blocks->next != NULL) {
        Block *next = arena->blocks->next;
        g_free(arena->blocks);
        arena->blocks = next;
    }
    arena->blocks->used = 0;
}

void
hj_arena_free(HjArena *arena)
{
    if (arena == NULL)
        return;
    hj_arena_clear(arena);
    g_free(arena->blocks);
    g_free(arena);
}

static void *
take(HjArena *arena, size_t n)
{
    g_assert(n < SIZE_MAX - alignof(max_align_t));
    size_t rounded = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    Block *block = arena->blocks;
    if (rounded > block->size - block->used) {
        /* A large piece gets a block of its own behind the one being filled. */
        if (rounded > BLOCK / 2) {
            Block *own = block_new(rounded);
            own->used = rounded;
            own->next = block->next;
            block->next = own;
            return own->data;
        }
        block = block_new(MIN(BLOCK, MAX(4 * block->size, 2 * rounded)));
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *piece = block->data + block->used;
    block->used += rounded;
    return piece;
}

gpointer
hj_arena_alloc(HjArena *arena, size_t n)
{
    void *piece = take(arena, n);
    memset(piece, 0, n);
    return piece;
}

char *
hj_arena_strndup(HjArena *arena, const char *text, size_t n)
{
    g_assert(n < SIZE_MAX);
    char *copy = take(arena, n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *
hj_arena_strdup(HjArena *arena, const char *text)
{
    return text == NULL ? NULL : hj_arena_strndup(arena, text, strlen(text));
}

gpointer
hj_arena_adopt(HjArena *arena, gpointer object, GDestroyNotify destroy)
{
    if (object == NULL || destroy == NULL)
        return object;
    Adopted *entry = hj_arena_alloc(arena, sizeof *entry);
    entry->object = object;
    entry->destroy = destroy;
    entry->next = arena->adopted;
    arena->adopted = entry;
    return object;
}
