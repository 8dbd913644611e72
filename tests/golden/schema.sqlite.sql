-- Made by tests/golden/schema_text.c; see HANGJI_GOLDEN there.
-- ==== 0001_base ====
-- The program's own tables. Ledgers of a pack are made by core/schema as t_<ledger> with a view <ledger>.
-- Tokens: {id} {i64} {bool} {text} {blob}; dates are YYYY-MM-DD text, open ends 9999-12-31.

-- One county a row: the identity of this data directory.
CREATE TABLE sys_county (
  county INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, created_at INTEGER NOT NULL, demo INTEGER CHECK (demo IN (0, 1)) NOT NULL DEFAULT 0,
  PRIMARY KEY (county)
) STRICT;

-- Organizations. Names and places are dated, see sys_org_name and sys_org_place.
CREATE TABLE sys_org (
  county INTEGER NOT NULL, id INTEGER NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL,
  opened_on TEXT NOT NULL, closed_on TEXT, sort INTEGER NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, code)
) STRICT;
CREATE INDEX sys_org_kind ON sys_org (county, kind);

-- Names by date; to_on is the last day, 9999-12-31 while current.
CREATE TABLE sys_org_name (
  county INTEGER NOT NULL, org INTEGER NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  name TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL, sort_key TEXT NOT NULL,
  PRIMARY KEY (county, org, from_on)
) STRICT;

-- Place in the tree by date: every ancestor of an organization (itself at depth 0), the closure that scope and roll-up use.
CREATE TABLE sys_tree (
  county INTEGER NOT NULL, ancestor INTEGER NOT NULL, org INTEGER NOT NULL, depth INTEGER NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  PRIMARY KEY (county, ancestor, org, from_on)
) STRICT;
CREATE INDEX sys_tree_org ON sys_tree (county, org, depth);

-- Acts that changed the tree: create, rename, move, merge, split, close.
CREATE TABLE sys_org_act (
  county INTEGER NOT NULL, id INTEGER NOT NULL, act TEXT NOT NULL, org INTEGER NOT NULL, other INTEGER, on_day TEXT NOT NULL,
  document TEXT NOT NULL, note TEXT, created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;

CREATE TABLE sys_account (
  county INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, title TEXT, person INTEGER, password TEXT NOT NULL,
  disabled_at INTEGER, n_failed INTEGER NOT NULL DEFAULT 0, locked_until INTEGER NOT NULL DEFAULT 0,
  password_at INTEGER NOT NULL, lang TEXT NOT NULL DEFAULT 'zh', version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, name)
) STRICT;

-- Roles held at organizations.
CREATE TABLE sys_grant (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, role TEXT NOT NULL, org INTEGER NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_grant_account ON sys_grant (county, account);

-- Signed-in sessions; only the hash of the token is kept.
CREATE TABLE sys_session (
  county INTEGER NOT NULL, token TEXT NOT NULL, account INTEGER NOT NULL, csrf TEXT NOT NULL, kind TEXT NOT NULL,
  created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER,
  PRIMARY KEY (county, token)
) STRICT;
CREATE INDEX sys_session_account ON sys_session (county, account);

-- Events: never changed, never deleted (triggers of the adapter). serial is the writing transaction, mac is made with a key outside.
CREATE TABLE sys_event (
  county INTEGER NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL, actor INTEGER NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  ledger TEXT, row_id INTEGER NOT NULL, org INTEGER NOT NULL, before TEXT, after TEXT, reason TEXT,
  serial INTEGER NOT NULL, mac BLOB NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_event_row ON sys_event (county, row_id, id);
CREATE INDEX sys_event_org ON sys_event (county, org, id);

-- The chain: the only public numbers of events.
CREATE TABLE sys_seal (
  county INTEGER NOT NULL, seq INTEGER NOT NULL, event INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (county, seq), UNIQUE (county, event)
) STRICT;

-- Signed heads of the chain.
CREATE TABLE sys_head (
  county INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, alg INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY (county, seq)
) STRICT;

-- Packs that were loaded, newest last; the whole text is kept so that old verdicts can be explained.
CREATE TABLE sys_pack (
  county INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL, loaded_at INTEGER NOT NULL,
  loaded_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;

-- The schema that packs have asked for so far: one row a ledger field, for pack plan.
CREATE TABLE sys_field (
  county INTEGER NOT NULL, ledger TEXT NOT NULL, field TEXT NOT NULL, type TEXT NOT NULL, place INTEGER NOT NULL, retired_on TEXT,
  PRIMARY KEY (county, ledger, field)
) STRICT;

-- Idempotency keys of POST requests, kept for a day.
CREATE TABLE sys_idempotency (
  county INTEGER NOT NULL, account INTEGER NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (county, account, key)
) STRICT;

-- What a pack may see of the tree: today's names and kinds, and dated places.
CREATE VIEW org AS
  SELECT o.id AS id, o.code AS code, o.kind AS kind, n.name AS name, o.opened_on AS opened_on, o.closed_on AS closed_on
  FROM sys_org o JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'
  WHERE o.county = (SELECT county FROM sys_county);
CREATE VIEW org_tree AS
  SELECT ancestor, org, depth, from_on, to_on FROM sys_tree WHERE county = (SELECT county FROM sys_county);

-- ==== immutable ====
CREATE TRIGGER IF NOT EXISTS sys_event_no_update BEFORE update ON sys_event BEGIN SELECT RAISE(ABORT, 'sys_event is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_event_no_delete BEFORE delete ON sys_event BEGIN SELECT RAISE(ABORT, 'sys_event is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_seal_no_update BEFORE update ON sys_seal BEGIN SELECT RAISE(ABORT, 'sys_seal is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_seal_no_delete BEFORE delete ON sys_seal BEGIN SELECT RAISE(ABORT, 'sys_seal is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_head_no_update BEFORE update ON sys_head BEGIN SELECT RAISE(ABORT, 'sys_head is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_head_no_delete BEFORE delete ON sys_head BEGIN SELECT RAISE(ABORT, 'sys_head is never changed'); END;
