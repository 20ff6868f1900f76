"""Downloads: the decision at every start, and the log of who fetched what."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from entitlements.queries import holdings_for
from entitlements.refusals import NotEntitled, notes_refusals
from knowledge.releases.covered import may_download
from knowledge.releases.enums import FEATURE_OF, Kind
from knowledge.releases.models import Download, Release, ReleaseFile
from knowledge.releases.registry import downloaded
from knowledge.releases.sentences import why_not, why_withdrawn
from portal.core.errors import Refused
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership

GOES_ON_FOR = timedelta(days=1)
"""How long a download that broke off can be gone on with."""


def refusal_for(person: Membership, release: Release, at: datetime) -> Refused | None:
    """What a start at this time would be refused with; None where it wouldn't. Staff need no contract."""
    if release.is_withdrawn:
        return Refused(why_withdrawn(release), code="withdrawn")
    if person.is_staff_member:
        return None
    verdict = may_download(
        holdings_for(person),
        FEATURE_OF[Kind(release.kind)],
        product_id=release.product_id,
        released_on=release.released_on,
        at=at,
    )
    if verdict.allowed:
        return None
    return NotEntitled(verdict.decision, why_not(verdict, release), actor=person)


@notes_refusals
def ask_for(*, person: Membership, file: ReleaseFile, at: datetime | None = None) -> Download:
    """Let the person through to a file, which :func:`begin` then starts to send.

    :raises Refused: the release is withdrawn. :raises NotEntitled: no contract gives it; the sentence says
        what would help, and the account’s history keeps that it was asked for.
    """
    at = at or timezone.now()
    _check_right(person, file.release, at)
    return Download.objects.create(
        tenant_id=person.tenant_id,
        account_id=person.account_id,
        person=person,
        release=file.release,
        file=file,
        asked_at=at,
    )


@notes_refusals
def begin(*, person: Membership, download: Download, at: datetime | None = None) -> Download:
    """The content starts to leave, for the first time or once more; the right is looked at anew.

    :raises Refused: as :func:`ask_for`.
    """
    at = at or timezone.now()
    _check_right(person, download.release, at)
    own = Download.objects.filter(tenant_id=person.tenant_id, pk=download.pk, person=person)
    own.filter(started_at=None).update(started_at=at)
    download.started_at = download.started_at or at
    return download


def go_on_or_ask(
    *, person: Membership, file: ReleaseFile, goes_on: bool, at: datetime | None = None
) -> Download:
    """For programs, which have no link to come back with: the download that the person broke off, if it
    goes on in the middle of the file; or else a new one. :func:`begin` starts to send either.

    :raises Refused: as :func:`ask_for`.
    """
    at = at or timezone.now()
    if goes_on:
        unfinished = Download.objects.filter(
            tenant_id=person.tenant_id,
            person=person,
            file=file,
            finished_at=None,
            started_at__gt=at - GOES_ON_FOR,
        )
        found = unfinished.order_by("-pk").first()
        if found is not None:
            found.file, found.release = file, file.release
            return found
    return ask_for(person=person, file=file, at=at)


def note_sent(
    *, tenant_id: int, download_id: int, sent: int, whole: bool, at: datetime | None = None
) -> None:
    """An answer has left, or broke off; called after the transaction of its request. Whoever follows what
    is downloaded is told once of each download that is complete.

    :param whole: the last byte of the file was among them.
    """
    if not sent:
        return
    with acting(tenant_id=tenant_id, account_id=EVERY_ACCOUNT):
        row = Download.objects.filter(tenant_id=tenant_id, pk=download_id)
        row.update(bytes_sent=F("bytes_sent") + sent)
        if whole and row.filter(finished_at=None).update(finished_at=at or timezone.now()):
            done = row.select_related("person__user", "person__tenant", "release").get()
            downloaded.tell(done.person, done.release)


def _check_right(person: Membership, release: Release, at: datetime) -> None:
    """Every start passes here, on a page as through the API."""
    refusal = refusal_for(person, release, at)
    if refusal is not None:
        raise refusal
