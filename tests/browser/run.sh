#!/bin/bash
# Stories in a real Chromium against a demo county of their own.  One line "ok …" or "FAIL …" a story.
#
#   tests/browser/run.sh [PICTURES]   PICTURES: a folder for screenshots of every page
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d /tmp/hangji-browser.XXXXXX)
server=""
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
program=${HANGJI:-build/hangji}
"$program" init --county 130921 --divisions data/cangxian-divisions.csv --pack packs/cangxian --data "$work/data" >"$work/init" 2>&1 ||
    { cat "$work/init"; echo "FAIL a county can be initialised"; exit 1; }
"$program" demo --data "$work/data" >"$work/accounts" 2>"$work/demo" ||
    { cat "$work/demo"; echo "FAIL the demo county can be made"; exit 1; }
"$program" backup "$work/county.backup" --data "$work/data" >"$work/backup" 2>&1 || { cat "$work/backup"; echo "FAIL a backup can be made"; exit 1; }
"$program" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/serve" 2>"$work/log" &
server=$!
for _ in $(seq 100); do
    url=$(grep -o 'http://127.0.0.1:[0-9]*' "$work/serve" | head -n 1 || true)
    [ -z "$url" ] || break
    sleep 0.1
done
[ -n "$url" ] || { cat "$work/log"; echo "FAIL the server starts"; exit 1; }
timeout 1200 node tests/browser/stories.cjs "$url" "$work/accounts" "${1:-}"
