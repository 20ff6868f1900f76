"""Who may download what: the table of docs/rules/downloads.md, line by line."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from knowledge.releases.covered import may_download
from knowledge.releases.enums import FEATURE_OF, Kind
from plans.enums import FeatureCode
from plans.matrix import CellValue
from tests.entitlements.values import (
    CELLS,
    ELITE,
    KIOSK,
    LEDGER,
    PREMIUM,
    STORE,
    XTREME,
    edition,
    holdings,
    line,
    utc,
)

UPDATES, PATCHES = FeatureCode.UPDATES_AND_FEATURE_PACKS, FeatureCode.PATCHES_AND_SERVICE_PACKS
BOTH = {(plan.id, code): CellValue() for plan in (XTREME, PREMIUM, ELITE) for code in (UPDATES, PATCHES)}
MATRIX = edition(cells={**CELLS, **BOTH}, exceptions=[(PATCHES, STORE)])
BARE = edition(cells=CELLS)


def held(*lines):
    return holdings(*lines, current=MATRIX)


def c1(**changes):
    return line(matrix=changes.pop("matrix", MATRIX), **changes)


def c2(**changes):
    return c1(contract=2, starts="2027-01-01", ends="2027-12-31", **changes)


CONTRACTS = {
    "C-1": held(c1(), c1(product=STORE)),
    "C-1, in grace": held(c1()),
    "C-1, grace is over": held(c1()),
    "C-1, long over": held(c1()),
    "C-1, cancelled on 1 May at noon": held(c1(cancelled_at=utc("2026-05-01 12:00"))),
    "C-1, cancelled before it began": held(c1(cancelled_at=utc("2025-12-01 12:00"))),
    "C-1, a plan without updates": held(c1(matrix=BARE)),
    "C-1, then C-2 for 2027": held(c1(), c2()),
    "C-1, then C-2 for 2027 without updates": held(c1(), c2(matrix=BARE)),
    "none": held(),
}
PRODUCTS = {"Ledger": LEDGER, "Store": STORE, "Kiosk": KIOSK}
FEATURES = {"updates": UPDATES, "patches": PATCHES}


def table():
    text = Path(settings.BASE_DIR, "docs/rules/downloads.md").read_text()
    lines = text.split("## Worked")[1].split("## What is new")[0].splitlines()
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in lines if row.startswith("|")]
    return rows[2:]


def test_the_whole_table_is_read():
    assert len(table()) == 20
    assert {row[1] for row in table()} == CONTRACTS.keys()


@pytest.mark.parametrize("row", table(), ids=lambda row: " ".join(row))
def test_each_line_of_the_table(row):
    at, contract, product, feature, released_on, answer, reason = row
    verdict = may_download(
        CONTRACTS[contract],
        FEATURES[feature],
        product_id=PRODUCTS[product],
        released_on=date.fromisoformat(released_on),
        at=utc(at),
    )
    assert (verdict.allowed, str(verdict.decision.reason)) == (answer == "yes", reason)


def test_every_kind_has_its_feature():
    assert FEATURE_OF.keys() == set(Kind)


def test_an_upgraded_contract_is_over_with_its_last_line():
    upgraded = held(
        c1(ends="2026-06-30", grace=0), c1(plan=ELITE, starts="2026-07-01", ends="2026-12-31", id=99)
    )
    asked = {"product_id": LEDGER, "at": utc("2027-06-01 12:00")}
    assert may_download(upgraded, UPDATES, released_on=date(2026, 12, 31), **asked).until == date(
        2026, 12, 31
    )


@given(
    hours=st.integers(0, 3 * 365 * 24),
    released_on=st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    earlier=st.integers(0, 400),
    contract=st.sampled_from(sorted(CONTRACTS)),
)
def test_whoever_may_have_a_release_may_have_every_earlier_one(hours, released_on, earlier, contract):
    asked = {"product_id": LEDGER, "at": utc("2025-01-01") + timedelta(hours=hours)}
    later = may_download(CONTRACTS[contract], UPDATES, released_on=released_on, **asked)
    before = may_download(
        CONTRACTS[contract], UPDATES, released_on=released_on - timedelta(days=earlier), **asked
    )
    assert before.allowed >= later.allowed
