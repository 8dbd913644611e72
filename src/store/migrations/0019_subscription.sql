-- Addresses under which programs on phones and desks read the calendar of one account; only the hash is kept. When it is read is not recorded.
CREATE TABLE sys_subscription (
  county {id}, id {id}, account {id}, hash {text} NOT NULL, tail {text} NOT NULL,
  created_at {i64} NOT NULL, expires_at {i64} NOT NULL, revoked_at {i64}, revoked_by {i64},
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);
CREATE INDEX sys_subscription_account ON sys_subscription (county, account);
