import django.db.models.deletion
from django.db import migrations, models

from portal.core.walls import RowPolicy, SameTenant, TenantForeignKey

TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"

STAYS = """
CREATE TRIGGER published_edition_stays BEFORE INSERT OR UPDATE OR DELETE ON plans_productcalendar
    FOR EACH ROW EXECUTE FUNCTION plans_edition_content_stays();
"""


def reference(to, on_delete=django.db.models.deletion.PROTECT, related_name="+", **kwargs):
    return TenantForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name=related_name, to=to, **kwargs
    )


class Migration(migrations.Migration):
    """A target counts in its own hours, or else in its plan's, its product's or the tenant's."""

    dependencies = [("identity", "0002_invitation_mail"), ("plans", "0003_published_editions_stay")]

    operations = [
        migrations.AddField(
            model_name="calendar",
            name="is_default",
            field=models.BooleanField(
                default=False, help_text="Counts where neither the target, its plan nor its product names one."
            ),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("tenant", "edition"),
                name="one_default_calendar_per_edition",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="calendar",
            field=reference("plans.calendar", blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=SameTenant(field="calendar", name="plans_target_calendar_in_tenant"),
        ),
        migrations.CreateModel(
            name="ProductCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.tenant",
                    ),
                ),
                (
                    "edition",
                    reference("plans.edition", django.db.models.deletion.CASCADE, "product_calendars"),
                ),
                ("product", reference("plans.product")),
                ("calendar", reference("plans.calendar")),
            ],
            options={
                "constraints": [
                    RowPolicy(name="plans_productcalendar_rows", using=TENANT),
                    *(
                        SameTenant(field=field, name=f"plans_productcalendar_{field}_in_tenant")
                        for field in ("edition", "product", "calendar")
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "edition", "product"), name="product_calendar_once_per_edition"
                    ),
                ]
            },
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER published_edition_stays ON plans_productcalendar;"),
    ]
