"""What a draft means for a contract, by hand: the worked numbers of docs/rules/rehearsal.md."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from entitlements.enums import Part
from entitlements.fortunes import Pinned, fortune
from plans.better import better
from plans.difference_words import Names, sentence
from plans.differences import reaching
from plans.enums import FeatureCode, TargetKind
from plans.matrix import CalendarValue, CellValue, TargetValue
from tests.entitlements.values import CELLS, ELITE, HOW_TO, LEDGER, PHONE, PLANS, SPECIAL_EVENT, STORE, XTREME
from tests.entitlements.values import edition as plain_edition
from tests.plans import editions as made_up

CIS = FeatureCode.CRITICAL_INCIDENT_SUPPORT
NAMES = Names(
    {
        PHONE: "Phone Access",
        SPECIAL_EVENT: "Special Event Support",
        HOW_TO: "How-to Assistance",
        CIS: "Critical Incident Support",
    },
    {LEDGER: "Ledger", STORE: "Store"},
)
TARGETED = FeatureCode.TARGETED_RESPONSE
WITH_TARGETS = {**CELLS, **{(plan.id, TARGETED): CellValue(calendar_id=1) for plan in PLANS}}


def event(allowance, notice=0):
    return CellValue(allowance=allowance, notice_days=notice)


def edition(number, cells=None, *, first=None, without=(), exceptions=(), own=None, week=None):
    """``first``: minutes of the first response at severity 2 for Xtreme; ``own``: the same for Store."""
    changed = {key: cell for key, cell in {**WITH_TARGETS, **(cells or {})}.items() if key not in without}
    made = plain_edition(number, changed, exceptions)
    targets = {
        (TargetKind.FIRST_RESPONSE, 2, XTREME.id, product): TargetValue(minutes, calendar_id=1)
        for product, minutes in ((None, first), (STORE, own))
        if minutes
    }
    calendars = dict(made.calendars)
    if week:
        calendars[1] = CalendarValue(1, "business", week=tuple((day, *week) for day in range(5)))
    return replace(made, targets=targets, calendars=calendars)


def told(promised, before, draft, *, plan=XTREME, products=(LEDGER, STORE)):
    found = fortune(Pinned(plan, (1,)), promised, before, draft, products)
    return {
        part: [sentence(reach.change, NAMES) for reach in reaches] for part, reaches in found.parts.items()
    }


KEY = (XTREME.id, SPECIAL_EVENT)
CASES = {
    "a feature more": (
        edition(1),
        edition(1),
        edition(3, {KEY: event(2)}),
        {Part.GAINS: ["Xtreme gains Special Event Support (2 times in a support period)."]},
    ),
    "a feature less": (
        edition(1, {KEY: event(2)}),
        edition(1, {KEY: event(2)}),
        edition(3),
        {Part.KEEPS: ["Xtreme loses Special Event Support."]},
    ),
    "a feature less that came after the signing": (
        edition(1),
        edition(2, {KEY: event(2)}),
        edition(3),
        {Part.LOSES: ["Xtreme loses Special Event Support."]},
    ),
    "a part of each": (
        edition(1, {KEY: event(1)}),
        edition(2, {KEY: event(4)}),
        edition(3),
        {
            Part.LOSES: ["Special Event Support with Xtreme: 1 use in a support period instead of 4 uses."],
            Part.KEEPS: ["Xtreme loses Special Event Support."],
        },
    ),
    "more uses and more notice": (
        edition(1, {KEY: event(1, 7)}),
        edition(1, {KEY: event(1, 7)}),
        edition(3, {KEY: event(2, 14)}),
        {
            Part.GAINS: ["Special Event Support with Xtreme: 2 uses in a support period instead of 1 use."],
            Part.KEEPS: ["Special Event Support with Xtreme: 14 days of notice instead of 7 days."],
        },
    ),
    "what an earlier edition took is no cut of this one": (
        edition(1, {KEY: event(2)}),
        edition(2),
        edition(3, {(XTREME.id, PHONE): CellValue(calendar_id=3)}),
        {
            Part.GAINS: [
                "Phone Access with Xtreme: 24x7, Mon–Sun 00:00–24:00"
                " instead of business, Mon–Fri 08:00–18:00."
            ]
        },
    ),
    "less than was pinned, and more than now": (
        edition(1, first=60),
        edition(2, first=240),
        edition(3, first=120),
        {},
    ),
    "a longer time": (
        edition(1, first=60),
        edition(2, first=60),
        edition(3, first=120),
        {
            Part.KEEPS: [
                "First response at severity 2 with Xtreme: 2 h (business, Mon–Fri 08:00–18:00)"
                " instead of 1 h (business, Mon–Fri 08:00–18:00)."
            ]
        },
    ),
    "a longer time for one product": (
        edition(1, first=60),
        edition(1, first=60),
        edition(3, first=60, own=120),
        {
            Part.KEEPS: [
                "First response at severity 2 with Xtreme for Store: 2 h (business, Mon–Fri 08:00–18:00)"
                " instead of 1 h (business, Mon–Fri 08:00–18:00)."
            ]
        },
    ),
    "other hours where none were promised": (
        edition(1, without=[(XTREME.id, PHONE)]),
        edition(2),
        edition(3, week=("18:00", "23:00")),
        {
            Part.CHANGES: [
                "Phone Access with Xtreme: business, Mon–Fri 18:00–23:00"
                " instead of business, Mon–Fri 08:00–18:00."
            ]
        },
    ),
    "a product is excepted": (
        edition(1),
        edition(1),
        edition(3, exceptions=[(CIS, STORE)]),
        {Part.KEEPS: ["Critical Incident Support is no longer available for Store."]},
    ),
    "a product is excepted no longer": (
        edition(1, exceptions=[(CIS, STORE)]),
        edition(2, exceptions=[(CIS, STORE)]),
        edition(3),
        {Part.GAINS: ["Critical Incident Support is available for Store again."]},
    ),
    "an exception of one plan only comes to its end": (
        edition(1, exceptions=[(CIS, STORE)]),
        edition(2, without=[(XTREME.id, CIS)]),
        edition(3),
        {Part.GAINS: ["Critical Incident Support is available for Store again."]},
    ),
    "another plan": (edition(1), edition(1), edition(3, {(ELITE.id, SPECIAL_EVENT): event(9)}), {}),
    "nothing": (edition(1, first=60), edition(2, first=60), edition(3, first=60), {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_contract_gains_loses_and_keeps(case):
    promised, before, draft, parts = CASES[case]
    assert told(promised, before, draft) == parts


@pytest.mark.parametrize(
    "case", ["a product is excepted", "a product is excepted no longer", "a longer time for one product"]
)
def test_what_is_about_a_product_reaches_only_who_has_it(case):
    promised, before, draft, parts = CASES[case]
    assert told(promised, before, draft, products=[LEDGER]) == {}
    found = fortune(Pinned(XTREME, (1,)), promised, before, draft, [LEDGER, STORE])
    [part] = parts
    assert list(found.reached()) == [(part, STORE)]
    assert list(found.changes(part, [LEDGER])) == []
    assert len(list(found.changes(part, [LEDGER, STORE]))) == 1


def test_a_target_names_no_product_where_all_fare_alike_though_others_have_their_own():
    before, draft = edition(1, first=60, own=30), edition(3, first=120, own=30)
    assert told(before, before, draft, products=[STORE]) == {}
    [words] = told(before, before, draft, products=[LEDGER])[Part.KEEPS]
    assert words.startswith("First response at severity 2 with Xtreme: 2 h")


@given(made_up.editions(1), made_up.editions(2))
@settings(max_examples=150, deadline=None)
def test_nothing_that_was_promised_is_lost(pinned, draft):
    """Whatever goes at once came after the signing: who is pinned to what is in force loses nothing."""
    found = fortune(Pinned(made_up.PLAN, (1,)), pinned, pinned, draft, made_up.PRODUCTS[1:])
    assert found.parts.keys() <= {Part.GAINS, Part.KEEPS}


@given(made_up.editions(1), made_up.editions(2), made_up.editions(3))
@settings(max_examples=150, deadline=None)
def test_who_is_protected_is_so_from_what_the_draft_takes(pinned, before, draft):
    """Whatever the draft gives less of than the edition before is lost at once, or kept, or never was had."""
    products = made_up.PRODUCTS[1:]
    found = fortune(Pinned(made_up.PLAN, (1,)), pinned, before, draft, products)
    cut = {one for change, few in reaching(before, draft, made_up.PLAN, products) for one in few}
    assert {one for part, one in found.reached() if part == Part.KEEPS} <= cut
    if not reaching(better(pinned, draft), draft, made_up.PLAN, products):
        assert Part.KEEPS not in found.parts


@given(made_up.editions(1), made_up.editions(2))
@settings(max_examples=100, deadline=None)
def test_a_draft_that_is_a_copy_affects_nobody(pinned, before):
    copy = replace(before, edition_id=999, number=9)
    found = fortune(Pinned(made_up.PLAN, (1,)), pinned, before, copy, made_up.PRODUCTS[1:])
    assert found.parts == {}
