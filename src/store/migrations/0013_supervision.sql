-- Numbers that the program gives, what was opened for what is overdue, and the weekly digest.

-- The last number of a year; no gaps, for it is taken in the transaction of the row.
CREATE TABLE sys_number (
  county {id}, ledger {text} NOT NULL, field {text} NOT NULL, year {i64} NOT NULL, last {i64} NOT NULL,
  PRIMARY KEY (county, ledger, field, year)
);

-- item: the supervised row, of item_ledger. Either a visit of a node (ledger, row_id, node, visit) or a period of a
-- cadence (cadence, from_on, to_on) of org.
CREATE TABLE sys_supervised (
  county {id}, item {id}, item_ledger {text} NOT NULL, org {id}, opened_on {text} NOT NULL,
  ledger {text} NOT NULL, row_id {i64}, node {text}, visit {i64},
  cadence {text}, from_on {text}, to_on {text},
  done_on {text}, escalated_on {text},
  PRIMARY KEY (county, item)
);
CREATE UNIQUE INDEX sys_supervised_visit ON sys_supervised (county, row_id, node, visit) WHERE cadence IS NULL;
CREATE UNIQUE INDEX sys_supervised_period ON sys_supervised (county, cadence, org, from_on) WHERE cadence IS NOT NULL;

-- read_week: the Monday of the last weekly digest that was read; off: not wanted any more.
CREATE TABLE sys_digest (
  county {id}, account {id}, read_week {text}, off {bool} NOT NULL,
  PRIMARY KEY (county, account)
);
