"""docs/rules/critical.md: each row of its tables is what the code does."""

from pathlib import Path

import pytest
from django.conf import settings

from knowledge.critical.actions.answering import standing_of
from knowledge.critical.audience import Installed, Wish, judge
from knowledge.critical.enums import Affected, Standing, Why
from knowledge.critical.scopes import scope_of
from plans.enums import FeatureCode
from plans.matrix import CellValue
from plans.queries import ProductValue, VersionValue
from tests.entitlements.values import LEDGER, PLANS, STORE, edition, holdings, line, utc

PAGE = Path(settings.BASE_DIR, "docs/rules/critical.md").read_text(encoding="utf-8")
NOW = utc("2026-03-02 09:00")
VERSIONS = {"6.9": 1, "7.0": 2, "7.1": 3, "7.2": 4, "7.3": 5}
PRODUCT = ProductValue(
    LEDGER,
    "ledger",
    "Ledger",
    False,
    tuple(VersionValue(VERSIONS[n], n, VERSIONS[n]) for n in reversed(VERSIONS)),
)
SCOPE = scope_of(PRODUCT, VERSIONS["7.0"], VERSIONS["7.2"])
PRODUCTS = {"Ledger": LEDGER, "Store": STORE}
WITH = edition(cells={(plan.id, FeatureCode.CRITICAL_SOLUTION_NOTIFICATION): CellValue() for plan in PLANS})
WITHOUT = edition(cells={})
ENDED = {"ends": "2026-01-31", "grace": 0}


def rows(heading, columns):
    """The cells of the table that begins with this heading."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    found = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    assert found
    assert {len(row) for row in found} == {columns}
    return found


def held(contract, feature):
    matrix = WITH if feature == "yes" else WITHOUT
    lines = {
        "in force": [line(matrix=matrix)],
        "ended": [line(matrix=matrix, **ENDED)],
        "none": [line(product=STORE, matrix=matrix)],
    }[contract]
    return holdings(*lines, current=matrix)


def installed(runs):
    if runs == "nothing":
        return []
    return [
        Installed(number, f"No. {number}", LEDGER, VERSIONS.get(name), name)
        for number, name in enumerate(runs.split(", "))
    ]


@pytest.mark.parametrize("row", rows("contract for Ledger", 6), ids=" · ".join)
def test_who_is_told(row):
    contract, feature, registered, runs, also, expected = row
    wishes = [Wish(1, PRODUCTS[registered], True, True, also == "yes")] if registered in PRODUCTS else []
    found = judge(held(contract, feature), [SCOPE], installed(runs), wishes, at=NOW)
    [why] = [one.why for one in found.people] or [Why.NOT_REGISTERED]
    assert why == expected


@pytest.mark.parametrize("row", rows("exposures of the account", 2), ids=" · ".join)
def test_how_an_account_stands(row):
    exposures, expected = row
    assert standing_of([] if exposures == "none" else exposures.split(", ")) == expected


def test_the_reasons_of_the_table_are_all_there_are_but_for_those_who_left():
    told = {row[-1] for row in rows("contract for Ledger", 6)}
    assert told == set(Why.values) - {Why.REMOVED}
    assert set(Standing.values) == {row[-1] for row in rows("exposures of the account", 2)}


def test_only_what_is_or_may_be_affected_is_named():
    found = judge(held("in force", "yes"), [SCOPE], installed("7.3, 7.1, ?"), [], at=NOW)
    assert [(one.installation.version, one.affected) for one in found.concerns] == [
        ("7.1", Affected.YES),
        ("?", Affected.UNKNOWN),
    ]


def test_who_registered_for_two_products_is_judged_by_those_that_are_covered():
    store = scope_of(ProductValue(STORE, "store", "Store", False, ()), None, None)
    wishes = [Wish(1, LEDGER, True, False, False), Wish(1, STORE, False, True, False)]
    found = judge(held("in force", "yes"), [SCOPE, store], installed("7.1"), wishes, at=NOW)
    [reached] = found.people
    assert (reached.why, reached.by_mail, reached.in_portal) == (Why.AFFECTED, True, False)
    assert [one.product_id for one in reached.concerns] == [LEDGER]


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("7.0", "7.2", "Ledger, from 7.0 to 7.2"),
        ("7.0", "7.0", "Ledger 7.0"),
        ("7.1", None, "Ledger, from 7.1 on"),
        (None, "7.1", "Ledger, up to 7.1"),
        (None, None, "Ledger, every version"),
    ],
)
def test_a_range_has_words_and_its_versions(since, until, words):
    scope = scope_of(PRODUCT, VERSIONS.get(since), VERSIONS.get(until))
    assert scope.words == words
    held_by = [name for name, pk in VERSIONS.items() if scope.holds(pk)]
    names = list(VERSIONS)
    first, last = names.index(since or "6.9"), names.index(until or "7.3")
    assert held_by == names[first : last + 1]
    assert scope.holds(None) == (True if since is until is None else None)
