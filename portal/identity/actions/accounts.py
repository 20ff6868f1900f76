"""Customers and teams of a portal."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.errors import NotAllowed, Refused
from portal.core.history import record
from portal.identity import rules
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Team

EDITABLE = ("name", "language", "time_zone", "country", "subdivision", "csm")


def add_account(
    *,
    actor: Membership,
    name: str,
    key: str,
    language: str,
    time_zone: str,
    country: str = "",
    subdivision: str = "",
    csm: Membership | None = None,
    at: datetime | None = None,
) -> Account:
    """A new customer. ``key`` begins its incident numbers and stays as it is.

    :raises Refused: when the key is taken.
    """
    _check(actor)
    _check_csm(csm, actor)
    at = at or timezone.now()
    try:
        with transaction.atomic():
            account = Account.objects.create(
                tenant_id=actor.tenant_id,
                name=name,
                key=key,
                language=language,
                time_zone=time_zone,
                country=country,
                subdivision=subdivision,
                csm=csm,
                created_at=at,
            )
    except IntegrityError:
        raise Refused(_("Another customer has this key already."), code="key", field="key") from None
    record(account, "added", actor, at=at, name=name)
    return account


def edit_account(*, account: Account, actor: Membership, **values: Any) -> Account:
    """Change a customer; ``values`` are among ``EDITABLE``."""
    _check(actor)
    if "csm" in values:
        _check_csm(values["csm"], actor)
    current = Account.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=account.pk)
    changed = [name for name in EDITABLE if name in values and getattr(current, name) != values[name]]
    if changed:
        was = {name: _plain(getattr(current, name)) for name in changed}
        for name in changed:
            setattr(current, name, values[name])
        current.save(update_fields=changed)
        record(current, "edited", actor, was=was, now={name: _plain(values[name]) for name in changed})
    return current


def add_team(*, actor: Membership, name: str) -> Team:
    _check(actor)
    try:
        with transaction.atomic():
            team = Team.objects.create(tenant_id=actor.tenant_id, name=name)
    except IntegrityError:
        raise _team_name_taken() from None
    record(team, "added", actor, internal=True, name=name)
    return team


def rename_team(*, team: Team, actor: Membership, name: str) -> Team:
    _check(actor)
    was, team.name = team.name, name
    if was != name:
        try:
            with transaction.atomic():
                team.save(update_fields=["name"])
        except IntegrityError:
            raise _team_name_taken() from None
        record(team, "renamed", actor, internal=True, was=was, now=name)
    return team


def _check(actor: Membership) -> None:
    if not rules.may_run_portal(actor):
        raise NotAllowed(_("Only an administrator may do this."))


def _check_csm(csm: Membership | None, actor: Membership) -> None:
    if csm is not None and (csm.role != Role.CSM or csm.tenant_id != actor.tenant_id or csm.removed_at):
        raise Refused(_("Choose one of the customer success managers."), field="csm")


def _team_name_taken() -> Refused:
    return Refused(_("There is a team of this name already."), code="name", field="name")


def _plain(value: object) -> object:
    return value.name if isinstance(value, Membership) else value
