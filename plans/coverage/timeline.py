"""Counting along a calendar without walking along it.

Three layers, each with the same two questions, `covered` (how much coverage lies before this point) and
`reach` (the earliest point with that much before it): a week that repeats, the wall clock with its
exceptional dates, and real time with the stretches of the zone. Every answer is a handful of bisections,
however far apart the points lie.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from enum import IntEnum

from plans.coverage.errors import NeverOpens, OutOfRange
from plans.coverage.zones import DAY, LAST_INSTANT, WEEK, Stretches

Piece = tuple[int, int]

_THURSDAY = 3 * DAY  # 1970-01-01 was a Thursday: what a reading needs to count from a Monday
_BEGINNING = -(2**62)


class _Kind(IntEnum):
    SHUT = 0
    OPEN = 1
    WEEK = 2


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces in order of their start, with those that touch or overlap made one."""
    current: Piece | None = None
    for piece in pieces:
        if current is None:
            current = piece
        elif piece[0] <= current[1]:
            current = (current[0], max(current[1], piece[1]))
        else:
            yield current
            current = piece
    if current is not None:
        yield current


class WeekPattern:
    """Pieces of one week from Monday 00:00, joined, repeated for ever in both directions."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = list(pieces)
        self._opens = [low for low, _ in self._pieces]
        self._lengths = [high - low for low, high in self._pieces]
        self._before = [sum(self._lengths[:i]) for i in range(len(self._pieces))]
        self._through = [sum(self._lengths[: i + 1]) for i in range(len(self._pieces))]
        self.total = sum(self._lengths)

    def covered(self, reading: int) -> int:
        week, rest = divmod(reading + _THURSDAY, WEEK)
        i = bisect_right(self._opens, rest) - 1
        if i < 0:
            return week * self.total
        inside, length = rest - self._opens[i], self._lengths[i]
        return week * self.total + self._before[i] + (inside if inside < length else length)

    def reach(self, amount: int) -> int:
        week, rest = divmod(amount - 1, self.total)
        i = bisect_left(self._through, rest + 1)
        return week * WEEK - _THURSDAY + self._opens[i] + rest + 1 - self._before[i]

    def pieces(self, low: int, high: int) -> Iterator[Piece]:
        if self.total in (0, WEEK):
            if self.total:
                yield low, high
            return
        monday = low - (low + _THURSDAY) % WEEK
        while monday < high:
            for opens, closes in self._pieces:
                start, end = max(low, monday + opens), min(high, monday + closes)
                if start < end:
                    yield start, end
            monday += WEEK


class Wall:
    """What the wall clock covers: the week, and in its place, on exceptional dates, what holds there.

    `exceptions` are days in order (the reading of their midnight) with their open pieces.
    """

    def __init__(self, week: WeekPattern, exceptions: Iterable[tuple[int, Iterable[Piece]]]) -> None:
        marks = {_BEGINNING: _Kind.WEEK}
        for day, pieces in exceptions:
            marks[day] = _Kind.SHUT
            for low, high in pieces:
                marks[low], marks[high] = _Kind.OPEN, _Kind.SHUT
            marks[day + DAY] = _Kind.WEEK
        self.week = week
        self._starts = list(marks)
        self._kinds = list(marks.values())
        self._behind = [_BEGINNING]
        self._bases = [0]
        for i, start in enumerate(self._starts[1:]):
            behind = self._within(i, start)
            self._behind.append(behind)
            self._bases.append(0)
            self._bases[i + 1] = behind - self._within(i + 1, start)

    def covered(self, reading: int) -> int:
        return self._within(bisect_right(self._starts, reading) - 1, reading)

    def _within(self, i: int, reading: int) -> int:
        kind = self._kinds[i]
        if kind is _Kind.WEEK:
            return self._bases[i] + self.week.covered(reading)
        return self._bases[i] + reading if kind is _Kind.OPEN else self._bases[i]

    def reach(self, amount: int) -> int:
        """The caller has made sure that the amount is reached."""
        i = bisect_left(self._behind, amount) - 1
        rest = amount - self._bases[i]
        return rest if self._kinds[i] is _Kind.OPEN else self.week.reach(rest)

    def pieces(self, low: int, high: int) -> Iterator[Piece]:
        i = bisect_right(self._starts, low) - 1
        while low < high:
            end = min(high, self._starts[i + 1]) if i + 1 < len(self._starts) else high
            if self._kinds[i] is _Kind.WEEK:
                yield from self.week.pieces(low, end)
            elif self._kinds[i] is _Kind.OPEN:
                yield low, end
            low, i = end, i + 1


class Timeline:
    """Real time under one calendar, from 1970 to the end of 2199."""

    def __init__(self, wall: Wall, stretches: Stretches) -> None:
        self._wall = wall
        self._starts = stretches.starts
        self._shifts = stretches.shifts
        # When the clocks change, readings are left out or come twice. What the wall clock then counts too
        # much or too little adds up in the drift.
        self._drifts = [0]
        self._behind = [wall.covered(self._starts[0] + self._shifts[0])]
        for i in range(1, len(self._starts)):
            start, drift = self._starts[i], self._drifts[i - 1]
            behind = drift + wall.covered(start + self._shifts[i - 1])
            self._behind.append(behind)
            self._drifts.append(behind - wall.covered(start + self._shifts[i]))
        self._total = self._drifts[-1] + wall.covered(LAST_INSTANT + self._shifts[-1])

    def covered(self, instant: int) -> int:
        if not 0 <= instant <= LAST_INSTANT:
            raise OutOfRange("An instant lies outside the years 1970 to 2199.")
        i = bisect_right(self._starts, instant) - 1
        return self._drifts[i] + self._wall.covered(instant + self._shifts[i])

    def reach(self, amount: int) -> int:
        """The amount is more than what lies before 1970, as any amount on top of `covered` is."""
        if amount > self._total:
            if self._wall.week.total:
                raise OutOfRange("The time asked for passes after the year 2199.")
            raise NeverOpens("The calendar does not open often enough for the time asked for ever to pass.")
        i = bisect_left(self._behind, amount) - 1
        return self._wall.reach(amount - self._drifts[i]) - self._shifts[i]

    def pieces(self, low: int, high: int) -> Iterator[Piece]:
        """The open pieces between two instants, in order and joined."""
        return joined(self._pieces(low, high))

    def _pieces(self, low: int, high: int) -> Iterator[Piece]:
        i = bisect_right(self._starts, low) - 1
        while low < high:
            end = min(high, self._starts[i + 1]) if i + 1 < len(self._starts) else high
            shift = self._shifts[i]
            for start, stop in self._wall.pieces(low + shift, end + shift):
                yield start - shift, stop - shift
            low, i = end, i + 1
