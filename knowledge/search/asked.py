"""What somebody typed into the search box, taken apart. Pure: it knows no table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.search.analysis import code_key, fold, in_parts

LONGEST = 200
"""Characters of a question that are looked at."""
MOST_PARTS = 24
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]")
_EDGES = ".,;:!?()[]{}<>'’‘\"“”„«»"


@dataclass(frozen=True, slots=True)
class Asked:
    """``parts`` of folded words; ``keys`` of what may be codes; ``phrases`` that were in quotes.

    No sign has a meaning but quotes: a percent sign or an asterisk only parts words.
    """

    text: str
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not self.parts

    def corrected(self, spelling: Mapping[str, str]) -> "Asked":
        """The same with other words in the place of some."""
        return replace(self, parts=tuple(dict.fromkeys(spelling.get(part, part) for part in self.parts)))


def take_apart(text: str) -> Asked:
    text = text[:LONGEST]
    return Asked(
        text=text,
        parts=tuple(dict.fromkeys(in_parts(text).split()))[:MOST_PARTS],
        keys=tuple(dict.fromkeys(_keys(text)))[:MOST_PARTS],
        phrases=tuple(_phrases(text)),
    )


def _phrases(text: str) -> Iterator[str]:
    for quoted in _QUOTED.findall(text):
        parts = in_parts(quoted)
        if " " in parts:
            yield parts


def _keys(text: str) -> Iterator[str]:
    """Whatever has a digit or is joined by a sign, also where it was typed in two: ``ora 12541``."""
    typed = [word for word in (word.strip(_EDGES) for word in text.split()) if fold(word)]
    for word in typed:
        if any(sign.isdigit() or sign in "._-" for sign in word):
            yield code_key(word)
    for first, second in pairwise(typed):
        if any(sign.isdigit() for sign in second):
            yield code_key(first + second)
