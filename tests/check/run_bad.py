#!/usr/bin/env python3
"""Each bad_<rule>.c must be refused with exactly the messages of its first comment.

The comment holds lines  PATH:LINE: rule: message ; PATH is where the sample pretends to stand.
A line ending in  /* repeat N */  stands for N such lines.  good.c must pass, and good.c and
every waived line in it show what is not refused.  Prints a line for each case.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CHECKER = HERE.parent.parent / "tools/check_source.py"
EXPECTED = re.compile(r"^ ?\*? ?((src|tests)/\S+?):(\d+): (.*?)(?: \*/)?$")
REPEAT = re.compile(r"^(.*?) ?/\* repeat (\d+) \*/\n", re.M)


def expected_of(text):
    """(path, [messages]) named in the first comment."""
    comment = text[:text.index("*/") + 2]
    found = [EXPECTED.match(line.removeprefix("/*").rstrip()) for line in comment.splitlines()]
    found = [match for match in found if match]
    return (found[0].group(1) if found else "",
            [f"{at.group(1)}:{at.group(3)}: {at.group(4)}" for at in found])


def run(sample, path):
    text = REPEAT.sub(lambda m: (m.group(1) + "\n") * int(m.group(2)), sample)
    with tempfile.NamedTemporaryFile("w", suffix=".c", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(
            [sys.executable, CHECKER, "--packs", HERE / "packs", "--as", path, file.name],
            capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def report(name, problem):
    print(f"FAIL {name}: {problem}" if problem else f"ok {name}")
    return 1 if problem else 0


def main():
    failures, covered = 0, set()
    for path in sorted(HERE.glob("bad_*.c")):
        text = path.read_text(encoding="utf-8")
        at, want = expected_of(text)
        code, lines = run(text, at)
        got = [line for line in lines if not line.startswith("house rules:")]
        rule = path.stem.removeprefix("bad_").replace("_", "-")
        covered.add(rule)
        problem = ""
        if code != 1 or got != want or not want:
            problem = f"exit {code}, expected {want}, got {got}"
        elif not any(f": {rule}: " in line for line in want):
            problem = f"no message of rule {rule}"
        failures += report(path.name, problem)

    code, lines = run((HERE / "good.c").read_text(encoding="utf-8"), "src/core/good.c")
    failures += report("good.c", "" if code == 0 and lines[-1:] ==
                       ["house rules: 1 files, 0 problems, 1 waivers"] else f"{lines}")

    rules = subprocess.run([sys.executable, CHECKER, "--list"], capture_output=True, text=True,
                           check=True).stdout.split()
    missing = sorted(set(rules) - covered)
    failures += report("every rule has a sample", ", ".join(missing))
    return 1 if failures else 0


sys.exit(main())
