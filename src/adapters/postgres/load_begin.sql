-- While rows are loaded, references may point at what comes later.
DO $f$
DECLARE
  k record;
BEGIN
  FOR k IN SELECT c.conname, c.conrelid::regclass AS tbl FROM pg_catalog.pg_constraint c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
           WHERE c.contype = 'f' AND n.nspname = 'public' AND c.conparentid = 0 LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', k.tbl, k.conname);
  END LOOP;
END $f$;
