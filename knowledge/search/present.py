"""What was found, as a page shows it: values that are formatted, in pieces that are marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knowledge.search.enums import Audience
from knowledge.search.kinds import kind_of
from knowledge.search.marking import Piece
from knowledge.search.queries import COUNT_CAP, Hit, marker_of, prevented_by
from plans.queries import product_names
from portal.core.ui.formatting import formats
from portal.core.ui.icons import icon
from portal.identity.choices import languages
from portal.identity.models import Membership


@dataclass(frozen=True, slots=True)
class Row:
    """``language`` is named where it isn't the reader's, ``internal`` where only staff may read it."""

    icon: SafeString
    kind: str
    url: str
    title: Sequence[Piece]
    excerpt: Sequence[Piece]
    language: str
    language_code: str
    internal: str
    products: str
    on: str
    prevented: str


def rows_of(hits: Sequence[Hit], person: Membership | None, tenant_id: int, language: str) -> Iterator[Row]:
    """One statement for staff, who see what each has prevented; none for others."""
    if not hits:
        return
    staff = person is not None and person.is_staff_member
    counts = prevented_by([(hit.kind, hit.object_id) for hit in hits]) if staff else {}
    marker, names, form = marker_of(hits), product_names(tenant_id), formats()
    spoken = dict(languages())
    for hit in hits:
        kind = kind_of(hit.kind)
        foreign = hit.language != language
        yield Row(
            icon=icon(kind.icon),
            kind=str(kind.label),
            url=hit.url,
            title=marker.whole(hit.title),
            excerpt=marker.excerpt(hit.text),
            language=str(spoken.get(hit.language, hit.language)) if foreign else "",
            language_code=hit.language,
            internal=str(Audience.INTERNAL.label) if hit.audience == Audience.INTERNAL else "",
            products=", ".join(names[product] for product in hit.product_ids if product in names),
            on=form.day(timezone.localdate(hit.dated_at)),
            prevented=prevented_words(counts, hit),
        )


def prevented_words(counts: Mapping[tuple[str, int], int], hit: Hit) -> str:
    count = counts.get((hit.kind, hit.object_id), 0)
    if not count:
        return ""
    if count >= COUNT_CAP:
        return _("prevented %(count)s+ incidents") % {"count": COUNT_CAP - 1}
    return ngettext("prevented %(count)s incident", "prevented %(count)s incidents", count) % {"count": count}
