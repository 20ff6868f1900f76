"""“Not materially reduced”: gains reach a contract at once, cuts don't."""

import pytest

from plans.better import better, better_cell, better_promise
from plans.enums import FeatureCode, TargetKind, Unit
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, Promised, TargetValue

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
TARGETED = FeatureCode.TARGETED_RESPONSE
ANSWERED = {(1, TARGETED): CellValue()}


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
    ("pinned", "current", "enjoyed"),
    [
        (None, None, None),
        (CellValue(), None, CellValue()),
        (None, CellValue(), CellValue()),
        (CellValue(1), CellValue(4), CellValue(4)),
        (CellValue(4), CellValue(1), CellValue(4)),
        (CellValue(1), CellValue(5), CellValue(5)),
        (CellValue(1), CellValue(3), CellValue(1)),
        (CellValue(3), CellValue(1), CellValue(3)),
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


def office(minutes):
    return Promised(minutes, Unit.COVERAGE_MINUTES, OFFICE, TARGETED)


def always(minutes):
    return office(minutes)._replace(calendar=ALWAYS)


def elapsed(minutes):
    return Promised(minutes, ELAPSED, None, TARGETED)


@pytest.mark.parametrize(
    ("pinned", "current", "enjoyed"),
    [
        (None, None, None),
        (None, office(60), office(60)),
        (office(60), None, office(60)),
        (office(60), office(30), office(30)),
        (office(60), office(90), office(60)),
        (office(60), elapsed(60), elapsed(60)),
        (elapsed(60), office(60), elapsed(60)),
        (office(60), elapsed(90), office(60)),
        (elapsed(90), office(60), elapsed(90)),
        (elapsed(90), elapsed(60), elapsed(60)),
        (office(60), always(120), always(60)),
        (always(120), office(60), always(60)),
        (office(60), office(30)._replace(calendar=NIGHTS), office(30)),
    ],
)
def test_the_better_of_two_promises_has_the_shorter_time_and_the_wider_hours(pinned, current, enjoyed):
    assert better_promise(pinned, current) == enjoyed


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
        def promising(number, general, own=None):
            targets = {(FIRST, 1, 1, None): general, (FIRST, 1, 1, LEDGER): own}
            return edition(
                number,
                ANSWERED,
                targets={key: TargetValue(value, calendar_id=1) for key, value in targets.items() if value},
            )

        enjoyed = better(promising(1, 60), promising(2, 120, own=30))
        assert enjoyed.promised(FIRST, 1, 1, LEDGER).minutes == 30
        assert enjoyed.promised(FIRST, 1, 1, STORE).minutes == 60
        slower = better(promising(1, 60), promising(2, 60, own=90))
        assert slower.promised(FIRST, 1, 1, LEDGER).minutes == 60
        assert slower.target(FIRST, 1, 1, LEDGER) == TargetValue(60, calendar_id=1, named=True)

    def test_nobody_is_promised_by_a_comparison_what_neither_edition_promises(self):
        without_target = edition(1, ANSWERED)
        without_feature = edition(2, targets={(FIRST, 1, 1, None): TargetValue(60, calendar_id=1)})
        for enjoyed in (better(without_target, without_feature), better(without_feature, without_target)):
            assert enjoyed.promised(FIRST, 1, 1, LEDGER) is None
            assert enjoyed.target(FIRST, 1, 1, LEDGER) is None

    def test_cells_can_be_looked_up_in_the_hours_of_either_edition(self):
        pinned = edition(1, {(1, "phone"): CellValue(1)})
        current = Matrix(2, 2, (XTREME,), {(1, "phone"): CellValue(40)}, calendars={40: ALWAYS})
        enjoyed = better(pinned, current)
        assert enjoyed.calendar_of(enjoyed.cell(1, "phone")) == ALWAYS
