-- What was published is never changed: decided marks, rules, snapshots, publications; an appeal once it is answered.
DO $f$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['mark', 'rules', 'snapshot', 'list', 'item', 'evidence', 'publication', 'result'] LOOP
    EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER sys_assessment_%s_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON '
      'sys_assessment_%s FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed()', t, t);
  END LOOP;
END $f$;
CREATE OR REPLACE TRIGGER sys_assessment_appeal_keep BEFORE DELETE OR TRUNCATE ON sys_assessment_appeal
  FOR EACH STATEMENT EXECUTE FUNCTION public.hj_never_changed();
CREATE OR REPLACE TRIGGER sys_assessment_appeal_answered BEFORE UPDATE ON sys_assessment_appeal
  FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION public.hj_never_changed();
