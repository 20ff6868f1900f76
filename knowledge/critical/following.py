"""The accounts of a notice as staff look through them, and the people of one account."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from knowledge.critical.enums import Standing
from knowledge.critical.models import Loop, Notice, Recipient
from knowledge.critical.telling import SOLUTION, key_of
from notifications.enums import Trouble
from notifications.models import Delivery
from notifications.queries import mails_of
from portal.core.keyset import Keyset, Page
from portal.core.ui.navigation import Words
from portal.identity.models import Membership

IN_ORDER = Keyset(("id",))
PAGE_SIZE = 50
UNREAD, UNTOLD = "unread", "untold"
FILTERS: dict[str, Words] = {
    "": _("All"),
    Standing.EXPOSED.value: Standing.EXPOSED.label,
    UNREAD: _("Nobody has read it"),
    UNTOLD: _("Nobody was told"),
    Standing.FIXED.value: Standing.FIXED.label,
    Standing.NOT_AFFECTED.value: Standing.NOT_AFFECTED.label,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """``show`` is one of ``FILTERS``; ``account`` a key."""

    show: str
    account: str

    @property
    def query(self) -> str:
        """Of an address, to be gone on with."""
        kept = {name: value for name, value in (("show", self.show), ("account", self.account)) if value}
        return f"{urlencode(kept)}&" if kept else ""


class Filter(NamedTuple):
    show: str
    words: Words
    current: bool


def filters(asked: Asked) -> list[Filter]:
    return [Filter(show, words, show == asked.show) for show, words in FILTERS.items()]


def page_of(person: Membership, notice: Notice, asked: Asked, cursor: str) -> Page[Loop]:
    """In the order in which they were told."""
    loops = Loop.objects.visible_to(person).filter(notice=notice).select_related("account__csm__user")
    if asked.show in Standing.values:
        loops = loops.filter(standing=asked.show)
    elif asked.show == UNREAD:
        loops = loops.filter(told__gt=0, read=0)
    elif asked.show == UNTOLD:
        loops = loops.filter(told=0)
    if asked.account:
        loops = loops.filter(account__key=asked.account)
    return IN_ORDER.page(loops, cursor, PAGE_SIZE)


def exposed_of(person: Membership, most: int) -> QuerySet[Loop]:
    """Of the latest notices first."""
    loops = Loop.objects.visible_to(person).filter(standing=Standing.EXPOSED, notice__corrected_at=None)
    return loops.select_related("account", "notice").order_by("-notice", "id")[:most]


class Told(NamedTuple):
    """A recipient, what became of their mail (none where they wanted none), and how their account stands."""

    recipient: Recipient
    mail: Delivery | None
    standing: Standing

    @property
    def trouble(self) -> str:
        """Why the mail has not left or did not arrive, in words; empty where nothing is wrong."""
        return str(dict(Trouble.choices).get(self.mail.error, "")) if self.mail else ""


def recipients_page(loop: Loop, cursor: str) -> Page[Told]:
    found = Recipient.objects.filter(tenant_id=loop.tenant_id, notice=loop.notice_id, account=loop.account_id)
    page = IN_ORDER.page(found.select_related("person__user"), cursor, PAGE_SIZE)
    return Page(_told(loop.notice, page.rows, {loop.account_id: loop.standing}), page.next)


def _told(notice: Notice, recipients: Sequence[Recipient], standings: Mapping[int, str]) -> list[Told]:
    """:param standings: of their accounts."""
    people = [one.person_id for one in recipients]
    mails = mails_of(notice.tenant_id, kind=SOLUTION, key=key_of(notice), people=people)
    return [Told(one, mails.get(one.person_id), Standing(standings[one.account_id])) for one in recipients]


def every_recipient(person: Membership, notice: Notice, *, most: int) -> Iterator[Told]:
    """Of the accounts that the person may see, a batch at a time."""
    loops = Loop.objects.visible_to(person).filter(notice=notice)
    found = Recipient.objects.filter(
        tenant_id=person.tenant_id, notice=notice, account__in=loops.values("account")
    ).select_related("person__user", "account")
    cursor, left = "", most
    while left > 0:
        page = IN_ORDER.page(found, cursor, min(left, 1000))
        accounts = {one.account_id for one in page.rows}
        standings = dict(loops.filter(account__in=accounts).values_list("account_id", "standing"))
        yield from _told(notice, page.rows, standings)
        cursor, left = page.next, left - len(page.rows)
        if not cursor:
            return
