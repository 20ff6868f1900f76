"""The portal and the floor pages in one server process, with a meter on both.

Every answer carries ``X-Cpu``: the CPU time of the process when the request came in. The difference
between two answers is what the first request cost, from its parsing to its last byte. A request that
asks with ``X-Watch`` gets, in place of the page, the statements that the page ran and their plans.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

from bench.settings import FLOOR_MIDDLEWARE
from bench.watch import watched

StartResponse = Callable[..., Any]


def _floor_handler() -> WSGIHandler:
    with override_settings(MIDDLEWARE=FLOOR_MIDDLEWARE):
        return WSGIHandler()


_portal = get_wsgi_application()
_floor = _floor_handler()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    cpu = time.process_time()
    handler = _floor if environ["PATH_INFO"].startswith("/floor/") else _portal
    if "HTTP_X_WATCH" in environ:
        return watched(handler, environ, start_response)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Cpu", f"{cpu:.9f}")], *rest)

    return handler(environ, start)
