from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _port_in_links(settings: Any) -> None:
    """Links are read from mails here, whatever port this machine serves on."""
    settings.PUBLIC_PORT = "8000"
