from django.db import migrations

# Looks across tenants for the sweep and tells ids only; what is done about them is decided in each tenant.
ABANDONED = """
CREATE FUNCTION releases_uploads_abandoned(batch integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT upload.tenant_id, upload.id
      FROM public.releases_upload AS upload
     WHERE upload.last_at < statement_timestamp() - interval '2 days'
     ORDER BY upload.last_at
     LIMIT batch
$$;
REVOKE EXECUTE ON FUNCTION releases_uploads_abandoned(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION releases_uploads_abandoned(integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_published_releases_stay")]

    operations = [migrations.RunSQL(ABANDONED, "DROP FUNCTION releases_uploads_abandoned(integer)")]
