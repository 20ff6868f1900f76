"""The plans beside each other, as in a brochure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from plans.defaults import footnotes, group_names
from plans.editions import current_edition, matrix_of
from plans.enums import FeatureCode, Severity, TargetKind
from plans.matrix import CalendarValue, CellValue, Matrix, PlanValue, Promised
from plans.queries import (
    FeatureValue,
    FeatureWords,
    SeverityWords,
    feature_texts,
    features_of,
    plan_texts,
    product_names,
    severity_texts,
)
from plans.wording import (
    allowance_words,
    calendar_conditions,
    calendar_hours,
    calendar_name,
    target_words,
)
from portal.identity.models import Tenant

STAR, TWO_STARS = "*", "**"


class Held(NamedTuple):
    """A plan in a matrix: as it is sold, or as an account enjoys it."""

    plan: PlanValue
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class PlanColumn:
    plan: PlanValue
    summary: str
    language: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class FeatureRow:
    code: str
    words: FeatureWords
    marks: tuple[str, ...]
    cells: tuple[str | None, ...]
    """For each plan: None where it hasn't the feature, else what limits it, if anything does."""


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    code: str
    name: str
    rows: tuple[FeatureRow, ...]


@dataclass(frozen=True, slots=True)
class TargetCell:
    time: str
    hours: str
    """The name of the hours that count; empty for elapsed time."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    severity: int
    words: SeverityWords
    cells: tuple[TargetCell | None, ...]


@dataclass(frozen=True, slots=True)
class TargetTable:
    title: str
    rows: tuple[TargetRow, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    name: str
    hours: str
    conditions: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    name: str
    cells: tuple[Hours | None, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    mark: str
    text: str
    exceptions: tuple[tuple[str, str], ...]
    """(feature, products that it isn't available for)"""


@dataclass(frozen=True, slots=True)
class Comparison:
    columns: tuple[PlanColumn, ...]
    groups: tuple[FeatureGroup, ...]
    targets: tuple[TargetTable, ...]
    coverage: tuple[CoverageRow, ...]
    footnotes: tuple[Footnote, ...]


def compare_plans(tenant: Tenant, language: str, at: datetime, *, own: Held | None = None) -> Comparison:
    """The edition in force at ``at``, in the language or the nearest there is; one statement when warm.

    :param own: stands in the first column, before the plans as they are sold today.
    """
    matrix = matrix_of(tenant.pk, current_edition(tenant.pk, at).pk)
    words, features = feature_texts(tenant, language), features_of(tenant)
    summaries = plan_texts(tenant, language)
    columns = ([own] if own else []) + columns_of(matrix)
    return Comparison(
        columns=tuple(
            PlanColumn(column.plan, text.summary, text.language, column is own)
            if (text := summaries.get(column.plan.id))
            else PlanColumn(column.plan, "", language, column is own)
            for column in columns
        ),
        groups=tuple(feature_groups(columns, features, words, language)),
        targets=tuple(_targets(columns, severity_texts(tenant, language))),
        coverage=tuple(_coverage(columns, features, words)),
        footnotes=tuple(_footnotes(matrix, features, words, product_names(tenant.pk), language)),
    )


Words = Mapping[str, FeatureWords]
Columns = Sequence[Held]


def columns_of(matrix: Matrix) -> list[Held]:
    """Every plan as an edition sells it, from low to high."""
    return [Held(plan, matrix) for plan in matrix.plans]


def marks_of(feature: FeatureValue) -> tuple[str, ...]:
    return (STAR,) * feature.product_limited + (TWO_STARS,) * feature.discretionary


def feature_groups(
    columns: Columns, features: tuple[FeatureValue, ...], words: Words, language: str
) -> Iterator[FeatureGroup]:
    """The rows of the matrix in their five groups, from top to bottom."""
    names = group_names(language)
    for code, rows in groupby(features, key=lambda feature: feature.category):
        yield FeatureGroup(code, names[code], tuple(_row(columns, feature, words) for feature in rows))


def _row(columns: Columns, feature: FeatureValue, words: Words) -> FeatureRow:
    cells = ((matrix, matrix.cell(plan.id, feature.code)) for plan, matrix in columns)
    return FeatureRow(
        feature.code,
        words[feature.code],
        marks_of(feature),
        tuple(None if cell is None else cell_words(matrix, cell) for matrix, cell in cells),
    )


def cell_words(matrix: Matrix, cell: CellValue) -> str:
    """The hours and limits of a cell, in a few words; often none."""
    calendar = matrix.calendar_of(cell)
    parts = (calendar_name(calendar) if calendar else "", allowance_words(cell))
    return ", ".join(part for part in parts if part)


def _targets(columns: Columns, severities: Mapping[int, SeverityWords]) -> Iterator[TargetTable]:
    for kind in TargetKind:
        rows = tuple(
            TargetRow(
                severity,
                severities[severity],
                tuple(_target(matrix.promised(kind, severity, plan.id, None)) for plan, matrix in columns),
            )
            for severity in Severity
        )
        if any(any(row.cells) for row in rows):
            yield TargetTable(str(kind.label), rows)


def _target(promised: Promised | None) -> TargetCell | None:
    if promised is None:
        return None
    hours = calendar_name(promised.calendar) if promised.calendar else ""
    return TargetCell(target_words(promised), hours)


def _coverage(columns: Columns, features: tuple[FeatureValue, ...], words: Words) -> Iterator[CoverageRow]:
    """One row for each feature that gives hours in any plan."""
    for feature in features:
        cells = tuple(_hours(_calendar(matrix, plan.id, feature.code)) for plan, matrix in columns)
        if any(cells):
            yield CoverageRow(words[feature.code].name, cells)


def _calendar(matrix: Matrix, plan_id: int, code: str) -> CalendarValue | None:
    """Of the feature in the plan; for its targets, what counts where none of their own is named."""
    own = matrix.calendar_of(matrix.cell(plan_id, code))
    if own is not None or code != FeatureCode.TARGETED_RESPONSE:
        return own
    return matrix.general_hours(plan_id)


def _hours(calendar: CalendarValue | None) -> Hours | None:
    if calendar is None:
        return None
    return Hours(calendar_name(calendar), calendar_hours(calendar), calendar_conditions(calendar))


def _footnotes(
    matrix: Matrix,
    features: tuple[FeatureValue, ...],
    words: Words,
    products: Mapping[int, str],
    language: str,
) -> Iterator[Footnote]:
    texts = footnotes(language)
    excepted = tuple(
        (words[feature.code].name, ", ".join(sorted(names)))
        for feature in features
        if (names := [products[p] for code, p in matrix.exceptions if code == feature.code and p in products])
    )
    for mark in (STAR, TWO_STARS):
        if any(mark in marks_of(feature) for feature in features):
            yield Footnote(mark, texts[mark], excepted if mark == STAR else ())
