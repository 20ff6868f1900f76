"""The people of a portal: joining, roles, leaving."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity import rules
from portal.identity.enums import Role
from portal.identity.models import Account, ApiToken, Membership, Team, Tenant, User


def add_person(
    *,
    tenant: Tenant,
    user: User,
    role: str,
    account: Account | None = None,
    team: Team | None = None,
    languages: Sequence[str] = (),
    actor: Membership | None,
    at: datetime | None = None,
) -> Membership:
    """Let a user in, without an invitation; somebody who was removed comes back.

    :param actor: who let them in; None where they let themselves in by an invitation.
    :raises Refused: when they are in already.
    """
    if not rules.fits(role, account):
        raise Refused(_("This role does not fit: contacts belong to a customer, staff do not."), field="role")
    before = Membership.objects.select_for_update().filter(tenant=tenant, user=user, account=account).first()
    if before is not None and before.removed_at is None:
        raise Refused(
            _("%(name)s is here already.") % {"name": user.name}, code="already_here", field="email"
        )
    person = before or Membership(tenant=tenant, user=user, account=account)
    person.role, person.team, person.languages = role, team, list(languages)
    person.joined_at, person.removed_at = at or timezone.now(), None
    person.save()
    record(person, "joined", actor or person, at=person.joined_at, role=str(role), name=user.name)
    return person


def change_role(*, person: Membership, role: str, actor: Membership) -> Membership:
    """Give a colleague another role of the same kind.

    :raises Refused: when the portal would be left without an administrator.
    """
    locked = _lock_for_change(person, actor)
    if not rules.fits(role, locked.account):
        raise Refused(_("This role does not fit: contacts belong to a customer, staff do not."), field="role")
    if locked.role == role:
        return locked
    _keep_an_admin(locked)
    was, locked.role = locked.role, role
    locked.save(update_fields=["role"])
    record(locked, "role_changed", actor, name=locked.name, was=was, now=str(role))
    return locked


def edit_staff(
    *, person: Membership, role: str, team: Team | None, languages: Sequence[str], actor: Membership
) -> Membership:
    """Change a colleague's role, team and languages. Of one's own, team and languages only."""
    if not rules.may_run_portal(actor) or person.is_contact:
        raise NotAllowed(_("Only an administrator may change the staff."))
    if person.role != role:
        person = change_role(person=person, role=role, actor=actor)
    was = {"team": person.team_id, "languages": person.languages}
    person.team, person.languages = team, sorted(languages)
    now = {"team": person.team_id, "languages": person.languages}
    if was != now:
        person.save(update_fields=["team", "languages"])
        record(person, "served", actor, internal=True, name=person.name, was=was, now=now)
    return person


def remove_person(*, person: Membership, actor: Membership) -> Membership:
    """End somebody's access at once: live sessions find no place here, API tokens are revoked.

    What they wrote stays. :raises Refused: for the portal's last administrator.
    """
    locked = _lock_for_change(person, actor)
    _keep_an_admin(locked)
    now = timezone.now()
    locked.removed_at = now
    locked.save(update_fields=["removed_at"])
    ApiToken.objects.filter(tenant_id=locked.tenant_id, person=locked, revoked_at=None).update(revoked_at=now)
    Account.objects.filter(tenant_id=locked.tenant_id, csm=locked).update(csm=None)
    record(locked, "removed", actor, name=locked.name, role=locked.role)
    return locked


def _lock_for_change(person: Membership, actor: Membership) -> Membership:
    """The person's row, locked; all administrators are locked with it, always in the same order."""
    if person.pk == actor.pk:
        raise NotAllowed(_("You can't change or remove yourself. Ask a colleague."))
    if not rules.may_change(actor, person):
        raise NotAllowed(_("You may not change this person."))
    rows = Membership.objects.filter(tenant_id=person.tenant_id, removed_at=None)
    if person.role == Role.ADMIN:
        list(rows.filter(account=None, role=Role.ADMIN).order_by("pk").select_for_update())
    locked = (
        rows.select_for_update(of=("self",))
        .select_related("user", "account", "team")
        .filter(pk=person.pk)
        .first()
    )
    if locked is None:
        raise Refused(_("This person has been removed already."), code="gone")
    return locked


def _keep_an_admin(leaving: Membership) -> None:
    if leaving.role != Role.ADMIN:
        return
    others = Membership.objects.current().filter(tenant_id=leaving.tenant_id, role=Role.ADMIN)
    if not others.exclude(pk=leaving.pk).exists():
        raise Refused(_("A portal needs an administrator. Make somebody else one first."), code="last_admin")
