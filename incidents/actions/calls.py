"""Phone calls with the customer: spoken first, noted afterwards, and a response from the time of the call."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import events, rules
from incidents.actions.changes import locked, saved
from incidents.actions.conversation import check_body, check_open, excerpt_of, staff_answered, write_message
from incidents.clocks.keeping import Clocks
from incidents.enums import Channel, SegmentReason
from incidents.hooks import Change
from incidents.models import ClockSegment, Incident, Message
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership
from portal.identity.submissions import fingerprint, first_arrival, remember

NOTED_WITHIN = timedelta(hours=24)


@transaction.atomic
def log_call(
    *,
    person: Membership,
    incident: Incident,
    body: str,
    called_at: datetime,
    waiting: bool = False,
    key: str = "",
    at: datetime | None = None,
) -> Message:
    """A call with the customer as a public message of its time: a response to what was due then.

    What the customer has asked since then stays unanswered, and what was broken before the call was noted
    stays broken. Waiting begins when the call is noted: only then can the customer read what is needed.

    :raises NotAllowed: for contacts.
    :raises Refused: an empty message, a closed incident, or a time at which it can't have been.
    """
    if not rules.works_incidents(person):
        raise NotAllowed(_("Only support staff log calls."))
    check_body(body)
    content = fingerprint("call", incident.pk, body, called_at.isoformat(), waiting)
    if earlier := first_arrival(person=person, key=key, content=content):
        return Message.objects.get(tenant_id=person.tenant_id, pk=int(earlier.result))
    incident = locked(incident)
    check_open(person, incident)
    at = at or timezone.now()
    _check_time(incident, called_at, at)
    asked_at = _asked_since(incident, called_at)
    if waiting and asked_at is not None:
        raise Refused(
            _("The customer has written since this call. Log it without waiting, and answer first."),
            code="answered",
            field="waiting",
        )
    message = write_message(person, incident, body, (), internal=False, channel=Channel.PHONE, at=called_at)
    record(incident, "call", person, at=at, called_at=called_at.isoformat())
    clocks = Clocks(incident, person, at)
    staff_answered(person, incident, clocks, waiting=waiting, at=at, spoken_at=called_at)
    if asked_at is not None:
        clocks.asked_before(asked_at)
    clocks.keep()
    saved(incident, at=at, change=Change.ANSWERED)
    remember(person=person, key=key, result=str(message.pk))
    people, told = events.people_of(incident), f"message:{message.pk}"
    events.tell(incident, "reply", told, people, actor=person, at=at, excerpt=excerpt_of(body))
    return message


def _check_time(incident: Incident, called_at: datetime, at: datetime) -> None:
    if called_at > at:
        raise Refused(_("This call lies in the future."), code="call_in_future", field="called_at")
    if called_at < incident.created_at:
        raise Refused(
            _("The call has to lie after the incident was logged. What came before is in its description."),
            code="call_before_incident",
            field="called_at",
        )
    if at - called_at > NOTED_WITHIN:
        raise Refused(
            _("A call is noted within %(hours)d hours. Write down an older one as a note.")
            % {"hours": NOTED_WITHIN // timedelta(hours=1)},
            code="call_too_old",
            field="called_at",
        )


def _asked_since(incident: Incident, called_at: datetime) -> datetime | None:
    """When the customer first wrote or reopened after the call, if no member of staff has answered that."""
    said = Message.objects.filter(tenant_id=incident.tenant_id, incident=incident, internal=False)
    answered_at = said.filter(by_staff=True).aggregate(last=Max("created_at"))["last"]
    since = max(called_at, answered_at or called_at)
    wrote = said.filter(by_staff=False, created_at__gt=since).aggregate(first=Min("created_at"))["first"]
    again = ClockSegment.objects.filter(
        tenant_id=incident.tenant_id,
        clock__incident=incident,
        reason=SegmentReason.REOPENED,
        at__gt=since,
    ).aggregate(first=Min("at"))["first"]
    return min((at for at in (wrote, again) if at is not None), default=None)
