#!/usr/bin/env python3
"""po_embed.py MSGFMT MSGUNIQ FILE.po FILE.h: turns a catalogue into a sorted C table for base/i18n.c."""

import struct
import subprocess
import sys
import tempfile
from pathlib import Path


def read_mo(data):
    magic, _, count, ids, texts = struct.unpack_from("<5I", data)
    assert magic == 0x950412DE
    for i in range(count):
        pair = []
        for table in (ids, texts):
            length, offset = struct.unpack_from("<2I", data, table + 8 * i)
            pair.append(data[offset : offset + length])
        yield tuple(pair)


def literal(raw):
    out = []
    for byte in raw:
        char = chr(byte)
        if char in '"\\?':
            out.append("\\" + char)
        elif 0x20 <= byte < 0x7F:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")  # three octal digits never swallow the next one
    return '"' + "".join(out) + '"'


def main():
    msgfmt, msguniq, po, header = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        mo, once = Path(folder, "zh.mo"), Path(folder, "zh.po")
        # The same sentence may have been appended by two branches: the first one counts.
        subprocess.run([msguniq, "--use-first", "-o", once, po], check=True)
        subprocess.run(
            [msgfmt, "--check-format", "--check-header", "--endianness=little", "-o", mo, once],
            check=True,
        )
        messages = sorted(pair for pair in read_mo(mo.read_bytes()) if pair[0])
    with open(header, "w", encoding="ascii") as out:
        out.write(f"/* Made by tools/po_embed.py; {len(messages)} messages. */\n")
        out.write("static const Message messages[] = {\n")
        for msgid, text in messages:
            out.write(f"    {{ {literal(msgid)}, {literal(text)} }},\n")
        out.write("};\n")


main()
