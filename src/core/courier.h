/* courier: carries the outbox to other systems, once the changes are durable.
 *
 * A delivery is tried at once and then after 1 and 5 minutes, half an hour, 2, 6, 12, 24 and 24
 * hours; after nine tries, about three days, it is dead and says why.  At least once: the
 * receiver knows a repeated one by its id.  Keys of old POST requests are swept here too.
 *
 * Units    microseconds
 * Owns     hj_courier_stop ends the thread and frees
 * Threads  its own; hj_courier_run any
 * Source   features.md 156 */
#pragma once

#include "core/webhook.h"

typedef struct HjCourier HjCourier;

HjCourier *hj_courier_start(HjStore *store, const HjWebhookRules *rules);
void hj_courier_stop(HjCourier *courier); /* NULL is fine */

/* One pass over what is due; @ret_tried may be NULL, @stop too. */
bool hj_courier_run(HjStore *store, const HjWebhookRules *rules, const int *stop,
                    int *ret_tried, GError **error);
/* Forgets keys older than a day and deliveries that ended 90 days ago. */
bool hj_courier_sweep(HjStore *store, GError **error);
