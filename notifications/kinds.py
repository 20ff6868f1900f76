"""What people can be told about. An upper app registers its kinds in ``AppConfig.ready``.

    register(Kind(
        code="incidents.replied",
        title=lambda data: gettext("%(reference)s: new reply") % data,
        template="incidents/replied",
        icon="message-square",
        still_right=lambda notification: ...,
    ))

A kind's mail is one text file, ``templates/mail/<template>.txt``: paragraphs without greeting or
link, which every mail gets. A paragraph whose lines begin with ``>`` becomes a quotation.
The file sees ``data``, ``tenant`` and ``title``; nothing of the receiver but language and zone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notifications.models import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``title`` is asked in the reader's language. ``still_right`` is asked again, with all rows of
    the tenant in sight, when a mail leaves: may this recipient still see what it speaks of? The
    recipient comes with user and tenant; what else it reads costs statements for each mail."""

    code: str
    title: Callable[[Mapping[str, Any]], str]
    template: str
    icon: str
    still_right: Callable[[Notification], bool]


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
