-- Deadlines that were moved: how many days beyond what the node gives.
ALTER TABLE sys_task ADD COLUMN extended {i64} NOT NULL DEFAULT 0;
