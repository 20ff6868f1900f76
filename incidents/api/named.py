"""What a body names by an id or a code: the object, if its person may name it.

Each raises ValidationError for the field; what is out of sight answers as what doesn't exist.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from incidents.models import Incident
from incidents.people import possible_followers
from knowledge.solutions.models import Solution
from knowledge.solutions.queries import with_reference
from plans.api import product_with
from plans.models import Product
from portal.identity.models import Membership, Team


def product_to_log(person: Membership, code: str) -> Product:
    value = product_with(person.tenant, code)
    if value.retired:
        raise ValidationError({"product": [_("This product is no longer supported.")]})
    return Product(id=value.id, tenant_id=person.tenant_id, code=value.code, name=value.name)


def contact(person: Membership, pk: int | None) -> Membership:
    """The contact whom staff log for."""
    if pk is None:
        raise ValidationError({"reported_by": [_("Choose the contact for whom you log this incident.")]})
    found = (
        Membership.objects.visible_to(person)
        .current()
        .filter(pk=pk, account__isnull=False)
        .select_related("user", "account")
        .first()
    )
    if found is None:
        raise ValidationError({"reported_by": [_("There is no such contact.")]})
    return found


def colleagues(person: Membership, pks: Sequence[int], *, field: str) -> list[Membership]:
    """People of the staff."""
    staff = Membership.objects.visible_to(person).current().filter(account=None, pk__in=set(pks))
    found = list(staff.select_related("user"))
    if len(found) != len(set(pks)):
        raise ValidationError({field: [_("There is no such colleague.")]})
    return found


def follower(person: Membership, incident: Incident, pk: int) -> Membership:
    """Somebody who doesn't follow yet, and whom the person may let follow."""
    for one in possible_followers(person, incident):
        if one.pk == pk:
            return one
    raise ValidationError({"person": [_("There is no such colleague, or they follow already.")]})


def solution(person: Membership, reference: str) -> Solution:
    found = with_reference(person, reference)
    if found is None:
        raise ValidationError({"solution": [_("There is no solution with this number.")]})
    return found


def team(person: Membership, pk: int) -> Team:
    found = Team.objects.filter(tenant_id=person.tenant_id, pk=pk).first()
    if found is None:
        raise ValidationError({"team": [_("There is no such team.")]})
    return found
