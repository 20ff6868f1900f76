from django.db import migrations

# As before, but found from the calls that wait, by jumps from webhook to webhook over the index ``call_to_do``:
# since accounts have webhooks too, most of them have nothing to do, and a sweep must not look at each.
CLAIM = """
CREATE OR REPLACE FUNCTION webhooks_claim(lanes integer, calls integer, lease_seconds integer)
RETURNS TABLE (tenant_id bigint, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH RECURSIVE asked AS (
        (SELECT call.webhook_id
           FROM public.webhooks_call AS call
          WHERE call.state IN ('queued', 'sending')
          ORDER BY call.webhook_id
          LIMIT 1)
        UNION ALL
        SELECT (SELECT call.webhook_id
                  FROM public.webhooks_call AS call
                 WHERE call.state IN ('queued', 'sending') AND call.webhook_id > asked.webhook_id
                 ORDER BY call.webhook_id
                 LIMIT 1)
          FROM asked
         WHERE asked.webhook_id IS NOT NULL
    ), lane AS (
        SELECT webhook.id
          FROM asked
          JOIN public.webhooks_webhook AS webhook ON webhook.id = asked.webhook_id
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
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0005_door_for_who_asks")]

    operations = [migrations.RunSQL(CLAIM, migrations.RunSQL.noop)]
