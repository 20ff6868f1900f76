"""What is said about an incident: replies that the customer reads, and notes for staff only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import events, rules
from incidents.actions.attachments import attach
from incidents.actions.changes import locked, reopened, saved
from incidents.clocks.keeping import Clocks
from incidents.enums import Channel, State
from incidents.hooks import Change
from incidents.models import Follower, Incident, Message
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership
from portal.identity.submissions import fingerprint, first_arrival, remember


@transaction.atomic
def reply(
    *,
    person: Membership,
    incident: Incident,
    body: str,
    attachments: Sequence[UUID] = (),
    waiting: bool = False,
    channel: Channel = Channel.WEB,
    key: str = "",
    at: datetime | None = None,
) -> Message:
    """A public message. From staff it is a response; from a contact it ends waiting, and reopens.

    :param waiting: staff only: the message asks for something, and the incident waits for the answer.
    :raises Refused: an empty message, or a closed incident.
    """
    check_body(body)
    content = fingerprint("reply", incident.pk, body, sorted(map(str, attachments)), waiting)
    if earlier := first_arrival(person=person, key=key, content=content):
        return Message.objects.get(tenant_id=person.tenant_id, pk=int(earlier.result))
    incident = locked(incident)
    check_open(person, incident)
    at = at or timezone.now()
    message = write_message(person, incident, body, attachments, internal=False, channel=channel, at=at)
    clocks = Clocks(incident, person, at)
    if person.is_staff_member:
        staff_answered(person, incident, clocks, waiting=waiting, at=at)
    else:
        _customer_wrote(person, incident, clocks, at)
    clocks.keep()
    saved(incident, at=at, change=Change.ANSWERED if person.is_staff_member else Change.WRITTEN)
    remember(person=person, key=key, result=str(message.pk))
    people = events.people_of(incident)
    told = f"message:{message.pk}"
    events.tell(incident, "reply", told, people, actor=person, at=at, excerpt=excerpt_of(body))
    return message


@transaction.atomic
def add_note(
    *,
    person: Membership,
    incident: Incident,
    body: str,
    attachments: Sequence[UUID] = (),
    mentions: Sequence[Membership] = (),
    channel: Channel = Channel.WEB,
    key: str = "",
    at: datetime | None = None,
) -> Message:
    """An internal note; the colleagues it mentions are told and follow from then on.

    :raises NotAllowed: a contact can't write one.
    """
    if not rules.works_incidents(person):
        raise NotAllowed(_("Internal notes are for support staff."))
    check_body(body)
    named = sorted(colleague.pk for colleague in mentions)
    content = fingerprint("note", incident.pk, body, sorted(map(str, attachments)), named)
    if earlier := first_arrival(person=person, key=key, content=content):
        return Message.objects.get(tenant_id=person.tenant_id, pk=int(earlier.result))
    incident = locked(incident)
    at = at or timezone.now()
    colleagues = [colleague for colleague in mentions if colleague.is_staff_member]
    message = write_message(
        person, incident, body, attachments, internal=True, channel=channel, at=at, mentions=colleagues
    )
    for colleague in colleagues:
        _follow(incident, colleague)
    saved(incident, at=at)
    remember(person=person, key=key, result=str(message.pk))
    told = f"message:{message.pk}"
    events.tell(incident, "mention", told, colleagues, actor=person, at=at, excerpt=excerpt_of(body))
    return message


@transaction.atomic
def follow(*, person: Membership, incident: Incident) -> None:
    """From now on the person is told of each public event."""
    _follow(incident, person)


@transaction.atomic
def add_follower(
    *, person: Membership, incident: Incident, follower: Membership, at: datetime | None = None
) -> None:
    """Let a colleague follow: from now on they see the incident and are told of each public event.

    :raises Refused: the colleague is of another account, or has no access any more.
    """
    if not rules.may_add_follower(person, follower, incident):
        raise Refused(_("Only people of the same company can follow this incident."), field="follower")
    _follow(incident, follower)
    record(incident, "follower", person, at=at, name=follower.name, internal=follower.is_staff_member)


@transaction.atomic
def unfollow(*, person: Membership, incident: Incident) -> None:
    Follower.objects.filter(tenant_id=incident.tenant_id, incident=incident, person=person).delete()


def _follow(incident: Incident, person: Membership) -> None:
    Follower.objects.bulk_create(
        [
            Follower(
                tenant_id=incident.tenant_id, account_id=incident.account_id, incident=incident, person=person
            )
        ],
        ignore_conflicts=True,
    )


def check_body(body: str) -> None:
    if not body.strip():
        raise Refused(_("Write a message first."), code="empty", field="body")


def check_open(person: Membership, incident: Incident) -> None:
    if not rules.may_reply(person, incident):
        raise Refused(
            _("%(reference)s is closed. Log a new incident and mention it.")
            % {"reference": incident.reference},
            code="closed",
        )


def excerpt_of(body: str) -> str:
    text = " ".join(body.split())
    return text if len(text) <= 400 else text[:399] + "…"


def write_message(
    person: Membership,
    incident: Incident,
    body: str,
    attachments: Sequence[UUID],
    *,
    internal: bool,
    channel: Channel,
    at: datetime,
    mentions: Sequence[Membership] = (),
) -> Message:
    message = Message.objects.create(
        tenant_id=incident.tenant_id,
        account_id=incident.account_id,
        incident=incident,
        author=person,
        by_staff=person.is_staff_member,
        internal=internal,
        channel=channel,
        body=body,
        mentions=[colleague.pk for colleague in mentions],
        created_at=at,
    )
    attach(person=person, incident=incident, message=message, attachment_ids=attachments)
    return message


def staff_answered(
    person: Membership,
    incident: Incident,
    clocks: Clocks,
    *,
    waiting: bool,
    at: datetime,
    spoken_at: datetime | None = None,
) -> None:
    """What a public message of staff does; ``spoken_at`` is the time of a call that is noted at ``at``."""
    if clocks.staff_answered(spoken_at):
        record(incident, "first_response", person, at=spoken_at or at)
    if incident.assignee_id is None and rules.takes_incidents(person):
        incident.assignee = person
        record(incident, "assigned", person, at=at, to=person.name)
    if incident.state == State.RESOLVED and not waiting:
        return
    before = incident.state
    incident.state = State.WAITING if waiting else State.OPEN
    incident.waiting_since = at if waiting else None
    incident.resolved_at = None
    if waiting:
        clocks.waits()
    if incident.state != before:
        record(incident, "state", person, at=at, before=before, after=incident.state)


def _customer_wrote(person: Membership, incident: Incident, clocks: Clocks, at: datetime) -> None:
    if incident.state == State.RESOLVED:
        reopened(incident, person, clocks, at=at)
        return
    if incident.state == State.WAITING:
        incident.state = State.OPEN
        incident.waiting_since = None
        record(incident, "state", person, at=at, before=State.WAITING, after=State.OPEN)
    clocks.customer_wrote()
