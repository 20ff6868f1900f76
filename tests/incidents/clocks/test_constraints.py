"""What the database itself refuses of clocks, segments and scores, tried for each named constraint."""

import pytest
from django.utils import timezone

from incidents.models import Clock, ClockSegment, Score
from tests.constraints import Constraints

pytestmark = pytest.mark.django_db


def open_clock():
    """The one that is not scored yet."""
    return Clock.objects.get(kind="next_response", ended_at=None).pk


CONSTRAINTS = Constraints(
    [Clock, ClockSegment, Score],
    {
        "clock_round_once": {"state": "stopped", "ended_at": timezone.now, "alert_at": None},
        "one_live_clock_of_a_kind": {"round": 3},
        "one_first_response_clock": {"kind": "first_response"},
        "update_clock_never_pauses": {"kind": "update", "state": "paused", "paused_at": timezone.now},
        "paused_clock_says_since_when": [{"state": "paused"}, {"paused_at": timezone.now}],
        "ended_clock_has_its_time_and_alerts_no_more": [
            {"state": "met", "alert_at": None},
            {"state": "met", "ended_at": timezone.now, "alert_at": timezone.now},
            {"ended_at": timezone.now},
        ],
        "clock_is_scored_once": {"kept": False},
        "score_severity_1_to_4": [
            {"severity": 0, "clock_id": open_clock},
            {"severity": 5, "clock_id": open_clock},
        ],
        "incidents_score_account_in_tenant": {"clock_id": open_clock},
        "incidents_score_plan_in_tenant": {"clock_id": open_clock},
        "incidents_score_product_in_tenant": {"clock_id": open_clock},
        "incidents_score_team_in_tenant": {"clock_id": open_clock},
        "incidents_score_incident_in_account": {"clock_id": open_clock},
    },
    rows={Clock: {"kind": "next_response"}},
)
"""Of a next-response clock in its second round."""


@pytest.fixture
def rows(cast, story):
    """Two incidents with clocks, of either account; the second was answered in time."""
    story.log("Mon 2 Mar 09:00", 2)
    story.company = cast.acme.big
    story.log("Mon 2 Mar 09:00", 2)
    story.answer("Mon 2 Mar 09:10")
    story.write("Mon 2 Mar 09:20")
    story.answer("Mon 2 Mar 09:30")
    story.write("Mon 2 Mar 09:40")


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
