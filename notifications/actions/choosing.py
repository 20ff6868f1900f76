"""What a person chooses for themself, on their page or by a link in a mail."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.enums import Channel, Choice, DeliveryState, MailState, Trouble
from notifications.hours import Quiet
from notifications.kinds import topics_of
from notifications.models import Delivery, Digest, MailHours, Preference
from notifications.queries import wishes_of
from notifications.topics import Topic
from portal.core.errors import Refused
from portal.core.history import record
from portal.core.waking import wake_after_commit
from portal.identity.models import Membership

Chosen = tuple[str, Channel]
"""The code of a topic, and a channel."""
_LONGEST_QUIET = timedelta(days=8)


@transaction.atomic
def choose(*, person: Membership, choices: Mapping[Chosen, Choice]) -> None:
    """Keep what the person wants of these topics and channels; of others, what stands.

    :raises Refused: a topic is none of theirs, or may not be had like that.
    """
    topics = {topic.code: topic for topic in topics_of(person)}
    for (code, channel), choice in choices.items():
        if code not in topics or choice not in topics[code].choices[channel]:
            raise Refused(_("This can’t be chosen here. Open the page again to see what can."))
    hours, wishes = _lock(person), wishes_of(person)
    was = {(code, channel): wishes.choice(topics[code], channel) for code, channel in choices}
    changed = {place: choice for place, choice in choices.items() if choice != was[place]}
    if changed:
        _write(person, {place: (choice, "") for place, choice in changed.items()})
        _record(
            hours,
            "chose",
            was={_name(place): was[place] for place in changed},
            now={_name(place): choice for place, choice in changed.items()},
        )
        _look_again(person)


@transaction.atomic
def set_mail_hours(*, person: Membership, digest_at: time, quiet: Quiet | None) -> None:
    """Keep when mail reaches the person, in their own zone; what waits already is planned again.

    :raises Refused: quiet hours without a day, or without an end.
    """
    if quiet is not None and not quiet.days:
        raise Refused(_("Choose the days of your quiet hours."), field="quiet_days")
    if quiet is not None and quiet.never_ends:
        raise Refused(
            _("These quiet hours never end. Leave out a day, or give another time."), field="quiet_until"
        )
    hours = _lock(person)
    was = _as_data(hours)
    hours.digest_at = digest_at
    hours.quiet_from, hours.quiet_until = (quiet.begins, quiet.ends) if quiet else (None, None)
    hours.quiet_days = sorted(quiet.days) if quiet else []
    if _as_data(hours) != was:
        hours.save(update_fields=["digest_at", "quiet_from", "quiet_until", "quiet_days"])
        _record(hours, "timed", was=was, now=_as_data(hours))
        _look_again(person)


@transaction.atomic
def stop_mail(*, person: Membership, topics: Sequence[Topic]) -> None:
    """Turn off mail about topics, by the link of a mail. What is off stays off."""
    hours, wishes = _lock(person), wishes_of(person)
    standing = {
        topic.code: wishes.choice(topic, Channel.MAIL)
        for topic in topics
        if topic.may_be_off(Channel.MAIL) and wishes.choice(topic, Channel.MAIL) != Choice.OFF
    }
    if standing:
        _write(person, {(code, Channel.MAIL): (Choice.OFF, before) for code, before in standing.items()})
        _record(hours, "stopped", topics=sorted(standing))
        _look_again(person)


@transaction.atomic
def resume_mail(*, person: Membership, topics: Sequence[Topic]) -> None:
    """Take :func:`stop_mail` back: what a link had turned off is again as it was."""
    hours = _lock(person)
    stopped = Preference.objects.filter(
        tenant_id=person.tenant_id,
        person=person,
        topic__in=[topic.code for topic in topics],
        channel=Channel.MAIL,
        choice=Choice.OFF,
    ).exclude(before="")
    before = {(one.topic, Channel.MAIL): (Choice(one.before), "") for one in stopped}
    if before:
        _write(person, before)
        _record(hours, "resumed", topics=sorted(code for code, _mail in before))
        _look_again(person)


def _lock(person: Membership) -> MailHours:
    """The row that changes of one person's wishes wait for."""
    own = MailHours.objects.filter(tenant_id=person.tenant_id, person=person)
    if not own.exists():
        row = MailHours(tenant_id=person.tenant_id, person=person, user_id=person.user_id)
        MailHours.objects.bulk_create([row], ignore_conflicts=True)
    hours = own.select_for_update().get()
    hours.person = person
    return hours


def _record(hours: MailHours, verb: str, **data: Any) -> None:
    """Of staff for staff alone."""
    record(hours, verb, hours.person, internal=hours.person.is_staff_member, **data)


def _write(person: Membership, choices: Mapping[Chosen, tuple[Choice, str]]) -> None:
    Preference.objects.bulk_create(
        [
            Preference(
                tenant_id=person.tenant_id,
                person=person,
                user_id=person.user_id,
                topic=code,
                channel=channel,
                choice=choice,
                before=before,
            )
            for (code, channel), (choice, before) in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["tenant", "person", "topic", "channel"],
        update_fields=["choice", "before"],
    )


def _look_again(person: Membership) -> None:
    """What waits for a digest or for the end of quiet hours is due: the next look decides by what is wanted
    now."""
    untried = Digest.objects.filter(
        tenant_id=person.tenant_id, person=person, state=DeliveryState.QUEUED, attempts=0
    )
    _dissolve(person.tenant_id, list(untried.select_for_update().values_list("pk", flat=True)))
    quiet = Delivery.objects.filter(
        tenant_id=person.tenant_id,
        state=DeliveryState.QUEUED,
        error=Trouble.QUIET,
        notification__recipient=person,
        notification__created_at__gt=timezone.now() - _LONGEST_QUIET,
    )
    quiet.update(due_at=timezone.now())
    wake_after_commit("notifications.tasks.deliver_due")


def _dissolve(tenant_id: int, digests: Collection[uuid.UUID]) -> None:
    if digests:
        told = Delivery.objects.filter(tenant_id=tenant_id, digest__in=digests)
        told.filter(state=MailState.GATHERED).update(
            state=DeliveryState.QUEUED, digest=None, due_at=timezone.now()
        )
        told.update(digest=None)
        Digest.objects.filter(tenant_id=tenant_id, pk__in=digests).delete()


def _name(place: Chosen) -> str:
    code, channel = place
    return f"{code}, {channel}"


def _as_data(hours: MailHours) -> dict[str, object]:
    def clock(at: time | None) -> str:
        return f"{at:%H:%M}" if at else ""

    return {
        "digest_at": clock(hours.digest_at),
        "quiet_from": clock(hours.quiet_from),
        "quiet_until": clock(hours.quiet_until),
        "quiet_days": list(hours.quiet_days),
    }
