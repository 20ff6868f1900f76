"""Editing the ladder of alerts. After each edit the running clocks of the tenant are planned anew."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import rules
from incidents.clocks.counting import BREACH
from incidents.enums import Audience
from incidents.models import AlertStep, Replanning
from plans.enums import Severity
from plans.memory import forget
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.core.waking import wake_after_commit
from portal.identity.models import Membership

_REPLAN = "incidents.tasks.replan_alerts"


@transaction.atomic
def add_step(
    *,
    actor: Membership,
    percent: int,
    severities: Sequence[int],
    audiences: Sequence[str],
    at: datetime | None = None,
) -> AlertStep:
    """Tell people at another percent of the time. Clocks that have passed it already are not alerted.

    :raises NotAllowed: for all but administrators. :raises Refused: there is such a step, nobody is told, or
        the customer is to be told of something else than the breach.
    """
    _check_right(actor)
    _check(percent, severities, audiences)
    step = AlertStep(
        tenant_id=actor.tenant_id,
        percent=percent,
        severities=sorted(severities),
        audiences=list(audiences),
        since=at or timezone.now(),
    )
    _save(step)
    record(step, "added", actor, internal=True, at=at, **_said(step))
    _edited(actor.tenant_id)
    return step


@transaction.atomic
def change_step(
    *,
    actor: Membership,
    step: AlertStep,
    percent: int,
    severities: Sequence[int],
    audiences: Sequence[str],
    at: datetime | None = None,
) -> AlertStep:
    """Tell other people, at another percent or for other severities.

    The breach stays at 100 % and is for every severity; who is told of it can be changed.

    :raises NotAllowed: for all but administrators. :raises Refused: as for a new step.
    """
    _check_right(actor)
    step = AlertStep.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=step.pk)
    if step.percent == BREACH and (percent != BREACH or set(severities) != set(Severity.values)):
        raise Refused(_("The breach is at 100 % and for every severity."), field="percent")
    _check(percent, severities, audiences)
    was = _said(step)
    if step.percent != percent or set(severities) - set(step.severities):
        step.since = at or timezone.now()
    step.percent, step.severities, step.audiences = percent, sorted(severities), list(audiences)
    if was != _said(step):
        _save(step)
        record(step, "edited", actor, internal=True, at=at, was=was, now=_said(step))
        _edited(actor.tenant_id)
    return step


@transaction.atomic
def remove_step(*, actor: Membership, step: AlertStep, at: datetime | None = None) -> None:
    """Nobody is told at this percent any more.

    :raises NotAllowed: for all but administrators. :raises Refused: it is the breach.
    """
    _check_right(actor)
    step = AlertStep.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=step.pk)
    if step.percent == BREACH:
        raise Refused(_("The breach can't be removed: a broken promise is always told."), code="breach")
    record(step, "removed", actor, internal=True, at=at, **_said(step))
    step.delete()
    _edited(actor.tenant_id)


def _check_right(actor: Membership) -> None:
    if not rules.edits_ladder(actor):
        raise NotAllowed(_("Only an administrator edits the ladder of alerts."))


def _check(percent: int, severities: Sequence[int], audiences: Sequence[str]) -> None:
    if not severities:
        raise Refused(_("Choose a severity at least."), field="severities")
    if not audiences:
        raise Refused(_("Choose who is told."), field="audiences")
    if Audience.CUSTOMER in audiences and percent != BREACH:
        raise Refused(_("The customer is told of the breach only, at 100 %."), field="audiences")


def _save(step: AlertStep) -> None:
    try:
        with transaction.atomic():
            step.save()
    except IntegrityError:
        raise Refused(
            _("There is a step at %(percent)s %% already. Change that one.") % {"percent": step.percent},
            code="taken",
            field="percent",
        ) from None


def _said(step: AlertStep) -> dict[str, object]:
    return {"percent": step.percent, "severities": step.severities, "audiences": step.audiences}


def _edited(tenant_id: int) -> None:
    """From the next transaction on the ladder is the new one; clocks that run are planned by it anew, at
    once or within the minute."""
    forget(tenant_id)
    Replanning.objects.update_or_create(tenant_id=tenant_id, defaults={"after_clock_id": 0})
    wake_after_commit(_REPLAN)
