"""What upper apps hand in to be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import nh3

from knowledge.search.enums import Audience
from portal.core.ui.markdown import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One way to an object: a text in a language, for some products and versions of them.

    An object that has a text in three languages has three entries, and one for two products with other
    versions has two in each language; a reader gets one of them.

    :param text: plain, see :func:`plain_text`.
    :param url: path in the tenant's portal.
    :param codes: references, error numbers and names of files by which it is found before all others.
        Those that stand in title and text are found anyway.
    :param product_ids: none where it is about no product; such an entry is found under every product.
    :param since: ``position`` of the first version of the product that it is about; None leaves it open.
    :param until: of the last one.
    """

    language: str
    title: str
    text: str
    url: str
    audience: Audience
    dated_at: datetime
    codes: Sequence[str] = ()
    product_ids: Sequence[int] = ()
    since: int | None = None
    until: int | None = None


def plain_text(markdown: str) -> str:
    """The words of a Markdown text, without its marks."""
    return " ".join(unescape(nh3.clean(render(markdown).replace("<", " <"), tags=set())).split())
