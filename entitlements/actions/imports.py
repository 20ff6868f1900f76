"""Signing the contracts of a file: all of its lines or none."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from entitlements import rules
from entitlements.actions.contracts import sign_contract
from entitlements.actions.locks import require
from entitlements.sheets import Row
from portal.core.errors import Refused
from portal.identity.models import Account, Membership


class BadLine(NamedTuple):
    number: int
    """Of the line, as an editor counts it."""
    sentence: str


class Imported(NamedTuple):
    """``signed`` says how many contracts were signed, or would be; with bad lines none is."""

    signed: int
    bad: list[BadLine]


def import_contracts(*, rows: Sequence[Row], actor: Membership, dry_run: bool) -> Imported:
    """Sign each line's contract as :func:`sign_contract` does, one after the other.

    A line is tried with those above it signed, so that two lines of a file that overlap are told as well.
    Nothing is changed by a dry run, nor when a line is bad.
    """
    require(rules.may_manage_holdings, actor)
    bad: list[BadLine] = []
    signed = 0
    with transaction.atomic():
        # In a fixed order, so that two imports at once wait for each other and don't stand still.
        accounts = {row.account.pk for row in rows if row.account is not None}
        list(
            Account.objects.select_for_update(no_key=True)
            .filter(tenant_id=actor.tenant_id, pk__in=accounts)
            .order_by("pk")
        )
        for row in rows:
            problems = row.problems or _sign(row, actor)
            bad += [BadLine(row.number, sentence) for sentence in problems]
            signed += not problems
        if bad or dry_run:
            transaction.set_rollback(True)
    return Imported(signed, bad)


def _sign(row: Row, actor: Membership) -> list[str]:
    """What refuses the line; nothing when its contract is signed."""
    terms: dict[str, Any] = {**row.terms, "account": row.account}
    try:
        with transaction.atomic():
            sign_contract(**terms, actor=actor)
    except Refused as refused:
        return [str(refused)]
    return []
