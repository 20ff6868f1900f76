"""What every change of an incident shares: the lock, the check for a stale form, the save."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.enums import State
from incidents.models import Incident
from portal.core.errors import Conflict
from portal.core.history import record
from portal.identity.models import Membership

CHANGING = (
    "state", "severity", "assignee", "team", "first_responded_at", "first_response_from",
    "first_response_due_at", "due_at",
    "waiting_since", "resolved_at", "closed_at", "resolution", "plan_order", "coverage_check",
    "contract_line", "edition", "calendar", "time_zone", "holiday_region", "last_activity_at", "revision",
)  # fmt: skip


def locked(incident: Incident, *, revision: int | None = None) -> Incident:
    """The row as it is now, held until the transaction ends.

    :param revision: the one that the person's form was made from.
    :raises Conflict: the incident has changed since then.
    """
    tenant = incident.tenant
    row = Incident.objects.select_for_update(of=("self",)).get(tenant_id=incident.tenant_id, pk=incident.pk)
    row.tenant = tenant
    if revision is not None and row.revision != revision:
        raise Conflict(
            _("%(reference)s was changed meanwhile. Look at it as it is now, then decide again.")
            % {"reference": row.reference},
            code="stale",
        )
    return row


def saved(incident: Incident, *, at: datetime | None = None) -> Incident:
    """Write what actions may change, and count the revision up."""
    incident.last_activity_at = at or timezone.now()
    incident.revision += 1
    incident.save(update_fields=CHANGING)
    return incident


def reopened(incident: Incident, person: Membership | None, *, at: datetime, reason: str = "") -> None:
    """Back to work. The first response stays as it was met or missed."""
    before = incident.state
    incident.state = State.OPEN
    incident.resolved_at = incident.closed_at = incident.waiting_since = None
    if incident.first_responded_at is None:
        incident.due_at = incident.first_response_due_at
    record(incident, "reopened", person, at=at, before=before, after=State.OPEN, reason=reason)
