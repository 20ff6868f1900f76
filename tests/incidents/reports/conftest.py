"""Promises that came to an end, as scores: each with an incident and a clock of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.actions import NewIncident, log_incident
from incidents.enums import ClockState, Kind
from incidents.models import Clock, Incident, Score
from plans.enums import Severity, TargetKind
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast, House


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def score(cast: Cast) -> Callable[..., Score]:
    """``score(contact, kept=False, days_ago=3)``: what is promised to the contact, and how that ended.

    A broken promise is answered ``late`` after its time, or not at all.
    """

    def make(
        contact: Membership,
        *,
        kept: bool = True,
        days_ago: float = 1,
        decided_at: datetime | None = None,
        kind: TargetKind = TargetKind.FIRST_RESPONSE,
        late: timedelta | None = None,
        title: str = "Posting run stops",
        **fields: Any,
    ) -> Score:
        house = cast.acme if contact.tenant_id == cast.acme.tenant.pk else cast.rival
        decided = decided_at or timezone.now() - timedelta(days=days_ago)
        due = decided + timedelta(hours=1) if kept else decided
        ended = decided if kept else (due + late if late else None)
        with acting(tenant_id=contact.tenant_id, account_id=EVERY_ACCOUNT):
            incident = log_incident(
                person=contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=Severity.MAJOR,
                    product=house.ledger,
                    title=title,
                    description="At step 4.",
                ),
            )
            clock, _made = Clock.objects.update_or_create(
                tenant_id=contact.tenant_id,
                account_id=contact.account_id,
                incident=incident,
                kind=kind,
                round=1,
                defaults={
                    "state": ClockState.MET if ended else ClockState.RUNNING,
                    "started_at": due - timedelta(hours=4),
                    "due_at": due,
                    "ended_at": ended,
                    "alert_at": None,
                    "broken": not kept,
                    "minutes": 240,
                },
            )
            if ended:
                Incident.objects.filter(pk=incident.pk).update(due_at=None, due_clock=None)
            given = {
                "severity": 2,
                "plan_id": incident.plan_id,
                "product_id": incident.product_id,
                "team_id": house.team.pk,
                **fields,
            }
            return Score.objects.create(
                tenant_id=contact.tenant_id,
                account_id=contact.account_id,
                incident=incident,
                clock=clock,
                kind=kind,
                kept=kept,
                due_at=due,
                decided_at=decided,
                **given,
            )

    return make
