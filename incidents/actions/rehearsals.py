"""Beginning and ending the rehearsal of a draft; the work is done by ``incidents.rehearsal.running``."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.enums import RehearsalState
from incidents.models import Rehearsal
from plans.actions import revision_of
from plans.actions.drafts import admins_draft
from plans.models import Edition
from portal.core.errors import Conflict, NotAllowed
from portal.core.waking import wake_after_commit
from portal.identity.models import Membership
from portal.identity.rules import may_run_portal

LOOKS_BACK = timedelta(days=90)


@transaction.atomic
def start_rehearsal(*, edition: Edition, actor: Membership, at: datetime | None = None) -> Rehearsal:
    """Rehearse a draft on the promises of the last 90 days, in the background.

    :raises Conflict: it is being rehearsed.
    """
    draft = admins_draft(edition, actor)
    rehearsals = Rehearsal.objects.filter(tenant_id=draft.tenant_id, edition=draft)
    if rehearsals.filter(state=RehearsalState.RUNNING).exists():
        raise Conflict(_("This draft is being rehearsed already."))
    at = at or timezone.now()
    rehearsal = Rehearsal.objects.create(
        tenant_id=draft.tenant_id,
        edition=draft,
        edited_id=revision_of(draft),
        started_by=actor,
        started_at=at,
        since=at - LOOKS_BACK,
    )
    wake_after_commit("incidents.tasks.rehearse")
    return rehearsal


@transaction.atomic
def cancel_rehearsal(*, rehearsal: Rehearsal, actor: Membership) -> None:
    """What it has counted until now stays to be seen.

    :raises Conflict: it has ended.
    """
    if not may_run_portal(actor):
        raise NotAllowed(_("Only an administrator may change what is promised."))
    running = Rehearsal.objects.filter(
        tenant_id=rehearsal.tenant_id, pk=rehearsal.pk, state=RehearsalState.RUNNING
    )
    if not running.update(state=RehearsalState.CANCELLED, finished_at=timezone.now()):
        raise Conflict(_("This rehearsal has ended already."))
