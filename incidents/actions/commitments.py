"""What is promised instead of what was not kept."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import events, rules
from incidents.actions.changes import locked, saved
from incidents.clocks.keeping import is_broken, live_clocks
from incidents.enums import UNSOLVED
from incidents.models import Clock, Incident
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def commit_to(
    *,
    person: Membership,
    incident: Incident,
    by: datetime,
    revision: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """After a breach: tell the customer by when they can count on it now.

    Where several promises are broken, it is for the one that was due first.

    :raises NotAllowed: for agents and contacts.
    :raises Refused: the time is not ahead, or nothing that is still owed is broken.
    """
    if not rules.commits(person):
        raise NotAllowed(_("A lead, a success manager or an administrator commits to another time."))
    incident = locked(incident, revision=revision)
    at = at or timezone.now()
    clock = _broken_clock(incident, at)
    if clock is None:
        raise Refused(
            _("No promise of %(reference)s is broken and still open.") % {"reference": incident.reference},
            code="nothing_broken",
        )
    if by <= at:
        raise Refused(_("This time has passed. Choose one that is ahead."), code="not_ahead", field="by")
    before, clock.commitment_at = clock.commitment_at, by
    clock.save(update_fields=["commitment_at"])
    told: dict[str, Any] = {
        "promise": clock.kind,
        "due_at": clock.due_at.isoformat(),
        "commitment_at": by.isoformat(),
    }
    record(incident, "committed", person, at=at, before=before and before.isoformat(), **told)
    saved(incident, at=at)
    events.tell(
        incident,
        "committed",
        f"revision:{incident.revision}",
        events.contacts_of(incident),
        actor=person,
        at=at,
        clock=clock.pk,
        **told,
    )
    return incident


def _broken_clock(incident: Incident, at: datetime) -> Clock | None:
    if incident.state not in UNSOLVED:
        return None
    broken = [clock for clock in live_clocks(incident) if is_broken(clock, at)]
    return min(broken, key=lambda clock: clock.due_at, default=None)
