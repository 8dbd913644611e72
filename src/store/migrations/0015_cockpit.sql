-- The screens of the county's leadership: tokens of big screens, and where lights change.

-- Read-only tokens with which a big screen opens; only the hash of one is kept. org: what it shows, and what lies below.
CREATE TABLE sys_screen (
  county {id}, id {id}, name {text} NOT NULL, hash {text} NOT NULL, tail {text} NOT NULL, org {id},
  created_at {i64} NOT NULL, created_by {i64} NOT NULL, expires_at {i64} NOT NULL, used_at {i64}, revoked_at {i64}, revoked_by {i64},
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);

-- Lights of an indicator as an organization sets them, for itself and what lies below it; without a row those of the pack count.
CREATE TABLE sys_threshold (
  county {id}, org {id}, indicator {text} NOT NULL, green {i64} NOT NULL, yellow {i64} NOT NULL, set_at {i64} NOT NULL, set_by {i64} NOT NULL,
  PRIMARY KEY (county, org, indicator)
);
