#!/usr/bin/env python3
"""Writes SQL files into C.

embed_sql.py OUT.c NNNN_name.sql...   the table of migrations, hj_migrate_list
embed_sql.py --text NAME OUT.c FILE   one string, const char NAME[]
"""
import pathlib
import re
import sys


def literal(file):
    lines = pathlib.Path(file).read_text(encoding="utf-8").splitlines()
    return ['    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"' for line in lines]


def migrations(files):
    files = sorted((pathlib.Path(f) for f in files), key=lambda f: f.name)
    text = ['#include "store/migrate.h"', "", "const HjMigration hj_migrate_list[] = {"]
    numbers = [file.stem[:4] for file in files]
    for file in files:
        if not re.fullmatch(r"[0-9]{4}_[a-z0-9_]+", file.stem):
            sys.exit(f"{file}:1: a migration is called NNNN_name.sql")
        if numbers.count(file.stem[:4]) > 1:
            sys.exit(f"{file}:1: another migration has this number")
        text += [f'    {{ "{file.stem}",', *literal(file), "    },"]
    return text + ["    { NULL, NULL },", "};"]


def one_text(name, file):
    return [f"extern const char {name}[];", f"const char {name}[] =", *literal(file), "    ;"]


args = sys.argv[1:]
if args[0] == "--text":
    out, text = args[2], one_text(args[1], args[3])
else:
    out, text = args[0], migrations(args[1:])
pathlib.Path(out).write_text("\n".join([*text, ""]), encoding="utf-8")
