"""May this account download this release, at this time?

Pure: it is given what the account holds. The rules, with a table that a test plays, are in
docs/rules/downloads.md.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from entitlements.decide import Decision, decide
from entitlements.values import Holdings, Line

_INSTANT = timedelta(microseconds=1)


class Verdict(NamedTuple):
    """``decision`` is that of the moment; ``until`` the last day from whose releases the account may choose,
    where its contracts are over."""

    allowed: bool
    decision: Decision
    until: date | None = None


def may_download(
    holdings: Holdings, feature_code: str, *, product_id: int, released_on: date, at: datetime
) -> Verdict:
    """In force: everything. Over: what was released up to the end. Of several contracts the best answer."""
    decision = decide(holdings, feature_code, at=at, product_id=product_id)
    if decision.allowed:
        return Verdict(True, decision)
    until = max(_last_days(holdings, feature_code, product_id, at), default=None)
    return Verdict(until is not None and released_on <= until, decision, until)


def _last_days(holdings: Holdings, feature_code: str, product_id: int, at: datetime) -> Iterator[date]:
    """Of each line that is over and gave the feature while it held: its last day, at the account's."""
    for line in holdings.by_product.get(product_id, ()):
        over = _over_at(line)
        if line.begins < over <= at:
            last = over - _INSTANT
            if decide(holdings, feature_code, at=last, product_id=product_id).allowed:
                yield last.astimezone(line.zone).date()


def _over_at(line: Line) -> datetime:
    """The end of the support period, without the days of grace; or the cancellation before it."""
    return line.ends if line.cancelled_at is None else min(line.ends, line.cancelled_at)
