#!/usr/bin/env python3
"""The command line as interface.md promises it: exit codes, messages, all or nothing.

    tests/flow/run_cli.py        HANGJI=build/hangji chooses the program

Prints "ok SENTENCE" or "FAIL SENTENCE: why" for each case; exit 1 when one fails.
"""
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
LIST = str(ROOT / "data/cangxian-divisions.csv")
PACK = str(ROOT / "packs/cangxian")
PASSWORD = "longing-for-rain-1921"

SMALL = """code,name,level,parent
130921,沧县,county,
130921100,旧州镇,township,130921
130921100201,东关村村民委员会,village,130921100
130921100202,张庄村民委员会,village,130921100
130921100401,采油三厂社区居民委员会,community,130921100
"""


class World:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = str(self.folder / "data")

    def run(self, *args, stdin="", env=None):
        return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True,
                              timeout=120, cwd=self.folder, env={**os.environ, **(env or {})})

    def here(self, *args, stdin=""):
        return self.run(*args, "--data", self.data, stdin=stdin)

    def init(self, data, text, *more, county="130921"):
        path = self.folder / "list.csv"
        path.write_text(text, encoding="utf-8")
        return self.run("init", "--county", county, "--divisions", str(path), "--pack", PACK,
                        "--data", str(self.folder / data), *more)


def expect(done, code, error=""):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert re.search(error, done.stderr), done.stderr


def bad_usage_exits_2_and_shows_how(world):
    expect(world.run(), 2, "usage: hangji COMMAND")
    expect(world.run("nonsense"), 2, "unknown command nonsense")
    expect(world.run("init"), 2, "--county and --divisions are needed\nusage: hangji init")
    expect(world.run("init", "--what"), 2, "unknown option --what")
    expect(world.run("user", "add"), 2, "an argument is missing")
    expect(world.run("user", "add", "a", "b"), 2, "unexpected argument b")
    expect(world.run("report", "achievements", "--from", "2018-02-30", "--to", "2018-03-01"), 2,
           "must be days")
    done = world.run("serve", "--help")
    assert done.returncode == 0 and "--listen" in done.stdout, done


def a_missing_directory_is_named(world):
    expect(world.run("user", "list", "--data", "nowhere"), 1,
           r"^hangji: user list: there is no data directory nowhere")
    expect(world.run("user", "list", env={"HANGJI_DATA": "elsewhere"}), 1, "elsewhere")
    expect(world.run("user", "list"), 1, r"\./var/hangji")


def a_bad_list_is_told_line_by_line_and_leaves_nothing(world):
    cases = [
        (SMALL.replace("level,parent", "level"), r"list\.csv:1: .*code,name,level,parent"),
        (SMALL.replace("village,130921100\n", "village,130921999\n", 1), r"list\.csv:4: parent"),
        (SMALL.replace("130921100202,", "130921100201,"), r"list\.csv:5: code .* twice"),
        (SMALL.replace("township", "town"), r"list\.csv:3: level \"town\""),
        (SMALL.replace("旧州镇", ""), r"list\.csv:3: the name"),
        (SMALL.replace("130921100,旧", "13092110,旧"), r"list\.csv:3: \"13092110\""),
        (SMALL.replace("旧州镇,", "\"旧州镇,"), r"list\.csv:3: a quotation mark"),
        ("code,name,level,parent\n", r"list\.csv:1: the list is empty"),
        (SMALL.replace("旧", "\u202e旧"), r"list\.csv:3: .*clean"),
    ]
    for text, message in cases:
        expect(world.init("bad", text), 1, message)
        assert not (world.folder / "bad").exists()
    expect(world.init("bad", SMALL, county="130922"), 1, r"list\.csv:2: the list is of county")
    assert list(world.folder.iterdir()) == [world.folder / "list.csv"], \
        [path.name for path in world.folder.iterdir()]


def a_new_directory_is_private_and_never_overwrites(world):
    expect(world.init("data", SMALL), 0)
    assert stat.S_IMODE(os.stat(world.data).st_mode) == 0o700
    for name in ("hangji.conf", "keys/chain.key"):
        mode = stat.S_IMODE((pathlib.Path(world.data) / name).stat().st_mode)
        assert mode == 0o600, (name, oct(mode))
    assert (pathlib.Path(world.data) / "pack/national/roles.yaml").exists()
    expect(world.init("data", SMALL), 1, "is not empty")
    (world.folder / "empty").mkdir()
    expect(world.init("empty", SMALL), 0)


def a_pack_with_problems_makes_no_county(world):
    pack = world.folder / "packs/broken"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("pack: broken\nnonsense: 1\n")
    done = world.run("pack", "check", str(pack))
    expect(done, 1, r"pack\.yaml:2: ")
    expect(world.run("init", "--county", "130921", "--divisions", LIST, "--pack", str(pack),
                     "--data", "never"), 1, r"pack\.yaml:2: ")
    assert not (world.folder / "never").exists()
    done = world.run("pack", "check", PACK)
    assert done.returncode == 0, done.stderr


def accounts_are_made_changed_and_barred(world):
    add = ("user", "add", "liming", "--role", "county_organizer", "--org", "130921")
    expect(world.here(*add, stdin="short\n"), 1, "^hangji: user add: password: ")
    expect(world.here(*add), 1, "no password")
    expect(world.here("user", "add", "liming", "--role", "king", "--org", "130921",
                      stdin=PASSWORD), 1, "role")
    expect(world.here("user", "add", "liming", "--role", "county_organizer", "--org", "1",
                      stdin=PASSWORD), 1, "there is no organization 1")
    assert json.loads(world.here("user", "list", "--json").stdout) == []
    expect(world.here(*add, stdin=PASSWORD + "\n"), 0)
    expect(world.here(*add, stdin=PASSWORD), 1)
    expect(world.here("user", "passwd", "wangfang", stdin=PASSWORD), 1, "there is no account wangfang")
    expect(world.here("user", "passwd", "liming", stdin=PASSWORD + "-2\n"), 0)
    expect(world.here("user", "disable", "liming"), 0)
    listed = json.loads(world.here("user", "list", "--json").stdout)
    assert [(one["name"], one["disabled"]) for one in listed] == [("liming", True)], listed


def names_of_committees_are_shortened_and_never_doubled(world):
    import sqlite3
    base = sqlite3.connect(f"file:{world.data}/hangji.db?mode=ro", uri=True)
    names = [name for (name,) in base.execute(
        "SELECT n.name FROM sys_org o JOIN sys_org_name n ON n.org = o.id ORDER BY o.code")]
    base.close()
    assert names == ["沧县", "旧州镇", "东关村", "张庄村", "采油三厂社区"], names


def numbers_are_computed_from_the_console(world):
    done = world.here("report", "achievements", "--from", "2017-01-01", "--to", "2018-12-31",
                      "--json")
    expect(done, 0)
    figures = {one["key"]: one for one in json.loads(done.stdout)["figures"]}
    assert figures["villages"]["value"] == 2, figures["villages"]
    days = ("--from", "2017-01-01", "--to", "2018-12-31")
    for ending, begins in ((".pdf", b"%PDF-1"), (".xlsx", b"PK")):
        for under in ("130921", "130921100", "130921100201"):
            out = pathlib.Path(world.data).parent / ("report" + ending)
            expect(world.here("report", "achievements", *days, "--under", under,
                              "--out", str(out)), 0)
            assert out.read_bytes().startswith(begins), (ending, under)
            out.unlink()
    expect(world.here("report", "achievements", *days, "--out", "report.doc"), 2,
           "--out must end in .pdf or .xlsx")
    done = world.here("assess", "three_lists", "2018H1", "--json")
    expect(done, 0)
    assert json.loads(done.stdout)["items"][0]["org"] == "130921100"
    expect(world.here("assess", "three_lists", "2018H3"), 1, "2018H3 is not a period")
    expect(world.here("assess", "none", "2018H1"), 1, "no scheme none")
    expect(world.here("report", "none", "--from", "2018-01-01", "--to", "2018-01-02"), 1, "none")


def the_doctor_finds_what_is_open_and_says_the_remedy(world):
    expect(world.here("doctor"), 0)
    os.chmod(world.data, 0o755)
    done = world.here("doctor")
    assert done.returncode == 1 and "chmod 700" in done.stdout, done.stdout
    os.chmod(world.data, 0o700)


def an_altered_event_is_found(world):
    import sqlite3
    expect(world.here("audit", "verify"), 0)
    base = sqlite3.connect(f"{world.data}/hangji.db")
    base.executescript(
        "DROP TRIGGER IF EXISTS sys_event_no_update;"
        "UPDATE sys_event SET reason = 'x' WHERE id ="
        " (SELECT event FROM sys_seal WHERE seq = 2)")
    base.close()
    expect(world.here("audit", "verify"), 1, r"^hangji: audit verify: broken at 2: ")


def addresses_and_version_are_listed(world):
    routes = world.run("routes")
    assert routes.returncode == 0 and "MISSING" not in routes.stdout
    assert re.search(r"^GET +/healthz +public", routes.stdout, re.M), routes.stdout
    assert world.run("version").stdout.startswith("hangji ")


CASES = [
    bad_usage_exits_2_and_shows_how,
    a_missing_directory_is_named,
    a_bad_list_is_told_line_by_line_and_leaves_nothing,
    a_new_directory_is_private_and_never_overwrites,
    a_pack_with_problems_makes_no_county,
    accounts_are_made_changed_and_barred,
    names_of_committees_are_shortened_and_never_doubled,
    numbers_are_computed_from_the_console,
    the_doctor_finds_what_is_open_and_says_the_remedy,
    an_altered_event_is_found,
    addresses_and_version_are_listed,
]


def main():
    failed = 0
    os.environ.pop("HANGJI_DATA", None)
    with tempfile.TemporaryDirectory(prefix="hangji-cli-") as folder:
        world = World(folder)
        for case in CASES:
            sentence = case.__name__.replace("_", " ")
            try:
                case(world)
                print(f"ok {sentence}", flush=True)
            except Exception as error:
                failed += 1
                print(f"FAIL {sentence}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


sys.exit(main())
