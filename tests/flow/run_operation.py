#!/usr/bin/env python3
"""Running it: settings, log, metrics, limits, robots, a stop in the middle of writes.

    tests/flow/run_operation.py        HANGJI=build/hangji chooses the program

Prints "ok SENTENCE" or "FAIL SENTENCE: why" for each case; exit 1 when one fails.
"""
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
WAIT = 30
SMALL = ("code,name,level,parent\n130921,沧县,county,\n130921100,旧州镇,township,130921\n"
         "130921100201,东关村村民委员会,village,130921100\n")


def run(*args, stdin="", **environment):
    return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True,
                          timeout=120, env=os.environ | environment)


class World:
    """One small county, served anew with other settings by each case."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = str(self.folder / "county")
        (self.folder / "list.csv").write_text(SMALL)
        made = run("init", "--county", "130921", "--divisions", str(self.folder / "list.csv"),
                   "--pack", str(ROOT / "packs/cangxian"), "--data", self.data)
        assert made.returncode == 0, made.stderr
        made = run("user", "add", "runner", "--role", "county_organizer", "--org", "130921",
                   "--data", self.data, stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        self.conf = pathlib.Path(self.data, "hangji.conf")
        self.usual = self.conf.read_text()
        self.metrics_token = re.search(r"metrics_token = (\S+)", self.usual).group(1)

    def settings(self, text):
        self.conf.write_text(self.usual + text)


class Server:
    def __init__(self, world, settings="", *args, **environment):
        world.settings(settings)
        self.world = world
        self.log_path = world.folder / "log"
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [HANGJI, "serve", "--data", world.data, "--listen", "127.0.0.1:0", *args],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=os.environ | environment)
        ready, _, _ = select.select([self.process.stdout], [], [], WAIT)
        line = self.process.stdout.readline() if ready else ""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, f"no address was printed but {line!r}: {self.log_path.read_text()}"
        self.port = int(found.group(1))

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def sign_in(self, headers=None):
        status, _, body = self.ask(
            "POST", "/api/v1/session", json.dumps({"username": "runner", "password": PASSWORD}),
            {"Content-Type": "application/json"} | (headers or {}))
        assert status == 201, (status, body)
        return {"Authorization": "Bearer " + json.loads(body)["token"]}

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT)
        self.log.close()
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def a_setting_nobody_knows_is_named_with_its_line(world):
    cases = [("colour = red\n", r"hangji\.conf:5: unknown setting `colour`"),
             ("workers = 257\n", r"hangji\.conf:5: `workers` must be 0 to 256"),
             ("log = xml\n", r"hangji\.conf:5: `log` must be json or logfmt"),
             ("secure_cookie = yes\n", r"hangji\.conf:5: `secure_cookie` must be on or off"),
             ("nonsense\n", r"hangji\.conf:5: expected `key = value`"),
             ("pack = cangxian\n", r"hangji\.conf:5: `pack` is set twice"),
             ("site = county.example/x\n", r"site: write https://host"),
             ("site = https://county.example/x\n", r"site: write https://host"),
             ("trusted_proxies = nginx\n", r"trusted_proxies: nginx is neither")]
    for text, message in cases:
        world.settings(text)
        done = run("serve", "--data", world.data)
        assert done.returncode == 1 and re.search(message, done.stderr), (text, done.stderr)
    world.settings("a = 1\nb = 2\n")
    done = run("doctor", "--data", world.data)
    assert done.returncode == 1 and "hangji.conf:6" in done.stdout, done.stdout


def the_table_of_settings_stands_in_the_guide(world):
    world.settings("")
    listed = json.loads(run("config", "--json", "--data", world.data).stdout)
    secret = {entry["key"]: entry["value"] for entry in listed}
    assert secret["metrics_token"] == "(set)"
    for guide in ("docs/operation.md", "docs/zh/operation.md"):
        text = (ROOT / guide).read_text("utf-8")
        for entry in listed:
            found = re.search(rf"^\| `{entry['key']}` \| ([^|]*) \|", text, re.M)
            assert found, f"{guide} does not tell of {entry['key']}"
            default = entry["default"] or ""
            assert found.group(1).strip().strip("`") == default, (guide, entry["key"])


def the_doctor_speaks_json_and_names_the_remedy(world):
    world.settings("")
    done = run("doctor", "--json", "--data", world.data)
    checks = {entry["check"]: entry for entry in json.loads(done.stdout)}
    assert done.returncode == 0 and all(entry["ok"] for entry in checks.values()), done.stdout
    assert {"configuration", "disk", "clock", "database", "version", "pack", "chain", "files",
            "backups", "master keys", "key"} <= set(checks), sorted(checks)
    os.chmod(world.conf, 0o644)
    done = run("doctor", "--data", world.data)
    os.chmod(world.conf, 0o600)
    assert done.returncode == 1 and "chmod 600" in done.stdout, done.stdout


def the_doctor_finds_a_damaged_database(world):
    copy = world.folder / "damaged"
    shutil.copytree(world.data, copy)
    path = copy / "hangji.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    size = path.stat().st_size
    with open(path, "r+b") as file:
        for page in range(size // 4096 // 2, size // 4096 - 1):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    done = run("doctor", "--data", str(copy))
    shutil.rmtree(copy)
    assert done.returncode == 1 and re.search(r"^database +NOT OK", done.stdout, re.M), done.stdout


def the_log_is_one_line_a_request_without_personal_data(world):
    with Server(world) as server:
        token = server.sign_in()
        status, _, body = server.ask("GET", "/api/v1/ledgers/nothing?x=13012345678", headers=token)
        number = json.loads(body)["instance"]
    lines = [json.loads(line) for line in server.log_path.read_text().splitlines()]
    asked = [line for line in lines if line["event"] == "request" and line["id"] == number]
    assert len(asked) == 1 and asked[0]["status"] == str(status), lines
    text = server.log_path.read_text()
    for secret in ("13012345678", PASSWORD, "runner", token["Authorization"][7:], "127.0.0.1"):
        assert secret not in text.replace("http://127.0.0.1", ""), f"the log holds {secret}"


def the_log_may_be_logfmt(world):
    with Server(world, "log = logfmt\n") as server:
        server.ask("GET", "/healthz")
    lines = server.log_path.read_text().splitlines()
    pair = r'[a-z_]+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*")'
    assert lines and all(re.fullmatch(rf"{pair}(?: {pair})*", line) for line in lines), lines
    assert any("route=/healthz" in line and "status=200" in line for line in lines), lines
    with Server(world, "", "--log", "logfmt") as server:
        pass
    assert server.log_path.read_text().startswith("time=")
    done = run("serve", "--data", world.data, "--log", "xml")
    assert done.returncode == 2, done.stderr


SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"'
                    r'(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? (-?[0-9.]+)')


def the_metrics_are_well_formed_and_for_the_token_only(world):
    with Server(world) as server:
        server.sign_in()
        assert server.ask("GET", "/metrics")[0] == 401
        assert server.ask("GET", "/metrics", headers={"Authorization": "Bearer no"})[0] == 401
        status, headers, body = server.ask(
            "GET", "/metrics", headers={"Authorization": "Bearer " + world.metrics_token})
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    types, helps, values = {}, set(), {}
    for line in body.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} twice"
            types[name] = kind
        elif line.startswith("# HELP "):
            helps.add(line.split(" ")[2])
        else:
            found = SAMPLE.fullmatch(line)
            assert found, f"not a sample: {line}"
            family = re.sub(r"_(bucket|sum|count)$", "", found.group(1))
            family = family if family in types else found.group(1)
            assert family in types, f"{family} has no type"
            assert types[family] != "counter" or family.endswith("_total"), family
            values[found.group(1) + (found.group(2) or "")] = float(found.group(3))
    assert set(types) == helps, set(types) ^ helps
    for name in ("hangji_database_bytes", "hangji_sessions", "hangji_chain_sealed_total",
                 "hangji_commits_total", "hangji_durable_writes_total"):
        assert values[name] > 0, (name, values)
    for name in ("hangji_chain_lag", "hangji_lane_depth", "hangji_writes_waiting"):
        assert values[name] >= 0, name
    assert any('route="/api/v1/session"' in name and 'status="201"' in name for name in values)
    buckets = [value for name, value in values.items() if "_bucket{" in name]
    assert buckets == sorted(buckets) and buckets[-1] == values["hangji_request_seconds_count"]
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True,
                              timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


LIMITS = ("trusted_proxies = 127.0.0.1\naddress_rate = 1\naddress_burst = 5\n"
          "account_rate = 1\naccount_burst = 3\nsign_in_rate = 1\nsign_in_burst = 2\n")


def from_address(address):
    return {"X-Forwarded-For": address}


def one_address_that_asks_too_often_waits(world):
    with Server(world, LIMITS) as server:
        answers = [server.ask("GET", "/sign-in", headers=from_address("203.0.113.7"))
                   for _ in range(8)]
        assert [status for status, _, _ in answers].count(200) in (5, 6), answers
        status, headers, body = answers[-1]
        assert status == 429 and int(headers["Retry-After"]) >= 1 and len(body) < 200
        assert headers["Content-Security-Policy"] and headers["X-Content-Type-Options"]
        # Somebody else, and the machine itself, are not concerned.
        assert server.ask("GET", "/sign-in", headers=from_address("203.0.113.8"))[0] == 200
        for _ in range(20):
            assert server.ask("GET", "/healthz")[0] == 200
        status, headers, body = server.ask("GET", "/api/v1/orgs", headers=from_address("203.0.113.7"))
        assert status == 429 and json.loads(body)["status"] == 429, body


def sign_in_is_stricter_than_the_rest(world):
    with Server(world, LIMITS) as server:
        wrong = json.dumps({"username": "nobody", "password": "x" * 12})
        seen = [server.ask("POST", "/api/v1/session", wrong, from_address("203.0.113.9") |
                           {"Content-Type": "application/json"})[0] for _ in range(4)]
        assert seen[:2] == [401, 401] and seen[2:] == [429, 429], seen
        assert server.ask("GET", "/sign-in", headers=from_address("203.0.113.9"))[0] == 200


def one_account_is_limited_from_all_addresses_together(world):
    with Server(world, LIMITS) as server:
        token = server.sign_in(from_address("198.51.100.1"))
        seen = [server.ask("GET", "/api/v1/orgs", headers=token | from_address(f"198.51.100.{n}"))[0]
                for n in range(2, 9)]
        assert seen.count(429) >= 3 and seen[0] == 200, seen


def nobody_forges_an_address(world):
    with Server(world, "address_rate = 1\naddress_burst = 2\nlimit_loopback = on\n") as server:
        seen = [server.ask("GET", "/healthz", headers=from_address(f"203.0.113.{n}"))[0]
                for n in range(5)]
        assert seen.count(429) >= 2, seen


def who_ignores_robots_txt_becomes_slow(world):
    with Server(world, "trusted_proxies = 127.0.0.1\n") as server:
        bad = from_address("203.0.113.66")
        status, _, body = server.ask("GET", "/robots.txt")
        assert status == 200 and b"Disallow: /\n" in body
        hidden = re.search(rb"Disallow: (/[a-z-]+)\n", body).group(1).decode()
        assert server.ask("GET", hidden, headers=bad)[0] == 404
        seen = [server.ask("GET", "/sign-in", headers=bad)[0] for _ in range(6)]
        assert seen.count(200) == 3 and seen[-1] == 429, seen
        assert server.ask("GET", "/sign-in", headers=from_address("203.0.113.67"))[0] == 200


def every_answer_carries_the_security_headers(world):
    wanted = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
              "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy",
              "Cache-Control", "X-Robots-Tag")
    with Server(world, "secure_cookie = on\n") as server:
        token = server.sign_in()
        for path in ("/", "/sign-in", "/nowhere", "/healthz", "/robots.txt", "/api/v1/ledgers",
                     "/api/v1/nowhere", "/metrics", "/sign-in?unknown=1"):
            _, headers, _ = server.ask("GET", path, headers=token)
            missing = [name for name in wanted + ("Strict-Transport-Security",)
                       if name not in headers]
            assert not missing, (path, missing)
        for method in ("OPTIONS", "DELETE", "BREW"):
            _, headers, _ = server.ask(method, "/sign-in")
            assert "Content-Security-Policy" in headers, method


def a_calendar_address_names_the_site_of_the_settings_and_no_host_that_a_request_claims(world):
    with Server(world, "site = https://hangji.county.example\n") as server:
        token = server.sign_in()["Authorization"].removeprefix("Bearer ")
        claims = {"Cookie": "hangji=" + token, "Host": "evil.example"}
        status, _, body = server.ask("GET", "/calendar", headers=claims)
        assert status == 200, (status, body)
        csrf = re.search(rb'name="csrf" value="([^"]+)"', body).group(1).decode()
        status, _, body = server.ask("POST", "/calendar/address", f"csrf={csrf}&act=make", claims | {
            "Content-Type": "application/x-www-form-urlencoded"})
        assert status == 201, (status, body)
        assert b'value="https://hangji.county.example/calendar/feed/hjc_' in body
        assert b"evil.example" not in body


def an_address_head_or_body_that_is_too_large_is_refused(world):
    with Server(world) as server:
        assert server.ask("GET", "/sign-in?next=" + "a" * 9000)[0] == 414
        assert server.ask("GET", "/sign-in", headers={"X-Long": "a" * 40000})[0] == 431
        status, _, _ = server.ask("POST", "/api/v1/session", None,
                                  {"Content-Type": "application/json", "Content-Length": "9999999"})
        assert status == 413, status


def slow_clients_are_cut_and_do_not_hold_up_others(world):
    with Server(world, "head_seconds = 5\nbody_seconds = 5\nidle_seconds = 5\n"
                       "connections_per_address = 30\n") as server:
        started = time.monotonic()
        held = []
        for number in range(30):
            held.append(socket.create_connection(("127.0.0.1", server.port), WAIT))
            held[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" if number % 2 else
                             b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: "
                             b"application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n")
        extra = socket.create_connection(("127.0.0.1", server.port), WAIT)
        try:
            extra.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert extra.recv(1) == b"", "the limit of connections was not kept"
        except ConnectionResetError:
            pass
        extra.close()
        for connection in held:
            # A byte now and then must not keep it open.
            connection.settimeout(0.2)
        open_ones = list(held)
        while open_ones and time.monotonic() - started < 20:
            for connection in list(open_ones):
                try:
                    connection.sendall(b"a")
                    if connection.recv(4096) == b"":
                        open_ones.remove(connection)
                except (TimeoutError, socket.timeout):
                    continue
                except OSError:
                    open_ones.remove(connection)
        for connection in held:
            connection.close()
        assert not open_ones, f"{len(open_ones)} were still open"
        assert server.ask("GET", "/healthz")[0] == 200


def a_stop_finishes_what_runs_and_loses_nothing(world):
    with Server(world) as server:
        token = server.sign_in() | {"Content-Type": "application/json"}
        acknowledged, refused, broken = [], [], []
        running = threading.Event()

        def write(worker):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT)
            for number in range(100000):
                text = f"石桥{worker}-{number}"
                try:
                    connection.request("POST", "/api/v1/ledgers/publication/rows", json.dumps(
                        {"org": "130921100", "fields": ROW | {"headline": text}}), token)
                    answer = connection.getresponse()
                    body = answer.read()
                except (OSError, http.client.HTTPException) as error:
                    broken.append(repr(error))
                    return
                if answer.status == 201:
                    acknowledged.append(text)
                    if len(acknowledged) > 50:
                        running.set()
                else:
                    refused.append((answer.status, body[:200]))
                    running.set()
                    return
                if answer.getheader("Connection") == "close":
                    return

        workers = [threading.Thread(target=write, args=(n,)) for n in range(16)]
        for worker in workers:
            worker.start()
        assert running.wait(WAIT)
        code = server.stop()
        for worker in workers:
            worker.join(WAIT)
        assert code == 0, code
        assert not refused, refused[:3]
    with sqlite3.connect(f"file:{world.data}/hangji.db?mode=ro", uri=True) as database:
        stored = {text for (text,) in database.execute("SELECT headline FROM t_publication")}
    database.close()
    lost = set(acknowledged) - stored
    assert not lost, f"{len(lost)} acknowledged rows are not there"
    # What was in flight when the stop came was answered, not cut: nothing stands unacknowledged.
    unsaid = {text for text in stored if text and text.startswith("石桥")} - set(acknowledged)
    assert not unsaid, f"{len(unsaid)} rows were written and never acknowledged"
    done = run("audit", "verify", "--data", world.data)
    assert done.returncode == 0, done.stdout + done.stderr


def the_service_manager_is_told(world):
    path = str(world.folder / "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(WAIT)
    with Server(world, NOTIFY_SOCKET=path, WATCHDOG_USEC="2000000") as server:
        told = {listener.recv(100), listener.recv(100), listener.recv(100)}
        server.stop()
        while b"STOPPING=1" not in told:
            told.add(listener.recv(100))
    listener.close()
    assert {b"READY=1", b"WATCHDOG=1", b"STOPPING=1"} <= told, told


def a_directory_of_the_version_before_still_serves(world):
    former = pathlib.Path(world.data, "config.ini")
    former.write_text("[hangji]\n" + world.usual.split("\n", 1)[1].replace(" = ", "="))
    former.chmod(0o600)
    world.conf.unlink()
    done = run("doctor", "--data", world.data)
    former.unlink()
    world.settings("")
    world.conf.chmod(0o600)
    assert done.returncode == 0, done.stdout


ROW = {"outlet": "沧州日报", "level": "national", "published_on": "2018-03-05"}
CASES = [
    a_setting_nobody_knows_is_named_with_its_line,
    the_table_of_settings_stands_in_the_guide,
    the_doctor_speaks_json_and_names_the_remedy,
    the_doctor_finds_a_damaged_database,
    the_log_is_one_line_a_request_without_personal_data,
    the_log_may_be_logfmt,
    the_metrics_are_well_formed_and_for_the_token_only,
    one_address_that_asks_too_often_waits,
    sign_in_is_stricter_than_the_rest,
    one_account_is_limited_from_all_addresses_together,
    nobody_forges_an_address,
    who_ignores_robots_txt_becomes_slow,
    every_answer_carries_the_security_headers,
    a_calendar_address_names_the_site_of_the_settings_and_no_host_that_a_request_claims,
    an_address_head_or_body_that_is_too_large_is_refused,
    slow_clients_are_cut_and_do_not_hold_up_others,
    a_stop_finishes_what_runs_and_loses_nothing,
    the_service_manager_is_told,
    a_directory_of_the_version_before_still_serves,
]


def main():
    failed = 0
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="hangji-operation.") as folder:
        world = World(folder)
        for case in CASES:
            name = case.__name__.replace("_", " ")
            if wanted and not any(word in name for word in wanted):
                continue
            try:
                case(world)
                print("ok", name, flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print(f"FAIL {name}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
