"""A measured figure, its bar, and how both are printed and kept."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict


class Figure(TypedDict):
    name: str
    value: float | None
    unit: str
    bar: str
    ok: bool


class Failed(Exception):
    """A measurement that could not be taken, and why."""


def at_most(name: str, value: float, unit: str, bar: float) -> Figure:
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": f"≤ {bar:,}", "ok": value <= bar}


def at_least(name: str, value: float, unit: str, bar: float) -> Figure:
    return {"name": name, "value": round(value, 3), "unit": unit, "bar": f"≥ {bar:,}", "ok": value >= bar}


def not_taken(name: str) -> Figure:
    """Counts as missed: a page that does not answer has no speed."""
    return {"name": name, "value": None, "unit": "", "bar": "measured", "ok": False}


def write(figures: Sequence[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def as_rows(figures: Iterable[Figure]) -> list[list[str]]:
    return [
        [f["name"], _number(f["value"]), f["unit"], f["bar"], "" if f["ok"] else "MISSED"] for f in figures
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under their heads; all but the first are set to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = []
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *others]).rstrip())
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
