"""Real transactions: of two administrators at once, one saves and the other is told."""

from collections import Counter

import pytest

from plans.actions import add_calendar, edit_calendar, remove_calendar, set_target, start_draft
from plans.drafting import content_of, promise_of, target_at
from plans.enums import TargetKind, Unit
from plans.models import Calendar, Plan, Target
from portal.core.errors import Conflict, Refused
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import find_cast, make_cast
from tests.incidents.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

NIGHT = {
    "code": "night",
    "names": {"en": "Night desk"},
    "time_zone": "",
    "week": [[0, "22:00", "06:00"]],
    "holidays": False,
    "dates": {},
}


@pytest.fixture
def admin(db):
    cast = find_cast() or make_cast()
    return cast.acme.admin


@pytest.fixture
def draft(admin):
    return _as(admin, lambda: start_draft(tenant=admin.tenant, actor=admin))


@pytest.fixture
def by(admin, draft):
    return {"edition": draft, "actor": admin}


@pytest.fixture
def night(admin, by):
    return _as(admin, lambda: add_calendar(**by, **NIGHT))


def _as(admin, act):
    with acting(tenant_id=admin.tenant_id, account_id=EVERY_ACCOUNT, user_id=admin.user_id):
        return act()


def _kinds(results):
    return Counter(type(one).__name__ if isinstance(one, Exception) else "saved" for one in results)


def test_of_many_who_saw_the_same_target_one_saves(admin, draft, by):
    plan = _as(admin, lambda: Plan.objects.get(tenant=admin.tenant, code="xtreme"))
    place = {"kind": TargetKind.FIRST_RESPONSE, "severity": 1, "plan": plan}
    saw = _as(admin, lambda: promise_of(target_at(draft, product=None, **place)))

    def save(number):
        promise = {"minutes": 100 + number, "unit": Unit.COVERAGE_MINUTES, "seen": saw}
        return _as(admin, lambda: set_target(**by, **place, **promise).minutes)

    results = at_once(4, save)
    assert _kinds(results) == {"saved": 1, "Conflict": 3}, results
    with acting(tenant_id=admin.tenant_id, account_id=EVERY_ACCOUNT):
        assert target_at(draft, product=None, **place).minutes in results
        assert HistoryEntry.objects.filter(verb="target_set", subject_id=draft.pk).count() == 1


def test_of_many_who_saw_the_same_hours_one_saves(admin, by, night):
    saw = _as(admin, lambda: content_of(night))

    def save(number):
        hours = {**NIGHT, "week": [[number, "08:00", "09:00"]]}
        return _as(admin, lambda: edit_calendar(**by, calendar=night, **hours, seen=saw).week)

    results = at_once(4, save)
    assert _kinds(results) == {"saved": 1, "Conflict": 3}, results
    assert _as(admin, lambda: Calendar.objects.get(pk=night.pk)).week in results


def test_a_code_is_taken_once(admin, draft, by):
    results = at_once(4, lambda _number: _as(admin, lambda: add_calendar(**by, **NIGHT).pk))
    assert _kinds(results) == {"saved": 1, "Refused": 3}, results


def test_hours_are_never_taken_from_under_a_target(admin, draft, by, night):
    plan = _as(admin, lambda: Plan.objects.get(tenant=admin.tenant, code="xtreme"))
    place = {"kind": TargetKind.UPDATE, "severity": 1, "plan": plan, "minutes": 60}

    def act(number):
        if number % 2:
            return _as(admin, lambda: remove_calendar(**by, calendar=night))
        hours = {"unit": Unit.COVERAGE_MINUTES, "calendar": night}
        return _as(admin, lambda: set_target(**by, **place, **hours).pk)

    results = at_once(2, act)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 1, results
    assert isinstance(refused[0], Conflict | Refused)
    with acting(tenant_id=admin.tenant_id, account_id=EVERY_ACCOUNT):
        kept = Calendar.objects.filter(pk=night.pk).exists()
        assert Target.objects.filter(edition=draft, calendar_id=night.pk).exists() == kept
