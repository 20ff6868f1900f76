"""What is given to an account at discretion, as its people and staff read it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from entitlements.values import Holdings
from plans.queries import feature_name


@dataclass(frozen=True, slots=True)
class GrantView:
    id: int
    feature: str
    product: str
    """Empty: every product."""
    starts_on: date
    ends_on: date
    reason: str
    granted_by: str
    runs: bool
    """Whether it has begun."""


def grants_of(holdings: Holdings, at: datetime) -> tuple[GrantView, ...]:
    """What runs and what is to come, the first to begin first; costs no statement."""
    today = at.astimezone(holdings.zone).date()
    language = get_language() or "en"
    standing = [
        grant
        for grant in holdings.grants
        if grant.ends_on >= today and (grant.revoked_at is None or at < grant.revoked_at)
    ]
    return tuple(
        GrantView(
            id=grant.id,
            feature=feature_name(holdings.tenant_id, grant.feature_code, language),
            product=holdings.products.get(grant.product_id or 0, ""),
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            reason=grant.reason,
            granted_by=grant.granted_by,
            runs=grant.starts_on <= today,
        )
        for grant in sorted(standing, key=lambda grant: (grant.starts_on, grant.id))
    )
