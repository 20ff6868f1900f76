"""Incidents whose promise is due at a given time, and what came of it: what is lost, what is twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Alert, Clock, Incident, Score
from notifications.models import Delivery, Notification
from plans.enums import Severity
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from tests.cast import House

TARGET = timedelta(minutes=30)
"""Elite's first response at severity 1, around the clock."""
STEPS = (50, 75, 90, 100)
"""What such a clock has passed when it is due; the last one tells for all of them."""


class Verdict(NamedTuple):
    """What should be there and isn't, and what is there without having to be, by kind of row."""

    lost: dict[str, int]
    twice: dict[str, int]


ONCE = Verdict({}, {})


def inside(house: House) -> Any:
    return acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT)


def log_due(house: House, count: int, due_at: datetime) -> list[int]:
    """So many incidents that nobody answers, all due at the same instant; no sweep looks at them before."""
    new = NewIncident(
        kind=Kind.DEFECT,
        severity=Severity(1),
        product=house.ledger,
        title="Posting stops",
        description="It stops at company 3.",
    )
    with inside(house):
        logged = [
            log_incident(person=house.big.contact, incident=new, at=due_at - TARGET).pk for _ in range(count)
        ]
        clocks = Clock.objects.filter(incident__in=logged)
        assert list(clocks.values_list("kind", "due_at")) == [("first_response", due_at)] * count
        clocks.update(alert_at=due_at)
    return logged


def verdict(house: House, logged: Sequence[int], due_at: datetime) -> Verdict:
    """Compare what the rules say has to be there with all that is there."""
    with inside(house):
        found = Counter(_found(logged))
        expected = Counter(_expected(house, logged, due_at))
    return Verdict(_by_kind(expected - found), _by_kind(found - expected))


def _by_kind(rows: Counter[tuple[Any, ...]]) -> dict[str, int]:
    kinds: Counter[str] = Counter()
    for row, count in rows.items():
        kinds[row[0]] += count
    return dict(kinds)


def _expected(house: House, logged: Sequence[int], due_at: datetime) -> Iterable[tuple[Any, ...]]:
    staff = (house.lead, house.agent, house.other_agent)  # nobody has it: the team, by the step of 50 percent
    told = [("incidents.breached", person.pk) for person in staff]
    told.append(("incidents.missed", house.big.contact.pk))
    for pk, reference in Incident.objects.filter(pk__in=logged).values_list("pk", "reference"):
        for percent in STEPS:
            reached = due_at - TARGET + TARGET * percent / 100
            yield "alert", pk, percent, reached, percent != STEPS[-1]
        yield "score", pk, False, due_at
        yield "line", pk
        for kind, person in told:
            yield "notification", reference, kind, person
            yield "mail", reference, kind, person


def _found(logged: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    alerts = Alert.objects.filter(clock__incident__in=logged)
    for row in alerts.values_list("clock__incident", "percent", "due_at", "folded"):
        yield "alert", *row
    for row in Score.objects.filter(incident__in=logged).values_list("incident", "kept", "due_at"):
        yield "score", *row
    lines = HistoryEntry.objects.filter(subject_type="incident", subject_id__in=logged, verb="breached")
    for pk in lines.values_list("subject_id", flat=True):
        yield "line", pk
    references = list(Incident.objects.filter(pk__in=logged).values_list("reference", flat=True))
    clocks = ("incidents.due", "incidents.breached", "incidents.late", "incidents.missed")
    told = Notification.objects.filter(kind__in=clocks, data__reference__in=references)
    for row in told.values_list("data__reference", "kind", "recipient"):
        yield "notification", *row
    mails = Delivery.objects.filter(notification__in=told)
    for row in mails.values_list(
        "notification__data__reference", "notification__kind", "notification__recipient"
    ):
        yield "mail", *row
