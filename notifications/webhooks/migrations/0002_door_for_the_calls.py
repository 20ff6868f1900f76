from django.db import migrations

# The one statement that looks across tenants: it leases due calls and tells ids only. It picks lanes
# first, the webhooks whose turn has waited longest, and none that has a call on its way, so a slow
# receiver costs one worker at most. A row whose lease has run out is due again.
CLAIM = """
CREATE FUNCTION webhooks_claim(lanes integer, calls integer, lease_seconds integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH lane AS (
        SELECT webhook.id
          FROM public.webhooks_webhook AS webhook
         CROSS JOIN LATERAL (
               SELECT waiting.due_at
                 FROM public.webhooks_call AS waiting
                WHERE waiting.webhook_id = webhook.id AND waiting.state IN ('queued', 'sending')
                  AND waiting.due_at <= statement_timestamp()
                ORDER BY waiting.due_at
                LIMIT 1
               ) AS first
         WHERE NOT EXISTS (
               SELECT FROM public.webhooks_call AS busy
                WHERE busy.webhook_id = webhook.id AND busy.state = 'sending'
                  AND busy.due_at > statement_timestamp()
               )
         ORDER BY first.due_at
         LIMIT lanes
           FOR NO KEY UPDATE OF webhook SKIP LOCKED
    ), due AS (
        SELECT candidate.id
          FROM lane
         CROSS JOIN LATERAL (
               SELECT waiting.id
                 FROM public.webhooks_call AS waiting
                WHERE waiting.webhook_id = lane.id AND waiting.state IN ('queued', 'sending')
                  AND waiting.due_at <= statement_timestamp()
                ORDER BY waiting.due_at
                LIMIT calls
                  FOR UPDATE SKIP LOCKED
               ) AS candidate
    )
    UPDATE public.webhooks_call AS call
       SET state = 'sending',
           attempts = call.attempts + 1,
           due_at = statement_timestamp() + make_interval(secs => lease_seconds)
      FROM due
     WHERE call.id = due.id AND call.state IN ('queued', 'sending')
       AND call.due_at <= statement_timestamp()
 RETURNING call.tenant_id, call.id
$$;
REVOKE EXECUTE ON FUNCTION webhooks_claim(integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhooks_claim(integer, integer, integer) TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL(CLAIM, "DROP FUNCTION webhooks_claim(integer, integer, integer)"),
    ]
