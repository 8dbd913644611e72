#!/usr/bin/env python3
"""PostgreSQL answers the pages of the day from indexes, where many counties share the database.

    tools/with_postgres.sh tests/long/plans.py     HANGJI=build/hangji PLAN_COUNTIES=8

The demo county is restored and its facts are copied under further county numbers.  While the
pages below are asked for, auto_explain writes the plan of every statement with the rows it really
read.  A page fails when one of its statements read a table of many rows from end to end, or
through an index that does not begin with the county.  Prints "ok ..." or "FAIL ..." a page.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import counties  # noqa: E402
import run  # noqa: E402

COUNTIES = int(os.environ.get("PLAN_COUNTIES", "8"))
MANY = 20000  # rows thrown away: fewer than that are read faster without an index
SEALED = ("citizen_id", "credit_code", "phone", "sealed", "files")
WORDS = {"two characters": "党员", "one character": "村", "pinyin": "zhang", "initials": "zjg"}
SETTINGS = {"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0",
            "auto_explain.log_analyze": "on", "auto_explain.log_timing": "off",
            "auto_explain.log_format": "json"}


def pages(server, url):
    """(title, address) of what is asked for all day, with rows of this county."""
    def first(sql):
        return counties.psql(url, sql + " LIMIT 1")

    county = first("SELECT county FROM sys_county WHERE code = '130921'")
    committee = first(f"SELECT code FROM sys_org WHERE county = {county} AND kind = 'committee'"
                      " ORDER BY code")
    village = first(f"SELECT code FROM sys_org WHERE county = {county} AND kind = 'village'"
                    " ORDER BY code")
    big = first("SELECT substr(relname, 3) FROM pg_stat_user_tables WHERE relname LIKE 't\\_%'"
                " ORDER BY n_live_tup DESC")
    moving = first(f"SELECT ledger FROM sys_case WHERE county = {county} GROUP BY ledger"
                   " ORDER BY count(*) DESC")
    row = first(f"SELECT id FROM sys_case WHERE county = {county} AND ledger = '{moving}'"
                " ORDER BY id")
    found = [(f"the search for {kind}", "/api/v1/search?q=" + urllib.parse.quote(word))
             for kind, word in WORDS.items()]
    for ledger in (big, moving):
        path = f"/api/v1/ledgers/{ledger}/rows"
        found += [(f"the rows of {ledger}", path),
                  (f"the rows of {ledger} below a committee", f"{path}?under={committee}")]
        for field in server.api("GET", f"/api/v1/ledgers/{ledger}")["fields"]:
            if field["type"] not in SEALED:
                found.append((f"{ledger} sorted by {field['field']}", f"{path}?sort=-{field['field']}"))
            if field["type"] == "choice":
                value = first(f"SELECT {field['field']} FROM t_{ledger} WHERE county = {county}"
                              f" AND {field['field']} IS NOT NULL")
                if not value:
                    continue  # nobody has chosen yet
                found.append((f"{ledger} by {field['field']} below a committee",
                              f"{path}?under={committee}&{field['field']}={urllib.parse.quote(value)}"))
    return found + [
        ("the first page", "/"), ("the list of a ledger", f"/ledgers/{big}"),
        ("a list sought in", f"/ledgers/{big}?q={urllib.parse.quote(WORDS['two characters'])}"),
        ("the search page", f"/search?q={urllib.parse.quote(WORDS['two characters'])}"),
        ("the organizations", "/orgs"), ("the calendar", "/calendar"), ("the digest", "/digest"),
        ("the cadences", "/cadences"), ("the contests", "/contests"), ("the reports", "/reports"),
        ("the trends", "/trends"), ("the due list", "/due"), ("all duties", "/due?list=all"), ("what is late", "/due?late=1"),
        ("the matrix", f"/ledgers/{moving}/progress?under=130921"),
        ("a row with its events", f"/ledgers/{moving}/{row}"),
        ("the history of the county", "/audit"),
        ("the history of a ledger", f"/audit?ledger={moving}"),
        ("a village", f"/orgs/{village}"),
        ("the cockpit", "/cockpit"),
        ("the indicators of a year", f"/table?period=2018&show={','.join(run.indicator_names())}")]


def plans(text):
    """(statement, root of its plan) of what auto_explain wrote."""
    for found in re.finditer(r"plan:\n((?:\t.*\n?)+)", text):
        plan = json.loads(re.sub(r"(?m)^\t", "", found.group(1)))
        yield plan["Query Text"], plan["Plan"]


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def wasted(node):
    """Rows that were read and thrown away, in all runs of the node."""
    return node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1)


def faults(text):
    """One line for each statement that read many rows it had no use for."""
    found = {}
    for statement, plan in plans(text):
        for node in nodes(plan):
            conditions = node.get("Index Cond", "")
            if node["Node Type"].endswith("Seq Scan") and wasted(node) > MANY:
                why = f"reads all of {node['Relation Name']} and throws {wasted(node)} rows away"
            elif "Index" in node["Node Type"] and wasted(node) > MANY and "county" not in conditions:
                why = f"reads {node.get('Relation Name')} by {node['Index Name']} without the county"
            else:
                continue
            found[" ".join(statement.split())] = why
    return [f"{why}: {statement[:600]}" for statement, why in found.items()]


def restored(place, url):
    """A directory of the demo county on PostgreSQL among others, and its accounts."""
    county = run.County(place)
    backup = county.place / "county.hjb"
    county.hangji("backup", backup, "--with-keys")
    county.data = county.place / "restored"
    done = subprocess.run([run.HANGJI, "restore", backup, "--data", county.data, "--db", url],
                          check=False, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise SystemExit(f"restore: {done.stderr.strip()}")
    number = int(counties.psql(url, "SELECT county FROM sys_county").splitlines()[0])
    counties.multiply(url, number, 1, COUNTIES)
    return county


def main():
    url = os.environ.get("HANGJI_TEST_PG")
    if not url:
        print("FAIL plans: run it by tools/with_postgres.sh")
        return 1
    log = pathlib.Path(re.search(r"host=([^&]+)", url).group(1), "log")
    status = 0
    with tempfile.TemporaryDirectory(prefix="hangji-plans.") as place:
        county = restored(place, url)
        for setting, value in SETTINGS.items():
            counties.psql(url, f"ALTER DATABASE hangji_test SET {setting} = '{value}'")
        run.PATIENCE_S = 600
        with run.Server(county, HANGJI_PAGE_CACHE="off") as server:
            token = server.sign_in(run.organizer(county))
            cookie = server.cookie(run.organizer(county))
            seen = 0
            for title, path in pages(server, url):
                with log.open("rb") as written:
                    written.seek(0, os.SEEK_END)
                    code, _, body = server.ask("GET", path, headers={"Cookie": cookie} if not path.startswith(
                        "/api/") else {"Authorization": f"Bearer {token}"})
                    text = written.read().decode("utf-8", "replace")
                if code == 400 and "?sort=" in path:
                    continue  # not a field to sort by
                why = faults(text) if code == 200 else [f"{code} {body[:300]!r}"]
                count = len(list(plans(text)))
                seen += count
                print(f"{'FAIL' if why else 'ok'} {title}: {count} statements", flush=True)
                for line in why:
                    print("   " + line)
                    status = 1
        if seen == 0:
            print("FAIL plans: auto_explain wrote none")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
