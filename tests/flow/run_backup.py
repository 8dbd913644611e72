#!/usr/bin/env python3
"""Backups as an administrator makes them, on both databases.

    tests/flow/run_backup.py        HANGJI=build/hangji chooses the program

PostgreSQL where HANGJI_TEST_PG names a server.  Prints "ok SENTENCE" or "FAIL SENTENCE: why".
"""
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
SERVER = os.environ.get("HANGJI_TEST_PG", "")
SMALL = ("code,name,level,parent\n130921,沧县,county,\n130921100,旧州镇,township,130921\n"
         "130921100201,东关村村民委员会,village,130921100\n")


def run(*args, stdin=""):
    return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True, timeout=120)


def psql(*args):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", SERVER, *args], check=True, capture_output=True,
                   text=True, timeout=60)


class World:
    """A small county with an administrator and somebody who writes."""

    def __init__(self, kind):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hangji-backups-"))
        self.kind, self.databases, self.data = kind, [], str(self.folder / "county")
        self.db = self.database() if kind == "postgres" else []
        (self.folder / "list.csv").write_text(SMALL)
        made = run("init", "--county", "130921", "--divisions", str(self.folder / "list.csv"), "--pack",
                   str(ROOT / "tests/harness/pack"), "--data", self.data, *self.db)
        assert made.returncode == 0, made.stderr
        for name, role in [("writer", "county_organizer"), ("admin", "county_organizer")]:
            made = run("user", "add", name, "--role", role, "--org", "130921", "--data", self.data, *self.db,
                       stdin=PASSWORD + "\n")
            assert made.returncode == 0, made.stderr

    def database(self):
        name = "hangji_b_" + secrets.token_hex(6)
        psql("-c", f"CREATE DATABASE {name}")
        self.databases.append(name)
        return ["--db", SERVER.replace("/hangji_test", "/" + name, 1)]

    def command(self, *args):
        return run(*args, "--data", self.data, *self.db)

    def close(self):
        for name in self.databases:
            psql("-c", f"DROP DATABASE {name} WITH (FORCE)")
        shutil.rmtree(self.folder)


class Server:
    def __init__(self, data, db):
        self.process = subprocess.Popen([HANGJI, "serve", "--listen", "127.0.0.1:0", "--data", data, *db],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip()).group(1))

    def token(self, name):
        return self.ask("POST", "/api/v1/session", {"username": name, "password": PASSWORD})["token"]

    def ask(self, method, path, body=None, token=None, cookie=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status in (200, 201), (answer.status, text)
        return json.loads(text) if text.startswith(("{", "[")) else text

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


def restores_and_serves_what_was_backed_up_while_writing(world):
    server = Server(world.data, world.db)
    token = server.token("writer")
    stopping = threading.Event()
    made = []

    def write():
        while not stopping.is_set():
            row = server.ask("POST", "/api/v1/ledgers/thing/rows",
                             {"org": "130921100201", "fields": {"subject": f"事项{len(made)}"}}, token)
            made.append(row["id"])

    writer = threading.Thread(target=write)
    writer.start()
    while len(made) < 50:
        pass
    file = world.folder / "county.backup"
    backup = world.command("backup", str(file), "--json")
    stopping.set()
    writer.join()
    server.stop()
    assert backup.returncode == 0, backup.stderr
    told = json.loads(backup.stdout)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert run("backup", str(file), "--data", world.data, *world.db).returncode == 1, "an old file is kept"
    for goal in [[]] + ([world.database()] if SERVER else []):
        new = str(world.folder / ("again" + str(len(goal))))
        restored = run("restore", str(file), "--data", new, *goal, "--json")
        assert restored.returncode == 0, restored.stderr
        assert json.loads(restored.stdout)["rows"] == told["rows"]
        verified = run("audit", "verify", "--data", new, *goal)
        assert verified.returncode == 0, verified.stderr
        again = Server(new, goal)
        assert again.token("writer")
        again.stop()
    assert run("restore", str(file), "--data", world.data).returncode == 1, "not into a directory in use"


def restores_only_what_is_expected(world):
    file = world.folder / "expected.backup"
    made = world.command("backup", str(file), "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    words = run("backup", "check", str(file)).stdout
    assert "identified by " + told["print"] in words and "signed by " + told["signer"] in words
    other = ("0" if told["print"][0] != "0" else "1") + told["print"][1:]
    new = world.folder / "expected"
    for wrong, why in [(other, "another backup"), (told["print"][:8], "16 to 64 digits"), ("x" * 64, "digits 0-9 a-f")]:
        refused = run("restore", str(file), "--data", str(new), "--expect", wrong)
        assert refused.returncode == 1 and why in refused.stderr, refused.stderr
        assert not new.exists(), "nothing is written"
    assert run("backup", "check", str(file), "--expect", other).returncode == 1
    for right in [told["print"], told["signer"], told["signer"][:16].upper()]:
        assert run("backup", "check", str(file), "--expect", right).returncode == 0
    restored = run("restore", str(file), "--data", str(new), "--expect", told["signer"])
    assert restored.returncode == 0, restored.stderr


def exports_everything_and_takes_it_back(world):
    out = world.folder / "everything"
    exported = world.command("export-all", str(out), "--bom", "--json")
    assert exported.returncode == 0, exported.stderr
    summed = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out, capture_output=True, text=True)
    assert summed.returncode == 0, summed.stdout
    for line in (out / "rows" / "sys_org.jsonl").read_text().splitlines():
        assert json.loads(line)["code"].startswith("130921")
    assert any(file.read_bytes().startswith(b"\xef\xbb\xbfid,") for file in (out / "csv").iterdir())
    assert "台账" in (out / "README.md").read_text() and "ledger" in (out / "README.md").read_text()
    new = str(world.folder / "imported")
    imported = run("import-all", str(out), "--data", new, "--json")
    assert imported.returncode == 0, imported.stderr
    assert json.loads(imported.stdout)["rows"] == json.loads(exported.stdout)["rows"]
    assert run("audit", "verify", "--data", new).returncode == 0
    (out / "rows" / "sys_org.jsonl").write_text("")
    refused = run("import-all", str(out), "--data", new + "2")
    assert refused.returncode == 1 and "altered" in refused.stderr and not os.path.exists(new + "2")


def makes_the_daily_one_tries_it_and_keeps_so_many(world):
    folder = pathlib.Path(world.data, "backups")
    folder.mkdir()
    for stamp in ["20170105-023000", "20180101-023000", "20180102-023000", "20180102-120000"]:
        (folder / f"hangji-130921-{stamp}.backup").write_text("old")
    (folder / "somebody-elses.backup").write_text("kept")
    with open(pathlib.Path(world.data, "hangji.conf"), "a") as conf:
        conf.write("\nbackup_days = 2\nbackup_weeks = 0\nbackup_months = 2\n")
    made = world.command("backup", "--daily", "--json")
    assert made.returncode == 0, made.stderr
    left = sorted(name for name in os.listdir(folder))
    # Today's; the newest of 2018-01-02 as the second day and the second month.
    assert len(left) == 3 and "hangji-130921-20180102-120000.backup" in left, left
    assert "somebody-elses.backup" in left
    assert run("backup", "check", json.loads(made.stdout)["file"]).returncode == 0
    doctor = world.command("doctor", "--quick")
    assert re.search(r"backups\s+ok", doctor.stdout), doctor.stdout


def tells_administrators_when_it_fails(world):
    (world.folder / "occupied").write_text("")
    with open(pathlib.Path(world.data, "hangji.conf"), "a") as conf:
        conf.write(f"\nbackup_dir = {world.folder}/occupied\n")
    made = world.command("backup", "--daily")
    assert made.returncode == 1 and "occupied" in made.stderr, made.stderr
    doctor = world.command("doctor", "--quick")
    assert re.search(r"backups\s+NOT OK", doctor.stdout), doctor.stdout
    server = Server(world.data, world.db)
    page = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    page.request("GET", "/sign-in")
    form = page.getresponse().read().decode()
    page.request("POST", "/sign-in", f"name=admin&username=admin&password={PASSWORD}",
                 {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
    answer = page.getresponse()
    answer.read()
    cookies = "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie")
    assert answer.status == 303, (answer.status, form[:2000])
    for path in ["/accounts", "/backups"]:
        page.request("GET", path, headers={"Cookie": cookies})
        answer = page.getresponse()
        text = answer.read().decode()
        assert answer.status == 200 and "最近一次备份失败了" in text, (path, answer.status, text[:500])
    server.stop()


STORIES = [restores_and_serves_what_was_backed_up_while_writing, restores_only_what_is_expected,
           exports_everything_and_takes_it_back,
           makes_the_daily_one_tries_it_and_keeps_so_many, tells_administrators_when_it_fails]


def main():
    failed = 0
    for kind in ["sqlite"] + (["postgres"] if SERVER else []):
        for story in STORIES:
            sentence = f"backup {story.__name__.replace('_', ' ')} ({kind})"
            world = None
            try:
                world = World(kind)
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
