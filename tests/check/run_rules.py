#!/usr/bin/env python3
"""Every rule of tests/rules.txt is named by a test: test_dev_04_… or the title of a pack's test."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
names, titles = [], []
for path in (ROOT / "tests").rglob("*.c"):
    names += re.findall(r"cmocka_unit_test\w*\((\w+)", path.read_text(encoding="utf-8"))
for path in (ROOT / "packs").glob("*/tests/*.yaml"):
    titles += re.findall(r"^test: (.*)", path.read_text(encoding="utf-8"), re.M)


def is_named(rule):
    """Whole ids only: PET-1 is not PET-10; test_weak_6_and_7_… names WEAK-7 too, test_…_of_6_1 section 6.1."""
    kind, number = re.split("[-.]", rule.lower())
    apart = re.compile(rf"(?:^|_){kind}_{number}(?:_|$)")
    together = re.compile(rf"(?:^|_){kind}_\d+_and_{number}(?:_|$)")
    return any(apart.search(n) or together.search(n) for n in names) or any(
        re.search(rf"\b{rule}\b", t) for t in titles)


bad = 0
for number, line in enumerate((ROOT / "tests/rules.txt").read_text(encoding="utf-8").splitlines(), 1):
    if not line or line.startswith("#"):
        continue
    if not re.fullmatch(r"(?:[A-Z]+-\d+|\d+\.\d+) \| [VSMA] \| \S.*", line):
        print(f"FAIL tests/rules.txt:{number}: not 'ID | evidence | what it says'")
        bad = 1
        continue
    rule = line.split(" | ")[0]
    print(f"ok {rule}" if is_named(rule) else f"FAIL {rule}: no test names it")
    bad |= not is_named(rule)
raise SystemExit(bad)
