"""The ladder of a tenant: at which share of a target's time whom to tell."""

from collections.abc import Sequence
from typing import NamedTuple

from incidents.clocks.counting import BREACH
from incidents.enums import Audience
from incidents.models import AlertStep
from plans.enums import Severity
from plans.memory import remembered
from portal.identity.models import Membership, Tenant


class Step(NamedTuple):
    percent: int
    severities: tuple[int, ...]
    audiences: tuple[str, ...]


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


@remembered
def ladder_of(tenant_id: int) -> tuple[Step, ...]:
    """The steps from low to high."""
    rows = AlertStep.objects.filter(tenant_id=tenant_id).order_by("percent")
    return tuple(Step(row.percent, tuple(row.severities), tuple(row.audiences)) for row in rows)


def steps_between(ladder: Sequence[Step], severity: int, after: int, until: int = 1000) -> list[Step]:
    """The steps for a severity above ``after`` percent, up to ``until``."""
    return [step for step in ladder if after < step.percent <= until and severity in step.severities]
