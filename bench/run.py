#!/usr/bin/env python3
"""Measures build/hangji on a demo county of its own; prints one JSON object a line.

    bench/run.py            every measurement
    bench/run.py NAME       one of them

Each value is the median of its runs, taken in turn with the runs of its baseline, on this
machine, with the load generator on the same cores.  What cannot be measured here is skipped
with a line that says why.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile

import directus

ROOT = pathlib.Path(__file__).resolve().parent.parent
HANGJI = ROOT / os.environ.get("HANGJI", "build/hangji")
SCHEME, PERIOD = "three_lists", "2018H1"
CARDS = "/contests/branch_stars/all.pdf?period=2017"
PACK = ROOT / "packs/cangxian"
CONNECTIONS = 64
PAGE_ROWS = 50
PATIENCE_S = 60  # until a server answers


class Skip(Exception):
    """What is needed for a measurement is not here."""


def need(*programs):
    for program in programs:
        if shutil.which(program) is None and not pathlib.Path("/usr/sbin", program).exists():
            raise Skip(f"{program} is not installed")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(name, value, unit, baseline=None, of=None, runs=1, **more):
    line = {"bench": name, "value": round(value, 4 if value < 10 else 1), "unit": unit}
    if baseline:
        line |= {"baseline": baseline, "baseline_value": round(of, 4 if of < 10 else 1),
                 "ratio": round(value / of, 3)}
    print(json.dumps(line | {"runs": runs} | more), flush=True)


def by_turns(runs, *measures):
    """The medians of each measure, run in turn so that they share the machine's moods."""
    values = [[] for _ in measures]
    for _ in range(runs):
        for kept, measure in zip(values, measures):
            kept.append(measure())
    return [statistics.median(kept) for kept in values]


# --- the county under test ----------------------------------------------------------------

class County:
    """A demo directory in a temporary place, and its accounts."""

    def __init__(self, place):
        self.place = pathlib.Path(place)
        self.data = self.place / "demo"
        self.hangji("init", "--county", "130921", "--divisions",
                    ROOT / "data/cangxian-divisions.csv", "--pack", PACK)
        printed = self.hangji("demo")
        kept = self.data / "accounts.txt"
        self.accounts = accounts_of(kept.read_text("utf-8") if kept.exists() else printed)

    def hangji(self, command, *args):
        done = subprocess.run([HANGJI, command, *args, "--data", self.data], check=False,
                              capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise SystemExit(f"bench: hangji {command}: {done.stderr.strip()}")
        return done.stdout

    def database(self):
        files = [path for path in self.data.iterdir()
                 if path.is_file() and path.open("rb").read(15) == b"SQLite format 3"]
        return max(files, key=lambda path: path.stat().st_size)

    def biggest_ledger(self):
        """The name of the ledger with most rows."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database()}?mode=ro",
                                                uri=True)) as db:
            tables = [name for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND substr(name, 1, 2) = 't_'")]
            count = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                     for name in tables}
        return max(count, key=count.get)[2:]

    def committees(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.database()}?mode=ro",
                                                uri=True)) as db:
            return [code for (code,) in db.execute(
                "SELECT code FROM sys_org WHERE kind = 'committee' ORDER BY code")]


def accounts_of(text):
    """{name: (password, role)} of the printed demo accounts."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and re.fullmatch(r"[a-z][a-z0-9_.-]*", words[0]) and \
                re.fullmatch(r"[\x21-\x7e]{12,}", words[1]):
            found[words[0]] = (words[1], words[2])
    return found


class Server:
    """hangji serve on a free port; stopped with SIGTERM."""

    def __init__(self, county, **environment):
        self.port = free_port()
        self.began = time.monotonic()
        self.log = open(county.place / "serve.log", "ab")
        self.process = subprocess.Popen(
            [HANGJI, "serve", "--data", county.data, "--listen", f"127.0.0.1:{self.port}"],
            env=os.environ | environment, stdout=self.log, stderr=self.log)
        self.county = county
        self.cold_start = self.wait()
        self.token = None

    def wait(self):
        while time.monotonic() < self.began + PATIENCE_S:
            if self.process.poll() is not None:
                raise SystemExit("bench: hangji serve ended: " +
                                 (self.county.place / "serve.log").read_text()[-2000:])
            try:
                status, _, _ = self.ask("GET", "/sign-in")
                if status == 200:
                    return time.monotonic() - self.began
            except OSError:
                pass
            time.sleep(0.001)
        raise SystemExit("bench: hangji serve did not answer in time")

    def ask(self, method, path, body=None, headers=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            client.close()

    def api(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        status, _, answer = self.ask(method, path, body and json.dumps(body), headers)
        if status >= 300:
            raise SystemExit(f"bench: {method} {path}: {status} {answer[:500]!r}")
        return json.loads(answer)

    def sign_in(self, name):
        """A bearer token for the JSON API."""
        self.token = self.api("POST", "/api/v1/session",
                              {"username": name, "password": self.county.accounts[name][0]})["token"]
        return self.token

    def cookie(self, name):
        """A signed-in browser's cookie."""
        _, headers, page = self.ask("GET", "/sign-in")
        jar = cookies_of(headers)
        fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"',
                                 page.decode()))
        fields |= {"username": name, "password": self.county.accounts[name][0]}
        status, headers, page = self.ask(
            "POST", "/sign-in", urllib.parse.urlencode(fields),
            {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin",
             "Cookie": "; ".join(f"{key}={value}" for key, value in jar.items())})
        if status != 303:
            raise SystemExit(f"bench: sign-in as {name}: {status} {page[:500]!r}")
        jar |= cookies_of(headers)
        return "; ".join(f"{key}={value}" for key, value in jar.items())

    def private_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", text).group(1)) / 1024

    def cpu_s(self):
        """Processor time of all its threads so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def cookies_of(headers):
    jar = {}
    for line in headers.get_all("Set-Cookie") or []:
        key, _, value = line.split(";", 1)[0].partition("=")
        jar[key] = value
    return jar


# --- load ---------------------------------------------------------------------------------

WRK_DONE = """
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    e.status, e.connect + e.read + e.write + e.timeout, latency:percentile(99)))
end
"""


def wrk(place, port, script, seconds, sample=None, connections=CONNECTIONS):
    """Requests a second (and the 99th percentile in ms) of a wrk script; 64 connections unless
    said."""
    path = pathlib.Path(place, "load.lua")
    path.write_text(script + WRK_DONE, encoding="utf-8")
    process = subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", path,
         f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)
    while sample and process.poll() is None:
        sample()
        time.sleep(0.05)
    output = process.communicate(timeout=seconds + 60)[0]
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if not found:
        raise SystemExit(f"bench: wrk: {output}")
    requests, micros, refused, broken, p99 = map(int, found.groups())
    if refused or broken:
        raise SystemExit(f"bench: {refused} answers were refusals, {broken} did not come")
    return requests * 1e6 / micros, p99 / 1000


def pages_script(pages, cookie):
    lines = ", ".join(json.dumps(page) for page in pages)
    return f"""
local pages, at, made = {{ {lines} }}, 0, {{}}
init = function()
  for i, page in ipairs(pages) do
    made[i] = wrk.format("GET", page, {{ ["Host"] = "127.0.0.1", ["Cookie"] = {json.dumps(cookie)} }})
  end
end
request = function() at = at % #pages + 1; return made[at] end
"""


@contextlib.contextmanager
def nginx(place, size):
    """nginx with two workers serving one file of @size bytes; gives its port."""
    need("nginx")
    root = pathlib.Path(place, "nginx")
    root.mkdir(exist_ok=True)
    (root / "page.html").write_bytes(b"x" * size)
    port = free_port()
    root.chmod(0o755)
    user = "user root;" if os.getuid() == 0 else ""
    (root / "nginx.conf").write_text(f"""
{user} worker_processes 2; pid {root}/pid; error_log {root}/error.log; daemon off;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types {{ text/html html; }}
  client_body_temp_path {root}/b; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;
  uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
""")
    process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c",
                                root / "nginx.conf", "-e", root / "error.log"])
    try:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise Skip("nginx did not start") from None
                time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait(10)


# --- the measurements ---------------------------------------------------------------------

def list_pages(server, county, cookie):
    """Addresses of full list pages of the biggest ledger, one or two for each committee."""
    ledger = county.biggest_ledger()
    pages, sizes = [], []
    for code in county.committees():
        page = f"/ledgers/{ledger}?under={code}&limit={PAGE_ROWS}"
        status, _, body = server.ask("GET", page, headers={"Cookie": cookie})
        if status != 200:
            raise SystemExit(f"bench: {page}: {status} {body[:300]!r}")
        if body.count(b"<tr") >= PAGE_ROWS:
            pages.append(page)
            sizes.append(len(body))
    if not pages:
        raise SystemExit(f"bench: no page of {ledger} shows {PAGE_ROWS} rows")
    return pages, int(statistics.mean(sizes))


def organizer(county):
    """The demo account of the county organizer."""
    return next(name for name, (_, role) in county.accounts.items()
                if role == "county_organizer")


def ledger_list(county, name="ledger_list", **environment):
    need("wrk", "nginx")
    with Server(county, **environment) as server:
        cookie = server.cookie(organizer(county))
        pages, size = list_pages(server, county, cookie)
        tail = []

        def ours():
            rate, p99 = wrk(county.place, server.port, pages_script(pages, cookie), 4)
            tail.append(p99)
            return rate

        with nginx(county.place, size) as port:
            rate, static = by_turns(5, ours, lambda: wrk(
                county.place, port, pages_script(["/page.html"], ""), 4)[0])
        say(name, rate, "req/s", "nginx_static", static, 5, page_bytes=size, urls=len(pages),
            p99_ms=round(statistics.median(tail), 2))


def flow_matrix(county):
    """The matrices of the county and of its committees, against a static file of their mean size."""
    need("wrk", "nginx")
    with Server(county) as server:
        cookie = server.cookie(organizer(county))
        with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                                uri=True)) as db:
            moving = [name for (name,) in db.execute(
                "SELECT ledger FROM sys_case GROUP BY ledger ORDER BY count(*) DESC LIMIT 3")]
        if not moving:
            raise Skip("no rows of the demo county move")
        pages, sizes = [], []
        for ledger in moving:
            for under in ["130921", *county.committees()]:
                page = f"/ledgers/{ledger}/progress?under={under}"
                status, _, body = server.ask("GET", page, headers={"Cookie": cookie})
                if status != 200:
                    raise SystemExit(f"bench: {page}: {status} {body[:300]!r}")
                pages.append(page)
                sizes.append(len(body))
        size = int(statistics.mean(sizes))
        tail = []

        def ours():
            rate, p99 = wrk(county.place, server.port, pages_script(pages, cookie), 4)
            tail.append(p99)
            return rate

        with nginx(county.place, size) as port:
            rate, static = by_turns(5, ours, lambda: wrk(
                county.place, port, pages_script(["/page.html"], ""), 4)[0])
        say("flow_matrix", rate, "req/s", "nginx_static", static, 5, page_bytes=size,
            urls=len(pages), p99_ms=round(statistics.median(tail), 2))


def ledger_list_uncached(county):
    if b"HANGJI_PAGE_CACHE" not in HANGJI.read_bytes():
        raise Skip("this build has no switch HANGJI_PAGE_CACHE")
    ledger_list(county, "ledger_list_uncached", HANGJI_PAGE_CACHE="off")


def memory_mib(county):
    """Private memory while pages are read and a row is written now and then, which empties the
    cache of pages."""
    need("wrk")
    ledger = county.biggest_ledger()
    with Server(county) as server:
        cookie = server.cookie(organizer(county))
        pages, _ = list_pages(server, county, cookie)
        server.sign_in(organizer(county))
        body, text = new_row(server, ledger)
        seen = []

        def sample():
            body["fields"][text] = f"memory {len(seen)}"
            server.api("POST", f"/api/v1/ledgers/{ledger}/rows", body)
            seen.append(server.private_mib())

        wrk(county.place, server.port, pages_script(pages, cookie), 10, sample)
        say("memory_mib", max(seen), "MiB", limit=64)


def cold_start_s(county):
    def once():
        with Server(county) as server:
            return server.cold_start
    say("cold_start_s", by_turns(5, once)[0], "s", runs=5, limit=0.3)


def new_row(server, ledger):
    """A valid body for a new row: a copy of the newest one, as JSON in and out are alike."""
    define = server.api("GET", f"/api/v1/ledgers/{ledger}")
    row = server.api("GET", f"/api/v1/ledgers/{ledger}/rows?limit=1")["items"][0]
    # What is shown masked cannot be entered again.
    sealed = {field["field"] for field in define["fields"]
              if field["type"] in ("citizen_id", "credit_code", "phone", "sealed")}
    fields = {key: value for key, value in row["fields"].items()
              if value is not None and key not in sealed}
    text = next(field["field"] for field in define["fields"]
                if field["type"] in ("text", "long_text"))
    org = row["org"]["code"] if isinstance(row["org"], dict) else row["org"]
    return {"org": org, "fields": fields}, text


def rows_script(ledger, body, text, token):
    """The request is written once: the generator shares the two cores with the server."""
    mark, run = "@@UNIQUE@@", f"{time.monotonic_ns():016x}"
    marked = json.loads(json.dumps(body))
    marked["fields"][text] = run + mark
    before, after = json.dumps(marked, ensure_ascii=False).split(mark)
    length = len((before + after).encode()) + 8
    head = (f"POST /api/v1/ledgers/{ledger}/rows HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\n\r\n")
    return f"""
local before, after, at = {json.dumps(head)} .. {lua(before)}, {lua(after)}, 0
request = function()
  at = at + 1
  return before .. string.format("%08x", at) .. after
end
"""


def lua(text):
    for level in range(9):
        close = "]" + "=" * level + "]"
        if close not in text + "]":
            return "[" + "=" * level + "[" + text + close
    raise ValueError(text)


def count_rows(county, ledger):
    with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                            uri=True)) as db:
        return db.execute(f'SELECT count(*) FROM "t_{ledger}"').fetchone()[0]


def row_create(county):
    """Checked, evented, durable rows over HTTP; two yardsticks, each a line of its own.

    raw_sqlite_group_commit writes the row and its event to tables with nothing but their primary
    keys: that is the ratio of the bar.  raw_sqlite_group_commit_same_indexes keeps the indexes
    that the two tables have here, without which no list, history or search would answer.
    Neither reads HTTP, checks anything, keeps words for the search or links a chain.
    """
    need("wrk", "gcc")
    raw = pathlib.Path(county.place, "raw_sqlite")
    subprocess.run(["gcc", "-O2", "-o", raw, ROOT / "bench/raw_sqlite.c", "-lsqlite3",
                    "-lpthread"], check=True)
    ledger = county.biggest_ledger()
    seconds = 5
    with Server(county) as server:
        token = server.sign_in(organizer(county))
        body, text = new_row(server, ledger)
        server.api("POST", f"/api/v1/ledgers/{ledger}/rows", body)
        tail, cpu = [], []

        def ours():
            had, spent = count_rows(county, ledger), server.cpu_s()
            rate, p99 = wrk(county.place, server.port, rows_script(ledger, body, text, token),
                            seconds)
            new = count_rows(county, ledger) - had
            tail.append(p99)
            cpu.append((server.cpu_s() - spent) * 1e6 / max(new, 1))
            if new < rate * seconds * 0.9:
                raise SystemExit("bench: fewer rows in the database than were acknowledged")
            return rate

        def baseline(*indexes):
            out = pathlib.Path(county.place, "raw.db")
            for path in county.place.glob("raw.db*"):
                path.unlink()
            return float(subprocess.run(
                [raw, county.database(), f"t_{ledger}", "sys_event", out, str(seconds),
                 *indexes], check=True, capture_output=True, text=True, timeout=120).stdout)

        rate, bare, indexed = by_turns(3, ours, baseline, lambda: baseline("indexes"))
        say("row_create", rate, "rows/s", "raw_sqlite_group_commit", bare, 3,
            p99_ms=round(statistics.median(tail), 2),
            server_cpu_us=round(statistics.median(cpu), 1))
        say("row_create", rate, "rows/s", "raw_sqlite_group_commit_same_indexes", indexed, 3)


def search(county):
    """The search page's JSON by two characters, by pinyin and by initials; the yardstick is the bare index."""
    need("wrk", "sqlite3")
    words = ["党员", "zhang", "zjg", "村"]
    with Server(county) as server:
        token = server.sign_in(organizer(county))
        tail = []
        paths = ", ".join(lua("/api/v1/search?limit=20&q=" + urllib.parse.quote(word))
                          for word in words)
        script = f"""
local paths, at = {{ {paths} }}, 0
wrk.headers["Authorization"] = {lua("Bearer " + token)}
request = function()
  at = at + 1
  return wrk.format("GET", paths[at % #paths + 1])
end
"""

        def ours():
            rate, p99 = wrk(county.place, server.port, script, 5)
            tail.append(p99)
            return rate

        queries = ['"党" + "员"', '"zhang" *', '"zjg" *', '"村"']

        def baseline():
            with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                                    uri=True)) as db:
                n, began = 0, time.monotonic()
                while time.monotonic() - began < 3:
                    db.execute("SELECT rowid FROM sys_search_words WHERE words MATCH ?"
                               " ORDER BY rowid DESC LIMIT 21",
                               (queries[n % len(queries)],)).fetchall()
                    n += 1
                return n / (time.monotonic() - began)

        rate, bare = by_turns(3, ours, baseline)
        say("search", rate, "req/s", "raw_fts5_query", bare, 3,
            p99_ms=round(statistics.median(tail), 2))


def scheme_tables(county):
    """The tables that the scheme's indicators and items read, by reading the pack's text."""
    with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                            uri=True)) as db:
        tables = {name[2:] for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND substr(name, 1, 2) = 't_'")}
        orgs = [name for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'sys\\_org%'"
            " ESCAPE '\\'")]
    packs = [PACK, ROOT / "packs/national"]
    scheme = "".join(path.read_text("utf-8") for pack in packs
                     for path in pack.glob(f"schemes/{SCHEME}.yaml"))
    wanted = set(re.findall(r"ledger:\s*(\w+)", scheme))
    for pack in packs:
        for path in pack.glob("indicators/*.yaml"):
            for part in re.split(r"(?m)^---\s*$|^(?=-?\s*indicator:)", path.read_text("utf-8")):
                name = re.search(r"indicator:\s*(\w+)", part or "")
                if name and re.search(rf"indicator:\s*{name.group(1)}\b", scheme):
                    wanted |= set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", part))
    return [f"t_{name}" for name in sorted(wanted & tables)] + orgs


def scan_sql(county, tables):
    """One statement a table that reads every value of every row once."""
    with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                            uri=True)) as db:
        return "".join(
            f"SELECT count(*), {', '.join(f'sum(length({column[1]}))' for column in columns)}"
            f" FROM {table} NOT INDEXED;\n"
            for table in tables
            if (columns := db.execute(f'PRAGMA table_info("{table}")').fetchall()))


def assess(county):
    need("sqlite3")
    tables = scheme_tables(county)
    script = scan_sql(county, tables)
    if not script:
        raise Skip("found no table of the scheme")

    def timed(*command, text=None):
        began = time.monotonic()
        subprocess.run(command, input=text, check=True, stdout=subprocess.DEVNULL, text=True,
                       timeout=120)
        return time.monotonic() - began

    ours, scan = by_turns(
        5, lambda: timed(HANGJI, "assess", SCHEME, PERIOD, "--json", "--data", county.data),
        lambda: timed("sqlite3", "-readonly", county.database(), text=script))
    say("assess", ours, "s", "sqlite3_scan", scan, 5, tables=len(tables))


def bearer_script(pages, token):
    lines = ", ".join(json.dumps(page) for page in pages)
    return f"""
local pages, at, made = {{ {lines} }}, 0, {{}}
init = function()
  for i, page in ipairs(pages) do
    made[i] = wrk.format("GET", page, {{ ["Host"] = "127.0.0.1", ["Authorization"] = {json.dumps("Bearer " + token)} }})
  end
end
request = function() at = at % #pages + 1; return made[at] end
"""


PEER_CONNECTIONS = 16


@contextlib.contextmanager
def peer(county, ledger):
    """Directus with the rows of @ledger."""
    shutil.rmtree(county.place / "directus", ignore_errors=True)
    try:
        with directus.Directus(county.place, free_port(), f"t_{ledger}", county.database()) as it:
            yield it
    except directus.Absent as why:
        raise Skip(str(why)) from None


def busy_committees(county, server, ledger, token):
    """Committees with a whole page of rows."""
    found = []
    for code in county.committees():
        status, _, body = server.ask(
            "GET", f"/api/v1/ledgers/{ledger}/rows?under={code}&limit={PAGE_ROWS}",
            headers={"Authorization": "Bearer " + token})
        if status == 200 and len(json.loads(body)["items"]) == PAGE_ROWS:
            found.append(code)
    return found


def ledger_list_directus(county):
    """JSON of 50 rows below one committee against the peer's: as the program is shipped, and with its page
    cache off, where every list is asked, masked and written anew."""
    need("wrk")
    ledger = county.biggest_ledger()
    with peer(county, ledger) as other:
        for name, environment in (("ledger_list_directus", {}),
                                  ("ledger_list_directus_uncached", {"HANGJI_PAGE_CACHE": "off"})):
            with Server(county, **environment) as server:
                beside_peer(county, name, server, other, ledger)


def beside_peer(county, name, server, other, ledger):
    token = server.sign_in(organizer(county))
    cookie = server.cookie(organizer(county))
    codes = busy_committees(county, server, ledger, token)
    if not codes:
        raise SystemExit(f"bench: no committee has {PAGE_ROWS} rows of {ledger}")
    ours = [f"/api/v1/ledgers/{ledger}/rows?under={code}&limit={PAGE_ROWS}" for code in codes]
    pages = [f"/ledgers/{ledger}?under={code}&limit={PAGE_ROWS}" for code in codes]
    theirs = [f"/items/{directus.COLLECTION}?filter%5Bcommittee%5D%5B_eq%5D={code}&sort=-id"
              f"&limit={PAGE_ROWS}" for code in codes]
    if len(other.ask("GET", theirs[0])) != PAGE_ROWS:
        raise SystemExit("bench: the peer's list is not whole")

    def load(port, script):
        return wrk(county.place, port, script, 5, connections=PEER_CONNECTIONS)[0]

    api, page, peers = by_turns(3, lambda: load(server.port, bearer_script(ours, token)),
                                lambda: load(server.port, pages_script(pages, cookie)),
                                lambda: load(other.port, bearer_script(theirs, other.token)))
    say(name, api, "req/s", "directus", peers, 3, bar=30, rows=other.count(),
        page_value=round(page, 1), page_ratio=round(page / peers, 3),
        connections=PEER_CONNECTIONS, peer_cold_start_s=round(other.cold_start, 2))


def row_create_directus(county):
    """One checked row a request, durable, by an account with rights for one county."""
    need("wrk")
    ledger = county.biggest_ledger()
    with Server(county) as server, peer(county, ledger) as other:
        token = server.sign_in(organizer(county))
        body, text = new_row(server, ledger)
        sample = other.ask("GET", f"/items/{directus.COLLECTION}?limit=1")[0]
        sample.pop("id")
        theirs = rows_script(ledger, {"fields": sample}, "peer_title", other.token).replace(
            f"/api/v1/ledgers/{ledger}/rows", f"/items/{directus.COLLECTION}")
        theirs = theirs.replace('{"fields": {', "{").replace("}}]", "}]")

        def mine():
            had = count_rows(county, ledger)
            rate = wrk(county.place, server.port, rows_script(ledger, body, text, token), 5,
                       connections=PEER_CONNECTIONS)[0]
            if count_rows(county, ledger) - had < rate * 5 * 0.9:
                raise SystemExit("bench: fewer rows in the database than were acknowledged")
            return rate

        def peers():
            had = other.count()
            rate = wrk(county.place, other.port, theirs, 5, connections=PEER_CONNECTIONS)[0]
            if other.count() - had < rate * 5 * 0.9:
                raise SystemExit("bench: fewer rows with the peer than it acknowledged")
            return rate

        ours, his = by_turns(3, mine, peers)
        say("row_create_directus", ours, "rows/s", "directus", his, 3, bar=50,
            connections=PEER_CONNECTIONS)


def write_workbook(path, rows):
    """A workbook of texts, as small a file as a spreadsheet program reads."""
    def line(number, texts):
        cells = "".join(f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
                        for i, text in enumerate(texts))
        return f'<row r="{number}">{cells}</row>'
    main, office = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
    packages = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1" '
                       f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
                           '<sheet name="rows" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">'
                                      f'<Relationship Id="r1" Type="{office}/worksheet" '
                                      'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>' + "".join(
            line(i, row) for i, row in enumerate(rows, 1)) + "</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)


def import_xlsx(county):
    """hangji import of people, rights, rules and events included, against the bare rows."""
    rows = 100000  # as large as a county brings at once
    with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                            uri=True)) as db:
        codes = [code for (code,) in db.execute(
            "SELECT code FROM sys_org WHERE kind = 'village' ORDER BY code")]
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(t_person)")]
        stored = db.execute("SELECT * FROM t_person LIMIT 1").fetchone()
        ddl = [text for (text,) in db.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 't_person' AND sql IS NOT NULL"
            " AND type IN ('table', 'index')")]
    run = [0]

    def bring_in():
        run[0] += 1
        book = county.place / "people.xlsx"
        write_workbook(book, [["组织", "姓名", "性别", "出生日期", "备注"]] + [
            [codes[i % len(codes)], "王建国", "男", f"19{i % 60 + 40}-03-05", f"{run[0]}-{i}"]
            for i in range(rows)])
        began = time.monotonic()
        county.hangji("import", "person", book)
        return rows / (time.monotonic() - began)

    def bare():
        """The same table with its indexes, one transaction, nothing checked."""
        place = county.place / f"bare{time.monotonic_ns()}.db"
        with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            for text in ddl:
                db.execute(text)
            at = columns.index("id")
            marks = ", ".join("?" * len(columns))
            began = time.monotonic()
            db.execute("BEGIN")
            db.executemany(f"INSERT INTO t_person VALUES ({marks})",
                           (stored[:at] + (i + 1,) + stored[at + 1:] for i in range(rows)))
            db.execute("COMMIT")
            speed = rows / (time.monotonic() - began)
        place.unlink()
        return speed

    value, of = by_turns(3, bring_in, bare)
    say("import_xlsx", value, "rows/s", "sqlite_insert", of, 3)


@contextlib.contextmanager
def writing(server, ledger, pause=0.2):
    """A row is entered every @pause seconds meanwhile; gives the list of what was entered."""
    body, text = new_row(server, ledger)
    entered, stop = [], threading.Event()

    def run():
        while not stop.wait(pause):
            body["fields"][text] = f"bench {len(entered)}"
            server.api("POST", f"/api/v1/ledgers/{ledger}/rows", body)
            entered.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield entered
    finally:
        stop.set()
        thread.join()


def cockpit(county):
    """The cockpit of the county and of its townships, 64 connections, while rows are entered; against a
    static file of the same size."""
    need("wrk", "nginx")
    with Server(county) as server:
        cookie = server.cookie(organizer(county))
        server.sign_in(organizer(county))
        pages = ["/cockpit?period=2018H2"] + [f"/cockpit?period=2018H2&under={code}"
                                              for code in county.committees()[:7]]

        def load():
            began = time.monotonic()
            status, _, body = server.ask("GET", pages[0], headers={"Cookie": cookie})
            if status != 200:
                raise SystemExit(f"bench: {pages[0]}: {status} {body[:300]!r}")
            return time.monotonic() - began, len(body)

        cold, size = load()
        body, text = new_row(server, "collective_income")
        after = []
        for i in range(5):
            body["fields"][text] = f"bench once {i}"
            server.api("POST", "/api/v1/ledgers/collective_income/rows", body)
            after.append(load()[0])
        tail, entered = [], 0

        def ours():
            nonlocal entered
            with writing(server, "collective_income") as rows:
                rate, p99 = wrk(county.place, server.port, pages_script(pages, cookie), 5)
            entered += len(rows)
            tail.append(p99)
            return rate

        with nginx(county.place, size) as port:
            rate, static = by_turns(3, ours, lambda: wrk(
                county.place, port, pages_script(["/page.html"], ""), 5)[0])
        say("cockpit", rate, "req/s", "nginx_static", static, 3, page_bytes=size,
            p99_ms=round(statistics.median(tail), 2), rows_entered=entered,
            cold_ms=round(cold * 1000, 1), after_one_row_ms=round(statistics.median(after) * 1000, 1))


def indicator_names():
    """Every indicator of the packs, by reading their text."""
    return sorted({name for pack in (PACK, ROOT / "packs/national")
                   for path in pack.glob("indicators/*.yaml")
                   for name in re.findall(r"(?m)^-?\s*indicator:\s*(\w+)", path.read_text("utf-8"))})


def all_indicators(server, cookie, names):
    """Seconds for all of them, over all organizations, for a year."""
    page = f"/table?period=2018&show={','.join(names)}"
    began = time.monotonic()
    status, _, body = server.ask("GET", page, headers={"Cookie": cookie})
    if status != 200:
        raise SystemExit(f"bench: {page}: {status} {body[:300]!r}")
    return time.monotonic() - began


def indicators(county):
    """All indicators of all organizations for a year: cold, and after one new row; then the cost of a county
    where 1, 10 and 100 lie in one PostgreSQL."""
    names = indicator_names()
    cold, after = [], []
    for _ in range(3):
        with Server(county) as server:
            cookie = server.cookie(organizer(county))
            server.sign_in(organizer(county))
            cold.append(all_indicators(server, cookie, names))
            body, text = new_row(server, "collective_income")
            body["fields"][text] = f"bench {time.monotonic_ns()}"
            server.api("POST", "/api/v1/ledgers/collective_income/rows", body)
            after.append(all_indicators(server, cookie, names))
    with contextlib.closing(sqlite3.connect(f"file:{county.database()}?mode=ro",
                                            uri=True)) as db:
        orgs = db.execute("SELECT count(*) FROM sys_org").fetchone()[0]
    say("indicators", statistics.median(cold), "s", runs=3, indicators=len(names), orgs=orgs,
        after_one_row_s=round(statistics.median(after), 4))
    many_counties(county, names)


def many_counties(county, names):
    """The program's own copy of the county, multiplied by SQL; see bench/counties.py."""
    if not pathlib.Path("/usr/lib/postgresql").exists():
        raise Skip("PostgreSQL is not installed")
    backup = county.place / "county.hjb"
    county.hangji("backup", backup, "--with-keys")
    wanted = os.environ.get("BENCH_COUNTIES", "1,10,100")
    done = subprocess.run(
        [ROOT / "tools/with_postgres.sh", sys.executable, ROOT / "bench/counties.py", HANGJI, backup,
         county.place / "pg", organizer(county), county.accounts[organizer(county)][0], wanted,
         ",".join(names)], check=False, capture_output=True, text=True, timeout=7200)
    if done.returncode != 0:
        raise SystemExit(f"bench: counties: {done.stderr.strip()[-2000:]}")
    sys.stdout.write(done.stdout)
    sys.stdout.flush()


def pdf_scorecards(county):
    """The cards of the scheme with most of them as one PDF, computed and drawn beside the request."""
    asked = []

    def drawn():
        # A server of its own each time: the same paper is drawn once.
        with Server(county) as server:
            jar = {"Cookie": server.cookie(organizer(county))}
            began = time.monotonic()
            status, headers, pdf = server.ask("GET", CARDS, headers=jar)
            asked.append(time.monotonic() - began)
            where = headers["Location"]
            while status == 303 or "Refresh" in headers:
                time.sleep(0.02)
                status, headers, _ = server.ask("GET", where, headers=jar)
            if where is not None:
                status, _, pdf = server.ask("GET", where + "/file.pdf", headers=jar)
            if status != 200 or not pdf.startswith(b"%PDF"):
                raise Skip(f"{CARDS} answers {status}")
            return time.monotonic() - began

    (seconds,) = by_turns(3, drawn)
    log = (county.place / "serve.log").read_text()
    last = [json.loads(line) for line in log.splitlines() if '"event":"document"' in line][-1]
    say("pdf_scorecards", int(last["pages"]) / seconds, "pages/s", runs=3,
        seconds=round(seconds, 2), request_s=round(statistics.median(asked), 2), cards=int(last["documents"]), pages=int(last["pages"]),
        worker_cpu_s=int(last["cpu_ms"]) / 1000, worker_peak_mib=int(last["peak_kib"]) // 1024)


BENCHES = {
    "cold_start_s": cold_start_s,
    "assess": assess,
    "ledger_list": ledger_list,
    "ledger_list_uncached": ledger_list_uncached,
    "flow_matrix": flow_matrix,
    "memory_mib": memory_mib,
    "row_create": row_create,
    "search": search,
    "ledger_list_directus": ledger_list_directus,
    "row_create_directus": row_create_directus,
    "import_xlsx": import_xlsx,
    "pdf_scorecards": pdf_scorecards,
    "cockpit": cockpit,
    "indicators": indicators,
}


def main():
    names = sys.argv[1:] or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            print(f"bench: no such measurement: {name} (there are {', '.join(BENCHES)})",
                  file=sys.stderr)
            return 2
    if not HANGJI.exists():
        print("bench: build/hangji is not there: run make", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="hangji-bench.") as place:
        county = County(place)
        for name in names:
            try:
                BENCHES[name](county)
            except Skip as why:
                print(json.dumps({"bench": name, "skipped": str(why)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
