"""A notification in words: title, text and HTML, in its receiver's language and time zone."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation

from notifications.kinds import Kind, kind_of
from notifications.models import Notification
from portal.identity.hosts import url_of
from portal.identity.models import Tenant, User

_ANYBODY = str(uuid.UUID(int=0))
_SUBJECT_LENGTH = 180


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


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
    differ only in the link, which leads to the receiver's own notification.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._written: dict[tuple[str, ...], Letter] = {}

    def write(self, notification: Notification, user: User) -> Letter:
        """:raises LookupError: when the kind is not known to this process."""
        kind = kind_of(notification.kind)
        same = (kind.code, json.dumps(notification.data), user.language, user.time_zone)
        if same not in self._written:
            with reading_as(user):
                self._written[same] = _compose(self._tenant, kind, notification.data)
        general = self._written[same]
        own = str(notification.pk)
        return Letter(
            general.subject, general.text.replace(_ANYBODY, own), general.html.replace(_ANYBODY, own)
        )


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
    frame = {
        **words,
        "paragraphs": _paragraphs(body),
        "link": url_of(tenant, reverse("notifications:open", args=[_ANYBODY])),
        "home": url_of(tenant),
        "language": translation.get_language(),
    }
    subject = title if len(title) <= _SUBJECT_LENGTH else f"{title[: _SUBJECT_LENGTH - 1]}…"
    text = _render("mail/frame.txt", frame, autoescape=False)
    return Letter(subject, text.strip() + "\n", _render("mail/frame.html", frame, autoescape=True))


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
