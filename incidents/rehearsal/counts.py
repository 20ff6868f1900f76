"""What a rehearsal has counted, by plan and severity. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from incidents.enums import Fared
from incidents.rehearsal.faring import Ended, Result


@dataclass
class Count:
    """Of promises: all; kept then and under the draft; and how they would have fared and when been due."""

    promises: int = 0
    kept: int = 0
    kept_under_draft: int = 0
    worse: int = 0
    better: int = 0
    nothing: int = 0
    open: int = 0
    sooner: int = 0
    later: int = 0

    def add(self, promise: Ended, result: Result) -> None:
        self.promises += 1
        self.kept += promise.kept
        self.worse += result.fared == Fared.WORSE
        self.better += result.fared == Fared.BETTER
        self.nothing += result.fared == Fared.NOTHING
        self.open += result.fared == Fared.OPEN
        self.kept_under_draft += result.fared == Fared.BETTER or (result.fared == Fared.SAME and promise.kept)
        if result.due_at is not None:
            self.sooner += result.due_at < promise.due_at
            self.later += result.due_at > promise.due_at

    def __iadd__(self, other: "Count") -> "Count":
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self


Key = tuple[int, int]
"""(plan id, severity)"""


class Counts(dict[Key, Count]):
    def of(self, plan_id: int, severity: int) -> Count:
        return self.setdefault((plan_id, severity), Count())

    def total(self) -> Count:
        total = Count()
        for count in self.values():
            total += count
        return total

    def as_json(self) -> dict[str, Any]:
        return {f"{plan_id}:{severity}": asdict(count) for (plan_id, severity), count in self.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Counts":
        return cls(_read(stored))


def _read(stored: Mapping[str, Any]) -> Iterator[tuple[Key, Count]]:
    for key, values in stored.items():
        plan_id, _colon, severity = key.partition(":")
        yield (int(plan_id), int(severity)), Count(**values)
