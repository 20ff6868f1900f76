"""For mails about contracts that end: ``{% load endings %}``."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def as_date(text: str) -> date:
    """A stored day as a date again."""
    return date.fromisoformat(text)
