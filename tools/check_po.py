#!/usr/bin/env python3
"""The Chinese catalogue is complete: every sentence of the program is in it, translated.

Sentences are the literals of hj_fail, N_ and hj_tr in src/, of hj_issues_add, and of {{t "..."}}
in templates/.  Also refuses fuzzy entries, entries nobody uses and formats that do not match.
"""
import os
import pathlib
import re
import subprocess
import sys

CATALOGUE = pathlib.Path("po/zh_CN.po")
KEYWORDS = ["--keyword", "--keyword=_", "--keyword=N_", "--keyword=hj_fail:3", "--keyword=hj_tr:2",
            "--keyword=hj_i18n_tr:2", "--keyword=hj_issues_add:4"]
TEMPLATE_TEXT = re.compile(r'\{\{\s*t\s+"((?:[^"\\]|\\.)*)"')
ENTRY = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)', re.M)


def msgids(po_text):
    """The msgids of a .po text, the header's empty one left out."""
    found = set()
    for match in ENTRY.finditer(po_text):
        parts = re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1))
        text = "".join(parts).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
        if text:
            found.add(text)
    return found


def used():
    """Every msgid of the program, with the first file that uses it."""
    where = {}
    sources = sorted(map(str, pathlib.Path("src").rglob("*.[ch]")))
    for source in sources:
        run = subprocess.run(
            ["xgettext", "--language=C", "--from-code=UTF-8", "--no-wrap",
             "--output=-", *KEYWORDS, source], capture_output=True, text=True, check=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"})
        for text in msgids(run.stdout):
            where.setdefault(text, source)
    for template in sorted(pathlib.Path("templates").rglob("*.html")):
        for match in TEMPLATE_TEXT.finditer(template.read_text(encoding="utf-8")):
            where.setdefault(match.group(1).replace('\\"', '"'), str(template))
    return where


def main():
    problems = []
    check = subprocess.run(["msgfmt", "--check", "--statistics", "-o", "/dev/null",
                            str(CATALOGUE)], capture_output=True, text=True)
    if check.returncode != 0 or "fuzzy" in check.stderr or "untranslated" in check.stderr:
        problems.append(check.stderr.strip())
    have = msgids(CATALOGUE.read_text(encoding="utf-8")) if CATALOGUE.exists() else set()
    want = used()
    for text in sorted(set(want) - have):
        problems.append(f"{want[text]}: not in {CATALOGUE}: {text!r}")
    for text in sorted(have - set(want)):
        problems.append(f"{CATALOGUE}: nobody uses {text!r}")
    print("\n".join(problems + [f"po: {len(want)} sentences, {len(problems)} problems"]))
    return 1 if problems else 0


sys.exit(main())
