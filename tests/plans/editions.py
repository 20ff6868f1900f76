"""Small editions and their hours, made up by Hypothesis; times are whole half hours."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from plans.calendars import calendar_in_region
from plans.coverage import InvalidCalendar
from plans.enums import FeatureCode, TargetKind, Unit
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, TargetValue

ZONE = "Europe/Berlin"
PLAN = PlanValue(1, "xtreme", "Xtreme", 1)
PRODUCTS = (None, 7, 8)
SEVERITIES = (1, 2)
FIRST_DAY = date(2026, 10, 12)
"""Four weeks with the end of summer time and, in Berlin, no public holiday; in Saxony there is one."""

days = st.integers(0, 27).map(lambda n: FIRST_DAY + timedelta(days=n))
instants = st.integers(0, 28 * 1440).map(
    lambda n: datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC) + timedelta(minutes=n)
)
_clocks = st.integers(0, 47).map(lambda n: f"{n // 2:02}:{n % 2 * 30:02}")
_hours = st.tuples(_clocks, _clocks | st.just("24:00")).filter(lambda pair: pair[0] != pair[1])
_usual = st.sampled_from([("08:00", "18:00"), ("07:00", "19:00"), ("00:00", "24:00"), ("22:00", "06:00")])


@st.composite
def calendar_values(draw, id: int) -> CalendarValue:
    """Mostly hours like those that tenants have, so that some cover others; now and then any."""
    span, hours = draw(st.sampled_from([5, 5, 7])), draw(_usual)
    week = draw(
        st.just([(day, *hours) for day in range(span)])
        | st.lists(st.tuples(st.integers(0, 6), _hours).map(lambda o: (o[0], *o[1])), max_size=4)
    )
    dates = draw(st.dictionaries(days.map(date.isoformat), st.lists(_usual | _hours, max_size=1), max_size=2))
    value = CalendarValue(
        id,
        f"hours-{id}",
        time_zone=draw(st.sampled_from(["", "", "", "America/New_York"])),
        week=tuple(week),
        holidays=draw(st.booleans()),
        dates=tuple((day, tuple(own)) for day, own in sorted(dates.items())),
    )
    try:
        calendar_in_region(value, ZONE, "", FIRST_DAY.year)
    except InvalidCalendar:
        assume(False)
    return value


@st.composite
def editions(draw, number: int) -> Matrix:
    """One plan, two products: targets with hours of any origin, CIS and its extension, and exceptions."""
    hours = {id: draw(calendar_values(id)) for id in (number * 10 + 1, number * 10 + 2)}
    some_hours = st.sampled_from([None, *hours])
    codes = (
        FeatureCode.TARGETED_RESPONSE,
        FeatureCode.CRITICAL_INCIDENT_SUPPORT,
        FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT,
    )
    given = {code for code in codes if draw(st.integers(0, 4))}
    keys = [(severity, product) for severity in SEVERITIES for product in PRODUCTS if draw(st.integers(0, 2))]
    return Matrix(
        edition_id=100 + number,
        number=number,
        plans=(PLAN,),
        cells={(PLAN.id, code): CellValue(draw(some_hours)) for code in given},
        exceptions=frozenset(
            (code, product) for code in codes for product in PRODUCTS[1:] if draw(st.integers(0, 4)) == 0
        ),
        targets={
            (TargetKind.FIRST_RESPONSE, severity, PLAN.id, product): draw(_targets(some_hours))
            for severity, product in keys
        },
        calendars=hours,
    )


@st.composite
def _targets(draw, some_hours) -> TargetValue:
    minutes = draw(st.sampled_from([30, 60, 120, 480, 960]))
    if draw(st.integers(0, 4)) == 0:
        return TargetValue(minutes, Unit.ELAPSED_MINUTES)
    calendar_id = draw(some_hours)
    return TargetValue(
        minutes, calendar_id=calendar_id, named=calendar_id is not None and draw(st.booleans())
    )
