from django.db import migrations

# The one statement that looks across tenants: it leases what is due and tells ids only. A row
# whose lease has run out is due again, so a worker that died holds nothing back.
CLAIM = """
CREATE FUNCTION notifications_claim(batch integer, lease_seconds integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.notifications_delivery AS delivery
       SET state = 'sending',
           attempts = delivery.attempts + 1,
           due_at = statement_timestamp() + make_interval(secs => lease_seconds)
      FROM (
            SELECT candidate.id
              FROM public.notifications_delivery AS candidate
             WHERE candidate.state IN ('queued', 'sending') AND candidate.due_at <= statement_timestamp()
             ORDER BY candidate.due_at
             LIMIT batch
               FOR UPDATE SKIP LOCKED
           ) AS due
     WHERE delivery.id = due.id
 RETURNING delivery.tenant_id, delivery.id
$$;
REVOKE EXECUTE ON FUNCTION notifications_claim(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_claim(integer, integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RunSQL(CLAIM, "DROP FUNCTION notifications_claim(integer, integer)"),
    ]
