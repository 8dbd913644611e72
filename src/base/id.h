/* id: time-ordered 64-bit keys, made here and nowhere else.
 *
 * 42 bits of milliseconds, 8 bits of node, 13 bits of counter; strictly increasing within the
 * process.
 *
 * Units    int64, positive; a decimal string in JSON
 * Owns     nothing
 * Threads  any
 * Source   design.md 11 (keys) */
#pragma once

#include "base/time.h"

void hj_id_set_node(uint8_t node); /* once, before threads start */
int64_t hj_id_new(void);
/* The step behind hj_id_new, without node or clock: what follows @last at @now. */
int64_t hj_id_step(int64_t last, HjTime now);
/* 1 to 19 digits, positive. */
bool hj_id_parse(const char *text, int64_t *ret);
