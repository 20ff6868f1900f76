"""What a tenant sells, as values that each process remembers (see ``plans.memory``)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import QuerySet

from plans.matrix import PlanValue
from plans.memory import remembered
from plans.models import Feature, FeatureText, Plan, PlanText, Product, ProductVersion, SeverityText
from portal.identity.models import Tenant

LAST_RESORT = "en"


@dataclass(frozen=True, slots=True)
class VersionValue:
    """``position`` grows with each newer version of the product."""

    id: int
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class ProductValue:
    """A product that is sold or was; ``versions`` begin with the newest."""

    id: int
    code: str
    name: str
    retired: bool
    versions: tuple[VersionValue, ...]


@dataclass(frozen=True, slots=True)
class FeatureValue:
    id: int
    code: str
    category: str
    product_limited: bool
    discretionary: bool


@dataclass(frozen=True, slots=True)
class FeatureWords:
    """A feature in ``language``, which is another than the reader's where nobody has written theirs yet."""

    language: str
    name: str
    summary: str
    description: str
    use: str


@dataclass(frozen=True, slots=True)
class PlanWords:
    language: str
    summary: str


@dataclass(frozen=True, slots=True)
class SeverityWords:
    language: str
    name: str
    definition: str
    example: str


class _Words(Protocol):
    @property
    def language(self) -> str: ...


WordsT = TypeVar("WordsT", bound=_Words)
ByLanguage = Mapping[str, WordsT]


def products_of(tenant: Tenant) -> tuple[ProductValue, ...]:
    """Every product of the tenant in its order, retired ones included."""
    return _products(tenant.pk)


def sold_products_of(tenant: Tenant) -> list[ProductValue]:
    """Those that are not retired."""
    return [product for product in products_of(tenant) if not product.retired]


def product_names(tenant_id: int) -> Mapping[int, str]:
    return {product.id: product.name for product in _products(tenant_id)}


def features_of(tenant: Tenant) -> tuple[FeatureValue, ...]:
    """The rows of the tenant's matrix from top to bottom, without the retired ones."""
    return _features(tenant.pk)


def plans_of(tenant: Tenant) -> tuple[PlanValue, ...]:
    """The plans that are sold today, from low to high."""
    return plan_values(tenant.pk)


def feature_texts(tenant: Tenant, language: str) -> Mapping[str, FeatureWords]:
    """The words of every feature by its code, in the language asked for or the nearest there is."""
    return _in_language(_feature_words(tenant.pk), tenant, language)


def feature_name(tenant_id: int, code: str, language: str) -> str:
    """The feature's name in the language, or in the nearest there is; its code where it has no name."""
    words = _feature_words(tenant_id).get(code)
    return nearest(words, LAST_RESORT, language).name if words else code


def plan_texts(tenant: Tenant, language: str) -> Mapping[int, PlanWords]:
    """One line about each plan by its id."""
    return _in_language(_plan_words(tenant.pk), tenant, language)


def severity_texts(tenant: Tenant, language: str) -> Mapping[int, SeverityWords]:
    """What each severity means at this tenant, by its number."""
    return _in_language(_severity_words(tenant.pk), tenant, language)


def feature_text(tenant: Tenant, code: str, language: str) -> FeatureWords | None:
    """The words in exactly this language; none where nobody has written them."""
    return _feature_words(tenant.pk).get(code, {}).get(language)


def plan_text(tenant: Tenant, plan_id: int, language: str) -> PlanWords | None:
    return _plan_words(tenant.pk).get(plan_id, {}).get(language)


def severity_text(tenant: Tenant, severity: int, language: str) -> SeverityWords | None:
    return _severity_words(tenant.pk).get(severity, {}).get(language)


def feature_languages(tenant: Tenant) -> Mapping[str, frozenset[str]]:
    """In which languages each feature has been written."""
    return {code: frozenset(words) for code, words in _feature_words(tenant.pk).items()}


def sold_plans(tenant: Tenant) -> QuerySet[Plan]:
    """The rows behind :func:`plans_of`, for forms and actions."""
    return Plan.objects.filter(tenant=tenant, retired_at=None).order_by("rank")


def retired_plans(tenant: Tenant) -> QuerySet[Plan]:
    return Plan.objects.filter(tenant=tenant).exclude(retired_at=None).order_by("name")


def retired_features(tenant: Tenant) -> QuerySet[Feature]:
    return Feature.objects.filter(tenant=tenant).exclude(retired_at=None).order_by("position", "id")


def sold_products(tenant: Tenant) -> QuerySet[Product]:
    """The products that can be put on a contract."""
    return Product.objects.filter(tenant=tenant, retired_at=None).order_by("position", "id")


def versions_of(tenant: Tenant) -> QuerySet[ProductVersion]:
    """The versions of every product, the newest first."""
    return ProductVersion.objects.filter(tenant=tenant).order_by("product_id", "-position", "-id")


def product_versions(product: Product) -> QuerySet[ProductVersion]:
    """With their dates, the newest first."""
    found = ProductVersion.objects.filter(tenant_id=product.tenant_id, product=product)
    return found.order_by("-position", "-id")


def feature_rows(tenant: Tenant, codes: Iterable[str]) -> QuerySet[Feature]:
    return Feature.objects.filter(tenant=tenant, code__in=codes).order_by("position", "id")


KeyT = TypeVar("KeyT")


def _in_language(
    words: Mapping[KeyT, ByLanguage[WordsT]], tenant: Tenant, language: str
) -> dict[KeyT, WordsT]:
    return {key: nearest(by_language, tenant.language, language) for key, by_language in words.items()}


class Title(NamedTuple):
    """What something is called, in ``language``: the nearest to the reader's."""

    language: str
    text: str


def nearest(by_language: ByLanguage[WordsT], tenant_language: str, language: str) -> WordsT:
    """The words in ``language``, or in the tenant's, or in English, or whichever there are."""
    for wanted in (language, tenant_language, LAST_RESORT):
        if wanted in by_language:
            return by_language[wanted]
    return next(iter(by_language.values()))


@remembered
def _products(tenant_id: int) -> tuple[ProductValue, ...]:
    versions: dict[int, list[VersionValue]] = {}
    for version in ProductVersion.objects.filter(tenant_id=tenant_id).order_by("-position", "-id"):
        versions.setdefault(version.product_id, []).append(
            VersionValue(version.pk, version.name, version.position)
        )
    return tuple(
        ProductValue(p.pk, p.code, p.name, p.retired_at is not None, tuple(versions.get(p.pk, ())))
        for p in Product.objects.filter(tenant_id=tenant_id).order_by("position", "id")
    )


@remembered
def _features(tenant_id: int) -> tuple[FeatureValue, ...]:
    rows = Feature.objects.filter(tenant_id=tenant_id, retired_at=None).order_by("position", "id")
    return tuple(FeatureValue(f.pk, f.code, f.category, f.product_limited, f.discretionary) for f in rows)


@remembered
def plan_values(tenant_id: int) -> tuple[PlanValue, ...]:
    """As :func:`plans_of`, for those who only have the tenant's id."""
    rows = Plan.objects.filter(tenant_id=tenant_id, retired_at=None).order_by("rank")
    return tuple(PlanValue(plan.pk, plan.code, plan.name, plan.rank) for plan in rows)


@remembered
def _feature_words(tenant_id: int) -> dict[str, dict[str, FeatureWords]]:
    rows = FeatureText.objects.filter(tenant_id=tenant_id).select_related("feature").order_by("id")
    return _grouped(
        (t.feature.code, FeatureWords(t.language, t.name, t.summary, t.description, t.use)) for t in rows
    )


@remembered
def _plan_words(tenant_id: int) -> dict[int, dict[str, PlanWords]]:
    rows = PlanText.objects.filter(tenant_id=tenant_id).order_by("id")
    return _grouped((text.plan_id, PlanWords(text.language, text.summary)) for text in rows)


@remembered
def _severity_words(tenant_id: int) -> dict[int, dict[str, SeverityWords]]:
    rows = SeverityText.objects.filter(tenant_id=tenant_id).order_by("severity", "id")
    return _grouped((t.severity, SeverityWords(t.language, t.name, t.definition, t.example)) for t in rows)


def _grouped(rows: Iterable[tuple[KeyT, WordsT]]) -> dict[KeyT, dict[str, WordsT]]:
    grouped: dict[KeyT, dict[str, WordsT]] = {}
    for key, words in rows:
        grouped.setdefault(key, {})[words.language] = words
    return grouped
