"""The features and plans that a tenant has: added, put in order, retired, taken up again."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plans.actions.rights import check_sells
from plans.enums import Category, EditionState
from plans.memory import forget
from plans.models import Cell, Edition, Feature, FeatureText, Plan, PlanText
from plans.queries import feature_name
from plans.registry import feature_uses, plan_uses, rank_followers
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership, Tenant

_RESERVED = {"new"}
"""Codes that are words of the addresses of these pages."""
HIGHEST_RANK = 999
"""That may be chosen; who moves or takes up plans may come above."""


@transaction.atomic
def add_feature(
    *,
    tenant: Tenant,
    category: str,
    language: str,
    name: str,
    summary: str = "",
    product_limited: bool = False,
    discretionary: bool = False,
    actor: Membership,
) -> Feature:
    """A feature of the tenant's own, the last of its group. No plan has it until an edition says so."""
    _begin(tenant.pk, actor)
    features = list(Feature.objects.filter(tenant=tenant).order_by("position", "id"))
    if _is_taken(tenant.pk, name):
        raise Refused(_("Another feature has this name. Choose a name of its own."), field="name")
    feature = Feature.objects.create(
        tenant=tenant,
        code=_code(name, "feature", {feature.code for feature in features}, length=60),
        category=category,
        position=len(features),
        product_limited=product_limited,
        discretionary=discretionary,
    )
    FeatureText.objects.create(tenant=tenant, feature=feature, language=language, name=name, summary=summary)
    _put_in_order([*features, feature])
    record(feature, "added", actor, internal=True, name=name, group=str(category), language=language)
    forget(tenant.pk)
    return feature


@transaction.atomic
def move_feature(*, feature: Feature, up: bool, actor: Membership) -> None:
    """One place up or down among those of its group; at its end it stays."""
    _begin(feature.tenant_id, actor)
    features = list(Feature.objects.filter(tenant_id=feature.tenant_id).order_by("position", "id"))
    of_group = [one for one in features if one.category == feature.category and one.retired_at is None]
    place = _place_in(of_group, feature.pk)
    to = None if place is None else place + (-1 if up else 1)
    if place is None or to is None or not 0 <= to < len(of_group):
        return
    one, other = features.index(of_group[place]), features.index(of_group[to])
    features[one], features[other] = features[other], features[one]
    _put_in_order(features)
    record(feature, "moved", actor, internal=True, name=_name_of(feature), place=to + 1)
    forget(feature.tenant_id)


@transaction.atomic
def retire_feature(*, feature: Feature, actor: Membership) -> None:
    """Take it out of the comparison and of the matrix.

    :raises Refused: somebody has it or is about to: a plan in the edition in force, in one that follows or
        in the draft, or a contract that was signed under an earlier one.
    """
    _begin(feature.tenant_id, actor)
    locked = Feature.objects.select_for_update().get(tenant_id=feature.tenant_id, pk=feature.pk)
    if locked.retired_at is not None:
        return
    if problem := _promised_by(locked) or next(filter(None, feature_uses.ask(locked)), None):
        raise Refused(problem, code="in_use")
    _set_retired(locked, actor, retired=True)


@transaction.atomic
def restore_feature(*, feature: Feature, actor: Membership) -> None:
    """Back in its place."""
    _begin(feature.tenant_id, actor)
    locked = Feature.objects.select_for_update().get(tenant_id=feature.tenant_id, pk=feature.pk)
    if locked.retired_at is not None:
        _set_retired(locked, actor, retired=False)


@transaction.atomic
def add_plan(
    *, tenant: Tenant, name: str, rank: int | None, language: str, summary: str = "", actor: Membership
) -> Plan:
    """A plan without features until an edition gives it some.

    :param rank: higher is more; None puts it above the others.
    :raises Refused: another plan that is sold has this name or rank.
    """
    _begin(tenant.pk, actor)
    sold = list(Plan.objects.filter(tenant=tenant, retired_at=None).order_by("rank"))
    if any(plan.name.casefold() == name.casefold() for plan in sold):
        raise Refused(_("Another plan has this name. Choose a name of its own."), field="name")
    if rank is not None and not 1 <= rank <= HIGHEST_RANK:
        raise Refused(_("Choose a rank from 1 to %(highest)s.") % {"highest": HIGHEST_RANK}, field="rank")
    if holder := next((plan for plan in sold if plan.rank == rank), None):
        raise Refused(
            _("%(plan)s has this rank. Choose another, or leave it empty and move the plan afterwards.")
            % {"plan": holder.name},
            field="rank",
        )
    codes = set(Plan.objects.filter(tenant=tenant).values_list("code", flat=True))
    plan = Plan.objects.create(
        tenant=tenant,
        code=_code(name, "plan", codes, length=40),
        name=name,
        rank=_next_rank(tenant.pk) if rank is None else rank,
    )
    if summary:
        PlanText.objects.create(tenant=tenant, plan=plan, language=language, summary=summary)
    record(plan, "added", actor, internal=True, name=name, rank=plan.rank)
    forget(tenant.pk)
    return plan


@transaction.atomic
def move_plan(*, plan: Plan, up: bool, actor: Membership) -> None:
    """Change ranks with the next higher or lower plan; at its end it stays. What goes by rank follows."""
    _begin(plan.tenant_id, actor)
    sold = list(Plan.objects.filter(tenant_id=plan.tenant_id, retired_at=None).order_by("rank"))
    place = _place_in(sold, plan.pk)
    to = None if place is None else place + (1 if up else -1)
    if place is None or to is None or not 0 <= to < len(sold):
        return
    moved, other = sold[place], sold[to]
    before, after = moved.rank, other.rank
    # Through a rank of nobody, because no two plans may share one at any time.
    for row, rank in ((moved, _next_rank(plan.tenant_id)), (other, before), (moved, after)):
        row.rank = rank
        row.save(update_fields=["rank"])
    said: dict[str, Any] = {"name": moved.name, "before": before, "after": after, "other": other.name}
    record(moved, "moved", actor, internal=True, **said)
    forget(plan.tenant_id)
    rank_followers.tell(plan.tenant_id, [moved.pk, other.pk])


@transaction.atomic
def retire_plan(*, plan: Plan, actor: Membership) -> None:
    """No longer sold.

    :raises Refused: it is the only plan, or a contract that isn't over has it.
    """
    _begin(plan.tenant_id, actor)
    locked = Plan.objects.select_for_update().get(tenant_id=plan.tenant_id, pk=plan.pk)
    if locked.retired_at is not None:
        return
    if not Plan.objects.filter(tenant_id=plan.tenant_id, retired_at=None).exclude(pk=plan.pk).exists():
        raise Refused(
            _("%(plan)s is your only plan. Add another one before you retire it.") % {"plan": locked.name},
            code="only_plan",
        )
    if problem := next(filter(None, plan_uses.ask(locked)), None):
        raise Refused(problem, code="in_use")
    locked.retired_at = timezone.now()
    locked.save(update_fields=["retired_at"])
    record(locked, "retired", actor, internal=True, name=locked.name)
    forget(locked.tenant_id)


@transaction.atomic
def restore_plan(*, plan: Plan, actor: Membership) -> Plan:
    """Sold again, at its rank, or above the others where another plan has its rank now."""
    _begin(plan.tenant_id, actor)
    locked = Plan.objects.select_for_update().get(tenant_id=plan.tenant_id, pk=plan.pk)
    if locked.retired_at is None:
        return locked
    sold = Plan.objects.filter(tenant_id=plan.tenant_id, retired_at=None)
    if sold.filter(rank=locked.rank).exists():
        locked.rank = _next_rank(plan.tenant_id)
    locked.retired_at = None
    locked.save(update_fields=["retired_at", "rank"])
    record(locked, "restored", actor, internal=True, name=locked.name, rank=locked.rank)
    forget(locked.tenant_id)
    rank_followers.tell(plan.tenant_id, [locked.pk])
    return locked


def _begin(tenant_id: int, actor: Membership) -> None:
    """One at a time: each of these looks at the others of its kind first."""
    check_sells(actor, tenant_id)
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)


def _code(name: str, otherwise: str, taken: Collection[str], *, length: int) -> str:
    """Letters and digits of the name, with a number where another has them already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    start = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: length - 4].strip("_") or otherwise
    used, code, number = {*taken, *_RESERVED}, start, 2
    while code in used:
        code, number = f"{start}_{number}", number + 1
    return code


def _is_taken(tenant_id: int, name: str) -> bool:
    names = FeatureText.objects.filter(tenant_id=tenant_id, feature__retired_at=None)
    return any(one.casefold() == name.casefold() for one in names.values_list("name", flat=True))


def _put_in_order(features: Sequence[Feature]) -> None:
    """The groups in their order, within each as given: positions count up from 0, without gaps."""
    groups = {str(category): place for place, category in enumerate(Category)}
    in_order = sorted(features, key=lambda feature: groups[feature.category])
    for position, feature in enumerate(in_order):
        feature.position = position
    Feature.objects.bulk_update(in_order, ["position"])


def _place_in(rows: Sequence[Feature] | Sequence[Plan], pk: int) -> int | None:
    return next((place for place, row in enumerate(rows) if row.pk == pk), None)


def _next_rank(tenant_id: int) -> int:
    """Above every plan, retired ones included."""
    highest = Plan.objects.filter(tenant_id=tenant_id).aggregate(rank=Max("rank"))["rank"]
    return int(highest or 0) + 1


def _set_retired(feature: Feature, actor: Membership, *, retired: bool) -> None:
    feature.retired_at = timezone.now() if retired else None
    feature.save(update_fields=["retired_at"])
    record(feature, "retired" if retired else "restored", actor, internal=True, name=_name_of(feature))
    forget(feature.tenant_id)


def _promised_by(feature: Feature) -> str:
    """Which plan has the feature where, and what to do about it; nothing if none does."""
    now = timezone.now()
    editions = Edition.objects.filter(tenant_id=feature.tenant_id)
    in_force = (
        editions.filter(state=EditionState.PUBLISHED, effective_at__lte=now)
        .order_by("-effective_at", "-number")
        .values("pk")[:1]
    )
    lasting = editions.filter(
        Q(pk__in=in_force) | Q(state=EditionState.DRAFT) | Q(effective_at__gt=now)
    ).values("pk")
    cells = Cell.objects.filter(tenant_id=feature.tenant_id, feature=feature, edition_id__in=lasting)
    cell = cells.select_related("plan", "edition").order_by("edition__number", "plan__rank").first()
    if cell is None:
        return ""
    said = {"feature": _name_of(feature), "plan": cell.plan.name, "number": cell.edition.number}
    if cell.edition.is_draft:
        return (
            _(
                "%(plan)s has “%(feature)s” in the draft of edition %(number)s."
                " Take it out of the draft, then retire it."
            )
            % said
        )
    return (
        _(
            "%(plan)s has “%(feature)s” in edition %(number)s."
            " Publish an edition in which no plan has it, then retire it."
        )
        % said
    )


def _name_of(feature: Feature) -> str:
    return feature_name(feature.tenant_id, feature.code, get_language() or "en")
