"""How many entitlement decisions one core takes, once an account's contracts are loaded."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from statistics import median
from time import process_time
from typing import TypedDict
from zoneinfo import ZoneInfo

from entitlements.decide import decide
from entitlements.values import Holdings, Line
from plans.enums import FeatureCode
from plans.matrix import CellValue, Matrix, PlanValue

BAR = 200_000
ROUNDS = 7
PRODUCTS = range(1, 9)
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = (date(2026, 1, 1), date(2026, 12, 31))


class Measurement(TypedDict):
    name: str
    value: float
    unit: str
    bar: str
    ok: bool


def measure() -> list[Measurement]:
    """Every feature for every product at 200 instants: each decision is another one, yes and no mixed."""
    holdings = _holdings()
    instants = [AT + timedelta(minutes=n) for n in range(200)]
    asked = list(product(instants, FeatureCode, [*PRODUCTS, None]))
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()
        for at, feature, product_id in asked:
            decide(holdings, feature, at=at, product_id=product_id)
        rounds.append((process_time() - began) / len(asked))
    rate = round(1 / median(rounds))
    return [
        {
            "name": "decisions: contracts loaded, one core",
            "value": rate,
            "unit": "a second",
            "bar": f"≥ {BAR:,}",
            "ok": rate >= BAR,
        }
    ]


def _holdings() -> Holdings:
    """Two contracts of different plans; six products on one, one on the other, one on none."""
    plans = tuple(PlanValue(rank, f"plan-{rank}", f"Plan {rank}", rank) for rank in (1, 2, 3))
    codes = list(FeatureCode)
    matrix = Matrix(
        edition_id=1,
        number=1,
        plans=plans,
        cells={
            (plan.id, code): CellValue(allowance=1 if code == FeatureCode.SPECIAL_EVENT_SUPPORT else None)
            for plan in plans
            for code in codes[: 12 + 4 * plan.rank]
        },
        exceptions=frozenset({(FeatureCode.CRITICAL_INCIDENT_SUPPORT, 2)}),
    )
    lines = [_line(n, plans[2] if n <= 6 else plans[0], matrix) for n in PRODUCTS if n < 8]
    return Holdings(
        account_id=1,
        account_name="Account",
        tenant_id=1,
        time_zone="Europe/Berlin",
        region="DE",
        lines=tuple(lines),
        current=matrix,
    )


def _line(product_id: int, plan: PlanValue, matrix: Matrix) -> Line:
    return Line(
        id=product_id,
        contract_id=plan.id,
        number=f"C-{plan.id}",
        product_id=product_id,
        plan=plan,
        edition_id=matrix.edition_id,
        matrix=matrix,
        starts_on=DAYS[0],
        ends_on=DAYS[1],
        grace_days=14,
        zone=ZoneInfo("Europe/Berlin"),
    )
