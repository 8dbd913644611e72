#!/bin/bash
# Calls every operation of openapi.json against a demo county of its own, and a receiver of webhooks.
# One line "ok …" or "FAIL …" a case.
#
#   tests/api/run.sh        HANGJI=build/hangji chooses the program
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d /tmp/hangji-api.XXXXXX)
server=""
receiver=""
stop() {
    for process in $server $receiver; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap stop EXIT
# The address of the line "… http://127.0.0.1:PORT" that a program prints.
address() {
    local url=""
    for _ in $(seq 150); do
        url=$(grep -o 'http://127.0.0.1:[0-9]*' "$1" | head -n 1 || true)
        [ -z "$url" ] || break
        sleep 0.1
    done
    echo "$url"
}
program=${HANGJI:-build/hangji}
"$program" init --county 130921 --divisions data/cangxian-divisions.csv --pack packs/cangxian --data "$work/data" >"$work/init" 2>&1 ||
    { cat "$work/init"; echo "FAIL a county can be initialised"; exit 1; }
"$program" demo --data "$work/data" >"$work/accounts" 2>"$work/demo" ||
    { cat "$work/demo"; echo "FAIL the demo county can be made"; exit 1; }
node tests/api/receiver.mjs >"$work/receiver" &
receiver=$!
hooks=$(address "$work/receiver")
config="$work/data/hangji.conf"
[ -f "$config" ] || config="$work/data/config.ini"
printf 'webhook_allow = %s\nwebhook_private = 127.0.0.1\n' "$hooks" >>"$config"
"$program" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/serve" 2>"$work/log" &
server=$!
url=$(address "$work/serve")
[ -n "$url" ] || { cat "$work/log"; echo "FAIL the server starts"; exit 1; }
timeout 300 node tests/api/calls.mjs "$url" "$work/accounts" "$hooks"
