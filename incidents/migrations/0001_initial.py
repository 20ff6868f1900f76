import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import portal.core.walls
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('entitlements', '0001_initial'),
        ('identity', '0001_initial'),
        ('plans', '0003_published_editions_stay'),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Counts within the account.')),
                ('reference', models.CharField(help_text="The account's key and the number: ABC-42.", max_length=20)),
                ('channel', models.CharField(choices=[('web', 'Portal'), ('api', 'API'), ('phone', 'Phone')], default='web', max_length=10)),
                ('kind', models.CharField(choices=[('defect', 'Something does not work'), ('how_to', 'How-to question'), ('installation', 'Installation or implementation question'), ('other', 'Something else')], max_length=20, verbose_name='kind')),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'Critical'), (2, 'Major'), (3, 'Minor'), (4, 'Low')], verbose_name='severity')),
                ('state', models.CharField(choices=[('new', 'New'), ('open', 'Open'), ('waiting', 'Waiting for customer'), ('resolved', 'Resolved'), ('closed', 'Closed')], default='new', max_length=12, verbose_name='state')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('description', models.TextField(verbose_name='description')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], max_length=8)),
                ('coverage_check', models.BooleanField(default=False, help_text='Taken without a contract that covers it.')),
                ('time_zone', models.CharField(blank=True, max_length=64)),
                ('holiday_region', models.CharField(blank=True, max_length=10)),
                ('plan_order', models.SmallIntegerField(default=0, help_text='Less is sooner; 0 without Plan Priority Queuing.')),
                ('first_response_from', models.DateTimeField(blank=True, help_text='When its time began to count.', null=True)),
                ('first_response_due_at', models.DateTimeField(blank=True, null=True)),
                ('first_responded_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, help_text='The next moment that was promised.', null=True)),
                ('queue_due_at', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('due_at'), models.Value('9999-12-31T00:00:00+00:00')), output_field=models.DateTimeField())),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_activity_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('waiting_since', models.DateTimeField(blank=True, null=True)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('resolution', models.TextField(blank=True, verbose_name='resolution')),
                ('revision', models.PositiveIntegerField(default=0, help_text='Grows with each change; finds stale forms.')),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('assignee', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('calendar', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.calendar')),
                ('contract_line', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entitlements.contractline')),
                ('edition', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.edition')),
                ('installation', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entitlements.installation', verbose_name='installation')),
                ('logged_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, help_text='Staff may log for a contact.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.product', verbose_name='product')),
                ('reported_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('team', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.team')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'indexes': [models.Index(models.F('tenant'), models.F('severity'), models.F('plan_order'), models.F('queue_due_at'), models.F('created_at'), models.F('id'), condition=models.Q(('coverage_check', False), ('state__in', ('new', 'open'))), name='incident_queue'), models.Index(models.F('tenant'), models.F('severity'), models.F('plan_order'), models.F('queue_due_at'), models.F('created_at'), models.F('id'), condition=models.Q(('assignee', None), ('coverage_check', False), ('state__in', ('new', 'open'))), name='incident_to_take'), models.Index(condition=models.Q(('state__in', ('new', 'open', 'waiting'))), fields=['tenant', 'assignee', 'severity'], name='incident_of_assignee'), models.Index(condition=models.Q(('coverage_check', True), ('state__in', ('new', 'open', 'waiting'))), fields=['tenant', 'created_at'], name='incident_coverage_check'), models.Index(fields=['tenant', 'account', '-last_activity_at', '-id'], name='incident_of_account'), models.Index(fields=['tenant', 'account', 'reported_by', '-last_activity_at', '-id'], name='incident_of_contact'), models.Index(fields=['tenant', '-last_activity_at', '-id'], name='incident_of_tenant'), models.Index(condition=models.Q(('state', 'resolved')), fields=['tenant', 'resolved_at'], name='incident_to_close')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='incidents_incident_account_key'), models.UniqueConstraint(fields=('tenant', 'reference'), name='reference_once_per_tenant'), models.CheckConstraint(condition=models.Q(('severity__range', (1, 4))), name='incident_severity_1_to_4'), models.CheckConstraint(condition=models.Q(('coverage_check', True), models.Q(('contract_line__isnull', False), ('edition__isnull', False)), _connector='OR'), name='incident_is_covered_or_checked'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['resolved', 'closed']), _negated=True), ('resolved_at__isnull', False), _connector='OR'), name='resolved_incident_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('person', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='identity.membership')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('incident', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='incidents.incident')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'person', 'incident'], name='followed_by_person')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='incidents_follower_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), portal.core.walls.SameTenant(also=(), field='account', name='incidents_follower_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='person', name='incidents_follower_person_in_tenant'), portal.core.walls.SameTenant(also=('account',), field='incident', name='incidents_follower_incident_in_account'), models.UniqueConstraint(fields=('tenant', 'incident', 'person'), name='follows_once')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_staff', models.BooleanField()),
                ('internal', models.BooleanField(default=False)),
                ('channel', models.CharField(choices=[('web', 'Portal'), ('api', 'API'), ('phone', 'Phone')], default='web', max_length=10)),
                ('body', models.TextField()),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('author', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('incident', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='incidents.incident')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'incident', 'id'], name='message_of_incident')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='incidents_message_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR (account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint AND NOT internal))", writes=''), models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='incidents_message_account_key'), portal.core.walls.SameTenant(also=(), field='account', name='incidents_message_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='author', name='incidents_message_author_in_tenant'), portal.core.walls.SameTenant(also=('account',), field='incident', name='incidents_message_incident_in_account'), portal.core.walls.AppendOnly(name='incidents_message_append_only'), models.CheckConstraint(condition=models.Q(('internal', False), ('by_staff', True), _connector='OR'), name='only_staff_write_internal_notes')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('internal', models.BooleanField(default=False)),
                ('name', models.CharField(max_length=255)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('path', models.CharField(max_length=200, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('uploaded_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('incident', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='incidents.incident')),
                ('message', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='incidents.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('incident__isnull', False)), fields=['tenant', 'incident'], name='attachment_of_incident'), models.Index(condition=models.Q(('incident', None)), fields=['created_at'], name='attachment_unattached')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='incidents_attachment_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR (account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint AND NOT internal))", writes=''), portal.core.walls.SameTenant(also=(), field='account', name='incidents_attachment_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='uploaded_by', name='incidents_attachment_uploaded_by_in_tenant'), portal.core.walls.SameTenant(also=('account',), field='incident', name='incidents_attachment_incident_in_account'), portal.core.walls.SameTenant(also=('account',), field='message', name='incidents_attachment_message_in_account')],
            },
        ),
        migrations.CreateModel(
            name='TeamProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='plans.product')),
                ('team', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='identity.team')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='incidents_teamproduct_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='team', name='incidents_teamproduct_team_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='incidents_teamproduct_product_in_tenant'), models.UniqueConstraint(fields=('tenant', 'team', 'product'), name='team_product_once')],
            },
        ),
        migrations.CreateModel(
            name='AgentProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='identity.membership')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='plans.product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='incidents_agentproduct_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND (SELECT current_setting('app.account_id', true) = '*')", writes=''), portal.core.walls.SameTenant(also=(), field='person', name='incidents_agentproduct_person_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='incidents_agentproduct_product_in_tenant'), models.UniqueConstraint(fields=('tenant', 'person', 'product'), name='agent_product_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.RowPolicy(command='ALL', name='incidents_incident_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='account', name='incidents_incident_account_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='logged_by', name='incidents_incident_logged_by_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='product', name='incidents_incident_product_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='edition', name='incidents_incident_edition_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='calendar', name='incidents_incident_calendar_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='team', name='incidents_incident_team_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=(), field='assignee', name='incidents_incident_assignee_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=('account',), field='reported_by', name='incidents_incident_reported_by_in_account'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=('account',), field='installation', name='incidents_incident_installation_in_account'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=portal.core.walls.SameTenant(also=('account',), field='contract_line', name='incidents_incident_contract_line_in_account'),
        ),
    ]
