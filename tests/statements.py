"""How many SQL statements a page costs."""

from contextlib import AbstractContextManager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

_NOT_THE_PAGES_OWN = (
    "SAVEPOINT",
    "RELEASE",
    # A test runs in a transaction already, so the middleware puts the outer scope back at the end.
    "SELECT set_config('app.tenant_id', '', true)",
)


def statements_of(client: Client, url: str) -> list[str]:
    """The statements of a GET that answers 200, without what only a test's outer transaction adds."""
    captured: AbstractContextManager[CaptureQueriesContext] = CaptureQueriesContext(connection)
    with captured as queries:
        response = client.get(url)
    assert response.status_code == 200
    return [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(_NOT_THE_PAGES_OWN)]
