"""What people can be told about. An upper app registers its kinds in ``AppConfig.ready``.

    register(Kind(
        code="incidents.replied",
        title=lambda data: gettext("%(reference)s: new reply") % data,
        template="incidents/replied",
        topic=FOLLOWED,
        icon="message-square",
        still_right_many=one_by_one(lambda notification: ...),
    ))

A kind's mail is one text file, ``templates/mail/<template>.txt``: paragraphs without greeting or
link, which every mail gets. A paragraph whose lines begin with ``>`` becomes a quotation.
The file sees ``data``, ``tenant`` and ``title``; nothing of the receiver but language and zone.
Words that differ from receiver to receiver stand under ``own`` in the data, so that what is the same
for thousands is written once; the text prints them, and asks nothing of them.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifications.models import Notification
from notifications.topics import Topic
from portal.identity.models import Membership

StillRight = Callable[[Sequence[Notification]], Collection[uuid.UUID]]


def _never(data: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``title`` is asked in the reader's language. ``still_right_many`` is asked again, with all rows
    of the tenant in sight, when mail leaves: of these notifications, the ids of those whose recipient
    may still see what they speak of. It is asked once for a batch of hundreds, so it should cost the
    same number of statements for one and for all. The recipients come with user and tenant.

    People choose by ``topic`` how they are told. What is ``urgent`` waits neither for the end of quiet hours
    nor for a digest. What is told to whole audiences goes ``in_bulk``: its mails leave after all others."""

    code: str
    title: Callable[[Mapping[str, Any]], str]
    template: str
    icon: str
    still_right_many: StillRight
    topic: Topic
    urgent: Callable[[Mapping[str, Any]], bool] = _never
    in_bulk: bool = False


def one_by_one(still_right: Callable[[Notification], bool]) -> StillRight:
    """A check of a batch from a check of one notification that reads nothing more."""

    def still_right_many(notifications: Sequence[Notification]) -> set[uuid.UUID]:
        return {notification.pk for notification in notifications if still_right(notification)}

    return still_right_many


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; the same code again replaces the earlier one."""
    for kind in kinds:
        _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """:raises LookupError: when no app of this process has registered the code."""
    return _kinds[code]


def find_kind(code: str) -> Kind | None:
    """None while an older process shows what a newer one has stored."""
    return _kinds.get(code)


def topics_of(person: Membership) -> list[Topic]:
    """What there is to choose for the person, in order."""
    topics = {kind.topic.code: kind.topic for kind in _kinds.values() if kind.topic.concerns(person)}
    return sorted(topics.values(), key=lambda topic: (topic.position, topic.code))


def find_topic(code: str) -> Topic | None:
    return next((kind.topic for kind in _kinds.values() if kind.topic.code == code), None)
