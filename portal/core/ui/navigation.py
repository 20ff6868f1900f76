"""Navigation entries: an upper app registers its own in ``AppConfig.ready``; the frames print them.

register(Entry(place=Place.STAFF, key="queue", label=_("Queue"), url_name="incidents:queue",
               icon="list-ordered", position=10, shown_to=lambda person: person.is_staff_member))
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Words = str | Promise


class Place(StrEnum):
    STAFF = "staff"  # side navigation of the staff frame
    CUSTOMER = "customer"  # top bar of the customer frame
    ACTION = "action"  # the one or two main buttons of either top bar
    BAR = "bar"  # icon links at the end of either top bar
    SEARCH = "search"  # the search box in either top bar: what it asks
    UNANSWERED = "unanswered"  # what a reader can do whose search found nothing
    PERSON = "person"  # menu behind the person's initials


def _everybody(person: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """``shown_to`` is given ``request.person``; ``count`` may cost no statement on most requests.

    ``count_url_name`` names a page that answers with the count as a fragment, asked after the page
    has loaded and every minute: for what must cost the page nothing.
    """

    place: Place
    key: str
    label: Words
    url_name: str
    icon: str
    position: int
    shown_to: Callable[[Any], bool] = _everybody
    group: Words = ""
    shortcut: str = ""
    count: Callable[[HttpRequest], int] | None = None
    count_url_name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    entry: Entry
    url: str
    current: bool
    count: int


_entries: dict[tuple[Place, str], Entry] = {}


def register(*entries: Entry) -> None:
    """Add entries; the same place and key again replaces the earlier one."""
    for entry in entries:
        _entries[entry.place, entry.key] = entry


def links(request: HttpRequest, place: Place) -> list[Link]:
    """The entries of one place that the person of this request may see, in order.

    The entry whose address is the longest prefix of the current path is the current one.
    """
    person = getattr(request, "person", None)
    if person is None:
        return []
    entries = [entry for entry in _entries.values() if entry.place == place and entry.shown_to(person)]
    entries.sort(key=lambda entry: (entry.position, entry.key))
    urls = [_address(entry.url_name) for entry in entries]
    here = max((url for url in urls if _leads_to(url, request.path)), key=len, default="")
    return [
        Link(entry, url, url == here, entry.count(request) if entry.count else 0)
        for entry, url in zip(entries, urls, strict=True)
    ]


@cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
