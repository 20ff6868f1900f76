"""Panels: parts of a page that upper apps register in ``AppConfig.ready``; the page only prints them.

register(Panel(place=Place.STAFF_HOME, key="queue", position=10, template="incidents/panels/queue.html",
               context=lambda request, subject: {"rows": …}, shown_to=lambda person: person.is_staff_member))
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Place(StrEnum):
    CUSTOMER_HOME = "customer home"
    STAFF_HOME = "staff home"
    OWN_PLAN = "own plan"  # what a contact's account has; the subject is the account
    ACCOUNT = "account"  # a customer's page, for staff; the subject is the account
    SOLUTION = "solution"  # a solution's page, for staff; the subject is the solution


def _everybody(person: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``context`` is given the request and the page's subject (none on a home); None leaves the panel out.

    The template gets that context, ``request`` and ``subject``; it brings its own ``<c-card>``.
    """

    place: Place
    key: str
    position: int
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    shown_to: Callable[[Any], bool] = _everybody
    aside: bool = False


_panels: dict[tuple[Place, str], Panel] = {}


def register(*panels: Panel) -> None:
    """Add panels; the same place and key again replaces the earlier one."""
    for panel in panels:
        _panels[panel.place, panel.key] = panel


def drawn(request: HttpRequest, place: Place, subject: Any = None) -> dict[str, list[SafeString]]:
    """The panels of a place that the person may see, as HTML: ``main`` and ``aside``, each in order."""
    columns: dict[str, list[SafeString]] = {"main": [], "aside": []}
    for panel in sorted(_panels.values(), key=lambda panel: (panel.position, panel.key)):
        if panel.place != place or not panel.shown_to(getattr(request, "person", None)):
            continue
        context = panel.context(request, subject)
        if context is not None:
            html = render_to_string(panel.template, {**context, "subject": subject}, request)
            columns["aside" if panel.aside else "main"].append(html)
    return columns
