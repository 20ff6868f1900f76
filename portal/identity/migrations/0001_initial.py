import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import portal.core.walls
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('key', models.CharField(help_text='Begins the number of each incident.', max_length=6, validators=[django.core.validators.RegexValidator('^[A-Z][A-Z0-9]{1,5}$', 'Use two to six capital letters or digits.')], verbose_name='key')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], default='en', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone of the support region')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('subdivision', models.CharField(blank=True, max_length=6, verbose_name='region, for its public holidays')),
                ('last_incident_number', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_account_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes='')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_team_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes='')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(help_text='Always in small letters.', max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], default='en', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_is_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('customer_admin', 'Customer administrator'), ('agent', 'Support agent'), ('lead', 'Team lead'), ('csm', 'Customer success manager'), ('admin', 'Administrator')], max_length=20, verbose_name='role')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], max_length=8), blank=True, default=list, help_text='None chosen means all.', size=None, verbose_name='languages served')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('account', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.team', verbose_name='team')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_membership_rows', using="(tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id IS NULL OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)) OR user_id = nullif(current_setting('app.user_id', true), '')::bigint", writes=''), models.CheckConstraint(condition=models.Q(models.Q(('account', None), ('role__in', ['admin', 'agent', 'csm', 'lead'])), models.Q(('account__isnull', False), ('role__in', ['customer', 'customer_admin'])), _connector='OR'), name='contacts_have_an_account_staff_none')],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='csm',
            field=portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership', verbose_name='success manager'),
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$', 'Use small letters, digits and hyphens, with no hyphen at either end.')], verbose_name='host label')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], default='en', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('accent', models.CharField(choices=[('harbour', 'Harbour blue'), ('indigo', 'Indigo'), ('violet', 'Violet'), ('plum', 'Plum'), ('teal', 'Teal'), ('pine', 'Pine green'), ('bronze', 'Bronze'), ('slate', 'Slate')], default='harbour', max_length=10, verbose_name='colour')),
                ('support_email', models.EmailField(blank=True, max_length=254, verbose_name='support e-mail address')),
                ('support_phone', models.CharField(blank=True, max_length=40, verbose_name='support phone number')),
                ('consulting_url', models.URLField(blank=True, verbose_name='consulting services')),
                ('consulting_email', models.EmailField(blank=True, max_length=254, verbose_name='consulting e-mail address')),
                ('require_second_factor', models.BooleanField(default=False, verbose_name='staff must use a second factor')),
                ('customers_see_company', models.BooleanField(default=False, help_text='Otherwise only customer administrators do.', verbose_name='contacts see all incidents of their company')),
                ('grace_days', models.PositiveSmallIntegerField(default=14, verbose_name='days of grace after a contract ends')),
                ('close_after_days', models.PositiveSmallIntegerField(default=7, verbose_name='days until a resolved incident is closed')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='SELECT', name='tenant_is_found', using='true', writes=''), portal.core.walls.RowPolicy(command='INSERT', name='tenant_is_opened', using='true', writes=''), portal.core.walls.RowPolicy(command='UPDATE', name='tenant_is_edited', using="id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes='')],
            },
        ),
        migrations.AddField(
            model_name='team',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant'),
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('fingerprint', models.CharField(max_length=64)),
                ('result', models.CharField(blank=True, help_text='What the first arrival made.', max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_submission_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR user_id = nullif(current_setting('app.user_id', true), '')::bigint)", writes=''), models.UniqueConstraint(fields=('tenant', 'user', 'key'), name='submission_once')],
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(choices=[('customer', 'Customer'), ('customer_admin', 'Customer administrator'), ('agent', 'Support agent'), ('lead', 'Team lead'), ('csm', 'Customer success manager'), ('admin', 'Administrator')], max_length=20, verbose_name='role')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('it', 'Italian'), ('nl', 'Dutch'), ('sv', 'Swedish'), ('ko', 'Korean')], default='en', max_length=8, verbose_name='language')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('account', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('invited_by', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('team', portal.core.walls.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.team', verbose_name='team')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_invitation_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint AND ((SELECT current_setting('app.account_id', true) = '*') OR account_id = nullif(nullif(current_setting('app.account_id', true), ''), '*')::bigint)", writes=''), portal.core.walls.SameTenant(also=(), field='account', name='identity_invitation_account_in_tenant'), portal.core.walls.SameTenant(also=(), field='team', name='identity_invitation_team_in_tenant'), portal.core.walls.SameTenant(also=(), field='invited_by', name='identity_invitation_invited_by_in_tenant'), models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('tenant', 'account', 'email'), name='invitation_open_once_per_address', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='HandOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('person_id', models.BigIntegerField()),
                ('methods', models.JSONField(default=list, help_text='How the person had signed in.')),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='identity.tenant')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('used_at')), ('used_at', None), _connector='OR'), name='hand_off_in_time')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('hint', models.CharField(help_text='The first characters, to recognise it by.', max_length=12)),
                ('secret_hash', models.CharField(max_length=64, unique=True)),
                ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Read and write')], default='read', max_length=10, verbose_name='scope')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('account', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.account')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', portal.core.walls.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.membership')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant')),
            ],
            options={
                'indexes': [models.Index(fields=['tenant', 'person', '-id'], name='token_of_person')],
                'constraints': [portal.core.walls.RowPolicy(command='ALL', name='identity_apitoken_rows', using="tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint", writes=''), portal.core.walls.SameTenant(also=(), field='person', name='identity_apitoken_person_in_tenant'), portal.core.walls.SameTenant(also=(), field='account', name='identity_apitoken_account_in_tenant')],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='tenant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.tenant'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(fields=('tenant', 'id'), name='identity_team_key'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(fields=('tenant', 'name'), name='team_name_once_per_tenant'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['tenant', 'account', 'role'], name='membership_people'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('tenant', 'id'), name='identity_membership_key'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('tenant', 'account', 'id'), name='identity_membership_account_key'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=portal.core.walls.SameTenant(also=(), field='account', name='identity_membership_account_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=portal.core.walls.SameTenant(also=(), field='team', name='identity_membership_team_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('tenant', 'user', 'account'), name='membership_once_per_account', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('tenant', 'id'), name='identity_account_key'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=portal.core.walls.SameTenant(also=(), field='csm', name='identity_account_csm_in_tenant'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('tenant', 'key'), name='account_key_once_per_tenant'),
        ),
    ]
