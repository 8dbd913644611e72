-- Files: what rows cite as evidence. The bytes lie in the data directory under their SHA-256; the same bytes lie there once.

-- One upload; thumb names the small picture of a picture, stored the same way.
CREATE TABLE sys_file (
  county {id}, id {id}, digest {text} NOT NULL, thumb {text}, type {text} NOT NULL, name {text} NOT NULL, size {i64} NOT NULL,
  width {i64}, height {i64}, created_at {i64} NOT NULL, created_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_file_digest ON sys_file (digest);
CREATE INDEX sys_file_thumb ON sys_file (thumb);

-- Which field of which row holds a file now.
CREATE TABLE sys_file_cite (
  county {id}, file {id}, ledger {text} NOT NULL, row_id {id}, field {text} NOT NULL,
  PRIMARY KEY (county, file, ledger, row_id, field)
);
CREATE INDEX sys_file_cite_row ON sys_file_cite (county, ledger, row_id);
