-- Sealed values: what a ledger keeps of a person encrypted. The row itself holds a keyed hash, events hold a salted one.

-- One key a row, wrapped by a master key that is not in the database; wrapped is NULL once it was destroyed.
CREATE TABLE sys_sealed_key (
  county {id}, row_id {id}, ledger {text} NOT NULL, master {text} NOT NULL, wrapped {blob}, made_at {i64} NOT NULL, purged_at {i64},
  PRIMARY KEY (county, row_id)
);
CREATE INDEX sys_sealed_key_master ON sys_sealed_key (county, master, row_id);

-- The values under that key; made_as is the name the field had when the value was sealed.
CREATE TABLE sys_sealed (
  county {id}, row_id {id}, field {text} NOT NULL, ledger {text} NOT NULL, made_as {text} NOT NULL, value {blob} NOT NULL,
  PRIMARY KEY (county, row_id, field)
);

-- Values shown in clear, for the limit of each account; the events say why.
CREATE TABLE sys_unmask (
  county {id}, account {id}, at {i64} NOT NULL, id {id}, n {i64} NOT NULL,
  PRIMARY KEY (county, account, at, id)
);
