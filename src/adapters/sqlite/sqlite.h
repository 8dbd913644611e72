/* sqlite: the database of one county on one machine.
 *
 * One file in WAL mode, every commit on the disk before it is answered (synchronous FULL).
 *
 * Units    the location is a path
 * Owns     nothing
 * Threads  a connection: one at a time
 * Source   design.md 9, stack.md 2c */
#pragma once

#include "store/driver.h"

extern const HjDriver hj_sqlite_driver;
