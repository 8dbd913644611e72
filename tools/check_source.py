#!/usr/bin/env python3
"""House rules of the source, checked by reading it.

    tools/check_source.py                       the whole repository
    tools/check_source.py --as PATH FILE        one file, as if it stood at PATH (for tests/check)
    tools/check_source.py --list                the rules

Prints FILE:LINE: rule: message for every problem; exit 1 when there is one.  A line may be let
off with a comment  /* house:<rule> because <reason> */  on it or alone on the line above; rules
about a whole file (header-length, file-length, header-block) take it anywhere in the file.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A folder includes itself and what stands here (docs/adr/0002).
LAYERS = {
    "base": set(),
    "pack": {"base"},
    "store": {"base"},
    "core": {"pack", "store", "base"},
    "web": {"core", "pack", "store", "base"},
    "features": {"web", "core", "pack", "store", "base"},
    "adapters": {"base", "store", "web"},
    "app": {"features", "adapters", "web", "core", "pack", "store", "base"},
}
HEADER_LINES = 120
FILE_LINES = 800
FUNCTION_LINES = 80
STORE_PREFIXES = ("hj_store", "hj_tx", "hj_rows", "hj_sqlb")

# Headers of the C library and POSIX; everything else in <> belongs to somebody.
SYSTEM = re.compile(
    r"(assert|ctype|errno|fcntl|inttypes|limits|poll|pthread|signal|stdalign|stdarg|stdatomic|"
    r"stdbool|stddef|stdint|stdio|stdlib|string|strings|time|unistd|dirent|netdb|sched|termios|"
    r"getopt|syslog|wchar|sys/\w+|netinet/\w+|arpa/\w+|linux/\w+)\.h$|glib(-unix)?\.h$|glib/")

BLOCKED = {
    "strcpy": "g_strlcpy or g_strdup", "strcat": "GString", "strncpy": "g_strlcpy",
    "strncat": "GString", "sprintf": "g_snprintf or g_strdup_printf",
    "vsprintf": "g_vsnprintf", "strtok": "g_strsplit", "gets": "a bounded reader",
    "atoi": "hj_text_parse_i64", "atol": "hj_text_parse_i64", "atoll": "hj_text_parse_i64",
    "atof": "hj_decimal_parse", "strtol": "hj_text_parse_i64",
    "strtoll": "hj_text_parse_i64", "strtoul": "hj_text_parse_i64",
    "strtoull": "hj_text_parse_i64", "strtod": "hj_decimal_parse",
    "malloc": "g_new or g_malloc", "calloc": "g_new0", "realloc": "g_renew",
    "free": "g_autofree or g_free", "strdup": "g_strdup", "strndup": "g_strndup",
    "rand": "hj_crypto_random", "srand": "hj_crypto_random", "random": "hj_crypto_random",
    "time": "hj_time_now", "localtime": "hj_date_in_shanghai",
    "gmtime": "hj_date_in_shanghai", "setlocale": "hj_tr with the request's language",
    "getenv": "g_getenv, in app/", "setenv": "an argument", "putenv": "an argument",
    "system": "g_spawn_sync with an argument vector",
    "popen": "g_spawn_sync with an argument vector", "g_error": "hj_fail or g_assert",
}
BLOCKED_PREFIX = {"sqlite3_": ("adapters", "hj_tx_query"), "PQ": ("adapters", "hj_tx_query")}

WAIVER = re.compile(r"/\* house:([a-z-]+) because ([^*]+?) \*/")
WHOLE_FILE = {"header-length", "file-length", "header-block"}
FUNCTION_NAME = re.compile(r"\b([a-z_][a-z0-9_]*)\s*\(")

RULES = ("layer", "vendor", "feature-island", "prefix", "header-block", "header-length",
         "file-length", "function-length", "no-goto", "blocked", "false-without-error", "todo",
         "ledger-key", "route-may", "adr-links", "waiver")


class Source:
    """One file: its text, and the same text with comments and strings blanked out."""

    def __init__(self, path, text):
        self.path = pathlib.PurePosixPath(path)
        self.text = text
        self.lines = text.splitlines()
        self.parts = self.path.parts
        self.area = self.parts[1] if self.parts[0] == "src" and len(self.parts) > 2 else ""
        self.is_c = self.path.suffix in (".c", ".h")
        self.code, self.strings = blank(text) if self.is_c else (text, [])
        self.code_lines = self.code.splitlines()
        self.problems = []

    def say(self, line, rule, message):
        self.problems.append((line, rule, message))

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def blank(text):
    """Text of equal length without comments and string contents; and [(offset, literal)]."""
    token = re.compile(
        r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
    out, strings, at = [], [], 0
    for match in token.finditer(text):
        out.append(text[at:match.start()])
        word = match.group()
        if word[0] == '"':
            strings.append((match.start(), word[1:-1]))
        keep = word[0] if word[0] in "\"'" else " "
        middle = re.sub(r"[^\n]", " ", word[1:-1])
        out.append(keep + middle + keep if len(word) > 1 else word)
        at = match.end()
    out.append(text[at:])
    return "".join(out), strings


def check_includes(src):
    for number, line in enumerate(src.lines, 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not match or not src.area:
            continue
        quote, name = match.groups()
        if quote == "<":
            allowed = src.area == "adapters" or (src.area == "pack" and name == "yaml.h")
            if not SYSTEM.match(name) and not allowed:
                src.say(number, "vendor", f"<{name}> belongs in an adapter, behind a port")
            continue
        check_layer(src, number, name)


def check_layer(src, number, name):
    parts = pathlib.PurePosixPath(name).parts
    folder = parts[0]
    if name.endswith(".html.h"):  # made from templates/, which are web's
        if src.area not in ("web", "features"):
            src.say(number, "layer", f"{src.area} may not include {name}")
        return
    if len(parts) < 2:
        src.say(number, "layer", f'"{name}" must be named from src/, as "folder/file.h"')
        return
    if folder != src.area:
        if folder not in LAYERS.get(src.area, set()):
            src.say(number, "layer", f"{src.area} may not include {name}")
        return
    if folder == "adapters" and len(parts) > 2 and parts[1] != src.parts[2]:
        src.say(number, "layer", f"adapter {src.parts[2]} may not include {name}")
    if folder == "features" and len(src.parts) > 3 and len(parts) > 2 \
            and parts[1] != src.parts[2]:
        src.say(number, "feature-island",
                f"feature {src.parts[2]} may not include {name}: features do not know each other")


def declared_functions(src):
    """(offset, name) of the functions a header declares or defines; macros are left out."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group()),
                  src.code, flags=re.M)
    code = re.sub(r"\bG_DEFINE_\w+\s*\([^)]*\)", lambda m: " " * len(m.group()), code)
    depth, start = 0, 0
    for match in re.finditer(r"[{};]", code):
        char = match.group()
        if char == "{":
            if depth == 0:
                yield from name_of(code, start, match.start())
            depth += 1
        elif char == "}":
            depth -= 1
            start = match.end() if depth == 0 else start
        elif depth == 0:
            yield from name_of(code, start, match.start())
            start = match.end()


def name_of(code, start, end):
    statement = code[start:end]
    if re.match(r"\s*(typedef|extern\s*\"|struct\s+\w+\s*$|G_STATIC_ASSERT)", statement):
        return
    if "=" in statement.split("(")[0] or "(" not in statement:
        return
    match = re.search(r"([A-Za-z_]\w*)\s*\(", statement)
    if match and not match.group(1).startswith(("G_", "_Static_assert", "__attribute__")):
        yield start + match.start(1), match.group(1)


def check_prefix(src):
    if not src.area:
        return
    if src.path.suffix == ".c":
        for match in re.finditer(r"^static\b[^;{()]*?\n?(hj_\w+)\(", src.code, re.M):
            src.say(src.line_of(match.start(1)), "prefix",
                    f"static {match.group(1)} must not carry the hj_ prefix")
        return
    stems = [f"hj_{src.path.stem}", f"hj_{src.parts[-2]}"]
    if src.area == "store":
        stems += STORE_PREFIXES
    if src.path.stem in ("inside", "internal"):  # the private header of a whole folder
        stems += sorted({f"hj_{path.stem}" for path in (ROOT / src.path.parent).glob("*.[ch]")})
    for also in re.findall(r"/\* also: ([^*]+) \*/", src.text):
        stems += [word.rstrip("_") for word in also.split()]
    for offset, name in declared_functions(src):
        if not any(name == stem or name.startswith(stem + "_") for stem in stems):
            src.say(src.line_of(offset), "prefix",
                    f"{name} must begin with {stems[0]}_, after its file")


def check_header(src):
    if src.path.suffix != ".h" or not src.area:
        return
    first = re.match(r"/\*.*?\*/", src.text, re.S)
    comment = first.group() if first else ""
    stem = src.path.stem
    missing = [word for word in ("Units", "Owns", "Threads", "Source")
               if not re.search(rf"^ \* {word} ", comment, re.M)]
    if not comment.startswith(f"/* {stem}: "):
        src.say(1, "header-block", f'the first comment must begin with "{stem}: " and a sentence')
    elif missing:
        src.say(1, "header-block", f"the first comment must say {', '.join(missing)}")
    if len(src.lines) > HEADER_LINES:
        src.say(HEADER_LINES + 1, "header-length",
                f"{len(src.lines)} lines; a header is at most {HEADER_LINES}")


def functions(src):
    """(name, first line, last line, parameters, body offset, end offset) of each definition."""
    for match in re.finditer(r"^\{\s*$", src.code, re.M):
        end = re.compile(r"^\}", re.M).search(src.code, match.end())
        head = src.code[:match.start()].rstrip()
        if end is None or not head.endswith(")"):
            continue
        begin = max(head.rfind("\n\n"), head.rfind("\n}"), head.rfind(";\n"))
        signature = head[begin + 1:]
        name = re.search(r"^(\w+)\(", signature, re.M) or FUNCTION_NAME.search(signature)
        if name:
            yield (name.group(1), src.line_of(match.start()), src.line_of(end.start()),
                   signature, match.end(), end.start())


def check_functions(src):
    if len(src.lines) > FILE_LINES:
        src.say(FILE_LINES + 1, "file-length",
                f"{len(src.lines)} lines; a file is at most {FILE_LINES}")
    for name, first, last, signature, begin, end in functions(src):
        if last - first + 1 > FUNCTION_LINES:
            src.say(first, "function-length",
                    f"{name} has {last - first + 1} lines; a function has at most {FUNCTION_LINES}")
        if src.area and "GError **error" in signature:
            check_false(src, name, begin, end)


def check_false(src, name, begin, end):
    """A failing return above which nothing in the function has touched error yet."""
    for found in re.finditer(r"\breturn (false|NULL);", src.code[begin:end]):
        before = src.code[begin:begin + found.start()]
        if not re.search(r"\b(error|g_assert\w*|_error)\b", before):
            src.say(src.line_of(begin + found.start()), "false-without-error",
                    f"{name} returns {found.group(1)} before anything could set error")


def check_words(src):
    for match in re.finditer(r"\bgoto\b", src.code):
        src.say(src.line_of(match.start()), "no-goto", "no goto: return early, g_autoptr frees")
    if not src.area:
        return
    for match in re.finditer(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(", src.code):
        word = match.group(1)
        line = src.line_of(match.start())
        if word == "g_error" and src.area in ("base", "store"):
            continue  # a broken invariant below everything else may end the program
        if word in BLOCKED:
            src.say(line, "blocked", f"{word} is blocked, use {BLOCKED[word]}")
        for prefix, (area, instead) in BLOCKED_PREFIX.items():
            if word.startswith(prefix) and src.area != area:
                src.say(line, "blocked", f"{word} is blocked outside {area}/, use {instead}")
    for match in re.finditer(r"[,(]\s*free\s*[,)]", src.code):
        src.say(src.line_of(match.end() - 1), "blocked", f"free is blocked, use {BLOCKED['free']}")


def check_todo(src):
    for number, line in enumerate(src.lines, 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line) and not re.search(r"#\d+", line):
            src.say(number, "todo", "name the issue: TODO(#12)")


def ledger_names(packs):
    """Names of the packs' ledgers; one that names a built-in kind (is:) is a generic word."""
    names = set()
    for path in sorted(packs.glob("*/ledgers/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"^is:", text, re.M):
            names |= set(re.findall(r"^ledger:\s*([a-z][a-z0-9_]*)", text, re.M))
    return names


def check_ledger_keys(src, names):
    if not src.area or not names:
        return
    exempt = [match.span() for match in
              re.finditer(r"\.?\bneeds(\[\])?\s*=\s*[^;]*?(\}|;)", src.code)] \
        if src.area == "features" else []
    for offset, literal in src.strings:
        if any(begin <= offset < end for begin, end in exempt):
            continue
        in_sql = re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ledgers/)\s*(\w+)", literal)
        for name in names & ({literal} | set(in_sql)):
            src.say(src.line_of(offset), "ledger-key",
                    f'"{name}" is a ledger of a pack: only packs and a feature\'s .needs name it')


def check_routes(src):
    for table in re.finditer(r"\bHjRoute\s+\w+\s*\[\s*\w*\s*\]\s*=\s*\{", src.code):
        depth, start = 1, None
        for brace in re.finditer(r"[{}]", src.code[table.end():]):
            at = table.end() + brace.start()
            if brace.group() == "{":
                depth += 1
                start = at if depth == 2 else start
            else:
                depth -= 1
                row = src.code[start:at] if depth == 1 else ""
                if row and ".may" not in row and row.strip("{ \n") not in ("0", ""):
                    src.say(src.line_of(start), "route-may",
                            "a route needs .may; a page for everybody says HJ_PUBLIC")
            if depth == 0:
                break


def check_adr_links(src, adrs):
    for number, line in enumerate(src.lines, 1):
        for match in re.finditer(r"\b(?:docs/)?adr/(\d{4})|\bADR[ -](\d{4})\b", line):
            wanted = match.group(1) or match.group(2)
            if wanted not in adrs:
                src.say(number, "adr-links", f"docs/adr holds no decision {wanted}")
        if src.path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", line):
                if not (ROOT / src.path.parent / target).exists():
                    src.say(number, "adr-links", f"link to {target}, which is not there")


def apply_waivers(src):
    """(problems left, number of waivers used); a waiver nobody needs is a problem itself."""
    waivers = []
    for number, line in enumerate(src.lines, 1):
        for match in WAIVER.finditer(line):
            alone = line.strip() == match.group()
            waivers.append([match.group(1), {number, number + 1} if alone else {number}, False])
    left = []
    for line, rule, message in src.problems:
        for waiver in waivers:
            if waiver[0] == rule and (line in waiver[1] or rule in WHOLE_FILE):
                waiver[2] = True
                break
        else:
            left.append((line, rule, message))
    for rule, lines, was_used in waivers:
        if not was_used:
            left.append((min(lines), "waiver", f"house:{rule} is waived here without need"))
    return left, sum(1 for waiver in waivers if waiver[2])


def check(src, names, adrs):
    if src.is_c:
        check_includes(src)
        check_prefix(src)
        check_header(src)
        check_functions(src)
        check_words(src)
        check_ledger_keys(src, names)
        check_routes(src)
    check_todo(src)
    check_adr_links(src, adrs)
    return apply_waivers(src) if src.is_c else (src.problems, 0)


def repository():
    """Every file the rules speak about."""
    for folder, suffixes in (("src", (".c", ".h")), ("tools", (".c", ".h", ".py", ".sh")),
                             ("tests", (".c", ".h", ".py", ".sh")), ("bench", (".c", ".py")),
                             ("docs", (".md",))):
        for path in sorted((ROOT / folder).rglob("*")):
            if "node_modules" in path.parts:
                continue
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in suffixes and not name.startswith("tests/check/") \
                    and name != "tools/check_source.py":
                yield name
    yield from sorted(path.name for path in ROOT.glob("*.md"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--as", dest="at", help="the path FILE pretends to stand at")
    parser.add_argument("--packs", default=ROOT / "packs", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="print the rules")
    args = parser.parse_args()
    if args.list:
        print("\n".join(RULES))
        return 0
    adrs = {path.name[:4] for path in (ROOT / "docs/adr").glob("[0-9]*.md")}
    names = ledger_names(args.packs)
    if args.file:
        sources = [Source(args.at or args.file, pathlib.Path(args.file).read_text("utf-8"))]
    else:
        sources = [Source(name, (ROOT / name).read_text("utf-8")) for name in repository()]
    total = waived = 0
    for src in sources:
        left, used = check(src, names, adrs)
        waived += used
        total += len(left)
        for line, rule, message in sorted(left):
            print(f"{src.path}:{line}: {rule}: {message}")
    print(f"house rules: {len(sources)} files, {total} problems, {waived} waivers")
    return 1 if total else 0


sys.exit(main())
