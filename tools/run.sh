#!/bin/bash
# Serves the model county on this machine; creates it first where it is absent.
#
# The demo directory is filled under another name and renamed when whole, so an interrupted run
# never leaves a half-made county behind that looks like a real one.
set -eu
cd "$(dirname "$0")/.."
hangji=build/hangji
demo=var/demo
port=${PORT:-8080}

case $port in
'' | *[!0-9]*)
    echo "run: PORT must be a number, not '$port'" >&2
    exit 2
    ;;
esac

mkdir -p var
exec 9>var/.demo.lock
if ! flock -n 9; then
    echo "run: another 'make run' is creating the demo county; waiting for it" >&2
    flock 9
fi
if [ ! -d "$demo" ]; then
    echo "run: creating the model county in $demo (synthetic data)" >&2
    rm -rf "$demo.new"
    "$hangji" init --county 130921 --divisions data/cangxian-divisions.csv \
        --pack packs/cangxian --data "$demo.new"
    (umask 077 && "$hangji" demo --data "$demo.new" >var/.demo.out)
    [ -s "$demo.new/accounts.txt" ] || mv var/.demo.out "$demo.new/accounts.txt"
    rm -f var/.demo.out
    mv "$demo.new" "$demo"
fi
exec 9>&-

printf '\n  夯基 Hangji   http://127.0.0.1:%s\n\n' "$port"
sed 's/^/  /' "$demo/accounts.txt"
printf '\n  Stop with Ctrl-C.  Start anew with: rm -r %s\n\n' "$demo"
exec "$hangji" serve --data "$demo" --demo-clock --listen "127.0.0.1:$port"
