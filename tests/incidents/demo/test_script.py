"""Scripts, without a database: each ends as it should, in the order of time, and none in the future."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from incidents.demo.material import demo, scenarios
from incidents.demo.pacing import Pace
from incidents.demo.script import DAYS, Act, write_script
from plans.coverage import ALWAYS_OPEN, Calendar, openings

HOURS = Calendar("Europe/Paris", openings(range(5), "08:00", "18:00"))
MINUTES = {1: 60, 2: 120, 3: 360, 4: 720}
MOMENTS = [
    datetime(2026, 11, 22, 5, 40, tzinfo=UTC),  # a Sunday before dawn
    datetime(2026, 11, 23, 7, 3, tzinfo=UTC),  # a Monday as coverage opens
    datetime(2027, 1, 1, 23, 59, tzinfo=UTC),
    datetime(2026, 7, 15, 13, 0, tzinfo=UTC),
]


def _pace(severity):
    return Pace(ALWAYS_OPEN if severity == 1 else HOURS, MINUTES[severity])


def _scripts(now):
    return [
        write_script(
            scenario,
            telling,
            stands=demo()["now"].get(scenario["id"]),
            phrases=demo()["phrases"],
            pace_of=_pace,
            now=now,
        )
        for scenario in scenarios()
        for telling in range(3)
    ]


def _stage(script):
    stands = demo()["now"].get(script.scenario["id"], {})
    return stands.get("stage", script.scenario["ends"]) if script.telling == 0 else "closed"


@pytest.fixture(params=MOMENTS, ids=lambda now: now.isoformat())
def now(request):
    return request.param


def test_everything_happens_in_order_within_three_months_and_never_in_the_future(now):
    for script in _scripts(now):
        times = [script.logged_at, *(beat.at for beat in script.beats)]
        assert times == sorted(times), script.scenario["id"]
        assert now - timedelta(days=DAYS) < times[0], script.scenario["id"]
        assert times[-1] <= now, script.scenario["id"]


def test_the_same_moment_gives_the_same_scripts():
    assert _scripts(MOMENTS[0]) == _scripts(MOMENTS[0])


def test_a_script_ends_where_it_stands(now):
    ends = {
        "closed": {Act.CLOSE},
        "resolved": {Act.RESOLVE},
        "waiting": {Act.STAFF, Act.NOTE},
        "taken": {Act.TAKE},
        "open": {Act.STAFF, Act.CUSTOMER, Act.NOTE},
    }
    for script in _scripts(now):
        stage = _stage(script)
        if stage == "new":
            assert {beat.act for beat in script.beats} <= {Act.CUSTOMER}
        else:
            assert script.beats[-1].act in ends[stage], script.scenario["id"]


def test_what_nobody_has_answered_has_used_the_time_that_it_should(now):
    for script in _scripts(now):
        stands = demo()["now"].get(script.scenario["id"])
        if script.telling == 0 and stands and "used" in stands:
            pace = _pace(script.severity)
            assert pace.between(script.logged_at, now) == pace.minutes * stands["used"] // 100


def test_only_a_message_that_is_answered_or_stands_open_waits():
    for script in _scripts(MOMENTS[0]):
        public = [beat for beat in script.beats if beat.act in {Act.STAFF, Act.CUSTOMER}]
        for beat, following in pairwise(public):
            if beat.act == Act.STAFF and following.act == Act.CUSTOMER:
                assert beat.waiting
        if _stage(script) == "waiting":
            assert public[-1].waiting
        assert not any(beat.waiting for beat in public if beat.act == Act.CUSTOMER)


def test_severities_are_raised_lowered_contested_and_incidents_reopened():
    acts = Counter(beat.act for script in _scripts(MOMENTS[0]) for beat in script.beats)
    assert min(acts[act] for act in (Act.RAISE, Act.LOWER, Act.CONTEST, Act.REOPEN)) >= 3
    for script in _scripts(MOMENTS[0]):
        own = {beat.act for beat in script.beats}
        change = 1 if Act.RAISE in own else -1 if Act.LOWER in own else 0
        assert script.severity == script.scenario["severity"] + change
