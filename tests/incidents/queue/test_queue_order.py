"""docs/rules/queue.md: every place in its table is what the code gives, in Python and in SQL."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Incident
from incidents.queue import Place, reasons, sort_key
from plans.enums import Severity
from plans.models import Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting

PAGE = Path(settings.BASE_DIR, "docs/rules/queue.md").read_text(encoding="utf-8")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAN_ORDER = {"Xtreme": 0, "Xtreme Premium": -2, "Xtreme Elite": -3}


def _time(text):
    if text == "none":
        return None
    hour, minute = map(int, text.split(":"))
    return NOON.replace(hour=hour, minute=minute)


def _table():
    rows = re.findall(r"^\| (\d+) \| (\d) \| ([\w ]+) \| ([\w:]+) \| ([\d:]+) \|", PAGE, re.MULTILINE)
    return [
        Place(int(severity), PLAN_ORDER[plan], _time(due), _time(logged), int(place))
        for place, severity, plan, due, logged in rows
    ]


def test_the_table_is_in_the_order_of_the_rule():
    places = _table()
    assert [place.id for place in places] == list(range(1, 12))
    assert sorted(_table(), key=sort_key) == places
    assert sorted(sorted(places, key=lambda place: place.created_at), key=sort_key) == places


def test_each_place_gives_its_reasons_the_strongest_first():
    by_id = {place.id: place for place in _table()}
    assert [(step.code, step.value) for step in reasons(by_id[3], NOON)] == [
        ("severity", 2), ("plan_priority", 2), ("overdue", _time("11:45")), ("logged", _time("09:45")),
    ]  # fmt: skip
    assert [step.code for step in reasons(by_id[7], NOON)] == [
        "severity", "plan_priority", "no_due_time", "logged",
    ]  # fmt: skip
    assert [step.code for step in reasons(by_id[9], NOON)] == [
        "severity",
        "no_plan_priority",
        "due",
        "logged",
    ]


def test_what_is_due_this_instant_is_overdue():
    assert reasons(Place(1, 0, NOON, NOON, 1), NOON)[2].code == "overdue"


times = st.sampled_from([NOON + timedelta(minutes=m) for m in (-90, -1, 0, 1, 90)])
places = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([0, -2, -3]), st.none() | times, times), max_size=9
)


def _model(cast):
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        return log_incident(
            person=cast.acme.big.contact,
            incident=NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.MINOR,
                product=cast.acme.ledger,
                title="It stops",
                description="At night.",
            ),
        )


def _in_sql_order(model, rows):
    clock = model.due_clock_id
    with acting(tenant_id=model.tenant_id, account_id=EVERY_ACCOUNT), transaction.atomic():
        for number, (severity, plan_order, due_at, created_at) in enumerate(rows, start=100):
            model.pk, model.number, model.reference = None, number, f"BIG-{number}"
            model.severity, model.plan_order = severity, plan_order
            model.due_at, model.due_clock_id = due_at, clock if due_at else None
            model.created_at = created_at
            model.save(force_insert=True)
        ordered = Incident.objects.filter(number__gte=100).in_queue_order()
        found = [Place(i.severity, i.plan_order, i.due_at, i.created_at, i.pk) for i in ordered]
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_sql_gives_the_table_the_same_order(cast):
    rows = [place[:4] for place in _table()]
    assert [place[:4] for place in _in_sql_order(_model(cast), reversed(rows))] == rows


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=places)
def test_sql_and_python_agree_on_any_rows(cast, rows):
    found = _in_sql_order(_model(cast), rows)
    assert len(found) == len(rows)
    assert found == sorted(found, key=sort_key)


@given(rows=places)
def test_no_plan_lifts_an_incident_over_a_more_severe_one(rows):
    ordered = sorted((Place(*row, id=number) for number, row in enumerate(rows)), key=sort_key)
    assert [place.severity for place in ordered] == sorted(place.severity for place in ordered)


@pytest.mark.django_db
def test_the_page_names_the_ranks_that_a_new_tenant_has(cast):
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        ranks = dict(Plan.objects.values_list("name", "rank"))
    assert ranks == {"Xtreme": 1, "Xtreme Premium": 2, "Xtreme Elite": 3}
