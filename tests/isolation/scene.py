"""What Acme's customer Quetzal has, and who tries to reach it from outside.

Three words mark what is whose: a page that tells one of them to the wrong person has a hole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from entitlements.models import AllowanceUse
from incidents.actions import NewIncident, add_duty, add_note, log_incident, reply, start_rehearsal, upload
from incidents.enums import Kind
from incidents.models import AlertStep, Attachment, Duty, Incident
from knowledge.releases.actions import Facts, Words, add_file, ask_for, begin_upload, publish
from knowledge.releases.actions import start_draft as start_release
from knowledge.releases.links import link_to
from knowledge.releases.models import Release, ReleaseFile, Upload
from notifications.models import Notification
from notifications.webhooks.models import Call, Webhook
from plans.actions import add_feature, add_product, retire_feature, start_draft
from plans.enums import Severity
from plans.models import Edition, Feature, Plan, Product, ProductVersion
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.walls import TenantModel
from portal.identity.actions.invitations import invite
from portal.identity.actions.tokens import make_token
from portal.identity.enums import Role
from portal.identity.models import Account, ApiToken, Invitation, Membership, Team, Tenant, User
from tests.cast import Cast, Company, House

OF_THE_ACCOUNT = "Quetzal"
"""In what everybody of the account may know, and nobody else."""
OF_THE_CONTACT = "Zephyrine"
"""In what the contact who logged it may read, and the account's admin, and staff."""
OF_STAFF = "Obsidian"
"""In what only staff may read."""
KEY = "QUETZ"


@dataclass
class Scene:
    cast: Cast
    company: Company
    incident: Incident
    attached: Attachment
    internal: Attachment
    waiting: Attachment
    notification: Notification
    token: ApiToken
    invitation: Invitation
    use: AllowanceUse
    webhook: Webhook
    call: Call
    team: Team
    product: Product
    plan: Plan
    draft: Edition
    feature: Feature
    removed: Membership
    duty: Duty
    step: AlertStep
    draft_release: Release
    file: ReleaseFile
    upload: Upload
    link: str
    """To a file of what is published, for the owner."""

    @property
    def owner(self) -> Membership:
        return self.company.contact


def _retired_feature(house: House) -> Feature:
    """Those that aren't retired are in the comparison, which anybody may read."""
    names = {"category": "support", "language": "en", "name": "Quetzal"}
    feature = add_feature(tenant=house.tenant, actor=house.admin, **names)
    retire_feature(feature=feature, actor=house.admin)
    return feature


def make_scene(cast: Cast) -> Scene:
    house, company = cast.acme, cast.acme.big
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        _name_after_the_word(company)
        product = add_product(tenant=house.tenant, code="quetzal", name="Ledgerette", actor=house.admin)
        files = [_file(company.contact, company.account, name) for name in ("attached.txt", "waiting.txt")]
        incident = log_incident(
            person=company.contact,
            incident=NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.MAJOR,
                product=house.ledger,
                title=f"{OF_THE_CONTACT} run stops",
                description=f"{OF_THE_CONTACT} at step 4.",
                attachments=[files[0].pk],
            ),
        )
        internal = _file(house.agent, company.account, "internal.txt")
        reply(person=house.agent, incident=incident, body=f"Which {OF_THE_CONTACT}?")
        add_note(person=house.agent, incident=incident, body=f"{OF_STAFF} again.", attachments=[internal.pk])
        incident.refresh_from_db()
        invitation = invite(
            actor=company.admin,
            email="new@quetzal.example",
            role=Role.CUSTOMER,
            language="en",
            account=company.account,
        )
        webhook = Webhook.objects.create(
            tenant=house.tenant,
            name=f"{OF_STAFF} pager",
            url="https://hooks.example/",
            events=["none"],
            secret="x",
        )
        return Scene(
            cast=cast,
            company=company,
            incident=incident,
            attached=files[0],
            internal=internal,
            waiting=files[1],
            notification=Notification.objects.filter(recipient=company.contact, kind="incidents.reply").get(),
            token=make_token(person=company.contact, name="Nightly", scope="write", expires_at=None)[0],
            invitation=invitation,
            use=AllowanceUse.objects.create(
                tenant=house.tenant,
                account=company.account,
                contract=company.contract,
                feature=Feature.objects.get(tenant=house.tenant, code="special_event_support"),
                used_on=timezone.localdate() + timedelta(days=60),
                noted_by=house.csm,
            ),
            webhook=webhook,
            call=Call.objects.create(tenant=house.tenant, webhook=webhook, event="none", key="1"),
            team=Team.objects.create(tenant=house.tenant, name="Second line"),
            product=product,
            plan=Plan.objects.create(tenant=house.tenant, code="quetzal", name="Bespoke", rank=90),
            draft=_rehearsed(house.tenant, house.admin),
            feature=_retired_feature(house),
            removed=_removed(company),
            duty=add_duty(
                actor=house.lead,
                kind="on_call",
                person=house.agent,
                starts_at=timezone.now() + timedelta(days=1),
                ends_at=timezone.now() + timedelta(days=8),
            ),
            step=AlertStep.objects.get(tenant=house.tenant, percent=75),
            draft_release=(draft := _release(house)),
            file=draft.files.get(),
            upload=begin_upload(actor=house.lead, release=draft, name="more.zip", size=9),
            link=_link(house, company.contact),
        )


def _release(house: House) -> Release:
    version = ProductVersion.objects.get(tenant=house.tenant, product=house.ledger)
    facts = Facts(version=version, kind="patch", released_on=timezone.localdate())
    made = start_release(actor=house.lead, facts=facts, words=Words(language="en", title="Posting run"))
    add_file(actor=house.lead, release=made, file=ContentFile(b"text"), name="posting.zip")
    return made


def _link(house: House, person: Membership) -> str:
    published = publish(actor=house.lead, release=_release(house))
    file = ReleaseFile.objects.select_related("release").get(release=published)
    return link_to(ask_for(person=person, file=file))


def _rehearsed(tenant: Tenant, admin: Membership) -> Edition:
    draft = start_draft(tenant=tenant, actor=admin)
    start_rehearsal(edition=draft, actor=admin)
    return draft


def _name_after_the_word(company: Company) -> None:
    account = company.account
    Account.objects.filter(pk=account.pk).update(key=KEY, name=f"{OF_THE_ACCOUNT} Works")
    account.refresh_from_db()
    for person in (company.admin, company.contact, company.colleague):
        person.account = account
        person.user.name = f"{OF_THE_ACCOUNT} {person.user.name}"
        person.user.save(update_fields=["name"])


def _file(person: Membership, account: Account, name: str) -> Attachment:
    return upload(person=person, account=account, file=ContentFile(b"text"), name=name)


def _removed(company: Company) -> Membership:
    """Somebody who had reported for the account, was removed, and whose browser is still signed in."""
    user = User.objects.create_user(email="gone@quetzal.example", name="Gone")
    return Membership.objects.create(
        tenant=company.account.tenant,
        user=user,
        account=company.account,
        role=Role.CUSTOMER_ADMIN,
        removed_at=timezone.now(),
    )


@dataclass(frozen=True)
class Stranger:
    """Somebody with no right to what the scene holds, at a host. ``apart``: row policies alone stop them."""

    person: Callable[[Scene], Membership | None]
    at_rival: bool = False
    apart: bool = True

    def tenant(self, scene: Scene) -> Tenant:
        return (scene.cast.rival if self.at_rival else scene.cast.acme).tenant


STRANGERS: dict[str, Stranger] = {
    "nobody": Stranger(lambda scene: None),
    "contact of another account": Stranger(lambda scene: scene.cast.acme.small.contact),
    "customer admin of another account": Stranger(lambda scene: scene.cast.acme.small.admin),
    "colleague without right": Stranger(lambda scene: scene.company.colleague, apart=False),
    "removed customer admin": Stranger(lambda scene: scene.removed),
    "contact of another tenant": Stranger(lambda scene: scene.cast.rival.big.contact, at_rival=True),
    "agent of another tenant": Stranger(lambda scene: scene.cast.rival.agent, at_rival=True),
    "admin of another tenant": Stranger(lambda scene: scene.cast.rival.admin, at_rival=True),
    "contact of another tenant, here": Stranger(lambda scene: scene.cast.rival.big.contact),
    "agent of another tenant, here": Stranger(lambda scene: scene.cast.rival.agent),
    "admin of another tenant, here": Stranger(lambda scene: scene.cast.rival.admin),
}


def contents(scene: Scene) -> dict[str, Any]:
    """A row count and a checksum of every table that belongs to tenants, over both tenants."""
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    tables += [Tenant._meta.db_table, User._meta.db_table]
    sums = " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(string_agg(md5(row::text), '' ORDER BY id)) FROM {table} AS row"
        for table in tables
    )
    found = {}
    for house in scene.cast.houses:
        with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT), connection.cursor() as cursor:
            cursor.execute(sums)
            found.update({(house.tenant.label, table): rest for table, *rest in cursor.fetchall()})
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
