"""Decisions in words, in the active language: what was decided and why, and what would help."""

from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from entitlements.decide import Decision
from entitlements.enums import Reason
from plans.queries import feature_name
from portal.core.ui.formatting import formats

SENTENCES: dict[Reason, Any] = {
    Reason.ALLOWED: _("“%(feature)s” is part of %(plan)s, the plan of contract %(contract)s."),
    Reason.NO_CONTRACT: _("“%(feature)s” needs a support contract, and %(account)s has none."),
    Reason.CONTRACT_NOT_STARTED: _(
        "“%(feature)s” can’t be used yet: contract %(contract)s (%(plan)s) starts on %(begin)s."
    ),
    Reason.CONTRACT_EXPIRED: _(
        "“%(feature)s” can’t be used any more: contract %(contract)s (%(plan)s) ended on %(end)s."
    ),
    Reason.CONTRACT_CANCELLED: _(
        "“%(feature)s” can’t be used any more: contract %(contract)s (%(plan)s) was cancelled"
        " on %(cancelled)s."
    ),
    Reason.PRODUCT_NOT_COVERED: _(
        "“%(feature)s” can’t be used for %(product)s: contract %(contract)s (%(plan)s) doesn’t cover it."
    ),
    Reason.FEATURE_NOT_IN_PLAN: _("“%(feature)s” isn’t part of %(plan)s, the plan of contract %(contract)s."),
    Reason.FEATURE_NOT_FOR_PRODUCT: _(
        "“%(feature)s” is part of %(plan)s, the plan of contract %(contract)s,"
        " but isn’t available for %(product)s."
    ),
    Reason.ALLOWANCE_USED_UP: ngettext_lazy(
        "“%(feature)s” has been used up: contract %(contract)s (%(plan)s) gives it %(times)d time"
        " until %(end)s.",
        "“%(feature)s” has been used up: contract %(contract)s (%(plan)s) gives it %(times)d times"
        " until %(end)s.",
        "times",
    ),
    Reason.NOTICE_TOO_SHORT: ngettext_lazy(
        "“%(feature)s” under contract %(contract)s (%(plan)s) needs %(days)d day of notice.",
        "“%(feature)s” under contract %(contract)s (%(plan)s) needs %(days)d days of notice.",
        "days",
    ),
    Reason.INSTALLATION_MODIFIED: _(
        "“%(feature)s” under contract %(contract)s (%(plan)s) is for standard installations,"
        " and this one is modified."
    ),
}
_GRANTED = _(
    "“%(feature)s” is granted to %(account)s by %(granter)s until %(granted_until)s, at our discretion:"
    " “%(reason)s”"
)
ON_THE_DAY: dict[Reason, Any] = {
    Reason.CONTRACT_NOT_STARTED: _(
        "“%(feature)s” can’t be used on %(day)s: contract %(contract)s (%(plan)s) starts on %(begin)s."
    ),
    Reason.CONTRACT_EXPIRED: _(
        "“%(feature)s” can’t be used on %(day)s: the support period of contract %(contract)s (%(plan)s)"
        " ends on %(end)s."
    ),
}
"""Where a use was asked for ahead, for a day outside the support period."""

REMEDIES: dict[Reason, Any] = {
    Reason.ALLOWED: "",
    Reason.NO_CONTRACT: _("A contract with %(remedy)s or a higher plan would give it."),
    Reason.CONTRACT_NOT_STARTED: _("It can be used from %(begin)s on."),
    Reason.CONTRACT_EXPIRED: _("A new contract with %(remedy)s or a higher plan would give it again."),
    Reason.CONTRACT_CANCELLED: _("A new contract with %(remedy)s or a higher plan would give it again."),
    Reason.PRODUCT_NOT_COVERED: _(
        "A contract for %(product)s with %(remedy)s or a higher plan would give it."
    ),
    Reason.FEATURE_NOT_IN_PLAN: _("%(remedy)s would give it."),
    Reason.FEATURE_NOT_FOR_PRODUCT: _("%(remedy)s would give it."),
    Reason.ALLOWANCE_USED_UP: _(
        "%(remedy)s gives it more often; otherwise it can be used again in the next support period."
    ),
    Reason.NOTICE_TOO_SHORT: _("It can be used on %(earliest)s or later."),
    Reason.INSTALLATION_MODIFIED: _(
        "A standard installation would do; for modified ones, ask our consulting services."
    ),
}
_NO_PLAN = _("No plan that is sold today gives it.")
WITHOUT_A_PLAN: dict[Reason, Any] = {
    Reason.NO_CONTRACT: _NO_PLAN,
    Reason.CONTRACT_EXPIRED: _NO_PLAN,
    Reason.CONTRACT_CANCELLED: _NO_PLAN,
    Reason.PRODUCT_NOT_COVERED: _("No plan that is sold today gives it for %(product)s."),
    Reason.FEATURE_NOT_IN_PLAN: _NO_PLAN,
    Reason.FEATURE_NOT_FOR_PRODUCT: _(
        "No plan makes it available for %(product)s; ask us what we can offer instead."
    ),
    Reason.ALLOWANCE_USED_UP: _("It can be used again in the next support period."),
}
"""Where no plan of today would turn the no into a yes."""


def sentence(decision: Decision) -> str:
    """Names the feature, and as far as there are, the contract, its plan and the product."""
    words = SENTENCES[decision.reason] if decision.grant is None else _GRANTED
    if decision.event_on is not None:
        words = ON_THE_DAY.get(decision.reason, words)
    said: str = words % _named(decision)
    return said


def remedy_sentence(decision: Decision) -> str:
    """What would turn a no into a yes; empty for a yes."""
    words = REMEDIES[decision.reason]
    if decision.remedy is None:
        words = WITHOUT_A_PLAN.get(decision.reason, words)
    said: str = words % _named(decision) if words else ""
    return said


def _named(decision: Decision) -> dict[str, Any]:
    holdings, line, cell = decision.holdings, decision.line, decision.cell
    named: dict[str, Any] = {
        "feature": feature_name(holdings.tenant_id, decision.feature_code, get_language() or "en"),
        "account": holdings.account_name,
        "product": holdings.products.get(decision.product_id or 0, ""),
        "remedy": decision.remedy.name if decision.remedy else "",
        "day": _day(decision.event_on),
        "times": (cell.allowance if cell else 0) or 0,
        "days": cell.notice_days if cell else 0,
        "earliest": _day(decision.earliest),
    }
    if decision.grant is not None:
        named |= {
            "granter": decision.grant.granted_by,
            "granted_until": _day(decision.grant.ends_on),
            "reason": decision.grant.reason,
        }
    if line is not None:
        cancelled = line.cancelled_at and line.cancelled_at.astimezone(holdings.zone).date()
        named |= {
            "contract": line.number,
            "plan": line.plan.name,
            "begin": _day(line.starts_on),
            "end": _day(line.last_day),
            "cancelled": _day(cancelled),
        }
    return named


def _day(day: date | None) -> str:
    return formats().day(day) if day else ""
