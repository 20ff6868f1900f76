"""The cache's server goes away and comes back: the cache by itself, and the whole portal on it."""

import http.client
import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from django.contrib.auth.hashers import Argon2PasswordHasher

from portal.core import cache as module
from portal.core.cache import ASK_AGAIN, PATIENCE, OptionalRedisCache
from portal.core.services.process import spawn
from portal.core.services.valkey import Valkey
from portal.identity.models import User
from tests.cast import PASSWORD, find_cast, make_cast
from tests.notifications.test_several_workers import database_url
from tests.pages.running import Running, running_portal, wait_for

pytestmark = pytest.mark.processes
FEW = 5.0
"""Seconds: what no page may take, even while the first request finds out."""


class Server:
    """Valkey as a process that can be killed, halted and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.valkey = Valkey(folder)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self.process = spawn(self.valkey.program())
        wait_for(self.valkey.ready, "the cache's server")

    def write_down(self) -> None:
        """What it was told until now is in its file: a busy disk may make it wait for two seconds."""
        with closing(redis.Redis.from_url(self.valkey.cache_url)) as client:
            client.set("after it", 1)
            assert client.execute_command("WAITAOF", 1, 0, 20_000)[0] == 1

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def halt(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    server = Server(tmp_path / "redis")
    yield server
    server.kill()


@pytest.fixture
def cache(server: Server, monkeypatch: pytest.MonkeyPatch) -> OptionalRedisCache:
    monkeypatch.setattr(module, "_lines", {})
    options = {"counters": ["limit:"]}
    found = OptionalRedisCache(server.valkey.cache_url, {"KEY_PREFIX": "test", "OPTIONS": options})
    found.clear()
    return found


def test_while_it_is_there_it_is_a_cache(cache: OptionalRedisCache) -> None:
    cache.set("a", {"b": 1})
    assert (cache.get("a"), cache.add("a", 2), cache.has_key("a"), "c" in cache) == (
        {"b": 1},
        False,
        True,
        False,
    )
    cache.set_many({"c": 1, "d": 2})
    assert cache.get_many(["c", "d", "e"]) == {"c": 1, "d": 2}
    assert (cache.incr("c", 4), cache.decr("c"), cache.touch("c"), cache.delete("c")) == (5, 4, True, True)
    cache.delete_many(["a", "d"])
    assert cache.get_many(["a", "d"]) == {}
    assert cache.get_or_set("f", 7) == 7


def _ask_everything(cache: OptionalRedisCache) -> list[Any]:
    return [
        cache.get("a", "nothing"), cache.add("a", 1), cache.set("a", 1), cache.get("a"), cache.has_key("a"),
        cache.touch("a"), cache.delete("a"), cache.get_many(["a"]), cache.set_many({"a": 1}),
        cache.delete_many(["a"]), cache.get_or_set("a", 7), cache.clear(),
    ]  # fmt: skip


EMPTY = ["nothing", True, None, None, False, False, False, {}, [], None, 7, None]


@pytest.mark.parametrize("how", ["killed", "halted"])
def test_while_it_is_away_it_is_empty_and_nobody_waits_twice(
    server: Server, cache: OptionalRedisCache, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.INFO, logger=module.__name__)
    cache.set("a", "before")
    server.write_down()
    server.kill() if how == "killed" else server.halt()
    started = time.monotonic()
    assert _ask_everything(cache) == EMPTY
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    assert time.monotonic() - started < PATIENCE + 0.5
    server.start() if how == "killed" else server.go_on()
    time.sleep(ASK_AGAIN)
    assert cache.get("a") == "before"
    said = [(record.levelname, record.getMessage().partition(":")[0]) for record in caplog.records]
    assert said[0] == ("ERROR", "The cache can't be reached, going on without it")
    assert re.fullmatch(r"The cache is back after \d+ seconds", said[1][1])
    assert len(said) == 2


def test_a_connection_that_was_closed_meanwhile_is_no_outage(
    server: Server, cache: OptionalRedisCache, caplog: pytest.LogCaptureFixture
) -> None:
    cache.set("a", 1)
    server.write_down()
    server.kill()
    server.start()
    assert (cache.get("a"), caplog.records) == (1, [])


def test_what_counts_is_counted_on_in_the_process(server: Server, cache: OptionalRedisCache) -> None:
    cache.add("limit:x", 0, timeout=60)
    cache.incr("limit:x")
    server.kill()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("limit:x")
    assert cache.add("limit:x", 0, timeout=60)
    assert not cache.add("limit:x", 0, timeout=60)
    assert [cache.incr("limit:x") for _ in range(3)] == [1, 2, 3]


def test_nothing_is_kept_longer_than_the_longest(server: Server) -> None:
    cache = OptionalRedisCache(server.valkey.cache_url, {"OPTIONS": {"longest": 60}})
    assert [cache.get_backend_timeout(asked) for asked in (None, 14 * 86400, 60, 5)] == [60, 60, 60, 5]
    cache.set("a", 1, timeout=0)
    assert cache.get("a") is None


class Browser:
    """Somebody's browser at one portal, without JavaScript."""

    def __init__(self, port: int, label: str) -> None:
        self._port = port
        self._host = f"{label}.localhost:{port}"
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> tuple[int, str]:
        status, _, page = self._ask("GET", path, "")
        return status, page

    def post(self, path: str, fields: dict[str, Any]) -> tuple[int, str]:
        """The status, and where it leads."""
        token = self._cookies["csrftoken"].value
        status, place, _ = self._ask("POST", path, urlencode({"csrfmiddlewaretoken": token, **fields}))
        return status, place

    def sign_in(self, email: str) -> tuple[int, str]:
        self.get("/account/login/")
        return self.post("/account/login/", {"login": email, "password": PASSWORD})

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        headers = {
            "Host": self._host,
            "Cookie": "; ".join(f"{name}={one.value}" for name, one in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        started = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        assert time.monotonic() - started < FEW, f"{path} took too long"
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(line)
        return answer.status, answer.headers.get("Location", ""), page


@pytest.fixture
def portal(server: Server, tmp_path: Path, db: None) -> Iterator[Running]:
    hasher = Argon2PasswordHasher()  # the tests' own is unknown to a real server
    cast = find_cast() or make_cast()
    people = [cast.acme.big.contact.user_id, cast.acme.agent.user_id]
    User.objects.filter(pk__in=people).update(password=hasher.encode(PASSWORD, hasher.salt()))
    addresses = {
        "DATABASE_URL": database_url(),
        "DATABASE_OWNER_URL": os.environ["DATABASE_OWNER_URL"],
        "REDIS_URL": server.valkey.cache_url,
        "BROKER_URL": server.valkey.broker_url,
        "WEB_CONCURRENCY": "2",
    }
    with running_portal(tmp_path / "var", "--no-demo", **addresses) as running:
        yield running


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["killed", "halted"])
def test_the_portal_works_while_the_cache_and_the_broker_are_away(
    portal: Running, server: Server, how: str
) -> None:
    cast = find_cast()
    assert cast is not None
    contact, agent = (Browser(portal.port, "acme") for _ in range(2))
    assert contact.sign_in(cast.acme.big.contact.user.email) == (302, "/")
    assert contact.get("/")[0] == 200

    server.kill() if how == "killed" else server.halt()
    assert contact.get("/incidents/")[0] == 200
    assert agent.sign_in("nobody@acme.example")[0] == 200  # refused, and counted
    assert agent.sign_in(cast.acme.agent.user.email) == (302, "/")
    assert [agent.get(path)[0] for path in ("/", "/queue/", "/notifications/")] == [200] * 3
    status, form = contact.get("/incidents/new/")
    assert status == 200
    said = {
        "key": re.findall(r'name="key" value="([^"]+)"', form)[0],
        "kind": "defect",
        "product": cast.acme.ledger.pk,
        "severity": "2",
        "title": "Posting stops",
        "description": "It stops at company 3.",
    }
    status, page = contact.post("/incidents/new/", said)
    assert (status, page) == (302, "/incidents/BIG-1/")
    assert "Posting stops" in contact.get(page)[1]
    assert "Posting stops" in agent.get("/queue/")[1]
    assert agent.post("/incidents/BIG-1/reply/", {"body": "We look.", "key": "r1"})[0] == 302
    assert "We look." in contact.get(page)[1]
    status, report = contact.get("/readyz")
    assert (status, '"database": "ok"' in report, '"cache": "not reachable"' in report) == (503, True, True)

    server.start() if how == "killed" else server.go_on()
    wait_for(lambda: contact.get("/readyz")[0] == 200, "readiness")
    assert [browser.get("/")[0] for browser in (contact, agent)] == [200, 200]
    assert portal.mail_to(cast.acme.big.contact.user.email, "The Agent replied to BIG-1: Posting stops")
