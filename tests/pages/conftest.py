"""A real Chromium for the tests of pages. Without one they are skipped; in CI that is a failure.

``served`` is the portal in this process, with the standing cast and what a customer of it has, committed.
All tests share it, so each logs incidents of its own. ``arrive(person)`` is somebody's browser there.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext, Page

from portal.identity.models import Membership, Tenant
from tests.cast import find_cast, make_cast
from tests.isolation.scene import Scene, make_scene
from tests.pages.chromium import NONE_HERE, launch_options
from tests.pages.served import Served

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop of its own


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    options = launch_options()
    if options is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI runs the tests of pages, but there is no Chromium here.")
        pytest.skip(NONE_HERE)
    return {**browser_type_launch_args, **options}


@pytest.fixture(scope="package")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Instead of a transaction for each test: what is written here stays until the last test of this folder,
    so that servers see it."""
    assert connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        yield
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        make_cast()


@pytest.fixture(scope="package")
def served(browser: Any, db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path_factory.mktemp("files")}}
    with override_settings(STORAGES=storages):
        scene = make_scene(find_cast() or make_cast())
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.start()
        server.is_ready.wait()
        try:
            with override_settings(PUBLIC_PORT=str(server.port)):
                yield Served(server.port, scene)
        finally:
            server.terminate()


@pytest.fixture
def scene(served: Served) -> Scene:
    return served.scene


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Errors in the pages' consoles, and what the content policy stopped. None may be left."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def arrive(
    new_context: Callable[..., BrowserContext], served: Served, complaints: list[str]
) -> Callable[..., Page]:
    """``arrive(person)``: a signed-in browser of their own; without a person, anybody's."""

    def arrive(person: Membership | None = None, *, at: Tenant | None = None) -> Page:
        return served.window(new_context, person, at, complaints)

    return arrive
