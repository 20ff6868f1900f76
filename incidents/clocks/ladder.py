"""The ladder of a tenant: at which share of a target's time whom to tell."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from incidents.clocks.counting import BREACH, Mark, step_at
from incidents.enums import Audience
from incidents.models import AlertStep
from plans.enums import Severity
from plans.memory import remembered
from portal.identity.models import Membership, Tenant


class Step(NamedTuple):
    percent: int
    severities: tuple[int, ...]
    audiences: tuple[str, ...]
    since: datetime | None = None
    """A clock that had passed the step by then is not alerted."""


_ANY = tuple(Severity.values)
DEFAULT = (
    Step(50, _ANY, (Audience.ASSIGNEE,)),
    Step(75, _ANY, (Audience.ASSIGNEE, Audience.LEAD)),
    Step(90, (Severity.CRITICAL,), (Audience.ASSIGNEE, Audience.LEAD, Audience.ON_CALL)),
    Step(BREACH, _ANY, (Audience.LEAD, Audience.CSM, Audience.CUSTOMER)),
    Step(150, _ANY, (Audience.DUTY_MANAGER,)),
)
"""What a new tenant starts with."""


def furnish_ladder(tenant: Tenant, _admin: Membership) -> None:
    AlertStep.objects.bulk_create(
        AlertStep(
            tenant=tenant,
            percent=step.percent,
            severities=list(step.severities),
            audiences=list(step.audiences),
        )
        for step in DEFAULT
    )


def steps_of(tenant_id: int) -> list[AlertStep]:
    """The steps from low to high, as rows."""
    return list(AlertStep.objects.filter(tenant_id=tenant_id).order_by("percent"))


@remembered
def ladder_of(tenant_id: int) -> tuple[Step, ...]:
    """The steps from low to high."""
    return tuple(
        Step(row.percent, tuple(row.severities), tuple(row.audiences), row.since)
        for row in steps_of(tenant_id)
    )


def steps_above(ladder: Sequence[Step], severity: int, percent: int) -> list[Step]:
    """The steps for a severity above so many percent."""
    return [step for step in ladder if step.percent > percent and severity in step.severities]


def upcoming(
    steps: Sequence[Step], start: datetime, marks: Sequence[Mark]
) -> Iterator[tuple[Step, datetime]]:
    """Those of the steps that alert for a clock, each with its time, from low to high."""
    for step in steps:
        at = step_at(start, marks, step.percent)
        if step.since is None or at >= step.since:
            yield step, at
