-- Backups that were made or that failed, newest last. kind: manual, daily, upgrade; checked: restored, read, or NULL where it was not.
CREATE TABLE sys_backup (
  county {id}, id {id}, at {i64} NOT NULL, kind {text} NOT NULL, path {text} NOT NULL, n_bytes {i64} NOT NULL,
  n_rows {i64} NOT NULL, n_files {i64} NOT NULL, sealed {i64} NOT NULL, print {text}, seconds {i64} NOT NULL,
  checked {text}, failure {text}, made_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
