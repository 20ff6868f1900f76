"""Releases of Acme's product Ledger, and files in a folder of the test's own."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from knowledge.releases import actions
from knowledge.releases.actions import Facts, Words
from knowledge.releases.models import Download, Release, ReleaseFile, Upload
from plans.actions import add_version
from plans.models import ProductVersion
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.tokens import make_token
from portal.identity.models import Membership
from tests.cast import Cast, House

CONTENT = bytes(range(256)) * 40
"""Ten parts and a bit of 1,000 bytes, no two of them the same."""
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    settings.FILES_DIR = tmp_path
    settings.RELEASE_PART_BYTES = 1000


@pytest.fixture
def acme(cast: Cast, acting_in: Callable[..., Any]) -> Any:
    """Acme, acted in for all of its accounts; Ledger has the versions 1.0 and 2.0."""
    with acting_in(cast.acme.tenant):
        add_version(product=cast.acme.ledger, name="2.0", actor=cast.acme.admin)
        yield cast.acme


@pytest.fixture
def draft(acme: House) -> Callable[..., Release]:
    """``draft(title="…", kind="patch")``: of Ledger 1.0, with one file."""

    def make(
        *,
        title: str = "Ledger patch",
        version: str = "1.0",
        kind: str = "patch",
        days_ago: int = 5,
        files: dict[str, bytes] | None = None,
        **facts: Any,
    ) -> Release:
        made = actions.start_draft(
            actor=acme.lead,
            facts=Facts(
                version=ProductVersion.objects.get(tenant=acme.tenant, product=acme.ledger, name=version),
                kind=kind,
                released_on=timezone.localdate() - timedelta(days=days_ago),
                **facts,
            ),
            words=Words(language="en", title=title, notes="Read **this**.", fixes=["A posting stops"]),
        )
        for name, content in ({"ledger.zip": CONTENT} if files is None else files).items():
            actions.add_file(actor=acme.lead, release=made, file=ContentFile(content), name=name)
        return made

    return make


@pytest.fixture
def published(acme: House, draft: Callable[..., Release]) -> Callable[..., Release]:
    def make(**fields: Any) -> Release:
        return actions.publish(actor=acme.lead, release=draft(**fields))

    return make


@pytest.fixture
def release(published: Callable[..., Release]) -> Release:
    return published()


@pytest.fixture
def owner(acme: House, client_of: Callable[..., Client]) -> Client:
    """The browser of a contact who has a contract."""
    return client_of(acme.big.contact)


@pytest.fixture
def lead(acme: House, client_of: Callable[..., Client]) -> Client:
    return client_of(acme.lead)


@pytest.fixture
def program(acme: House) -> Callable[..., Any]:
    """``program(person)(path)``: what a program of the person is answered, and its content."""

    def make(person: Membership) -> Callable[..., Any]:
        with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
            _token, secret = make_token(person=person, name="Program", scope="read", expires_at=None)
        client = Client(HTTP_HOST=f"{person.tenant.label}.{settings.BASE_HOST}")

        def get(path: str, **headers: str) -> tuple[Any, Any]:
            answer = client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {secret}", **headers})
            if answer.streaming:
                return answer, answer.getvalue()
            return answer, json.loads(answer.content) if answer.content else None

        return get

    return make


def the_file(release: Release) -> ReleaseFile:
    return ReleaseFile.objects.select_related("release").get(release=release)


def everything() -> dict[str, list[Any]]:
    """All rows of ours that the current scope sees, to see that nothing changed."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Release, ReleaseFile, Upload, Download)
    }
