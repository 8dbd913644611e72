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

-- ==== 0002_import ====
-- Workbooks on their way in: what was found in each and how far it is. They are kept for some days and then swept.
CREATE TABLE sys_import (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, ledger TEXT NOT NULL, file_name TEXT NOT NULL, n_bytes INTEGER NOT NULL,
  lang TEXT NOT NULL, state TEXT NOT NULL, mode TEXT NOT NULL DEFAULT '',
  n_rows INTEGER NOT NULL DEFAULT 0, n_right INTEGER NOT NULL DEFAULT 0, n_wrong INTEGER NOT NULL DEFAULT 0,
  n_duplicate INTEGER NOT NULL DEFAULT 0, n_made INTEGER NOT NULL DEFAULT 0, n_done INTEGER NOT NULL DEFAULT 0,
  problems TEXT, worker INTEGER NOT NULL DEFAULT 0, beat_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_import_state ON sys_import (county, state);
CREATE INDEX sys_import_account ON sys_import (county, account, id);

-- The workbook itself (kind 'file'), what is wrong in it ('wrong') and the rows made of it ('made'), in pieces.
CREATE TABLE sys_import_part (
  county INTEGER NOT NULL, import_id INTEGER NOT NULL, kind TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (county, import_id, kind, part)
) STRICT;

-- ==== 0003_files ====
-- Files: what rows cite as evidence. The bytes lie in the data directory under their SHA-256; the same bytes lie there once.

-- One upload; thumb names the small picture of a picture, stored the same way.
CREATE TABLE sys_file (
  county INTEGER NOT NULL, id INTEGER NOT NULL, digest TEXT NOT NULL, thumb TEXT, type TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
  width INTEGER, height INTEGER, created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_file_digest ON sys_file (digest);
CREATE INDEX sys_file_thumb ON sys_file (thumb);

-- Which field of which row holds a file now.
CREATE TABLE sys_file_cite (
  county INTEGER NOT NULL, file INTEGER NOT NULL, ledger TEXT NOT NULL, row_id INTEGER NOT NULL, field TEXT NOT NULL,
  PRIMARY KEY (county, file, ledger, row_id, field)
) STRICT;
CREATE INDEX sys_file_cite_row ON sys_file_cite (county, ledger, row_id);

-- ==== 0004_sealed ====
-- Sealed values: what a ledger keeps of a person encrypted. The row itself holds a keyed hash, events hold a salted one.

-- One key a row, wrapped by a master key that is not in the database; wrapped is NULL once it was destroyed.
CREATE TABLE sys_sealed_key (
  county INTEGER NOT NULL, row_id INTEGER NOT NULL, ledger TEXT NOT NULL, master TEXT NOT NULL, wrapped BLOB, made_at INTEGER NOT NULL, purged_at INTEGER,
  PRIMARY KEY (county, row_id)
) STRICT;
CREATE INDEX sys_sealed_key_master ON sys_sealed_key (county, master, row_id);

-- The values under that key; made_as is the name the field had when the value was sealed.
CREATE TABLE sys_sealed (
  county INTEGER NOT NULL, row_id INTEGER NOT NULL, field TEXT NOT NULL, ledger TEXT NOT NULL, made_as TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (county, row_id, field)
) STRICT;

-- Values shown in clear, for the limit of each account; the events say why.
CREATE TABLE sys_unmask (
  county INTEGER NOT NULL, account INTEGER NOT NULL, at INTEGER NOT NULL, id INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (county, account, at, id)
) STRICT;

-- ==== 0005_search ====
-- Searching, lists as people keep them, changes to many rows at once, rows found to be one.

-- The rows that can be searched. words: what is to be looked for, one Chinese character or word a token; NULL once the index
-- of the database (sys_search_words on SQLite, the column place on PostgreSQL) holds them.
CREATE TABLE sys_search (
  county INTEGER NOT NULL, id INTEGER NOT NULL, ledger TEXT NOT NULL, org INTEGER NOT NULL, words TEXT,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_search_new ON sys_search (county, id) WHERE words IS NOT NULL;

-- What each ledger was indexed by; another digest indexes it anew.
CREATE TABLE sys_search_ledger (
  county INTEGER NOT NULL, ledger TEXT NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (county, ledger)
) STRICT;

-- Lists somebody keeps: conditions, columns and their order. The one without a name holds the columns of everyday.
-- Shared: seen by those who hold role below org.
CREATE TABLE sys_list (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, ledger TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, columns TEXT NOT NULL,
  is_default INTEGER CHECK (is_default IN (0, 1)) NOT NULL DEFAULT 0, role TEXT, org INTEGER, created_at INTEGER NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, account, ledger, name)
) STRICT;

-- One change made to many rows, and what became of each.
CREATE TABLE sys_batch (
  county INTEGER NOT NULL, id INTEGER NOT NULL, ledger TEXT NOT NULL, action TEXT NOT NULL, field TEXT, value TEXT, reason TEXT,
  at INTEGER NOT NULL, account INTEGER NOT NULL, n_changed INTEGER NOT NULL, n_same INTEGER NOT NULL, n_refused INTEGER NOT NULL,
  undo_of INTEGER, undone_by INTEGER,
  PRIMARY KEY (county, id)
) STRICT;
CREATE TABLE sys_batch_item (
  county INTEGER NOT NULL, batch INTEGER NOT NULL, place INTEGER NOT NULL, row_id INTEGER NOT NULL, result TEXT NOT NULL, version INTEGER NOT NULL, before TEXT,
  why_zh TEXT, why_en TEXT,
  PRIMARY KEY (county, batch, place)
) STRICT;

-- Rows found to be one with another: the row stays withdrawn, who asks for it is led on.
CREATE TABLE sys_merged (
  county INTEGER NOT NULL, ledger TEXT NOT NULL, row_id INTEGER NOT NULL, into_row INTEGER NOT NULL, at INTEGER NOT NULL, account INTEGER NOT NULL,
  PRIMARY KEY (county, row_id)
) STRICT;
CREATE INDEX sys_merged_into ON sys_merged (county, into_row);

-- ==== 0006_accounts ====
-- Accounts: where sessions come from, one-time passwords, the second factor, proxies and the settings of the county.

-- A password set by somebody else is changed at the next sign-in.
ALTER TABLE sys_account ADD COLUMN must_change INTEGER CHECK (must_change IN (0, 1)) NOT NULL DEFAULT 0;

-- stage: '' open, otherwise what is still asked: 'second', 'enrol', 'password'. proxy: the sys_proxy under which it acts, 0 none.
ALTER TABLE sys_session ADD COLUMN remote TEXT;
ALTER TABLE sys_session ADD COLUMN device TEXT;
ALTER TABLE sys_session ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE sys_session ADD COLUMN proxy INTEGER NOT NULL DEFAULT 0;

-- The account for which the actor acted as a proxy, 0 for himself.
ALTER TABLE sys_event ADD COLUMN behalf INTEGER NOT NULL DEFAULT 0;

-- What administrators decide for the county; a setting without a row has its default (core/setting).
CREATE TABLE sys_setting (
  county INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, set_at INTEGER NOT NULL, set_by INTEGER NOT NULL,
  PRIMARY KEY (county, name)
) STRICT;

-- Passwords used before, so that they are not used again.
CREATE TABLE sys_password_past (
  county INTEGER NOT NULL, account INTEGER NOT NULL, at INTEGER NOT NULL, password TEXT NOT NULL,
  PRIMARY KEY (county, account, at)
) STRICT;

-- The second factor: a time-based secret, encrypted with a key outside the database; used_step refuses a code sent twice.
CREATE TABLE sys_second (
  county INTEGER NOT NULL, account INTEGER NOT NULL, secret TEXT NOT NULL, confirmed_at INTEGER, used_step INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL,
  PRIMARY KEY (county, account)
) STRICT;

-- Codes for the day the device is lost; only their hashes are kept, each works once.
CREATE TABLE sys_recovery (
  county INTEGER NOT NULL, account INTEGER NOT NULL, hash TEXT NOT NULL, used_at INTEGER,
  PRIMARY KEY (county, account, hash)
) STRICT;

-- One account acts for another, from a day to a day, at roles that one holds.
CREATE TABLE sys_proxy (
  county INTEGER NOT NULL, id INTEGER NOT NULL, principal INTEGER NOT NULL, deputy INTEGER NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, reason TEXT NOT NULL,
  created_at INTEGER NOT NULL, created_by INTEGER NOT NULL, ended_at INTEGER, ended_by INTEGER,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_proxy_principal ON sys_proxy (county, principal);
CREATE INDEX sys_proxy_deputy ON sys_proxy (county, deputy);
CREATE TABLE sys_proxy_role (
  county INTEGER NOT NULL, proxy INTEGER NOT NULL, held INTEGER NOT NULL,
  PRIMARY KEY (county, proxy, held)
) STRICT;

-- ==== 0007_api ====
-- Programs that speak for people: tokens, and the webhooks that tell other systems what changed.

-- Personal tokens; only the hash is kept. A token can do less than its account, never more.
CREATE TABLE sys_token (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, tail TEXT NOT NULL,
  may_write INTEGER CHECK (may_write IN (0, 1)) NOT NULL, ledgers TEXT, org INTEGER,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER, revoked_by INTEGER,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
) STRICT;
CREATE INDEX sys_token_account ON sys_token (county, account);

-- Which token an event came through; covered by the event's mac.
ALTER TABLE sys_event ADD COLUMN via TEXT;

-- The address of what was made travels with a repeated answer; old keys are swept by time.
ALTER TABLE sys_idempotency ADD COLUMN location TEXT;
CREATE INDEX sys_idempotency_at ON sys_idempotency (county, at);

-- Who is told of what. The secret is derived from the data directory's key and its number: it is in no dump.
CREATE TABLE sys_webhook (
  county INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, ledgers TEXT NOT NULL, kinds TEXT NOT NULL,
  org INTEGER NOT NULL, secret_no INTEGER NOT NULL DEFAULT 1, rotated_at INTEGER, paused INTEGER CHECK (paused IN (0, 1)) NOT NULL DEFAULT 0, removed_at INTEGER,
  version INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL, created_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;

-- The outbox: written with the change, sent afterwards. state: waiting, done, dead.
CREATE TABLE sys_delivery (
  county INTEGER NOT NULL, id INTEGER NOT NULL, webhook INTEGER NOT NULL, event INTEGER NOT NULL, action TEXT NOT NULL, ledger TEXT NOT NULL, row_id INTEGER NOT NULL,
  version INTEGER NOT NULL, org INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL, status INTEGER, why TEXT, took_ms INTEGER, ended_at INTEGER,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_delivery_due ON sys_delivery (county, state, next_at);
CREATE INDEX sys_delivery_webhook ON sys_delivery (county, webhook, id);

-- ==== 0008_backup ====
-- Backups that were made or that failed, newest last. kind: manual, daily, upgrade; checked: restored, read, or NULL where it was not.
CREATE TABLE sys_backup (
  county INTEGER NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, n_bytes INTEGER NOT NULL,
  n_rows INTEGER NOT NULL, n_files INTEGER NOT NULL, sealed INTEGER NOT NULL, print TEXT, seconds INTEGER NOT NULL,
  checked TEXT, failure TEXT, made_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;

-- ==== 0010_flow ====
-- Rows that move through the nodes of a flow: where each stands, and what waits for whom.

-- One row a case; id is that of the ledger's row. opened_node, opened_visit: the visit of the parent's node that opened this row.
CREATE TABLE sys_case (
  county INTEGER NOT NULL, id INTEGER NOT NULL, ledger TEXT NOT NULL, org INTEGER NOT NULL, parent INTEGER, node TEXT NOT NULL, visit INTEGER NOT NULL,
  entered_at INTEGER NOT NULL, entered_on TEXT NOT NULL, rules_on TEXT NOT NULL, pack TEXT NOT NULL,
  started_by INTEGER NOT NULL, moved_by INTEGER NOT NULL, moved_from TEXT, opened_node TEXT, opened_visit INTEGER, ended INTEGER CHECK (ended IN (0, 1)) NOT NULL, watch_until TEXT,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_case_place ON sys_case (county, ledger, node, org);
CREATE INDEX sys_case_parent ON sys_case (county, parent);
CREATE INDEX sys_case_started ON sys_case (county, started_by);

-- What waits, or waited, for somebody at a visit of a node. kind: act, second, delegate, review, copy. roles: ",a,b," while
-- anybody of these may act, account when one person must. waits: how many others have to answer first.
CREATE TABLE sys_task (
  county INTEGER NOT NULL, id INTEGER NOT NULL, ledger TEXT NOT NULL, row_id INTEGER NOT NULL, org INTEGER NOT NULL, node TEXT NOT NULL, visit INTEGER NOT NULL,
  kind TEXT NOT NULL, roles TEXT NOT NULL, account INTEGER, not_account INTEGER, above INTEGER, waits INTEGER NOT NULL,
  opened_at INTEGER NOT NULL, opened_on TEXT NOT NULL, opened_by INTEGER NOT NULL,
  due_on TEXT, warn_on TEXT, due_rule TEXT, hold_on TEXT, n_urged INTEGER NOT NULL, urged_at INTEGER,
  closed_at INTEGER, closed_on TEXT, closed_by INTEGER, behalf INTEGER, outcome TEXT, to_node TEXT, opinion TEXT, back_filled INTEGER CHECK (back_filled IN (0, 1)) NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_task_row ON sys_task (county, row_id, id);
CREATE INDEX sys_task_open ON sys_task (county, org, due_on) WHERE closed_at IS NULL;
CREATE INDEX sys_task_account ON sys_task (county, account) WHERE closed_at IS NULL;
CREATE INDEX sys_task_done ON sys_task (county, closed_by, closed_at) WHERE closed_at IS NOT NULL;

-- Sentences an account uses often in opinions.
CREATE TABLE sys_phrase (
  county INTEGER NOT NULL, account INTEGER NOT NULL, id INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (county, account, id)
) STRICT;

-- ==== 0011_due ====
-- The review queue: one act done to many rows that stand at one node, and what became of each.

-- kind: of the tasks (act, second, review, delegate). action: as in an act of one row.
CREATE TABLE sys_due_batch (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, ledger TEXT NOT NULL, node TEXT NOT NULL, kind TEXT NOT NULL,
  action TEXT NOT NULL, opinion TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
-- version: of the row as it was looked at. result: waiting, done, refused, stale.
CREATE TABLE sys_due_item (
  county INTEGER NOT NULL, batch INTEGER NOT NULL, place INTEGER NOT NULL, task INTEGER NOT NULL, row_id INTEGER NOT NULL, version INTEGER NOT NULL, result TEXT NOT NULL,
  why_zh TEXT, why_en TEXT,
  PRIMARY KEY (county, batch, place)
) STRICT;

-- ==== 0012_extend ====
-- Deadlines that were moved: how many days beyond what the node gives.
ALTER TABLE sys_task ADD COLUMN extended INTEGER NOT NULL DEFAULT 0;

-- ==== 0013_supervision ====
-- Numbers that the program gives, what was opened for what is overdue, and the weekly digest.

-- The last number of a year; no gaps, for it is taken in the transaction of the row.
CREATE TABLE sys_number (
  county INTEGER NOT NULL, ledger TEXT NOT NULL, field TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (county, ledger, field, year)
) STRICT;

-- item: the supervised row, of item_ledger. Either a visit of a node (ledger, row_id, node, visit) or a period of a
-- cadence (cadence, from_on, to_on) of org.
CREATE TABLE sys_supervised (
  county INTEGER NOT NULL, item INTEGER NOT NULL, item_ledger TEXT NOT NULL, org INTEGER NOT NULL, opened_on TEXT NOT NULL,
  ledger TEXT NOT NULL, row_id INTEGER, node TEXT, visit INTEGER,
  cadence TEXT, from_on TEXT, to_on TEXT,
  done_on TEXT, escalated_on TEXT,
  PRIMARY KEY (county, item)
) STRICT;
CREATE UNIQUE INDEX sys_supervised_visit ON sys_supervised (county, row_id, node, visit) WHERE cadence IS NULL;
CREATE UNIQUE INDEX sys_supervised_period ON sys_supervised (county, cadence, org, from_on) WHERE cadence IS NOT NULL;

-- read_week: the Monday of the last weekly digest that was read; off: not wanted any more.
CREATE TABLE sys_digest (
  county INTEGER NOT NULL, account INTEGER NOT NULL, read_week TEXT, off INTEGER CHECK (off IN (0, 1)) NOT NULL,
  PRIMARY KEY (county, account)
) STRICT;

-- ==== 0014_assessment ====
-- Contests as they are held: who approved which card, what was published, and on what it rested.

-- A scheme of a period. state: open or published; revision: the last one published, 0 before. notice_on: since when the
-- results that everybody accepted stand on notice. version counts the acts on it.
CREATE TABLE sys_assessment (
  county INTEGER NOT NULL, id INTEGER NOT NULL, scheme TEXT NOT NULL, period TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  state TEXT NOT NULL, revision INTEGER NOT NULL, notice_on TEXT, version INTEGER NOT NULL, opened_at INTEGER NOT NULL, opened_by INTEGER NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, scheme, period)
) STRICT;

-- A card on its way. level: how many levels of the scheme have passed it; snapshot: what it was frozen to, or NULL while live.
CREATE TABLE sys_assessment_card (
  county INTEGER NOT NULL, assessment INTEGER NOT NULL, org INTEGER NOT NULL, level INTEGER NOT NULL, snapshot INTEGER,
  approved_at INTEGER, approved_by INTEGER, accepted_at INTEGER, accepted_by INTEGER,
  PRIMARY KEY (county, assessment, org)
) STRICT;

-- What people decided beside the computed mark; the newest of an item holds, points NULL: the computed one again. Never changed.
CREATE TABLE sys_assessment_mark (
  county INTEGER NOT NULL, id INTEGER NOT NULL, assessment INTEGER NOT NULL, org INTEGER NOT NULL, item TEXT NOT NULL, computed INTEGER, points INTEGER,
  reason TEXT NOT NULL, document TEXT NOT NULL, appeal INTEGER, made_at INTEGER NOT NULL, made_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_assessment_mark_card ON sys_assessment_mark (county, assessment, org, id);

-- The rules a snapshot was computed by: the pack and, one JSON object, its parameters and the scheme's items. Never changed.
CREATE TABLE sys_assessment_rules (
  county INTEGER NOT NULL, id INTEGER NOT NULL, assessment INTEGER NOT NULL, pack TEXT NOT NULL, pack_version TEXT NOT NULL, pack_digest TEXT NOT NULL,
  scheme_version TEXT NOT NULL, rules TEXT NOT NULL, digest TEXT NOT NULL, made_at INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;

-- A frozen card, with its lists, items and the rows behind them; no text of a row is kept, only which version of it. Never changed.
CREATE TABLE sys_assessment_snapshot (
  county INTEGER NOT NULL, id INTEGER NOT NULL, assessment INTEGER NOT NULL, org INTEGER NOT NULL, org_code TEXT NOT NULL, org_name TEXT NOT NULL, rules INTEGER NOT NULL,
  total INTEGER NOT NULL, base INTEGER NOT NULL, vetoed INTEGER CHECK (vetoed IN (0, 1)) NOT NULL, veto_document TEXT, veto_zh TEXT, veto_en TEXT,
  taken_at INTEGER NOT NULL, taken_by INTEGER NOT NULL,
  PRIMARY KEY (county, id)
) STRICT;
CREATE TABLE sys_assessment_list (
  county INTEGER NOT NULL, snapshot INTEGER NOT NULL, list TEXT NOT NULL, place INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
  points INTEGER NOT NULL, base INTEGER NOT NULL, cap INTEGER NOT NULL, weight INTEGER NOT NULL,
  PRIMARY KEY (county, snapshot, list)
) STRICT;
-- points: what counts, the final mark where there is one. value is a decimal of value_scale.
CREATE TABLE sys_assessment_item (
  county INTEGER NOT NULL, snapshot INTEGER NOT NULL, item TEXT NOT NULL, list TEXT NOT NULL, place INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
  of_points INTEGER NOT NULL, counted INTEGER CHECK (counted IN (0, 1)) NOT NULL, computed INTEGER NOT NULL, final INTEGER, points INTEGER NOT NULL, mark INTEGER,
  numerator INTEGER, denominator INTEGER, value INTEGER, value_scale INTEGER, n_rows INTEGER NOT NULL,
  PRIMARY KEY (county, snapshot, item)
) STRICT;
CREATE TABLE sys_assessment_evidence (
  county INTEGER NOT NULL, snapshot INTEGER NOT NULL, item TEXT NOT NULL, ledger TEXT NOT NULL, row_id INTEGER NOT NULL, org INTEGER NOT NULL, version INTEGER NOT NULL, points INTEGER,
  PRIMARY KEY (county, snapshot, item, ledger, row_id)
) STRICT;
CREATE INDEX sys_assessment_evidence_row ON sys_assessment_evidence (county, row_id);

-- A publication; digest: SM3 over all of it. appeal: whose answer made this revision. Never changed.
CREATE TABLE sys_assessment_publication (
  county INTEGER NOT NULL, assessment INTEGER NOT NULL, revision INTEGER NOT NULL, published_at INTEGER NOT NULL, published_on TEXT NOT NULL, published_by INTEGER NOT NULL,
  appeal INTEGER, reason TEXT, n_cards INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (county, assessment, revision)
) STRICT;
CREATE TABLE sys_assessment_result (
  county INTEGER NOT NULL, assessment INTEGER NOT NULL, revision INTEGER NOT NULL, org INTEGER NOT NULL, snapshot INTEGER NOT NULL, place INTEGER NOT NULL, rank INTEGER NOT NULL,
  total INTEGER NOT NULL, vetoed INTEGER CHECK (vetoed IN (0, 1)) NOT NULL, band TEXT, band_zh TEXT, band_en TEXT, by_points TEXT, why TEXT,
  PRIMARY KEY (county, assessment, revision, org)
) STRICT;
CREATE INDEX sys_assessment_result_org ON sys_assessment_result (county, org);

-- An objection to a published card and its answer. outcome: accepted or rejected; new_revision: what an accepted one led to.
CREATE TABLE sys_assessment_appeal (
  county INTEGER NOT NULL, id INTEGER NOT NULL, assessment INTEGER NOT NULL, org INTEGER NOT NULL, revision INTEGER NOT NULL, item TEXT, body TEXT NOT NULL,
  filed_at INTEGER NOT NULL, filed_on TEXT NOT NULL, filed_by INTEGER NOT NULL,
  outcome TEXT, answer TEXT, document TEXT, points INTEGER, answered_at INTEGER, answered_on TEXT, answered_by INTEGER, new_revision INTEGER,
  PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX sys_assessment_appeal_card ON sys_assessment_appeal (county, assessment, org, id);

-- What a pack may see of the contests: the results of the last revision published.
CREATE VIEW assessed AS
  SELECT a.scheme AS scheme, a.period AS period, a.from_on AS from_on, a.to_on AS to_on, r.revision AS revision,
    p.published_on AS published_on, r.org AS org, r.rank AS rank, r.total AS total, r.vetoed AS vetoed, r.band AS band
  FROM sys_assessment a JOIN sys_assessment_result r ON r.county = a.county AND r.assessment = a.id AND r.revision = a.revision
  JOIN sys_assessment_publication p ON p.county = a.county AND p.assessment = a.id AND p.revision = a.revision
  WHERE a.county = (SELECT county FROM sys_county);

-- ==== 0015_cockpit ====
-- The screens of the county's leadership: tokens of big screens, and where lights change.

-- Read-only tokens with which a big screen opens; only the hash of one is kept. org: what it shows, and what lies below.
CREATE TABLE sys_screen (
  county INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, tail TEXT NOT NULL, org INTEGER NOT NULL,
  created_at INTEGER NOT NULL, created_by INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER, revoked_by INTEGER,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
) STRICT;

-- Lights of an indicator as an organization sets them, for itself and what lies below it; without a row those of the pack count.
CREATE TABLE sys_threshold (
  county INTEGER NOT NULL, org INTEGER NOT NULL, indicator TEXT NOT NULL, green INTEGER NOT NULL, yellow INTEGER NOT NULL, set_at INTEGER NOT NULL, set_by INTEGER NOT NULL,
  PRIMARY KEY (county, org, indicator)
) STRICT;

-- ==== 0016_scheme ====
-- What each version of a scheme says, as it was loaded: frozen once its first period has begun. part: "item base.sites_fit", "bands".
CREATE TABLE sys_scheme (
  county INTEGER NOT NULL, scheme TEXT NOT NULL, from_on TEXT NOT NULL, version TEXT NOT NULL, part TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (county, scheme, from_on, part)
) STRICT;

-- ==== 0018_pack_history ====
-- What each version of the rules changed when it was loaded. lines: JSON {zh: [...], en: [...]}, NULL where it was not recorded;
-- said: all that the version says, kept of the newest only, to tell the next one's difference from.
ALTER TABLE sys_pack ADD COLUMN lines TEXT;
ALTER TABLE sys_pack ADD COLUMN said TEXT;

-- ==== 0019_subscription ====
-- Addresses under which programs on phones and desks read the calendar of one account; only the hash is kept. When it is read is not recorded.
CREATE TABLE sys_subscription (
  county INTEGER NOT NULL, id INTEGER NOT NULL, account INTEGER NOT NULL, hash TEXT NOT NULL, tail TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER, revoked_by INTEGER,
  PRIMARY KEY (county, id), UNIQUE (county, hash)
) STRICT;
CREATE INDEX sys_subscription_account ON sys_subscription (county, account);

-- ==== 0021_unsaved ====
-- What somebody began to write in a form and has not saved: for its writer alone, locked under a key of sys_sealed_key (row_id = id), gone after 30 days.
CREATE TABLE sys_unsaved (
  county INTEGER NOT NULL, account INTEGER NOT NULL, ledger TEXT, row_id INTEGER NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL, kept_at INTEGER NOT NULL,
  PRIMARY KEY (county, account, ledger, row_id)
) STRICT;
CREATE INDEX sys_unsaved_kept ON sys_unsaved (county, kept_at);

-- ==== search ====
CREATE TABLE sys_search_narrow (county INTEGER NOT NULL, id INTEGER NOT NULL, ledger TEXT NOT NULL, org INTEGER NOT NULL, words TEXT, PRIMARY KEY (county, id)) WITHOUT ROWID, STRICT; INSERT INTO sys_search_narrow SELECT * FROM sys_search; DROP TABLE sys_search; ALTER TABLE sys_search_narrow RENAME TO sys_search;CREATE INDEX sys_search_new ON sys_search (county, id) WHERE words IS NOT NULL;CREATE VIRTUAL TABLE IF NOT EXISTS sys_search_words USING fts5 (words, columnsize = 0, tokenize = "unicode61 remove_diacritics 0")
-- ==== immutable ====
CREATE TABLE sys_seal_narrow (county INTEGER NOT NULL, seq INTEGER NOT NULL, event INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (county, seq), UNIQUE (county, event)) WITHOUT ROWID, STRICT; INSERT INTO sys_seal_narrow SELECT * FROM sys_seal; DROP TABLE sys_seal; ALTER TABLE sys_seal_narrow RENAME TO sys_seal;CREATE TRIGGER IF NOT EXISTS sys_event_no_update BEFORE update ON sys_event BEGIN SELECT RAISE(ABORT, 'sys_event is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_event_no_delete BEFORE delete ON sys_event BEGIN SELECT RAISE(ABORT, 'sys_event is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_seal_no_update BEFORE update ON sys_seal BEGIN SELECT RAISE(ABORT, 'sys_seal is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_seal_no_delete BEFORE delete ON sys_seal BEGIN SELECT RAISE(ABORT, 'sys_seal is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_head_no_update BEFORE update ON sys_head BEGIN SELECT RAISE(ABORT, 'sys_head is never changed'); END;CREATE TRIGGER IF NOT EXISTS sys_head_no_delete BEFORE delete ON sys_head BEGIN SELECT RAISE(ABORT, 'sys_head is never changed'); END;
