#!/bin/bash
# Runs a command beside a private PostgreSQL server, and stops the server afterwards.
#
#   tools/with_postgres.sh COMMAND ...
#
# The server lives in a temporary directory, listens on a Unix socket only and does not fsync:
# it is for tests.  COMMAND finds it as HANGJI_TEST_PG, a libpq URL of an empty database with
# the locale Hangji asks for.  PostgreSQL refuses to run as root, so root runs it as `postgres`.
set -eu

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
if [ -z "$bin" ]; then
    echo "with_postgres: no PostgreSQL under /usr/lib/postgresql" >&2
    exit 1
fi

dir=$(mktemp -d /tmp/hangji-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"
    as=(runuser -u postgres --)
fi

stop() {
    "${as[@]}" "$bin/pg_ctl" stop -D "$dir/data" -m immediate -s >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cd /
"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --lc-collate=C \
    --lc-ctype=C.UTF-8 --no-sync >"$dir.log" 2>&1 || {
    cat "$dir.log" >&2
    rm -f "$dir.log"
    exit 1
}
rm -f "$dir.log"
if ! "${as[@]}" "$bin/pg_ctl" start -D "$dir/data" -w -s -l "$dir/log" -o "\
-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off \
-c full_page_writes=off -c synchronous_commit=off -c max_connections=200"; then
    cat "$dir/log" >&2
    exit 1
fi
"${as[@]}" "$bin/createdb" -h "$dir" -U postgres hangji_test
cd - >/dev/null

export HANGJI_TEST_PG="postgres://postgres@/hangji_test?host=$dir"
status=0
"$@" || status=$?
exit "$status"
