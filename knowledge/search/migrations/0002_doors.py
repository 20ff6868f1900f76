from django.db import migrations

# Under a row policy a text search can't use its index, so these functions look for the policy and tell
# ids. They take the tenant and the audience from the transaction, never from their caller, by the rule
# of ``BY_AUDIENCE`` on the models. How they rank: docs/rules/search.md.
AUDIENCES = """
    tenant bigint := nullif(current_setting('app.tenant_id', true), '')::bigint;
    account text := nullif(current_setting('app.account_id', true), '');
    audiences text[] := CASE
        WHEN account IS NULL THEN ARRAY['public']
        WHEN account = '*' THEN ARRAY['internal', 'customers', 'public']
        ELSE ARRAY['customers', 'public'] END;
"""

# The stems that a word may have, whichever language it is of; empty where it is a stop word of ``language``.
STEMS = """
CREATE FUNCTION search_stems(word text, language text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH stemmed(code, stems) AS (VALUES
        ('en', ts_lexize('english_stem', word)), ('fr', ts_lexize('french_stem', word)),
        ('it', ts_lexize('italian_stem', word)), ('nl', ts_lexize('dutch_stem', word)),
        ('sv', ts_lexize('swedish_stem', word)))
    SELECT CASE
        WHEN EXISTS (SELECT FROM stemmed WHERE code = language AND stems = '{}') THEN '{}'
        ELSE (SELECT array_agg(DISTINCT stem) FROM (SELECT unnest(stems) FROM stemmed UNION SELECT word) AS all_of(stem))
    END
$$
"""

FOUND = f"""
CREATE FUNCTION search_found(
    parts text[], keys text[], phrases text[], reader_language text,
    of_kinds text[], of_product bigint, of_version bigint, of_language text,
    dated_from timestamptz, dated_before timestamptz, most integer
) RETURNS TABLE(id bigint, place bigint, known bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
{AUDIENCES}
    part text;
    stems text[];
    number bigint := 0;
    exact tsquery[] := '{{}}';
    exact_title tsquery[] := '{{}}';
    begun tsquery[] := '{{}}';
    begun_title tsquery[] := '{{}}';
    numbers bigint[] := '{{}}';
    understood bigint[] := '{{}}';
    quoted tsquery[] := '{{}}';
    whole tsquery;
    allowed CONSTANT text :=
        ' FROM public.search_indexedentry AS e WHERE e.tenant_id = $1 AND e.audience = ANY ($2) AND e.kind = ANY ($3)'
        ' AND ($4 IS NULL OR e.product_ids = ''{{}}'' OR $4 = ANY (e.product_ids))'
        ' AND ($5 IS NULL OR (coalesce(e.since, $5) <= $5 AND coalesce(e.until, $5) >= $5))'
        ' AND ($6 IS NULL OR e.language = $6)'
        ' AND ($7 IS NULL OR e.dated_at >= $7) AND ($8 IS NULL OR e.dated_at < $8)';
BEGIN
    IF tenant IS NULL THEN
        RETURN;
    END IF;
    FOREACH part IN ARRAY parts[1:24] LOOP
        number := number + 1;
        stems := public.search_stems(part, reader_language);
        IF cardinality(stems) = 0 THEN
            understood := understood || number;
            CONTINUE;
        END IF;
        SELECT array_agg(quote_literal(stem)) INTO stems FROM unnest(stems) AS stem WHERE stem !~ '[^[:alnum:]]';
        CONTINUE WHEN stems IS NULL;
        numbers := numbers || number;
        exact := exact || array_to_string(stems, ' | ')::tsquery;
        exact_title := exact_title || (array_to_string(stems, ':A | ') || ':A')::tsquery;
        -- A word that is only begun counts as well, if there is enough of it.
        IF char_length(part) > 2 THEN
            begun := begun || (quote_literal(part) || ':*')::tsquery;
            begun_title := begun_title || (quote_literal(part) || ':*A')::tsquery;
        ELSE
            begun := begun || exact[cardinality(exact)];
            begun_title := begun_title || exact_title[cardinality(exact)];
        END IF;
    END LOOP;
    SELECT coalesce(array_agg(asked), '{{}}') INTO quoted FROM (
        SELECT phraseto_tsquery('english', phrase) || phraseto_tsquery('french', phrase)
            || phraseto_tsquery('italian', phrase) || phraseto_tsquery('dutch', phrase)
            || phraseto_tsquery('swedish', phrase) || phraseto_tsquery('simple', phrase) AS asked
          FROM unnest(phrases[1:4]) AS phrase
    ) AS any_language;
    SELECT string_agg('(' || one::text || ')', ' | ')::tsquery INTO whole FROM unnest(exact || begun) AS one;

    IF cardinality(exact) + cardinality(quoted) + cardinality(keys) = 0 THEN
        RETURN;
    END IF;
    -- Each word brings its best hundred, so that a rare one is not lost among those of a common one.
    RETURN QUERY EXECUTE
        'WITH candidates AS MATERIALIZED ('
        ' SELECT best.id FROM unnest($9, $11) AS asked(exact, begun) CROSS JOIN LATERAL (SELECT e.id' || allowed ||
        '   AND e.words @@ (asked.exact || asked.begun)'
        '   ORDER BY ts_rank(e.words, $13) DESC, e.dated_at DESC, e.id DESC LIMIT 100) AS best'
        ' UNION SELECT best.id FROM unnest($14) AS phrase CROSS JOIN LATERAL (SELECT e.id' || allowed ||
        '   AND e.words @@ phrase'
        '   ORDER BY ts_rank(e.words, $13) DESC, e.dated_at DESC, e.id DESC LIMIT 100) AS best'
        ' UNION (SELECT e.id' || allowed || ' AND e.codes && $15'
        '   ORDER BY e.language = $16 DESC, e.dated_at DESC, e.id DESC LIMIT 100)),'
        ' looked_at AS MATERIALIZED (SELECT e.id, e.kind, e.object_id, e.words, e.dated_at, e.language = $16 AS own,'
        '   (SELECT count(*) FROM unnest($15) AS key WHERE key = ANY (e.codes))'
        '   + (SELECT count(*) FROM unnest($14) AS phrase WHERE e.words @@ phrase) AS exactly'
        '   FROM candidates JOIN public.search_indexedentry AS e USING (id)),'
        ' worths AS (SELECT one.id, asked.n,'
        '   CASE WHEN one.words @@ asked.exact_title THEN 4 WHEN one.words @@ asked.begun_title THEN 3'
        '        WHEN one.words @@ asked.exact THEN 2 ELSE 1 END AS worth'
        '   FROM looked_at AS one'
        '   CROSS JOIN unnest($9, $10, $11, $12, $17) AS asked(exact, exact_title, begun, begun_title, n)'
        '   WHERE one.words @@ (asked.exact || asked.begun)),'
        ' rarity AS (SELECT n, ln(1 + (SELECT count(*) FROM looked_at)::float / count(*)) AS rare FROM worths GROUP BY n),'
        ' scored AS (SELECT one.id, one.kind, one.object_id, one.own, one.exactly, one.dated_at,'
        '   coalesce(sum(worth * rare), 0) * CASE WHEN one.own THEN 2 ELSE 1 END AS score'
        '   FROM looked_at AS one LEFT JOIN (worths JOIN rarity USING (n)) ON worths.id = one.id'
        '   GROUP BY one.id, one.kind, one.object_id, one.own, one.exactly, one.dated_at),'
        ' once AS (SELECT DISTINCT ON (kind, object_id) * FROM scored'
        '   ORDER BY kind, object_id, own DESC, exactly DESC, score DESC, id)'
        ' SELECT once.id, row_number() OVER (ORDER BY exactly DESC, score DESC, dated_at DESC, once.id DESC),'
        '   $19 || ARRAY(SELECT n FROM rarity)'
        '   FROM once ORDER BY 2 LIMIT $18'
    USING tenant, audiences, of_kinds, of_product, of_version, of_language, dated_from, dated_before,
          exact, exact_title, begun, begun_title, whole, quoted, keys, reader_language, numbers, least(most, 51),
          understood;
END
$$
"""

ALIKE = f"""
CREATE FUNCTION search_alike(misspelt text[], reader_language text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
{AUDIENCES}
    asked text;
BEGIN
    IF tenant IS NULL THEN
        RETURN;
    END IF;
    FOREACH asked IN ARRAY misspelt[1:8] LOOP
        RETURN QUERY EXECUTE
            'SELECT w.id FROM public.search_word AS w'
            ' WHERE w.tenant_id = $1 AND w.audience = ANY ($2) AND w.language = $4 AND w.word OPERATOR(public.%%) $3'
            ' ORDER BY public.similarity(w.word, $3) DESC, w.id LIMIT 20'
        USING tenant, audiences, asked, reader_language;
    END LOOP;
END
$$
""".replace("%%", "%")

STEMS_OF = "search_stems(text, text)"
FOUND_OF = (
    "search_found(text[], text[], text[], text, text[], bigint, bigint, text, timestamptz, timestamptz, integer)"
)
ALIKE_OF = "search_alike(text[], text)"


def door(sql, name):
    closed = f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO portal_app"
    return migrations.RunSQL(f"{sql}; {closed}", f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [door(STEMS, STEMS_OF), door(FOUND, FOUND_OF), door(ALIKE, ALIKE_OF)]
