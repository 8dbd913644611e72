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

-- ==== 0002_import ====
-- Workbooks on their way in: what was found in each and how far it is. They are kept for some days and then swept.
CREATE TABLE sys_import (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, file_name TEXT COLLATE "C" NOT NULL, n_bytes BIGINT NOT NULL,
  lang TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL, mode TEXT COLLATE "C" NOT NULL DEFAULT '',
  n_rows BIGINT NOT NULL DEFAULT 0, n_right BIGINT NOT NULL DEFAULT 0, n_wrong BIGINT NOT NULL DEFAULT 0,
  n_duplicate BIGINT NOT NULL DEFAULT 0, n_made BIGINT NOT NULL DEFAULT 0, n_done BIGINT NOT NULL DEFAULT 0,
  problems TEXT COLLATE "C", worker BIGINT NOT NULL DEFAULT 0, beat_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_import_state ON sys_import (county, state);
CREATE INDEX sys_import_account ON sys_import (county, account, id);

-- The workbook itself (kind 'file'), what is wrong in it ('wrong') and the rows made of it ('made'), in pieces.
CREATE TABLE sys_import_part (
  county BIGINT NOT NULL, import_id BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL, part BIGINT NOT NULL, bytes BYTEA NOT NULL,
  PRIMARY KEY (county, import_id, kind, part)
);

-- ==== 0003_files ====
-- Files: what rows cite as evidence. The bytes lie in the data directory under their SHA-256; the same bytes lie there once.

-- One upload; thumb names the small picture of a picture, stored the same way.
CREATE TABLE sys_file (
  county BIGINT NOT NULL, id BIGINT NOT NULL, digest TEXT COLLATE "C" NOT NULL, thumb TEXT COLLATE "C", type TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, size BIGINT NOT NULL,
  width BIGINT, height BIGINT, created_at BIGINT NOT NULL, created_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_file_digest ON sys_file (digest);
CREATE INDEX sys_file_thumb ON sys_file (thumb);

-- Which field of which row holds a file now.
CREATE TABLE sys_file_cite (
  county BIGINT NOT NULL, file BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT NOT NULL, field TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, file, ledger, row_id, field)
);
CREATE INDEX sys_file_cite_row ON sys_file_cite (county, ledger, row_id);

-- ==== 0004_sealed ====
-- Sealed values: what a ledger keeps of a person encrypted. The row itself holds a keyed hash, events hold a salted one.

-- One key a row, wrapped by a master key that is not in the database; wrapped is NULL once it was destroyed.
CREATE TABLE sys_sealed_key (
  county BIGINT NOT NULL, row_id BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, master TEXT COLLATE "C" NOT NULL, wrapped BYTEA, made_at BIGINT NOT NULL, purged_at BIGINT,
  PRIMARY KEY (county, row_id)
);
CREATE INDEX sys_sealed_key_master ON sys_sealed_key (county, master, row_id);

-- The values under that key; made_as is the name the field had when the value was sealed.
CREATE TABLE sys_sealed (
  county BIGINT NOT NULL, row_id BIGINT NOT NULL, field TEXT COLLATE "C" NOT NULL, ledger TEXT COLLATE "C" NOT NULL, made_as TEXT COLLATE "C" NOT NULL, value BYTEA NOT NULL,
  PRIMARY KEY (county, row_id, field)
);

-- Values shown in clear, for the limit of each account; the events say why.
CREATE TABLE sys_unmask (
  county BIGINT NOT NULL, account BIGINT NOT NULL, at BIGINT NOT NULL, id BIGINT NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (county, account, at, id)
);

-- ==== 0005_search ====
-- Searching, lists as people keep them, changes to many rows at once, rows found to be one.

-- The rows that can be searched. words: what is to be looked for, one Chinese character or word a token; NULL once the index
-- of the database (sys_search_words on SQLite, the column place on PostgreSQL) holds them.
CREATE TABLE sys_search (
  county BIGINT NOT NULL, id BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL, words TEXT COLLATE "C",
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_search_new ON sys_search (county, id) WHERE words IS NOT NULL;

-- What each ledger was indexed by; another digest indexes it anew.
CREATE TABLE sys_search_ledger (
  county BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, ledger)
);

-- Lists somebody keeps: conditions, columns and their order. The one without a name holds the columns of everyday.
-- Shared: seen by those who hold role below org.
CREATE TABLE sys_list (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, query TEXT COLLATE "C" NOT NULL, columns TEXT COLLATE "C" NOT NULL,
  is_default SMALLINT CHECK (is_default IN (0, 1)) NOT NULL DEFAULT 0, role TEXT COLLATE "C", org BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, account, ledger, name)
);

-- One change made to many rows, and what became of each.
CREATE TABLE sys_batch (
  county BIGINT NOT NULL, id BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, action TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C", value TEXT COLLATE "C", reason TEXT COLLATE "C",
  at BIGINT NOT NULL, account BIGINT NOT NULL, n_changed BIGINT NOT NULL, n_same BIGINT NOT NULL, n_refused BIGINT NOT NULL,
  undo_of BIGINT, undone_by BIGINT,
  PRIMARY KEY (county, id)
);
CREATE TABLE sys_batch_item (
  county BIGINT NOT NULL, batch BIGINT NOT NULL, place BIGINT NOT NULL, row_id BIGINT NOT NULL, result TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL, before TEXT COLLATE "C",
  why_zh TEXT COLLATE "C", why_en TEXT COLLATE "C",
  PRIMARY KEY (county, batch, place)
);

-- Rows found to be one with another: the row stays withdrawn, who asks for it is led on.
CREATE TABLE sys_merged (
  county BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT NOT NULL, into_row BIGINT NOT NULL, at BIGINT NOT NULL, account BIGINT NOT NULL,
  PRIMARY KEY (county, row_id)
);
CREATE INDEX sys_merged_into ON sys_merged (county, into_row);

-- ==== 0006_accounts ====
-- Accounts: where sessions come from, one-time passwords, the second factor, proxies and the settings of the county.

-- A password set by somebody else is changed at the next sign-in.
ALTER TABLE sys_account ADD COLUMN must_change SMALLINT CHECK (must_change IN (0, 1)) NOT NULL DEFAULT 0;

-- stage: '' open, otherwise what is still asked: 'second', 'enrol', 'password'. proxy: the sys_proxy under which it acts, 0 none.
ALTER TABLE sys_session ADD COLUMN remote TEXT COLLATE "C";
ALTER TABLE sys_session ADD COLUMN device TEXT COLLATE "C";
ALTER TABLE sys_session ADD COLUMN stage TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sys_session ADD COLUMN proxy BIGINT NOT NULL DEFAULT 0;

-- The account for which the actor acted as a proxy, 0 for himself.
ALTER TABLE sys_event ADD COLUMN behalf BIGINT NOT NULL DEFAULT 0;

-- What administrators decide for the county; a setting without a row has its default (core/setting).
CREATE TABLE sys_setting (
  county BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL, set_at BIGINT NOT NULL, set_by BIGINT NOT NULL,
  PRIMARY KEY (county, name)
);

-- Passwords used before, so that they are not used again.
CREATE TABLE sys_password_past (
  county BIGINT NOT NULL, account BIGINT NOT NULL, at BIGINT NOT NULL, password TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, account, at)
);

-- The second factor: a time-based secret, encrypted with a key outside the database; used_step refuses a code sent twice.
CREATE TABLE sys_second (
  county BIGINT NOT NULL, account BIGINT NOT NULL, secret TEXT COLLATE "C" NOT NULL, confirmed_at BIGINT, used_step BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL,
  PRIMARY KEY (county, account)
);

-- Codes for the day the device is lost; only their hashes are kept, each works once.
CREATE TABLE sys_recovery (
  county BIGINT NOT NULL, account BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL, used_at BIGINT,
  PRIMARY KEY (county, account, hash)
);

-- One account acts for another, from a day to a day, at roles that one holds.
CREATE TABLE sys_proxy (
  county BIGINT NOT NULL, id BIGINT NOT NULL, principal BIGINT NOT NULL, deputy BIGINT NOT NULL, from_on TEXT COLLATE "C" NOT NULL, to_on TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL, created_by BIGINT NOT NULL, ended_at BIGINT, ended_by BIGINT,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_proxy_principal ON sys_proxy (county, principal);
CREATE INDEX sys_proxy_deputy ON sys_proxy (county, deputy);
CREATE TABLE sys_proxy_role (
  county BIGINT NOT NULL, proxy BIGINT NOT NULL, held BIGINT NOT NULL,
  PRIMARY KEY (county, proxy, held)
);

-- ==== 0007_api ====
-- Programs that speak for people: tokens, and the webhooks that tell other systems what changed.

-- Personal tokens; only the hash is kept. A token can do less than its account, never more.
CREATE TABLE sys_token (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL, tail TEXT COLLATE "C" NOT NULL,
  may_write SMALLINT CHECK (may_write IN (0, 1)) NOT NULL, ledgers TEXT COLLATE "C", org BIGINT,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, revoked_at BIGINT, revoked_by BIGINT,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);
CREATE INDEX sys_token_account ON sys_token (county, account);

-- Which token an event came through; covered by the event's mac.
ALTER TABLE sys_event ADD COLUMN via TEXT COLLATE "C";

-- The address of what was made travels with a repeated answer; old keys are swept by time.
ALTER TABLE sys_idempotency ADD COLUMN location TEXT COLLATE "C";
CREATE INDEX sys_idempotency_at ON sys_idempotency (county, at);

-- Who is told of what. The secret is derived from the data directory's key and its number: it is in no dump.
CREATE TABLE sys_webhook (
  county BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, url TEXT COLLATE "C" NOT NULL, ledgers TEXT COLLATE "C" NOT NULL, kinds TEXT COLLATE "C" NOT NULL,
  org BIGINT NOT NULL, secret_no BIGINT NOT NULL DEFAULT 1, rotated_at BIGINT, paused SMALLINT CHECK (paused IN (0, 1)) NOT NULL DEFAULT 0, removed_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL, created_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);

-- The outbox: written with the change, sent afterwards. state: waiting, done, dead.
CREATE TABLE sys_delivery (
  county BIGINT NOT NULL, id BIGINT NOT NULL, webhook BIGINT NOT NULL, event BIGINT NOT NULL, action TEXT COLLATE "C" NOT NULL, ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT NOT NULL,
  version BIGINT NOT NULL, org BIGINT NOT NULL, at BIGINT NOT NULL, state TEXT COLLATE "C" NOT NULL, tries BIGINT NOT NULL DEFAULT 0,
  next_at BIGINT NOT NULL, status BIGINT, why TEXT COLLATE "C", took_ms BIGINT, ended_at BIGINT,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_delivery_due ON sys_delivery (county, state, next_at);
CREATE INDEX sys_delivery_webhook ON sys_delivery (county, webhook, id);

-- ==== 0008_backup ====
-- Backups that were made or that failed, newest last. kind: manual, daily, upgrade; checked: restored, read, or NULL where it was not.
CREATE TABLE sys_backup (
  county BIGINT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL, path TEXT COLLATE "C" NOT NULL, n_bytes BIGINT NOT NULL,
  n_rows BIGINT NOT NULL, n_files BIGINT NOT NULL, sealed BIGINT NOT NULL, print TEXT COLLATE "C", seconds BIGINT NOT NULL,
  checked TEXT COLLATE "C", failure TEXT COLLATE "C", made_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);

-- ==== 0010_flow ====
-- Rows that move through the nodes of a flow: where each stands, and what waits for whom.

-- One row a case; id is that of the ledger's row. opened_node, opened_visit: the visit of the parent's node that opened this row.
CREATE TABLE sys_case (
  county BIGINT NOT NULL, id BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL, parent BIGINT, node TEXT COLLATE "C" NOT NULL, visit BIGINT NOT NULL,
  entered_at BIGINT NOT NULL, entered_on TEXT COLLATE "C" NOT NULL, rules_on TEXT COLLATE "C" NOT NULL, pack TEXT COLLATE "C" NOT NULL,
  started_by BIGINT NOT NULL, moved_by BIGINT NOT NULL, moved_from TEXT COLLATE "C", opened_node TEXT COLLATE "C", opened_visit BIGINT, ended SMALLINT CHECK (ended IN (0, 1)) NOT NULL, watch_until TEXT COLLATE "C",
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_case_place ON sys_case (county, ledger, node, org);
CREATE INDEX sys_case_parent ON sys_case (county, parent);
CREATE INDEX sys_case_started ON sys_case (county, started_by);

-- What waits, or waited, for somebody at a visit of a node. kind: act, second, delegate, review, copy. roles: ",a,b," while
-- anybody of these may act, account when one person must. waits: how many others have to answer first.
CREATE TABLE sys_task (
  county BIGINT NOT NULL, id BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT NOT NULL, org BIGINT NOT NULL, node TEXT COLLATE "C" NOT NULL, visit BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL, roles TEXT COLLATE "C" NOT NULL, account BIGINT, not_account BIGINT, above BIGINT, waits BIGINT NOT NULL,
  opened_at BIGINT NOT NULL, opened_on TEXT COLLATE "C" NOT NULL, opened_by BIGINT NOT NULL,
  due_on TEXT COLLATE "C", warn_on TEXT COLLATE "C", due_rule TEXT COLLATE "C", hold_on TEXT COLLATE "C", n_urged BIGINT NOT NULL, urged_at BIGINT,
  closed_at BIGINT, closed_on TEXT COLLATE "C", closed_by BIGINT, behalf BIGINT, outcome TEXT COLLATE "C", to_node TEXT COLLATE "C", opinion TEXT COLLATE "C", back_filled SMALLINT CHECK (back_filled IN (0, 1)) NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_task_row ON sys_task (county, row_id, id);
CREATE INDEX sys_task_open ON sys_task (county, org, due_on) WHERE closed_at IS NULL;
CREATE INDEX sys_task_account ON sys_task (county, account) WHERE closed_at IS NULL;
CREATE INDEX sys_task_done ON sys_task (county, closed_by, closed_at) WHERE closed_at IS NOT NULL;

-- Sentences an account uses often in opinions.
CREATE TABLE sys_phrase (
  county BIGINT NOT NULL, account BIGINT NOT NULL, id BIGINT NOT NULL, text TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, account, id)
);

-- ==== 0011_due ====
-- The review queue: one act done to many rows that stand at one node, and what became of each.

-- kind: of the tasks (act, second, review, delegate). action: as in an act of one row.
CREATE TABLE sys_due_batch (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, node TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL, opinion TEXT COLLATE "C", at BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
-- version: of the row as it was looked at. result: waiting, done, refused, stale.
CREATE TABLE sys_due_item (
  county BIGINT NOT NULL, batch BIGINT NOT NULL, place BIGINT NOT NULL, task BIGINT NOT NULL, row_id BIGINT NOT NULL, version BIGINT NOT NULL, result TEXT COLLATE "C" NOT NULL,
  why_zh TEXT COLLATE "C", why_en TEXT COLLATE "C",
  PRIMARY KEY (county, batch, place)
);

-- ==== 0012_extend ====
-- Deadlines that were moved: how many days beyond what the node gives.
ALTER TABLE sys_task ADD COLUMN extended BIGINT NOT NULL DEFAULT 0;

-- ==== 0013_supervision ====
-- Numbers that the program gives, what was opened for what is overdue, and the weekly digest.

-- The last number of a year; no gaps, for it is taken in the transaction of the row.
CREATE TABLE sys_number (
  county BIGINT NOT NULL, ledger TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL,
  PRIMARY KEY (county, ledger, field, year)
);

-- item: the supervised row, of item_ledger. Either a visit of a node (ledger, row_id, node, visit) or a period of a
-- cadence (cadence, from_on, to_on) of org.
CREATE TABLE sys_supervised (
  county BIGINT NOT NULL, item BIGINT NOT NULL, item_ledger TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL, opened_on TEXT COLLATE "C" NOT NULL,
  ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT, node TEXT COLLATE "C", visit BIGINT,
  cadence TEXT COLLATE "C", from_on TEXT COLLATE "C", to_on TEXT COLLATE "C",
  done_on TEXT COLLATE "C", escalated_on TEXT COLLATE "C",
  PRIMARY KEY (county, item)
);
CREATE UNIQUE INDEX sys_supervised_visit ON sys_supervised (county, row_id, node, visit) WHERE cadence IS NULL;
CREATE UNIQUE INDEX sys_supervised_period ON sys_supervised (county, cadence, org, from_on) WHERE cadence IS NOT NULL;

-- read_week: the Monday of the last weekly digest that was read; off: not wanted any more.
CREATE TABLE sys_digest (
  county BIGINT NOT NULL, account BIGINT NOT NULL, read_week TEXT COLLATE "C", off SMALLINT CHECK (off IN (0, 1)) NOT NULL,
  PRIMARY KEY (county, account)
);

-- ==== 0014_assessment ====
-- Contests as they are held: who approved which card, what was published, and on what it rested.

-- A scheme of a period. state: open or published; revision: the last one published, 0 before. notice_on: since when the
-- results that everybody accepted stand on notice. version counts the acts on it.
CREATE TABLE sys_assessment (
  county BIGINT NOT NULL, id BIGINT NOT NULL, scheme TEXT COLLATE "C" NOT NULL, period TEXT COLLATE "C" NOT NULL, from_on TEXT COLLATE "C" NOT NULL, to_on TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL, notice_on TEXT COLLATE "C", version BIGINT NOT NULL, opened_at BIGINT NOT NULL, opened_by BIGINT NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, scheme, period)
);

-- A card on its way. level: how many levels of the scheme have passed it; snapshot: what it was frozen to, or NULL while live.
CREATE TABLE sys_assessment_card (
  county BIGINT NOT NULL, assessment BIGINT NOT NULL, org BIGINT NOT NULL, level BIGINT NOT NULL, snapshot BIGINT,
  approved_at BIGINT, approved_by BIGINT, accepted_at BIGINT, accepted_by BIGINT,
  PRIMARY KEY (county, assessment, org)
);

-- What people decided beside the computed mark; the newest of an item holds, points NULL: the computed one again. Never changed.
CREATE TABLE sys_assessment_mark (
  county BIGINT NOT NULL, id BIGINT NOT NULL, assessment BIGINT NOT NULL, org BIGINT NOT NULL, item TEXT COLLATE "C" NOT NULL, computed BIGINT, points BIGINT,
  reason TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL, appeal BIGINT, made_at BIGINT NOT NULL, made_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_assessment_mark_card ON sys_assessment_mark (county, assessment, org, id);

-- The rules a snapshot was computed by: the pack and, one JSON object, its parameters and the scheme's items. Never changed.
CREATE TABLE sys_assessment_rules (
  county BIGINT NOT NULL, id BIGINT NOT NULL, assessment BIGINT NOT NULL, pack TEXT COLLATE "C" NOT NULL, pack_version TEXT COLLATE "C" NOT NULL, pack_digest TEXT COLLATE "C" NOT NULL,
  scheme_version TEXT COLLATE "C" NOT NULL, rules TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);

-- A frozen card, with its lists, items and the rows behind them; no text of a row is kept, only which version of it. Never changed.
CREATE TABLE sys_assessment_snapshot (
  county BIGINT NOT NULL, id BIGINT NOT NULL, assessment BIGINT NOT NULL, org BIGINT NOT NULL, org_code TEXT COLLATE "C" NOT NULL, org_name TEXT COLLATE "C" NOT NULL, rules BIGINT NOT NULL,
  total BIGINT NOT NULL, base BIGINT NOT NULL, vetoed SMALLINT CHECK (vetoed IN (0, 1)) NOT NULL, veto_document TEXT COLLATE "C", veto_zh TEXT COLLATE "C", veto_en TEXT COLLATE "C",
  taken_at BIGINT NOT NULL, taken_by BIGINT NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE TABLE sys_assessment_list (
  county BIGINT NOT NULL, snapshot BIGINT NOT NULL, list TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, zh TEXT COLLATE "C" NOT NULL, en TEXT COLLATE "C" NOT NULL,
  points BIGINT NOT NULL, base BIGINT NOT NULL, cap BIGINT NOT NULL, weight BIGINT NOT NULL,
  PRIMARY KEY (county, snapshot, list)
);
-- points: what counts, the final mark where there is one. value is a decimal of value_scale.
CREATE TABLE sys_assessment_item (
  county BIGINT NOT NULL, snapshot BIGINT NOT NULL, item TEXT COLLATE "C" NOT NULL, list TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, zh TEXT COLLATE "C" NOT NULL, en TEXT COLLATE "C" NOT NULL,
  of_points BIGINT NOT NULL, counted SMALLINT CHECK (counted IN (0, 1)) NOT NULL, computed BIGINT NOT NULL, final BIGINT, points BIGINT NOT NULL, mark BIGINT,
  numerator BIGINT, denominator BIGINT, value BIGINT, value_scale BIGINT, n_rows BIGINT NOT NULL,
  PRIMARY KEY (county, snapshot, item)
);
CREATE TABLE sys_assessment_evidence (
  county BIGINT NOT NULL, snapshot BIGINT NOT NULL, item TEXT COLLATE "C" NOT NULL, ledger TEXT COLLATE "C" NOT NULL, row_id BIGINT NOT NULL, org BIGINT NOT NULL, version BIGINT NOT NULL, points BIGINT,
  PRIMARY KEY (county, snapshot, item, ledger, row_id)
);
CREATE INDEX sys_assessment_evidence_row ON sys_assessment_evidence (county, row_id);

-- A publication; digest: SM3 over all of it. appeal: whose answer made this revision. Never changed.
CREATE TABLE sys_assessment_publication (
  county BIGINT NOT NULL, assessment BIGINT NOT NULL, revision BIGINT NOT NULL, published_at BIGINT NOT NULL, published_on TEXT COLLATE "C" NOT NULL, published_by BIGINT NOT NULL,
  appeal BIGINT, reason TEXT COLLATE "C", n_cards BIGINT NOT NULL, digest TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, assessment, revision)
);
CREATE TABLE sys_assessment_result (
  county BIGINT NOT NULL, assessment BIGINT NOT NULL, revision BIGINT NOT NULL, org BIGINT NOT NULL, snapshot BIGINT NOT NULL, place BIGINT NOT NULL, rank BIGINT NOT NULL,
  total BIGINT NOT NULL, vetoed SMALLINT CHECK (vetoed IN (0, 1)) NOT NULL, band TEXT COLLATE "C", band_zh TEXT COLLATE "C", band_en TEXT COLLATE "C", by_points TEXT COLLATE "C", why TEXT COLLATE "C",
  PRIMARY KEY (county, assessment, revision, org)
);
CREATE INDEX sys_assessment_result_org ON sys_assessment_result (county, org);

-- An objection to a published card and its answer. outcome: accepted or rejected; new_revision: what an accepted one led to.
CREATE TABLE sys_assessment_appeal (
  county BIGINT NOT NULL, id BIGINT NOT NULL, assessment BIGINT NOT NULL, org BIGINT NOT NULL, revision BIGINT NOT NULL, item TEXT COLLATE "C", body TEXT COLLATE "C" NOT NULL,
  filed_at BIGINT NOT NULL, filed_on TEXT COLLATE "C" NOT NULL, filed_by BIGINT NOT NULL,
  outcome TEXT COLLATE "C", answer TEXT COLLATE "C", document TEXT COLLATE "C", points BIGINT, answered_at BIGINT, answered_on TEXT COLLATE "C", answered_by BIGINT, new_revision BIGINT,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_assessment_appeal_card ON sys_assessment_appeal (county, assessment, org, id);

-- What a pack may see of the contests: the results of the last revision published.
CREATE VIEW assessed AS
  SELECT a.scheme AS scheme, a.period AS period, a.from_on AS from_on, a.to_on AS to_on, r.revision AS revision,
    p.published_on AS published_on, r.org AS org, r.rank AS rank, r.total AS total, r.vetoed AS vetoed, r.band AS band
  FROM sys_assessment a JOIN sys_assessment_result r ON r.county = a.county AND r.assessment = a.id AND r.revision = a.revision
  JOIN sys_assessment_publication p ON p.county = a.county AND p.assessment = a.id AND p.revision = a.revision
  WHERE a.county = NULLIF(current_setting('hangji.county', true), '')::bigint;

-- ==== 0015_cockpit ====
-- The screens of the county's leadership: tokens of big screens, and where lights change.

-- Read-only tokens with which a big screen opens; only the hash of one is kept. org: what it shows, and what lies below.
CREATE TABLE sys_screen (
  county BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL, tail TEXT COLLATE "C" NOT NULL, org BIGINT NOT NULL,
  created_at BIGINT NOT NULL, created_by BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, revoked_at BIGINT, revoked_by BIGINT,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);

-- Lights of an indicator as an organization sets them, for itself and what lies below it; without a row those of the pack count.
CREATE TABLE sys_threshold (
  county BIGINT NOT NULL, org BIGINT NOT NULL, indicator TEXT COLLATE "C" NOT NULL, green BIGINT NOT NULL, yellow BIGINT NOT NULL, set_at BIGINT NOT NULL, set_by BIGINT NOT NULL,
  PRIMARY KEY (county, org, indicator)
);

-- ==== 0016_scheme ====
-- What each version of a scheme says, as it was loaded: frozen once its first period has begun. part: "item base.sites_fit", "bands".
CREATE TABLE sys_scheme (
  county BIGINT NOT NULL, scheme TEXT COLLATE "C" NOT NULL, from_on TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL, part TEXT COLLATE "C" NOT NULL, facts TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (county, scheme, from_on, part)
);

-- ==== 0018_pack_history ====
-- What each version of the rules changed when it was loaded. lines: JSON {zh: [...], en: [...]}, NULL where it was not recorded;
-- said: all that the version says, kept of the newest only, to tell the next one's difference from.
ALTER TABLE sys_pack ADD COLUMN lines TEXT COLLATE "C";
ALTER TABLE sys_pack ADD COLUMN said TEXT COLLATE "C";

-- ==== 0019_subscription ====
-- Addresses under which programs on phones and desks read the calendar of one account; only the hash is kept. When it is read is not recorded.
CREATE TABLE sys_subscription (
  county BIGINT NOT NULL, id BIGINT NOT NULL, account BIGINT NOT NULL, hash TEXT COLLATE "C" NOT NULL, tail TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT, revoked_by BIGINT,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);
CREATE INDEX sys_subscription_account ON sys_subscription (county, account);

-- ==== 0021_unsaved ====
-- What somebody began to write in a form and has not saved: for its writer alone, locked under a key of sys_sealed_key (row_id = id), gone after 30 days.
CREATE TABLE sys_unsaved (
  county BIGINT NOT NULL, account BIGINT NOT NULL, ledger TEXT COLLATE "C", row_id BIGINT NOT NULL, id BIGINT NOT NULL, body BYTEA NOT NULL, kept_at BIGINT NOT NULL,
  PRIMARY KEY (county, account, ledger, row_id)
);
CREATE INDEX sys_unsaved_kept ON sys_unsaved (county, kept_at);

-- ==== search ====
-- Run after the migrations, and again when this file changed.
-- The words of a row in their order: one Chinese character or word a token, so that phrases of one and two characters are found.
CREATE OR REPLACE FUNCTION public.hj_search_place(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
  SELECT coalesce(string_agg(quote_literal(w) || ':' || n, ' '), '')::tsvector
  FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS t (w, n) WHERE w <> ''
$f$;
ALTER TABLE sys_search ADD COLUMN IF NOT EXISTS place tsvector;
CREATE INDEX IF NOT EXISTS sys_search_place ON sys_search USING gin (place);

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

