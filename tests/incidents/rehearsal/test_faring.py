"""One promise under other terms, by hand: the worked numbers of docs/rules/rehearsal.md."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.clocks import counting
from incidents.clocks.counting import Mark, Rule
from incidents.enums import Fared
from incidents.rehearsal.faring import Ended, fare
from plans.coverage import Calendar

NINE_TO_FIVE = Calendar.from_dict({"zone": "UTC", "week": [[day, "09:00", "17:00"] for day in range(5)]})
NOW = datetime(2026, 3, 31, tzinfo=UTC)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday."""


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def ended(*, promised: float, met: float | None, pauses: list[tuple[float, float]] = []) -> Ended:  # noqa: B006
    """A clock of so many hours of a working day, met so many hours after its start, or never."""
    rule = Rule(int(promised * 60), NINE_TO_FIVE)
    marks = [Mark(START, True, rule)]
    for begin, end in pauses:
        marks += [Mark(START + hours(begin), False, rule), Mark(START + hours(end), True, rule)]
    due_at = counting.due_at(START, marks)
    met_at = None if met is None else START + hours(met)
    kept = met_at is not None and met_at <= due_at
    if met_at is not None:
        marks.append(Mark(met_at, False, rule))
    return Ended(START, marks, kept, due_at, met_at if met_at and kept else due_at, met_at)


def rule(number: float, *, elapsed: bool = False) -> Rule:
    return Rule(int(number * 60), None if elapsed else NINE_TO_FIVE)


@pytest.mark.parametrize(
    ("promise", "under", "fared", "due"),
    [
        (ended(promised=4, met=3), rule(4), Fared.SAME, 4),
        (ended(promised=4, met=3), rule(2), Fared.WORSE, 2),
        (ended(promised=4, met=3), rule(3), Fared.SAME, 3),
        (ended(promised=4, met=6), rule(6), Fared.BETTER, 6),
        (ended(promised=4, met=6), rule(5), Fared.SAME, 5),
        (ended(promised=4, met=3), rule(10), Fared.SAME, 26),
        (ended(promised=10, met=25), rule(10, elapsed=True), Fared.WORSE, 10),
        (ended(promised=4, met=5, pauses=[(1, 3)]), rule(2), Fared.WORSE, 4),
        (ended(promised=4, met=None), rule(2), Fared.SAME, 2),
    ],
)
def test_it_ends_as_the_other_rule_says(promise: Ended, under: Rule, fared: Fared, due: float) -> None:
    found = fare(promise, under, NOW)
    assert (found.fared, found.due_at) == (fared, START + hours(due))


def test_without_a_promise_there_is_none_to_break() -> None:
    assert fare(ended(promised=4, met=6), None, NOW) == (Fared.NOTHING, None)


def test_what_nobody_has_answered_yet_may_not_be_over() -> None:
    assert fare(ended(promised=4, met=None), rule(400), NOW).fared == Fared.OPEN


def test_a_change_of_severity_after_the_promise_was_decided_is_left_out() -> None:
    before, after = rule(1), rule(8)
    changed, met = START + hours(2), START + hours(5)
    marks = [Mark(START, True, before), Mark(changed, True, after), Mark(met, False, after)]
    broken = Ended(START, marks, False, START + hours(1), START + hours(1), START + hours(5))
    assert fare(broken, rule(6), NOW) == (Fared.BETTER, START + hours(6))
    assert fare(broken, rule(3), NOW) == (Fared.SAME, START + hours(3))


@given(
    promised=st.integers(1, 60),
    met=st.one_of(st.none(), st.floats(0.1, 200)),
    shorter=st.integers(1, 60),
    longer=st.integers(0, 60),
)
def test_a_longer_promise_never_fares_worse_than_a_shorter_one(
    promised: int, met: float | None, shorter: int, longer: int
) -> None:
    promise = ended(promised=promised, met=met)
    rank = {Fared.WORSE: 0, Fared.SAME: 1, Fared.OPEN: 1, Fared.BETTER: 2}
    first, second = (fare(promise, rule(number), NOW).fared for number in (shorter, shorter + longer))
    assert rank[first] <= rank[second]


@given(promised=st.integers(1, 60), met=st.one_of(st.none(), st.floats(0.1, 200)))
def test_under_the_same_rule_it_ends_as_it_did(promised: int, met: float | None) -> None:
    promise = ended(promised=promised, met=met)
    assert fare(promise, rule(promised), NOW) == (Fared.SAME, promise.due_at)
