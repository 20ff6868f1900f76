"""Drafts: what a release is, before anybody outside of the staff knows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from knowledge.releases.actions.locks import check_revision, check_right, locked_draft
from knowledge.releases.enums import State
from knowledge.releases.models import Release, ReleaseText, Replacement, Requirement
from knowledge.releases.streams import parts_of, upload_parts_of
from plans.models import ProductVersion
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership
from portal.identity.numbering import next_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a release is. Without a first or last version it fits on ``version`` alone; an update on every
    older one."""

    version: ProductVersion
    kind: str
    released_on: date
    first_version: ProductVersion | None = None
    last_version: ProductVersion | None = None
    needs: Sequence[Release] = ()
    replaces: Sequence[Release] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    language: str
    title: str
    notes: str = ""
    fixes: Sequence[str] = ()


@transaction.atomic
def start_draft(*, actor: Membership, facts: Facts, words: Words, at: datetime | None = None) -> Release:
    """A draft with its words in one language.

    :raises NotAllowed: for all but leads and administrators. :raises Refused: the facts don’t fit together.
    """
    check_right(actor)
    _check(facts)
    number = next_number(Release, actor.tenant_id)
    release = Release(tenant=actor.tenant, number=number, **_columns(facts))
    release.save(force_insert=True)
    _refer(release, facts)
    ReleaseText.objects.create(
        tenant_id=actor.tenant_id,
        release=release,
        language=words.language,
        title=words.title,
        notes=words.notes,
        fixes=list(words.fixes),
    )
    record(release, "drafted", actor, internal=True, at=at, release=release.reference, title=words.title)
    return release


@transaction.atomic
def edit_draft(*, actor: Membership, release: Release, facts: Facts, revision: int | None = None) -> Release:
    """:raises Conflict: it has changed since the form was made. :raises Refused: as for a new draft, or it is
    published."""
    check_right(actor)
    release = locked_draft(release)
    check_revision(release.revision, revision)
    _check(facts, release)
    columns = {**_columns(facts), "revision": release.revision + 1}
    for name, value in columns.items():
        setattr(release, name, value)
    release.save(update_fields=list(columns))
    Requirement.objects.filter(tenant_id=release.tenant_id, release=release).delete()
    Replacement.objects.filter(tenant_id=release.tenant_id, release=release).delete()
    _refer(release, facts)
    record(release, "edited", actor, internal=True, release=release.reference, **said(facts))
    return release


@transaction.atomic
def discard_draft(*, actor: Membership, release: Release) -> None:
    """With its files, and what was still on its way."""
    check_right(actor)
    release = locked_draft(release)
    contents = [parts_of(file) for file in release.files.all()]
    contents += [upload_parts_of(upload) for upload in release.uploads.all()]
    record(release, "discarded", actor, internal=True, release=release.reference)
    release.delete()
    for parts in contents:
        transaction.on_commit(parts.remove)


def said(facts: Facts) -> dict[str, Any]:
    """The facts as the history keeps them."""
    return {
        "version": facts.version.name,
        "kind": facts.kind,
        "released_on": facts.released_on.isoformat(),
        "first": facts.first_version.name if facts.first_version else "",
        "last": facts.last_version.name if facts.last_version else "",
        "needs": [one.reference for one in facts.needs],
        "replaces": [one.reference for one in facts.replaces],
    }


def _columns(facts: Facts) -> dict[str, Any]:
    return {
        "product_id": facts.version.product_id,
        "version": facts.version,
        "kind": facts.kind,
        "released_on": facts.released_on,
        "first_version": facts.first_version,
        "last_version": facts.last_version,
    }


def _check(facts: Facts, release: Release | None = None) -> None:
    product_id = facts.version.product_id
    for field in ("first_version", "last_version"):
        version = getattr(facts, field)
        if version is not None and version.product_id != product_id:
            raise Refused(
                _("This version is another product’s. Choose one of the same product."), field=field
            )
    first, last = facts.first_version, facts.last_version
    if first is not None and last is not None and first.position > last.position:
        raise Refused(_("This version is older than the first one. Exchange the two."), field="last_version")
    for field in ("needs", "replaces"):
        for other in getattr(facts, field):
            _check_earlier(other, release, field)
    for other in facts.replaces:
        if other.product_id != product_id:
            raise Refused(
                _("%(release)s is of another product, so this can’t take its place.")
                % {"release": other.reference},
                field="replaces",
            )


def _check_earlier(other: Release, release: Release | None, field: str) -> None:
    """What is published never changes, so a release that names such ones only never leads back to itself."""
    if release is not None and other.pk == release.pk:
        raise Refused(_("A release can’t name itself here."), field=field)
    if other.state == State.DRAFT:
        raise Refused(
            _("%(release)s is a draft. Publish it first, or leave it out.") % {"release": other.reference},
            field=field,
        )


def _refer(release: Release, facts: Facts) -> None:
    of = {"tenant_id": release.tenant_id, "release": release}
    Requirement.objects.bulk_create(Requirement(**of, needs=one) for one in facts.needs)
    Replacement.objects.bulk_create(Replacement(**of, replaces=one) for one in facts.replaces)
