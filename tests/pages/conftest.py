"""A real Chromium for the tests of pages. Without one they are skipped; in CI that is a failure."""

import os
import shutil
from typing import Any

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop of its own


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI runs the tests of pages, but there is no Chromium here.")
        pytest.skip("There is no Chromium here (Debian: apt install chromium).")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    quiet = ["--disable-dev-shm-usage", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*as_root, *quiet]}
