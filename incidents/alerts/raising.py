"""What a clock has come to: the steps that it has newly passed, and when the next one alerts. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from incidents.clocks.counting import BREACH, Mark
from incidents.clocks.ladder import Step, steps_above, upcoming
from incidents.enums import Audience
from incidents.models import Alert, Clock, Incident

LATE = timedelta(minutes=1)
"""What is seen so long after its time was missed by the sweep, and is marked as late."""


class Passed(NamedTuple):
    """A step that the clock has passed, and when."""

    step: Step
    at: datetime


class Raised(NamedTuple):
    """What a clock has come to by ``now``. ``passed`` are the steps that nobody was told of yet."""

    clock: Clock
    incident: Incident
    passed: Sequence[Passed]
    next_at: datetime | None
    now: datetime

    @property
    def percent(self) -> int:
        """The highest step: it tells, and those below are folded into it."""
        return self.passed[-1].step.percent

    @property
    def breached(self) -> bool:
        return any(passed.step.percent == BREACH for passed in self.passed)

    @property
    def late(self) -> bool:
        return _is_late(self.passed[-1].at, self.now)

    @property
    def audiences(self) -> frozenset[str]:
        """Whoever one of the steps tells."""
        return frozenset(audience for passed in self.passed for audience in passed.step.audiences)

    @property
    def tells_customer(self) -> bool:
        return Audience.CUSTOMER in self.audiences

    def rows(self) -> list[Alert]:
        return [
            Alert(
                tenant_id=self.clock.tenant_id,
                account_id=self.clock.account_id,
                clock=self.clock,
                percent=passed.step.percent,
                due_at=passed.at,
                raised_at=self.now,
                late=_is_late(passed.at, self.now),
                folded=passed.step.percent != self.percent,
            )
            for passed in self.passed
        ]


def _is_late(at: datetime, now: datetime) -> bool:
    return now - at > LATE


def raise_alerts(
    clock: Clock, incident: Incident, marks: Sequence[Mark], ladder: Sequence[Step], now: datetime
) -> Raised:
    """Work out where a running clock stands on the ladder."""
    passed: list[Passed] = []
    for step, at in upcoming(steps_above(ladder, incident.severity, clock.alerted), clock.started_at, marks):
        if at > now:
            return Raised(clock, incident, passed, at, now)
        passed.append(Passed(step, at))
    return Raised(clock, incident, passed, None, now)


def default_commitment(clock: Clock, marks: Sequence[Mark], now: datetime) -> datetime:
    """Half of the target's time again after the due time, in the clock's own hours.

    Where the breach is seen late, from then on: nobody is promised a time that is over.
    """
    rule = marks[-1].rule
    since = now if _is_late(clock.due_at, now) else clock.due_at
    return rule.after(since, rule.target / 2)
