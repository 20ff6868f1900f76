"""A folder of mails, one file each; the file names sort by time."""

import email
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default as policy
from itertools import islice
from pathlib import Path

_KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_STAMP = "%Y%m%dT%H%M%S%f"
_SENDER = "X-Envelope-From"
_RECIPIENTS = "X-Envelope-To"


@dataclass(frozen=True, slots=True)
class Mail:
    """One caught mail. ``at`` is when it came in (UTC); the recipients are those of the envelope."""

    key: str
    at: datetime
    sender: str
    recipients: str
    subject: str
    message: EmailMessage

    @property
    def text(self) -> str:
        return _part(self.message, "plain")

    @property
    def html(self) -> str:
        return _part(self.message, "html")


def store(folder: Path, sender: str, recipients: Sequence[str], content: bytes) -> str:
    """Keep one mail, whole or not at all; its key."""
    key = f"{datetime.now(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}"
    envelope = f"{_SENDER}: {_one_line(sender)}\r\n{_RECIPIENTS}: {_one_line(', '.join(recipients))}\r\n"
    unfinished = folder / f"{key}.part"
    unfinished.write_bytes(envelope.encode() + content)
    unfinished.rename(_path(folder, key))
    return key


def newest(folder: Path, *, before: str = "", limit: int) -> list[Mail]:
    """At most ``limit`` mails, the newest first; only those older than the one with the key ``before``."""
    return list(islice(_read_all(folder, before), limit))


def find(folder: Path, key: str) -> Mail | None:
    """The mail with this key, if it is (still) there."""
    if not _KEY.fullmatch(key):
        return None
    try:
        content = _path(folder, key).read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(content, policy=policy)
    return Mail(
        key=key,
        at=datetime.strptime(key.split("-")[0], _STAMP).replace(tzinfo=UTC),
        sender=str(message.get(_SENDER, "")),
        recipients=str(message.get(_RECIPIENTS, "")),
        subject=str(message.get("Subject", "")),
        message=message,
    )


def prune(folder: Path, *, keep: int) -> None:
    """Remove all but the ``keep`` newest mails."""
    for key in islice(_keys(folder), keep, None):
        _path(folder, key).unlink(missing_ok=True)


def _read_all(folder: Path, before: str) -> Iterator[Mail]:
    for key in _keys(folder):
        if not before or key < before:
            mail = find(folder, key)
            if mail:
                yield mail


def _keys(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted((path.stem for path in folder.glob("*.eml") if _KEY.fullmatch(path.stem)), reverse=True)


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key}.eml"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
