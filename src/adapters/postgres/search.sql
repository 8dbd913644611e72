-- Run after the migrations, and again when this file changed.
-- The words of a row in their order: one Chinese character or word a token, so that phrases of one and two characters are found.
CREATE OR REPLACE FUNCTION public.hj_search_place(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
  SELECT coalesce(string_agg(quote_literal(w) || ':' || n, ' '), '')::tsvector
  FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS t (w, n) WHERE w <> ''
$f$;
ALTER TABLE sys_search ADD COLUMN IF NOT EXISTS place tsvector;
CREATE INDEX IF NOT EXISTS sys_search_place ON sys_search USING gin (place);
