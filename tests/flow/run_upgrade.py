#!/usr/bin/env python3
"""A county of version 0.1 (tests/upgrade) becomes one of today, on both databases.

    tests/flow/run_upgrade.py        HANGJI=build/hangji chooses the program

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
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
SERVER = os.environ.get("HANGJI_TEST_PG", "")


def run(*args):
    return subprocess.run([HANGJI, *args], capture_output=True, text=True, timeout=120)


def psql(url, *args, sql=None):
    return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url, *args], input=sql, check=True,
                          capture_output=True, text=True, timeout=60).stdout


class County:
    """The old data directory, unpacked; with its own database on PostgreSQL."""

    def __init__(self, kind):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hangji-upgrade-"))
        self.data = self.folder / "county"
        self.kind, self.db = kind, []
        with tarfile.open(ROOT / f"tests/upgrade/0001_{kind}.tar.xz") as tar:
            tar.extractall(self.data)
        os.chmod(self.data, 0o700)
        if kind == "postgres":
            self.name = "hangji_up_" + secrets.token_hex(6)
            psql(SERVER, "-c", f"CREATE DATABASE {self.name}")
            self.url = SERVER.replace("/hangji_test", "/" + self.name, 1)
            psql(self.url, "-f", str(self.data / "county.sql"))
            self.db = ["--db", self.url]

    def close(self):
        if self.kind == "postgres":
            psql(SERVER, "-c", f"DROP DATABASE {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder)

    def ask(self, sql):
        """Rows as tuples of text, beside the program."""
        if self.kind == "postgres":
            out = psql(self.url, "-A", "-t", "-F", "\x1f", "-c", sql)
            return [tuple(line.split("\x1f")) for line in out.splitlines()]
        with sqlite3.connect(self.data / "hangji.db") as db:
            return [tuple(str(cell) for cell in row) for row in db.execute(sql)]

    def command(self, *args):
        return run(*args, "--data", str(self.data), *self.db)

    def serve(self, talk):
        """Serves, calls talk(connection) and stops; what it said on standard error."""
        server = subprocess.Popen(
            [HANGJI, "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.db],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = server.stdout.readline()
        port = re.search(r":(\d+)$", said.strip())
        if port is None:
            server.wait(30)
            return server.returncode, server.stderr.read()
        try:
            if talk is not None:
                talk(http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=30))
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=30)
        return server.returncode, errors


def names(county):
    return sorted(name for name, in county.ask("SELECT name FROM sys_migration"))


def things(connection):
    body = json.dumps({"username": "organizer", "password": PASSWORD})
    connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    token = json.load(connection.getresponse())["token"]
    connection.request("GET", "/api/v1/ledgers/thing/rows?limit=200", headers={"Authorization": "Bearer " + token})
    return json.load(connection.getresponse())["items"]


def upgrades_with_everything_kept(county):
    before = county.ask("SELECT id, subject, detail, cost, day FROM t_thing ORDER BY id")
    events = county.ask("SELECT id, at, action, row_id FROM sys_event ORDER BY id")
    seen = []
    code, said = county.serve(lambda connection: seen.extend(things(connection)))
    assert code == 0, said
    assert len(names(county)) > 3
    assert len(seen) == 11, seen  # the twelfth was withdrawn
    assert county.ask("SELECT id, subject, detail, cost, day FROM t_thing ORDER BY id") == before
    now = county.ask("SELECT id, at, action, row_id FROM sys_event ORDER BY id")
    assert [row for row in now if row in events] == events
    verified = county.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr


def makes_a_backup_of_before_that_restores(county):
    code, said = county.serve(None)
    assert code == 0, said
    made = sorted((county.data / "backups").iterdir())
    assert len(made) == 1, made
    again = run("restore", str(made[0]), "--data", str(county.folder / "again"))
    assert again.returncode == 0, again.stderr
    verified = run("audit", "verify", "--data", str(county.folder / "again"))
    assert verified.returncode == 0 and "31 events" in verified.stdout, verified.stdout + verified.stderr
    code, said = county.serve(None)
    assert code == 0 and len(list((county.data / "backups").iterdir())) == 1, "no second one"


def leaves_everything_as_it_was_when_a_step_fails(county):
    change = "CREATE TABLE sys_backup (something INTEGER)"
    if county.kind == "postgres":
        psql(county.url, "-c", change)
    else:
        with sqlite3.connect(county.data / "hangji.db") as db:
            db.execute(change)
    before = names(county), county.ask("SELECT COUNT(*) FROM sys_event")
    code, said = county.serve(None)
    assert code == 1 and "migrate 0008_backup" in said, said
    assert (names(county), county.ask("SELECT COUNT(*) FROM sys_event")) == before
    if county.kind == "sqlite":
        assert county.ask("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sys_file'") == [("0",)]


def refuses_what_a_newer_program_wrote(county):
    change = "INSERT INTO sys_migration (name, digest, applied_at) VALUES ('9999_future', 'x', 1)"
    code, said = county.serve(None)
    assert code == 0, said
    if county.kind == "postgres":
        psql(county.url, "-c", change)
    else:
        with sqlite3.connect(county.data / "hangji.db") as db:
            db.execute(change)
    code, said = county.serve(None)
    assert code == 1 and "newer program" in said and "9999_future" in said, said
    # What it wrote away itself is refused as well: nothing is written.
    made = county.command("backup", str(county.folder / "newer.backup"))
    if made.returncode == 0:
        again = run("restore", str(county.folder / "newer.backup"), "--data", str(county.folder / "again"))
        assert again.returncode == 1 and "newer program" in again.stderr, again.stderr
        assert not (county.folder / "again").exists()


STORIES = [upgrades_with_everything_kept, makes_a_backup_of_before_that_restores,
           leaves_everything_as_it_was_when_a_step_fails, refuses_what_a_newer_program_wrote]


def main():
    failed = 0
    for kind in ["sqlite"] + (["postgres"] if SERVER else []):
        for story in STORIES:
            county = County(kind)
            sentence = f"upgrade {story.__name__.replace('_', ' ')} ({kind})"
            try:
                story(county)
                print("ok", sentence)
            except (AssertionError, subprocess.SubprocessError, OSError, KeyError, ValueError) as why:
                failed += 1
                print("FAIL", sentence + ":", repr(why)[:2000])
            finally:
                county.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
