"""An administrator says in a draft which hours there are, and which count for a plan."""

import pytest
from django.utils import timezone

from plans.actions import (
    add_calendar,
    edit_calendar,
    publish_draft,
    remove_calendar,
    set_default_calendar,
    set_plan_calendar,
    set_product_calendar,
    set_target,
)
from plans.drafting import content_of
from plans.editions import read_matrix
from plans.enums import TargetKind
from plans.models import Calendar, Cell, Edition, Plan
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.models import HistoryEntry

NIGHT = {
    "code": "night",
    "names": {"en": "Night desk", "fr": ""},
    "time_zone": "Europe/Amsterdam",
    "week": [[4, "22:00", "06:00"], [0, "08:00", "12:00"], [0, "13:00", "18:15"]],
    "holidays": False,
    "dates": {"2026-12-31": [], "2026-12-24": [["08:00", "12:00"]]},
}


@pytest.fixture
def night(by):
    return add_calendar(**by, **NIGHT)


def calendar(draft, code):
    return Calendar.objects.get(edition=draft, code=code)


def codes(draft):
    return list(Calendar.objects.filter(edition=draft).order_by("id").values_list("code", flat=True))


def history(draft):
    entries = HistoryEntry.objects.filter(subject_type="edition", subject_id=draft.pk, internal=True)
    return [(entry.verb, entry.data) for entry in entries.order_by("id") if entry.verb != "started"]


def test_hours_are_added_as_they_are_given(draft, night):
    stored = Calendar.objects.get(pk=night.pk)
    content = {
        **NIGHT,
        "names": {"en": "Night desk"},
        "week": [[0, "08:00", "12:00"], [0, "13:00", "18:15"], [4, "22:00", "06:00"]],
    }
    assert content_of(stored) == content
    assert history(draft) == [("calendar_added", {"calendar": night.pk, "after": content})]


def test_hours_are_edited_once_and_the_history_says_from_what_to_what(draft, by, night):
    before = content_of(night)
    for _time in range(2):
        edit_calendar(**by, calendar=night, **{**NIGHT, "time_zone": "", "holidays": True})
    assert [verb for verb, _data in history(draft)] == ["calendar_added", "calendar_edited"]
    data = history(draft)[-1][1]
    assert data["before"] == before
    assert data["after"] == {**before, "time_zone": "", "holidays": True}


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"code": "business"}, "code", "have this code. Choose another"),
        ({"names": {"en": ""}}, "name_en", "a name in at least one language"),
        ({"time_zone": "Europe/Bonn"}, "time_zone", "Nobody knows the time zone Europe/Bonn"),
        ({"week": []}, "day_0", "at least one day of the week some hours"),
        ({"week": [[2, "08:00", "08:00"]]}, "day_2", "Wednesday has hours without length"),
        ({"week": [[2, "08:00", "25:00"]]}, "day_2", "The hours of Wednesday can’t be read"),
        ({"week": [[2, "08:00", "12:00"], [2, "11:00", "13:00"]]}, "day_2", "hours of Wednesday overlap"),
        ({"week": [[2, "22:00", "06:00"], [3, "05:59", "13:00"]]}, "day_3", "hours of Thursday overlap"),
        ({"week": [[0, "05:00", "13:00"], [6, "22:00", "06:00"]]}, "day_6", "hours of Sunday overlap"),
        ({"dates": {"2026-02-30": []}}, "dates", "2026-02-30 is no date"),
        ({"dates": {"1066-10-14": []}}, "dates", "1066-10-14 is no date"),
        ({"dates": {"24.12.": []}}, "dates", "Write dates as 2026-12-24"),
        ({"dates": {"2026-12-24": [["09:00", "09:00"]]}}, "dates", "2026-12-24 has hours without length"),
        (
            {"dates": {"2026-12-24": [["09:00", "12:00"], ["11:00", "13:00"]]}},
            "dates",
            "hours of 2026-12-24 overlap",
        ),
    ],
)
def test_hours_that_can_not_be_are_refused_at_their_field(draft, by, night, change, field, sentence):
    before, told = codes(draft), history(draft)
    for act in (
        lambda: add_calendar(**by, **{**NIGHT, "code": "other", **change}),
        lambda: edit_calendar(**by, calendar=night, **{**NIGHT, **change}),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == field
        assert sentence in str(refused.value)
    assert (codes(draft), history(draft)) == (before, told)


def test_hours_in_use_are_not_removed_and_the_sentence_says_by_what(acme, draft, by, night):
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    set_plan_calendar(**by, plan=plan, calendar=night)
    set_product_calendar(**by, product=acme.ledger, calendar=night)
    set_default_calendar(**by, calendar=night)
    place = {"edition": draft, "kind": TargetKind.FIRST_RESPONSE, "severity": 1, "plan": plan}
    night.edition.targets.filter(**place).update(calendar=night)
    with pytest.raises(Refused) as refused:
        remove_calendar(**by, calendar=night)
    assert str(refused.value) == (
        "These hours are in use: the portal’s own hours, Targeted Incident Response of Xtreme,"
        " product Ledger, 1 target. Choose other hours there first, then remove these."
    )
    assert "night" in codes(draft)


def test_hours_that_nothing_uses_are_removed_once(draft, by, night):
    remove_calendar(**by, calendar=night)
    assert "night" not in codes(draft)
    assert history(draft)[-1][0] == "calendar_removed"
    for act in (
        lambda: remove_calendar(**by, calendar=night),
        lambda: edit_calendar(**by, calendar=night, **NIGHT),
    ):
        with pytest.raises(Conflict, match=r"has no such hours\. Somebody may have removed them"):
            act()


def test_hours_that_were_removed_meanwhile_are_not_counted_in(acme, draft, by, night):
    remove_calendar(**by, calendar=Calendar.objects.get(pk=night.pk))
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    place = {"kind": TargetKind.UPDATE, "severity": 1, "plan": plan, "minutes": 60, "unit": "coverage"}
    for act in (
        lambda: set_target(**by, **place, calendar=night),
        lambda: set_plan_calendar(**by, plan=plan, calendar=night),
        lambda: set_product_calendar(**by, product=acme.ledger, calendar=night),
        lambda: set_default_calendar(**by, calendar=night),
    ):
        with pytest.raises(Conflict, match=r"removed meanwhile\. Choose others"):
            act()


def test_hours_of_another_edition_can_not_be_reached_through_a_draft(acme, draft, by):
    published = Calendar.objects.get(edition__number=1, tenant=acme.tenant, code="24x7")
    with pytest.raises(Conflict, match="Edition 2 has no such hours"):
        edit_calendar(**by, calendar=published, **NIGHT)
    with pytest.raises(Conflict, match="Edition 2 has no such hours"):
        remove_calendar(**by, calendar=published)
    assert Calendar.objects.get(pk=published.pk).code == "24x7"


def test_who_edits_what_they_have_not_seen_is_told_by_whom(acme, draft, by, night):
    saw = content_of(night)
    edit_calendar(**by, calendar=night, **{**NIGHT, "holidays": True}, seen=saw)
    for act in (
        lambda: edit_calendar(**by, calendar=night, **NIGHT, seen=saw),
        lambda: remove_calendar(**by, calendar=night, seen=saw),
    ):
        with pytest.raises(Conflict, match="The Admin has changed this meanwhile") as conflict:
            act()
        assert conflict.value.code == "changed"
    assert calendar(draft, "night").holidays


def test_a_plans_hours_are_those_of_its_targeted_response(acme, draft, by, night):
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    for hours in (night, night, None):
        set_plan_calendar(**by, plan=plan, calendar=hours)
    told = [data for verb, data in history(draft) if verb == "plan_calendar_set"]
    place = {"plan": "xtreme", "feature": "targeted_response"}
    assert told == [
        {**place, "before": None, "after": "night"},
        {**place, "before": "night", "after": None},
    ]
    set_plan_calendar(**by, plan=plan, calendar=night, seen=None)
    target = read_matrix(draft).target(TargetKind.FIRST_RESPONSE, 2, plan.pk)
    assert (target.calendar_id, target.named) == (night.pk, False)
    with pytest.raises(Conflict, match="The Admin has changed this meanwhile"):
        set_plan_calendar(**by, plan=plan, calendar=None, seen=None)


def test_a_plan_without_targeted_response_has_no_hours(acme, draft, by, night):
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")
    Cell.objects.filter(edition=draft, plan=plan, feature__code="targeted_response").delete()
    with pytest.raises(Refused, match="Xtreme has no targeted response in this draft"):
        set_plan_calendar(**by, plan=plan, calendar=night)


def test_only_administrators_may_and_only_in_a_draft(acme, draft, by, night):
    plan = Plan.objects.get(tenant=acme.tenant, code="xtreme")

    def changes(by):
        return (
            lambda: add_calendar(**by, **{**NIGHT, "code": "other"}),
            lambda: edit_calendar(**by, calendar=night, **{**NIGHT, "holidays": True}),
            lambda: remove_calendar(**by, calendar=night),
            lambda: set_plan_calendar(**by, plan=plan, calendar=night),
        )

    told = history(draft)
    for actor in (acme.lead, acme.csm, acme.agent, acme.big.admin):
        for change in changes({"edition": draft, "actor": actor}):
            with pytest.raises(NotAllowed, match="Only an administrator"):
                change()
    assert history(draft) == told
    publish_draft(**by, effective_at=timezone.now(), note="")
    for change in changes(by):
        with pytest.raises(Conflict, match="Edition 2 is published"):
            change()
    assert content_of(calendar(draft, "night"))["holidays"] is False
    assert Edition.objects.get(pk=draft.pk).calendars.count() == 4
