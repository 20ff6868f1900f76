"""Doors in the wall: functions of the database that look across tenants, and tell ids only.

Why they are: docs/decisions/0003-doors-in-the-wall.md.
"""

import uuid
from collections import defaultdict
from typing import Any

from django.db import connection


def ask(door: str, *arguments: int | uuid.UUID) -> list[tuple[int, Any]]:
    """Of each row that the door tells, the id of its tenant and its own."""
    places = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(door)}({places})", arguments)  # noqa: S608
        return list(cursor.fetchall())


def ask_by_tenant(door: str, *arguments: int | uuid.UUID) -> dict[int, list[Any]]:
    """The same in the door's order: id of the tenant → ids of its rows."""
    found: dict[int, list[Any]] = defaultdict(list)
    for tenant_id, pk in ask(door, *arguments):
        found[tenant_id].append(pk)
    return found
