"""Promises that came to an end as they do: logged, and answered some hours later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.actions import NewIncident, log_incident, reply
from incidents.enums import Kind
from incidents.models import Score
from plans.actions import set_target, start_draft
from plans.enums import Severity, TargetKind, Unit
from plans.models import Edition, Plan
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast, House


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def score(cast: Cast) -> Callable[..., Score]:
    """``score(contact, hours=0.75)``: how the first response of an incident ended that was answered then.

    Within three quarters of an hour it is kept in every plan, and after three weeks in none.
    """

    def make(
        contact: Membership,
        *,
        hours: float = 0.75,
        days_ago: float = 30,
        severity: Severity = Severity.MAJOR,
    ) -> Score:
        house = cast.acme if contact.tenant_id == cast.acme.tenant.pk else cast.rival
        at = timezone.now() - timedelta(days=days_ago)
        with acting(tenant_id=contact.tenant_id, account_id=EVERY_ACCOUNT):
            incident = log_incident(
                person=contact,
                incident=NewIncident(
                    kind=Kind.DEFECT,
                    severity=severity,
                    product=house.ledger,
                    title="Posting run stops",
                    description="At step 4.",
                ),
                at=at,
            )
            reply(person=house.agent, incident=incident, body="We look.", at=at + timedelta(hours=hours))
            return Score.objects.get(tenant_id=contact.tenant_id, incident=incident)

    return make


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run the work themselves."""
    monkeypatch.setattr("portal.core.waking.send", lambda task: None)


@pytest.fixture
def draft(house: House, acting_in: Callable[..., Any]) -> Edition:
    """For severity 2: half an hour that passes by the clock, in every plan."""
    with acting_in(house.tenant):
        made = start_draft(tenant=house.tenant, actor=house.admin)
        promise(house, made)
    return made


def promise(house: House, edition: Edition, minutes: int = 30) -> None:
    for plan in Plan.objects.filter(tenant=house.tenant):
        set_target(
            edition=edition,
            actor=house.admin,
            kind=TargetKind.FIRST_RESPONSE,
            severity=2,
            plan=plan,
            minutes=minutes,
            unit=Unit.ELAPSED_MINUTES,
        )
