"""The demo's releases, given out and downloaded through the actions, each at its time."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from knowledge.releases import actions
from knowledge.releases.actions import Facts, Words
from knowledge.releases.models import Release
from plans.models import Product, ProductVersion
from portal.identity.models import Membership

Raw = Mapping[str, Any]
_DATA = Path(__file__).resolve().parent / "data" / "demo.json"
_PACKED_ON = (2026, 1, 1, 0, 0, 0)
"""So that a file of the demo has the same checksum everywhere."""


@cache
def _material() -> Sequence[Raw]:
    releases: Sequence[Raw] = json.loads(_DATA.read_text(encoding="utf-8"))["releases"]
    return releases


def give_out(
    label: str,
    *,
    actor: Membership,
    products: Mapping[str, Product],
    contacts: Mapping[str, Membership],
    now: datetime,
) -> int:
    """Publish the releases of the vendor with this label; how many.

    :param contacts: somebody of each customer, by the customer's key, who downloads what it fetched.
    """
    raws = [one for one in _material() if one["vendor"] == label]
    released: dict[str, Release] = {}
    for day, happens, raw in sorted(_story(raws), key=lambda event: event[0]):
        at = now + timedelta(days=day)
        if happens == "published":
            released[raw["key"]] = _publish(raw, actor, products[raw["product"]], released, at)
        elif happens == "withdrawn":
            reason = raw["withdrawn"]["reason"]
            actions.withdraw(actor=actor, release=released[raw["key"]], reason=reason, at=at)
        else:
            _fetch(released[raw["key"]], contacts[happens], at)
    return len(released)


def _story(raws: Sequence[Raw]) -> Iterator[tuple[int, str, Raw]]:
    """What happens to each: the day, and what, or the customer who fetches it."""
    for raw in raws:
        yield raw["day"], "published", raw
        if "withdrawn" in raw:
            yield raw["withdrawn"]["day"], "withdrawn", raw
        for key, day in raw.get("fetched", {}).items():
            yield day, key, raw


def _publish(
    raw: Raw, actor: Membership, product: Product, released: Mapping[str, Release], at: datetime
) -> Release:
    version = partial(ProductVersion.objects.get, tenant_id=product.tenant_id, product=product)
    facts = Facts(
        version=version(name=raw["version"]),
        kind=raw["kind"],
        released_on=at.astimezone(ZoneInfo(actor.tenant.time_zone)).date(),
        first_version=version(name=raw["first"]) if "first" in raw else None,
        last_version=version(name=raw["last"]) if "last" in raw else None,
        needs=[released[key] for key in raw.get("needs", ())],
        replaces=[released[key] for key in raw.get("replaces", ())],
    )
    first, *others = (Words(language=language, **words) for language, words in raw["words"].items())
    draft = actions.start_draft(actor=actor, facts=facts, words=first, at=at)
    for words in others:
        actions.write_words(actor=actor, release=draft, words=words, at=at)
    for name, inside in raw["files"].items():
        content = _zip(inside) if inside else f"{first.title}\n\n{first.notes}\n".encode()
        actions.add_file(actor=actor, release=draft, file=ContentFile(content), name=name, at=at)
    return actions.publish(actor=actor, release=draft, at=at)


def _zip(texts: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(ZipInfo(name, _PACKED_ON), text)
    return packed.getvalue()


def _fetch(release: Release, person: Membership, at: datetime) -> None:
    for file in release.files.select_related("release"):
        download = actions.ask_for(person=person, file=file, at=at)
        actions.begin(person=person, download=download, at=at)
        actions.note_sent(
            tenant_id=file.tenant_id, download_id=download.pk, sent=file.size, whole=True, at=at
        )
