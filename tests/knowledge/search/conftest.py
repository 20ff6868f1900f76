from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge.search import kinds
from knowledge.search.actions import Entry, index
from knowledge.search.enums import Audience
from knowledge.search.kinds import Kind
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Tenant
from tests.api.conftest import program  # noqa: F401  a fixture
from tests.cast import Cast
from tests.knowledge.search.corpus import Article, articles

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOLUTION = Kind(
    code="solution", label="Solution", icon="lightbulb", group="Knowledge", position=10, suggested=True
)
RELEASE = Kind(code="release", label="Release", icon="package", group="Downloads", position=20)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of these tests alone, whatever the upper apps register."""
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register(SOLUTION, RELEASE)


def entry(title: str = "Printer stops", text: str = "", **fields: Any) -> Entry:
    given = {"language": "en", "url": "/solutions/S-1/", "audience": Audience.PUBLIC, "dated_at": DAY}
    return Entry(title=title, text=text, **{**given, **fields})


@pytest.fixture
def put(cast: Cast) -> Callable[..., int]:
    """``put(entry(…), entry(…))``: an object of Acme's with these entries; its id."""
    numbers: Iterator[int] = iter(range(1, 1000))

    def make(*entries: Entry, kind: str = "solution", tenant: Tenant | None = None) -> int:
        tenant, object_id = tenant or cast.acme.tenant, next(numbers)
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            index(tenant_id=tenant.pk, kind=kind, object_id=object_id, entries=entries)
        return object_id

    return make


@pytest.fixture
def corpus(cast: Cast) -> Sequence[Article]:
    """All articles are Acme's, and public."""
    found = articles()
    tenant = cast.acme.tenant
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        for number, article in enumerate(found, start=1):
            index(
                tenant_id=tenant.pk,
                kind="solution",
                object_id=number,
                entries=[
                    entry(
                        article.title,
                        article.text,
                        language=article.language,
                        url=f"/solutions/{article.key}/",
                    )
                ],
            )
    return found
