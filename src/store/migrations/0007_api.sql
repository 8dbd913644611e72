-- Programs that speak for people: tokens, and the webhooks that tell other systems what changed.

-- Personal tokens; only the hash is kept. A token can do less than its account, never more.
CREATE TABLE sys_token (
  county {id}, id {id}, account {id}, name {text} NOT NULL, hash {text} NOT NULL, tail {text} NOT NULL,
  may_write {bool} NOT NULL, ledgers {text}, org {i64},
  created_at {i64} NOT NULL, expires_at {i64} NOT NULL, used_at {i64}, revoked_at {i64}, revoked_by {i64},
  PRIMARY KEY (county, id), UNIQUE (county, hash)
);
CREATE INDEX sys_token_account ON sys_token (county, account);

-- Which token an event came through; covered by the event's mac.
ALTER TABLE sys_event ADD COLUMN via {text};

-- The address of what was made travels with a repeated answer; old keys are swept by time.
ALTER TABLE sys_idempotency ADD COLUMN location {text};
CREATE INDEX sys_idempotency_at ON sys_idempotency (county, at);

-- Who is told of what. The secret is derived from the data directory's key and its number: it is in no dump.
CREATE TABLE sys_webhook (
  county {id}, id {id}, name {text} NOT NULL, url {text} NOT NULL, ledgers {text} NOT NULL, kinds {text} NOT NULL,
  org {id}, secret_no {i64} NOT NULL DEFAULT 1, rotated_at {i64}, paused {bool} NOT NULL DEFAULT 0, removed_at {i64},
  version {i64} NOT NULL DEFAULT 1, created_at {i64} NOT NULL, created_by {i64} NOT NULL,
  PRIMARY KEY (county, id)
);

-- The outbox: written with the change, sent afterwards. state: waiting, done, dead.
CREATE TABLE sys_delivery (
  county {id}, id {id}, webhook {id}, event {id}, action {text} NOT NULL, ledger {text} NOT NULL, row_id {i64} NOT NULL,
  version {i64} NOT NULL, org {i64} NOT NULL, at {i64} NOT NULL, state {text} NOT NULL, tries {i64} NOT NULL DEFAULT 0,
  next_at {i64} NOT NULL, status {i64}, why {text}, took_ms {i64}, ended_at {i64},
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_delivery_due ON sys_delivery (county, state, next_at);
CREATE INDEX sys_delivery_webhook ON sys_delivery (county, webhook, id);
