"""Incidents in the first weeks of March 2026, and a sweep that is told what time it is."""

from collections.abc import Callable
from typing import Any

import pytest

from incidents.alerts.sweep import alert_due
from incidents.models import Alert
from notifications.models import Notification
from tests.cast import Cast
from tests.incidents.clocks.conftest import Story, at, here, promise

__all__ = ["here", "promise"]


@pytest.fixture
def story(cast: Cast, here: None) -> Story:
    """An incident of the small customer (Xtreme, in Berlin, first response in 4 h at severity 2)."""
    return Story(cast)


@pytest.fixture
def elite(cast: Cast, here: None) -> Story:
    """An incident of the big customer, which has Elite."""
    told = Story(cast)
    told.company = cast.acme.big
    return told


@pytest.fixture
def sweep() -> Callable[[str], int]:
    """``sweep("Tue 3 Mar 10:00")``: what the sweep does then; it returns how many clocks it took up."""
    return lambda when: alert_due(lambda: at(when))


@pytest.fixture
def told(here: None) -> Callable[[], set[tuple[str, str]]]:
    """``told()``: the kinds and the names of whoever was told about a promised time, all in all."""
    kinds = ("due", "breached", "late", "missed", "committed")

    def names() -> set[tuple[str, str]]:
        found = Notification.objects.filter(kind__in=[f"incidents.{kind}" for kind in kinds])
        rows = found.select_related("recipient__user")
        return {(one.kind.removeprefix("incidents."), one.recipient.name) for one in rows}

    return names


@pytest.fixture
def alerts(here: None) -> Callable[[], list[tuple[Any, ...]]]:
    """``alerts()``: percent, folded and late of each alert, from low to high."""
    return lambda: list(
        Alert.objects.order_by("clock_id", "percent").values_list("percent", "folded", "late")
    )
