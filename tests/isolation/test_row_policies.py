"""The database keeps tenants and accounts apart, whatever the code forgets."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.core.history import record
from portal.core.models import HistoryEntry
from portal.core.walls import TenantModel
from portal.identity.models import Account, Membership, Team, Tenant

pytestmark = pytest.mark.django_db


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def test_the_tests_run_as_a_role_that_policies_bind(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("portal_app", False, False)


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_nobody_sees_nothing(cast, model):
    assert model.objects.count() == 0


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_a_tenant_sees_only_its_own_rows(cast, acting_in, model):
    with acting_in(cast.acme.tenant):
        assert set(model.objects.values_list("tenant_id", flat=True)) <= {cast.acme.tenant.pk}


@pytest.mark.parametrize(
    "model",
    [model for model in tenant_models() if "account" in {f.name for f in model._meta.fields}],
    ids=lambda model: model._meta.label,
)
def test_a_contact_sees_only_rows_of_their_account_or_of_everybody(cast, acting_as, model):
    shared = {None} if model is Membership else set()
    with acting_as(cast.acme.small.contact):
        seen = set(model.objects.values_list("account_id", flat=True))
    assert seen <= {cast.acme.small.account.pk} | shared


def test_a_contact_sees_no_other_account(cast, acting_as):
    with acting_as(cast.acme.small.contact):
        assert list(Account.objects.all()) == [cast.acme.small.account]


def test_a_row_cannot_be_written_into_another_tenant(cast, acting_in):
    with (
        acting_in(cast.acme.tenant),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Team.objects.create(tenant=cast.rival.tenant, name="Intruders")


def test_a_row_cannot_point_into_another_tenant(cast, acting_in):
    with acting_in(cast.acme.tenant), connection.cursor() as cursor:
        Membership.objects.filter(pk=cast.acme.agent.pk).update(team_id=cast.rival.team.pk)
        with pytest.raises(IntegrityError, match="identity_membership_team_in_tenant"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Membership.objects.filter(pk=cast.acme.agent.pk).update(team_id=cast.acme.team.pk)


def test_another_tenant_cannot_be_edited(cast, acting_in):
    with acting_in(cast.acme.tenant):
        assert Tenant.objects.filter(pk=cast.rival.tenant.pk).update(name="Ours now") == 0


def test_history_cannot_be_changed_or_deleted(cast, acting_in):
    with acting_in(cast.acme.tenant):
        written = record(cast.acme.team, "renamed", cast.acme.admin)
        for attempt in (
            lambda: HistoryEntry.objects.filter(pk=written.pk).update(verb="nothing"),
            lambda: HistoryEntry.objects.filter(pk=written.pk).delete(),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                attempt()
        assert HistoryEntry.objects.get(pk=written.pk).verb == "renamed"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE incidents_incident DISABLE ROW LEVEL SECURITY",
        "DROP POLICY incidents_incident_rows ON incidents_incident",
        "CREATE TABLE mine (id int)",
        "SET ROLE portal_owner",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_the_app_role_cannot_take_the_walls_down(cast, statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_outer_scope_is_back_after_a_nested_one(cast, acting_in):
    with acting_in(cast.acme.tenant):
        with acting_in(cast.rival.tenant):
            assert Team.objects.get() == cast.rival.team
        assert Team.objects.get() == cast.acme.team
