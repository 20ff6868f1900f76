"""A notification in words: title, text and HTML, in its receiver's language and time zone."""

import json
import re
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import ngettext

from notifications.enums import Channel
from notifications.kinds import Kind, kind_of
from notifications.models import Notification
from notifications.stopping import Stop, token_of
from notifications.topics import Topic
from portal.identity.hosts import url_of
from portal.identity.models import Membership, Tenant, User

_ANYBODY = str(uuid.UUID(int=0))
_ANY_STOP = secrets.token_hex(16)
"""Stands for the receiver's own link. Nobody can write it into what mails quote."""
_ANY_WORDS = secrets.token_hex(16)
"""Likewise for words of the receiver's own."""
OWN = "own"
_SUBJECT_LENGTH = 180
_SHOWN = 30
"""Entries of a topic that a digest tells one by one."""


class Letter(NamedTuple):
    """``stop`` is the address that stops such mail by a POST; empty where it may not be stopped."""

    subject: str
    text: str
    html: str
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A notification in a digest."""

    topic: Topic
    title: str
    at: datetime
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a digest tells of one topic; ``more`` is the number of those that it does not name."""

    topic: Topic
    lines: Sequence[Line]
    more: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    quoted: bool

    @property
    def plain(self) -> str:
        return "\n".join(f"> {line}" for line in self.text.splitlines()) if self.quoted else self.text


class Writer:
    """Writes the letters of one tenant.

    The same event in the same language and zone is written once: letters of different receivers
    differ only in their links, to the receiver's own notification and to stop such mail, and in the
    words under ``own`` in their data, which the text may print and do nothing else with.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._written: dict[tuple[str, ...], Letter] = {}

    def write(self, notification: Notification, user: User) -> Letter:
        """:raises LookupError: when the kind is not known to this process."""
        kind = kind_of(notification.kind)
        data, own = _shared(notification.data)
        same = (kind.code, json.dumps(data), user.language, user.time_zone)
        if same not in self._written:
            with reading_as(user):
                self._written[same] = _compose(self._tenant, kind, data)
        general = _with_words(self._written[same], own)
        topics = [kind.topic.code] if kind.topic.may_be_off(Channel.MAIL) else []
        return self._make_own(general, str(notification.pk), notification.recipient_id, topics)

    def line(self, notification: Notification) -> Line:
        """:raises Exception: it can't be said in a line."""
        kind = kind_of(notification.kind)
        with reading_as(notification.recipient.user):
            title = title_of(kind, notification.data)
        link = url_of(self._tenant, reverse("notifications:open", args=[notification.pk]))
        return Line(kind.topic, title, notification.created_at, link)

    def write_digest(self, person: Membership, told: Sequence[Line]) -> Letter:
        """Grouped by topic, oldest first, in the person's language. It can be stopped where any of its
        topics can, and then stops those."""
        stopped = sorted({line.topic.code for line in told if line.topic.may_be_off(Channel.MAIL)})
        with reading_as(person.user):
            general = _compose_digest(self._tenant, told)
        return self._make_own(general, _ANYBODY, person.pk, stopped)

    def _make_own(self, general: Letter, own: str, person_id: int, topics: Sequence[str]) -> Letter:
        """With the receiver's links in the place of anybody's."""
        token = token_of(self._tenant.pk, Stop(person_id, topics)) if topics else ""
        text, html, stop = (
            words.replace(_ANYBODY, own).replace(_ANY_STOP, token)
            for words in (general.text, general.html, general.stop)
        )
        return Letter(general.subject, text, html, stop)


def _shared(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """The data with marks in the place of the receiver's own words, and what stands for each mark."""
    if OWN not in data:
        return data, {}
    marks = {name: f"{_ANY_WORDS}-{name}-" for name in data[OWN]}
    return {**data, OWN: marks}, {mark: str(data[OWN][name]) for name, mark in marks.items()}


def _with_words(general: Letter, own: Mapping[str, str]) -> Letter:
    text, html = general.text, general.html
    for mark, words in own.items():
        text, html = text.replace(mark, words), html.replace(mark, escape(words))
    return general._replace(text=text, html=html)


def title_of(kind: Kind, data: Mapping[str, Any]) -> str:
    """One line in the active language."""
    return " ".join(str(kind.title(data)).split())


@contextmanager
def reading_as(user: User) -> Iterator[None]:
    """The user's language and time zone for what is written inside."""
    with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
        yield


def _compose(tenant: Tenant, kind: Kind, data: Mapping[str, Any]) -> Letter:
    title = title_of(kind, data)
    words = {"tenant": tenant, "title": title, "data": data}
    # The body is plain text; the HTML frame escapes it, paragraph by paragraph.
    body = _render(f"mail/{kind.template}.txt", words, autoescape=False)
    link = url_of(tenant, reverse("notifications:open", args=[_ANYBODY]))
    return _framed("frame", [kind.topic], **words, paragraphs=_paragraphs(body), link=link)


def _compose_digest(tenant: Tenant, told: Sequence[Line]) -> Letter:
    title = ngettext("Your digest: %(count)d notification", "Your digest: %(count)d notifications", len(told))
    sections = list(_sections(told))
    link = url_of(tenant, reverse("notifications:list"))
    words = {"tenant": tenant, "title": title % {"count": len(told)}, "sections": sections}
    return _framed("digest", [section.topic for section in sections], **words, link=link)


def _sections(told: Sequence[Line]) -> Iterator[Section]:
    def place(line: Line) -> tuple[int, str]:
        return line.topic.position, line.topic.code

    for _place, group in groupby(sorted(told, key=place), key=place):
        lines = list(group)
        yield Section(lines[0].topic, lines[:_SHOWN], len(lines[_SHOWN:]))


def _framed(frame: str, topics: Iterable[Topic], **words: Any) -> Letter:
    title, tenant = words["title"], words["tenant"]
    stops = any(topic.may_be_off(Channel.MAIL) for topic in topics)
    context = {
        **words,
        "home": url_of(tenant),
        "language": translation.get_language(),
        "preferences": url_of(tenant, reverse("notifications:preferences")),
        "stop": url_of(tenant, reverse("notifications:stop", args=[_ANY_STOP])) if stops else "",
    }
    subject = title if len(title) <= _SUBJECT_LENGTH else f"{title[: _SUBJECT_LENGTH - 1]}…"
    text = _render(f"mail/{frame}.txt", context, autoescape=False)
    html = _render(f"mail/{frame}.html", context, autoescape=True)
    return Letter(subject, text.strip() + "\n", html, context["stop"])


def _render(template: str, words: dict[str, Any], *, autoescape: bool) -> str:
    rendered: str = get_template(template).template.render(Context(words, autoescape=autoescape))  # type: ignore[attr-defined]
    return rendered


def _paragraphs(body: str) -> list[Paragraph]:
    blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", body)]
    return [_paragraph(block.splitlines()) for block in blocks if block]


def _paragraph(lines: list[str]) -> Paragraph:
    quoted = all(line.startswith(">") for line in lines)
    if quoted:
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    return Paragraph("\n".join(line.rstrip() for line in lines), quoted)
