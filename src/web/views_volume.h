/* views_volume: the file of a row on paper: cover, catalogue, steps.
 *
 * Units    days as texts
 * Owns     strings and arrays are lent by the request
 * Threads  the request's
 * Source   design.md 7; docs/pack.md (volume) */
#pragma once

#include "web/views_common.h"

/* clang-format off */
typedef struct { const char *name, *value; } HjVolumePaper;
typedef struct {
    const char *number, *title, *did, *on, *who, *opinion; bool back_filled;
    HjVolumePaper *papers; size_t n_papers;
} HjVolumeStep;
typedef struct { const char *title; const char **lines; size_t n_lines; } HjVolumePart;
typedef struct {
    const char *issuer, *volume, *title, *org, *state, *rules, *opened, *day;
    HjVolumeStep *steps; size_t n_steps;
    HjVolumePart *parts; size_t n_parts;
} HjVolumeView;
/* clang-format on */
