#!/usr/bin/env python3
"""The built program from outside: real sockets, rude clients, a signal in the middle of work.

    tests/flow/run_smoke.py        HANGJI=build/hangji chooses the program

Prints "ok SENTENCE" or "FAIL SENTENCE: why" for each case; exit 1 when one fails.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANGJI = str(ROOT / os.environ.get("HANGJI", "build/hangji"))
PASSWORD = "longing-for-rain-1921"
WAIT = 30


def run(*args, stdin=""):
    return subprocess.run([HANGJI, *args], input=stdin, capture_output=True, text=True, timeout=120)


class Server:
    def __init__(self, data, *args):
        self.data = data
        self.log = open(f"{data}.log", "ab")
        self.process = subprocess.Popen(
            [HANGJI, "serve", "--data", data, "--listen", "127.0.0.1:0", *args],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], WAIT)
        line = self.process.stdout.readline() if ready else ""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, f"no address was printed but {line!r}"
        self.port = int(found.group(1))

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def socket(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)

    def token(self):
        status, _, body = self.ask(
            "POST", "/api/v1/session", json.dumps({"username": "smoke", "password": PASSWORD}),
            {"Content-Type": "application/json"})
        assert status == 201, (status, body)
        return json.loads(body)["token"]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT)
        self.log.close()
        return code


def read_answer(connection):
    """Everything until the server closes, or what came before the connection was reset."""
    data = b""
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except (ConnectionResetError, socket.timeout):
        pass
    return data


# --- the cases; each is named by what it shows ---

def a_person_signs_in_with_a_form_and_gets_a_strict_cookie(server):
    form = urllib.parse.urlencode({"username": "smoke", "password": PASSWORD})
    status, headers, _ = server.ask("POST", "/sign-in", form,
                                    {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 303, status
    cookie = headers["Set-Cookie"]
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in cookie, cookie
    status, _, body = server.ask("GET", "/", headers={"Cookie": cookie.split(";")[0]})
    assert status == 200 and b"<main" in body, (status, body[:200])
    status, _, _ = server.ask("POST", "/sign-in", form.replace("longing", "waiting"),
                              {"Content-Type": "application/x-www-form-urlencoded"})
    assert status in (401, 422), status


def a_page_asked_with_head_has_no_body(server):
    status, headers, body = server.ask("HEAD", "/healthz")
    assert (status, body, headers["Content-Length"]) == (200, b"", "3"), (status, headers, body)


def slow_clients_do_not_hold_up_others(server):
    slow = [server.socket() for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        began = time.monotonic()
        for _ in range(20):
            assert server.ask("GET", "/readyz")[0] == 200
        assert time.monotonic() - began < 5
        for connection in slow[:10]:
            connection.sendall(b"b\r\nConnection: close\r\n\r\n")
            assert read_answer(connection).startswith(b"HTTP/1.1 200"), "a slow one was dropped"
    finally:
        for connection in slow:
            connection.close()


def a_body_of_100_mb_is_refused_before_it_is_sent(server):
    with server.socket() as connection:
        connection.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\n"
                           b"Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{")
        began = time.monotonic()
        answer = read_answer(connection)
        assert answer.startswith(b"HTTP/1.1 413"), answer[:200]
        assert time.monotonic() - began < 5


def a_body_without_a_length_is_cut(server):
    sent = 0
    with server.socket() as connection:
        connection.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\n"
                           b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        try:
            while sent < 104857600:
                connection.sendall(chunk)
                sent += 65536
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            pass
    assert sent < 64 * 1048576, f"{sent} bytes were taken"
    assert server.ask("GET", "/healthz")[0] == 200


def nonsense_is_answered_and_survived(server):
    for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n",
                 b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100000 + b"\r\n\r\n",
                 b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 b"GET /%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"):
        with server.socket() as connection:
            try:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = read_answer(connection)
            assert answer == b"" or re.match(rb"HTTP/1\.[01] 4\d\d", answer), answer[:100]
    assert server.ask("GET", "/healthz")[0] == 200


def two_hundred_connections_at_once_are_served(server):
    token = server.token()
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT)
                   for _ in range(200)]
    for connection in connections:
        connection.connect()

    def work(connection):
        answers = []
        for _ in range(5):
            connection.request("GET", "/api/v1/orgs?limit=5",
                               headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answers.append((answer.status, len(json.loads(answer.read())["items"])))
        connection.close()
        return answers

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        for answers in pool.map(work, connections):
            assert answers == [(200, 5)] * 5, answers


def the_port_that_is_taken_is_named(server):
    done = run("serve", "--data", server.data, "--listen", f"127.0.0.1:{server.port}")
    assert done.returncode == 1, done
    assert re.match(r"hangji: serve: listen on .*: the port is taken", done.stderr.splitlines()[-1]), \
        done.stderr


def what_runs_is_finished_when_it_is_told_to_stop(server):
    """Slow sign-ins (Argon2) keep the workers busy while the signal comes."""
    answers, errors, lock = [], [], threading.Lock()
    first = threading.Event()

    def work():
        while True:
            try:
                connection = server.socket()
            except OSError:
                return
            with connection:
                body = json.dumps({"username": "smoke", "password": PASSWORD}).encode()
                try:
                    connection.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\n"
                                       b"Content-Type: application/json\r\nContent-Length: %d\r\n"
                                       b"Connection: close\r\n\r\n%s" % (len(body), body))
                except OSError:
                    return
                answer = read_answer(connection)
            with lock:
                if answer.startswith(b"HTTP/1.1 201"):
                    answers.append(answer)
                    first.set()
                elif answer:
                    errors.append(answer[:100])
                else:
                    return

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert first.wait(WAIT)
    began = time.monotonic()
    code = server.stop()
    for thread in threads:
        thread.join(WAIT)
    assert code == 0, f"exit {code}"
    assert time.monotonic() - began < 10
    assert not errors, errors[0]
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        assert len(body) == length, "an answer was cut"
        assert len(json.loads(body)["token"]) > 20


def what_was_answered_is_there_after_the_stop(server):
    done = run("audit", "verify", "--data", server.data, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["sound"] and report["unsealed"] == 0, report
    with_log = pathlib.Path(f"{server.data}.log").read_text()
    for line in with_log.splitlines():
        json.loads(line)
    assert PASSWORD not in with_log


CASES = [
    a_person_signs_in_with_a_form_and_gets_a_strict_cookie,
    a_page_asked_with_head_has_no_body,
    slow_clients_do_not_hold_up_others,
    a_body_of_100_mb_is_refused_before_it_is_sent,
    a_body_without_a_length_is_cut,
    nonsense_is_answered_and_survived,
    two_hundred_connections_at_once_are_served,
    the_port_that_is_taken_is_named,
    what_runs_is_finished_when_it_is_told_to_stop,
    what_was_answered_is_there_after_the_stop,
]


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="hangji-smoke-") as folder:
        data = f"{folder}/data"
        made = run("init", "--county", "130921", "--divisions",
                   str(ROOT / "data/cangxian-divisions.csv"), "--pack",
                   str(ROOT / "packs/cangxian"), "--data", data)
        assert made.returncode == 0, made.stderr
        added = run("user", "add", "smoke", "--role", "county_organizer", "--org", "130921",
                    "--data", data, stdin=PASSWORD + "\n")
        assert added.returncode == 0, added.stderr
        server = Server(data)
        try:
            for case in CASES:
                sentence = case.__name__.replace("_", " ")
                try:
                    case(server)
                    print(f"ok {sentence}", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"FAIL {sentence}: {type(error).__name__}: {error}", flush=True)
        finally:
            if server.process.poll() is None:
                server.stop()
    return 1 if failed else 0


sys.exit(main())
