/* postgres: the database of a county with many users, or of many counties on one server.
 *
 * One connection a transaction, writes SERIALIZABLE, reads on a snapshot.
 *
 * Units    the location is a libpq URL
 * Owns     nothing
 * Threads  a connection: one at a time
 * Source   design.md 9 and 11 (PostgreSQL writes) */
#pragma once

#include "store/driver.h"

extern const HjDriver hj_postgres_driver;
