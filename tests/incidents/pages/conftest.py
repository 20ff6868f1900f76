"""An incident of the big company, ways to make more, and files that stay in the test's own folder."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from incidents import actions
from incidents.actions.log import NewIncident
from incidents.enums import Kind
from incidents.models import Attachment, Incident
from plans.enums import Severity
from portal.identity.models import Membership
from tests.cast import Cast, House


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}


@pytest.fixture
def house(cast: Cast) -> House:
    return cast.acme


@pytest.fixture
def log(house: House, acting_as: Callable[[Membership], Any]) -> Callable[..., Incident]:
    """``log(contact, title=…)``: what the contact says when logging can be given by name."""

    def make(contact: Membership | None = None, **said: Any) -> Incident:
        contact = contact or house.big.contact
        product = house.ledger if contact.tenant_id == house.tenant.pk else None
        given = {
            "kind": Kind.DEFECT,
            "severity": Severity.MAJOR,
            "product": product,
            "title": "Posting stops",
            "description": "It stops at **company 3**.",
            **said,
        }
        with acting_as(contact):
            return actions.log_incident(person=contact, incident=NewIncident(**given))

    return make


@pytest.fixture
def incident(log: Callable[..., Incident]) -> Incident:
    return log()


@pytest.fixture
def upload(acting_as: Callable[[Membership], Any], house: House) -> Callable[..., Attachment]:
    """``upload(person)``: a small text file that waits to be attached."""

    def make(person: Membership, name: str = "trace.log", content: bytes = b"line\n") -> Attachment:
        account = person.account or house.big.account
        with acting_as(person):
            return actions.upload(person=person, account=account, file=ContentFile(content), name=name)

    return make


@pytest.fixture
def reload(acting_in: Callable[..., Any]) -> Callable[[Incident], Incident]:
    def again(incident: Incident) -> Incident:
        with acting_in(incident.tenant):
            return Incident.objects.get(pk=incident.pk)

    return again


def page_of(incident: Incident) -> str:
    return f"/incidents/{incident.reference}/"


def key_in(html: str) -> str:
    found = re.search(r'name="key" value="(\w+)"', html)
    assert found is not None
    return found[1]
