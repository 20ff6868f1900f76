"""Real transactions: of two administrators on one cell the second is told, and nothing slips into what is
published."""

from datetime import timedelta

import pytest

from plans.actions import publish_draft, publish_edition, revision_of, set_cell, start_draft
from plans.editions import matrix_of, read_matrix
from plans.enums import EditionState, FeatureCode
from plans.models import Edition, Feature, Plan
from portal.core.errors import Conflict
from portal.core.history import history_of
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Membership
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house():
    return (find_cast() or make_cast()).acme


@pytest.fixture
def admins(house):
    """Two: the lead has become an administrator as well."""
    with _as(house.admin):
        Membership.objects.filter(pk=house.lead.pk).update(role=Role.ADMIN)
    house.lead.role = Role.ADMIN
    return [house.admin, house.lead]


@pytest.fixture
def event(house, admins):
    with _as(house.admin):
        return {
            "edition": start_draft(tenant=house.tenant, actor=house.admin),
            "plan": Plan.objects.get(tenant=house.tenant, code="xtreme"),
            "feature": Feature.objects.get(tenant=house.tenant, code=FeatureCode.SPECIAL_EVENT_SUPPORT),
        }


def _as(person):
    return acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT, user_id=person.user_id)


def _allowance(house, event):
    with _as(house.admin):
        return read_matrix(event["edition"]).cell(event["plan"].pk, event["feature"].code).allowance


def test_two_administrators_on_one_cell(house, admins, event):
    def save(number):
        with _as(admins[number]):
            return set_cell(**event, actor=admins[number], seen=None, allowance=number + 1).allowance

    results = at_once(2, save)
    (saved,) = [one for one in results if not isinstance(one, Exception)]
    (told,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(told, Conflict), told
    assert admins[saved - 1].name in str(told)
    assert _allowance(house, event) == saved


def test_two_drafts_at_once_are_one(house, admins, event):
    with _as(house.admin):
        publish_draft(
            edition=event["edition"], actor=house.admin, effective_at=house.tenant.created_at, note=""
        )

    def start(number):
        with _as(admins[number % 2]):
            return start_draft(tenant=house.tenant, actor=admins[number % 2]).number

    results = at_once(4, start)
    assert [one for one in results if not isinstance(one, Exception)] == [3]
    assert all(isinstance(one, Conflict) for one in results if one != 3), results


@pytest.mark.parametrize("delay", range(3))
def test_publishing_while_another_edits(house, admins, event, delay):
    """Either the edit came first, and the publisher is told; or it came too late, and is refused."""
    with _as(house.admin):
        set_cell(**event, actor=house.admin, allowance=2)
        seen = revision_of(event["edition"])
        later = house.tenant.created_at + timedelta(days=36500)

    def act(number):
        actor = admins[number % 2]
        with _as(actor):
            if number:
                return set_cell(**event, actor=actor, allowance=9).allowance
            return publish_edition(
                edition=event["edition"], actor=actor, note="Events.", effective_at=later, seen=seen
            ).number

    published, edited = at_once(2, act)
    with _as(house.admin):
        edition = Edition.objects.get(pk=event["edition"].pk)
        if isinstance(published, Exception):
            assert isinstance(published, Conflict), published
            assert admins[1].name in str(published)
            assert (edition.state, edited, _allowance(house, event)) == (EditionState.DRAFT, 9, 9)
        else:
            assert isinstance(edited, Conflict), edited
            cell = matrix_of(house.tenant.pk, edition.pk).cell(event["plan"].pk, event["feature"].code)
            assert (edition.state, cell.allowance) == (EditionState.PUBLISHED, 2)
            assert history_of(edition).last().verb == "published"
