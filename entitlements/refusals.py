"""A use that was asked for and refused is written down, though the action that refused it is undone."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from entitlements.decide import Decision
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Account, Membership

Asked = ParamSpec("Asked")
Done = TypeVar("Done")


class NotEntitled(Refused):
    """Somebody asked to use something, and ``decide`` said no."""

    def __init__(
        self, decision: Decision, message: str, *, actor: Membership, field: str | None = None
    ) -> None:
        super().__init__(message, code=decision.reason, field=field)
        self.decision = decision
        self.actor = actor


def notes_refusals(action: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """Around an action's transaction: writes a refusal into the one outside of it, and lets it pass.

    That is the request's, which commits whatever the answer is below 500. Whoever calls the action in a
    transaction that the refusal undoes as well keeps no note of it.
    """

    @wraps(action)
    def noting(*args: Asked.args, **kwargs: Asked.kwargs) -> Done:
        try:
            return action(*args, **kwargs)
        except NotEntitled as refused:
            note_refusal(refused.decision, refused.actor)
            raise

    return noting


def note_refusal(decision: Decision, actor: Membership) -> None:
    """In the history of the account that the decision is about."""
    holdings, line, day = decision.holdings, decision.line, decision.event_on
    record(
        Account(pk=holdings.account_id, tenant_id=holdings.tenant_id),
        "refused",
        actor,
        feature=decision.feature_code,
        product=holdings.products.get(decision.product_id or 0),
        reason=decision.reason,
        contract=line.number if line else None,
        plan=line.plan.code if line else None,
        edition=decision.edition_number,
        on=day.isoformat() if day else None,
    )
