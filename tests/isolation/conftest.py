from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.isolation.scene import STRANGERS, Scene, make_scene


@pytest.fixture
def scene(cast: Cast, settings: Any, tmp_path: Any) -> Scene:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    return make_scene(cast)


@pytest.fixture
def browser_of(scene: Scene, client_of: Callable[..., Client]) -> Callable[[str], Client]:
    """``browser_of(name)``: the browser of one of the strangers."""

    def make(name: str) -> Client:
        stranger = STRANGERS[name]
        return client_of(stranger.person(scene), tenant=stranger.tenant(scene))

    return make
