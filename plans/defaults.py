"""The data that a new tenant starts with, and the brochure's words that no tenant edits."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent / "data"


@cache
def brochure() -> dict[str, Any]:
    """Plans, groups, footnotes and the 23 features, each in six languages."""
    return _read("matrix.json")


@cache
def defaults() -> dict[str, Any]:
    """Severities, targets, calendars, and what single cells need."""
    return _read("defaults.json")


def group_names(language: str) -> dict[str, str]:
    """The five groups of features in their order, by code."""
    return {code: words.get(language, words["en"]) for code, words in brochure()["categories"].items()}


def footnotes(language: str) -> dict[str, str]:
    """What ``*`` and ``**`` say."""
    return {sign: words.get(language, words["en"]) for sign, words in brochure()["notes"].items()}


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return data
