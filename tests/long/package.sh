#!/bin/bash
# The Debian package: made, clean for lintian, run from an unpacked copy, upgraded over its own data.
# DEB=FILE tests one that is there.
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8
dir=$(mktemp -d /tmp/hangji-deb.XXXXXX)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
status=0

say() { # TITLE COMMAND...
    local title=$1
    shift
    if "$@" >"$dir/out" 2>&1; then
        echo "ok $title"
    else
        cat "$dir/out"
        echo "FAIL $title"
        status=1
    fi
}

deb=${DEB:-$(tools/deb.sh)}
say "the package is made" test -s "$deb"
if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error "$deb" >"$dir/lintian" 2>&1 && clean=true || clean=false
    grep '^E:' "$dir/lintian" || true
    say "lintian finds no error" "$clean"
fi
dpkg -x "$deb" "$dir/root"
hangji=$dir/root/usr/bin/hangji
say "the unit is well confined" sh -c "! command -v systemd-analyze >/dev/null || systemd-analyze security \
    --offline=true --threshold=20 '$dir/root/usr/lib/systemd/system/hangji.service'"

serves() { # answers, and stops with 0
    local code=0
    "$hangji" serve --data "$dir/county" --listen 127.0.0.1:0 >"$dir/said" 2>"$dir/log" &
    server=$!
    for _ in $(seq 100); do
        grep -q http: "$dir/said" && break
        sleep 0.1
    done
    curl -fs "$(grep -o 'http://127.0.0.1:[0-9]*' "$dir/said")/readyz" || code=1
    kill "$server"
    wait "$server" || code=1
    server=
    return "$code"
}
say "a county begins with the packs it brings" "$hangji" init --county 130921 \
    --divisions data/cangxian-divisions.csv --data "$dir/county"
say "it serves from where it was unpacked" serves
before=$(sha256sum "$dir/county/hangji.conf" "$dir/county/keys/chain.key")
dpkg -x "$deb" "$dir/root"
say "an upgrade serves the same data" serves
say "an upgrade leaves settings and keys alone" test "$before" = \
    "$(sha256sum "$dir/county/hangji.conf" "$dir/county/keys/chain.key")"
say "the chain is sound afterwards" "$hangji" audit verify --data "$dir/county"
dpkg -e "$deb" "$dir/control"
say "its scripts are shell" sh -n "$dir/control/postinst" "$dir/control/prerm"
say "purging never removes records" sh -c "! grep -E 'rm -r|rm -f' '$dir/control/postrm' '$dir/control/prerm'"
exit "$status"
