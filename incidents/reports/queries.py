"""Counting scores, and listing them: one statement each, over the scores of the period and no others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Func, IntegerField, QuerySet

from incidents.models import Incident, Score
from incidents.reports.period import Period
from incidents.reports.questions import WITHOUT, Outcome, Question
from incidents.reports.shares import NOTHING, Count
from portal.core.keyset import Keyset, Page
from portal.core.prepared import IsOneOf
from portal.identity.models import Membership

LATEST_FIRST = Keyset(("decided_at", "id"), descending=True)
PAGE_SIZE = 50
_BY_KEY, _BY_TIME, _ALL = 2, 1, 3
"""What SQL's ``grouping(bucket, key)`` says: a bit for each that a row isn't grouped by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """All that was asked for, each part of its period, and each group by its id (None: without one)."""

    total: Count
    parts: Sequence[tuple[Period, Count]]
    groups: Sequence[tuple[int | None, Count]]


class _Bucket(Func):
    """Which part of a period an instant is in, counted from 1."""

    output_field = IntegerField()

    def __init__(self, field: str, starts: Sequence[datetime]) -> None:
        self.starts = list(starts)
        super().__init__(field)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        [(field, params)] = map(compiler.compile, self.source_expressions)
        return f"width_bucket({field}, %s::timestamptz[])", [*params, self.starts]


def scores_for(person: Membership, question: Question) -> QuerySet[Score]:
    """What was asked for of what the person may see: staff the tenant's, contacts their account's."""
    period = question.period
    scores = Score.objects.filter(
        tenant_id=person.tenant_id, decided_at__gte=period.start, decided_at__lt=period.end
    )
    if person.account_id is not None:
        scores = scores.filter(account_id=person.account_id)
    if question.kind:
        scores = scores.filter(kind=question.kind)
    for name in ("severity", "plan_id", "product_id", "account_id", "team_id"):
        value = getattr(question, name)
        if value is not None:
            scores = scores.filter(**{name: None if value == WITHOUT else value})
    return scores


def tally(person: Membership, question: Question) -> Tally:
    """Counted in one statement, and one scan of the index ``score_of_time``; days begin as Python says."""
    parts = question.period.cut(question.step)
    column = None if question.by.step else question.by.column
    scores = scores_for(person, question).annotate(bucket=_Bucket("decided_at", [p.start for p in parts]))
    inner, params = scores.values("bucket", column or "severity", "kept").query.sql_with_params()
    key = f'"{column}"' if column else "NULL::bigint"
    sets = f"(), (bucket), ({key})" if column else "(), (bucket)"
    grouping = f"grouping(bucket, {key})" if column else f"grouping(bucket) * {_BY_KEY} + 1"
    # Column names of ours around SQL that the ORM wrote, with its parameters apart.
    sql = f"""
        SELECT {grouping}, bucket, {key}, count(*), count(*) FILTER (WHERE kept)
        FROM ({inner}) score GROUP BY GROUPING SETS ({sets})
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    total = next(Count(promises, kept) for grouped, _b, _k, promises, kept in rows if grouped == _ALL)
    in_time = {bucket: Count(*counted) for grouped, bucket, _k, *counted in rows if grouped == _BY_TIME}
    groups = [(key, Count(*counted)) for grouped, _b, key, *counted in rows if grouped == _BY_KEY]
    return Tally(
        total, [(part, in_time.get(number, NOTHING)) for number, part in enumerate(parts, start=1)], groups
    )


class Line(NamedTuple):
    """One promise, with what became of it since; the names of the columns that it is read from."""

    id: int
    decided_at: datetime
    kind: str
    severity: int
    kept: bool
    due_at: datetime
    reference: str
    title: str
    account: str
    assignee: str | None
    team: str | None
    state: str
    ended_at: datetime | None


_ELSEWHERE = {
    "reference": "incident__reference",
    "title": "incident__title",
    "account": "account__name",
    "assignee": "incident__assignee__user__name",
    "team": "team__name",
    "state": "clock__state",
    "ended_at": "clock__ended_at",
}
_COLUMNS = tuple(_ELSEWHERE.get(name, name) for name in Line._fields)


class _Place(NamedTuple):
    id: int
    decided_at: datetime


def _behind(person: Membership, question: Question, outcome: Outcome) -> QuerySet[Score]:
    scores = scores_for(person, question)
    return scores if outcome == Outcome.ALL else scores.filter(kept=outcome == Outcome.KEPT)


def lines(
    person: Membership, question: Question, outcome: Outcome, *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Line]:
    """The promises behind a number, the latest first.

    Two statements: the page's scores by the index of time, and what is told of these. In one, PostgreSQL
    would join all scores of the period before it sorts them.

    :raises Refused: the cursor can't be used.
    """
    scores = _behind(person, question, outcome)
    page = LATEST_FIRST.page(scores, cursor, size, columns=_Place._fields, row=_Place._make)
    ids = [place.id for place in page.rows]
    found = _told(person, Score.objects.filter(IsOneOf("id", ids), tenant_id=person.tenant_id))
    return Page(list(found), page.next)


def _told(person: Membership, scores: QuerySet[Score]) -> Iterator[Line]:
    scores = scores.filter(incident__in=Incident.objects.visible_to(person))
    return starmap(Line, scores.order_by("-decided_at", "-id").values_list(*_COLUMNS))


def every_line(person: Membership, question: Question, outcome: Outcome, *, most: int) -> Iterator[Line]:
    """As :func:`lines`, without pages: at most one more than ``most``."""
    scores = _behind(person, question, outcome).order_by("-decided_at", "-id")
    latest = scores.values("pk")[: most + 1]
    return _told(person, Score.objects.filter(pk__in=latest, tenant_id=person.tenant_id))
