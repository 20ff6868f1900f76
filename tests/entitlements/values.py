"""Plain holdings for the tests of decisions: no rows behind them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from entitlements.values import GrantValue, Holdings, Line
from plans.enums import FeatureCode
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, TargetValue

LEDGER, STORE, KIOSK = 1, 2, 3
XTREME = PlanValue(1, "xtreme", "Xtreme", 1)
PREMIUM = PlanValue(2, "premium", "Xtreme Premium", 2)
ELITE = PlanValue(3, "elite", "Xtreme Elite", 3)
PLANS = (XTREME, PREMIUM, ELITE)
OFFICE = CalendarValue(1, "business", week=tuple((day, "08:00", "18:00") for day in range(5)))
ALWAYS = CalendarValue(3, "24x7", week=tuple((day, "00:00", "24:00") for day in range(7)), holidays=False)
BERLIN = "Europe/Berlin"
ON, EVENT = CellValue(), CellValue(calendar_id=3, allowance=1, notice_days=14)
PHONE, EXTENDED = FeatureCode.PHONE_ACCESS, FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT
SPECIAL_EVENT, HOW_TO = FeatureCode.SPECIAL_EVENT_SUPPORT, FeatureCode.HOW_TO_ASSISTANCE

CELLS = {
    **{(plan.id, code): ON for plan in PLANS for code in (HOW_TO, FeatureCode.CRITICAL_INCIDENT_SUPPORT)},
    **{(plan.id, PHONE): CellValue(calendar_id=1) for plan in PLANS},
    **{(plan.id, EXTENDED): CellValue(calendar_id=3) for plan in (PREMIUM, ELITE)},
    (ELITE.id, SPECIAL_EVENT): EVENT,
}


def edition(
    number=1, cells=CELLS, exceptions=(), targets=None, calendars=(OFFICE, ALWAYS), plans=PLANS
) -> Matrix:
    return Matrix(
        edition_id=100 + number,
        number=number,
        plans=PLANS,
        cells=cells,
        exceptions=frozenset(exceptions),
        targets={key: TargetValue(minutes) for key, minutes in (targets or {}).items()},
        calendars={calendar.id: calendar for calendar in calendars},
    )


EDITION = edition()


def day(text: str) -> date:
    return date.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def line(
    plan=XTREME,
    *,
    product=LEDGER,
    starts="2026-01-01",
    ends="2026-12-31",
    grace=14,
    contract=1,
    cancelled_at=None,
    used=None,
    matrix=EDITION,
    zone=BERLIN,
    id=None,
) -> Line:
    return Line(
        id=id or contract * 10 + product,
        contract_id=contract,
        number=f"C-{contract}",
        product_id=product,
        plan=plan,
        edition_id=matrix.edition_id,
        matrix=matrix,
        starts_on=day(starts),
        ends_on=day(ends),
        grace_days=grace,
        zone=ZoneInfo(zone),
        cancelled_at=cancelled_at,
        used=used or {},
    )


def grant(
    feature=PHONE, *, product=None, starts="2026-01-01", ends="2026-12-31", revoked_at=None, id=1
) -> GrantValue:
    return GrantValue(
        id=id,
        feature_code=feature,
        product_id=product,
        starts_on=day(starts),
        ends_on=day(ends),
        reason="They help us test",
        granted_by="Ida Berg",
        revoked_at=revoked_at,
    )


def holdings(*lines: Line, current=EDITION, zone=BERLIN, grants=()) -> Holdings:
    return Holdings(
        account_id=1,
        account_name="Meridian Foods",
        tenant_id=1,
        time_zone=zone,
        region="DE",
        lines=lines,
        current=current,
        products={LEDGER: "Ledger", STORE: "Store", KIOSK: "Kiosk"},
        grants=tuple(grants),
    )
