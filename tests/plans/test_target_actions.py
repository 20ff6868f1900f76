"""An administrator says in a draft what is promised, and in which hours."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from plans.actions import (
    publish_draft,
    remove_target,
    retire_product,
    set_default_calendar,
    set_product_calendar,
    set_target,
    start_draft,
)
from plans.editions import matrix_of, read_matrix
from plans.enums import TargetKind, Unit
from plans.models import Calendar, Edition, Plan, ProductCalendar, Target
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.models import HistoryEntry

UPDATE, FIRST = TargetKind.UPDATE, TargetKind.FIRST_RESPONSE
COVERAGE, ELAPSED = Unit.COVERAGE_MINUTES, Unit.ELAPSED_MINUTES


@pytest.fixture
def target(acme, by):
    """What names an update target of the Xtreme plan, with a promise of an hour."""
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    key = {"kind": UPDATE, "severity": 1, "plan": plan}
    return {**by, **key, "minutes": 60, "unit": COVERAGE}


def without_promise(target):
    return {name: value for name, value in target.items() if name not in {"minutes", "unit"}}


def calendar(draft, code):
    return Calendar.objects.get(edition=draft, code=code)


def rows(draft):
    found = Target.objects.filter(edition=draft, kind=UPDATE).order_by("id")
    return list(found.values_list("severity", "product__code", "minutes", "unit", "calendar__code"))


def history(draft):
    """What was done to the draft since it was started."""
    entries = HistoryEntry.objects.filter(subject_type="edition", subject_id=draft.pk, internal=True)
    return [(entry.verb, entry.data) for entry in entries.order_by("id") if entry.verb != "started"]


def test_a_target_is_set_and_set_anew(acme, draft, target):
    set_target(**target)
    set_target(**{**target, "minutes": 30}, calendar=calendar(draft, "24x7"))
    assert rows(draft) == [(1, None, 30, COVERAGE, "24x7")]
    place = {"kind": UPDATE, "severity": 1, "plan": "xtreme", "product": None}
    hour = {"minutes": 60, "unit": COVERAGE, "calendar": None}
    half = {"minutes": 30, "unit": COVERAGE, "calendar": "24x7"}
    assert history(draft) == [
        ("target_set", {**place, "before": None, "after": hour}),
        ("target_set", {**place, "before": hour, "after": half}),
    ]


def test_the_same_target_again_changes_nothing(draft, target):
    set_target(**target)
    set_target(**target)
    assert (len(rows(draft)), len(history(draft))) == (1, 1)


def test_a_product_has_a_target_beside_the_general_one(acme, draft, target):
    set_target(**target)
    set_target(**{**target, "minutes": 20, "unit": ELAPSED}, product=acme.ledger)
    assert rows(draft) == [(1, None, 60, COVERAGE, None), (1, acme.ledger.code, 20, ELAPSED, None)]
    remove_target(**without_promise(target), product=acme.ledger)
    assert rows(draft) == [(1, None, 60, COVERAGE, None)]
    verb, data = history(draft)[-1]
    assert (verb, data["product"], data["before"]["minutes"]) == ("target_removed", acme.ledger.code, 20)


@pytest.mark.parametrize("minutes", [0, -5])
def test_a_target_is_at_least_a_minute(draft, target, minutes):
    with pytest.raises(Refused, match="at least one minute") as refused:
        set_target(**{**target, "minutes": minutes})
    assert refused.value.field == "minutes"
    assert (rows(draft), history(draft)) == ([], [])


def test_hours_are_those_of_the_draft(acme, draft, target, by):
    published = Calendar.objects.get(edition__number=1, edition__tenant=acme.tenant, code="24x7")
    for change in (
        lambda: set_target(**target, calendar=published),
        lambda: set_product_calendar(**by, product=acme.ledger, calendar=published),
        lambda: set_default_calendar(**by, calendar=published),
    ):
        with pytest.raises(Refused, match=r"belong to another edition\. Choose a calendar of edition 2"):
            change()
    assert (rows(draft), history(draft)) == ([], [])


def test_elapsed_minutes_take_no_calendar(draft, target):
    with pytest.raises(Refused, match="Elapsed minutes count at any hour"):
        set_target(**{**target, "unit": ELAPSED}, calendar=calendar(draft, "24x7"))
    assert rows(draft) == []


def test_a_retired_product_is_promised_nothing_new(acme, draft, target, by):
    retire_product(product=acme.store, actor=acme.admin)
    with pytest.raises(Refused, match="Store is no longer sold"):
        set_target(**target, product=acme.store)
    with pytest.raises(Refused, match="Store is no longer sold"):
        set_product_calendar(**by, product=acme.store, calendar=calendar(draft, "24x7"))
    assert (rows(draft), history(draft)) == ([], [])


def test_a_target_that_is_not_there_can_not_be_removed(acme, draft, target):
    set_target(**target)
    with pytest.raises(Refused, match="no such target"):
        remove_target(**without_promise(target), product=acme.ledger)
    assert len(rows(draft)) == 1


def test_only_administrators_change_what_is_promised(acme, draft, target):
    for actor in (acme.lead, acme.csm, acme.agent, acme.big.admin):
        by = {"edition": draft, "actor": actor}
        for change in (
            lambda by=by: set_target(**{**target, **by}),
            lambda by=by: remove_target(**{**without_promise(target), **by, "kind": FIRST}),
            lambda by=by: set_product_calendar(**by, product=acme.ledger, calendar=None),
            lambda by=by: set_default_calendar(**by, calendar=None),
        ):
            with pytest.raises(NotAllowed, match="Only an administrator"):
                change()
    assert (rows(draft), history(draft)) == ([], [])


def test_a_published_edition_takes_no_change(acme, draft, target, by):
    publish_draft(**by, effective_at=timezone.now(), note="")
    for change in (
        lambda: set_target(**target),
        lambda: remove_target(**{**without_promise(target), "kind": FIRST}),
        lambda: set_product_calendar(**by, product=acme.ledger, calendar=calendar(draft, "24x7")),
        lambda: set_default_calendar(**by, calendar=None),
    ):
        with pytest.raises(Conflict, match="Edition 2 is published"):
            change()
    assert [verb for verb, _data in history(draft)] == ["published"]


def test_a_products_hours_are_set_changed_and_taken_away(acme, draft, by):
    for code in ("24x7", "24x5", "24x5", None):
        hours = code and calendar(draft, code)
        set_product_calendar(**by, product=acme.ledger, calendar=hours)
        found = ProductCalendar.objects.filter(edition=draft).values_list("product", "calendar__code")
        assert list(found) == ([(acme.ledger.pk, code)] if code else [])
    told = [(data["product"], data["before"], data["after"]) for _verb, data in history(draft)]
    code = acme.ledger.code
    assert told == [(code, None, "24x7"), (code, "24x7", "24x5"), (code, "24x5", None)]


def test_there_is_one_default_calendar_or_none(draft, by):
    for code in ("24x7", "24x7", None, "business"):
        set_default_calendar(**by, calendar=code and calendar(draft, code))
        default = Calendar.objects.filter(edition=draft, is_default=True).values_list("code", flat=True)
        assert list(default) == ([code] if code else [])
    told = [(data["before"], data["after"]) for _verb, data in history(draft)]
    assert told == [("business", "24x7"), ("24x7", None), (None, "business")]


def test_the_database_keeps_the_default_single_and_a_products_hours_too(acme, draft):
    with pytest.raises(IntegrityError, match="one_default_calendar_per_edition"), transaction.atomic():
        Calendar.objects.filter(edition=draft).update(is_default=True)
    of_ledger = {"tenant": acme.tenant, "edition": draft, "product": acme.ledger}
    ProductCalendar.objects.create(**of_ledger, calendar=calendar(draft, "24x7"))
    with pytest.raises(IntegrityError, match="product_calendar_once_per_edition"), transaction.atomic():
        ProductCalendar.objects.create(**of_ledger, calendar=calendar(draft, "24x5"))


def test_the_next_draft_takes_all_of_it_over(acme, draft, target, by):
    set_target(**target, calendar=calendar(draft, "24x5"))
    set_product_calendar(**by, product=acme.ledger, calendar=calendar(draft, "24x7"))
    set_default_calendar(**by, calendar=calendar(draft, "24x7"))
    publish_draft(**by, effective_at=timezone.now(), note="")
    again = start_draft(tenant=acme.tenant, actor=acme.admin)
    before, after = matrix_of(acme.tenant.pk, draft.pk), read_matrix(Edition.objects.get(pk=again.pk))
    assert [_told(edition) for edition in (before, after)] == [_told(before)] * 2
    assert {hours.id for hours in before.calendars.values()} & set(after.calendars) == set()


def _told(matrix):
    return {
        key: (value.minutes, value.unit, value.named, matrix.calendars[value.calendar_id].code)
        for key, value in matrix.targets.items()
    }
