/* views: what the templates of this folder are fed with.
 *
 * Units    as in web/html.h
 * Owns     nothing
 * Threads  one
 * Source   docs/templates.md */
#pragma once

#include "web/html.h"

#include <stdbool.h>

typedef struct {
    const char *name;
    int64_t id;
    bool chosen;
    const char *const *tags;
    size_t n_tags;
} GoodRow;

typedef struct {
    const char *text;
    char *own_text;
    char inline_text[8];
    const char *nothing;
    HjSafe safe;
    int small;
    int64_t big;
    uint64_t huge;
    size_t n;
    int64_t fen;
    HjDate on;
    HjDate never;
    HjTime at;
    HjLabel label;
    const HjLabel *label_at;
    const char *to;
    const char *elsewhere;
    int mood;
    GoodRow *rows;
    size_t n_rows;
    struct {
        const GoodRow *list;
        size_t n_list;
    } none;
} GoodView;
