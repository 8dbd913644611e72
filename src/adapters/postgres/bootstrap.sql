-- Run before the migrations, and again when this file changed.
-- The functions mean exactly what adapters/sqlite/sqlite_functions.c means: NULL in, NULL out.

CREATE OR REPLACE FUNCTION public.hj_date(day text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
BEGIN
  IF day !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' OR day < '1900' THEN
    RAISE EXCEPTION '"%" is not a date', day;
  END IF;
  RETURN pg_catalog.make_date(pg_catalog.substr(day, 1, 4)::int, pg_catalog.substr(day, 6, 2)::int,
                              pg_catalog.substr(day, 9, 2)::int);
END $f$;

CREATE OR REPLACE FUNCTION public.hj_date_text(day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
BEGIN
  IF day < '1900-01-01' OR day > '9999-12-31' THEN
    RAISE EXCEPTION 'the day is not between 1900 and 9999';
  END IF;
  RETURN pg_catalog.to_char(day, 'YYYY-MM-DD');
END $f$;

CREATE OR REPLACE FUNCTION public.year_of(day text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT extract(year FROM public.hj_date(day))::bigint $f$;

CREATE OR REPLACE FUNCTION public.month_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(public.hj_date_text(public.hj_date(day)), 1, 7) $f$;

CREATE OR REPLACE FUNCTION public.quarter_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(day, 1, 4) || 'Q' || extract(quarter FROM public.hj_date(day))::text $f$;

CREATE OR REPLACE FUNCTION public.half_of(day text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT pg_catalog.substr(day, 1, 4) || 'H' || ((extract(month FROM public.hj_date(day))::int + 5) / 6)::text $f$;

CREATE OR REPLACE FUNCTION public.days_between(from_day text, to_day text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT (public.hj_date(to_day) - public.hj_date(from_day))::bigint $f$;

CREATE OR REPLACE FUNCTION public.add_days(day text, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT public.hj_date_text(public.hj_date(day) + n::int) $f$;

CREATE OR REPLACE FUNCTION public.add_months(day text, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT public.hj_date_text((public.hj_date(day) + pg_catalog.make_interval(months => n::int))::date) $f$;

-- Completed spans: the most that may be added without passing the second day; -1 before the first.
CREATE OR REPLACE FUNCTION public.months_between(from_day text, to_day text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
DECLARE
  a date := public.hj_date(from_day);
  b date := public.hj_date(to_day);
  n int := (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a);
BEGIN
  IF b < a THEN
    RETURN -1;
  END IF;
  RETURN CASE WHEN (a + pg_catalog.make_interval(months => n))::date > b THEN n - 1 ELSE n END;
END $f$;

CREATE OR REPLACE FUNCTION public.years_between(from_day text, to_day text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$
DECLARE
  a date := public.hj_date(from_day);
  b date := public.hj_date(to_day);
  n int := extract(year FROM b) - extract(year FROM a);
BEGIN
  IF b < a THEN
    RETURN -1;
  END IF;
  RETURN CASE WHEN (a + pg_catalog.make_interval(years => n))::date > b THEN n - 1 ELSE n END;
END $f$;

CREATE OR REPLACE FUNCTION public.ticks(list text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$ SELECT greatest(length(coalesce(list, '')) - length(pg_catalog.replace(coalesce(list, ''), ',', '')) - 1, 0)::bigint $f$;

CREATE OR REPLACE FUNCTION public.has_tick(list text, item text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$ SELECT CASE WHEN item IS NULL THEN NULL
              WHEN pg_catalog.strpos(coalesce(list, ''), ',' || item || ',') > 0 THEN 1 ELSE 0 END::bigint $f$;

-- As in SQLite: the sum of integers is an integer, and places in a text are integers.
CREATE OR REPLACE AGGREGATE public.sum(bigint)
  (SFUNC = pg_catalog.int8pl, STYPE = bigint, COMBINEFUNC = pg_catalog.int8pl, PARALLEL = SAFE);
CREATE OR REPLACE FUNCTION public.substr(t text, place bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT pg_catalog.substr(t, place::int) $f$;
CREATE OR REPLACE FUNCTION public.substr(t text, place bigint, n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$ SELECT pg_catalog.substr(t, place::int, n::int) $f$;

-- What SQL of packs runs as. Without the right to make roles an administrator makes it once:
-- CREATE ROLE hangji_pack NOLOGIN; GRANT hangji_pack TO <the program's role>.
DO $f$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hangji_pack') THEN
    CREATE ROLE hangji_pack NOLOGIN;
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, 'hangji_pack', 'MEMBER') THEN
    EXECUTE pg_catalog.format('GRANT hangji_pack TO %I', current_user);
  END IF;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'hangji_pack: %', SQLERRM;
END $f$;
DO $f$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hangji_pack') THEN
    REVOKE ALL ON SCHEMA public FROM hangji_pack;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO hangji_pack;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
  END IF;
END $f$;
