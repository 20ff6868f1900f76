import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from incidents.actions import NewIncident, log_incident
from incidents.enums import Kind
from incidents.models import Incident
from plans.enums import Severity
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.tokens import make_token
from portal.identity.models import ApiToken, Membership, Tenant
from tests.cast import Cast


@dataclass
class Program:
    """A program with a token, at one tenant's host."""

    tenant: Tenant
    secret: str = ""
    token: ApiToken | None = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        client = Client(HTTP_HOST=f"{self.tenant.label}.{settings.BASE_HOST}")
        if self.secret:
            headers["authorization"] = f"Bearer {self.secret}"
        data = json.dumps(body) if body is not None else ""
        return client.generic(
            method, f"/api/v1/{path}", data, content_type="application/json", headers=headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def upload(self, **fields: Any) -> Any:
        client = Client(HTTP_HOST=f"{self.tenant.label}.{settings.BASE_HOST}")
        return client.post("/api/v1/attachments/", fields, headers={"authorization": f"Bearer {self.secret}"})


@pytest.fixture
def program(cast: Cast) -> Callable[..., Program]:
    """``program(person)`` may write, ``program(person, scope="read")`` not; ``program()`` has no token."""

    def make(person: Membership | None = None, *, scope: str = "write", at: Tenant | None = None) -> Program:
        if person is None:
            return Program(at or cast.acme.tenant)
        with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
            token, secret = make_token(person=person, name="Program", scope=scope, expires_at=None)
        return Program(at or person.tenant, secret, token)

    return make


@pytest.fixture
def incident(cast: Cast, log: Callable[..., Incident]) -> Incident:
    """Logged by the contact of Acme's big customer."""
    return log(cast.acme.big.contact)


@pytest.fixture
def log(cast: Cast) -> Callable[..., Incident]:
    def make(contact: Membership, **fields: Any) -> Incident:
        house = cast.acme if contact.tenant_id == cast.acme.tenant.pk else cast.rival
        given = {
            "kind": Kind.DEFECT,
            "severity": Severity.MAJOR,
            "product": house.ledger,
            "title": "Posting run stops",
            "description": "At step **4**.",
        }
        with acting(tenant_id=contact.tenant_id, account_id=EVERY_ACCOUNT):
            return log_incident(person=contact, incident=NewIncident(**{**given, **fields}))

    return make


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
