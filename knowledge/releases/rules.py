"""Who may see, give out and download what is released."""

from knowledge.releases.enums import State
from knowledge.releases.models import Release
from portal.identity.enums import Role
from portal.identity.models import Membership


def may_release(person: Membership) -> bool:
    """Write drafts, upload their files, publish and withdraw."""
    return person.role in {Role.ADMIN, Role.LEAD}


def may_edit(person: Membership, release: Release) -> bool:
    return may_release(person) and release.state == State.DRAFT


def may_reword(person: Membership, release: Release) -> bool:
    """Words may be corrected after publication."""
    return may_release(person) and release.state != State.WITHDRAWN


def may_withdraw(person: Membership, release: Release) -> bool:
    return may_release(person) and release.state == State.PUBLISHED
