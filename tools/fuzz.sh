#!/bin/bash
# Fuzzes every target of tests/fuzz for a minute, or the named one.
#
#   tools/fuzz.sh [NAME]        SECONDS_EACH=600 tools/fuzz.sh json
#
# Builds with clang, libFuzzer and the address and undefined sanitizers into build-fuzz/.  New
# inputs are kept in build-fuzz/corpus; an input that crashes is left in build-fuzz/crashes and,
# once the fault is mended, belongs in tests/fuzz/corpus/<name>/.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-}
seconds=${SECONDS_EACH:-60}
out=build-fuzz
flags=-fsanitize=address,undefined

if [ ! -f "$out/build.ninja" ]; then
    CC=clang meson setup "$out" -Dsanitize=address,undefined,fuzzer-no-link -Db_lundef=false
fi

found=0
status=0
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    if [ -n "$wanted" ] && [ "$name" != "$wanted" ]; then
        continue
    fi
    found=1
    # Meson knows what the target links; libFuzzer takes the place of its main.
    nice ninja -C "$out" -j 2 --quiet "tests/fuzz/fuzz_$name" >/dev/null
    libraries=$(ninja -C "$out" -t query "tests/fuzz/fuzz_$name" |
        awk -v out="$out" '/\.a$/ { print out "/" $NF }' | sort -u)
    object=$(find "$out/tests/fuzz/fuzz_$name.p" -name '*fuzz_*.c.o' | head -n 1)
    # shellcheck disable=SC2086,SC2046
    clang $flags,fuzzer -o "$out/run_$name" "$object" -Wl,--start-group $libraries \
        -Wl,--end-group -Wl,--as-needed \
        $(pkg-config --libs glib-2.0 jansson sqlite3 libpq libsodium libcrypto icu-i18n icu-uc \
            yaml-0.1 libmicrohttpd zlib) -lpthread
    mkdir -p "$out/corpus/$name" "$out/crashes" "tests/fuzz/corpus/$name"
    if nice "$out/run_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$out/crashes/$name-" "$out/corpus/$name" \
        "tests/fuzz/corpus/$name" >"$out/$name.log" 2>&1; then
        printf '%s: %s\n' "$name" "$(grep '^Done' "$out/$name.log")"
    else
        tail -n 60 "$out/$name.log"
        printf '%s: crashed, see %s\n' "$name" "$out/crashes"
        status=1
    fi
done
if [ "$found" = 0 ]; then
    echo "fuzz: there is no target called '$wanted'" >&2
    exit 2
fi
exit "$status"
