#!/usr/bin/env python3
"""The server built with the thread sanitizer, under load: the sanitizer must say nothing.

    tests/long/threads.py     TSAN=build-tsan/hangji HANGJI=build/hangji THREAD_SECONDS=60

On both databases: every page that the first pages of three accounts link to, rows entered on
several ledgers, events watched, sign-ins, all beside one another; then a stop by SIGTERM in the midst of
it.  Prints "ok ..." or "FAIL ..." and the count of reports.
"""
import contextlib
import html
import http.client
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import run  # noqa: E402  (the county and the server of the measurements)

PLAIN = ROOT / os.environ.get("HANGJI", "build/hangji")
TSAN = ROOT / os.environ.get("TSAN", "build-tsan/hangji")
SECONDS = int(os.environ.get("THREAD_SECONDS", "60"))
READERS, WRITERS, PAGES, LEDGERS = 8, 4, 150, 6
ROLES = ("county_organizer", "administrator", "branch_secretary")
REPORT = "WARNING: ThreadSanitizer"


class Watched(run.Server):
    """Answers slowly, and must end by itself for the sanitizer to have its last word."""

    def ask(self, method, path, body=None, headers=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with contextlib.closing(client):
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(300)
        finally:
            self.process.kill()
            self.log.close()


def links(page):
    found = {html.unescape(href).split("#")[0]
             for href in re.findall(r'href="(/[^"]*)"', page.decode("utf-8", "replace"))}
    return {href for href in found if href and not re.match(r"/(assets|sign-out)\b", href)}


def crawl(server, cookie):
    """Up to PAGES addresses this account is shown, of every kind: two clicks from the first page."""
    def page(path):
        status, headers, body = server.ask("GET", path, headers={"Cookie": cookie})
        if status == 303:  # the first page of an administrator is another's
            status, headers, body = server.ask("GET", headers["Location"], headers={"Cookie": cookie})
        return links(body) if status == 200 and "html" in headers.get("Content-Type", "") else set()

    def few(links_of_page):
        """Many links differ in nothing but the row: two of each kind do."""
        kinds = {}
        for link in sorted(links_of_page):
            kinds.setdefault(re.sub(r"\d+", "0", link.split("?")[0]), []).append(link)
        return [link for same in kinds.values() for link in chance.sample(same, min(2, len(same)))]

    chance = random.Random(1)
    first = few(page("/"))
    found = dict.fromkeys(first)
    for path in first:
        found.update(dict.fromkeys(few(page(path))))
    paths = list(found)
    chance.shuffle(paths)
    return paths[:PAGES]


class Load:
    """Threads that go on until told to stop, and what they counted."""

    def __init__(self, server):
        self.server, self.done, self.lock = server, threading.Event(), threading.Lock()
        self.read = self.entered = 0
        self.faults, self.threads = [], []

    def start(self, work, *args):
        def go():
            try:
                work(*args)
            except (OSError, http.client.HTTPException) as why:
                if not self.done.is_set():
                    self.faults.append(f"{work.__name__}: {why!r}")
        self.threads.append(threading.Thread(target=go))
        self.threads[-1].start()

    def reader(self, paths, cookie, seed):
        chance = random.Random(seed)
        while not self.done.is_set():
            path = chance.choice(paths)
            status, _, _ = self.server.ask("GET", path, headers={"Cookie": cookie})
            with self.lock:
                self.read += 1
            if status >= 500:
                self.faults.append(f"{path}: {status}")

    def writer(self, ledger, body, text, number):
        body = body | {"fields": dict(body["fields"])}
        count = 0
        while not self.done.is_set():
            body["fields"][text] = f"threads {number}-{count}"
            try:
                self.server.api("POST", f"/api/v1/ledgers/{ledger}/rows", body)
            except SystemExit as why:
                self.faults.append(str(why))
                return
            count += 1
            with self.lock:
                self.entered += 1

    def watcher(self, path, cookie):
        """Reads the events of a screen until the server ends."""
        client = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=300)
        with contextlib.closing(client):
            client.request("GET", path, headers={"Cookie": cookie})
            answer = client.getresponse()
            while answer.read1(4096):
                pass

    def signer(self, name):
        while not self.done.wait(1):
            self.server.cookie(name)

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join()


def writable(server):
    """(ledger, body, field) of ledgers on which a copy of the newest row is a valid row."""
    found = []
    for ledger in sorted(one["ledger"] for one in server.api("GET", "/api/v1/ledgers")["items"]):
        try:
            body, text = run.new_row(server, ledger)
            body["fields"][text] = f"threads {ledger}"
            server.api("POST", f"/api/v1/ledgers/{ledger}/rows", body)
        except (SystemExit, StopIteration, IndexError):
            continue  # it refuses: not every ledger takes a row like another
        found.append((ledger, body, text))
        if len(found) == LEDGERS:
            break
    return found


def under_load(county, title, place):
    """One server, its load and what the sanitizer had to say."""
    reports = pathlib.Path(place, "reports")
    reports.mkdir()
    environment = {"LD_PRELOAD": str(pathlib.Path(place, "libtsan_glib.so")),
                   "TSAN_OPTIONS": f"log_path={reports}/tsan:second_deadlock_stack=1:history_size=4",
                   "G_SLICE": "always-malloc"}
    picked = {}
    for name, (_, role) in county.accounts.items():
        picked.setdefault(role, name)
    names = [picked[role] for role in ROLES if role in picked] or list(picked.values())[:3]
    run.HANGJI, run.PATIENCE_S = TSAN, 900
    with Watched(county, **environment) as server:
        organizer = run.organizer(county)
        server.sign_in(organizer)
        cookies = [server.cookie(name) for name in names]
        pages = [crawl(server, cookie) for cookie in cookies]
        if not all(pages):
            raise SystemExit("an account is shown no page")
        ledgers = writable(server)
        if not ledgers:
            raise SystemExit("no ledger took a row")
        load = Load(server)
        for i in range(READERS):
            load.start(load.reader, pages[i % len(pages)], cookies[i % len(cookies)], i)
        for i in range(WRITERS):
            load.start(load.writer, *ledgers[i % len(ledgers)], i)
        load.start(load.watcher, "/screen/events", server.cookie(organizer))
        load.start(load.signer, organizer)
        time.sleep(SECONDS)
        load.done.set()
        server.process.terminate()
        code = server.process.wait(300)
        load.stop()
    texts = [path.read_text("utf-8", "replace") for path in sorted(reports.iterdir())]
    count = sum(text.count(REPORT) for text in texts)
    good = count == 0 and code == 0 and not load.faults and load.read and load.entered
    if not good:
        for line in load.faults[:5]:
            print(line)
        print("\n".join(texts)[:20000])
    if "THREAD_REPORTS" in os.environ:
        shutil.copytree(reports, os.environ["THREAD_REPORTS"], dirs_exist_ok=True)
    print(f"{'ok' if good else 'FAIL'} threads on {title}: {load.read} pages of "
          f"{len(set().union(*pages))} addresses, {load.entered} rows on {len(ledgers)} ledgers, "
          f"exit {code}, {count} reports", flush=True)
    return good


class Restored:
    """The same county on PostgreSQL."""

    def __init__(self, county):
        backup = county.place / "county.hjb"
        county.hangji("backup", backup, "--with-keys")
        self.place, self.data, self.accounts = county.place, county.place / "restored", county.accounts
        done = subprocess.run([PLAIN, "restore", backup, "--data", self.data, "--db",
                               os.environ["HANGJI_TEST_PG"]], check=False, capture_output=True,
                              text=True, timeout=1800)
        if done.returncode != 0:
            raise SystemExit(f"restore: {done.stderr.strip()}")


def main():
    if not TSAN.exists():
        print(f"FAIL threads: there is no {TSAN}: meson setup build-tsan -Dsanitize=thread -Db_lundef=false")
        return 1
    status = 0
    with tempfile.TemporaryDirectory(prefix="hangji-threads.") as place:
        flags = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], check=True,
                               capture_output=True, text=True).stdout.split()
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o",
                        pathlib.Path(place, "libtsan_glib.so"), ROOT / "tools/tsan_glib.c", *flags], check=True)
        run.HANGJI = PLAIN
        county = run.County(place)
        # All of it comes from one address, and a few accounts.
        with open(county.data / "hangji.conf", "a", encoding="utf-8") as settings:
            settings.write("address_rate = 0\naccount_rate = 0\nsign_in_rate = 0\n")
        run.HANGJI = PLAIN
        places = [("SQLite", lambda: county)]
        if os.environ.get("HANGJI_TEST_PG"):
            places.append(("PostgreSQL", lambda: Restored(county)))
        counties = [(title, make()) for title, make in places]
        for title, one in counties:
            work = pathlib.Path(place, title)
            work.mkdir()
            shutil.copy(pathlib.Path(place, "libtsan_glib.so"), work)
            if not under_load(one, title, work):
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
