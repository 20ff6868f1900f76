"""What collectstatic makes of the style sheets and scripts for production."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "portal.core.ui.storage.BundledStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def served(root: Path, name: str) -> str:
    return (root / staticfiles_storage.stored_name(name)).read_text()


def test_one_style_sheet_holds_all_in_the_order_of_its_layers(collected: Path) -> None:
    sheet = served(collected, "css/portal.css")
    assert "@import" not in sheet
    assert re.findall(r"^@layer (\w+) {", sheet, re.MULTILINE)[:3] == ["tokens", "base", "components"]
    assert "--accent-hue: 250" in sheet
    assert ".timeline-item" in sheet


def test_a_changed_component_is_in_the_next_bundle(collected: Path) -> None:
    target = collected / "css/portal.css"
    target.write_text("/* an earlier bundle */")
    later = target.stat().st_mtime + 60
    os.utime(target, (later, later))
    call_command("collectstatic", interactive=False, verbosity=0)
    assert ".timeline-item" in served(collected, "css/portal.css")


def test_modules_import_one_another_by_hashed_names(collected: Path) -> None:
    imports = re.findall(r'from "\./(.+?)"', served(collected, "js/main.js"))
    assert len(imports) == 16
    assert all(
        (collected / "js" / name).is_file() and re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imports
    )
