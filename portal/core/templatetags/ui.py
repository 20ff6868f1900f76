"""Template tags of the user interface; built in, so templates need no ``load``."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from portal.core.ui import icons, markdown, navigation
from portal.core.ui.formatting import formats
from portal.core.ui.still import draw_still

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    return icons.icon(str(name), int(size))


@register.simple_tag(takes_context=True)
def navigation_links(context: Context, place: str) -> list[navigation.Link]:
    """``{% navigation_links "staff" as links %}``: the entries that this person may see."""
    request = context.get("request")
    return navigation.links(request, navigation.Place(place)) if request else []


@register.simple_tag(takes_context=True)
def navigation_still(context: Context, place: str, name: str) -> SafeString:
    """``{% navigation_still "staff" "ui/side_nav.html" %}``: the template gets the place's ``links``."""
    return draw_still(name, {}, links=tuple(navigation_links(context, place)))


@register.simple_tag(takes_context=True)
def person_menu(context: Context) -> SafeString:
    """The menu behind the initials of whoever is signed in."""
    request = context["request"]
    person, user = request.person, request.user
    values = {
        "initials": initials(user.name),
        "name": user.name,
        "email": user.email,
        "account": person.account.name if person and person.account else "",
        "csrf": str(context["csrf_token"]),
    }
    return draw_still(
        "ui/person_menu.html",
        values,
        role=str(person.get_role_display()) if person else "",
        is_staff=bool(person and person.is_staff_member),
        links=tuple(navigation_links(context, "person")),
    )


@register.simple_tag
def still(name: str, **values: Any) -> SafeString:
    """``{% still "ui/brand.html" site=tenant.name %}``: as include, for what is the same on every page of a
    language but for these values, which it prints and does nothing else with."""
    return draw_still(name, {key: conditional_escape(value) for key, value in values.items()})


@register.filter
def moment(at: datetime | None) -> str:
    """A short time in the reader's zone; see ``Formats.moment``."""
    return formats().moment(at, timezone.now()) if at else ""


@register.filter
def full_time(at: datetime | None) -> str:
    return formats().full(at) if at else ""


@register.filter
def day(at: date | None) -> str:
    return formats().day(at) if at else ""


@register.filter
def duration(span: timedelta | None) -> str:
    return formats().duration(span) if span is not None else ""


@register.filter
def size(count: int | None) -> str:
    return formats().size(count) if count is not None else ""


@register.filter
def markdown_html(text: str) -> SafeString:
    return markdown.render(text)


@register.filter
def initials(name: str) -> str:
    """At most two letters for an avatar; one syllable for a Korean name."""
    words = name.split()
    if not words:
        return "?"
    if len(words) == 1 or (not name.isascii() and "가" <= words[0][0] <= "힣"):
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


@register.filter
def frame(request: HttpRequest | str) -> str:
    """``{% extends request|frame %}``: the frame of whoever reads; the public one without a person."""
    person = getattr(request, "person", None)
    if person is None:
        return "frames/public.html"
    return "frames/staff.html" if person.is_staff_member else "frames/customer.html"
