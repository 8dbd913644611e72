#!/bin/bash
# Fuzzes every target of tests/fuzz for a minute, or the named one.
#
#   tools/fuzz.sh [NAME]        SECONDS_EACH=600 tools/fuzz.sh json
#
# Builds with clang, libFuzzer and the address and undefined sanitizers into build-fuzz/ (or
# FUZZ_BUILD).  New inputs are kept in its corpus/; an input that crashes is left in its crashes/
# and, once the fault is mended, belongs in tests/fuzz/corpus/<name>/.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-}
seconds=${SECONDS_EACH:-60}
out=${FUZZ_BUILD:-build-fuzz}
flags=-fsanitize=address,undefined
export LSAN_OPTIONS="suppressions=$PWD/tools/lsan.supp:print_suppressions=0"

if [ ! -f "$out/build.ninja" ]; then
    CC=clang meson setup "$out" -Dsanitize=address,undefined,fuzzer-no-link -Db_lundef=false
fi

found=0
status=0
# What people and other programs send: none of these may ever go missing.
for name in pack form query json multipart xlsx divisions cookie token citizen tmplc; do
    [ -f "tests/fuzz/fuzz_$name.c" ] && [ -n "$(ls -A "tests/fuzz/corpus/$name" 2>/dev/null)" ] || {
        echo "FAIL fuzz $name: there is no such target with a corpus"
        status=1
    }
done
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    if [ -n "$wanted" ] && [ "$name" != "$wanted" ]; then
        continue
    fi
    found=1
    # Meson knows what the target links; libFuzzer takes the place of its main.
    if ! nice ninja -C "$out" -j 2 --quiet "tests/fuzz/fuzz_$name" >"$out/$name.log" 2>&1; then
        tail -n 40 "$out/$name.log"
        echo "FAIL fuzz $name: it does not build"
        status=1
        continue
    fi
    libraries=$(ninja -C "$out" -t query "tests/fuzz/fuzz_$name" |
        awk -v out="$out" '/\.a$/ { print out "/" $NF }' | sort -u)
    shared=$(ninja -C "$out" -t commands "tests/fuzz/fuzz_$name" | tail -n 1 | tr ' ' '\n' |
        grep -E '^(-l.*|/.*\.so)$' | sort -u)
    objects=$(find "$out/tests/fuzz/fuzz_$name.p" -name '*.o' ! -name '*standalone_main*')
    # shellcheck disable=SC2086
    clang $flags,fuzzer -o "$out/run_$name" $objects -Wl,--start-group $libraries \
        -Wl,--end-group -Wl,--as-needed $shared -lpthread
    mkdir -p "$out/corpus/$name" "$out/crashes" "tests/fuzz/corpus/$name"
    if nice "$out/run_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$out/crashes/$name-" "$out/corpus/$name" \
        "tests/fuzz/corpus/$name" >"$out/$name.log" 2>&1; then
        ran=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$out/$name.log")
        if [ "${ran:-0}" -lt "$seconds" ]; then
            echo "FAIL fuzz $name: it ran ${ran:-0} of $seconds seconds"
            status=1
        else
            echo "ok fuzz $name: $(grep '^Done' "$out/$name.log")"
        fi
    else
        tail -n 60 "$out/$name.log"
        echo "FAIL fuzz $name: it crashed, see $out/crashes"
        status=1
    fi
done
if [ "$found" = 0 ]; then
    echo "fuzz: there is no target called '$wanted'" >&2
    exit 2
fi
exit "$status"
