"""What a contact wants to be told of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.critical import rules
from knowledge.critical.models import Answer, Registration
from knowledge.critical.queries import offered_products, own_account, registrations_of
from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How a contact wants to be told for one product; over no channel: not at all."""

    by_mail: bool = True
    in_portal: bool = True
    tell_unaffected: bool = False

    @property
    def any(self) -> bool:
        return self.by_mail or self.in_portal


@transaction.atomic
def register(*, person: Membership, chosen: Mapping[int, Chosen], at: datetime | None = None) -> None:
    """Keep what the person wants for these products, by their ids; of others, what stands.

    :raises Refused: a product that none of their account's contracts covers.
    """
    at = at or timezone.now()
    answer = _answer(person, at)
    offered = {product.id: product for product in offered_products(person)}
    if not chosen.keys() <= offered.keys():
        raise Refused(_("This can’t be chosen here. Open the page again to see what can."))
    standing = {one.product_id: one for one in registrations_of(person)}
    was = {product_id: _as_chosen(standing.get(product_id)) for product_id in chosen}
    changed = {pk: new for pk, new in chosen.items() if new != was[pk] and (new.any or was[pk].any)}
    for product_id, new in changed.items():
        _keep(person, product_id, new, at)
    if changed:
        record(
            answer,
            "registered",
            person,
            at=at,
            was={offered[pk].code: _in_words(was[pk]) for pk in changed},
            now={offered[pk].code: _in_words(new) for pk, new in changed.items()},
        )


def register_for_all(*, person: Membership) -> None:
    """For every product that is covered and not chosen yet, over every channel."""
    standing = {one.product_id for one in registrations_of(person)}
    new = [product.id for product in offered_products(person) if product.id not in standing]
    register(person=person, chosen={product_id: Chosen() for product_id in new})


@transaction.atomic
def decline(*, person: Membership) -> None:
    """Not now: they are not asked again, and find it on the page of their registrations."""
    _answer(person, timezone.now())


def _answer(person: Membership, at: datetime) -> Answer:
    """The row that changes of one person's registrations wait for; with it, they are no longer asked."""
    if not rules.registers(person):
        raise NotAllowed(_("Contacts of customers register for themselves."))
    own = Answer.objects.filter(tenant_id=person.tenant_id, person=person)
    if not own.exists():
        row = Answer(tenant_id=person.tenant_id, account_id=own_account(person), person=person, at=at)
        Answer.objects.bulk_create([row], ignore_conflicts=True)
    return own.select_for_update(no_key=True).get()


def _keep(person: Membership, product_id: int, new: Chosen, at: datetime) -> None:
    own = {"tenant_id": person.tenant_id, "person": person, "product_id": product_id}
    if new.any:
        Registration.objects.update_or_create(
            **own,
            defaults=asdict(new),
            create_defaults={**asdict(new), "account_id": own_account(person), "made_at": at},
        )
    else:
        Registration.objects.filter(**own).delete()


def _as_chosen(one: Registration | None) -> Chosen:
    if one is None:
        return Chosen(by_mail=False, in_portal=False)
    return Chosen(by_mail=one.by_mail, in_portal=one.in_portal, tell_unaffected=one.tell_unaffected)


def _in_words(chosen: Chosen) -> str:
    return ", ".join(name for name, wanted in asdict(chosen).items() if wanted and chosen.any)
