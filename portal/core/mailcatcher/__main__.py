"""The mail server: takes every mail for everybody and delivers none.

``python -m portal.core.mailcatcher --socket 3 --folder var/mail`` serves on a listening socket that its
parent opened, so the parent knows the port before anybody sends.
"""

import argparse
import asyncio
import contextlib
import signal
import socket
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core.mailcatcher import mailbox

_KEPT = 2_000
_LARGEST = 40 * 1024 * 1024


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mailbox.store(self._folder, envelope.mail_from or "", envelope.rcpt_tos, content)
        return "250 Kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    """Serve until SIGTERM."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    keeper = _Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", data_size_limit=_LARGEST, loop=loop), sock=listener
    )
    async with server:
        while not ended.is_set():
            mailbox.prune(folder, keep=_KEPT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), timeout=60)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m portal.core.mailcatcher")
    parser.add_argument("--socket", type=int, required=True, help="number of an open, listening socket")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(socket.socket(fileno=options.socket), options.folder))


if __name__ == "__main__":
    main()
