-- Searching, lists as people keep them, changes to many rows at once, rows found to be one.

-- The rows that can be searched. words: what is to be looked for, one Chinese character or word a token; NULL once the index
-- of the database (sys_search_words on SQLite, the column place on PostgreSQL) holds them.
CREATE TABLE sys_search (
  county {id}, id {id}, ledger {text} NOT NULL, org {id}, words {text},
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_search_new ON sys_search (county, id) WHERE words IS NOT NULL;

-- What each ledger was indexed by; another digest indexes it anew.
CREATE TABLE sys_search_ledger (
  county {id}, ledger {text} NOT NULL, digest {text} NOT NULL,
  PRIMARY KEY (county, ledger)
);

-- Lists somebody keeps: conditions, columns and their order. The one without a name holds the columns of everyday.
-- Shared: seen by those who hold role below org.
CREATE TABLE sys_list (
  county {id}, id {id}, account {id}, ledger {text} NOT NULL, name {text} NOT NULL, query {text} NOT NULL, columns {text} NOT NULL,
  is_default {bool} NOT NULL DEFAULT 0, role {text}, org {i64}, created_at {i64} NOT NULL,
  PRIMARY KEY (county, id), UNIQUE (county, account, ledger, name)
);

-- One change made to many rows, and what became of each.
CREATE TABLE sys_batch (
  county {id}, id {id}, ledger {text} NOT NULL, action {text} NOT NULL, field {text}, value {text}, reason {text},
  at {i64} NOT NULL, account {id}, n_changed {i64} NOT NULL, n_same {i64} NOT NULL, n_refused {i64} NOT NULL,
  undo_of {i64}, undone_by {i64},
  PRIMARY KEY (county, id)
);
CREATE TABLE sys_batch_item (
  county {id}, batch {id}, place {i64} NOT NULL, row_id {id}, result {text} NOT NULL, version {i64} NOT NULL, before {text},
  why_zh {text}, why_en {text},
  PRIMARY KEY (county, batch, place)
);

-- Rows found to be one with another: the row stays withdrawn, who asks for it is led on.
CREATE TABLE sys_merged (
  county {id}, ledger {text} NOT NULL, row_id {id}, into_row {id}, at {i64} NOT NULL, account {id},
  PRIMARY KEY (county, row_id)
);
CREATE INDEX sys_merged_into ON sys_merged (county, into_row);
