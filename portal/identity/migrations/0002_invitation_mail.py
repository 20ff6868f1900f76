"""The mail of an invitation: its link's nonce, when it left, and the sweep that finds what has not."""

import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

# The sweep crosses tenants, so it runs with its owner's rights; it gives out ids and nothing else.
TO_MAIL = """
CREATE FUNCTION identity_invitations_to_mail() RETURNS TABLE (tenant_id bigint, invitation_id bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.tenant_id, i.id FROM public.identity_invitation i
    WHERE i.mailed_at IS NULL AND i.accepted_at IS NULL AND i.revoked_at IS NULL
      AND i.mail_tries < 8 AND i.mail_due_at <= clock_timestamp() AND i.expires_at > clock_timestamp()
    ORDER BY i.mail_due_at LIMIT 500
$$;
REVOKE ALL ON FUNCTION identity_invitations_to_mail() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_invitations_to_mail() TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.AddField(
            "invitation",
            "nonce",
            models.CharField(
                default="",
                help_text="The link's secret is made from this and the server's key.",
                max_length=43,
            ),
            preserve_default=False,
        ),
        migrations.AddField("invitation", "mailed_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "invitation",
            "mail_due_at",
            models.DateTimeField(
                default=django.utils.timezone.now, help_text="When the mail is tried next."
            ),
        ),
        migrations.AddField("invitation", "mail_tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddIndex(
            "invitation",
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mailed_at=None, accepted_at=None, revoked_at=None),
                name="invitation_to_mail",
            ),
        ),
        migrations.RunSQL(TO_MAIL, "DROP FUNCTION identity_invitations_to_mail()"),
    ]
