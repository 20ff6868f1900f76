"""Features at the tenant's sole discretion (``**``): given by somebody, for a time, with a reason."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements import rules
from entitlements.actions.locks import first_retired, lock_account, lock_sold_products, require
from entitlements.models import Contract, Grant
from entitlements.registry import granted, revoked
from plans.models import Feature, Product
from plans.queries import feature_name
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.core.ui.formatting import formats
from portal.identity.models import Account, Membership


@transaction.atomic
def grant_feature(
    *,
    account: Account,
    feature: Feature,
    product: Product | None,
    starts_on: date,
    ends_on: date,
    reason: str,
    actor: Membership,
    at: datetime | None = None,
) -> Grant:
    """Give the account a feature, whatever its plan says, for as long as a contract is in force as well.

    :param product: left out, for every product.
    :param at: when it is granted, where that is not now.
    :raises Refused: a feature that isn't discretionary, days that make no sense, no reason, an account
        without a contract, or what is granted for these days already.
    """
    require(rules.may_grant, actor)
    locked = lock_account(account)
    _check_goods(account, feature, product)
    _check_days(locked, starts_on, ends_on)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why; the customer reads it."), field="reason")
    _check_overlap(account, feature, product, starts_on, ends_on)
    at = at or timezone.now()
    grant = Grant.objects.create(
        tenant_id=account.tenant_id,
        account=locked,
        feature=feature,
        product=product,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        granted_by=actor,
        granted_at=at,
    )
    record(
        grant,
        "granted",
        actor,
        at=at,
        feature=feature.code,
        product=product.code if product else None,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        reason=reason,
    )
    granted.tell(grant, actor)
    return grant


@transaction.atomic
def revoke_grant(*, grant: Grant, actor: Membership) -> None:
    """End a grant now; one that has run out can't be revoked."""
    require(rules.may_grant, actor)
    account = lock_account(grant.account)
    locked = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("feature")
        .get(tenant_id=grant.tenant_id, pk=grant.pk)
    )
    if locked.revoked_at is not None:
        raise Conflict(_("This grant is revoked already."))
    locked.account = account
    if locked.ends_on < account.localdate():
        raise Refused(_("This grant ended on %(end)s.") % {"end": formats().day(locked.ends_on)})
    locked.revoked_at, locked.revoked_by = timezone.now(), actor
    locked.save(update_fields=["revoked_at", "revoked_by"])
    record(locked, "revoked", actor, feature=locked.feature.code, ends_on=locked.ends_on.isoformat())
    revoked.tell(locked, actor)


def _check_goods(account: Account, feature: Feature, product: Product | None) -> None:
    if not feature.discretionary:
        raise Refused(
            _("“%(feature)s” isn’t at your discretion: only plans give it.") % {"feature": _name(feature)},
            code="not_discretionary",
            field="feature",
        )
    if first_retired([feature]):
        raise Refused(_("“%(feature)s” is retired.") % {"feature": _name(feature)}, field="feature")
    if product is not None:
        lock_sold_products([product], field="product")
    if not Contract.objects.filter(tenant_id=account.tenant_id, account=account).exists():
        raise Refused(
            _("%(account)s has no contract, and a grant gives nothing without one. Sign a contract first.")
            % {"account": account.name},
            code="no_contract",
        )


def _check_days(account: Account, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refused(_("The grant can’t end before it starts."), field="ends_on")
    if ends_on < account.localdate():
        raise Refused(_("The last day is over already."), field="ends_on")


def _check_overlap(
    account: Account, feature: Feature, product: Product | None, starts_on: date, ends_on: date
) -> None:
    """One for every product may stand beside one for a product that it widens, but nothing is given twice."""
    gives = Q(product=None) if product is None else Q(product=None) | Q(product=product)
    other = (
        Grant.objects.filter(
            gives,
            tenant_id=account.tenant_id,
            account=account,
            feature=feature,
            revoked_at=None,
            starts_on__lte=ends_on,
            ends_on__gte=starts_on,
        )
        .order_by("starts_on", "id")
        .first()
    )
    if other is not None:
        raise Refused(
            _("“%(feature)s” is granted already from %(begin)s to %(end)s. Choose other days, or revoke it.")
            % {
                "feature": _name(feature),
                "begin": formats().day(other.starts_on),
                "end": formats().day(other.ends_on),
            },
            code="overlap",
            field="starts_on",
        )


def _name(feature: Feature) -> str:
    return feature_name(feature.tenant_id, feature.code, get_language() or "en")
