#!/usr/bin/env python3
"""Builds the table of files carried inside the program.

usage: embed_assets.py OUT.bin OUT.S OUT.c FILE...

OUT.bin holds every file and its gzip; OUT.S includes it into the read-only data; OUT.c is the
table hj_asset_table[] (src/web/asset.h).  A file's public name carries a hash of its content.
"""
import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")
# What a page may not fetch: another host, or a file that is not carried along.
OUTSIDE = re.compile(rb"@import|url\(\s*[\"']?(?!data:|#|[\"']?data:)", re.I)


def load(path):
    data = path.read_bytes()
    if path.suffix in (".css", ".js"):
        data = SOURCE_MAP.sub(b"\n", data)
    if path.suffix == ".css":
        found = OUTSIDE.search(re.sub(rb"/\*.*?\*/", b"", data, flags=re.S))
        if found:
            sys.exit(f"{path}: a style sheet may not load other files: {found.group().decode()}")
    return data


def main(out_bin, out_asm, out_c, files):
    blob = bytearray()
    rows = []

    def add(data):
        blob.extend(b"\0" * (-len(blob) % 16))
        blob.extend(data)
        return len(blob) - len(data)

    for path in sorted(map(pathlib.Path, files), key=lambda p: p.name):
        if path.suffix not in TYPES:
            sys.exit(f"{path}: no media type is known for {path.suffix}")
        data = load(path)
        digest = hashlib.sha256(data).hexdigest()
        url = f"{path.stem}.{digest[:12]}{path.suffix}"
        packed = gzip.compress(data, 9, mtime=0)
        row = [f'.name = "{path.name}"', f'.url = HJ_ASSET_PREFIX "{url}"',
               f'.type = "{TYPES[path.suffix]}"', f'.etag = "W/\\"{digest[:16]}\\""',
               f".bytes = hj_asset_blob + {add(data)}", f".n = {len(data)}"]
        if len(packed) < len(data):
            row += [f".gz = hj_asset_blob + {add(packed)}", f".n_gz = {len(packed)}"]
        rows.append(row)

    pathlib.Path(out_bin).write_bytes(blob)
    # The hash makes compiler caches, which do not see the included file, notice a change.
    pathlib.Path(out_asm).write_text(
        f"/* {hashlib.sha256(blob).hexdigest()} */\n"
        "    .section .rodata\n    .balign 16\n    .globl hj_asset_blob\n"
        "    .hidden hj_asset_blob\nhj_asset_blob:\n"
        f'    .incbin "{out_bin}"\n    .byte 0\n'
        '    .section .note.GNU-stack, "", %progbits\n')
    table = "".join("    { " + ",\n      ".join(row) + " },\n" for row in rows)
    pathlib.Path(out_c).write_text(
        '/* Made by tools/embed_assets.py. */\n#include "web/asset.h"\n\n'
        "extern const unsigned char hj_asset_blob[];\n\n"
        "const HjAsset hj_asset_table[] = {\n" + table + "};\n"
        "const size_t hj_asset_count = sizeof hj_asset_table / sizeof hj_asset_table[0];\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
