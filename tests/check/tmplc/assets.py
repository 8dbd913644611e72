#!/usr/bin/env python3
"""Every {{asset "name"}} of a template must be listed in assets/meson.build.

usage: assets.py SOURCE_ROOT
"""
import pathlib
import re
import sys

ASSET = re.compile(r'\{\{\s*asset\s*"([^"]*)"\s*\}\}')


def main():
    root = pathlib.Path(sys.argv[1])
    listing = (root / "assets/meson.build").read_text()
    known = {pathlib.Path(name).name for name in re.findall(r"'([^']+\.\w+)'", listing)}
    bad = 0
    for path in sorted((root / "templates").glob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in ASSET.findall(line):
                if name not in known:
                    bad += 1
                    print(f"templates/{path.name}:{number}: asset {name} is not in "
                          "assets/meson.build")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
