"""What the frames print as navigation."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import path

from portal.core.ui import navigation
from portal.core.ui.navigation import Entry, Place, links, register

urlpatterns = [
    path("", lambda request: None, name="home"),
    path("incidents/", lambda request: None, name="incidents"),
    path("incidents/queue/", lambda request: None, name="queue"),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _own_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    register(
        Entry(place=Place.STAFF, key="queue", label="Queue", url_name="queue", icon="list", position=3),
        Entry(place=Place.STAFF, key="home", label="Home", url_name="home", icon="house", position=1),
        Entry(
            place=Place.STAFF, key="all", label="Incidents", url_name="incidents", icon="ticket", position=2
        ),
        Entry(
            place=Place.BAR,
            key="bell",
            label="News",
            url_name="home",
            icon="bell",
            position=1,
            shown_to=lambda person: person.is_staff_member,
            count=lambda request: 3,
        ),
    )


def request_of(person: object, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.person = person
    return request


STAFF = SimpleNamespace(is_staff_member=True)
CONTACT = SimpleNamespace(is_staff_member=False)


def test_entries_stand_in_order_of_position() -> None:
    assert [link.entry.key for link in links(request_of(STAFF), Place.STAFF)] == ["home", "all", "queue"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["home"]),
        ("/incidents/", ["all"]),
        ("/incidents/KL-1042/", ["all"]),
        ("/incidents/queue/", ["queue"]),
        ("/incidents-other/", []),
    ],
)
def test_the_longest_address_that_leads_here_is_current(path: str, current: list[str]) -> None:
    assert [link.entry.key for link in links(request_of(STAFF, path), Place.STAFF) if link.current] == current


def test_entries_are_shown_to_whom_they_concern() -> None:
    assert [link.count for link in links(request_of(STAFF), Place.BAR)] == [3]
    assert links(request_of(CONTACT), Place.BAR) == []


def test_without_a_person_there_is_no_navigation() -> None:
    assert links(request_of(None), Place.STAFF) == []


def test_registering_again_replaces() -> None:
    register(Entry(place=Place.STAFF, key="home", label="Start", url_name="home", icon="house", position=1))
    assert [str(link.entry.label) for link in links(request_of(STAFF), Place.STAFF)] == [
        "Start",
        "Incidents",
        "Queue",
    ]
