"""For mails about contracts and grants: ``{% load endings %}``."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from incidents.grants import feature_in

register = template.Library()


@register.filter
def as_date(text: str) -> date:
    """A stored day as a date again."""
    return date.fromisoformat(text)


@register.filter
def granted_feature(data: Mapping[str, Any]) -> str:
    """``{{ data|granted_feature }}``: the name of what was granted, in the active language."""
    return feature_in(data)
