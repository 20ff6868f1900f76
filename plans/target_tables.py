"""An edition's targets as grids of severity × plan, with the exceptions for products under each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from plans.drafting import targets_of
from plans.editions import read_matrix
from plans.enums import FeatureCode, Severity, TargetKind, Unit
from plans.matrix import Matrix, PlanValue, TargetValue
from plans.models import Edition, Plan, Product, Target
from plans.queries import feature_texts, severity_texts
from plans.wording import calendar_name, target_words
from portal.identity.models import Tenant


@dataclass(frozen=True, slots=True)
class GridCell:
    plan: str
    time: str
    """Empty where nothing is promised."""
    hours: str
    warning: str
    url: str


@dataclass(frozen=True, slots=True)
class GridRow:
    severity: int
    name: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Exceptions:
    product: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    kind: str
    title: str
    rows: tuple[GridRow, ...]
    exceptions: tuple[Exceptions, ...]


def target_url(
    edition: Edition, kind: str, severity: int, plan: Plan | PlanValue, product: Product | None
) -> str:
    """Of the page that edits one target."""
    place = [edition.number, kind, severity, plan.code]
    if product is None:
        return reverse("plans:edition_target", args=place)
    return reverse("plans:edition_product_target", args=[*place, product.code])


def target_grids(tenant: Tenant, edition: Edition, language: str) -> tuple[Matrix, tuple[Grid, ...]]:
    """Every kind, also one without a single target."""
    drawing = _Drawing(tenant, edition, language)
    return drawing.matrix, tuple(drawing.grid(kind) for kind in TargetKind)


class _Drawing:
    def __init__(self, tenant: Tenant, edition: Edition, language: str) -> None:
        self.edition, self.matrix = edition, read_matrix(edition)
        self.severities, self.features = severity_texts(tenant, language), feature_texts(tenant, language)
        self.targets = list(targets_of(edition))

    def grid(self, kind: TargetKind) -> Grid:
        of_kind = [target for target in self.targets if target.kind == kind]
        own = [target for target in of_kind if target.product is not None]
        return Grid(
            kind=kind,
            title=str(kind.label),
            rows=tuple(self._rows(kind, of_kind, None, list(Severity))),
            exceptions=tuple(
                Exceptions(product.name, tuple(self._of_product(kind, list(targets), product)))
                for product, targets in groupby(own, key=lambda target: target.product)
                if product is not None
            ),
        )

    def _of_product(self, kind: str, targets: list[Target], product: Product) -> Iterator[GridRow]:
        return self._rows(kind, targets, product, sorted({target.severity for target in targets}))

    def _rows(
        self, kind: str, targets: list[Target], product: Product | None, severities: Sequence[int]
    ) -> Iterator[GridRow]:
        product_id = product.pk if product else None
        by_place = {(one.severity, one.plan_id): one for one in targets if one.product_id == product_id}
        for severity in severities:
            cells = (
                self._cell(kind, severity, plan, product, by_place.get((severity, plan.id)))
                for plan in self.matrix.plans
            )
            yield GridRow(severity, self.severities[severity].name, tuple(cells))

    def _cell(
        self, kind: str, severity: int, plan: PlanValue, product: Product | None, target: Target | None
    ) -> GridCell:
        url = target_url(self.edition, kind, severity, plan, product)
        if target is None:
            return GridCell(plan.name, "", "", "", url)
        product_id = product.pk if product else None
        return GridCell(
            plan=plan.name,
            time=target_words(TargetValue(target.minutes, target.unit)),
            hours=_hours(self.matrix, target, product_id),
            warning=self._warning(target, product_id),
            url=url,
        )

    def _warning(self, target: Target, product_id: int | None) -> str:
        """Why a target that stands here promises nothing; empty where it does."""
        matrix, feature = self.matrix, FeatureCode.TARGETED_RESPONSE
        if matrix.promised(target.kind, target.severity, target.plan_id, product_id) is not None:
            return ""
        name = self.features[feature].name
        if not matrix.gives(target.plan_id, feature, product_id):
            return _("Not promised: the plan has no %(feature)s here.") % {"feature": name}
        return _("Not promised: no hours count. Name some, or set the portal’s own.")


def _hours(matrix: Matrix, target: Target, product_id: int | None) -> str:
    promised = matrix.promised(target.kind, target.severity, target.plan_id, product_id)
    if promised is None or target.unit == Unit.ELAPSED_MINUTES or promised.calendar is None:
        return ""
    return calendar_name(promised.calendar)
