from django.db import migrations

# What looks across tenants for the workers: ids only. What is to be done is decided once more in each tenant.
TO_TELL = """
CREATE FUNCTION critical_notices_to_tell(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT notice.tenant_id, notice.id
      FROM public.critical_notice AS notice
     WHERE notice.state = 'telling'
     ORDER BY notice.id
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION critical_notices_to_tell(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION critical_notices_to_tell(integer) TO portal_app;
"""
TO_REMIND = """
CREATE FUNCTION critical_reminders_due(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT recipient.tenant_id, recipient.id
      FROM public.critical_recipient AS recipient
     WHERE recipient.remind_at IS NOT NULL
       AND recipient.remind_at <= statement_timestamp()
     ORDER BY recipient.remind_at
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION critical_reminders_due(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION critical_reminders_due(integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("critical", "0001_notices_loops_and_registrations")]

    operations = [
        migrations.RunSQL(TO_TELL, "DROP FUNCTION critical_notices_to_tell(integer)"),
        migrations.RunSQL(TO_REMIND, "DROP FUNCTION critical_reminders_due(integer)"),
    ]
