"""What was asked for, marked in what was found. Pure.

A title or an excerpt is a list of pieces of plain text, marked or not. Templates print the pieces, and
escape them as everything; nothing here makes HTML.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.search.analysis import WORD, fold, is_korean

EXCERPT = 240
_LONGEST_ENDING = 5
_SHORTEST_STEM = 3


class Piece(NamedTuple):
    text: str
    marked: bool


class Span(NamedTuple):
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks words by their stems, as they were found; Korean ones by the pairs of syllables in them."""

    stems: frozenset[str]
    syllables: tuple[str, ...]

    @classmethod
    def of(cls, stems: Collection[str]) -> "Marker":
        korean = [stem for stem in stems if is_korean(stem)]
        return cls(frozenset(stems) - set(korean), tuple(korean))

    def whole(self, text: str) -> list[Piece]:
        return list(_pieces(text, self._spans(text), 0, len(text)))

    def excerpt(self, text: str) -> list[Piece]:
        """The part of the text with the most of what was asked for; its beginning where it has nothing."""
        spans = self._spans(text)
        start, end = _window(text, spans)
        pieces = list(_pieces(text, spans, start, end))
        before = [Piece("… ", False)] if start else []
        after = [Piece(" …", False)] if end < len(text) else []
        return [*before, *pieces, *after]

    def found_in(self, *texts: str) -> set[str]:
        """What of the question the texts have, each once: of a word and its stem, the stem."""
        pairs = {pair for pair in self.syllables if any(pair in text for text in texts)}
        words = {span.term for text in texts for span in self._spans(text) if not is_korean(span.term)}
        return pairs | {word for word in words if not any(word.startswith(one) for one in words - {word})}

    def _spans(self, text: str) -> list[Span]:
        return [span for found in WORD.finditer(text) for span in self._spans_of(found[0], found.start())]

    def _spans_of(self, word: str, at: int) -> Iterator[Span]:
        if is_korean(word):
            yield from self._korean(word, at)
        elif (stem := self._stem_of(fold(word))) is not None:
            yield Span(at, at + len(word), stem)

    def _stem_of(self, word: str) -> str | None:
        """The longest stem that the word has, with an ending of a few letters after it."""
        shortest = min(_SHORTEST_STEM, len(word))
        for length in range(len(word), shortest - 1, -1):
            if len(word) - length > _LONGEST_ENDING:
                return None
            stem = word[:length]
            if stem in self.stems:
                return stem
            if stem.endswith("y") and f"{stem[:-1]}i" in self.stems:
                return stem
        return None

    def _korean(self, word: str, at: int) -> Iterator[Span]:
        """Pairs that overlap become one mark."""
        marked = sorted(
            (found.start(), found.start() + len(pair))
            for pair in self.syllables
            for found in re.finditer(f"(?={pair})", word)
        )
        start, end = -1, -1
        for first, last in marked:
            if first > end:
                if end > 0:
                    yield Span(at + start, at + end, word[start:end])
                start = first
            end = max(end, last)
        if end > 0:
            yield Span(at + start, at + end, word[start:end])


def _window(text: str, spans: Sequence[Span]) -> tuple[int, int]:
    """Where the excerpt begins and ends, at words."""
    if len(text) <= EXCERPT:
        return 0, len(text)
    starts = [span.start for span in spans]
    best, most = 0, 0
    for number, span in enumerate(spans):
        within = spans[number : bisect_left(starts, span.start + EXCERPT - 40)]
        different = len({one.term for one in within})
        if different > most:
            best, most = span.start, different
    start = _word_start(text, min(best - 40, len(text) - EXCERPT)) if best > 40 else 0
    end = min(len(text), start + EXCERPT)
    return start, _word_end(text, end)


def _word_start(text: str, at: int) -> int:
    found = text.find(" ", at, at + 40)
    return found + 1 if found >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at == len(text):
        return at
    found = text.rfind(" ", at - 40, at)
    return found if found >= 0 else at


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    at = start
    for span in spans:
        if span.start < start or span.end > end:
            continue
        if span.start > at:
            yield Piece(text[at : span.start], False)
        yield Piece(text[span.start : span.end], True)
        at = span.end
    if at < end:
        yield Piece(text[at:end], False)
