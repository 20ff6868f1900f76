from django.db import migrations

# The two statements that look across tenants for the sweeps: they tell ids only. What is done about
# them is decided once more in each tenant.
TO_CLOSE = """
CREATE FUNCTION incidents_to_close(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT tenant.id, due.id
      FROM public.identity_tenant AS tenant
     CROSS JOIN LATERAL (
            SELECT incident.id
              FROM public.incidents_incident AS incident
             WHERE incident.tenant_id = tenant.id
               AND incident.state = 'resolved'
               AND incident.resolved_at <= statement_timestamp() - make_interval(days => tenant.close_after_days)
             ORDER BY incident.resolved_at
             LIMIT batch
           ) AS due
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION incidents_to_close(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_to_close(integer) TO portal_app;
"""
UNATTACHED = """
CREATE FUNCTION attachments_unattached(batch integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT attachment.tenant_id, attachment.id
      FROM public.incidents_attachment AS attachment
     WHERE attachment.incident_id IS NULL
       AND attachment.created_at < statement_timestamp() - interval '1 day'
     ORDER BY attachment.created_at
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION attachments_unattached(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attachments_unattached(integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_invitation_mail"),
        ("incidents", "0003_titles_by_word"),
    ]

    operations = [
        migrations.RunSQL(TO_CLOSE, "DROP FUNCTION incidents_to_close(integer)"),
        migrations.RunSQL(UNATTACHED, "DROP FUNCTION attachments_unattached(integer)"),
    ]
