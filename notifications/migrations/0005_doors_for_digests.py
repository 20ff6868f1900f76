from django.db import migrations

# As notifications_claim: what is due is leased, and only ids are told.
CLAIM = """
CREATE FUNCTION notifications_claim_digests(batch integer, lease_seconds integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.notifications_digest AS digest
       SET state = 'sending',
           attempts = digest.attempts + 1,
           due_at = statement_timestamp() + make_interval(secs => lease_seconds)
      FROM (
            SELECT candidate.id
              FROM public.notifications_digest AS candidate
             WHERE candidate.state IN ('queued', 'sending') AND candidate.due_at <= statement_timestamp()
             ORDER BY candidate.due_at
             LIMIT batch
               FOR UPDATE SKIP LOCKED
           ) AS due
     WHERE digest.id = due.id
 RETURNING digest.tenant_id, digest.id
$$;
REVOKE EXECUTE ON FUNCTION notifications_claim_digests(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_claim_digests(integer, integer) TO portal_app;
"""
# A report of mail that came back names a mail and no tenant.
MAILED = """
CREATE FUNCTION notifications_mailed(mail uuid)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT delivery.tenant_id, delivery.id FROM public.notifications_delivery AS delivery WHERE delivery.id = mail
     UNION ALL
    SELECT digest.tenant_id, digest.id FROM public.notifications_digest AS digest WHERE digest.id = mail
$$;
REVOKE EXECUTE ON FUNCTION notifications_mailed(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_mailed(uuid) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_wishes_and_digests")]

    operations = [
        migrations.RunSQL(CLAIM, "DROP FUNCTION notifications_claim_digests(integer, integer)"),
        migrations.RunSQL(MAILED, "DROP FUNCTION notifications_mailed(uuid)"),
    ]
