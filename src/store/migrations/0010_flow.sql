-- Rows that move through the nodes of a flow: where each stands, and what waits for whom.

-- One row a case; id is that of the ledger's row. opened_node, opened_visit: the visit of the parent's node that opened this row.
CREATE TABLE sys_case (
  county {id}, id {id}, ledger {text} NOT NULL, org {id}, parent {i64}, node {text} NOT NULL, visit {i64} NOT NULL,
  entered_at {i64} NOT NULL, entered_on {text} NOT NULL, rules_on {text} NOT NULL, pack {text} NOT NULL,
  started_by {id}, moved_by {id}, moved_from {text}, opened_node {text}, opened_visit {i64}, ended {bool} NOT NULL, watch_until {text},
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_case_place ON sys_case (county, ledger, node, org);
CREATE INDEX sys_case_parent ON sys_case (county, parent);
CREATE INDEX sys_case_started ON sys_case (county, started_by);

-- What waits, or waited, for somebody at a visit of a node. kind: act, second, delegate, review, copy. roles: ",a,b," while
-- anybody of these may act, account when one person must. waits: how many others have to answer first.
CREATE TABLE sys_task (
  county {id}, id {id}, ledger {text} NOT NULL, row_id {id}, org {id}, node {text} NOT NULL, visit {i64} NOT NULL,
  kind {text} NOT NULL, roles {text} NOT NULL, account {i64}, not_account {i64}, above {i64}, waits {i64} NOT NULL,
  opened_at {i64} NOT NULL, opened_on {text} NOT NULL, opened_by {id},
  due_on {text}, warn_on {text}, due_rule {text}, hold_on {text}, n_urged {i64} NOT NULL, urged_at {i64},
  closed_at {i64}, closed_on {text}, closed_by {i64}, behalf {i64}, outcome {text}, to_node {text}, opinion {text}, back_filled {bool} NOT NULL,
  PRIMARY KEY (county, id)
);
CREATE INDEX sys_task_row ON sys_task (county, row_id, id);
CREATE INDEX sys_task_open ON sys_task (county, org, due_on) WHERE closed_at IS NULL;
CREATE INDEX sys_task_account ON sys_task (county, account) WHERE closed_at IS NULL;
CREATE INDEX sys_task_done ON sys_task (county, closed_by, closed_at) WHERE closed_at IS NOT NULL;

-- Sentences an account uses often in opinions.
CREATE TABLE sys_phrase (
  county {id}, account {id}, id {id}, text {text} NOT NULL,
  PRIMARY KEY (county, account, id)
);
