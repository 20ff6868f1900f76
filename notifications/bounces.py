"""Reports of mail that did not arrive, as mail servers write them (RFC 3464)."""

from collections.abc import Iterator
from email import message_from_bytes, message_from_string, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from typing import NamedTuple

LONGEST = 1_000_000
"""Bytes of a report that are read: servers return the headers of what they report, or little more."""


class Bounce(NamedTuple):
    """``addresses``, in small letters, will never get the mail ``message_id``."""

    message_id: str
    addresses: frozenset[str]


def read_bounce(report: bytes) -> Bounce | None:
    """None for what reports no lasting failure of one mail: delays, successes, answers of people, noise."""
    try:
        message = message_from_bytes(report[:LONGEST], EmailMessage, policy=policy.default)
        if message.get_content_type() != "multipart/report":
            return None
        addresses = frozenset(_failed(message))
        message_id = _reported(message)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):  # the parser meets anything
        return None
    return Bounce(message_id, addresses) if message_id and addresses else None


def _failed(message: EmailMessage) -> Iterator[str]:
    """The addresses that the report gives up."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            if not isinstance(block, Message):
                continue
            action = str(block.get("Action", "")).strip().lower()
            if action == "failed" and str(block.get("Status", "")).strip().startswith("5."):
                for name in ("Original-Recipient", "Final-Recipient"):
                    yield from _address(str(block.get(name, "")))


def _address(field: str) -> Iterator[str]:
    kind, _semicolon, address = field.partition(";")
    if kind.strip().lower() == "rfc822" and "@" in address:
        yield address.strip().strip("<>").lower()


def _reported(message: EmailMessage) -> str:
    """The Message-ID of the mail that is returned with the report, whole or by its headers."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            return _message_id(part.get_payload(0))
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            return _message_id(message_from_string(str(part.get_payload()), policy=policy.default))
    return ""


def _message_id(returned: object) -> str:
    return str(returned.get("Message-ID", "")).strip() if isinstance(returned, Message) else ""
