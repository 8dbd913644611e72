-- Accounts: where sessions come from, one-time passwords, the second factor, proxies and the settings of the county.

-- A password set by somebody else is changed at the next sign-in.
ALTER TABLE sys_account ADD COLUMN must_change {bool} NOT NULL DEFAULT 0;

-- stage: '' open, otherwise what is still asked: 'second', 'enrol', 'password'. proxy: the sys_proxy under which it acts, 0 none.
ALTER TABLE sys_session ADD COLUMN remote {text};
ALTER TABLE sys_session ADD COLUMN device {text};
ALTER TABLE sys_session ADD COLUMN stage {text} NOT NULL DEFAULT '';
ALTER TABLE sys_session ADD COLUMN proxy {i64} NOT NULL DEFAULT 0;

-- The account for which the actor acted as a proxy, 0 for himself.
ALTER TABLE sys_event ADD COLUMN behalf {i64} NOT NULL DEFAULT 0;

-- What administrators decide for the county; a setting without a row has its default (core/setting).
CREATE TABLE sys_setting (
  county {id}, name {text} NOT NULL, value {text} NOT NULL, set_at {i64} NOT NULL, set_by {i64} NOT NULL,
  PRIMARY KEY (county, name)
);

-- Passwords used before, so that they are not used again.
CREATE TABLE sys_password_past (
  county {id}, account {id}, at {i64} NOT NULL, password {text} NOT NULL,
  PRIMARY KEY (county, account, at)
);

-- The second factor: a time-based secret, encrypted with a key outside the database; used_step refuses a code sent twice.
CREATE TABLE sys_second (
  county {id}, account {id}, secret {text} NOT NULL, confirmed_at {i64}, used_step {i64} NOT NULL DEFAULT 0, created_at {i64} NOT NULL,
  PRIMARY KEY (county, account)
);

-- Codes for the day the device is lost; only their hashes are kept, each works once.
CREATE TABLE sys_recovery (
  county {id}, account {id}, hash {text} NOT NULL, used_at {i64},
  PRIMARY KEY (county, account, hash)
);

-- One account acts for another, from a day to a day, at roles that one holds.
CREATE TABLE sys_proxy (
  county {id}, id {id}, principal {id}, deputy {id}, from_on {text} NOT NULL, to_on {text} NOT NULL, reason {text} NOT NULL,
  created_at {i64} NOT NULL, created_by {i64} NOT NULL, ended_at {i64}, ended_by {i64},
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_proxy_principal ON sys_proxy (county, principal);
CREATE INDEX sys_proxy_deputy ON sys_proxy (county, deputy);
CREATE TABLE sys_proxy_role (
  county {id}, proxy {id}, held {id},
  PRIMARY KEY (county, proxy, held)
);
