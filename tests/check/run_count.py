#!/usr/bin/env python3
"""tools/count_cases.py counts what it should; prints a line for each case."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

COUNTER = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/count_cases.py"
TWO_GOOD = "[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n[       OK ] b\n"
SAMPLES = [
    ("two cmocka tests", "OK", TWO_GOOD + "[  PASSED  ] 2 test(s).\n", "2 0"),
    ("one of three cmocka tests fails", "FAIL",
     TWO_GOOD + "[  FAILED  ] c\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] c\n", "2 1"),
    ("a crash after two tests", "FAIL", TWO_GOOD, "2 1"),
    ("a leak found at the end", "FAIL", TWO_GOOD + "[  PASSED  ] 2 test(s).\n", "2 1"),
    ("a timeout", "TIMEOUT", "", "0 1"),
    ("a program without cmocka", "OK", "12 inputs\n", "1 0"),
    ("a program left out", "SKIP", "", "0 0"),
    ("a test left out", "OK", "[  SKIPPED ] c\n[  SKIPPED ] 1 test(s), listed below:\n", "0 0"),
]


def count(runs):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for result, stdout in runs:
            log.write(json.dumps({"name": "t", "result": result, "duration": 0.1,
                                  "stdout": stdout, "stderr": None}) + "\n")
        log.flush()
        read, write = os.pipe()
        # The counter writes to descriptor 3, whatever ours is called.
        subprocess.run(["bash", "-c", f'exec "$0" "$1" "$2" 3>&{write}', sys.executable, COUNTER,
                        log.name], pass_fds=(write,), check=True, capture_output=True)
        os.close(write)
        with os.fdopen(read) as answer:
            return answer.read().strip()


def main():
    failures = 0
    for title, result, stdout, want in SAMPLES + [("all together", None, None, "9 4")]:
        runs = [(result, stdout)] if result else [sample[1:3] for sample in SAMPLES]
        got = count(runs)
        failures += got != want
        print(f"ok {title}" if got == want else f"FAIL {title}: {got}, not {want}")
    return 1 if failures else 0


sys.exit(main())
