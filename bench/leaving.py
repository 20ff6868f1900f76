"""Mails leave: at the rate at which the mail server takes them?

The server takes 200 mails a second, from whom it may be, and keeps none. How many it takes is measured with
one that is written already, sent again and again by as many processes; then the mails that wait leave the
way of the portal. Between the two lies what the portal does for each: claim, check, write, and mark. A
server that takes as many as come, on the same cores, shows how many can leave at most.
"""

import asyncio
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.core import mail
from django.db import connections
from django.test.utils import override_settings

from bench import forked
from bench.figures import Failed, Figure, at_least
from notifications.delivery import deliver_batch
from notifications.transport import Mail, SmtpTransport

PROCESSES = 2
SECONDS = 6.0
TAKES = 200
"""Mails a second."""
_SHARE = 0.9
_MOST = 400
_HOST = "127.0.0.1"

Send = Callable[[], int]
"""Sends some mails; how many."""


class _Taker:
    """Answers one mail after the other, as a server does that has been told how many it may take."""

    def __init__(self, pause: float) -> None:
        self._pause, self._free_at = pause, 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + self._pause
        await asyncio.sleep(self._free_at - now)
        return "250 Taken"


class _Counted(SmtpTransport):
    sent = 0

    def send(self, mail: Mail) -> None:
        super().send(mail)
        self.sent += 1


def measure() -> list[Figure]:
    """To be called while mails wait that were told to many."""
    written = _written()
    connections.close_all()  # the mail server is forked too
    with _server(1 / TAKES) as port:
        taken, left = _rate(_sends_again, written, port), _rate(_delivers, port)
    with _server(0.0) as port:
        most = _rate(_delivers, port)
    name = f"mails leave from {PROCESSES} processes"
    return [
        at_least(f"{name}, of the {taken:.0f} a second that a mail server takes", left / taken, "×", _SHARE),
        at_least(f"{name}, where it takes as many as come", most, "mails/s", _MOST),
    ]


@contextmanager
def _server(pause: float) -> Iterator[int]:
    """The port of a mail server that takes a mail each ``pause`` seconds."""
    with socket.create_server((_HOST, 0)) as listener:
        process = forked.CONTEXT.Process(target=_take, args=(listener, pause), daemon=True)
        process.start()
        yield listener.getsockname()[1]
        process.terminate()


def _written() -> tuple[str, list[str], bytes]:
    """The sender, the recipients and the content of one that waits."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        with SmtpTransport() as transport:
            while not mail.outbox and deliver_batch(transport, batch=1):
                pass
    if not mail.outbox:
        raise Failed("No mail waits.")
    [one] = mail.outbox
    return settings.DEFAULT_FROM_EMAIL, ["somebody@example.com"], one.message().as_bytes(linesep="\r\n")


def _take(listener: socket.socket, pause: float) -> None:
    loop, taker = asyncio.new_event_loop(), _Taker(pause)
    loop.run_until_complete(
        loop.create_server(lambda: SMTP(taker, hostname="localhost", loop=loop), sock=listener)
    )
    loop.run_forever()


def _rate(sender: Callable[..., Send], *arguments: Any) -> float:
    """Mails a second by all processes together."""
    ends = forked.start(PROCESSES, _work, sender, *arguments)
    return sum(sent / seconds for sent, seconds in [end.recv() for end in ends])


def _work(end: Any, sender: Callable[..., Send], *arguments: Any) -> None:
    send, sent, began = sender(*arguments), 0, time.monotonic()
    while time.monotonic() - began < SECONDS:
        sent += send()
    end.send((sent, time.monotonic() - began))
    end.close()


def _sends_again(written: tuple[str, list[str], bytes], port: int) -> Send:
    client = smtplib.SMTP(_HOST, port)

    def send() -> int:
        client.sendmail(*written)
        return 1

    return send


def _delivers(port: int) -> Send:
    settings.EMAIL_HOST, settings.EMAIL_PORT = _HOST, port

    def send() -> int:
        with _Counted() as transport:
            if not deliver_batch(transport):
                raise Failed("All mails have left before the time was over.")
            return transport.sent

    return send
