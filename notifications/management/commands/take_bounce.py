import mailbox
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.actions import NotYet, take_bounce
from notifications.bounces import LONGEST, read_bounce

_TRY_AGAIN = 75
"""EX_TEMPFAIL: the mail server keeps the report and brings it again."""


class Command(BaseCommand):
    help = (
        "Takes a report of mail that came back (RFC 3464) from its input, as a mail server hands it to a"
        " program, or every new one of a Maildir. What reports no mail of ours changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", help="a Maildir; what was taken is deleted from it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["maildir"]:
            taken = self._take_all(options["maildir"])
            self.stdout.write(f"{taken} reports noted.")
            return
        try:
            noted = _take(sys.stdin.buffer.read(LONGEST))
        except NotYet:
            raise CommandError("The mail is on its way. Try again.", returncode=_TRY_AGAIN) from None
        self.stdout.write("Noted." if noted else "This reports no mail of ours that failed.")

    def _take_all(self, path: str) -> int:
        try:
            box = mailbox.Maildir(path, create=False)
        except mailbox.NoSuchMailboxError:
            raise CommandError(f"There is no Maildir at {path}.") from None
        noted = 0
        for key in list(box.iterkeys()):
            try:
                noted += _take(box.get_bytes(key))
            except NotYet:
                continue
            box.discard(key)
        return noted


def _take(report: bytes) -> bool:
    bounce = read_bounce(report)
    return bounce is not None and take_bounce(bounce=bounce)
