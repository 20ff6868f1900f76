"""What a request asks of the database: its statements, and the plan of each."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from django.db import connections
from psycopg2 import IntegrityError

_TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET")
_READS_TABLES = ("SELECT", "WITH", "UPDATE", "DELETE")
_PREPARED = "EXECUTE"


class Watch:
    """Collects the statements of one request, each with its plan where it reads a table.

    Such a statement is run a second time, to see what its plan really touched, and that is taken back.
    """

    def __init__(self) -> None:
        self.statements: list[dict[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], query: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(query, params, many, context)
        words = query.upper().replace("(", " ").split()
        if words[0] in _TRANSACTION_CONTROL:
            return result
        reads = words[0] in _READS_TABLES and ("FROM" in words or words[0] == "UPDATE")
        for part, values in _parts(query, params) if words[0] == _PREPARED else [(query, params)]:
            explained = (reads or words[0] == _PREPARED) and not many
            plan = _plan(context["connection"], part, values) if explained else None
            self.statements.append({"sql": part, "plan": plan})
        return result


def _parts(query: str, params: Any) -> Iterator[tuple[str, Any]]:
    """Prepared statements that went in one round trip, each with its own parameters."""
    left = list(params or ())
    for part in query.split("; "):
        count = part.count("%s")
        yield part, left[:count]
        left = left[count:]


def watched(handler: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the statements of the request instead of its page."""
    watch = Watch()
    seen: list[str] = []
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(watch))
        response = handler(environ, lambda status, headers, *rest: seen.append(status))
        page = b"".join(response)
        response.close()
    answer = {"status": int(seen[0][:3]), "bytes": len(page), "statements": watch.statements}
    body = json.dumps(answer).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-Cpu", "0")]
    )
    return [body]


def _plan(connection: Any, query: str, params: Any) -> Any:
    run = connection.in_atomic_block
    with connection.connection.cursor() as cursor:
        if run:
            cursor.execute("SAVEPOINT watched")
        try:
            cursor.execute(f"EXPLAIN ({'ANALYZE, TIMING OFF, ' if run else ''}FORMAT JSON) {query}", params)
        except IntegrityError:  # a row that is there by now can't be written again
            cursor.execute("ROLLBACK TO SAVEPOINT watched")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {query}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
        if run:
            cursor.execute("ROLLBACK TO SAVEPOINT watched; RELEASE SAVEPOINT watched")
        return plan
