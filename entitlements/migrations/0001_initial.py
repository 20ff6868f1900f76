import django.db.models.deletion
import django.utils.timezone
import portal.core.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial'),
        ('plans', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='contract number')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('grace_days', models.PositiveSmallIntegerField(default=0, verbose_name='days of grace')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('edition', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.edition')),
                ('plan', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan', verbose_name='plan')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'account', 'starts_on'], name='contract_of_account')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='entitlements_contract_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='entitlements_contract_account_key'), portal.core.walls.SameTenant(also=(), field='account', name='entitlements_contract_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='plan', name='entitlements_contract_plan_in_tenant'), portal.core.walls.SameTenant(also=(), field='edition', name='entitlements_contract_edition_in_tenant'), models.UniqueConstraint(fields=('tenant', 'number'), name='contract_number_once_per_tenant'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='contract_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='AllowanceUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used_on', models.DateField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('feature', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.feature')),
                ('noted_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('contract', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='entitlements.contract')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'account', 'contract'], name='allowance_of_account')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='entitlements_allowanceuse_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), portal.core.walls.SameTenant(also=(), field='account', name='entitlements_allowanceuse_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='feature', name='entitlements_allowanceuse_feature_in_tenant'), portal.core.walls.SameTenant(also=(), field='noted_by', name='entitlements_allowanceuse_noted_by_in_tenant'), portal.core.walls.SameTenant(also=('account',), field='contract', name='entitlements_allowanceuse_contract_in_account')],
            },
        ),
        migrations.CreateModel(
            name='ContractLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('contract', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='entitlements.contract')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='entitlements_contractline_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='entitlements_contractline_account_key'), portal.core.walls.SameTenant(also=(), field='account', name='entitlements_contractline_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='entitlements_contractline_product_in_tenant'), portal.core.walls.SameTenant(also=('account',), field='contract', name='entitlements_contractline_contract_in_account'), models.UniqueConstraint(fields=('tenant', 'contract', 'product'), name='product_once_per_contract')],
            },
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('environment', models.CharField(choices=[('production', 'Production'), ('test', 'Test'), ('development', 'Development')], default='production', max_length=20, verbose_name='environment')),
                ('kind', models.CharField(choices=[('standard', 'Standard'), ('modified', 'Modified')], default='standard', max_length=20, verbose_name='kind')),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('product', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.product', verbose_name='product')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
                ('version', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.productversion', verbose_name='version')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='entitlements_installation_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='entitlements_installation_account_key'), portal.core.walls.SameTenant(also=(), field='account', name='entitlements_installation_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='product', name='entitlements_installation_product_in_tenant'), portal.core.walls.SameTenant(also=(), field='version', name='entitlements_installation_version_in_tenant'), models.UniqueConstraint(fields=('tenant', 'account', 'name'), name='installation_name_once')],
            },
        ),
    ]
