#!/usr/bin/env python3
"""Loads every pack of tests/golden/pack and compares what is said with its expect.txt.

    pack_corpus.py PACK_CHECK [NAME ...]

good/NAME must load and bad/NAME must not; `base` is what the others extend.  The report reads
like cmocka's, so that tools/count_cases.py counts each pack.
"""
import difflib
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent / "pack"


def problem_of(check, kind, name):
    """What is wrong with the answer about one pack, or an empty text."""
    folder = ROOT / kind
    run = subprocess.run([check, name], cwd=folder, capture_output=True, text=True, timeout=60)
    wanted_code = 0 if kind == "good" or name == "base" else 1
    if run.returncode != wanted_code:
        return f"exit status {run.returncode}\n{run.stdout}{run.stderr}"
    expect = folder / name / "expect.txt"
    if not expect.exists():
        return "" if name == "base" else "there is no expect.txt"
    wanted = expect.read_text("utf-8")
    return "".join(difflib.unified_diff(wanted.splitlines(True), run.stdout.splitlines(True),
                                        "expected", "said"))


def main():
    check, names = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:]
    failed = 0
    cases = [(kind, path.name) for kind in ("good", "bad")
             for path in sorted((ROOT / kind).iterdir())]
    for kind, name in cases:
        if names and name not in names:
            continue
        problem = problem_of(check, kind, name)
        if problem:
            failed += 1
            print(f"{kind}/{name}:\n{problem}")
        else:
            print(f"[       OK ] {kind}/{name}")
    if failed:
        print(f"[  FAILED  ] {failed} test(s)")
    return 1 if failed else 0


sys.exit(main())
