from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from entitlements import rules
from entitlements.actions.locks import lock_account, require
from entitlements.decide import decide
from entitlements.holdings import load_holdings
from entitlements.models import AllowanceUse
from entitlements.refusals import NotEntitled, notes_refusals
from entitlements.sentences import remedy_sentence, sentence
from entitlements.values import weekend_of
from plans.enums import FeatureCode
from plans.models import Feature, Product
from portal.core.errors import Conflict, Refused
from portal.core.history import record
from portal.identity.models import Account, Membership


@notes_refusals
@transaction.atomic
def note_allowance_use(
    *,
    account: Account,
    feature: Feature,
    product: Product,
    used_on: date,
    actor: Membership,
    installation_kind: str | None = None,
) -> AllowanceUse:
    """Spend one use of a yearly allowance, for a day that lies ahead.

    Two at once can't spend the same use: the account is locked while it is decided.

    :raises Refused: as decided; the sentence says why and what would help.
    """
    require(rules.may_note_uses, actor)
    lock_account(account)
    decision = decide(
        load_holdings(account),
        feature.code,
        at=timezone.now(),
        product_id=product.pk,
        installation_kind=installation_kind,
        event_on=used_on,
    )
    if decision.line is None or not decision.allowed:
        words = f"{sentence(decision)} {remedy_sentence(decision)}".strip()
        raise NotEntitled(decision, words, actor=actor, field="used_on")
    if decision.cell is None or decision.cell.allowance is None:
        raise Refused(_("This feature may be used without limit; there is nothing to note."), field="feature")
    use = AllowanceUse.objects.create(
        tenant_id=account.tenant_id,
        account=account,
        contract_id=decision.line.contract_id,
        feature=feature,
        used_on=used_on,
        noted_by=actor,
    )
    record(use, "noted", actor, feature=feature.code, used_on=used_on.isoformat())
    return use


@transaction.atomic
def cancel_allowance_use(*, use: AllowanceUse, actor: Membership) -> None:
    """Give a use back, as long as its day lies ahead; of a special event, its weekend."""
    require(rules.may_note_uses, actor)
    account = lock_account(use.account)
    locked = (
        AllowanceUse.objects.select_for_update(of=("self",))
        .select_related("feature")
        .get(tenant_id=use.tenant_id, pk=use.pk)
    )
    if locked.cancelled_at is not None:
        raise Conflict(_("This use is cancelled already."))
    if _first_day(locked) <= account.localdate():
        raise Refused(_("This use has taken place and can’t be given back."))
    locked.cancelled_at = timezone.now()
    locked.save(update_fields=["cancelled_at"])
    record(locked, "cancelled", actor, used_on=locked.used_on.isoformat())


def _first_day(use: AllowanceUse) -> date:
    if use.feature.code != FeatureCode.SPECIAL_EVENT_SUPPORT:
        return use.used_on
    return min(use.used_on, *weekend_of(use.used_on))
