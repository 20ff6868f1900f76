"""“Not materially reduced”: gains reach a contract at once, cuts don't."""

import pytest

from plans.enums import TargetKind, Unit
from plans.matrix import (
    CalendarValue,
    CellValue,
    Matrix,
    PlanValue,
    TargetValue,
    better,
    better_cell,
    better_target,
)

XTREME, ELITE = PlanValue(1, "xtreme", "Xtreme", 1), PlanValue(3, "elite", "Xtreme Elite", 3)
OFFICE = CalendarValue(1, "business", week=tuple((day, "08:00", "18:00") for day in range(5)))
LONG_OFFICE = CalendarValue(2, "long", week=tuple((day, "07:00", "19:00") for day in range(5)))
NIGHTS = CalendarValue(3, "nights", week=tuple((day, "18:00", "08:00") for day in range(5)))
ALWAYS = CalendarValue(4, "24x7", week=tuple((day, "00:00", "24:00") for day in range(7)), holidays=False)
OPEN_HOLIDAYS = CalendarValue(5, "open", week=OFFICE.week, holidays=False)
CALENDARS = {calendar.id: calendar for calendar in (OFFICE, LONG_OFFICE, NIGHTS, ALWAYS, OPEN_HOLIDAYS)}
LEDGER, STORE = 7, 8
FIRST = TargetKind.FIRST_RESPONSE
ELAPSED = Unit.ELAPSED_MINUTES


def edition(number, cells=(), exceptions=(), targets=()):
    return Matrix(
        edition_id=number,
        number=number,
        plans=(XTREME, ELITE),
        cells=dict(cells),
        exceptions=frozenset(exceptions),
        targets=dict(targets),
        calendars=CALENDARS,
    )


@pytest.mark.parametrize(
    ("calendar", "minutes"), [(OFFICE, 3000), (LONG_OFFICE, 3600), (NIGHTS, 4200), (ALWAYS, 10080)]
)
def test_a_calendar_is_as_wide_as_its_minutes_a_week(calendar, minutes):
    assert calendar.minutes_a_week == minutes


@pytest.mark.parametrize(
    ("pinned", "current", "enjoyed"),
    [
        (None, None, None),
        (CellValue(), None, CellValue()),
        (None, CellValue(), CellValue()),
        (CellValue(1), CellValue(4), CellValue(4)),
        (CellValue(4), CellValue(1), CellValue(4)),
        (CellValue(1), CellValue(5), CellValue(5)),
        (CellValue(None), CellValue(1), CellValue(1)),
        (CellValue(1), CellValue(None), CellValue(1)),
        (CellValue(allowance=1), CellValue(allowance=2), CellValue(allowance=2)),
        (CellValue(allowance=2), CellValue(allowance=1), CellValue(allowance=2)),
        (CellValue(allowance=2), CellValue(allowance=None), CellValue(allowance=None)),
        (CellValue(notice_days=14), CellValue(notice_days=7), CellValue(notice_days=7)),
        (CellValue(4, 1, 14), CellValue(1, 2, 21), CellValue(4, 2, 14)),
    ],
)
def test_the_better_of_two_cells_has_the_better_of_each_part(pinned, current, enjoyed):
    assert better_cell(pinned, current, CALENDARS) == enjoyed


@pytest.mark.parametrize(
    ("pinned", "current", "enjoyed"),
    [
        (None, None, None),
        (None, TargetValue(60), TargetValue(60)),
        (TargetValue(60), None, TargetValue(60)),
        (TargetValue(60), TargetValue(30), TargetValue(30)),
        (TargetValue(60), TargetValue(90), TargetValue(60)),
        (TargetValue(60), TargetValue(60, ELAPSED), TargetValue(60, ELAPSED)),
        (TargetValue(60, ELAPSED), TargetValue(60), TargetValue(60, ELAPSED)),
        (TargetValue(60), TargetValue(90, ELAPSED), TargetValue(60)),
        (TargetValue(90, ELAPSED), TargetValue(60), TargetValue(90, ELAPSED)),
    ],
)
def test_the_better_of_two_targets_is_the_one_that_is_never_later(pinned, current, enjoyed):
    assert better_target(pinned, current) == enjoyed


class TestMatrix:
    def test_a_gain_comes_with_the_edition_that_brought_it(self):
        pinned, current = edition(1), edition(2, {(1, "phone"): CellValue()})
        enjoyed = better(pinned, current)
        assert enjoyed.cell(1, "phone") == CellValue()
        assert (enjoyed.origin(1, "phone"), enjoyed.origin(1, "other")) == ((2, 2), (1, 1))

    def test_a_cut_does_not_reach_the_contract(self):
        enjoyed = better(edition(1, {(1, "phone"): CellValue(4)}), edition(2))
        assert (enjoyed.cell(1, "phone"), enjoyed.origin(1, "phone")) == (CellValue(4), (1, 1))

    def test_under_the_current_edition_nothing_is_compared(self):
        current = edition(2, {(1, "phone"): CellValue()})
        assert better(current, current) is current

    def test_an_exception_counts_only_when_both_editions_have_it(self):
        cells = {(1, "cis"): CellValue()}
        both = better(edition(1, cells, [("cis", LEDGER)]), edition(2, cells, [("cis", LEDGER)]))
        old = better(edition(1, cells, [("cis", LEDGER)]), edition(2, cells))
        new = better(edition(1, cells), edition(2, cells, [("cis", LEDGER)]))
        assert [matrix.gives(1, "cis", LEDGER) for matrix in (both, old, new)] == [False, True, True]

    def test_an_exception_stands_where_the_other_edition_has_no_such_feature(self):
        without, excepted = edition(1), edition(2, {(1, "cis"): CellValue()}, [("cis", LEDGER)])
        for enjoyed in (better(without, excepted), better(excepted, without)):
            assert [enjoyed.gives(1, "cis", product) for product in (LEDGER, STORE, None)] == [
                False,
                True,
                True,
            ]

    def test_a_target_of_the_product_comes_before_the_general_one(self):
        matrix = edition(
            1, targets={(FIRST, 1, 1, None): TargetValue(60), (FIRST, 1, 1, LEDGER): TargetValue(90)}
        )
        assert [matrix.target(FIRST, 1, 1, product) for product in (LEDGER, STORE, None)] == [
            TargetValue(90),
            TargetValue(60),
            TargetValue(60),
        ]

    def test_targets_are_compared_as_they_hold_for_the_product(self):
        general = edition(1, targets={(FIRST, 1, 1, None): TargetValue(60)})
        own = edition(
            2, targets={(FIRST, 1, 1, None): TargetValue(120), (FIRST, 1, 1, LEDGER): TargetValue(30)}
        )
        enjoyed = better(general, own)
        assert enjoyed.target(FIRST, 1, 1, LEDGER) == TargetValue(30)
        assert enjoyed.target(FIRST, 1, 1, STORE) == TargetValue(60)
        slower = edition(
            2, targets={(FIRST, 1, 1, None): TargetValue(60), (FIRST, 1, 1, LEDGER): TargetValue(90)}
        )
        assert better(general, slower).target(FIRST, 1, 1, LEDGER) == TargetValue(60)

    def test_cells_can_be_looked_up_in_the_hours_of_either_edition(self):
        pinned = edition(1, {(1, "phone"): CellValue(1)})
        current = Matrix(2, 2, (XTREME,), {(1, "phone"): CellValue(40)}, calendars={40: ALWAYS})
        enjoyed = better(pinned, current)
        assert enjoyed.calendar_of(enjoyed.cell(1, "phone")) == ALWAYS
