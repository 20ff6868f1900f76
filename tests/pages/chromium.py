"""The Chromium of this machine, and how it is started."""

import os
import shutil
from typing import Any

NONE_HERE = "There is no Chromium here (Debian: apt install chromium)."


def launch_options() -> dict[str, Any] | None:
    """For Playwright; None where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return None
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    quiet = ["--disable-dev-shm-usage", "--disable-background-networking"]
    return {"executable_path": chromium, "args": [*as_root, *quiet]}
