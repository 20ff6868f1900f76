"""What pages and programs show of releases. Each takes the viewer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from knowledge.releases.enums import STATE_TONE, Kind, State
from knowledge.releases.models import Release, ReleaseFile, ReleaseText, Replacement, Requirement, Upload
from knowledge.releases.news import Candidate
from plans.queries import Title, nearest, products_of
from portal.core.keyset import Keyset, Page
from portal.identity.models import Membership

LATEST_FIRST = Keyset(("released_on", "id"), descending=True)
PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Filters:
    """Which releases of the list; ids and codes that are empty don't narrow it."""

    product_id: int | None = None
    version_id: int | None = None
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A release in a list."""

    number: int
    reference: str
    title: Title
    kind: str
    product: str
    version: str
    released_on: date
    state: str
    state_words: str
    tone: str
    replaced: bool


def page_of(
    person: Membership, filters: Filters, language: str, after: str, size: int = PAGE_SIZE
) -> Page[Row]:
    """The latest first. Raises BadCursor."""
    page = LATEST_FIRST.page(narrowed(person, filters), after, size)
    return Page(rows_of(person, page.rows, language), page.next)


def narrowed(person: Membership, filters: Filters) -> QuerySet[Release]:
    rows = Release.objects.visible_to(person)
    if filters.product_id:
        rows = rows.filter(product_id=filters.product_id)
    if filters.version_id:
        rows = rows.filter(version_id=filters.version_id)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return rows.filter(state=filters.state) if filters.state else rows


def rows_of(person: Membership, releases: Sequence[Release], language: str) -> list[Row]:
    """With their titles, and whether something has taken their place: two statements."""
    titles = titles_of(person, [release.pk for release in releases], language)
    replaced = _replaced(person, [release.pk for release in releases])
    names = names_of(person)
    return [
        Row(
            number=release.number,
            reference=release.reference,
            title=titles[release.pk],
            kind=str(Kind(release.kind).label),
            product=names.products[release.product_id],
            version=names.versions[release.version_id],
            released_on=release.released_on,
            state=release.state,
            state_words=str(State(release.state).label),
            tone=STATE_TONE[State(release.state)],
            replaced=release.pk in replaced,
        )
        for release in releases
    ]


def titles_of(person: Membership, ids: Collection[int], language: str) -> Mapping[int, Title]:
    found: dict[int, dict[str, Title]] = {}
    texts = ReleaseText.objects.filter(tenant_id=person.tenant_id, release_id__in=ids)
    for pk, written, title in texts.values_list("release_id", "language", "title").order_by("id"):
        found.setdefault(pk, {})[written] = Title(written, title)
    return {pk: nearest(titles, person.tenant.language, language) for pk, titles in found.items()}


def _replaced(person: Membership, ids: Collection[int]) -> set[int]:
    rows = Replacement.objects.filter(tenant_id=person.tenant_id, replaces_id__in=ids)
    return set(rows.filter(release__state=State.PUBLISHED).values_list("replaces_id", flat=True))


class Names(NamedTuple):
    """Of products and versions, which the process remembers; ``places`` of versions count from the oldest."""

    products: Mapping[int, str]
    versions: Mapping[int, str]
    places: Mapping[int, int]
    codes: Mapping[int, str]


def names_of(person: Membership) -> Names:
    sold = products_of(person.tenant)
    return Names(
        products={product.id: product.name for product in sold},
        versions={version.id: version.name for product in sold for version in product.versions},
        places={
            version.id: place for product in sold for place, version in enumerate(reversed(product.versions))
        },
        codes={product.id: product.code for product in sold},
    )


def words_of(person: Membership, release: Release, language: str) -> ReleaseText:
    """In the reader's language or the nearest there is."""
    texts = ReleaseText.objects.filter(tenant_id=person.tenant_id, release=release).order_by("id")
    by_language = {text.language: text for text in texts}
    return nearest(by_language, person.tenant.language, language)


def words_in(person: Membership, release: Release, language: str) -> ReleaseText | None:
    """In exactly this language; none where nobody has written them."""
    texts = ReleaseText.objects.filter(tenant_id=person.tenant_id, release=release, language=language)
    return texts.first()


def written_languages(person: Membership, release: Release) -> list[tuple[str, bool]]:
    """Every language of the portal, and whether the release has words in it."""
    texts = ReleaseText.objects.filter(tenant_id=person.tenant_id, release=release)
    written = set(texts.values_list("language", flat=True))
    return [(code, code in written) for code, _name in settings.LANGUAGES]


def files_of(person: Membership, release: Release) -> list[ReleaseFile]:
    files = ReleaseFile.objects.filter(tenant_id=person.tenant_id, release=release)
    return list(files.order_by("name"))


def uploads_of(person: Membership, release: Release) -> list[Upload]:
    """What the person has begun to send and not finished."""
    uploads = Upload.objects.filter(tenant_id=person.tenant_id, release=release, person=person)
    return list(uploads.order_by("name"))


@dataclass(frozen=True, slots=True)
class Relatives:
    needs: Sequence[Row]
    replaces: Sequence[Row]
    replaced_by: Sequence[Row]


def relatives_of(person: Membership, release: Release, language: str) -> Relatives:
    """What a release needs, what it takes the place of, and what has taken its own. Five statements."""
    of = {"tenant_id": person.tenant_id}
    needs = list(Requirement.objects.filter(**of, release=release).values_list("needs_id", flat=True))
    replaces = list(Replacement.objects.filter(**of, release=release).values_list("replaces_id", flat=True))
    taken = Replacement.objects.filter(**of, replaces=release).exclude(release__state=State.DRAFT)
    by = list(taken.values_list("release_id", flat=True))
    found = {
        row.pk: row for row in Release.objects.visible_to(person).filter(pk__in={*needs, *replaces, *by})
    }
    rows = dict(zip(found, rows_of(person, list(found.values()), language), strict=True))

    def those(ids: Iterable[int]) -> list[Row]:
        return sorted((rows[pk] for pk in ids if pk in rows), key=lambda row: row.number)

    return Relatives(those(needs), those(replaces), those(by))


def named(person: Membership, numbers: Collection[int]) -> dict[int, Release]:
    """The releases with these numbers that the person may see."""
    return {
        release.number: release for release in Release.objects.visible_to(person).filter(number__in=numbers)
    }


def not_replaced() -> Q:
    """Of a release: nothing that is still given out has taken its place."""
    return ~Q(
        Exists(
            Replacement.objects.filter(
                tenant_id=OuterRef("tenant_id"), replaces_id=OuterRef("pk"), release__state=State.PUBLISHED
            )
        )
    )


def candidate_of(release: Release, names: Names) -> Candidate:
    """Without a first or last version it fits on its own alone, and an update on every older one."""
    place = names.places[release.version_id]
    first = 0 if release.kind == Kind.UPDATE else place
    return Candidate(
        id=release.pk,
        product_id=release.product_id,
        kind=release.kind,
        version=place,
        first=names.places.get(release.first_version_id or 0, first),
        last=names.places.get(release.last_version_id or 0, place),
        released_on=release.released_on,
    )
