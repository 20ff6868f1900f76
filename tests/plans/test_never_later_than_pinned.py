"""“Within a support period nothing is materially reduced”: for any two editions, at any time."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plans.better import better
from plans.calendars import calendar_in_region
from plans.coverage import NeverOpens, due
from plans.enums import TargetKind
from plans.matrix import Promised
from tests.plans.editions import PLAN, PRODUCTS, SEVERITIES, ZONE, editions, instants

FIRST = TargetKind.FIRST_RESPONSE
WEEKEND = ("2026-10-24", "2026-10-25")
"""The clocks go back on its Sunday."""


def due_at(promise: Promised, start, open_days):
    """None where no time is ever due, as the hours never come."""
    if promise.calendar is None:
        return start + timedelta(minutes=promise.minutes)
    try:
        calendar = calendar_in_region(promise.calendar, ZONE, "DE-SN", start.year, open_days=open_days)
        return due(calendar, start, promise.minutes)
    except NeverOpens:
        return None


@given(editions(1), editions(2), st.lists(instants, min_size=6, max_size=6), st.sampled_from([(), WEEKEND]))
@settings(max_examples=150, deadline=None)
def test_what_is_enjoyed_is_never_later_than_what_is_pinned(pinned, current, starts, open_days):
    enjoyed = better(pinned, current)
    for asked in ((FIRST, severity, PLAN.id, product) for severity in SEVERITIES for product in PRODUCTS):
        before, after = pinned.promised(*asked), enjoyed.promised(*asked)
        if before is None:
            assert after == current.promised(*asked)
            continue
        assert after is not None
        for start in starts:
            promised = due_at(before, start, open_days)
            assert promised is None or due_at(after, start, open_days) <= promised


@given(editions(1), editions(2))
@settings(max_examples=200)
def test_no_target_and_no_feature_is_lost(pinned, current):
    enjoyed = better(pinned, current)
    keys = [(FIRST, severity, PLAN.id, product) for severity in SEVERITIES for product in PRODUCTS]
    kept = [key for key in keys if pinned.promised(*key)]
    assert [key for key in kept if enjoyed.promised(*key)] == kept
    had = [
        (PLAN.id, code, product)
        for product in PRODUCTS
        for _plan, code in pinned.cells
        if pinned.gives(PLAN.id, code, product)
    ]
    assert [asked for asked in had if enjoyed.gives(*asked)] == had


@given(editions(1), editions(2))
@settings(max_examples=200)
def test_no_more_is_promised_than_the_two_promise_together(pinned, current):
    """Its minutes and its hours come from one or the other, and it's promised only where one promises."""
    enjoyed = better(pinned, current)
    for severity in SEVERITIES:
        for product in PRODUCTS:
            both = [edition.promised(FIRST, severity, PLAN.id, product) for edition in (pinned, current)]
            promise, sources = enjoyed.promised(FIRST, severity, PLAN.id, product), list(filter(None, both))
            if promise is None:
                assert sources == []
                continue
            assert promise.minutes in {one.minutes for one in sources}
            assert (promise.calendar, promise.feature) in [(one.calendar, one.feature) for one in sources]
