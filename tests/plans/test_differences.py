"""What one edition promises otherwise than another, and for whom that is better."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from plans.difference_words import Names, grouped_sentences
from plans.differences import (
    AllowanceChange,
    ExceptionChange,
    FeatureChange,
    HoursChange,
    NoticeChange,
    TargetChange,
    Verdict,
    differences,
)
from plans.enums import FeatureCode, Unit
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, TargetValue
from tests.plans.editions import editions

PLAN = PlanValue(1, "xtreme", "Xtreme", 1)
OPPOSITE = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER, Verdict.OTHER: Verdict.OTHER}
PHONE, TARGETED, STARRED = (
    FeatureCode.PHONE_ACCESS,
    FeatureCode.TARGETED_RESPONSE,
    FeatureCode.CRITICAL_INCIDENT_SUPPORT,
)
OFFICE = [(day, "08:00", "18:00") for day in range(5)]
LONG = [(day, "07:00", "20:00") for day in range(5)]
EARLY = [(day, "06:00", "12:00") for day in range(5)]
NAMES = Names(
    {PHONE: "Phone Access", TARGETED: "Targeted Response", STARRED: "Critical Support"}, {7: "Store"}
)
FIRST = ("first_response", 2, PLAN.id, None)


def edition(*, id=1, cell=None, week=OFFICE, other_week=EARLY, exceptions=(), target=None, more=None):
    """Calendars 10 and 11 of edition 1, 20 and 21 of edition 2: as each edition has its own."""
    calendars = {
        id * 10: CalendarValue(id * 10, "office", week=tuple(week), names={"en": "Office"}),
        id * 10 + 1: CalendarValue(id * 10 + 1, "other", week=tuple(other_week), names={"en": "Other"}),
    }
    cells = {(PLAN.id, TARGETED): CellValue()}
    if cell is not None:
        cells[PLAN.id, PHONE] = cell
    targets = {FIRST: target} if target else {}
    return Matrix(
        edition_id=id,
        number=id,
        plans=(PLAN,),
        cells=cells,
        exceptions=frozenset(exceptions),
        targets={**targets, **(more or {})},
        calendars=calendars,
    )


def hour(id, minutes=60, unit=Unit.COVERAGE_MINUTES, other=False):
    return TargetValue(minutes, unit, None if unit == Unit.ELAPSED_MINUTES else id * 10 + other)


CASES = {
    "a feature is gained": (
        edition(),
        edition(id=2, cell=CellValue(20, 2)),
        FeatureChange,
        Verdict.BETTER,
        "Xtreme gains Phone Access (Office, 2 times in a support period).",
        "Xtreme loses Phone Access.",
    ),
    "more uses": (
        edition(cell=CellValue(allowance=1)),
        edition(id=2, cell=CellValue(allowance=2)),
        AllowanceChange,
        Verdict.BETTER,
        "Phone Access with Xtreme: 2 uses in a support period instead of 1 use.",
        "Phone Access with Xtreme: 1 use in a support period instead of 2 uses.",
    ),
    "no limit any more": (
        edition(cell=CellValue(allowance=9)),
        edition(id=2, cell=CellValue()),
        AllowanceChange,
        Verdict.BETTER,
        "Phone Access with Xtreme: any number of uses in a support period instead of 9 uses.",
        "Phone Access with Xtreme: 9 uses in a support period instead of any number of uses.",
    ),
    "more notice": (
        edition(cell=CellValue(notice_days=1)),
        edition(id=2, cell=CellValue(notice_days=7)),
        NoticeChange,
        Verdict.WORSE,
        "Phone Access with Xtreme: 7 days of notice instead of 1 day.",
        "Phone Access with Xtreme: 1 day of notice instead of 7 days.",
    ),
    "wider hours": (
        edition(cell=CellValue(10)),
        edition(id=2, cell=CellValue(20), week=LONG),
        HoursChange,
        Verdict.BETTER,
        "Phone Access with Xtreme: Office, Mon–Fri 07:00–20:00 instead of Office, Mon–Fri 08:00–18:00.",
        "Phone Access with Xtreme: Office, Mon–Fri 08:00–18:00 instead of Office, Mon–Fri 07:00–20:00.",
    ),
    "other hours": (
        edition(cell=CellValue(10)),
        edition(id=2, cell=CellValue(21)),
        HoursChange,
        Verdict.OTHER,
        "Phone Access with Xtreme: Other, Mon–Fri 06:00–12:00 instead of Office, Mon–Fri 08:00–18:00.",
        "Phone Access with Xtreme: Office, Mon–Fri 08:00–18:00 instead of Other, Mon–Fri 06:00–12:00.",
    ),
    "a product is excepted": (
        edition(),
        edition(id=2, exceptions=[(STARRED, 7)]),
        ExceptionChange,
        Verdict.WORSE,
        "Critical Support is no longer available for Store.",
        "Critical Support is available for Store again.",
    ),
    "a sooner target": (
        edition(target=hour(1)),
        edition(id=2, target=hour(2, 30)),
        TargetChange,
        Verdict.BETTER,
        "First response at severity 2 with Xtreme: 30 min (Office, Mon–Fri 08:00–18:00) instead of"
        " 1 h (Office, Mon–Fri 08:00–18:00).",
        "First response at severity 2 with Xtreme: 1 h (Office, Mon–Fri 08:00–18:00) instead of"
        " 30 min (Office, Mon–Fri 08:00–18:00).",
    ),
    "a target for the first time": (
        edition(),
        edition(id=2, target=hour(2)),
        TargetChange,
        Verdict.BETTER,
        "First response at severity 2 with Xtreme: 1 h (Office, Mon–Fri 08:00–18:00), promised for the"
        " first time.",
        "First response at severity 2 with Xtreme: no longer promised; it was"
        " 1 h (Office, Mon–Fri 08:00–18:00).",
    ),
    "fewer minutes in hours that neither covers": (
        edition(target=hour(1)),
        edition(id=2, target=hour(2, 30, other=True)),
        TargetChange,
        Verdict.OTHER,
        "First response at severity 2 with Xtreme: 30 min (Other, Mon–Fri 06:00–12:00) instead of"
        " 1 h (Office, Mon–Fri 08:00–18:00).",
        "First response at severity 2 with Xtreme: 1 h (Office, Mon–Fri 08:00–18:00) instead of"
        " 30 min (Other, Mon–Fri 06:00–12:00).",
    ),
    "as many minutes by the clock": (
        edition(target=hour(1)),
        edition(id=2, target=hour(2, unit=Unit.ELAPSED_MINUTES)),
        TargetChange,
        Verdict.BETTER,
        "First response at severity 2 with Xtreme: 1 h by the clock instead of"
        " 1 h (Office, Mon–Fri 08:00–18:00).",
        "First response at severity 2 with Xtreme: 1 h (Office, Mon–Fri 08:00–18:00) instead of"
        " 1 h by the clock.",
    ),
    "more minutes by the clock": (
        edition(target=hour(1)),
        edition(id=2, target=hour(2, 90, Unit.ELAPSED_MINUTES)),
        TargetChange,
        Verdict.OTHER,
        "First response at severity 2 with Xtreme: 1 h 30 min by the clock instead of"
        " 1 h (Office, Mon–Fri 08:00–18:00).",
        "First response at severity 2 with Xtreme: 1 h (Office, Mon–Fri 08:00–18:00) instead of"
        " 1 h 30 min by the clock.",
    ),
}


def told(before, after):
    return [
        line.sentence
        for group in grouped_sentences(differences(before, after), NAMES)
        for line in group.lines
    ]


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told_and_swapped_editions_tell_the_opposite(case):
    before, after, kind, verdict, said, said_swapped = CASES[case]
    (change,), (swapped,) = differences(before, after), differences(after, before)
    assert (type(change), change.verdict) == (kind, verdict)
    assert (type(swapped), swapped.verdict) == (kind, OPPOSITE[verdict])
    assert (told(before, after), told(after, before)) == ([said], [said_swapped])


def test_copies_with_calendars_of_their_own_do_not_differ():
    full = {"exceptions": [(STARRED, 7)], "week": LONG}
    before = edition(cell=CellValue(10, 2, 14), target=hour(1), **full)
    after = edition(id=2, cell=CellValue(20, 2, 14), target=hour(2), **full)
    assert differences(before, after) == ()


def test_hours_in_two_parts_are_the_same_hours():
    parts = [(day, *part) for day in range(5) for part in (("08:00", "12:00"), ("12:00", "18:00"))]
    assert differences(edition(cell=CellValue(10)), edition(id=2, cell=CellValue(20), week=parts)) == ()


def test_a_product_is_named_only_where_it_fares_otherwise():
    own = ("first_response", 2, PLAN.id, 7)
    before = edition(target=hour(1), more={own: hour(1, 20)})
    general = edition(id=2, target=hour(2, 30), more={own: hour(2, 20)})
    (change,) = [one for one in differences(before, general) if one.verdict != Verdict.OTHER]
    assert change.product_id is None
    store = edition(id=2, target=hour(2), more={own: hour(2, 10)})
    assert told(before, store) == [
        "First response at severity 2 with Xtreme for Store: 10 min (Office, Mon–Fri 08:00–18:00) instead of"
        " 20 min (Office, Mon–Fri 08:00–18:00)."
    ]


def test_without_targeted_response_no_target_is_told():
    nothing = replace(edition(target=hour(1)), cells={})
    other = replace(edition(id=2, target=hour(2, 5)), cells={})
    assert differences(nothing, other) == ()


@settings(max_examples=150, deadline=None)
@given(editions(1), editions(2))
def test_any_two_editions_swap_their_verdicts(before, after):
    assert differences(before, before) == differences(after, after) == ()
    there, back = differences(before, after), differences(after, before)
    assert [OPPOSITE[change.verdict] for change in there] == [change.verdict for change in back]
