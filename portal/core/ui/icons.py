"""Lucide icons as inline SVG, drawn once per name and size."""

from functools import cache

import lucide
from django.utils.safestring import SafeString, mark_safe


@cache
def icon(name: str, size: int = 16) -> SafeString:
    """The icon as decoration: hidden from assistive technology, so words must stand beside it.

    :raises lucide.IconDoesNotExist: for an unknown name, in every environment.
    """
    svg = lucide._render_icon(name, size, aria_hidden="true", focusable="false", **{"class": "icon"})
    return mark_safe("".join(line.strip() for line in svg.splitlines()))  # noqa: S308  from the package, no user text
