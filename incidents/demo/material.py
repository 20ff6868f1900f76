"""The raw material: companies, people and conversations. ``_format`` in each file explains it."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Raw = Mapping[str, Any]

PASSWORD = "calm-harbour-42"  # noqa: S105  everybody's in the demo, and printed; only seed_demo ever sets it
_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def demo() -> Raw:
    return _read("demo.json")


@cache
def scenarios() -> tuple[Raw, ...]:
    """Every conversation, in the order of the files."""
    return tuple(scenario for name in demo()["scenario_files"] for scenario in _read(name)["scenarios"])


@cache
def solutions() -> tuple[Raw, ...]:
    """What the vendors' staff have written down."""
    return tuple(_read("solutions.json")["solutions"])


def _read(name: str) -> Raw:
    data: Raw = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return data
