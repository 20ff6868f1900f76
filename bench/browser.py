"""One person's connection to the server: kept alive, one request at a time."""

import http.client
import json
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlencode

from bench.figures import Failed


@dataclass(slots=True)
class Answer:
    """:param cpu: CPU seconds of the server process; known when it has answered again (:class:`Meter`)."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float
    cpu: float | None = None

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Meter:
    """Shares out the CPU time of one server process among its answers, given one after the other."""

    def __init__(self) -> None:
        self._last: tuple[Answer, float] | None = None

    def read(self, answer: Answer) -> None:
        """An answer tells how much the process had used when its request came in."""
        cpu = float(answer.headers.get("X-Cpu", 0))
        if self._last:
            earlier, then = self._last
            earlier.cpu = cpu - then
        self._last = (answer, cpu)


class Browser:
    """Keeps the cookies that it is given.

    :param meter: the server's.
    :param cookie: an open session's, ``name=value``.
    :param token: a program's.
    """

    def __init__(self, port: int, host: str, meter: Meter, *, cookie: str = "", token: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Host": f"{host}:{port}", "Accept-Language": "en"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._cookies = SimpleCookie(cookie)
        self._meter = meter

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields).encode(), kind)

    def post_json(self, path: str, content: Any, headers: dict[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/json", **(headers or {})}
        return self._ask("POST", path, json.dumps(content).encode(), kind)

    def watch(self, method: str, path: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
        """The statements that a request runs, instead of its page (see ``bench.watch``)."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        body = urlencode(fields).encode() if fields else None
        watched: dict[str, Any] = self._ask(method, path, body, {**kind, "X-Watch": "1"}).json()
        if watched["status"] >= 400:
            raise Failed(f"{method} {path} answered {watched['status']} when it was watched.")
        return watched

    def settle(self) -> None:
        """Ask for nothing, so that the last answer learns what it cost."""
        self.get("/floor/nothing/")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        began = time.perf_counter()
        try:
            cookies = {"Cookie": self._cookies.output(attrs=[], header="", sep=";").strip()}
            self._connection.request(method, path, body, {**self._headers, **cookies, **(headers or {})})
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Failed(f"{method} {path} was not answered: {error!r}") from error
        for cookie in response.headers.get_all("Set-Cookie", ()):
            self._cookies.load(cookie)
        answer = Answer(response.status, response.headers, content, time.perf_counter() - began)
        self._meter.read(answer)
        return answer


def expect(answer: Answer, status: int, what: str) -> Answer:
    """:raises Failed: the server answered something else."""
    if answer.status != status:
        where = answer.headers.get("Location", "")
        raise Failed(f"{what} answered {answer.status} {where} instead of {status}.")
    return answer
