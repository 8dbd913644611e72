#!/usr/bin/env bash
# Brings po/zh_CN.po up to date with the sentences of src/ and templates/: new ones are added
# untranslated, unused ones dropped, translations kept.  Entries may simply be appended to the
# catalogue first, in any order and more than once.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exec 9<po && flock 9

# Templates become a C file with one N_() a sentence.
python3 - >"$work/templates.c" <<'PY'
import pathlib
import re

for path in sorted(pathlib.Path("templates").rglob("*.html")):
    for match in re.finditer(r'\{\{\s*t\s+("(?:[^"\\]|\\.)*")', path.read_text(encoding="utf-8")):
        line = path.read_text(encoding="utf-8").count("\n", 0, match.start()) + 1
        print(f'#line {line} "{path}"\nN_({match.group(1)});')
PY

find src -name '*.[ch]' | LC_ALL=C sort >"$work/files"
echo "$work/templates.c" >>"$work/files"
xgettext --files-from="$work/files" --language=C --from-code=UTF-8 --add-location=file --no-wrap \
    --keyword --keyword=_ --keyword=N_ --keyword=hj_fail:3 --keyword=hj_tr:2 \
    --keyword=hj_i18n_tr:2 --keyword=hj_issues_add:4 --flag=hj_issues_add:4:c-format \
    --package-name=hangji --output="$work/hangji.pot"
# The temporary name and the day of extraction would differ at every run.
sed -i -e "s|^#: $work/templates.c|#: templates|" -e '/^"POT-Creation-Date/d' "$work/hangji.pot"

msguniq --use-first --no-wrap po/zh_CN.po -o "$work/old.po"
msgmerge --quiet --no-fuzzy-matching --no-wrap "$work/old.po" "$work/hangji.pot" -o "$work/new.po"
msgattrib --no-obsolete --no-wrap "$work/new.po" -o "$work/zh_CN.po"
sed -i '/^"POT-Creation-Date/d' "$work/zh_CN.po"
msgfmt --check --statistics -o /dev/null "$work/zh_CN.po"
cmp -s "$work/zh_CN.po" po/zh_CN.po || cp "$work/zh_CN.po" po/zh_CN.po
