"""The rotas: putting somebody on duty, and taking them off again."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import rules
from incidents.duty import overlapping
from incidents.enums import DutyKind
from incidents.models import Duty
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.core.ui.formatting import formats
from portal.identity.models import Membership, Team


@transaction.atomic
def add_duty(
    *,
    actor: Membership,
    kind: str,
    person: Membership,
    starts_at: datetime,
    ends_at: datetime,
    team: Team | None = None,
    at: datetime | None = None,
) -> Duty:
    """Put somebody on duty for a time; on call without a team means for all teams.

    :raises NotAllowed: for agents. :raises Refused: the time is over or upside down, somebody else has it,
        the person can't work incidents, or a team is given for the duty manager.
    """
    _check_right(actor)
    at = at or timezone.now()
    if person.tenant_id != actor.tenant_id or not rules.may_be_assigned(person):
        raise Refused(_("%(name)s can't be on duty.") % {"name": person.name}, field="person")
    if kind == DutyKind.DUTY_MANAGER and team is not None:
        raise Refused(_("The duty manager is there for all teams. Leave the team empty."), field="team")
    if ends_at <= starts_at:
        raise Refused(_("This has to be after the beginning."), field="ends_at")
    if ends_at <= at:
        raise Refused(_("This time has passed already."), field="ends_at")
    duty = Duty(
        tenant_id=actor.tenant_id, kind=kind, team=team, person=person, starts_at=starts_at, ends_at=ends_at
    )
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError:
        raise _taken(duty) from None
    record(duty, "added", actor, internal=True, at=at, **_said(duty))
    return duty


@transaction.atomic
def remove_duty(*, actor: Membership, duty: Duty, at: datetime | None = None) -> None:
    """Take a duty that still comes off the rota; one that has begun ends now.

    :raises NotAllowed: for agents. :raises Refused: it is over.
    """
    _check_right(actor)
    at = at or timezone.now()
    duty = Duty.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=duty.pk)
    if duty.ends_at <= at:
        raise Refused(_("This duty is over."), code="over")
    record(duty, "removed", actor, internal=True, at=at, **_said(duty))
    if duty.starts_at < at:
        duty.ends_at = at
        duty.save(update_fields=["ends_at"])
    else:
        duty.delete()


def _check_right(actor: Membership) -> None:
    if not rules.runs_rota(actor):
        raise NotAllowed(_("A team lead or an administrator sets who is on duty."))


def _taken(duty: Duty) -> Refused:
    other = overlapping(duty.tenant_id, duty.kind, duty.team_id, duty.starts_at, duty.ends_at)
    if other is None:
        return Refused(_("Somebody else is on duty at this time."), code="taken", field="starts_at")
    form = formats()
    return Refused(
        _("%(name)s is on duty from %(start)s to %(end)s.")
        % {
            "name": other.person.name,
            "start": form.full(other.starts_at),
            "end": form.full(other.ends_at),
        },
        code="taken",
        field="starts_at",
    )


def _said(duty: Duty) -> dict[str, object]:
    return {
        "duty": duty.kind,
        "team": duty.team_id,
        "person": duty.person_id,
        "starts_at": duty.starts_at.isoformat(),
        "ends_at": duty.ends_at.isoformat(),
    }
