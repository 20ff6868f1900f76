"""``manage.py check_invariants`` finds nothing in what actions and sweeps write, and each tampered row."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from incidents.actions import NewIncident, link_solution, log_incident
from incidents.alerts.sweep import alert_due
from incidents.enums import Kind
from incidents.invariants import broken_invariants
from knowledge.solutions.actions import say_verdict
from knowledge.solutions.enums import Audience
from plans.enums import Severity
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant
from tests.cast import find_cast, make_cast
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db(transaction=True)

ALERT_TWICE = """
INSERT INTO incidents_alert (tenant_id, account_id, clock_id, percent, due_at, raised_at, late, folded)
SELECT tenant_id, account_id, clock_id, percent, due_at, raised_at, late, folded
  FROM incidents_alert WHERE percent = 100
"""
SCORE_TWICE = """
INSERT INTO incidents_score (tenant_id, account_id, incident_id, clock_id, kind, severity, plan_id,
                             product_id, team_id, kept, due_at, decided_at)
SELECT tenant_id, account_id, incident_id, clock_id, kind, severity, plan_id,
       product_id, team_id, kept, due_at, decided_at FROM incidents_score
"""
ANOTHER_FIRST_RESPONSE = """
INSERT INTO incidents_clock SELECT (jsonb_populate_record(clock, to_jsonb(clock)
       || '{"id": -1, "round": 2, "state": "stopped", "broken": false, "alerted": 0}'
       || jsonb_build_object('ended_at', now(), 'alert_at', null))).* FROM incidents_clock AS clock
"""
STUCK = "UPDATE notifications_delivery SET state = 'sending', due_at = now() - interval '%d minutes'"
DIGEST = """
WITH digest AS (
  INSERT INTO notifications_digest (tenant_id, id, person_id, planned_at, state, due_at, attempts, error)
  SELECT tenant_id, gen_random_uuid(), recipient_id, now(), '%s', now() - interval '%d minutes', 1, ''
    FROM notifications_notification LIMIT 1 RETURNING id
)
UPDATE notifications_delivery SET state = 'gathered', digest_id = (SELECT id FROM digest)
"""


@pytest.fixture
def tenant() -> Tenant:
    """With an incident whose promise was broken and alerted; a solution answers it, and helped."""
    house = (find_cast() or make_cast()).acme
    new = NewIncident(
        kind=Kind.DEFECT, severity=Severity(1), product=house.ledger, title="It stops", description="Now."
    )
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        incident = log_incident(
            person=house.big.contact, incident=new, at=timezone.now() - timedelta(minutes=40)
        )
        solution = making.draft(house.agent, audience=Audience.CUSTOMERS)
        making.publish(house.agent, house.lead, solution)
        link_solution(person=house.agent, incident=incident, solution=solution)
        say_verdict(person=house.big.contact, solution=solution, language="en", helped=True)
    assert alert_due() == 1
    return house.tenant


@pytest.fixture
def loose(as_owner: Callable[[], Any]) -> Iterator[Callable[..., None]]:
    """``loose(table, *constraints)``: without these constraints until the test ends, and what broke them."""
    dropped: list[tuple[str, str, str]] = []

    def drop(table: str, *names: str) -> None:
        with as_owner() as cursor:
            for name in names:
                cursor.execute(
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                    " WHERE conrelid = %s::regclass AND conname = %s",
                    [table, name],
                )
                dropped.append((table, name, cursor.fetchone()[0]))
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    yield drop
    with as_owner() as cursor:
        for table, name, definition in dropped:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _broken(tenant: Tenant) -> dict[str, int]:
    return {name: count for name, count in broken_invariants(tenant).items() if count}


def test_what_actions_and_sweeps_write_breaks_nothing(tenant: Tenant) -> None:
    said = StringIO()
    call_command("check_invariants", stdout=said)
    lines = said.getvalue().splitlines()
    assert len(lines) == 18
    assert [line for line in lines if not line.startswith("      0  ")] == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        (
            "UPDATE incidents_clock SET alert_at = now() - interval '61 seconds'",
            {"steps passed for more than a minute without an alert"},
        ),
        (
            "UPDATE incidents_clock SET broken = false",
            {"promises overdue for more than a minute and not noted as broken"},
        ),
        ("UPDATE incidents_clock SET alerted = 150", {"steps noted as alerted without an alert"}),
        ("TRUNCATE incidents_score CASCADE", {"broken promises without exactly one score"}),
        (
            "UPDATE incidents_clock SET due_at = due_at + interval '1 second'",
            {"due times that differ from their segments", "incidents that don't show their soonest due time"},
        ),
        (
            "UPDATE incidents_incident SET due_at = due_at + interval '1 second'",
            {"incidents that don't show their soonest due time"},
        ),
        (
            "UPDATE incidents_incident SET due_at = NULL, due_clock_id = NULL",
            {"incidents that don't show their soonest due time"},
        ),
        ("UPDATE solutions_solution SET links = 7", {"solutions that count other links than they have"}),
        ("DELETE FROM incidents_solutionlink", {"solutions that count other links than they have"}),
        (
            "UPDATE solutions_solution SET not_helped = not_helped + 1",
            {"solutions that count other verdicts than were given"},
        ),
        (STUCK % 6, {"mails in sending beyond twice their lease"}),
        (STUCK % 4, set()),
        (
            "UPDATE notifications_delivery SET state = 'gathered'",
            {"mails gathered in no digest that is still to leave"},
        ),
        (DIGEST % ("sending", 6), {"mails in sending beyond twice their lease"}),
        (DIGEST % ("queued", 6), set()),
    ],
)
def test_each_tampered_row_is_counted(
    tenant: Tenant, as_owner: Callable[[], Any], statement: str, wrong: set[str]
) -> None:
    with as_owner() as cursor:
        cursor.execute(statement)
    assert _broken(tenant).keys() == wrong


def test_what_constraints_keep_away_is_counted_without_them(
    tenant: Tenant, as_owner: Callable[[], Any], loose: Callable[..., None]
) -> None:
    loose("incidents_alert", "step_alerts_once")
    loose("incidents_score", "clock_is_scored_once")
    loose("incidents_clock", "one_first_response_clock")
    with as_owner() as cursor:
        for statement in (ALERT_TWICE, SCORE_TWICE, ANOTHER_FIRST_RESPONSE):
            cursor.execute(statement)
    assert _broken(tenant) == {
        "steps that alerted twice": 1,
        "broken promises without exactly one score": 1,
        "incidents with several first responses": 1,
    }


def test_the_command_ends_with_an_error_when_one_is_broken(
    tenant: Tenant, as_owner: Callable[[], Any]
) -> None:
    with as_owner() as cursor:
        cursor.execute("TRUNCATE incidents_score CASCADE")
    said = StringIO()
    with pytest.raises(CommandError, match="1 invariants are broken"):
        call_command("check_invariants", stdout=said)
    assert "      1  broken promises without exactly one score" in said.getvalue().splitlines()
