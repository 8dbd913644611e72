#!/usr/bin/env python3
"""A full disk and a read-only one: writes are refused clearly, reads go on, nothing is lost.

    tests/flow/run_disk.py        HANGJI=build/hangji chooses the program

Needs the right to mount a small tmpfs; says "ok … (left out: reason)" without it.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
SMALL = ("code,name,level,parent\n130921,沧县,county,\n130921100,旧州镇,township,130921\n"
         "130921100201,东关村村民委员会,village,130921100\n")


def run(*args, stdin=""):
    return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True, timeout=120)


class Disk:
    """A county on a disk of 48 MiB of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hangji-disk-"))
        self.mount = self.folder / "disk"
        self.mount.mkdir()
        self.mounted = False

    def open(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(self.mount)],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            return mounted.stderr.strip() or "mount failed"
        self.mounted = True
        self.data = str(self.mount / "county")
        (self.folder / "list.csv").write_text(SMALL)
        made = run("init", "--county", "130921", "--divisions", str(self.folder / "list.csv"), "--pack",
                   str(ROOT / "tests/harness/pack"), "--data", self.data)
        assert made.returncode == 0, made.stderr
        made = run("user", "add", "writer", "--role", "county_organizer", "--org", "130921", "--data", self.data,
                   stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        return None

    def fill(self):
        with open(self.mount / "filler", "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError:
                    pass

    def empty(self):
        (self.mount / "filler").unlink()

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.mount)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    def __init__(self, disk):
        self.log = open(disk.folder / "log", "w")
        self.process = subprocess.Popen([HANGJI, "serve", "--listen", "127.0.0.1:0", "--data", disk.data],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        port = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        assert port, (disk.folder / "log").read_text()
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=30)
        self.token = None
        self.token = self.ask("POST", "/api/v1/session", {"username": "writer", "password": PASSWORD})[1]["token"]

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.type = answer.getheader("Content-Type")
        return answer.status, json.loads(text) if text else None

    def add(self, subject):
        return self.ask("POST", "/api/v1/ledgers/thing/rows",
                        {"org": "130921100201", "fields": {"subject": subject, "detail": "细" * 40}})

    def rows(self):
        found, cursor = [], ""
        while cursor is not None:
            status, answer = self.ask("GET", "/api/v1/ledgers/thing/rows?limit=200" + cursor)
            assert status == 200, answer
            found += [row["id"] for row in answer["items"]]
            cursor = "&cursor=" + answer["next"] if answer["next"] else None
        return found

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.log.close()
        return code


def refuses_writes_reads_on_and_recovers_by_itself(disk):
    server = Server(disk)
    saved = []
    for i in range(20):
        status, row = server.add(f"before {i}")
        assert status == 201, row
        saved.append(row["id"])
    disk.fill()
    refused = None
    for i in range(4000):
        status, row = server.add(f"full {i}")
        if status == 201:
            saved.append(row["id"])
            continue
        refused = row
        assert status == 503, (status, row)
        break
    assert refused is not None, "nothing was refused"
    assert server.type.startswith("application/problem+json"), server.type
    assert "磁盘" in refused["detail"] or "disk" in refused["detail"], refused
    assert sorted(server.rows()) == sorted(saved)
    for _ in range(5):
        assert server.add("still full")[0] == 503
    disk.empty()
    status, row = server.add("after")
    assert status == 201, row
    saved.append(row["id"])
    assert sorted(server.rows()) == sorted(saved)
    assert server.stop() == 0
    verified = run("audit", "verify", "--data", disk.data)
    assert verified.returncode == 0 and ", 0 not sealed" in verified.stdout, verified.stdout + verified.stderr


def leaves_no_half_backup_when_there_is_no_room(disk):
    target = disk.mount / "county.backup"
    server = Server(disk)  # without it SQLite would need room to begin
    disk.fill()
    made = run("backup", str(target), "--data", disk.data)
    assert made.returncode == 1 and "No space left" in made.stderr, made.stderr
    assert not [name for name in os.listdir(disk.mount) if name.startswith("county.backup")]
    disk.empty()
    made = run("backup", str(target), "--data", disk.data)
    assert made.returncode == 0, made.stderr
    # A restore that does not fit writes nothing.
    assert server.stop() == 0
    disk.fill()
    restored = run("restore", str(target), "--data", str(disk.mount / "again"))
    assert restored.returncode == 1 and "MiB" in restored.stderr, restored.stderr
    assert not [name for name in os.listdir(disk.mount) if name.startswith("again")]


def says_that_the_disk_is_read_only_and_harms_nothing(disk):
    subprocess.run(["mount", "-o", "remount,ro", str(disk.mount)], check=True)
    served = run("serve", "--listen", "127.0.0.1:0", "--data", disk.data)
    assert served.returncode == 1 and "read-only" in served.stderr.lower(), served.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(disk.mount)], check=True)
    server = Server(disk)
    assert server.add("writable again")[0] == 201
    assert server.stop() == 0
    assert run("audit", "verify", "--data", disk.data).returncode == 0


STORIES = [refuses_writes_reads_on_and_recovers_by_itself, leaves_no_half_backup_when_there_is_no_room,
           says_that_the_disk_is_read_only_and_harms_nothing]


def main():
    failed = 0
    for story in STORIES:
        sentence = "disk " + story.__name__.replace("_", " ")
        disk = Disk()
        try:
            reason = disk.open()
            if reason is None:
                story(disk)
            print("ok", sentence + (f" (left out: {reason})" if reason else ""))
        except (AssertionError, subprocess.SubprocessError, OSError, KeyError, ValueError) as why:
            failed += 1
            print("FAIL", sentence + ":", repr(why)[:1500])
        finally:
            disk.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
