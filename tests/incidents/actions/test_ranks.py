"""Plans change ranks: the queue and the decisions follow."""

import pytest
from django.utils import timezone

from entitlements.decide import decide
from entitlements.holdings import load_holdings
from incidents.actions import resolve
from incidents.actions.changes import locked, reopened
from incidents.clocks.keeping import Clocks
from incidents.models import Incident
from incidents.ranks import plan_order_now
from plans.actions import add_plan, move_plan, restore_plan, retire_plan
from plans.enums import FeatureCode
from plans.models import Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        yield cast.acme


@pytest.fixture
def premium(acme):
    return Plan.objects.get(tenant=acme.tenant, code="premium")


def orders(*incidents):
    return [Incident.objects.get(pk=incident.pk).plan_order for incident in incidents]


def test_open_incidents_take_the_new_rank_and_those_without_priority_none(acme, premium, log):
    elite, without = log(), log(acme.small.contact)
    other = log()
    Incident.objects.filter(pk=other.pk).update(plan_id=premium.pk, plan_order=-2)
    assert orders(elite, other, without) == [-3, -2, 0]
    move_plan(plan=premium, up=True, actor=acme.admin)
    assert orders(elite, other, without) == [-2, -3, 0]
    queue = Incident.objects.filter(tenant=acme.tenant).in_queue_order()
    assert [incident.pk for incident in queue] == [other.pk, elite.pk, without.pk]


def test_a_new_incident_has_the_rank_of_now(acme, premium, log):
    move_plan(plan=premium, up=True, actor=acme.admin)
    assert orders(log()) == [-2]


def test_a_solved_incident_takes_its_rank_when_it_is_reopened(acme, premium, log):
    incident = log()
    resolve(person=acme.agent, incident=incident, resolution="Done.")
    move_plan(plan=premium, up=True, actor=acme.admin)
    assert orders(incident) == [-3]
    row = locked(incident)
    reopened(row, acme.agent, Clocks(row, acme.agent, timezone.now()), at=timezone.now())
    assert row.plan_order == -2


def test_a_plan_that_is_not_sold_any_more_keeps_its_place(acme, premium, log):
    incident = log()
    Incident.objects.filter(pk=incident.pk).update(plan_id=premium.pk, plan_order=-2)
    retire_plan(plan=premium, actor=acme.admin)
    assert plan_order_now(Incident.objects.get(pk=incident.pk)) == -2
    add_plan(tenant=acme.tenant, name="Silver", rank=2, language="en", actor=acme.admin)
    restore_plan(plan=premium, actor=acme.admin)
    assert orders(incident) == [-4]


def test_another_portal_keeps_its_order(cast, acme, premium, log):
    theirs = log(cast.rival.big.contact, product=cast.rival.ledger)
    move_plan(plan=premium, up=True, actor=acme.admin)
    with acting(tenant_id=cast.rival.tenant.pk, account_id=EVERY_ACCOUNT):
        assert orders(theirs) == [-3]


def test_a_refusal_names_the_plan_that_is_the_lowest_now(acme, premium):
    feature = FeatureCode.PLAN_PRIORITY_QUEUING

    def remedy():
        held = load_holdings(acme.small.account)
        return decide(held, feature, at=timezone.now(), product_id=acme.ledger.pk).remedy.code

    assert remedy() == "premium"
    move_plan(plan=premium, up=True, actor=acme.admin)
    assert remedy() == "elite"
