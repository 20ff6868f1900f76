from django.db import migrations

# What looks across tenants for the sweep of alerts and for the ladders that were edited: ids only. What is
# due is decided once more in each tenant.
TO_ALERT = """
CREATE FUNCTION incidents_clocks_to_alert(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT clock.tenant_id, clock.id
      FROM public.incidents_clock AS clock
     WHERE clock.state = 'running'
       AND clock.alert_at IS NOT NULL
       AND clock.alert_at <= statement_timestamp()
     ORDER BY clock.alert_at
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION incidents_clocks_to_alert(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_clocks_to_alert(integer) TO portal_app;
"""
TO_REPLAN = """
CREATE FUNCTION incidents_ladders_to_replan(batch integer)
RETURNS TABLE (tenant_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT replanning.tenant_id, replanning.id
      FROM public.incidents_replanning AS replanning
     ORDER BY replanning.id
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION incidents_ladders_to_replan(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_ladders_to_replan(integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_duties_and_edited_ladders")]

    operations = [
        migrations.RunSQL(TO_ALERT, "DROP FUNCTION incidents_clocks_to_alert(integer)"),
        migrations.RunSQL(TO_REPLAN, "DROP FUNCTION incidents_ladders_to_replan(integer)"),
    ]
