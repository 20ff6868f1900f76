from django.db import migrations

# For who logs an incident and can't see the tenant's webhooks: whether any of them, or of the account's, is
# called for an event. Asked within a statement that is made anyway, it costs some microseconds, where telling
# would cost a statement for each incident of every tenant. A contact can ask for their own account only.
ASKED = """
CREATE FUNCTION webhooks_asked(event text, account bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT current_setting('app.account_id', true) IN ('*', account::text) AND (
        EXISTS (
            SELECT FROM public.webhooks_webhook
             WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint
               AND account_id IS NULL AND state = 'on' AND event = ANY (events)
        )
        OR EXISTS (
            SELECT FROM public.webhooks_webhook
             WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint
               AND account_id = account AND state = 'on' AND event = ANY (events)
        )
    )
$$;
REVOKE EXECUTE ON FUNCTION webhooks_asked(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhooks_asked(text, bigint) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0004_webhooks_of_accounts")]

    operations = [
        migrations.RunSQL(ASKED, "DROP FUNCTION webhooks_asked(text, bigint)"),
    ]
