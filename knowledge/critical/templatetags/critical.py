"""For letters and pages: ``{% load critical %}``."""

from collections.abc import Sequence
from typing import Any

from django import template

from knowledge.critical.scopes import words_of

register = template.Library()


@register.filter
def scope_words(scope: Sequence[dict[str, Any]]) -> str:
    """``{{ data.scope|scope_words }}``: products and versions, in the active language."""
    return "; ".join(words_of(scope))
