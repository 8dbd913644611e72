#!/bin/bash
# House rules, format, clang-tidy over the compile commands of build/ (or of LINT_BUILD), cppcheck
# where installed.
set -eu
cd "$(dirname "$0")/.."
out=${LINT_BUILD:-build}
status=0

python3 tools/check_source.py || status=1

find src tests tools -name '*.[ch]' -not -path 'tests/check/*' -print0 |
    xargs -0 -r clang-format --dry-run -Werror || status=1

# tsan_glib.c speaks in GLib's and the sanitizer's names.
find src tools -name '*.c' -not -name tsan_glib.c -print0 | sort -z |
    nice xargs -0 -r -n 4 -P 2 clang-tidy --quiet -p "$out" 2>/dev/null || status=1

# It cannot read GLib either: what g_autofree and g_autoptr free looks leaked (memleak).
if command -v cppcheck >/dev/null; then
    nice cppcheck --quiet -j 2 --std=c11 --enable=warning,portability --inline-suppr \
        --library=gtk --error-exitcode=1 --suppress=missingInclude --suppress=unknownMacro \
        --suppress=syntaxError --suppress=preprocessorErrorDirective \
        --suppress=nullPointerRedundantCheck --suppress=memleak '-Dg_autoptr(x)=x *' \
        '-Dg_auto(x)=x' -Dg_autofree= '-DNULL=((void *)0)' -I src src tools || status=1
else
    echo "lint: cppcheck is not installed, left out"
fi
exit "$status"
