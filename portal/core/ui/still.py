"""Parts of pages that are the same for everybody but for a few values: drawn once in each language.

``draw_still`` renders the template with a mark in the place of each such value, keeps the result for
as long as the process lives, and puts the values in, escaped unless they are HTML already. The context
is part of what is kept, so nobody's data may be in it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_MARK = re.compile("STILL([a-z]+)LLITS")


def mark(name: str) -> str:
    """What stands for a value meanwhile; letters only, so that nothing escapes it."""
    return f"STILL{name}LLITS"


def draw_still(template: str, values: Mapping[str, str], **context: Any) -> SafeString:
    """``values`` differ from page to page; each different ``context``, hashable, is kept by itself."""
    html = _drawn(template, get_language() or "en", tuple(values), tuple(sorted(context.items())))
    filled = _MARK.sub(lambda found: conditional_escape(values[found[1]]), html)
    return mark_safe(filled)  # noqa: S308  escaped above


@lru_cache(maxsize=256)
def _drawn(template: str, language: str, names: tuple[str, ...], context: tuple[tuple[str, Any], ...]) -> str:
    del language  # part of the key: the active one is drawn
    return render_to_string(template, {**dict(context), **{name: mark(name) for name in names}})
