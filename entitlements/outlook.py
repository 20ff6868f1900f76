"""An edition that isn't in force yet, held against the contracts that will run when it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from django.utils.translation import gettext as _

from entitlements.enums import PART_TONE, Part
from entitlements.fortunes import Fortune, Pinned, fortune
from entitlements.models import Contract
from entitlements.running import Count, Held, Running, Tally, pinned_at
from plans.difference_words import Names, sentence
from plans.editions import edition_before, matrix_of, pinned_matrix, read_matrix
from plans.matrix import Matrix
from plans.models import Edition

_AT_ONCE = (Part.GAINS, Part.LOSES, Part.CHANGES)


@dataclass(frozen=True, slots=True)
class Outlook:
    """``at``: from when on the edition is in force, or would be if it were published now."""

    before: Edition
    at: datetime
    running: Running

    def only(self, plan_code: str, numbers: str) -> "Outlook | None":
        """For contracts that are pinned so alone; ``numbers`` as :func:`numbers_of` writes them."""
        for one in self.running.fortunes:
            if (one.pinned.plan.code, numbers_of(self.running.tenant_id, one.pinned)) == (plan_code, numbers):
                return replace(self, running=replace(self.running, fortunes=[one]))
        return None


@dataclass(frozen=True, slots=True)
class PartWords:
    """What comes to some contracts at once, or what they are protected from."""

    part: Part
    tone: str
    count: Count
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """``numbers``: of the editions that its contracts are pinned to."""

    pinned: Pinned
    numbers: str
    count: Count
    parts: Sequence[PartWords]

    @property
    def editions(self) -> str:
        return self.numbers.replace("-", ", ")


@dataclass(frozen=True, slots=True)
class Row:
    """A contract: for which of its products which parts come about, and until when it is protected."""

    contract: Contract
    products: str
    parts: Sequence[tuple[Part, str]]
    until: date | None


def outlook_of(edition: Edition, now: datetime) -> Outlook | None:
    """None for an edition that has taken effect, and for one that follows none."""
    before = edition_before(edition)
    if before is None or before.effective_at is None:
        return None
    at = max(now, before.effective_at) if edition.effective_at is None else edition.effective_at
    if at < now:
        return None
    tenant_id = edition.tenant_id
    draft, earlier = read_matrix(edition), matrix_of(tenant_id, before.pk)
    fortunes = [
        fortune(pinned, _promised(tenant_id, pinned), earlier, draft, products)
        for pinned, products in pinned_at(tenant_id, at)
    ]
    return Outlook(before, at, Running(tenant_id, at, [one for one in fortunes if one.parts]))


def groups_of(outlook: Outlook, tally: Tally, names: Names) -> list[Group]:
    """Those that fare alike, the lowest plan first."""
    groups = (_group(outlook, one, tally, names) for one in outlook.running.fortunes)
    return [group for group in groups if group is not None]


def _group(outlook: Outlook, one: Fortune, tally: Tally, names: Names) -> Group | None:
    """None where the last of its contracts was cancelled in the middle of all this."""
    if (count := tally.get((one.pinned, None))) is None:
        return None
    parts = [
        PartWords(part, PART_TONE[part], of_part, [sentence(reach.change, names) for reach in reaches])
        for part, reaches in one.parts.items()
        if (of_part := tally.get((one.pinned, part)))
    ]
    return Group(one.pinned, numbers_of(outlook.running.tenant_id, one.pinned), count, parts)


def row_of(contract: Contract, held: Held, names: Names) -> Row:
    return Row(
        contract=contract,
        products=_product_names(held.products, names),
        parts=[(part, PART_TONE[part]) for part in Part if part in held.parts],
        until=held.until if Part.KEEPS in held.parts else None,
    )


def sheet_head() -> list[str]:
    of_contract = (_("Customer’s key"), _("Customer"), _("Contract"), _("Plan"), _("Pinned to editions"))
    at_once = (str(part.label) for part in _AT_ONCE)
    return [*of_contract, _("Products"), *at_once, _("Protected from"), _("Protected until")]


def sheet_rows(outlook: Outlook, names: Names, most: int) -> Iterator[Sequence[object]]:
    """A contract that an edition takes effect for, as far as it is pinned to the same."""
    fortunes = {one.pinned: one for one in outlook.running.fortunes}

    @cache
    def words(pinned: Pinned, products: tuple[int, ...]) -> tuple[str, ...]:
        """The same for all that fare alike."""
        said = (fortunes[pinned].changes(part, products) for part in (*_AT_ONCE, Part.KEEPS))
        cells = (" ".join(sentence(change, names) for change in changes) for changes in said)
        return numbers_of(outlook.running.tenant_id, pinned), _product_names(products, names), *cells

    for held, number, key, customer in outlook.running.exported(most):
        cells = words(held.pinned, tuple(held.products))
        until = held.until if Part.KEEPS in held.parts else ""
        yield key, customer, number, held.pinned.plan.name, *cells, until


def numbers_of(tenant_id: int, pinned: Pinned) -> str:
    """The editions as people count them: ``1-3``."""
    return "-".join(str(matrix_of(tenant_id, edition_id).number) for edition_id in pinned.editions)


def _product_names(product_ids: Sequence[int], names: Names) -> str:
    return ", ".join(name for product_id, name in names.products.items() if product_id in product_ids)


def _promised(tenant_id: int, pinned: Pinned) -> Matrix:
    first, *upgraded = pinned.editions
    return pinned_matrix(tenant_id, first, upgraded=tuple(upgraded))
