-- The program's own tables. Ledgers of a pack are made by core/schema as t_<ledger> with a view <ledger>.
-- Tokens: {id} {i64} {bool} {text} {blob}; dates are YYYY-MM-DD text, open ends 9999-12-31.

-- One county a row: the identity of this data directory.
CREATE TABLE sys_county (
  county {id}, code {text} NOT NULL, name {text} NOT NULL, created_at {i64} NOT NULL, demo {bool} NOT NULL DEFAULT 0,
  PRIMARY KEY (county)
);

-- Organizations. Names and places are dated, see sys_org_name and sys_org_place.
CREATE TABLE sys_org (
  county {id}, id {id}, code {text} NOT NULL, kind {text} NOT NULL,
  opened_on {text} NOT NULL, closed_on {text}, sort {i64} NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, code)
);
CREATE INDEX sys_org_kind ON sys_org (county, kind);

-- Names by date; to_on is the last day, 9999-12-31 while current.
CREATE TABLE sys_org_name (
  county {id}, org {id}, from_on {text} NOT NULL, to_on {text} NOT NULL,
  name {text} NOT NULL, pinyin {text} NOT NULL, initials {text} NOT NULL, sort_key {text} NOT NULL,
  PRIMARY KEY (county, org, from_on)
);

-- Place in the tree by date: every ancestor of an organization (itself at depth 0), the closure that scope and roll-up use.
CREATE TABLE sys_tree (
  county {id}, ancestor {id}, org {id}, depth {i64} NOT NULL, from_on {text} NOT NULL, to_on {text} NOT NULL,
  PRIMARY KEY (county, ancestor, org, from_on)
);
CREATE INDEX sys_tree_org ON sys_tree (county, org, depth);

-- Acts that changed the tree: create, rename, move, merge, split, close.
CREATE TABLE sys_org_act (
  county {id}, id {id}, act {text} NOT NULL, org {id}, other {i64}, on_day {text} NOT NULL,
  document {text} NOT NULL, note {text}, created_at {i64} NOT NULL, created_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);

CREATE TABLE sys_account (
  county {id}, id {id}, name {text} NOT NULL, title {text}, person {i64}, password {text} NOT NULL,
  disabled_at {i64}, n_failed {i64} NOT NULL DEFAULT 0, locked_until {i64} NOT NULL DEFAULT 0,
  password_at {i64} NOT NULL, lang {text} NOT NULL DEFAULT 'zh', version {i64} NOT NULL DEFAULT 1,
  created_at {i64} NOT NULL, created_by {i64} NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, name)
);

-- Roles held at organizations.
CREATE TABLE sys_grant (
  county {id}, id {id}, account {id}, role {text} NOT NULL, org {id}, from_on {text} NOT NULL, to_on {text} NOT NULL,
  created_at {i64} NOT NULL, created_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_grant_account ON sys_grant (county, account);

-- Signed-in sessions; only the hash of the token is kept.
CREATE TABLE sys_session (
  county {id}, token {text} NOT NULL, account {id}, csrf {text} NOT NULL, kind {text} NOT NULL,
  created_at {i64} NOT NULL, seen_at {i64} NOT NULL, expires_at {i64} NOT NULL, ended_at {i64},
  PRIMARY KEY (county, token)
);
CREATE INDEX sys_session_account ON sys_session (county, account);

-- Events: never changed, never deleted (triggers of the adapter). serial is the writing transaction, mac is made with a key outside.
CREATE TABLE sys_event (
  county {id}, id {id}, at {i64} NOT NULL, actor {i64} NOT NULL, action {text} NOT NULL, subject {text} NOT NULL,
  ledger {text}, row_id {i64} NOT NULL, org {i64} NOT NULL, before {text}, after {text}, reason {text},
  serial {i64} NOT NULL, mac {blob} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_event_row ON sys_event (county, row_id, id);
CREATE INDEX sys_event_org ON sys_event (county, org, id);

-- The chain: the only public numbers of events.
CREATE TABLE sys_seal (
  county {id}, seq {i64} NOT NULL, event {id}, hash {blob} NOT NULL,
  PRIMARY KEY (county, seq), UNIQUE (county, event)
);

-- Signed heads of the chain.
CREATE TABLE sys_head (
  county {id}, seq {i64} NOT NULL, at {i64} NOT NULL, alg {i64} NOT NULL, hash {blob} NOT NULL, signature {blob} NOT NULL,
  PRIMARY KEY (county, seq)
);

-- Packs that were loaded, newest last; the whole text is kept so that old verdicts can be explained.
CREATE TABLE sys_pack (
  county {id}, id {id}, name {text} NOT NULL, version {text} NOT NULL, digest {text} NOT NULL, loaded_at {i64} NOT NULL,
  loaded_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);

-- The schema that packs have asked for so far: one row a ledger field, for pack plan.
CREATE TABLE sys_field (
  county {id}, ledger {text} NOT NULL, field {text} NOT NULL, type {text} NOT NULL, place {i64} NOT NULL, retired_on {text},
  PRIMARY KEY (county, ledger, field)
);

-- Idempotency keys of POST requests, kept for a day.
CREATE TABLE sys_idempotency (
  county {id}, account {id}, key {text} NOT NULL, digest {text} NOT NULL, status {i64} NOT NULL, body {text} NOT NULL, at {i64} NOT NULL,
  PRIMARY KEY (county, account, key)
);

-- What a pack may see of the tree: today's names and kinds, and dated places.
CREATE VIEW org AS
  SELECT o.id AS id, o.code AS code, o.kind AS kind, n.name AS name, o.opened_on AS opened_on, o.closed_on AS closed_on
  FROM sys_org o JOIN sys_org_name n ON n.county = o.county AND n.org = o.id AND n.to_on = '9999-12-31'
  WHERE o.county = {this_county};
CREATE VIEW org_tree AS
  SELECT ancestor, org, depth, from_on, to_on FROM sys_tree WHERE county = {this_county};
