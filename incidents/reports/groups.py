"""The groups of a report in the order of its table, with their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.reports.names import Named, Names, without
from incidents.reports.period import Period, Step
from incidents.reports.queries import Tally
from incidents.reports.questions import Grouping, Question
from incidents.reports.shares import Count
from portal.core.ui.formatting import Formats, formats

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Group:
    """``period`` only where they are grouped by time; else ``code`` narrows a report to the group."""

    code: str
    name: str
    count: Count
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    rows: Sequence[Group]
    left_out: int


def groups_of(names: Names, question: Question, tally: Tally, *, most: int | None = SHOWN) -> Groups:
    """Of time the latest first, of accounts those with most broken promises, all else in its own order."""
    by = question.by
    if by.step:
        form = formats()
        parts = list(reversed(tally.parts))
        rows = [Group(str(p.first), part_name(p, by.step, form), count, p) for p, count in parts[:most]]
        return Groups(rows, len(parts) - len(rows))
    if by == Grouping.ACCOUNT:
        return _accounts(names, tally, most)
    counts = dict(tally.groups)
    known = [*((one.id, one) for one in names.of(by)), (None, without(by))]
    return Groups([_group(one, counts[key]) for key, one in known if key in counts], 0)


def _accounts(names: Names, tally: Tally, most: int | None) -> Groups:
    found = [(key, count) for key, count in tally.groups if key is not None]
    found.sort(key=lambda one: (-one[1].broken, -one[1].promises, one[0]))
    shown = found[:most]
    named = names.accounts([key for key, _count in shown])
    return Groups([_group(named[key], count) for key, count in shown], len(found) - len(shown))


def _group(named: Named, count: Count) -> Group:
    return Group(named.code, named.name, count)


def part_name(part: Period, step: Step, form: Formats) -> str:
    if step is Step.MONTH:
        return form.month(part.first)
    if step is Step.WEEK:
        return _("Week of %(day)s") % {"day": form.day(part.first)}
    return form.weekday(part.first)
