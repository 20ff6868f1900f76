from django.db import migrations

# Under a row policy a text search can't use its index, so one function looks for the policy and
# tells ids only. It takes the tenant and the account from the transaction, never from its caller.
WORDS = "regexp_replace(title, '[^[:alnum:]]+', ' ', 'g')"
INDEX = f"CREATE INDEX incident_title_words ON incidents_incident USING gin (to_tsvector('simple', {WORDS}))"
FUNCTION = """
CREATE FUNCTION incidents_titled(words text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    tenant bigint := nullif(current_setting('app.tenant_id', true), '')::bigint;
    account text := nullif(current_setting('app.account_id', true), '');
    begun tsquery;
BEGIN
    SELECT to_tsquery('simple', string_agg(word || ':*', ' & '))
      INTO begun
      FROM (SELECT word FROM regexp_split_to_table(lower(words), '[^[:alnum:]]+') AS word WHERE word <> '' LIMIT 8) asked;
    IF tenant IS NULL OR account IS NULL OR begun IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT id FROM public.incidents_incident'
        ' WHERE tenant_id = $1 AND ($2 = ''*'' OR account_id = nullif($2, ''*'')::bigint)'
        ' AND to_tsvector(''simple'', regexp_replace(title, ''[^[:alnum:]]+'', '' '', ''g'')) @@ $3'
        ' ORDER BY last_activity_at DESC, id DESC LIMIT 500'
    USING tenant, account, begun;
END
$$;
REVOKE EXECUTE ON FUNCTION incidents_titled(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_titled(text) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_waiting_in_queue_order")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX incident_title_words"),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION incidents_titled(text)"),
    ]
