#!/bin/bash
# Kills a writing process 20 times, on SQLite and on PostgreSQL: see kill_writes.c.
set -eu
cd "$(dirname "$0")/../.."
exec "${BUILD:-build}/tests/long/kill_writes" 20
