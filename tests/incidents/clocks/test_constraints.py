"""What the database itself refuses, tried for each named constraint as the role of the app."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from incidents.models import Clock, ClockSegment, Score
from plans.models import Calendar
from portal.core.tenancy import EVERY_ACCOUNT, acting

pytestmark = pytest.mark.django_db

CLOCK: dict[str, dict[str, Any]] = {
    "clock_round_once": {"round": 1},
    "one_first_response_clock": {"kind": "first_response"},
    "update_clock_never_pauses": {"kind": "update", "state": "paused", "paused_at": timezone.now},
    "paused_clock_says_since_when": {"state": "paused"},
    "ended_clock_has_its_time_and_alerts_no_more": {"state": "met"},
    "incidents_clock_calendar_in_tenant": {"calendar_id": "rival calendar"},
    "incidents_clock_incident_in_account": {"incident_id": "small incident"},
}
"""By constraint: what is changed of a next-response clock in its second round."""
ANOTHER_CLOCK: dict[str, dict[str, Any]] = {
    "one_live_clock_of_a_kind": {"round": 3},
    "incidents_clock_account_in_tenant": {
        "account_id": "rival account",
        "round": 3,
        "state": "stopped",
        "ended_at": timezone.now,
        "alert_at": None,
    },
}
SEGMENT: dict[str, dict[str, Any]] = {
    "incidents_clocksegment_account_in_tenant": {"account_id": "rival account"},
    "incidents_clocksegment_calendar_in_tenant": {"calendar_id": "rival calendar"},
    "incidents_clocksegment_actor_in_tenant": {"actor_id": "rival agent"},
    "incidents_clocksegment_clock_in_account": {"clock_id": "small clock"},
}
SCORE: dict[str, dict[str, Any]] = {
    "clock_is_scored_once": {"kept": False},
    "score_severity_1_to_4": {"severity": 5, "clock_id": "open clock"},
    "incidents_score_account_in_tenant": {"account_id": "rival account", "clock_id": "open clock"},
    "incidents_score_plan_in_tenant": {"plan_id": "rival plan", "clock_id": "open clock"},
    "incidents_score_product_in_tenant": {"product_id": "rival product", "clock_id": "open clock"},
    "incidents_score_team_in_tenant": {"team_id": "rival team", "clock_id": "open clock"},
    "incidents_score_incident_in_account": {"incident_id": "small incident", "clock_id": "open clock"},
    "incidents_score_clock_in_account": {"clock_id": "small clock"},
}
"""By constraint: how another row differs from one that is there."""
APPEND_ONLY = {
    "incidents_clocksegment_append_only": ClockSegment,
    "incidents_score_append_only": Score,
}
ELSEWHERE = {
    "incidents_clock_rows", "incidents_clocksegment_rows", "incidents_score_rows",  # tests/isolation
    "incidents_clock_account_key",  # with the primary key in it, it can't be broken by itself
}  # fmt: skip


@pytest.fixture
def values(cast, story) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Two incidents with clocks, and a way to name other people's rows."""
    big, rival = cast.acme.big, cast.rival
    story.log("Mon 2 Mar 09:00", 2)
    small = {"small incident": story.incident.pk, "small clock": story.clock("first_response").pk}
    story.company = big
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 09:10")
    story.write("Mon 2 Mar 09:20")
    story.answer("Mon 2 Mar 09:30")
    story.write("Mon 2 Mar 09:40")
    with acting(tenant_id=rival.tenant.pk, account_id=EVERY_ACCOUNT):
        calendar = Calendar.objects.earliest("id").pk
    named = {
        **small,
        "open clock": story.clock("next_response").pk,
        "rival account": rival.big.account.pk,
        "rival agent": rival.agent.pk,
        "rival calendar": calendar,
        "rival plan": rival.big.contract.plan_id,
        "rival product": rival.ledger.pk,
        "rival team": rival.team.pk,
    }
    return lambda changed: {
        name: value() if callable(value) else named.get(value, value) for name, value in changed.items()
    }


def _refused(name: str, write: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        _at_once(write)


def _at_once(write: Callable[[], Any]) -> None:
    write()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _another(row: Any, changed: dict[str, Any]) -> Callable[[], None]:
    def write() -> None:
        row.pk = None
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return write


@pytest.mark.parametrize("name", CLOCK)
def test_no_clock_is_what_it_can_not_be(story, values, name):
    changed = values(CLOCK[name])
    clock = Clock.objects.filter(pk=story.clock("next_response").pk)
    _refused(name, lambda: clock.update(**changed))


@pytest.mark.parametrize("name", ANOTHER_CLOCK)
def test_no_clock_stands_beside_another_or_in_another_tenant(story, values, name):
    _refused(name, _another(story.clock("next_response"), values(ANOTHER_CLOCK[name])))


@pytest.mark.parametrize("name", SEGMENT)
def test_no_segment_reaches_outside(story, values, name):
    segment = ClockSegment.objects.filter(clock=story.clock("next_response")).latest("id")
    _refused(name, _another(segment, values(SEGMENT[name])))


@pytest.mark.parametrize("name", SCORE)
def test_no_score_is_double_or_reaches_outside(story, values, name):
    score = Score.objects.get(clock=story.clock("first_response"))
    _refused(name, _another(score, values(SCORE[name])))


@pytest.mark.parametrize("name", APPEND_ONLY)
@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_counted_and_scored_is_never_changed(story, values, name, change):
    rows = APPEND_ONLY[name].objects.all()
    before = list(rows.order_by("id").values())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.update(account_id=1) if change == "update" else rows._raw_delete(rows.db)
    assert list(rows.order_by("id").values()) == before


def test_each_named_constraint_of_the_clocks_is_tried():
    named = {one.name for model in (Clock, ClockSegment, Score) for one in model._meta.constraints}
    assert (
        named
        == CLOCK.keys()
        | ANOTHER_CLOCK.keys()
        | SEGMENT.keys()
        | SCORE.keys()
        | APPEND_ONLY.keys()
        | ELSEWHERE
    )
