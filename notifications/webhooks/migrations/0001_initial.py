import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import portal.core.walls
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_invitation_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('url', models.CharField(max_length=500)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('state', models.CharField(choices=[('on', 'On'), ('off', 'Off'), ('failed', 'Switched off after failures')], default='on', max_length=10)),
                ('secret', models.TextField()),
                ('old_secret', models.TextField(blank=True)),
                ('old_secret_until', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=60)),
                ('key', models.CharField(help_text='Names the event: each webhook is called once for it.', max_length=120)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, help_text='When the event happened.')),
                ('state', models.CharField(choices=[('queued', 'Waiting to leave'), ('sending', 'On its way'), ('sent', 'Sent'), ('failed', 'Could not be sent'), ('dropped', 'No longer needed')], default='queued', max_length=10)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not to be tried before, or leased until.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(help_text='What the receiver answered last.', null=True)),
                ('trouble', models.CharField(blank=True, choices=[('not_allowed', 'The address leads into a private network, or is not https.'), ('unknown_name', 'The host name is not known.'), ('unreachable', 'The receiver can’t be reached.'), ('unproven', 'The receiver’s certificate is not valid for its name.'), ('too_slow', 'The receiver did not answer in time.'), ('no_answer', 'The receiver’s answer can’t be understood.'), ('redirected', 'The receiver leads to another address; calls go to the registered one only.'), ('refused', 'The receiver answered with an error.'), ('gone', 'The receiver says that it is gone for good.'), ('secret_lost', 'The secret can’t be read since the portal’s key was changed. Renew it.'), ('not_made', 'The call could not be made.'), ('given_up', 'The call was tried too often.'), ('switched_off', 'The webhook was off.'), ('not_chosen', 'The webhook no longer asks for this event.')], max_length=20)),
                ('called_at', models.DateTimeField(null=True)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('webhook', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='webhooks.webhook')),
            ],
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=portal.core.walls.RowPolicy(command='ALL', name='webhooks_webhook_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND (SELECT current_setting('app.account_id', true) = '*')", writes=''),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.UniqueConstraint(fields=('tenant', 'id'), name='webhooks_webhook_key'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.UniqueConstraint(fields=('tenant', 'url'), name='webhook_address_once'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('events__len__gt', 0)), name='webhook_asks_for_something'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['webhook', 'due_at'], name='call_to_do'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['tenant', 'webhook', '-at', '-id'], name='call_log'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['tenant', 'at'], name='call_age'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=portal.core.walls.RowPolicy(command='ALL', name='webhooks_call_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND (SELECT current_setting('app.account_id', true) = '*')", writes=''),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=portal.core.walls.SameTenant(also=(), field='webhook', name='webhooks_call_webhook_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('tenant', 'webhook', 'event', 'key'), name='called_once'),
        ),
    ]
