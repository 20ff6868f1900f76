"""Solutions as pages show them: every value in the reader's language."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from knowledge.search.enums import Audience
from knowledge.solutions.enums import STATE_TONE, State
from knowledge.solutions.models import Revision, Solution, SolutionProduct
from knowledge.solutions.queries import is_due, products_for, titles_of
from plans.queries import product_names
from portal.core.audit import sentence_of
from portal.core.models import HistoryEntry
from portal.identity.models import Tenant


class Mark(NamedTuple):
    """A quiet word beside a title; the tones of ``<c-badge>``."""

    words: str
    tone: str


class Change(NamedTuple):
    """An entry of the history, in the words of the audit."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list."""

    solution: Solution
    title: str
    language: str
    """The name of the title's language, where it is not the reader's."""
    products: str
    state: str
    tone: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language that a solution can be read in."""

    code: str
    name: str
    current: bool


def language_name(code: str) -> str:
    """As those who speak it call it."""
    return str(get_language_info(code)["name_local"])


def rows_of(tenant: Tenant, solutions: Collection[Solution]) -> list[Row]:
    """Two statements, however many."""
    ids = [solution.pk for solution in solutions]
    language = get_language() or "en"
    titles = titles_of(tenant.pk, ids, own=tenant.language, language=language)
    products = products_for(tenant.pk, ids)
    return [
        Row(
            solution=one,
            title=titles[one.pk].text,
            language="" if titles[one.pk].language == language else language_name(titles[one.pk].language),
            products=", ".join(applies_to(tenant.pk, products.get(one.pk, ()))),
            state=str(State(one.state).label),
            tone=STATE_TONE[State(one.state)],
            marks=list(_marks(one)),
        )
        for one in solutions
    ]


def _marks(solution: Solution) -> Iterable[Mark]:
    if solution.critical:
        yield Mark(_("Critical"), "danger")
    if solution.flags_open:
        yield Mark(_("Flagged"), "danger")
    if solution.reviews:
        yield Mark(_("Review"), "warn")
    if solution.drafts and solution.state != State.DRAFT:
        yield Mark(_("Draft"), "neutral")
    if is_due(solution):
        yield Mark(_("Due for review"), "warn")
    if solution.stale:
        yield Mark(_("Stale translation"), "warn")
    if solution.audience != Audience.INTERNAL:
        yield Mark(str(Audience(solution.audience).label), "info")


def applies_to(tenant_id: int, ranges: Iterable[SolutionProduct]) -> list[str]:
    """Products with their versions, in words."""
    names = product_names(tenant_id)
    return [_versions(names[one.product_id], one) for one in ranges]


def _versions(product: str, one: SolutionProduct) -> str:
    since, until = one.since_version, one.until_version
    named = {
        "product": product,
        "since": since.name if since else "",
        "until": until.name if until else "",
    }
    if since and until:
        return (
            _("%(product)s %(since)s to %(until)s") if since != until else "%(product)s %(since)s"
        ) % named
    if since:
        return _("%(product)s from %(since)s on") % named
    if until:
        return _("%(product)s up to %(until)s") % named
    return product


def spoken(solution: Solution, texts: Collection[str], shown: Revision) -> list[Spoken]:
    """The languages of the texts, that of the first text first."""
    first = sorted(texts, key=lambda code: (code != solution.language, code))
    return [Spoken(code, language_name(code), code == shown.language) for code in first]


def changes_in_words(entries: Iterable[HistoryEntry]) -> list[Change]:
    return [Change(entry.at, sentence_of(entry)) for entry in entries]
