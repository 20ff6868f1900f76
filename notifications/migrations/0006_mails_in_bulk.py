from importlib import import_module

from django.db import migrations, models

# As before, of those that leave in bulk or of the others.
CLAIM = """
CREATE FUNCTION notifications_claim(batch integer, lease_seconds integer, of_bulk boolean)
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
             WHERE candidate.state IN ('queued', 'sending') AND candidate.in_bulk = of_bulk
               AND candidate.due_at <= statement_timestamp()
             ORDER BY candidate.due_at
             LIMIT batch
               FOR UPDATE SKIP LOCKED
           ) AS due
     WHERE delivery.id = due.id
 RETURNING delivery.tenant_id, delivery.id
$$;
REVOKE EXECUTE ON FUNCTION notifications_claim(integer, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_claim(integer, integer, boolean) TO portal_app;
"""
OLD_CLAIM = import_module("notifications.migrations.0002_door_for_the_sweep").CLAIM
WAITS = models.Q(state__in=["queued", "sending"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_doors_for_digests")]

    operations = [
        migrations.AddField(
            "delivery",
            "in_bulk",
            models.BooleanField(default=False, help_text="Leaves after whatever is not."),
        ),
        migrations.RemoveIndex("delivery", "delivery_to_do"),
        migrations.AddIndex(
            "delivery",
            models.Index(fields=["in_bulk", "due_at"], condition=WAITS, name="delivery_to_do"),
        ),
        migrations.RunSQL("DROP FUNCTION notifications_claim(integer, integer)", OLD_CLAIM),
        migrations.RunSQL(CLAIM, "DROP FUNCTION notifications_claim(integer, integer, boolean)"),
    ]
