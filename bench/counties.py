#!/usr/bin/env python3
"""The cost of a county where many lie in one PostgreSQL, on a server of tools/with_postgres.sh.

    counties.py HANGJI BACKUP PLACE ACCOUNT PASSWORD COUNTS INDICATORS

Restores the backup of one county, copies its facts under further county numbers (the first
column of every key, so nothing meets), and asks the program for all indicators of all
organizations for a year: for the first county and for one in the middle.  Prints a line for
each count and the slope of seconds per county over the number of counties: 0 is linear in all.
"""
import json
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# What is the same for all counties, or what no indicator reads.
LEFT_OUT = re.compile(r"sys_(event|chain|file|import|idempotency|delivery|seal|backup|migration|schema)")


def psql(url, sql):
    done = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", url],
                          input=sql, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"psql: {done.stderr.strip()[-800:]}")
    return done.stdout.strip()


def tables(url):
    """{table: columns} of what carries a county."""
    found = {}
    for line in psql(url, "SELECT c.table_name, c.column_name FROM information_schema.columns c"
                          " JOIN information_schema.tables t USING (table_schema, table_name)"
                          " WHERE t.table_type = 'BASE TABLE' AND c.table_schema = current_schema()"
                          " AND c.is_generated = 'NEVER' ORDER BY 1, c.ordinal_position").splitlines():
        table, column = line.split("|")
        found.setdefault(table, []).append(column)
    return {table: columns for table, columns in found.items()
            if "county" in columns and not LEFT_OUT.match(table)}


def number_of(first, k):
    return first + k * 1000003


def code_of(k):
    return f"9{k:05d}"


def multiply(url, first, have, want):
    """Copies of the first county from @have up to @want."""
    statements = ["SET session_replication_role = replica;"]
    for table, columns in tables(url).items():
        rest = [column for column in columns if column != "county"]
        if table == "sys_county":
            rest.remove("code")
        names = ", ".join(f'"{column}"' for column in rest)
        code = (", code", ", '9' || lpad(k::text, 5, '0')") if table == "sys_county" else ("", "")
        statements.append(
            f'INSERT INTO "{table}" (county, {names}{code[0]}) SELECT {first} + k * 1000003, {names}{code[1]}'
            f' FROM "{table}", generate_series({have}, {want - 1}) AS k WHERE county = {first};')
    statements.append("ANALYZE;")
    psql(url, "\n".join(statements))


def measure(run, hangji, data, account, password, names):
    """Seconds for all indicators of the county of a data directory; the median of three starts."""
    class Place:
        place = data
        accounts = {account: (password, "")}
    Place.data = data
    seconds = []
    run.HANGJI, run.PATIENCE_S = hangji, 900  # a restored county makes the words of its search first
    for _ in range(3):
        with run.Server(Place) as server:
            cookie = server.cookie(account)
            run.all_indicators(server, cookie, names[:1])  # connections are open
            seconds.append(run.all_indicators(server, cookie, names))
    return statistics.median(seconds)


def main():
    hangji, backup, place, account, password, counts, names = sys.argv[1:]
    import run
    url = os.environ["HANGJI_TEST_PG"]
    names, counts = names.split(","), [int(n) for n in counts.split(",")]
    first = pathlib.Path(place)
    done = subprocess.run([hangji, "restore", backup, "--data", first, "--db", url], check=False,
                          capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise SystemExit(f"restore: {done.stderr.strip()}")
    number = int(psql(url, "SELECT county FROM sys_county").splitlines()[0])
    have, costs = 1, []
    for want in counts:
        if want > have:
            multiply(url, number, have, want)
            have = want
        places = [first]
        if want > 1:
            other = first.with_name(f"{first.name}-{want}")
            shutil.rmtree(other, ignore_errors=True)
            shutil.copytree(first, other)
            settings = other / "hangji.conf"
            lines = [line for line in settings.read_text().splitlines()
                     if not re.match(r"\s*county\s*=", line)]
            settings.write_text("\n".join(lines + [f"county = {code_of(want // 2)}", ""]))
            places.append(other)
        began = time.monotonic()
        each = [measure(run, hangji, data, account, password, names) for data in places]
        costs.append(statistics.mean(each))
        rows = psql(url, "SELECT sum(n_live_tup) FROM pg_stat_user_tables")
        print(json.dumps({"bench": "indicators_of_a_county", "value": round(costs[-1], 4), "unit": "s",
                          "counties": want, "rows": int(rows or 0), "runs": 3 * len(each),
                          "took_s": round(time.monotonic() - began, 1)}), flush=True)
    if len(counts) > 1:
        # Seconds per county ~ counties ** slope.
        xs, ys = [math.log(n) for n in counts], [math.log(cost) for cost in costs]
        mean_x, mean_y = statistics.mean(xs), statistics.mean(ys)
        slope = (sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) /
                 sum((x - mean_x) ** 2 for x in xs))
        print(json.dumps({"bench": "indicators_slope", "value": round(slope, 4),
                          "unit": "exponent of cost per county", "counties": counts}), flush=True)


if __name__ == "__main__":
    main()
