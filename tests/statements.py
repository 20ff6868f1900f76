"""How many SQL statements a page costs."""

from contextlib import AbstractContextManager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def statements_of(client: Client, url: str) -> list[str]:
    """The statements of a GET that answers 200."""
    captured: AbstractContextManager[CaptureQueriesContext] = CaptureQueriesContext(connection)
    with captured as queries:
        response = client.get(url)
    assert response.status_code == 200
    return [q["sql"] for q in queries.captured_queries]
