"""The peer: Directus on the same rows, installed on demand below bench/directus, never by make check.

Rows, permissions and validation are set up through its own API; the rows themselves are copied
into its SQLite file, with indexes for the list that is asked for, so that neither side pays for
loading.  It runs in production mode with its own cache, rate limiter and telemetry off.
"""
import contextlib
import http.client
import json
import os
import pathlib
import secrets
import shutil
import signal
import sqlite3
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent / "directus"
COLLECTION = "peer_rows"
INSTALL_S = 900


class Absent(Exception):
    """It cannot be installed or started here."""


def install():
    if (HERE / "node_modules/.bin/directus").exists():
        return
    if shutil.which("npm") is None:
        raise Absent("npm is not installed")
    try:
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
                              cwd=HERE, capture_output=True, text=True, timeout=INSTALL_S)
    except subprocess.TimeoutExpired:
        raise Absent("npm did not finish installing Directus") from None
    if done.returncode != 0:
        raise Absent("Directus is not installed: " + done.stderr.strip().splitlines()[-1][:200])


class Directus:
    def __init__(self, place, port, table, source):
        """@table of the SQLite file @source is copied; place: a temporary folder."""
        install()
        self.place, self.port = pathlib.Path(place, "directus"), port
        self.place.mkdir()
        self.file = self.place / "data.db"
        self.password = secrets.token_urlsafe(24)
        self.environment = os.environ | {
            "DB_CLIENT": "sqlite3", "DB_FILENAME": str(self.file), "KEY": secrets.token_hex(16),
            "SECRET": secrets.token_hex(32), "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": self.password, "HOST": "127.0.0.1", "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}", "TELEMETRY": "false", "LOG_LEVEL": "error",
            "NODE_ENV": "production", "CACHE_ENABLED": "false", "RATE_LIMITER_ENABLED": "false",
            "STORAGE_LOCATIONS": "local", "STORAGE_LOCAL_ROOT": str(self.place / "uploads"),
            "EXTENSIONS_PATH": str(self.place / "extensions")}
        self.log = open(self.place / "log", "ab")
        self.program = str(HERE / "node_modules/.bin/directus")
        done = subprocess.run([self.program, "bootstrap"], cwd=self.place, env=self.environment,
                              stdout=self.log, stderr=self.log, timeout=300)
        if done.returncode != 0:
            raise Absent(f"Directus did not set itself up: {self.tail()}")
        self.token = None
        self.process = None
        self.start()
        self.token = self.ask("POST", "/auth/login", {"email": "admin@example.com",
                                                      "password": self.password})["access_token"]
        self.columns, rows = read_rows(source, table)
        self.make_collection()
        self.token = self.make_person()
        self.stop()
        self.fill(rows)
        self.start()

    def tail(self):
        return (self.place / "log").read_text("utf-8", "replace")[-400:]

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen([self.program, "start"], cwd=self.place,
                                        env=self.environment, stdout=self.log, stderr=self.log)
        while time.monotonic() < began + 120:
            if self.process.poll() is not None:
                raise Absent(f"Directus ended: {self.tail()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/server/ping")
                if connection.getresponse().status == 200:
                    self.cold_start = time.monotonic() - began
                    return
            time.sleep(0.1)
        raise Absent("Directus did not answer")

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in (200, 204):
            raise Absent(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)["data"] if text else None

    def make_collection(self):
        fields = [{"field": "id", "type": "integer",
                   "schema": {"is_primary_key": True, "has_auto_increment": True}}]
        for name, kind in self.columns.items():
            fields.append({"field": name, "type": kind, "schema": {},
                           "meta": {"required": name in ("county_code", "committee")}})
        self.ask("POST", "/collections", {"collection": COLLECTION, "schema": {}, "meta": {},
                                          "fields": fields})

    def make_person(self):
        """An account that sees one county only, and whose rows are checked; its token."""
        token = secrets.token_urlsafe(24)
        own = {"county_code": {"_eq": "130921"}}
        policy = self.ask("POST", "/policies", {"name": "organizer"})["id"]
        for action in ("read", "create"):
            self.ask("POST", "/permissions", {
                "policy": policy, "collection": COLLECTION, "action": action, "fields": ["*"],
                "permissions": own, "validation": {"_and": [
                    own, {"committee": {"_nempty": True}}, {"peer_title": {"_nempty": True}}]}
                if action == "create" else None})
        role = self.ask("POST", "/roles", {"name": "organizer"})["id"]
        self.ask("POST", "/access", {"role": role, "policy": policy})
        self.ask("POST", "/users", {"email": "organizer@example.com", "role": role,
                                    "password": secrets.token_urlsafe(24), "token": token})
        return token

    def fill(self, rows):
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            names = ", ".join(f'"{name}"' for name in self.columns)
            marks = ", ".join("?" * len(self.columns))
            db.executemany(f"INSERT INTO {COLLECTION} ({names}) VALUES ({marks})", rows)
            db.execute(f"CREATE INDEX peer_list ON {COLLECTION} (committee, id)")
            db.commit()
            db.execute("ANALYZE")
            db.commit()

    def count(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as db:
            return db.execute(f"SELECT count(*) FROM {COLLECTION}").fetchone()[0]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()


def read_rows(source, table):
    """The columns as Directus types, and every live row with its committee and county."""
    kinds = {"INTEGER": "bigInteger", "INT": "bigInteger", "BIGINT": "bigInteger"}
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as db:
        named = [(row[1], kinds.get(row[2].upper(), "string"))
                 for row in db.execute(f'PRAGMA table_info("{table}")') if row[1] != "id"]
        columns = {"county_code": "string", "committee": "string", "peer_title": "string"} | {
            name: "bigInteger" if kind == "bigInteger" else "text" for name, kind in named}
        # Ids are beyond what JavaScript counts exactly; the peer keeps them as text.
        columns |= {name: "string" for name in columns if name in ("county", "org", "parent")}
        picked = ", ".join(f'row."{name}"' for name, _ in named)
        rows = db.execute(
            "SELECT '130921', (SELECT up.code FROM sys_tree t JOIN sys_org up ON up.id = t.ancestor"
            " WHERE t.org = row.org AND up.kind = 'committee' ORDER BY t.depth LIMIT 1),"
            f' \'row \' || row.id, {picked} FROM "{table}" row').fetchall()
    return columns, [tuple(str(value) if isinstance(value, int) and abs(value) > 2**53 else value
                           for value in row) for row in rows]
