-- Made by tests/golden/schema_text.c; see HANGJI_GOLDEN there.
-- ==== bootstrap ====
-- Run before the migrations, and again when this file changed.
-- The functions mean exactly what adapters/sqlite/sqlite_functions.c means: NULL in, NULL out.

CREATE OR REPLACE FUNCTION public.hj_date(day text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
BEGIN
  IF day !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' OR day < '1900' THEN
    RAISE EXCEPTION '"%" is not a date', day;
  END IF;
  RETURN pg_catalog.make_date(pg_catalog.substr(day, 1, 4)::int, pg_catalog.substr(day, 6, 2)::int,
                              pg_catalog.substr(day, 9, 2)::int);
END $f$;

CREATE OR REPLACE FUNCTION public.hj_date_text(day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
BEGIN
  IF day < '1900-01-01' OR day > '9999-12-31' THEN
    RAISE EXCEPTION 'the day is not between 1900 and 9999';
  END IF;
  RETURN pg_catalog.to_char(day, 'YYYY-MM-DD');
END $f$;

CREATE OR REPLACE FUNCTION public.year_of(day text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT extract(year FROM public.hj_date(day))::bigint $f$;

CREATE OR REPLACE FUNCTION public.month_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(public.hj_date_text(public.hj_date(day)), 1, 7) $f$;

CREATE OR REPLACE FUNCTION public.quarter_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(day, 1, 4) || 'Q' || extract(quarter FROM public.hj_date(day))::text $f$;

CREATE OR REPLACE FUNCTION public.half_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(day, 1, 4) || 'H' || ((extract(month FROM public.hj_date(day))::int + 5) / 6)::text $f$;

CREATE OR REPLACE FUNCTION public.days_between(from_day text, to_day text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT (public.hj_date(to_day) - public.hj_date(from_day))::bigint $f$;

CREATE OR REPLACE FUNCTION public.add_days(day text, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT public.hj_date_text(public.hj_date(day) + n::int) $f$;

CREATE OR REPLACE FUNCTION public.add_months(day text, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT public.hj_date_text((public.hj_date(day) + pg_catalog.make_interval(months => n::int))::date) $f$;

-- Completed spans: the most that may be added without passing the second day; -1 before the first.
CREATE OR REPLACE FUNCTION public.months_between(from_day text, to_day text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
DECLARE
  a date := public.hj_date(from_day);
  b date := public.hj_date(to_day);
  n int := (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a);
BEGIN
  IF b < a THEN
    RETURN -1;
  END IF;
  RETURN CASE WHEN (a + pg_catalog.make_interval(months => n))::date > b THEN n - 1 ELSE n END;
END $f$;

CREATE OR REPLACE FUNCTION public.years_between(from_day text, to_day text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
DECLARE
  a date := public.hj_date(from_day);
  b date := public.hj_date(to_day);
  n int := extract(year FROM b) - extract(year FROM a);
BEGIN
  IF b < a THEN
    RETURN -1;
  END IF;
  RETURN CASE WHEN (a + pg_catalog.make_interval(years => n))::date > b THEN n - 1 ELSE n END;
END $f$;

CREATE OR REPLACE FUNCTION public.ticks(list text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$ SELECT greatest(length(coalesce(list, '')) - length(pg_catalog.replace(coalesce(list, ''), ',', '')) - 1, 0)::bigint $f$;

CREATE OR REPLACE FUNCTION public.has_tick(list text, item text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$ SELECT CASE WHEN item IS NULL THEN NULL
              WHEN pg_catalog.strpos(coalesce(list, ''), ',' || item || ',') > 0 THEN 1 ELSE 0 END::bigint $f$;

-- As in SQLite: the sum of integers is an integer, and places in a text are integers.
CREATE OR REPLACE AGGREGATE public.sum(bigint)
  (SFUNC = pg_catalog.int8pl, STYPE = bigint, COMBINEFUNC = pg_catalog.int8pl, PARALLEL = SAFE);
CREATE OR REPLACE FUNCTION public.substr(t text, place bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT pg_catalog.substr(t, place::int) $f$;
CREATE OR REPLACE FUNCTION public.substr(t text, place bigint, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT pg_catalog.substr(t, place::int, n::int) $f$;

-- What SQL of packs runs as. Without the right to make roles an administrator makes it once:
-- CREATE ROLE hangji_pack NOLOGIN; GRANT hangji_pack TO <the program's role>.
DO $f$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hangji_pack') THEN
    CREATE ROLE hangji_pack NOLOGIN;
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, 'hangji_pack', 'MEMBER') THEN
    EXECUTE pg_catalog.format('GRANT hangji_pack TO %I', current_user);
  END IF;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'hangji_pack: %', SQLERRM;
END $f$;
DO $f$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hangji_pack') THEN
    REVOKE ALL ON SCHEMA public FROM hangji_pack;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO hangji_pack;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
  END IF;
END $f$;

-- ==== 0001_base ====
-- The program's own tables. Ledgers of a pack are made by core/schema as t_<ledger> with a view <ledger>.
-- Tokens: {id} {i64} {bool} {text} {blob}; dates are YYYY-MM-DD text, open ends 9999-12-31.

-- One county a row: the identity of this data directory.
CREATE TABLE sys_county (
  county BIGINT NOT NULL, code TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, demo SMALLINT CHECK (demo IN (0, 1)) NOT NULL DEFAULT 0,
  PRIMARY KEY (county)
);

-- Organizations. Names and places are dated, see sys_org_name and sys_org_place.
CREATE TABLE sys_org (
  county BIGINT NOT NULL, id BIGINT NOT NULL, code TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  opened_on TEXT COLLATE "C" NOT NULL, closed_on TEXT COLLATE "C", sort BIGINT NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, code)
);
CREATE INDEX sys_org_kind ON sys_org (county, kind);

-- Names by date; to_on is the last day, 9999-12-31 while current.
CREATE TABLE sys_org_name (
  county BIGINT NOT NULL, org BIGINT NOT NULL, from_on TEXT COLLATE "C" NOT NULL, to_on TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL, pinyin TEXT COLLATE "C" NOT NULL, initials TEXT COLLATE "C" NOT NULL, sort_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, org, from_on)
);

-- Place in the tree by date: every ancestor of an organization (itself at depth 0), the closure that scope and roll-up use.
CREATE TABLE sys_tree (
  county BIGINT NOT NULL, ancestor BIGINT NOT NULL, org BIGINT NOT NULL, depth BIGINT NOT NULL, from_on TEXT COLLATE "C" NOT NULL, to_on TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, ancestor, org, from_on)
);
CREATE INDEX sys_tree_org ON sys_tree (county, org, depth);

-- Acts that changed the tree: create, rename, move, merge, split, close.
CREATE TABLE sys_org_act (
  county BIGINT NOT NULL, id BIGINT NOT NULL, act TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL, other BIGINT, on_day TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL, note TEXT COLLATE "C", created_at BIGINT NOT NULL, created_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);

CREATE TABLE sys_account (
  county BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, title TEXT COLLATE "C", person BIGINT, password TEXT COLLATE "C" NOT NULL,
  disabled_at BIGINT, n_failed BIGINT NOT NULL DEFAULT 0, locked_until BIGINT NOT NULL DEFAULT 0,
  password_at BIGINT NOT NULL, lang TEXT COLLATE "C" NOT NULL DEFAULT 'zh', version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL, created_by BIGINT NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, name)
);

-- Roles held at organizations.
CREATE TABLE sys_grant (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, role TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL, from_on TEXT COLLATE "C" NOT NULL, to_on TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL, created_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_grant_account ON sys_grant (county, account);

-- Signed-in sessions; only the hash of the token is kept.
CREATE TABLE sys_session (
  county BIGINT NOT NULL, token TEXT COLLATE "C" NOT NULL, account BIGINT NOT NULL, csrf TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT,
  PRIMARY KEY (county, token)
);
CREATE INDEX sys_session_account ON sys_session (county, account);

-- Events: never changed, never deleted (triggers of the adapter). serial is the writing transaction, mac is made with a key outside.
CREATE TABLE sys_event (
  county BIGINT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, actor BIGINT NOT NULL, action TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL,
  ledger TEXT COLLATE "C", row_id BIGINT NOT NULL, org BIGINT NOT NULL, before TEXT COLLATE "C", after TEXT COLLATE "C", reason TEXT COLLATE "C",
  serial BIGINT NOT NULL, mac BYTEA NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_event_row ON sys_event (county, row_id, id);
CREATE INDEX sys_event_org ON sys_event (county, org, id);

-- The chain: the only public numbers of events.
CREATE TABLE sys_seal (
  county BIGINT NOT NULL, seq BIGINT NOT NULL, event BIGINT NOT NULL, hash BYTEA NOT NULL,
  PRIMARY KEY (county, seq), UNIQUE (county, event)
);

-- Signed heads of the chain.
CREATE TABLE sys_head (
  county BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, alg BIGINT NOT NULL, hash BYTEA NOT NULL, signature BYTEA NOT NULL,
  PRIMARY KEY (county, seq)
);

-- Packs that were loaded, newest last; the whole text is kept so that old verdicts can be explained.
CREATE TABLE sys_pack (
  county BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL, loaded_at BIGINT NOT NULL,
  loaded_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);

-- The schema that packs have asked for so far: one row a ledger field, for pack plan.
CREATE TABLE sys_field (
  county BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL, type TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, retired_on TEXT COLLATE "C",
  PRIMARY KEY (county, ledger, field)
);

-- Idempotency keys of POST requests, kept for a day.
CREATE TABLE sys_idempotency (
  county BIGINT NOT NULL, account BIGINT NOT NULL, key TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL, status BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (county, account, key)
);

-- What a pack may see of the tree: today's names and kinds, and dated places.
CREATE VIEW org AS
  SELECT o.id AS id, o.code AS code, o.kind AS kind, n.name AS name, o.opened_on AS opened_on, o.closed_on AS closed_on
  FROM sys_org o JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'
  WHERE o.county = NULLIF(current_setting('hangji.county', true), '')::bigint;
CREATE VIEW org_tree AS
  SELECT ancestor, org, depth, from_on, to_on FROM sys_tree WHERE county = NULLIF(current_setting('hangji.county', true), '')::bigint;

-- ==== immutable ====
-- Events, seals and heads are never changed.
CREATE OR REPLACE FUNCTION public.hj_never_changed() RETURNS trigger
LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $f$;
CREATE OR REPLACE TRIGGER sys_event_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_event
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
CREATE OR REPLACE TRIGGER sys_seal_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_seal
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
CREATE OR REPLACE TRIGGER sys_head_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_head
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
-- The sealer reads in commit order.
CREATE INDEX IF NOT EXISTS sys_event_serial ON sys_event (serial, id);

