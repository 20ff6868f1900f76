"""Incidents of the small customer of Acme (Xtreme, in Berlin) in the first weeks of March 2026."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from entitlements.models import Contract
from incidents import actions
from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Clock, Incident, Message, Score
from plans.actions.editions import publish_draft, start_draft
from plans.enums import Severity
from plans.models import Plan, Target
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import Cast

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """``Mon 2 Mar 16:00`` of 2026 in Berlin; the weekday has to be right."""
    local = datetime.strptime(f"{text} 2026", "%a %d %b %H:%M %Y").replace(tzinfo=BERLIN)
    assert f"{local:%a}" == text[:3], f"{text} is a {local:%A}"
    return local


@pytest.fixture
def here(cast: Cast) -> Any:
    """The whole test acts for Acme's staff, under contracts that cover all of 2026."""
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        Contract.objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        yield


@pytest.fixture
def promise(cast: Cast, here: None) -> Callable[..., None]:
    """``promise("update", {2: 300})``: a new edition that promises so many minutes by severity, to Xtreme."""

    def publish(kind: str, minutes: dict[int, int], plan: str = "xtreme") -> None:
        admin = cast.acme.admin
        draft = start_draft(tenant=cast.acme.tenant, actor=admin)
        for severity, amount in minutes.items():
            Target.objects.create(
                tenant=cast.acme.tenant,
                edition=draft,
                kind=kind,
                severity=severity,
                plan=Plan.objects.get(tenant=cast.acme.tenant, code=plan),
                minutes=amount,
            )
        publish_draft(edition=draft, actor=admin, effective_at=timezone.now(), note="")

    return publish


class Story:
    """One incident and what its people do to it, each at a time."""

    def __init__(self, cast: Cast) -> None:
        self.house, self.company = cast.acme, cast.acme.small
        self.incident: Incident

    def log(self, when: str, severity: int, **fields: Any) -> Incident:
        new = NewIncident(
            kind=Kind.DEFECT,
            severity=Severity(severity),
            product=self.house.ledger,
            title="Posting run stops",
            description="At step 4.",
            **fields,
        )
        self.incident = log_incident(person=self.company.contact, incident=new, at=at(when))
        return self.incident

    def answer(self, when: str, *, waiting: bool = False, **fields: Any) -> None:
        actions.reply(
            person=self.house.agent,
            incident=self.incident,
            body="A word",
            waiting=waiting,
            at=at(when),
            **fields,
        )

    def call(self, when: str, *, noted: str = "", **fields: Any) -> Message:
        return actions.log_call(
            person=self.house.agent,
            incident=self.incident,
            body="We spoke",
            called_at=at(when),
            at=at(noted or when),
            **fields,
        )

    def note(self, when: str) -> None:
        actions.add_note(person=self.house.agent, incident=self.incident, body="A note", at=at(when))

    def write(self, when: str) -> None:
        actions.reply(person=self.company.contact, incident=self.incident, body="A word", at=at(when))

    def severity(self, when: str, severity: int) -> None:
        actions.change_severity(
            person=self.house.agent, incident=self.incident, severity=severity, reason="So it is", at=at(when)
        )

    def resolve(self, when: str) -> None:
        actions.resolve(person=self.house.agent, incident=self.incident, resolution="Done", at=at(when))

    def solve(self, when: str) -> None:
        actions.resolve(person=self.company.contact, incident=self.incident, resolution="Gone", at=at(when))

    def reopen(self, when: str) -> None:
        actions.reopen(person=self.company.contact, incident=self.incident, reason="Again", at=at(when))

    def close(self, when: str) -> None:
        actions.close(person=None, incident=self.incident, at=at(when))

    def clock(self, kind: str) -> Clock | None:
        """The latest round of a kind."""
        return Clock.objects.filter(incident=self.incident, kind=kind).order_by("-round").first()

    def stands(self, kind: str) -> tuple[str, str, bool | None]:
        """The latest round of a kind: its state, when it ended or is due, and whether it was kept."""
        clock = self.clock(kind)
        if clock is None:
            return ("none", "", None)
        time = (clock.ended_at or clock.due_at).astimezone(BERLIN)
        score = Score.objects.filter(clock=clock).first()
        return clock.state, f"{time:%a} {time.day} {time:%b %H:%M}", score and score.kept

    def now(self) -> Incident:
        return Incident.objects.get(pk=self.incident.pk)


@pytest.fixture
def story(cast: Cast, here: None) -> Story:
    return Story(cast)
