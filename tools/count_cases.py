#!/usr/bin/env python3
"""Counts the cases of a Meson test run, one by one, and shows what failed.

    count_cases.py build/meson-logs/testlog.json

Writes "PASSED FAILED" to file descriptor 3 (standard output when there is none) and the output
of programs that failed to standard output.  A cmocka program counts once a test; another
program counts once; a program that crashed counts as one failed case more.
"""
import json
import os
import re
import sys

OK = re.compile(r"^\[ +OK \] ", re.M)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) test", re.M)


def cases_of(run):
    """(passed, failed, skipped) of one test program."""
    text = (run.get("stdout") or "") + "\n" + (run.get("stderr") or "")
    good = run["result"] in ("OK", "EXPECTEDFAIL")
    passed = len(OK.findall(text))
    failed = sum(int(n) for n in FAILED.findall(text))
    skipped = sum(int(n) for n in SKIPPED.findall(text))
    if run["result"] == "SKIP":
        return 0, 0, 1
    if not good and failed == 0:
        failed = 1
    if good and passed == failed == skipped == 0:
        passed = 1
    return passed, failed, skipped


def main():
    passed = failed = skipped = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            run = json.loads(line)
            ok, bad, left_out = cases_of(run)
            passed, failed, skipped = passed + ok, failed + bad, skipped + left_out
            if bad:
                print(f"-- {run['name']}: {run['result']} after {run['duration']:.1f} s")
                for stream in ("stdout", "stderr"):
                    text = run.get(stream) or ""
                    lines = [at for at in text.splitlines()
                             if not at.startswith(("[ RUN ", "[       OK", '{"time":'))]
                    print("\n".join(lines[-200:]))
            if left_out:
                print(f"-- {run['name']}: {left_out} left out")
    numbers = f"{passed} {failed}\n"
    try:
        os.write(3, numbers.encode())
    except OSError:
        print(numbers, end="")


main()
