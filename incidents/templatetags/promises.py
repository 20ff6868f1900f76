"""For texts about promised times: ``{% load promises %}``."""

from django import template

from plans.enums import TargetKind

register = template.Library()


@register.filter
def promise_name(kind: str) -> str:
    """What is promised, in the active language: ``First response``."""
    return str(TargetKind(kind).label)
