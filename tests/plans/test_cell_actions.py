"""An administrator says in a draft what each plan has, and nobody overwrites what they haven't seen."""

import pytest

from plans.actions import (
    allow_product,
    choose_exceptions,
    discard_draft,
    except_product,
    publish_draft,
    remove_cell,
    set_cell,
    start_draft,
)
from plans.editions import read_matrix
from plans.enums import FeatureCode
from plans.models import Calendar, Cell, Edition, Feature, Plan, ProductException, Target
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of

PHONE, CIS = FeatureCode.PHONE_ACCESS, FeatureCode.CRITICAL_INCIDENT_SUPPORT
EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT


@pytest.fixture
def event(acme, by):
    """The place of a cell that the new tenant's matrix doesn't have."""
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    return {**by, "plan": plan, "feature": feature(acme, EVENT)}


def feature(house, code):
    return Feature.objects.get(tenant=house.tenant, code=code)


def hours(draft, code):
    return Calendar.objects.get(edition=draft, code=code)


def edits(draft):
    return [(entry.verb, entry.data) for entry in history_of(draft) if entry.verb != "started"]


def content(calendar=None, allowance=None, notice_days=0):
    return {"calendar": calendar, "allowance": allowance, "notice_days": notice_days}


def test_a_cell_is_set_set_anew_and_removed(draft, event):
    set_cell(**event, seen=None, allowance=2)
    set_cell(**event, seen=content(allowance=2), calendar=hours(draft, "24x7"), notice_days=14)
    cell = read_matrix(draft).cell(event["plan"].pk, EVENT)
    assert (cell.calendar_id, cell.allowance, cell.notice_days) == (hours(draft, "24x7").pk, None, 14)
    remove_cell(**event, seen=content("24x7", None, 14))
    assert read_matrix(draft).cell(event["plan"].pk, EVENT) is None
    place = {"plan": "xtreme", "feature": EVENT}
    first, second = content(allowance=2), content("24x7", None, 14)
    assert edits(draft) == [
        ("cell_set", {**place, "before": None, "after": first}),
        ("cell_set", {**place, "before": first, "after": second}),
        ("cell_removed", {**place, "before": second, "after": None}),
    ]


def test_what_is_there_already_leaves_no_line_of_history(draft, event):
    remove_cell(**event)
    set_cell(**event, allowance=2)
    set_cell(**event, allowance=2)
    assert [verb for verb, _data in edits(draft)] == ["cell_set"]


@pytest.mark.parametrize("change", [set_cell, remove_cell])
def test_the_second_of_two_is_told_who_was_faster(draft, event, change):
    set_cell(**event, allowance=2)
    with pytest.raises(Conflict, match=event["actor"].name) as conflict:
        change(**event, seen=None)
    assert conflict.value.code == "changed"
    assert read_matrix(draft).cell(event["plan"].pk, EVENT).allowance == 2


@pytest.mark.parametrize(
    ("values", "field"), [({"allowance": 0}, "allowance"), ({"notice_days": -1}, "notice_days")]
)
def test_limits_have_bounds(draft, event, values, field):
    with pytest.raises(Refused) as refused:
        set_cell(**event, **values)
    assert (refused.value.field, edits(draft)) == (field, [])


def test_hours_are_of_the_draft_and_only_where_the_feature_gives_any(acme, draft, event):
    published = Calendar.objects.get(edition__number=1, edition__tenant=acme.tenant, code="24x7")
    with pytest.raises(Refused, match="belong to another edition"):
        set_cell(**event, calendar=published)
    remote = feature(acme, FeatureCode.REMOTE_ACCESS)
    with pytest.raises(Refused, match="has no hours"):
        set_cell(**{**event, "feature": remote}, calendar=hours(draft, "24x7"))
    assert edits(draft) == []


def test_a_product_is_excepted_and_allowed_again(acme, draft, by):
    of = {**by, "feature": feature(acme, CIS), "product": acme.store}
    except_product(**of)
    assert read_matrix(draft).exceptions == {(CIS, acme.store.pk)}
    allow_product(**of)
    allow_product(**of)
    assert read_matrix(draft).exceptions == set()
    assert [verb for verb, _data in edits(draft)] == ["product_excepted", "product_allowed"]


def test_exceptions_are_chosen_together_by_who_has_seen_them(acme, draft, by):
    of = {**by, "feature": feature(acme, CIS)}
    choose_exceptions(**of, products=[acme.store], seen=[])
    with pytest.raises(Conflict, match=acme.admin.name):
        choose_exceptions(**of, products=[acme.ledger], seen=[])
    choose_exceptions(**of, products=[acme.ledger], seen=["store"])
    assert read_matrix(draft).exceptions == {(CIS, acme.ledger.pk)}


def changes(by, house):
    cell = {
        **by,
        "plan": Plan.objects.get(tenant=house.tenant, code="xtreme"),
        "feature": feature(house, PHONE),
    }
    of = {**by, "feature": feature(house, CIS)}
    return [
        lambda: set_cell(**cell, allowance=3),
        lambda: remove_cell(**cell),
        lambda: except_product(**of, product=house.store),
        lambda: allow_product(**of, product=house.store),
        lambda: choose_exceptions(**of, products=[house.store]),
        lambda: discard_draft(**by),
    ]


@pytest.mark.parametrize("who", ["lead", "agent", "csm", "customer admin"])
def test_only_administrators_edit(acme, draft, who):
    actor = acme.big.admin if who == "customer admin" else getattr(acme, who)
    for change in changes({"edition": draft, "actor": actor}, acme):
        with pytest.raises(NotAllowed, match="Only an administrator"):
            change()
    with pytest.raises(NotAllowed):
        start_draft(tenant=acme.tenant, actor=actor)
    assert edits(draft) == []


def test_a_published_edition_takes_no_edit(acme, draft, by):
    publish_draft(**by, effective_at=draft.tenant.created_at, note="")
    for change in changes(by, acme):
        with pytest.raises(Conflict, match="Edition 2 is published"):
            change()


def test_a_discarded_draft_leaves_its_history_and_its_number(acme, draft, by, event):
    set_cell(**event, calendar=hours(draft, "24x7"))
    except_product(**by, feature=feature(acme, CIS), product=acme.store)
    discard_draft(**by)
    assert not Edition.objects.filter(tenant=acme.tenant, number=2).exists()
    for model in (Cell, Target, Calendar, ProductException):
        assert not model.objects.filter(edition_id=draft.pk).exists()
    assert history_of(draft).last().verb == "discarded"
    assert start_draft(tenant=acme.tenant, actor=acme.admin).number == 2


def test_a_draft_begins_as_any_published_edition(acme, draft, by, event):
    set_cell(**event, allowance=2)
    publish_draft(**by, effective_at=draft.tenant.created_at, note="")
    first = Edition.objects.get(tenant=acme.tenant, number=1)
    again = start_draft(tenant=acme.tenant, actor=acme.admin, source=first)
    assert read_matrix(again).cell(event["plan"].pk, EVENT) is None
    discard_draft(edition=again, actor=acme.admin)
    latest = start_draft(tenant=acme.tenant, actor=acme.admin, source=draft)
    assert read_matrix(latest).cell(event["plan"].pk, EVENT).allowance == 2
