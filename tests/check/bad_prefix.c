/* duty: a header whose names do not all begin with its own.
 *
 * src/core/duty.h:18: prefix: hj_roster_make must begin with hj_duty_, after its file
 * src/core/duty.h:19: prefix: take_over must begin with hj_duty_, after its file
 *
 * Units    none
 * Owns     nothing
 * Threads  any
 * Source   none */
#pragma once

/* also: hj_shift_ */

typedef struct HjDuty HjDuty;
typedef void (*HjDutyVisitor)(HjDuty *duty);
void hj_duty_offer(HjDuty *duty);
bool hj_shift_open(const HjDuty *duty);
HjDuty *hj_roster_make(void);
void take_over(HjDuty *duty, void (*done)(void *data), void *data);
#define hj_anything(x) hj_duty_offer(x)
