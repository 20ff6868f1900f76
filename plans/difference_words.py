"""The differences of two editions in the reader's sentences, grouped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import singledispatch

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.differences import (
    AllowanceChange,
    Change,
    ExceptionChange,
    FeatureChange,
    HoursChange,
    NoticeChange,
    TargetChange,
    Verdict,
)
from plans.matrix import CalendarValue, Promised
from plans.queries import feature_texts, product_names
from plans.wording import allowance_words, calendar_conditions, calendar_hours, calendar_name, target_words
from portal.identity.models import Tenant


@dataclass(frozen=True, slots=True)
class Names:
    """What the tenant calls things, in the reader's language."""

    features: Mapping[str, str]
    products: Mapping[int, str]


def names_of(tenant: Tenant, language: str) -> Names:
    texts = feature_texts(tenant, language)
    return Names({code: text.name for code, text in texts.items()}, product_names(tenant.pk))


@dataclass(frozen=True, slots=True)
class Line:
    verdict: Verdict
    label: str
    tone: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: tuple[Line, ...]


def grouped_sentences(changes: Iterable[Change], names: Names) -> list[Group]:
    """Groups without a change are left out."""
    titles = {
        FeatureChange: _("Features gained and lost"),
        AllowanceChange: _("Allowances"),
        NoticeChange: _("Notice"),
        HoursChange: _("Hours"),
        ExceptionChange: _("Products"),
        TargetChange: _("Targets"),
    }
    verdicts = {
        Verdict.BETTER: (_("Better"), "ok"),
        Verdict.WORSE: (_("Worse"), "danger"),
        Verdict.OTHER: (_("Other"), "neutral"),
    }
    of_kind: dict[type[Change], list[Line]] = {kind: [] for kind in titles}
    for change in changes:
        line = Line(change.verdict, *verdicts[change.verdict], sentence(change, names))
        of_kind[type(change)].append(line)
    return [Group(titles[kind], tuple(lines)) for kind, lines in of_kind.items() if lines]


@singledispatch
def sentence(change: Change, names: Names) -> str:
    raise TypeError(f"No sentence for {change!r}")


@sentence.register
def _feature(change: FeatureChange, names: Names) -> str:
    parts = (calendar_name(change.calendar) if change.calendar else "", allowance_words(change.cell))
    limits = ", ".join(part for part in parts if part)
    said = {"plan": change.plan.name, "feature": names.features[change.feature], "limits": limits}
    if change.verdict == Verdict.WORSE:
        return _("%(plan)s loses %(feature)s.") % said
    if limits:
        return _("%(plan)s gains %(feature)s (%(limits)s).") % said
    return _("%(plan)s gains %(feature)s.") % said


@sentence.register
def _allowance(change: AllowanceChange, names: Names) -> str:
    return _("%(feature)s with %(plan)s: %(after)s in a support period instead of %(before)s.") % {
        "feature": names.features[change.feature],
        "plan": change.plan.name,
        "before": _uses(change.before),
        "after": _uses(change.after),
    }


@sentence.register
def _notice(change: NoticeChange, names: Names) -> str:
    return _("%(feature)s with %(plan)s: %(after)s of notice instead of %(before)s.") % {
        "feature": names.features[change.feature],
        "plan": change.plan.name,
        "before": _days(change.before),
        "after": _days(change.after),
    }


@sentence.register
def _hours(change: HoursChange, names: Names) -> str:
    said = {
        "feature": names.features[change.feature],
        "plan": change.plan.name,
        "before": _hours_words(change.before),
        "after": _hours_words(change.after),
    }
    if said["before"] == said["after"]:
        # Only days with hours of their own tell them apart.
        return _("%(feature)s with %(plan)s: %(after)s, with other hours on single dates.") % said
    return _("%(feature)s with %(plan)s: %(after)s instead of %(before)s.") % said


@sentence.register
def _exception(change: ExceptionChange, names: Names) -> str:
    said = {
        "feature": names.features[change.feature],
        "product": names.products.get(change.product_id, ""),
    }
    if change.verdict == Verdict.WORSE:
        return _("%(feature)s is no longer available for %(product)s.") % said
    return _("%(feature)s is available for %(product)s again.") % said


@sentence.register
def _target(change: TargetChange, names: Names) -> str:
    said = {
        "kind": change.kind.label,
        "severity": change.severity.value,
        "plan": change.plan.name,
        "before": _promise(change.before),
        "after": _promise(change.after),
    }
    if change.product_id is not None:
        said["product"] = names.products.get(change.product_id, "")
        place = _("%(kind)s at severity %(severity)d with %(plan)s for %(product)s") % said
    else:
        place = _("%(kind)s at severity %(severity)d with %(plan)s") % said
    if change.after is None:
        return _("%(place)s: no longer promised; it was %(before)s.") % {**said, "place": place}
    if change.before is None:
        return _("%(place)s: %(after)s, promised for the first time.") % {**said, "place": place}
    if said["before"] == said["after"]:
        return _("%(place)s: %(after)s, with other hours on single dates.") % {**said, "place": place}
    return _("%(place)s: %(after)s instead of %(before)s.") % {**said, "place": place}


def _uses(allowance: int | None) -> str:
    if allowance is None:
        return _("any number of uses")
    return ngettext("%(count)d use", "%(count)d uses", allowance) % {"count": allowance}


def _days(days: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def _promise(promised: Promised | None) -> str:
    if promised is None:
        return ""
    time = target_words(promised)
    return f"{time} ({_hours_words(promised.calendar)})" if promised.calendar else time


def _hours_words(calendar: CalendarValue | None) -> str:
    if calendar is None:
        return _("no hours of its own")
    words = f"{calendar_name(calendar)}, {calendar_hours(calendar)}"
    return f"{words}, {calendar_conditions(calendar)}" if calendar.time_zone else words
