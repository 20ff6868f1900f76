"""What every change of an incident shares: the lock, the check for a stale form, the save, and who hears."""

from datetime import datetime

from django.utils import timezone

from incidents.clocks.keeping import Clocks
from incidents.enums import State
from incidents.hooks import Change, tell_changed
from incidents.models import Incident
from incidents.ranks import plan_order_now
from portal.core.errors import check_revision
from portal.core.history import record
from portal.identity.models import Membership

CHANGING = (
    "state", "severity", "assignee", "team", "due_at", "due_clock", "waiting_since", "resolved_at",
    "closed_at", "resolution", "plan_order", "coverage_check", "contract_line", "upgrade", "plan",
    "edition", "edition_in_force", "time_zone", "holiday_region", "last_activity_at", "revision",
)  # fmt: skip


def locked(incident: Incident, *, revision: int | None = None) -> Incident:
    """The row as it is now, held until the transaction ends. Its keys stay free for others to refer to.

    :param revision: the one that the person's form was made from.
    :raises Conflict: the incident has changed since then.
    """
    tenant = incident.tenant
    row = Incident.objects.select_for_update(no_key=True).get(tenant_id=incident.tenant_id, pk=incident.pk)
    row.tenant = tenant
    check_revision(row, revision)
    return row


def saved(
    incident: Incident,
    *,
    at: datetime | None = None,
    change: Change | None = None,
    changed_at: datetime | None = None,
) -> Incident:
    """Write what actions may change, and count the revision up.

    :param at: of the last activity; ``changed_at`` where the change has another time.
    :param change: what webhooks are told was done; nothing, where no contact may know.
    """
    incident.last_activity_at = at or timezone.now()
    incident.revision += 1
    incident.save(update_fields=CHANGING)
    if change is not None:
        tell_changed(incident, change, at=changed_at or incident.last_activity_at)
    return incident


def reopened(
    incident: Incident, person: Membership | None, clocks: Clocks, *, at: datetime, reason: str = ""
) -> None:
    """Back to work: an answer is due again."""
    before = incident.state
    incident.state = State.OPEN
    incident.plan_order = plan_order_now(incident)
    incident.resolved_at = incident.closed_at = incident.waiting_since = None
    clocks.reopened()
    record(incident, "reopened", person, at=at, before=before, after=State.OPEN, reason=reason)
