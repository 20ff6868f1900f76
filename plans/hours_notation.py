"""Hours as a person types them: ``8–12, 13:00–18:00`` for a day, a line for each single date. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

_SPAN = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:[-–—]|to)\s*(\d{1,2})(?:[:.h](\d{2}))?", re.IGNORECASE)
_LINE = re.compile(r"(\S+)\s*:?\s*(.*)")

Spans = list[list[str]]


class Unreadable(ValueError):
    """``part`` is what can't be read, in the words of the person."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class TwiceTheSame(ValueError):
    """A date on two lines."""

    def __init__(self, day: str) -> None:
        super().__init__(day)
        self.day = day


def read_spans(text: str) -> Spans:
    """``8-12, 13-18`` as ``[["08:00", "12:00"], ["13:00", "18:00"]]``; nothing for closed. Raises Unreadable.

    Whether there are such times at all, and what they mean together, is for the calendar to judge.
    """
    spans: Spans = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise Unreadable(part)
        hour, minute, to_hour, to_minute = match.groups(default="00")
        spans.append([f"{int(hour):02}:{minute}", f"{int(to_hour):02}:{to_minute}"])
    return spans


def read_dates(text: str) -> dict[str, Spans]:
    """A date and its hours on each line; a date alone is closed. Raises Unreadable, TwiceTheSame."""
    dates: dict[str, Spans] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Unreadable(line)
        day = match[1].removesuffix(":")
        if day in dates:
            raise TwiceTheSame(day)
        dates[day] = read_spans(match[2])
    return dates


def write_spans(spans: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{opens}–{closes}" for opens, closes in spans)


def write_dates(dates: Mapping[str, Iterable[Sequence[str]]]) -> str:
    return "\n".join(f"{day} {write_spans(spans)}".strip() for day, spans in sorted(dates.items()))
