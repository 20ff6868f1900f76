"""How a letter leaves: one connection for a batch, one recipient for each mail."""

import contextlib
import smtplib
from email.utils import formataddr, parseaddr
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.letters import Letter

_CLOSING = 421
_PERMANENT = 500


class Unreachable(Exception):
    """No connection to the server: no mail of the batch can leave."""


class NotNow(Exception):
    """This mail can't leave now; a later attempt may succeed."""


class Rejected(Exception):
    """The server will never take this mail for this recipient."""


class Mail(NamedTuple):
    """``message_id`` stays the same over all attempts, so a mail that arrives twice shows once."""

    message_id: str
    sender: str
    reply_to: str
    name: str
    address: str
    language: str
    letter: Letter


class Transport(Protocol):
    def send(self, mail: Mail) -> None:
        """:raises Unreachable, NotNow, Rejected:"""


class SmtpTransport:
    """Connects when the first mail leaves, and again after the server has hung up."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, mail: Mail) -> None:
        try:
            self._connection.open()
        except OSError as error:
            raise Unreachable from error
        try:
            self._connection.send_messages([_message(mail)])
        except smtplib.SMTPRecipientsRefused as error:
            self._judge([code for code, _ in error.recipients.values()], error)
        except smtplib.SMTPSenderRefused as error:
            raise NotNow from error  # our own address is at fault, which an operator can mend
        except smtplib.SMTPResponseException as error:
            self._judge([error.smtp_code], error)
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise Rejected from error  # an address or header that can't be written in this mail
        except OSError as error:
            self._hang_up()
            raise NotNow from error

    def _judge(self, codes: list[int], error: Exception) -> None:
        if _CLOSING in codes:
            self._hang_up()
        raise (Rejected if min(codes, default=0) >= _PERMANENT else NotNow) from error

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.close()


def _message(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.letter.subject,
        body=mail.letter.text,
        from_email=formataddr((_line(mail.sender), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[formataddr((_line(mail.name), mail.address))],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
            **_stopping(mail.letter.stop),
        },
    )
    message.attach_alternative(mail.letter.html, "text/html")
    return message


def _stopping(address: str) -> dict[str, str]:
    """One click in the mail program, which sends the POST of RFC 8058."""
    if not address:
        return {}
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _line(text: str) -> str:
    return " ".join(text.split())
