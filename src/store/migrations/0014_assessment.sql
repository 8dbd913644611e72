-- Contests as they are held: who approved which card, what was published, and on what it rested.

-- A scheme of a period. state: open or published; revision: the last one published, 0 before. notice_on: since when the
-- results that everybody accepted stand on notice. version counts the acts on it.
CREATE TABLE sys_assessment (
  county {id}, id {id}, scheme {text} NOT NULL, period {text} NOT NULL, from_on {text} NOT NULL, to_on {text} NOT NULL,
  state {text} NOT NULL, revision {i64} NOT NULL, notice_on {text}, version {i64} NOT NULL, opened_at {i64} NOT NULL, opened_by {i64} NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, scheme, period)
);

-- A card on its way. level: how many levels of the scheme have passed it; snapshot: what it was frozen to, or NULL while live.
CREATE TABLE sys_assessment_card (
  county {id}, assessment {id}, org {id}, level {i64} NOT NULL, snapshot {i64},
  approved_at {i64}, approved_by {i64}, accepted_at {i64}, accepted_by {i64},
  PRIMARY KEY (county, assessment, org)
);

-- What people decided beside the computed mark; the newest of an item holds, points NULL: the computed one again. Never changed.
CREATE TABLE sys_assessment_mark (
  county {id}, id {id}, assessment {id}, org {id}, item {text} NOT NULL, computed {i64}, points {i64},
  reason {text} NOT NULL, document {text} NOT NULL, appeal {i64}, made_at {i64} NOT NULL, made_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_assessment_mark_card ON sys_assessment_mark (county, assessment, org, id);

-- The rules a snapshot was computed by: the pack and, one JSON object, its parameters and the scheme's items. Never changed.
CREATE TABLE sys_assessment_rules (
  county {id}, id {id}, assessment {id}, pack {text} NOT NULL, pack_version {text} NOT NULL, pack_digest {text} NOT NULL,
  scheme_version {text} NOT NULL, rules {text} NOT NULL, digest {text} NOT NULL, made_at {i64} NOT NULL,
  PRIMARY KEY (county, id)
);

-- A frozen card, with its lists, items and the rows behind them; no text of a row is kept, only which version of it. Never changed.
CREATE TABLE sys_assessment_snapshot (
  county {id}, id {id}, assessment {id}, org {id}, org_code {text} NOT NULL, org_name {text} NOT NULL, rules {id},
  total {i64} NOT NULL, base {i64} NOT NULL, vetoed {bool} NOT NULL, veto_document {text}, veto_zh {text}, veto_en {text},
  taken_at {i64} NOT NULL, taken_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE TABLE sys_assessment_list (
  county {id}, snapshot {id}, list {text} NOT NULL, place {i64} NOT NULL, zh {text} NOT NULL, en {text} NOT NULL,
  points {i64} NOT NULL, base {i64} NOT NULL, cap {i64} NOT NULL, weight {i64} NOT NULL,
  PRIMARY KEY (county, snapshot, list)
);
-- points: what counts, the final mark where there is one. value is a decimal of value_scale.
CREATE TABLE sys_assessment_item (
  county {id}, snapshot {id}, item {text} NOT NULL, list {text} NOT NULL, place {i64} NOT NULL, zh {text} NOT NULL, en {text} NOT NULL,
  of_points {i64} NOT NULL, counted {bool} NOT NULL, computed {i64} NOT NULL, final {i64}, points {i64} NOT NULL, mark {i64},
  numerator {i64}, denominator {i64}, value {i64}, value_scale {i64}, n_rows {i64} NOT NULL,
  PRIMARY KEY (county, snapshot, item)
);
CREATE TABLE sys_assessment_evidence (
  county {id}, snapshot {id}, item {text} NOT NULL, ledger {text} NOT NULL, row_id {id}, org {id}, version {i64} NOT NULL, points {i64},
  PRIMARY KEY (county, snapshot, item, ledger, row_id)
);
CREATE INDEX sys_assessment_evidence_row ON sys_assessment_evidence (county, row_id);

-- A publication; digest: SM3 over all of it. appeal: whose answer made this revision. Never changed.
CREATE TABLE sys_assessment_publication (
  county {id}, assessment {id}, revision {i64} NOT NULL, published_at {i64} NOT NULL, published_on {text} NOT NULL, published_by {i64} NOT NULL,
  appeal {i64}, reason {text}, n_cards {i64} NOT NULL, digest {text} NOT NULL,
  PRIMARY KEY (county, assessment, revision)
);
CREATE TABLE sys_assessment_result (
  county {id}, assessment {id}, revision {i64} NOT NULL, org {id}, snapshot {id}, place {i64} NOT NULL, rank {i64} NOT NULL,
  total {i64} NOT NULL, vetoed {bool} NOT NULL, band {text}, band_zh {text}, band_en {text}, by_points {text}, why {text},
  PRIMARY KEY (county, assessment, revision, org)
);
CREATE INDEX sys_assessment_result_org ON sys_assessment_result (county, org);

-- An objection to a published card and its answer. outcome: accepted or rejected; new_revision: what an accepted one led to.
CREATE TABLE sys_assessment_appeal (
  county {id}, id {id}, assessment {id}, org {id}, revision {i64} NOT NULL, item {text}, body {text} NOT NULL,
  filed_at {i64} NOT NULL, filed_on {text} NOT NULL, filed_by {i64} NOT NULL,
  outcome {text}, answer {text}, document {text}, points {i64}, answered_at {i64}, answered_on {text}, answered_by {i64}, new_revision {i64},
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_assessment_appeal_card ON sys_assessment_appeal (county, assessment, org, id);

-- What a pack may see of the contests: the results of the last revision published.
CREATE VIEW assessed AS
  SELECT a.scheme AS scheme, a.period AS period, a.from_on AS from_on, a.to_on AS to_on, r.revision AS revision,
    p.published_on AS published_on, r.org AS org, r.rank AS rank, r.total AS total, r.vetoed AS vetoed, r.band AS band
  FROM sys_assessment a JOIN sys_assessment_result r ON r.county = a.county AND r.assessment = a.id AND r.revision = a.revision
  JOIN sys_assessment_publication p ON p.county = a.county AND p.assessment = a.id AND p.revision = a.revision
  WHERE a.county = {this_county};
