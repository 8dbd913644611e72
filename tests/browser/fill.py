#!/usr/bin/env python3
"""Changes the first sheet of a workbook as somebody in a spreadsheet would, with nothing but the library of Python.

    tests/browser/fill.py IN.xlsx OUT.xlsx --rows 'A|B|C' 'A|B|C'     rows below what is there
    tests/browser/fill.py IN.xlsx OUT.xlsx --set B2=text C3=text      single cells
"""
import re
import sys
import zipfile
from xml.sax.saxutils import escape

SHEET = "xl/worksheets/sheet1.xml"


def letter(column):
    return chr(ord("A") + column)


def cell(name, text):
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def with_rows(sheet, rows):
    last = max(map(int, re.findall(r'<row r="(\d+)"', sheet)), default=0)
    lines = "".join(
        f'<row r="{last + i}">' +
        "".join(cell(f"{letter(c)}{last + i}", t) for c, t in enumerate(row.split("|")) if t) + "</row>"
        for i, row in enumerate(rows, 1))
    return sheet.replace("</sheetData>", lines + "</sheetData>")


def with_cell(sheet, name, text):
    found = rf'<c r="{name}"(?: [^>]*)?(?:/>|>.*?</c>)'
    if not re.search(found, sheet):
        sys.exit(f"fill: there is no cell {name}")
    return re.sub(found, lambda _: cell(name, text), sheet, count=1)


source, target, how, *changes = sys.argv[1:]
with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
    for part in book.infolist():
        data = book.read(part)
        if part.filename == SHEET:
            text = data.decode("utf-8")
            if how == "--rows":
                text = with_rows(text, changes)
            for change in changes if how == "--set" else ():
                name, _, value = change.partition("=")
                text = with_cell(text, name, value)
            data = text.encode("utf-8")
        out.writestr(part.filename, data)
