-- Events, seals and heads are never changed.
CREATE OR REPLACE FUNCTION public.hj_never_changed() RETURNS trigger
LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $f$;
CREATE OR REPLACE TRIGGER sys_event_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_event
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
CREATE OR REPLACE TRIGGER sys_seal_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_seal
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
CREATE OR REPLACE TRIGGER sys_head_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON sys_head
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
-- The sealer reads in commit order.
CREATE INDEX IF NOT EXISTS sys_event_serial ON sys_event (serial, id);
