#!/usr/bin/env python3
"""Every test that docs/security.md names exists, and both languages name the same ones."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
known = set()
for path in (root / "tests").rglob("*"):
    if path.suffix in (".c", ".py") and path != pathlib.Path(__file__).resolve():
        known |= set(re.findall(r"\b[a-z][a-z0-9_]{12,}\b", path.read_text(encoding="utf-8")))
named = {}
for page in ("docs/security.md", "docs/zh/security.md"):
    rows = [line for line in (root / page).read_text(encoding="utf-8").splitlines() if line.startswith("| S-")]
    named[page] = [set(re.findall(r"`([a-z0-9_]{13,})`", row)) for row in rows]
    for row, tests in zip(rows, named[page]):
        if not tests:
            sys.exit(f"{page}: no test: {row}")
        for test in sorted(tests - known):
            sys.exit(f"{page}: there is no test {test}")
if named["docs/security.md"] != named["docs/zh/security.md"]:
    sys.exit("docs/security.md and docs/zh/security.md name different tests")
print(f"ok {len(named['docs/security.md'])} items of the checklist have tests")
