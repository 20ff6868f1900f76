"""For the texts of mails: ``{% load letters %}``."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter
def instant(text: str) -> datetime:
    """A stored time as a datetime again: ``{{ data.due_at|instant|full_time }}``."""
    return datetime.fromisoformat(text)


@register.filter
def quoted(text: str, length: int = 1000) -> str:
    """A person's words as a quotation, cut at a word where they are longer than ``length``."""
    kept = text.strip()
    if len(kept) > length:
        kept = f"{kept[:length].rsplit(None, 1)[0]} …"
    return "\n".join(f"> {line}".rstrip() for line in kept.splitlines())
