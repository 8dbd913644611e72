-- Packs may read every view but the program's own.
DO $f$
DECLARE
  v record;
BEGIN
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hangji_pack') THEN
    FOR v IN SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'public' AND c.relkind = 'v' AND c.relname NOT LIKE 'sys\_%'
               AND NOT pg_catalog.has_table_privilege('hangji_pack', c.oid, 'SELECT') LOOP
      EXECUTE pg_catalog.format('GRANT SELECT ON public.%I TO hangji_pack', v.relname);
    END LOOP;
  END IF;
END $f$;
