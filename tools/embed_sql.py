#!/usr/bin/env python3
"""Writes the numbered migrations into one C table: embed_sql.py OUT.c NNNN_name.sql..."""
import pathlib
import re
import sys


def literal(line):
    return '    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


def main(out, files):
    files = sorted((pathlib.Path(f) for f in files), key=lambda f: f.name)
    text = ['#include "store/migrate.h"', "", "const HjMigration hj_migrate_list[] = {"]
    for number, file in enumerate(files, 1):
        if not re.fullmatch(rf"{number:04}_[a-z0-9_]+", file.stem):
            sys.exit(f"{file}:1: migrations are numbered without gaps; expected {number:04}_name")
        lines = file.read_text(encoding="utf-8").splitlines()
        text += [f'    {{ "{file.stem}",', *map(literal, lines), "    },"]
    text += ["    { NULL, NULL },", "};", ""]
    pathlib.Path(out).write_text("\n".join(text), encoding="utf-8")


main(sys.argv[1], sys.argv[2:])
