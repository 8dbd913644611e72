/* arena: the memory of one request, given back all at once.
 *
 * Small pieces come from blocks; foreign objects are adopted and freed in reverse order.
 *
 * Units    bytes
 * Owns     everything handed out, until hj_arena_clear or hj_arena_free
 * Threads  one at a time
 * Source   style.md 2.4 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct HjArena HjArena;

HjArena *hj_arena_new(void);
void hj_arena_free(HjArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HjArena, hj_arena_free)
/* Frees what was handed out and adopted; the arena stays usable. */
void hj_arena_clear(HjArena *arena);

gpointer hj_arena_alloc(HjArena *arena, size_t n); /* zeroed, aligned for any type */
char *hj_arena_strndup(HjArena *arena, const char *text, size_t n);
char *hj_arena_strdup(HjArena *arena, const char *text); /* NULL gives NULL */
gpointer hj_arena_adopt(HjArena *arena, gpointer object, GDestroyNotify destroy);
