import django.core.validators
import django.db.models.deletion
import portal.core.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=12)),
                ('effective_at', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('published_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_edition_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_edition_key'), portal.core.walls.SameTenant(also=(), field='published_by', name='plans_edition_published_by_in_tenant'), models.UniqueConstraint(fields=('tenant', 'number'), name='edition_number_once_per_tenant'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('effective_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='published_edition_has_its_dates')],
            },
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, hyphens and underscores.')])),
                ('names', models.JSONField(default=dict, help_text='By language.')),
                ('time_zone', models.CharField(blank=True, max_length=64)),
                ('week', models.JSONField(default=list)),
                ('holidays', models.BooleanField(default=True, verbose_name='closed on public holidays')),
                ('dates', models.JSONField(default=dict, help_text='Own hours of single dates, by ISO date.')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('edition', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calendars', to='plans.edition')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_calendar_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_calendar_key'), portal.core.walls.SameTenant(also=(), field='edition', name='plans_calendar_edition_in_tenant'), models.UniqueConstraint(fields=('tenant', 'edition', 'code'), name='calendar_once_per_edition')],
            },
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, hyphens and underscores.')])),
                ('category', models.CharField(choices=[('updates', 'Updates'), ('support', 'Support'), ('responsiveness', 'Responsiveness'), ('knowledge_sharing', 'Knowledge Sharing'), ('resource_planning', 'Resource Planning')], max_length=30, verbose_name='group')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('product_limited', models.BooleanField(default=False, verbose_name='not available for certain products')),
                ('discretionary', models.BooleanField(default=False, verbose_name='at the sole discretion of the vendor')),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_feature_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_feature_key'), models.UniqueConstraint(fields=('tenant', 'code'), name='feature_code_once_per_tenant')],
            },
        ),
        migrations.CreateModel(
            name='FeatureText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], max_length=8)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('summary', models.CharField(blank=True, max_length=240, verbose_name='summary')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('use', models.CharField(blank=True, max_length=300, verbose_name='where to use it')),
                ('feature', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='plans.feature')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_featuretext_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='feature', name='plans_featuretext_feature_in_tenant'), models.UniqueConstraint(fields=('tenant', 'feature', 'language'), name='feature_text_once')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, hyphens and underscores.')])),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_plan_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_plan_key'), models.UniqueConstraint(fields=('tenant', 'code'), name='plan_code_once_per_tenant'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('tenant', 'rank'), name='plan_rank_once_per_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Cell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('allowance', models.PositiveSmallIntegerField(blank=True, help_text='How often in a support period; none for no limit.', null=True)),
                ('calendar', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, help_text='For features that give coverage.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.calendar')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('edition', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='plans.edition')),
                ('feature', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.feature')),
                ('plan', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_cell_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='edition', name='plans_cell_edition_in_tenant'), portal.core.walls.SameTenant(also=(), field='plan', name='plans_cell_plan_in_tenant'), portal.core.walls.SameTenant(also=(), field='feature', name='plans_cell_feature_in_tenant'), portal.core.walls.SameTenant(also=(), field='calendar', name='plans_cell_calendar_in_tenant'), models.UniqueConstraint(fields=('tenant', 'edition', 'plan', 'feature'), name='cell_once')],
            },
        ),
        migrations.CreateModel(
            name='PlanText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], max_length=8)),
                ('summary', models.CharField(max_length=240, verbose_name='summary')),
                ('plan', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='plans.plan')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_plantext_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='plan', name='plans_plantext_plan_in_tenant'), models.UniqueConstraint(fields=('tenant', 'plan', 'language'), name='plan_text_once')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]*$', 'Use small letters, digits, hyphens and underscores.')], verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_product_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_product_key'), models.UniqueConstraint(fields=('tenant', 'code'), name='product_code_once_per_tenant')],
            },
        ),
        migrations.CreateModel(
            name='ProductException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='plans.edition')),
                ('feature', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.feature')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_productexception_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='edition', name='plans_productexception_edition_in_tenant'), portal.core.walls.SameTenant(also=(), field='feature', name='plans_productexception_feature_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='plans_productexception_product_in_tenant'), models.UniqueConstraint(fields=('tenant', 'edition', 'feature', 'product'), name='exception_once')],
            },
        ),
        migrations.CreateModel(
            name='ProductVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='version')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('released_on', models.DateField(blank=True, null=True, verbose_name='released on')),
                ('supported_until', models.DateField(blank=True, null=True, verbose_name='supported until')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='plans.product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_productversion_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'id'), name='plans_productversion_key'), portal.core.walls.SameTenant(also=(), field='product', name='plans_productversion_product_in_tenant'), models.UniqueConstraint(fields=('tenant', 'product', 'name'), name='version_once_per_product')],
            },
        ),
        migrations.CreateModel(
            name='SeverityText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'Critical'), (2, 'Major'), (3, 'Minor'), (4, 'Low')])),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], max_length=8)),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('definition', models.CharField(max_length=300, verbose_name='definition')),
                ('example', models.CharField(blank=True, max_length=300, verbose_name='example')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_severitytext_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), models.UniqueConstraint(fields=('tenant', 'severity', 'language'), name='severity_text_once'), models.CheckConstraint(condition=models.Q(('severity__range', (1, 4))), name='severity_text_1_to_4')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first_response', 'First response'), ('next_response', 'Next response'), ('update', 'Regular update'), ('resolution', 'Resolution')], max_length=20)),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'Critical'), (2, 'Major'), (3, 'Minor'), (4, 'Low')])),
                ('minutes', models.PositiveIntegerField()),
                ('unit', models.CharField(choices=[('coverage', 'minutes of coverage'), ('elapsed', 'elapsed minutes')], default='coverage', max_length=10)),
                ('edition', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='plans.edition')),
                ('plan', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                ('product', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='plans_target_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='edition', name='plans_target_edition_in_tenant'), portal.core.walls.SameTenant(also=(), field='plan', name='plans_target_plan_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='plans_target_product_in_tenant'), models.UniqueConstraint(fields=('tenant', 'edition', 'kind', 'severity', 'plan', 'product'), name='target_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('severity__range', (1, 4))), name='target_severity_1_to_4'), models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='target_is_more_than_zero')],
            },
        ),
    ]
