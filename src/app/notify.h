/* notify: tells the service manager how we are (systemd's protocol, without its library).
 *
 * Units    microseconds
 * Owns     nothing
 * Threads  any
 * Source   sd_notify(3) */
#pragma once

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1"; nothing where nobody listens. */
void hj_notify(const char *state);
/* How often the manager wants to hear from us; 0: never. */
int64_t hj_notify_watchdog_us(void);
