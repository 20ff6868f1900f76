"""Which solutions a release makes needless: named by hand, in a draft or long after it was published."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from knowledge.releases import rules
from knowledge.releases.actions.locks import check_right, locked
from knowledge.releases.models import Release, ReleaseFix
from knowledge.solutions.enums import State
from knowledge.solutions.models import Solution
from knowledge.solutions.queries import products_for
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def name_fixes(
    *, actor: Membership, release: Release, solutions: Sequence[Solution], at: datetime | None = None
) -> Sequence[Solution]:
    """The release fixes these as well. Gives those that weren't named before.

    :raises NotAllowed: for all but leads and administrators. :raises Refused: the release is withdrawn, or a
        solution is retired or about other products.
    """
    release = _open(actor, release)
    _check(release, solutions)
    of = {"tenant_id": release.tenant_id, "release": release}
    named = set(ReleaseFix.objects.filter(**of).values_list("solution_id", flat=True))
    new = [one for one in solutions if one.pk not in named]
    if new:
        ReleaseFix.objects.bulk_create(ReleaseFix(**of, solution=one) for one in new)
        told = [one.reference for one in new]
        record(release, "fixes_named", actor, internal=True, at=at, release=release.reference, solutions=told)
    return new


@transaction.atomic
def take_back_fix(
    *, actor: Membership, release: Release, solution: Solution, at: datetime | None = None
) -> None:
    """The release doesn't fix it after all. Taking it back twice changes nothing.

    :raises NotAllowed: as :func:`name_fixes`. :raises Refused: the release is withdrawn.
    """
    release = _open(actor, release)
    fix = ReleaseFix.objects.filter(tenant_id=release.tenant_id, release=release, solution=solution)
    removed, _rows = fix.delete()
    if removed:
        told = {"release": release.reference, "solution": solution.reference}
        record(release, "fix_taken_back", actor, internal=True, at=at, **told)


def _open(actor: Membership, release: Release) -> Release:
    check_right(actor)
    release = locked(release)
    if not rules.may_name_fixes(actor, release):
        raise Refused(
            _("%(release)s is withdrawn and stays as it is.") % {"release": release.reference},
            code="withdrawn",
        )
    return release


def _check(release: Release, solutions: Sequence[Solution]) -> None:
    ranges = products_for(release.tenant_id, [one.pk for one in solutions])
    for one in solutions:
        if one.state == State.RETIRED:
            raise Refused(
                _("%(solution)s is retired. Name one that is in use.") % {"solution": one.reference},
                field="solutions",
            )
        products = {about.product_id for about in ranges.get(one.pk, ())}
        if products and release.product_id not in products:
            raise Refused(
                _("%(solution)s is about another product. Add this one to it first, or leave it out.")
                % {"solution": one.reference},
                field="solutions",
            )
