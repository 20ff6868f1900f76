"""Drafts: a new solution, the next text in a language, a translation."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.search.enums import Audience
from knowledge.solutions import rules
from knowledge.solutions.actions.changes import (
    check_in_use,
    locked,
    open_revision,
    published_revision,
    require,
    saved,
    told,
)
from knowledge.solutions.enums import FINAL, Stage
from knowledge.solutions.models import Revision, Solution, SolutionProduct
from plans.queries import ProductValue, products_of
from portal.core.errors import Conflict, Refused
from portal.identity.models import Membership, Tenant
from portal.identity.numbering import next_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The text of a solution in one language; all but the title are Markdown."""

    title: str
    symptom: str = ""
    cause: str = ""
    resolution: str = ""


PARTS = tuple(part.name for part in fields(Words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A product by its id, and the versions from which and until which a solution is for it."""

    product: int
    since: int | None = None
    until: int | None = None


@transaction.atomic
def draft_solution(
    *,
    person: Membership,
    language: str,
    words: Words,
    ranges: Sequence[Range] = (),
    audience: Audience = Audience.INTERNAL,
    at: datetime | None = None,
) -> Solution:
    """A new solution with its first draft, in the language that others are translated from."""
    require(rules.writes_solutions, person)
    _check_words(words, language)
    at = at or timezone.now()
    number = next_number(Solution, person.tenant_id)
    solution = Solution.objects.create(
        tenant_id=person.tenant_id,
        number=number,
        reference=f"S-{number}",
        language=language,
        audience=audience,
        owner=person,
        created_at=at,
    )
    put_ranges(person.tenant, solution, ranges)
    _add(solution, person, language, words, source=None, at=at)
    told(solution, "drafted", person, at=at, language=language, title=words.title)
    return saved(solution, at=at)


@transaction.atomic
def save_draft(
    *,
    person: Membership,
    solution: Solution,
    language: str,
    words: Words,
    seen: str,
    source: int | None = None,
    at: datetime | None = None,
) -> Revision:
    """Write on the draft in a language, or begin it. A text that waited for its review no longer does.

    :param seen: :func:`mark_of` the draft that the person began from; empty where there was none.
    :param source: the text that was translated, by its id; not for the language that is translated from.
    :raises Conflict: (code ``changed``) somebody has saved it since; says who.
    """
    require(rules.writes_solutions, person)
    _check_words(words, language)
    solution, at = locked(solution), at or timezone.now()
    check_in_use(solution)
    draft = open_revision(solution, language)
    if mark_of(draft) != seen:
        raise _changed(draft)
    translated = _source(solution, language, source)
    if draft is None:
        draft = _add(solution, person, language, words, source=translated, at=at)
    else:
        _write(draft, person, words, source=translated, at=at)
    told(solution, "written", person, at=at, language=language, title=words.title)
    saved(solution, at=at)
    return draft


@transaction.atomic
def discard_draft(*, person: Membership, solution: Solution, language: str, seen: str) -> None:
    """Throw the draft in a language away; what is published stays.

    :raises Refused: it is the first text of a solution. Such a one is retired.
    """
    require(rules.writes_solutions, person)
    solution = locked(solution)
    draft = checked_draft(solution, language, seen)
    if not rules.may_discard(person, draft):
        raise Refused(_("This is the solution’s first text. A team lead can retire the solution instead."))
    draft.delete()
    told(solution, "discarded", person, language=language, title=draft.title)
    saved(solution)


def mark_of(draft: Revision | None) -> str:
    """Another one after each save."""
    return f"{draft.pk}.{draft.saves}" if draft else ""


def checked_draft(solution: Solution, language: str, seen: str) -> Revision:
    """The draft, as the person has seen it. Raises Conflict otherwise."""
    draft = open_revision(solution, language)
    if draft is None or mark_of(draft) != seen:
        raise _changed(draft)
    return draft


def put_ranges(tenant: Tenant, solution: Solution, ranges: Collection[Range]) -> None:
    """These products instead of those that were. Raises Refused for a range that holds no version."""
    products = {product.id: product for product in products_of(tenant)}
    for one in ranges:
        _check_range(products[one.product], one)
    SolutionProduct.objects.filter(tenant_id=tenant.pk, solution=solution).delete()
    SolutionProduct.objects.bulk_create(
        SolutionProduct(
            tenant_id=tenant.pk,
            solution=solution,
            product_id=one.product,
            since_version_id=one.since,
            until_version_id=one.until,
        )
        for one in ranges
    )


def _check_range(product: ProductValue, one: Range) -> None:
    newest_first, name = [version.id for version in product.versions], {"product": product.name}
    if any(version is not None and version not in newest_first for version in (one.since, one.until)):
        raise Refused(_("%(product)s has no such version.") % name, field=f"since_{one.product}")
    if one.since and one.until and newest_first.index(one.since) < newest_first.index(one.until):
        raise Refused(
            _("The last version of %(product)s comes before the first one. Exchange them.")
            % {"product": name},
            field=f"until_{one.product}",
        )


def _add(
    solution: Solution,
    person: Membership,
    language: str,
    words: Words,
    *,
    source: Revision | None,
    at: datetime,
) -> Revision:
    texts = Revision.objects.filter(tenant_id=solution.tenant_id, solution=solution, language=language)
    return Revision.objects.create(
        tenant_id=solution.tenant_id,
        solution=solution,
        language=language,
        number=(texts.aggregate(last=Max("number"))["last"] or 0) + 1,
        author=person,
        writers=[person.pk],
        source=source,
        saved_at=at,
        **asdict(words),
    )


def _write(
    draft: Revision, person: Membership, words: Words, *, source: Revision | None, at: datetime
) -> None:
    for name in PARTS:
        setattr(draft, name, getattr(words, name))
    draft.author = person
    draft.writers = sorted({*draft.writers, person.pk})
    draft.source = source
    draft.stage = Stage.DRAFT
    draft.saves += 1
    draft.saved_at = at
    draft.save(update_fields=[*PARTS, "author", "writers", "source", "stage", "saves", "saved_at"])


def _source(solution: Solution, language: str, source: int | None) -> Revision | None:
    """What was translated. A draft of it is that only while nothing is published, as it may be discarded."""
    if language == solution.language:
        return None
    texts = Revision.objects.filter(
        tenant_id=solution.tenant_id, solution=solution, language=solution.language
    )
    return (
        texts.filter(pk=source or 0, stage__in=FINAL).first()
        or published_revision(solution, solution.language)
        or texts.get()
    )


def _check_words(words: Words, language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("The portal does not speak this language."), field="language")
    if not words.title.strip():
        raise Refused(_("Give it a title: what somebody with the problem would look for."), field="title")


def _changed(draft: Revision | None) -> Conflict:
    if draft is None:
        return Conflict(_("This draft is no longer there: it was published or discarded."), code="changed")
    return Conflict(
        _("%(name)s has saved this text meanwhile. Look at what it says now, then save again if you want.")
        % {"name": draft.author.name},
        code="changed",
    )
