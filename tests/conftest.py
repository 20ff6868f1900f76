"""The test database, and the standing cast that every test may use.

The owner's role makes the test database; the tests then run as the role that the row policies
bind. Nothing is seen until a test acts as somebody: ``with acting_as(person): …``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from incidents.sight import forget_kept
from portal.config import environment
from portal.core import heartbeats, waking
from portal.core.tenancy import APP_ROLE, EVERY_ACCOUNT, acting
from portal.identity.hosts import forget_tenants
from portal.identity.models import Membership, Tenant
from tests.cast import Cast, find_cast, make_cast


def pytest_configure() -> None:
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {name: {**in_memory, "LOCATION": name} for name in settings.CACHES}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CELERY_BROKER_URL = "memory://"


def _connect_as(url: str) -> None:
    connection.close()
    parts = environment.database(url)
    connection.settings_dict.update({key: parts[key] for key in ("USER", "PASSWORD")})


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    _connect_as(settings.DATABASE_OWNER_URL)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT TRUNCATE, MAINTAIN ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        _connect_as(settings.DATABASE_URL)
        if not find_cast():
            make_cast()
    yield
    with django_db_blocker.unblock():
        _connect_as(settings.DATABASE_OWNER_URL)


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    cache.clear()
    forget_tenants()
    forget_kept()
    heartbeats.forget()
    # So that a page costs the same in every test; who tests the banner forgets this.
    heartbeats._memory.asked = monotonic() + 3600


@pytest.fixture(autouse=True)
def _woken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are woken in the test's own thread, so that what came of it can be looked at."""
    monkeypatch.setattr(waking, "_messenger", SimpleNamespace(hand_over=lambda task: waking.send(task)))


@pytest.fixture
def cast(db: None) -> Cast:
    """Two tenants, two accounts in each, one person per role: see ``tests/cast.py``."""
    return find_cast() or make_cast()


@contextmanager
def _acting_as(person: Membership) -> Iterator[Membership]:
    with acting(
        tenant_id=person.tenant_id,
        account_id=EVERY_ACCOUNT if person.is_staff_member else person.account_id,
        user_id=person.user_id,
    ):
        yield person


@pytest.fixture
def acting_as() -> Callable[[Membership], Any]:
    """``with acting_as(person):`` sees what the database lets that person see."""
    return _acting_as


@contextmanager
def _acting_in(tenant: Tenant) -> Iterator[None]:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        yield


@pytest.fixture
def acting_in() -> Callable[[Tenant], Any]:
    """``with acting_in(tenant):`` sees all rows of one tenant."""
    return _acting_in


@pytest.fixture
def client_of(cast: Cast) -> Callable[..., Client]:
    """``client_of(person)``: a browser signed in at the person's tenant; without a person nobody's."""

    def make(person: Membership | None = None, *, tenant: Tenant | None = None) -> Client:
        tenant = tenant or (person.tenant if person else cast.acme.tenant)
        client = Client(HTTP_HOST=f"{tenant.label}.{settings.BASE_HOST}")
        if person is not None:
            client.force_login(person.user)
        return client

    return make


@contextmanager
def _as_owner() -> Iterator[Any]:
    """A cursor of the tables' owner on a connection of its own: it sees committed rows only."""
    owner = connection.copy()
    parts = environment.database(settings.DATABASE_OWNER_URL)
    owner.settings_dict = {**connection.settings_dict, "USER": parts["USER"], "PASSWORD": parts["PASSWORD"]}
    try:
        with owner.cursor() as cursor:
            yield cursor
    finally:
        owner.close()


@pytest.fixture
def as_owner() -> Callable[[], Any]:
    return _as_owner
