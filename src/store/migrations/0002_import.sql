-- Workbooks on their way in: what was found in each and how far it is. They are kept for some days and then swept.
CREATE TABLE sys_import (
  county {id}, id {id}, account {id}, ledger {text} NOT NULL, file_name {text} NOT NULL, n_bytes {i64} NOT NULL,
  lang {text} NOT NULL, state {text} NOT NULL, mode {text} NOT NULL DEFAULT '',
  n_rows {i64} NOT NULL DEFAULT 0, n_right {i64} NOT NULL DEFAULT 0, n_wrong {i64} NOT NULL DEFAULT 0,
  n_duplicate {i64} NOT NULL DEFAULT 0, n_made {i64} NOT NULL DEFAULT 0, n_done {i64} NOT NULL DEFAULT 0,
  problems {text}, worker {i64} NOT NULL DEFAULT 0, beat_at {i64} NOT NULL DEFAULT 0,
  created_at {i64} NOT NULL, updated_at {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_import_state ON sys_import (county, state);
CREATE INDEX sys_import_account ON sys_import (county, account, id);

-- The workbook itself (kind 'file'), what is wrong in it ('wrong') and the rows made of it ('made'), in pieces.
CREATE TABLE sys_import_part (
  county {id}, import_id {id}, kind {text} NOT NULL, part {i64} NOT NULL, bytes {blob} NOT NULL,
  PRIMARY KEY (county, import_id, kind, part)
);
