"""What pages about people show. Each takes the viewer."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.core.keyset import Keyset
from portal.core.tenancy import acting
from portal.identity import rules
from portal.identity.enums import Role
from portal.identity.models import Account, ApiToken, Invitation, Membership, Team, Tenant, User

BY_NAME = Keyset(("name", "id"))


@dataclass(frozen=True, slots=True)
class Place:
    """One of a user's memberships, in whichever portal."""

    membership: Membership
    tenant: Tenant
    account_name: str
    here: bool


def places_of(user: User, tenant: Tenant | None) -> list[Place]:
    """Where the user is somebody, the current portal first. Reads each account's name in its own scope."""
    memberships = (
        Membership.objects.current()
        .filter(user_id=user.pk)
        .select_related("tenant")
        .order_by("tenant__name", "pk")
    )
    places = []
    for membership in memberships:
        here = tenant is not None and membership.tenant_id == tenant.pk
        places.append(Place(membership, membership.tenant, _account_name(membership, user), here))
    return sorted(places, key=lambda place: not place.here)


def _account_name(membership: Membership, user: User) -> str:
    if membership.account_id is None:
        return ""
    with acting(tenant_id=membership.tenant_id, account_id=membership.account_id, user_id=user.pk):
        return Account.objects.values_list("name", flat=True).get(pk=membership.account_id)


def people_of(person: Membership, account: Account | None) -> QuerySet[Membership]:
    """The people of an account, or the staff where there is none, by name."""
    people = Membership.objects.visible_to(person).current().filter(account=account)
    return people.select_related("user", "team").order_by("user__name", "pk")


def invitations_of(person: Membership, account: Account | None) -> list[Invitation]:
    """Open invitations, newest first; nobody but who may take them back sees them."""
    if not rules.may_manage_people(person, account):
        return []
    invitations = Invitation.objects.usable(timezone.now()).filter(
        tenant_id=person.tenant_id, account=account
    )
    return list(invitations.select_related("team").order_by("-created_at"))


def accounts_of(person: Membership, search: str = "") -> QuerySet[Account]:
    """The portal's customers, for its staff; ``search`` is a key, or how a name begins."""
    accounts = Account.objects.filter(tenant_id=person.tenant_id).select_related("csm__user")
    if not rules.may_see_accounts(person):
        return accounts.none()
    if search:
        # A range instead of LIKE, which the index can't serve behind a row policy.
        begins = [Q(name__gte=word, name__lt=word + "\U0010ffff") for word in _as_written(search)]
        accounts = accounts.filter(begins[0] | begins[-1] | Q(key=search.upper()))
    return accounts


def teams_of(person: Membership) -> list[Team]:
    return list(Team.objects.filter(tenant_id=person.tenant_id).order_by("name"))


def csms_of(person: Membership) -> list[Membership]:
    csms = Membership.objects.staff().filter(tenant_id=person.tenant_id, role=Role.CSM)
    return list(csms.select_related("user").order_by("user__name"))


def staff_of(person: Membership) -> list[Membership]:
    """Everybody who works for the portal, by name."""
    staff = Membership.objects.staff().filter(tenant_id=person.tenant_id)
    return list(staff.select_related("user").order_by("user__name", "pk"))


def sales_contact_of(tenant: Tenant) -> Membership:
    """Who answers questions about plans: the one who was chosen, or else the first administrator."""
    staff = Membership.objects.staff().filter(tenant_id=tenant.pk).select_related("user")
    chosen = staff.filter(Q(sales_contact=True) | Q(role=Role.ADMIN)).order_by(
        "-sales_contact", "joined_at", "pk"
    )
    return chosen[0]


def tokens_of(person: Membership) -> list[ApiToken]:
    """A person's own tokens, newest first, without the revoked ones."""
    tokens = ApiToken.objects.filter(tenant_id=person.tenant_id, person_id=person.pk, revoked_at=None)
    return list(tokens.order_by("-id"))


def has_sign_in(email: str) -> bool:
    return User.objects.filter(email=email).exists()


def _as_written(search: str) -> list[str]:
    return [search, search[:1].upper() + search[1:]]
