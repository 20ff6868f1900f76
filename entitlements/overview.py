"""What an account holds as its people read it: contracts, features, and more to be had."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements.decide import Decision, contract_state, decide, last_line, leading_line
from entitlements.enums import STATE_TONE, ContractState
from entitlements.sentences import remedy_sentence, sentence
from entitlements.values import Holdings, Line
from plans.comparison import Held, cell_words, marks_of
from plans.defaults import group_names
from plans.enums import Severity, TargetKind
from plans.matrix import PlanValue
from plans.queries import FeatureValue, FeatureWords, feature_texts, features_of
from plans.wording import target_words
from portal.core.ui.formatting import formats
from portal.identity.models import Tenant

ONE_DAY = timedelta(days=1)
IN_FORCE = frozenset({ContractState.ACTIVE, ContractState.EXPIRING, ContractState.GRACE})
GOES_ON = IN_FORCE | {ContractState.SCHEDULED}


@dataclass(frozen=True, slots=True)
class ContractView:
    id: int
    number: str
    plan: PlanValue
    state: ContractState
    tone: str
    starts_on: date
    ends_on: date
    grace_until: date | None
    days_left: int
    products: str
    in_force: bool
    changes: tuple[str, ...]
    """What is agreed for a later day of the period."""
    renewed_by: str
    """The number of the contract of the next period."""

    @property
    def may_change(self) -> bool:
        """Whether its support period isn't over."""
        return self.state in {ContractState.SCHEDULED, ContractState.ACTIVE, ContractState.EXPIRING}

    @property
    def goes_on(self) -> bool:
        return self.state in GOES_ON


@dataclass(frozen=True, slots=True)
class MissingProduct:
    product: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FeatureView:
    """``has`` for at least one product; ``missing`` for which not, though others have it."""

    words: FeatureWords
    marks: tuple[str, ...]
    has: bool
    detail: str
    sentence: str
    remedy: str
    missing: tuple[MissingProduct, ...]
    granted: str
    """Where it is given at discretion: by whom, until when and why."""


@dataclass(frozen=True, slots=True)
class FeatureGroupView:
    code: str
    name: str
    rows: tuple[FeatureView, ...]


@dataclass(frozen=True, slots=True)
class HigherPlan:
    plan: PlanValue
    adds: tuple[str, ...]
    faster: str
    """The first response to severity 1, where it is a shorter one."""


def contracts_of(holdings: Holdings, at: datetime) -> tuple[ContractView, ...]:
    """The account's contracts, the latest first."""
    return tuple(_contract(holdings, lines, at) for lines in holdings.contracts)


def _contract(holdings: Holdings, lines: tuple[Line, ...], at: datetime) -> ContractView:
    line, last = leading_line(lines, at), last_line(lines)
    state = contract_state(line, at)
    last_of_grace = last.grace_ends.astimezone(line.zone).date() - ONE_DAY
    products = dict.fromkeys(one.product_id for one in sorted(lines, key=lambda one: (one.begins, one.id)))
    return ContractView(
        id=line.contract_id,
        number=line.number,
        plan=line.plan,
        state=state,
        tone=STATE_TONE[state],
        starts_on=min(one.starts_on for one in lines),
        ends_on=last.ends_on,
        grace_until=last_of_grace if last.grace_days else None,
        days_left=(last.ends_on - at.astimezone(line.zone).date()).days,
        products=", ".join(holdings.products.get(product_id, "") for product_id in products),
        in_force=state in IN_FORCE,
        changes=tuple(_changes(holdings, lines, at)) if state in GOES_ON else (),
        renewed_by=next(
            (
                one.number
                for one in holdings.lines
                if one.renews_id == line.contract_id and one.cancelled_at is None
            ),
            "",
        ),
    )


def _changes(holdings: Holdings, lines: tuple[Line, ...], at: datetime) -> Iterator[str]:
    """What is agreed for a later day of the period."""
    first = min(line.starts_on for line in lines)
    ahead = [line for line in lines if line.begins > at and line.starts_on > first]
    said = {
        **{(line.starts_on, 0, line.plan.id): line.plan.name for line in ahead if line.upgrade_id},
        **{
            (line.starts_on, 1, line.product_id): holdings.products.get(line.product_id, "")
            for line in ahead
            if line.begins == min(one.begins for one in lines if one.product_id == line.product_id)
        },
    }
    for (day, _kind, _id), what in sorted(said.items()):
        yield _("%(what)s from %(day)s on") % {"what": what, "day": formats().day(day)}


def held_products(holdings: Holdings, at: datetime) -> tuple[int, ...]:
    """The products on contracts in force; without such a contract, on any."""
    in_force = [line for line in holdings.lines if contract_state(line, at) in IN_FORCE]
    return tuple(dict.fromkeys(line.product_id for line in in_force or holdings.lines))


def feature_groups(holdings: Holdings, tenant: Tenant, at: datetime) -> Iterator[FeatureGroupView]:
    """Every feature in the order of the brochure: has it, what it means, what would give it."""
    language = get_language() or tenant.language
    words, names = feature_texts(tenant, language), group_names(language)
    products = held_products(holdings, at)
    for code, features in groupby(features_of(tenant), key=lambda feature: feature.category):
        rows = tuple(_feature(holdings, feature, words, products, at) for feature in features)
        yield FeatureGroupView(code, names[code], rows)


def _feature(
    holdings: Holdings,
    feature: FeatureValue,
    words: Mapping[str, FeatureWords],
    products: tuple[int, ...],
    at: datetime,
) -> FeatureView:
    decisions = [decide(holdings, feature.code, at=at, product_id=product) for product in products]
    given = [decision for decision in decisions if decision.allowed]
    shown = given[0] if given else _plainest(holdings, feature.code, decisions, at)
    refused = [decision for decision in decisions if not decision.allowed] if given else []
    return FeatureView(
        words=words[feature.code],
        marks=marks_of(feature),
        has=shown.allowed,
        detail=cell_words(shown.line.matrix, shown.cell) if shown.line and shown.cell else "",
        sentence=sentence(shown),
        remedy=remedy_sentence(shown),
        missing=tuple(
            MissingProduct(holdings.products.get(d.product_id or 0, ""), sentence(d)) for d in refused
        ),
        granted=sentence(shown) if shown.grant else "",
    )


def _plainest(holdings: Holdings, code: str, decisions: list[Decision], at: datetime) -> Decision:
    """One refusal for all: the account's as a whole, or the first product's where only products lack it."""
    general = decide(holdings, code, at=at)
    return decisions[0] if general.allowed and decisions else general


def _own_line(holdings: Holdings, at: datetime) -> Line | None:
    """With the account's highest plan in force."""
    return next((line for line in holdings.ranked if contract_state(line, at) in IN_FORCE), None)


def higher_plans(holdings: Holdings, tenant: Tenant, at: datetime) -> Iterator[HigherPlan]:
    """What each plan above the account's own would add, as it is sold today."""
    own = _own_line(holdings, at)
    if own is None:
        return
    words = feature_texts(tenant, get_language() or tenant.language)
    critical = (TargetKind.FIRST_RESPONSE, Severity.CRITICAL)
    own_target = own.matrix.promised(*critical, own.plan.id, None)
    for plan in holdings.current.plans:
        if plan.rank <= own.plan.rank:
            continue
        target = holdings.current.promised(*critical, plan.id, None)
        faster = target and (own_target is None or target.minutes < own_target.minutes)
        yield HigherPlan(
            plan=plan,
            adds=tuple(
                words[feature.code].name
                for feature in features_of(tenant)
                if holdings.current.cell(plan.id, feature.code)
                and not own.matrix.cell(own.plan.id, feature.code)
            ),
            faster=target_words(target) if faster else "",
        )


def held_today(holdings: Holdings, at: datetime) -> Held | None:
    """For the comparison: the account's highest plan in force, as it is enjoyed; None without a contract."""
    own = _own_line(holdings, at)
    return Held(own.plan, own.matrix) if own else None


@dataclass(frozen=True, slots=True)
class Verdict:
    product: str
    allowed: bool
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class VerdictRow:
    feature: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Decisions on every feature (rows) for every product that is held (columns)."""

    products: tuple[str, ...]
    rows: tuple[VerdictRow, ...]


def verdicts(holdings: Holdings, tenant: Tenant, at: datetime) -> Verdicts:
    words = feature_texts(tenant, get_language() or tenant.language)
    products = held_products(holdings, at)
    asked = products or (None,)
    rows = tuple(
        VerdictRow(
            words[feature.code].name,
            tuple(_verdict(decide(holdings, feature.code, at=at, product_id=product)) for product in asked),
        )
        for feature in features_of(tenant)
    )
    return Verdicts(tuple(holdings.products.get(product, "") for product in products), rows)


def _verdict(decision: Decision) -> Verdict:
    product = decision.holdings.products.get(decision.product_id or 0, "")
    return Verdict(product, decision.allowed, sentence(decision), remedy_sentence(decision))
