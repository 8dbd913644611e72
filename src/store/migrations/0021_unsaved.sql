-- What somebody began to write in a form and has not saved: for its writer alone, locked under a key of sys_sealed_key (row_id = id), gone after 30 days.
CREATE TABLE sys_unsaved (
  county {id}, account {id}, ledger {text}, row_id {id}, id {i64} NOT NULL, body {blob} NOT NULL, kept_at {i64} NOT NULL,
  PRIMARY KEY (county, account, ledger, row_id)
);
CREATE INDEX sys_unsaved_kept ON sys_unsaved (county, kept_at);
