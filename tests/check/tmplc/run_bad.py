#!/usr/bin/env python3
"""Every bad/*.html must be refused with exactly the message of its first line.

The first line is {{# LINE: why }}; tmplc must say bad/NAME.html:LINE: why and write nothing.
Then: a type without an escaping rule does not compile, and a wrong field name in a template is
reported by the C compiler at the template's line.

usage: run_bad.py TMPLC SOURCE_ROOT CC...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIRST = re.compile(rb"^\{\{# (\d+: .*?) \}\}")

REFUSED_BY_C = {
    "a double has no escaping rule": "hj_emit(out, 1.5)",
    "a bool has no escaping rule": "hj_emit(out, (bool)true)",
    "a pointer has no escaping rule": "hj_emit(out, (void *)out)",
    "a struct has no escaping rule": "hj_emit(out, *out)",
    "a label is not a text": "hj_emit(out, (HjLabel){ 0 })",
    "finished HTML has no place in an attribute": "hj_emit_attr(out, (HjSafe){ 0 })",
    "a text is not a label": 'hj_emit_label(out, "x")',
}
ACCEPTED_BY_C = {
    "texts, numbers and finished HTML have one": 'hj_emit(out, "x"); hj_emit(out, (size_t)1);'
    "hj_emit(out, (HjSafe){ 0 }); hj_emit_attr(out, (int64_t)1)",
}


def report(name, problem):
    print(f"FAIL {name}: {problem}" if problem else f"ok {name}")
    return 1 if problem else 0


def compile_c(cc, source_root, path):
    flags = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True,
                           capture_output=True, text=True).stdout.split()
    return subprocess.run([*cc, "-std=gnu17", "-fsyntax-only", f"-I{source_root}/src",
                           f"-I{HERE}", f"-I{path.parent}", *flags, path],
                          capture_output=True, text=True, check=False)


def check_bad(tmplc, folder):
    failures = 0
    for path in sorted((HERE / "bad").glob("*.html")):
        out = [folder / "out.c", folder / "out.h"]
        done = subprocess.run([tmplc, f"bad/{path.name}", *out], cwd=HERE, text=True,
                              capture_output=True, check=False)
        want = f"bad/{path.name}:{FIRST.match(path.read_bytes()).group(1).decode()}\n"
        problem = ""
        if done.returncode != 1 or done.stderr != want or any(at.exists() for at in out):
            problem = f"exit {done.returncode}, expected {want!r}, got {done.stderr!r}"
        failures += report(path.name, problem)
    return failures


def check_types(cc, source_root, folder):
    failures = 0
    for cases, good in ((REFUSED_BY_C, False), (ACCEPTED_BY_C, True)):
        for name, code in cases.items():
            path = folder / "type.c"
            path.write_text('#include "web/html.h"\n#include <stdbool.h>\n'
                            f"void f(HjOut *out);\nvoid f(HjOut *out) {{ {code}; }}\n")
            done = compile_c(cc, source_root, path)
            problem = done.stderr if (done.returncode == 0) != good else ""
            if not good and not problem and "generic" not in done.stderr.lower():
                problem = done.stderr
            failures += report(name, problem)
    return failures


def check_line(tmplc, cc, source_root, folder):
    path = folder / "wrong_field.html"
    path.write_text('{{uses "good/views.h"}}\n{{view GoodView *v}}\n<p>\n{{v->txet}}\n</p>\n')
    source = folder / "wrong_field.html.c"
    subprocess.run([tmplc, path, source, folder / "wrong_field.html.h"], check=True)
    done = compile_c(cc, source_root, source)
    good = done.returncode != 0 and re.search(r"wrong_field\.html:4:.*txet", done.stderr)
    return report("a wrong field is a C error at the template's line",
                  "" if good else done.stderr or "it compiled")


def main():
    tmplc, source_root, cc = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        failures = (check_bad(tmplc, folder) + check_types(cc, source_root, folder) +
                    check_line(tmplc, cc, source_root, folder))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
