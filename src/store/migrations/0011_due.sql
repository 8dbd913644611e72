-- The review queue: one act done to many rows that stand at one node, and what became of each.

-- kind: of the tasks (act, second, review, delegate). action: as in an act of one row.
CREATE TABLE sys_due_batch (
  county {id}, id {id}, account {id}, ledger {text} NOT NULL, node {text} NOT NULL, kind {text} NOT NULL,
  action {text} NOT NULL, opinion {text}, at {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
-- version: of the row as it was looked at. result: waiting, done, refused, stale.
CREATE TABLE sys_due_item (
  county {id}, batch {id}, place {i64} NOT NULL, task {id}, row_id {id}, version {i64} NOT NULL, result {text} NOT NULL,
  why_zh {text}, why_en {text},
  PRIMARY KEY (county, batch, place)
);
