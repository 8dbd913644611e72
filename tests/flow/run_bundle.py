#!/usr/bin/env python3
"""What an inspector takes along, and packs from place to place.

    tests/flow/run_bundle.py        HANGJI=build/hangji chooses the program

Prints "ok SENTENCE" or "FAIL SENTENCE: why" for each case; exit 1 when one fails.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
SMALL = ("code,name,level,parent\n130921,沧县,county,\n130921100,旧州镇,township,130921\n"
         "130921100201,东关村村民委员会,village,130921100\n130921101,乙镇,township,130921\n"
         "130921101201,南村村民委员会,village,130921101\n")


def run(*args, stdin=""):
    return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True, timeout=120)


class World:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hangji-bundle-"))
        self.data = str(self.folder / "county")
        (self.folder / "list.csv").write_text(SMALL)
        made = run("init", "--county", "130921", "--divisions", str(self.folder / "list.csv"), "--pack",
                   str(ROOT / "tests/harness/pack"), "--data", self.data)
        assert made.returncode == 0, made.stderr
        for name, role, org in [("writer", "county_organizer", "130921"), ("town", "township_organizer", "130921100"),
                                ("team", "work_team", "130921100201")]:
            made = run("user", "add", name, "--role", role, "--org", org, "--data", self.data, stdin=PASSWORD + "\n")
            assert made.returncode == 0, made.stderr
        self.rows()

    def rows(self):
        server = subprocess.Popen([HANGJI, "serve", "--listen", "127.0.0.1:0", "--data", self.data],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = int(re.search(r":(\d+)$", server.stdout.readline().strip()).group(1))

        def ask(method, path, body, token=None):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {"Content-Type": "application/json"} | ({"Authorization": "Bearer " + token} if token else {})
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status in (200, 201), text
            return json.loads(text)

        token = ask("POST", "/api/v1/session", {"username": "writer", "password": PASSWORD})["token"]
        for org, subject, day in [("130921100201", "里面<b>&", "2018-05-04"), ("130921100201", "太早", "2017-12-31"),
                                  ("130921101201", "别处", "2018-05-04")]:
            ask("POST", "/api/v1/ledgers/thing/rows", {"org": org, "fields": {
                "subject": subject, "day": day, "cost": 1234, "secret": "内情不外传"}}, token)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0

    def bundle(self, name, *args):
        return run("bundle", str(self.folder / name), "--from", "2018-01-01", "--to", "2018-12-31", *args,
                   "--data", self.data)

    def close(self):
        shutil.rmtree(self.folder)


def all_text(folder):
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".csv"))


def a_bundle_holds_its_place_and_time_and_nothing_else(world):
    made = world.bundle("out.zip", "--under", "130921100", "--reason", "巡察")
    assert made.returncode == 0 and "1 rows" in made.stdout, made.stdout + made.stderr
    with zipfile.ZipFile(world.folder / "out.zip") as book:
        assert any("事项" in name for name in book.namelist()), book.namelist()
        book.extractall(world.folder / "out")
    text = all_text(world.folder / "out")
    assert "里面&lt;b&gt;&amp;" in text and "<b>&" not in (world.folder / "out/ledger-thing.html").read_text()
    for absent in ["太早", "别处", "内情不外传"]:
        assert absent not in text, absent
    assert "<script" not in text and "http://" not in text and "https://" not in text
    for page in (world.folder / "out").rglob("*.html"):
        for link in re.findall(r'href="([^"]+)"', page.read_text()):
            assert (page.parent / link).exists(), (page, link)
    summed = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=world.folder / "out",
                            capture_output=True, text=True)
    assert summed.returncode == 0, summed.stdout
    with sqlite3.connect(pathlib.Path(world.data, "hangji.db")) as db:
        told = db.execute("SELECT reason FROM sys_event WHERE action = 'bundle.make'").fetchall()
    assert told == [("巡察",)], told


def an_account_takes_along_what_it_sees(world):
    made = world.bundle("town", "--under", "130921100", "--as", "town")
    assert made.returncode == 0, made.stderr
    assert "内情不外传" in all_text(world.folder / "town")
    made = world.bundle("team", "--under", "130921100201", "--as", "team")
    assert made.returncode == 0, made.stderr
    assert "内情不外传" not in all_text(world.folder / "team")
    refused = world.bundle("foreign", "--under", "130921101", "--as", "town")
    assert refused.returncode == 1 and not (world.folder / "foreign").exists(), refused.stderr


def a_changed_bundle_is_found(world):
    assert world.bundle("out", "--under", "130921").returncode == 0
    out = world.folder / "out"
    verified = run("bundle", "verify", str(out))
    assert verified.returncode == 0, verified.stderr
    key = re.search(r"[0-9a-f]{64}", verified.stdout).group()
    assert run("bundle", "verify", str(out), "--key", key).returncode == 0
    assert run("bundle", "verify", str(out), "--key", "0" * 64).returncode == 1
    (out / "added.html").write_text("x")
    assert run("bundle", "verify", str(out)).returncode == 1
    (out / "added.html").unlink()
    page = out / "ledger-thing.html"
    kept = page.read_text()
    page.write_text(kept.replace("12.34", "12.35"))
    assert kept != page.read_text() and run("bundle", "verify", str(out)).returncode == 1
    # With the plain sums made to fit, the signed ones still do not.
    subprocess.run("find . -type f ! -name SHA256SUMS -printf '%P\\n' | xargs -d '\\n' sha256sum > SHA256SUMS", shell=True,
                   cwd=out, check=True)
    refused = run("bundle", "verify", str(out))
    assert refused.returncode == 1 and "ledger-thing" in refused.stderr, refused.stderr


def a_zip_file_that_leaves_its_folder_is_refused(world):
    with zipfile.ZipFile(world.folder / "bad.zip", "w") as bad:
        bad.writestr("../outside", "x")
    refused = run("bundle", "verify", str(world.folder / "bad.zip"))
    assert refused.returncode == 1 and "not safe" in refused.stderr, refused.stderr
    (world.folder / "no.zip").write_bytes(b"PK\x03\x04 nothing")
    assert run("bundle", "verify", str(world.folder / "no.zip")).returncode == 1


def a_pack_is_exported_compared_and_loaded(world):
    exported = world.folder / "rules.zip"
    made = run("pack", "export", str(exported), "--data", world.data)
    assert made.returncode == 0, made.stderr
    assert run("pack", "diff", str(exported), str(ROOT / "tests/harness/pack")).stdout == ""
    changed = world.folder / "changed" / "pack"
    shutil.copytree(ROOT / "tests/harness/pack", changed)
    thing = changed / "ledgers/thing.yaml"
    thing.write_text(thing.read_text().replace("max: 20", "max: 30")
                     + "  - {field: weather, type: text, title: {zh: 天气, en: Weather}}\n")
    for lang, words in [("zh", ["台账“事项”的栏 weather", "≤ 20 → ", "≤ 30"]), ("en", ["field weather", "≤ 30"])]:
        told = run("pack", "diff", str(exported), str(changed), "--lang", lang).stdout
        assert all(word in told for word in words), told
    loaded = run("pack", "load", str(changed), "--data", world.data)
    assert loaded.returncode == 0 and "weather" in loaded.stdout, loaded.stderr
    with sqlite3.connect(pathlib.Path(world.data, "hangji.db")) as db:
        assert "weather" in [row[1] for row in db.execute("PRAGMA table_info(t_thing)")]
    again = run("pack", "load", str(exported), "--data", world.data)
    assert again.returncode == 1 and "weather" in again.stderr, again.stderr  # a field is never dropped
    thing.write_text(thing.read_text().replace("type: text, title: {zh: 天气", "type: nonsense, title: {zh: 天气"))
    assert run("pack", "load", str(changed), "--data", world.data).returncode == 1
    assert run("doctor", "--quick", "--data", world.data).stdout.count("NOT OK") == 0


STORIES = [a_bundle_holds_its_place_and_time_and_nothing_else, an_account_takes_along_what_it_sees,
           a_changed_bundle_is_found, a_zip_file_that_leaves_its_folder_is_refused,
           a_pack_is_exported_compared_and_loaded]


def main():
    failed = 0
    for story in STORIES:
        sentence = story.__name__.replace("_", " ")
        world = None
        try:
            world = World()
            story(world)
            print("ok", sentence)
        except (AssertionError, subprocess.SubprocessError, OSError, KeyError, ValueError) as why:
            failed += 1
            print("FAIL", sentence + ":", repr(why)[:2500])
        finally:
            if world:
                world.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
