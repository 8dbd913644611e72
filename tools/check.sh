#!/bin/bash
# Everything `make check` runs.  Ends with the line "N passed, N failed".
#
#   tools/check.sh         gcc, address and undefined sanitizers, both databases, goldens, rules
#   tools/check.sh long    the same, then clang, the thread sanitizer and tests/long/
#
# Exit status: 0 only when something passed and nothing failed.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
mode=${1:-}
jobs=2
logs=$(mktemp -d /tmp/hangji-check.XXXXXX)
trap 'rm -rf "$logs"' EXIT
passed=0
failed=0

heading() {
    printf '\n== %s\n' "$*"
}

# count TITLE PASSED FAILED
count() {
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '%s: %s passed, %s failed\n' "$1" "$2" "$3"
}

# Counts one command that either works or does not; shows its output when it does not.
one() {
    local title=$1
    shift
    if "$@" >"$logs/one" 2>&1; then
        count "$title" 1 0
    else
        cat "$logs/one"
        count "$title" 0 1
    fi
}

# Counts a program that prints a line "ok ..." or "FAIL ..." for each of its cases.
cases() {
    local title=$1 good bad status=0
    shift
    "$@" >"$logs/cases" 2>&1 || status=$?
    good=$(grep -c '^ok ' "$logs/cases" || true)
    bad=$(grep -c '^FAIL ' "$logs/cases" || true)
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    if [ "$status" = 0 ] && [ "$good" = 0 ] && [ "$bad" = 0 ]; then
        echo "it ran no case at all"
        bad=1
    fi
    [ "$bad" = 0 ] || grep -v '^ok ' "$logs/cases" || true
    count "$title" "$good" "$bad"
}

# build DIR MESON-OPTION...; a build that fails is one failed case and ends its stage.
build() {
    local dir=$1
    shift
    if [ ! -f "$dir/build.ninja" ] && ! meson setup "$dir" "$@" >"$logs/setup" 2>&1; then
        cat "$logs/setup"
        count "configure $dir" 0 1
        return 1
    fi
    if ! nice ninja -C "$dir" -j "$jobs" --quiet all hangji >"$logs/build" 2>&1; then
        cat "$logs/build"
        count "build $dir" 0 1
        return 1
    fi
}

# Runs every Meson test of DIR beside a private PostgreSQL.
meson_tests() {
    local title=$1 dir=$2 numbers
    shift 2
    rm -f "$dir/meson-logs/testlog.json"
    nice tools/with_postgres.sh meson test -C "$dir" --no-rebuild --num-processes "$jobs" "$@" \
        >"$logs/meson" 2>&1 || true
    numbers=$(python3 tools/count_cases.py "$dir/meson-logs/testlog.json" 3>&1 >"$logs/report") ||
        numbers="0 1"
    cat "$logs/report"
    if [ "$numbers" = "0 1" ] && [ ! -s "$logs/report" ]; then
        tail -n 30 "$logs/meson"
    fi
    # shellcheck disable=SC2086
    count "$title" $numbers
}

# Only builds with a sanitizer read these.  The tests of the thread sanitizer run with GLib's
# locks replaced by pthread's, which it can see (tools/tsan_glib.c).
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export LSAN_OPTIONS="suppressions=$PWD/tools/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=second_deadlock_stack=1
export G_SLICE=always-malloc # or the sanitizers see GLib's pools instead of allocations

shell_scripts() {
    git ls-files -z -- '*.sh' .ci/run 2>/dev/null | tr '\0' '\n' | grep . ||
        find tools tests .ci -name '*.sh' -o -path .ci/run
}

heading "house rules"
one "house rules" python3 tools/check_source.py
tail -n 1 "$logs/one"
cases "samples the house rules must refuse" python3 tests/check/run_bad.py
cases "counting" python3 tests/check/run_count.py
cases "rules that tests name" python3 tests/check/run_rules.py
shell_scripts >"$logs/scripts"
while read -r script; do
    bash -n "$script" 2>"$logs/syntax" && echo "ok $script" || { echo "FAIL $script"; cat "$logs/syntax"; }
done <"$logs/scripts" >"$logs/syntax_cases"
cases "shell scripts" cat "$logs/syntax_cases"
one "Chinese catalogue" python3 tools/check_po.py

asan=(build-asan -Ddev=true "-Dsanitize=address,undefined" -Db_lundef=false)

heading "gcc"
if build build; then
    meson_tests "tests" build
    # Programs that test the built ones from outside: packs, command line, goldens.
    for script in tests/*/run*.py tests/*/run*.sh; do
        case $script in
        *'*'* | tests/check/* | tests/browser/* | tests/long/*) continue ;;
        esac
        cases "$script" nice tools/with_postgres.sh "$script"
    done
    if [ -e tests/browser/run.sh ]; then
        # A browser waits more than it works: the next build is made beside it.  What goes wrong
        # there is told below, where the same build is asked for again.
        build "${asan[@]}" >/dev/null 2>&1 &
        building=$!
        cases "browser stories" nice tests/browser/run.sh
        wait "$building" || true
    fi
fi

heading "gcc with the address and undefined-behaviour sanitizers"
if build "${asan[@]}"; then
    meson_tests "tests" build-asan --timeout-multiplier 5
fi

if [ "$mode" = long ]; then
    heading "clang"
    if CC=clang build build-clang -Ddev=true; then
        meson_tests "tests" build-clang
    fi

    heading "gcc with the thread sanitizer"
    if build build-tsan -Dsanitize=thread -Db_lundef=false; then
        gcc -O1 -shared -fPIC -D_GNU_SOURCE -o build-tsan/libtsan_glib.so tools/tsan_glib.c \
            $(pkg-config --cflags glib-2.0)
        LD_PRELOAD=$PWD/build-tsan/libtsan_glib.so \
            meson_tests "tests" build-tsan --timeout-multiplier 10
    fi

    # FUZZ_SECONDS each; ten minutes unless said.
    heading "fuzzing"
    cases "fuzzing" env SECONDS_EACH="${FUZZ_SECONDS:-600}" tools/fuzz.sh

    heading "long tests"
    for script in tests/long/*.py tests/long/*.sh; do
        case $script in *'*'*) continue ;; esac
        cases "$script" nice tools/with_postgres.sh "$script"
    done
fi

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
