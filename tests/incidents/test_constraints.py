"""What the database itself refuses of incidents and their alerts, tried for each named constraint.

Clocks, segments and scores are tried in ``clocks/test_constraints.py``.
"""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from entitlements.actions import upgrade_contract
from incidents.actions import NewIncident, link_solution, log_incident
from incidents.enums import Audience, DutyKind, Fared, Kind, RehearsalState, State
from incidents.models import (
    AgentProduct,
    Alert,
    AlertStep,
    Attachment,
    Clock,
    ClockSegment,
    Duty,
    Follower,
    Message,
    Rehearsal,
    RehearsedPromise,
    Replanning,
    Score,
    TeamProduct,
)
from knowledge.solutions.actions import Words, draft_solution
from plans.enums import Severity
from plans.models import Edition, Plan
from tests.constraints import Constraints, models_of

pytestmark = pytest.mark.django_db

OF_CLOCKS = {Clock, ClockSegment, Score}
CONSTRAINTS = Constraints(
    [model for model in models_of("incidents") if model not in OF_CLOCKS],
    {
        "reference_once_per_tenant": {"number": 9},
        "incident_severity_1_to_4": [{"severity": 0}, {"severity": 5}],
        "incident_is_covered_or_checked": [
            {"contract_line": None},
            {"plan": None},
            {"edition": None},
            {"edition_in_force": None},
        ],
        "due_time_is_of_a_clock": [{"due_clock": None}, {"due_at": None}],
        "resolved_incident_has_its_time": [{"state": State.RESOLVED}, {"state": State.CLOSED}],
        "only_staff_write_internal_notes": {"by_staff": False, "internal": True},
        "follows_once": {},
        "team_product_once": {"position": 9},
        "agent_product_once": {},
        "duty_ends_after_its_start": {"ends_at": F("starts_at")},
        "duty_manager_is_of_no_team": {"kind": DutyKind.DUTY_MANAGER},
        "one_on_duty_at_a_time": {"ends_at": lambda: timezone.now() + timedelta(hours=1)},
        "alert_step_once": {},
        "alert_step_1_to_1000_percent": [{"percent": 0}, {"percent": 1001}],
        "breach_step_is_for_every_severity": {"percent": 100, "severities": [1, 2, 3]},
        "customer_is_told_of_the_breach": {"percent": 60, "audiences": [Audience.CUSTOMER]},
        "replanned_once_at_a_time": {"after_clock_id": 9},
        "step_alerts_once": {"late": True},
        "incidents_alert_account_in_tenant": {"percent": 60},
        "one_rehearsal_at_a_time": {"done": 9},
        "ended_rehearsal_has_its_time": [
            {"state": RehearsalState.DONE},
            {"finished_at": lambda: timezone.now()},
        ],
        "rehearsed_once": {"fared": Fared.BETTER},
        "rehearsed_promise_has_its_time": [{"draft_due_at": None}, {"fared": Fared.NOTHING}],
        "rehearsed_severity_1_to_4": [{"severity": 0}, {"severity": 5}],
        "solution_linked_once": {},
    },
)


@pytest.fixture
def rows(cast, acting_in):
    """A row of each table: of incidents one of either account, then another of the first."""
    house, big = cast.acme, cast.acme.big
    with acting_in(cast.rival.tenant):
        _rehearsal(cast.rival)
        _solution(cast.rival)
    tenant, now = {"tenant": house.tenant}, timezone.now()
    with acting_in(house.tenant):
        for company in (house.small, big):
            incident = log_incident(
                person=company.contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=Severity.MAJOR,
                    product=house.ledger,
                    title="Posting run stops",
                    description="At step 4.",
                ),
            )
            of_incident = {**tenant, "account": company.account, "incident": incident}
            message = Message.objects.create(**of_incident, author=house.agent, by_staff=True, body="A word")
            Attachment.objects.create(
                **of_incident, message=message, uploaded_by=house.agent, size=1, path=company.account.key
            )
            Follower.objects.create(**of_incident, person=company.colleague)
        clock = Clock.objects.latest("pk")
        Alert.objects.create(**tenant, account=clock.account, clock=clock, percent=50, due_at=now)
        AlertStep.objects.create(**tenant, percent=42, severities=[1], audiences=[Audience.LEAD])
        Replanning.objects.create(**tenant)
        rehearsal = _rehearsal(house)
        RehearsedPromise.objects.create(
            **of_incident,
            rehearsal=rehearsal,
            score=_score(clock),
            kind=clock.kind,
            severity=2,
            fared=Fared.WORSE,
            due_at=now,
            draft_due_at=now,
        )
        link_solution(person=house.agent, incident=incident, solution=_solution(house))
        TeamProduct.objects.create(**tenant, team=house.team, product=house.ledger)
        AgentProduct.objects.create(**tenant, person=house.agent, product=house.ledger)
        upgrade_contract(
            contract=house.small.contract,
            plan=Plan.objects.get(code="elite"),
            starts_on=house.small.contract.ends_on,
            actor=house.admin,
        )
        Duty.objects.create(
            **tenant,
            kind=DutyKind.ON_CALL,
            team=house.team,
            person=house.agent,
            starts_at=now,
            ends_at=now + timedelta(days=7),
        )
        yield


def _solution(house):
    return draft_solution(person=house.agent, language="en", words=Words(title="Posting stops"))


def _rehearsal(house):
    now = timezone.now()
    return Rehearsal.objects.create(
        tenant=house.tenant,
        edition=Edition.objects.filter(tenant=house.tenant).latest("pk"),
        edited_id=1,
        started_by=house.admin,
        started_at=now,
        since=now - timedelta(days=90),
    )


def _score(clock):
    """Of the other account, which a composite key could be broken with, there is one too."""
    for other in (*Clock.objects.exclude(pk=clock.pk).order_by("-pk")[:1], clock):
        score = Score.objects.create(
            tenant=clock.tenant,
            account_id=other.account_id,
            incident_id=other.incident_id,
            clock=other,
            kind=other.kind,
            severity=2,
            product_id=other.incident.product_id,
            kept=False,
            due_at=other.due_at,
            decided_at=other.due_at,
        )
    return score


@pytest.mark.parametrize("name", CONSTRAINTS.names)
def test_the_database_refuses(cast, rows, name):
    CONSTRAINTS.refuses(name, cast)


def test_none_is_left_out():
    assert CONSTRAINTS.without_a_try() == set()
