from django.db import migrations

# What looks across tenants for the workers: ids only. Whether there is anything left to do is decided once
# more in each tenant.
RUNNING = """
CREATE FUNCTION incidents_rehearsals_running(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT rehearsal.tenant_id, rehearsal.id
      FROM public.incidents_rehearsal AS rehearsal
     WHERE rehearsal.state = 'running'
     ORDER BY rehearsal.id
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION incidents_rehearsals_running(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_rehearsals_running(integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_rehearsals")]

    operations = [migrations.RunSQL(RUNNING, "DROP FUNCTION incidents_rehearsals_running(integer)")]
