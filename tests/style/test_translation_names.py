"""A text is found for translation by the name of the function that marks it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "plans", "entitlements", "notifications", "knowledge", "incidents")
_RENAMED = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (?!_\b)(\w+)")


def test_translation_functions_go_by_their_own_name_or_an_underscore():
    renamed = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for match in _RENAMED.finditer(path.read_text())
    ]
    assert renamed == []
