"""What differs between two texts, line by line. Pure."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

SAME, CHANGED = "same", "changed"


class Line(NamedTuple):
    """A line of each text beside each other; None where the other text has one more."""

    kind: str
    before: str | None
    after: str | None


def compared(before: str, after: str) -> list[Line]:
    """The lines of two texts in their order."""
    old, new = _lines(before), _lines(after)
    return list(_rows(old, new))


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        kind = SAME if tag == "equal" else CHANGED
        for left, right in zip_longest(old[from_old:to_old], new[from_new:to_new]):
            yield Line(kind, left, right)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip().split("\n") if text.strip() else []
