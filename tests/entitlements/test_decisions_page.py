"""The tables of docs/rules/decisions.md say what the code does."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest

from entitlements.decide import contract_state, decide
from entitlements.enums import Reason
from entitlements.values import GrantValue, Holdings, Line, weekend_of
from plans.actions import set_default_calendar, set_product_calendar, set_target, start_draft
from plans.better import better, better_cell, better_promise
from plans.calendars import calendar_in_region
from plans.coverage import due
from plans.defaults import brochure, defaults
from plans.editions import read_matrix
from plans.enums import FeatureCode, TargetKind, Unit
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, Promised, TargetValue
from plans.models import Calendar, Cell, Plan

PAGE = (Path(__file__).parents[2] / "docs/rules/decisions.md").read_text(encoding="utf-8")
BERLIN = ZoneInfo("Europe/Berlin")
PRODUCTS = {"Ledger": 1, "Store": 2, "Kiosk": 3, "Gate": 4}
PLANS = {
    plan["name"]: PlanValue(plan["rank"], plan["code"], plan["name"], plan["rank"])
    for plan in brochure()["plans"]
}
EVENT = FeatureCode.SPECIAL_EVENT_SUPPORT
DAYS = {"Mon–Fri": range(5), "Mon–Sun": range(7)}


def tables():
    """Every table of the page as rows by column, named by its header."""
    found, block = [], []
    for line in [*PAGE.splitlines(), ""]:
        if line.startswith("|"):
            block.append([cell.strip() for cell in line.strip("|").split("|")])
        elif block:
            header, _dashes, *rows = block
            found.append([dict(zip(header, row, strict=True)) for row in rows])
            block = []
    return found


CONTRACTS, STATES, CHOICES, AHEAD, GRANTS, GRANTED, HOURS, DUE, WEEKENDS, BETTER = tables()


def first_edition():
    by_code = {plan.code: plan for plan in PLANS.values()}
    needs = defaults()["cells"]
    hours = {
        id: CalendarValue(id, one["code"], week=tuple(map(tuple, one["week"])), holidays=one["holidays"])
        for id, one in enumerate(defaults()["calendars"], start=1)
    }
    ids = {calendar.code: id for id, calendar in hours.items()}
    return Matrix(
        edition_id=1,
        number=1,
        plans=tuple(PLANS.values()),
        cells={
            (by_code[tier].id, feature["code"]): CellValue(
                calendar_id=ids.get(needs.get(feature["code"], {}).get("calendar")),
                allowance=needs.get(feature["code"], {}).get("allowance"),
                notice_days=needs.get(feature["code"], {}).get("notice_days", 0),
            )
            for feature in brochure()["features"]
            for tier in feature["tiers"]
        },
        exceptions=frozenset(
            {
                (FeatureCode.CRITICAL_INCIDENT_SUPPORT, PRODUCTS["Store"]),
                (FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT, PRODUCTS["Store"]),
            }
        ),
        targets={
            (target["kind"], target["severity"], by_code[target["plan"]].id, None): TargetValue(
                target["minutes"], target["unit"], ids[defaults()["default_calendar"]]
            )
            for target in defaults()["targets"]
        },
        calendars=hours,
    )


EDITION = first_edition()


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def grants():
    return tuple(
        GrantValue(
            id=int(row["grant"].removeprefix("G-")),
            feature_code=FeatureCode.EDUCATION_INCENTIVES,
            product_id=PRODUCTS.get(row["for product"]),
            starts_on=date.fromisoformat(row["first day"]),
            ends_on=date.fromisoformat(row["last day"]),
            reason="They teach others",
            granted_by="Ida",
            revoked_at=instant(row["revoked"]) if row["revoked"] else None,
        )
        for row in sorted(GRANTS, key=lambda row: row["last day"], reverse=True)
    )


def holdings(used=0):
    lines = [
        Line(
            id=100 * n + PRODUCTS[product],
            contract_id=n,
            number=row["contract"],
            product_id=PRODUCTS[product],
            plan=PLANS[row["plan"]],
            edition_id=1,
            matrix=EDITION,
            starts_on=date.fromisoformat(row["first day"]),
            ends_on=date.fromisoformat(row["last day"]),
            grace_days=int(row["days of grace"]),
            zone=BERLIN,
            cancelled_at=instant(row["cancelled"]) if row["cancelled"] else None,
            used={EVENT: used},
        )
        for n, row in enumerate(CONTRACTS, start=1)
        for product in row["products"].split(", ")
    ]
    return Holdings(1, "Halden Mills", 1, BERLIN.key, "DE", tuple(lines), EDITION, grants=grants())


@pytest.mark.parametrize("row", STATES, ids=lambda row: f"{row['contract']} {row['at (UTC)']}")
def test_states(row):
    line = next(line for line in holdings().lines if line.number == row["contract"])
    assert contract_state(line, instant(row["at (UTC)"])) == row["state"]


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: " ".join(row.values()))
def test_which_contract_decides(row):
    decision = decide(
        holdings(), row["feature"], at=instant(row["at (UTC)"]), product_id=PRODUCTS.get(row["product"])
    )
    assert {
        **row,
        "answer": decision.reason.value,
        "contract": decision.line.number,
        "plan that would help": decision.remedy.name if decision.remedy else "",
    } == row


@pytest.mark.parametrize("row", AHEAD, ids=lambda row: " ".join(row.values()))
def test_uses_that_are_asked_for_ahead(row):
    decision = decide(
        holdings(used=int(row["used before"])),
        EVENT,
        at=instant(row["asked at (UTC)"]),
        product_id=PRODUCTS[row["product"]],
        event_on=date.fromisoformat(row["day of use"]),
        installation_kind=row["installation"],
    )
    assert decision.reason == row["answer"]


@pytest.mark.parametrize("row", GRANTED, ids=lambda row: " ".join(row.values()))
def test_what_grants_give(row):
    decision = decide(
        holdings(),
        FeatureCode.EDUCATION_INCENTIVES,
        at=instant(row["asked at (UTC)"]),
        product_id=PRODUCTS.get(row["about product"]),
    )
    given_by = f"G-{decision.grant.id}" if decision.grant else "plan" if decision.allowed else ""
    assert {**row, "answer": decision.reason.value, "given by": given_by} == row


@pytest.mark.parametrize("row", DUE, ids=lambda row: " ".join(row.values()))
def test_when_first_responses_are_due(row):
    plan, product_id = PLANS[row["plan"]], PRODUCTS[row["product"]]
    promised = EDITION.promised(TargetKind.FIRST_RESPONSE, int(row["severity"]), plan.id, product_id)
    event = row["special event"]
    open_days = [day.isoformat() for day in weekend_of(date.fromisoformat(event))] if event else []
    calendar = calendar_in_region(promised.calendar, BERLIN.key, "DE", 2026, open_days=tuple(open_days))
    found = due(calendar, datetime.fromisoformat(row["logged (Berlin)"]), promised.minutes)
    local = found.astimezone(BERLIN).isoformat(" ", "minutes")
    assert {**row, "minutes": str(promised.minutes), "due (Berlin)": local} == row


@pytest.mark.parametrize("row", WEEKENDS, ids=lambda row: row["day of use"])
def test_the_weekend_of_a_use(row):
    weekday, day = row["day of use"].split()
    used_on = date.fromisoformat(day)
    assert f"{used_on:%a}" == weekday
    assert " and ".join(day.isoformat() for day in weekend_of(used_on)) == row["weekend"]


@pytest.mark.parametrize("row", HOURS, ids=lambda row: " ".join(row.values()))
def test_which_hours_count(row, cast, acting_in):
    """With rows: the precedence is worked out when an edition is read."""
    house = cast.acme
    with acting_in(house.tenant):
        draft = start_draft(tenant=house.tenant, actor=house.admin)
        named = {
            column: Calendar.objects.create(
                tenant=house.tenant, edition=draft, code=code, week=[list(o) for o in calendar_of(text).week]
            )
            for code, column in enumerate(("target's", "plan's", "product's", "tenant's", "CIS"))
            if (text := row[column]) != "–"
        }
        by, severity = {"edition": draft, "actor": house.admin}, int(row["severity"])
        plan = Plan.objects.get(tenant=house.tenant, code="xtreme")
        cells = Cell.objects.filter(edition=draft, plan=plan)
        cells.filter(feature__code=FeatureCode.TARGETED_RESPONSE).update(calendar=named.get("plan's"))
        cis = cells.filter(feature__code=FeatureCode.CRITICAL_INCIDENT_SUPPORT)
        cis.update(calendar=named.get("CIS"))
        set_product_calendar(**by, product=house.ledger, calendar=named.get("product's"))
        set_default_calendar(**by, calendar=named.get("tenant's"))
        first = {"kind": TargetKind.FIRST_RESPONSE, "severity": severity, "plan": plan}
        set_target(**by, **first, minutes=60, unit=Unit.COVERAGE_MINUTES, calendar=named.get("target's"))
        found = read_matrix(draft).promised(first["kind"], severity, plan.pk, house.ledger.pk)
    counted = calendar_of(row["counted in"]).week if row["given by"] != "–" else None
    assert (found and (found.calendar.week, found.feature)) == (counted and (counted, row["given by"]))


def enjoyed_feature(pinned, current):
    cell = better_cell(*(CellValue() if text == "on" else None for text in (pinned, current)), {})
    return "on" if cell else "off"


def promise(text):
    """``60 min``, ``60 min Mon–Sun 00:00–24:00``, ``60 min elapsed``, ``none``."""
    if text == "none":
        return None
    minutes, _min, *hours = text.split()
    if hours == ["elapsed"]:
        return Promised(int(minutes), Unit.ELAPSED_MINUTES, None, FeatureCode.TARGETED_RESPONSE)
    calendar = calendar_of(" ".join(hours) or "Mon–Fri 08:00–18:00")
    return Promised(int(minutes), Unit.COVERAGE_MINUTES, calendar, FeatureCode.TARGETED_RESPONSE)


def calendar_of(text):
    days, hours = text.split()
    return CalendarValue(
        crc32(text.encode()), text, week=tuple((day, *hours.split("–")) for day in DAYS[days])
    )


def enjoyed_target(pinned, current):
    return better_promise(promise(pinned), promise(current))


def enjoyed_allowance(pinned, current):
    values = {text: None if text == "no limit" else int(text) for text in (pinned, current)}
    found = better_cell(CellValue(allowance=values[pinned]), CellValue(allowance=values[current]), {})
    return next(text for text, value in values.items() if value == found.allowance)


def enjoyed_notice(pinned, current):
    days = [CellValue(notice_days=int(text.split()[0])) for text in (pinned, current)]
    return f"{better_cell(*days, {}).notice_days} days"


def enjoyed_hours(pinned, current):
    both = [calendar_of(text) for text in (pinned, current)]
    calendars = {calendar.id: calendar for calendar in both}
    return calendars[better_cell(*(CellValue(one.id) for one in both), calendars).calendar_id].code


def enjoyed_exception(pinned, current):
    editions = [
        Matrix(
            number,
            number,
            EDITION.plans,
            {(1, "cis"): CellValue()},
            frozenset({("cis", 1)} if text == "excepted" else ()),
        )
        for number, text in enumerate((pinned, current))
    ]
    return "available" if better(*editions).gives(1, "cis", 1) else "excepted"


PARTS = {
    "feature": enjoyed_feature,
    "target": enjoyed_target,
    "allowance": enjoyed_allowance,
    "notice": enjoyed_notice,
    "hours": enjoyed_hours,
    "exception": enjoyed_exception,
}


@pytest.mark.parametrize("row", BETTER, ids=lambda row: " ".join(row.values()))
def test_not_materially_reduced(row):
    enjoyed = promise(row["enjoyed"]) if row["part"] == "target" else row["enjoyed"]
    assert PARTS[row["part"]](row["pinned"], row["current"]) == enjoyed


def test_the_page_lists_the_reasons_in_their_order():
    order = PAGE.split("## The order of the reasons")[1].split("##")[0]
    listed = [code for code in re.findall(r"`(\w+)`", order) if code in Reason.values]
    assert listed == [reason for reason in Reason.values if reason != Reason.ALLOWED]
