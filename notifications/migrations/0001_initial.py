import django.db.models.deletion
import django.utils.timezone
import portal.core.walls
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('identity', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60)),
                ('key', models.CharField(help_text='Names the event: the same event is told once.', max_length=120)),
                ('data', models.JSONField(default=dict)),
                ('url', models.CharField(help_text="Path in the tenant's portal.", max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('recipient', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'recipient', '-created_at'], name='notification_list'), models.Index(condition=models.Q(('read_at', None)), fields=['tenant', 'recipient'], name='notification_unread')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='notifications_notification_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR user_id = nullif(current_setting('app.user_id', true), '')::bigint)", writes="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"), models.UniqueConstraint(fields=('tenant', 'id'), name='notifications_notification_key'), portal.core.walls.SameTenant(also=(), field='recipient', name='notifications_notification_recipient_in_tenant'), models.UniqueConstraint(fields=('tenant', 'recipient', 'kind', 'key'), name='told_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('mail', 'E-mail')], default='mail', max_length=10)),
                ('state', models.CharField(choices=[('queued', 'Waiting to leave'), ('sending', 'On its way'), ('sent', 'Sent'), ('failed', 'Could not be sent'), ('dropped', 'No longer needed')], default='queued', max_length=10)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not to be tried before, or leased until.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('notification', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.notification')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['due_at'], name='delivery_to_do')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='notifications_delivery_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='notification', name='notifications_delivery_notification_in_tenant'), models.UniqueConstraint(fields=('tenant', 'notification', 'channel'), name='delivered_once')],
            },
        ),
    ]
