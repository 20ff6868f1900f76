"""What a critical solution concerns: products, and of each the versions, as they are pinned on a notice."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from plans.queries import ProductValue


class Scope(NamedTuple):
    """A product and the ids of its versions that are affected; None for every version."""

    product_id: int
    name: str
    since: str
    until: str
    versions: frozenset[int] | None

    def holds(self, version_id: int | None) -> bool | None:
        """Whether a version is affected; None where nobody knows which it is."""
        if self.versions is None:
            return True
        return None if version_id is None else version_id in self.versions

    @property
    def words(self) -> str:
        """In the active language: “Ledger, from 7.0 to 7.2”."""
        words = {"product": self.name, "since": self.since, "until": self.until}
        if self.since and self.until and self.since == self.until:
            return _("%(product)s %(since)s") % words
        if self.since and self.until:
            return _("%(product)s, from %(since)s to %(until)s") % words
        if self.since:
            return _("%(product)s, from %(since)s on") % words
        if self.until:
            return _("%(product)s, up to %(until)s") % words
        return _("%(product)s, every version") % words

    def as_json(self) -> dict[str, Any]:
        versions = None if self.versions is None else sorted(self.versions)
        return {**self._asdict(), "versions": versions}


def scope_of(product: ProductValue, since: int | None, until: int | None) -> Scope:
    """Of a solution's range of versions; either end may be open."""
    newest_first = [version.id for version in product.versions]
    names = {version.id: version.name for version in product.versions}
    first = newest_first.index(until) if until is not None else 0
    last = newest_first.index(since) if since is not None else len(newest_first) - 1
    every = since is None and until is None
    return Scope(
        product.id,
        product.name,
        names.get(since or 0, ""),
        names.get(until or 0, ""),
        None if every else frozenset(newest_first[first : last + 1]),
    )


def from_json(rows: Iterable[dict[str, Any]]) -> list[Scope]:
    return [
        Scope(**{**row, "versions": None if row["versions"] is None else frozenset(row["versions"])})
        for row in rows
    ]


def words_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [scope.words for scope in from_json(rows)]
