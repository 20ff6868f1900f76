"""The words of a release, language by language; those of a published one may be corrected."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.releases.actions.drafts import Words
from knowledge.releases.actions.locks import check_revision, check_right, locked
from knowledge.releases.enums import State
from knowledge.releases.models import Release, ReleaseText
from knowledge.releases.registry import published
from portal.core.errors import Refused
from portal.core.history import record
from portal.identity.models import Membership


@transaction.atomic
def write_words(
    *,
    actor: Membership,
    release: Release,
    words: Words,
    revision: int | None = None,
    at: datetime | None = None,
) -> ReleaseText:
    """Write or correct the words in one language. The history keeps what stood there before.

    :param revision: that the person's form was made from; 0 where there were no words yet.
    :raises Conflict: they have changed since then. :raises Refused: the release is withdrawn.
    """
    check_right(actor)
    release = locked(release)
    if release.state == State.WITHDRAWN:
        raise Refused(_("%(release)s is withdrawn.") % {"release": release.reference}, code="withdrawn")
    before = ReleaseText.objects.filter(
        tenant_id=release.tenant_id, release=release, language=words.language
    ).first()
    check_revision(before.revision if before else 0, revision)
    text = before or ReleaseText(
        tenant_id=release.tenant_id, release=release, language=words.language, revision=0
    )
    was = {"title": text.title, "notes": text.notes, "fixes": list(text.fixes)}
    now = {"title": words.title, "notes": words.notes, "fixes": list(words.fixes)}
    if before is not None and was == now:
        return text
    text.title, text.notes, text.fixes = words.title, words.notes, list(words.fixes)
    text.revision += 1
    if not release.is_draft and before is not None:
        text.corrected_at = at or timezone.now()
    text.save()
    told = {"release": release.reference, "language": words.language, "was": was, "now": now}
    record(release, "worded" if release.is_draft else "corrected", actor, internal=True, at=at, **told)
    if not release.is_draft:
        published.tell(release)
    return text
