"""Contracts as CSV: what is exported, what a file has to look like, and what each of its lines says.

A file is read whole before anything is done, and a line says all that is wrong with its shape at once.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entitlements.models import LONGEST_NUMBER, MOST_GRACE
from plans.models import Plan, Product
from portal.core.sheets import BYTE_ORDER_MARK, harmless
from portal.identity.models import Account

LARGEST = 1_000_000
"""Bytes of a file."""
MOST = 2_000
"""Lines of a file."""
COLUMNS: Mapping[str, str | Promise] = {
    "customer": gettext_lazy("The customer’s key."),
    "plan": gettext_lazy("The plan’s code."),
    "products": gettext_lazy("The products’ codes, with spaces between them."),
    "first_day": gettext_lazy("As 2027-01-31, in the customer’s time zone."),
    "last_day": gettext_lazy("As 2027-12-31; the period lasts to its end."),
    "number": gettext_lazy("Of the contract; left empty, one is made."),
    "grace_days": gettext_lazy("From 0 to 365; left empty, the usual number."),
}
"""The columns of a file, in their order, and what stands in them."""
_NEEDED = ("customer", "plan", "products", "first_day", "last_day")
EXPORTED = (*COLUMNS, "upgrades", "added", "renews", "cancelled_on")
"""An export says more than an import reads: what it adds is left alone when it is read back."""


class BadFile(Exception):
    """The file as a whole can't be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: the terms of a contract, or what is wrong with them."""

    number: int
    account: Account | None = None
    terms: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name, by key and by code."""

    accounts: Mapping[str, Account]
    plans: Mapping[str, Plan]
    products: Mapping[str, Product]


def _as_written(cell: str) -> str:
    """What stood in a cell before :func:`harmless` wrote it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def text_of(content: bytes) -> str:
    """:raises BadFile: it is not in UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(_("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")) from None


def read(text: str, known: Known) -> list[Row]:
    """:raises BadFile: it is no CSV, has no line, too many, or not the columns."""
    try:
        lines = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True)
        head = [cell.strip() for cell in next(lines, [])]
        missing = [name for name in _NEEDED if name not in head]
        if missing:
            raise BadFile(
                _("The first line lacks these columns: %(names)s. Take the template as a start.")
                % {"names": ", ".join(missing)}
            )
        rows = [
            _row(lines.line_num, head, cells, known) for cells in _some(lines) if any(map(str.strip, cells))
        ]
    except csv.Error:
        raise BadFile(_("The file can’t be read as CSV. Save it with commas between the cells.")) from None
    if not rows:
        raise BadFile(_("The file has no line below the first one. Add a line for each contract."))
    return rows


def _some(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    for count, cells in enumerate(lines, 1):
        if count > MOST:
            raise BadFile(_("The file has more than %(most)s lines. Divide it.") % {"most": MOST})
        yield cells


def _row(number: int, head: Sequence[str], cells: Sequence[str], known: Known) -> Row:
    if len(cells) > len(head):
        return Row(
            number,
            problems=(_("The line has more cells than the first one. Put quotation marks around commas."),),
        )
    said = {name: _as_written(cell) for name, cell in zip(head, cells, strict=False)}
    read = _Reader(said, known)
    terms = read.terms()
    return Row(number, read.account(), terms, tuple(read.problems))


class _Reader:
    """One line's cells as values. What can't be read is noted among ``problems``."""

    def __init__(self, said: Mapping[str, str], known: Known) -> None:
        self._said, self._known = said, known
        self.problems: list[str] = []

    def account(self) -> Account | None:
        key = self._said.get("customer", "")
        found = self._known.accounts.get(key.upper())
        if found is None:
            self._note(_("There is no customer with the key “%(it)s”."), key)
        return found

    def terms(self) -> dict[str, object]:
        return {
            "plan": self._plan(),
            "products": self._products(),
            "starts_on": self._day("first_day"),
            "ends_on": self._day("last_day"),
            "number": self._number(),
            "grace_days": self._grace(),
        }

    def _plan(self) -> Plan | None:
        code = self._said.get("plan", "")
        found = self._known.plans.get(code)
        if found is None:
            self._note(_("There is no plan with the code “%(it)s” on sale."), code)
        return found

    def _products(self) -> list[Product]:
        codes = list(dict.fromkeys(self._said.get("products", "").split()))
        for code in codes:
            if code not in self._known.products:
                self._note(_("There is no product with the code “%(it)s” on sale."), code)
        if not codes:
            self._note(_("Name at least one product by its code."))
        return [self._known.products[code] for code in codes if code in self._known.products]

    def _day(self, name: str) -> date | None:
        text = self._said.get(name, "")
        try:
            if len(text) != len("2027-01-31"):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self._note(_("“%(it)s” is no day. Write it as 2027-01-31."), text)
            return None

    def _number(self) -> str:
        text = self._said.get("number", "")
        if len(text) > LONGEST_NUMBER or "\x00" in text:
            self._note(_("The number is too long. Use at most 40 characters."))
        return text

    def _grace(self) -> int | None:
        text = self._said.get("grace_days", "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MOST_GRACE):
            self._note(_("“%(it)s” are no days of grace. Write a number from 0 to 365."), text)
            return None
        return int(text)

    def _note(self, words: str, it: str = "") -> None:
        self.problems.append(words % {"it": it} if "%(it)s" in words else words)
