/* duty: a header whose first comment leaves things out.
 *
 * src/core/duty.h:1: header-block: the first comment must say Units, Threads
 *
 * Owns     nothing
 * Source   none */
#pragma once
