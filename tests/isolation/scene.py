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

from entitlements.models import AllowanceUse, ContractLine, Grant
from incidents.actions import (
    NewIncident,
    add_duty,
    add_note,
    link_solution,
    log_incident,
    reply,
    start_rehearsal,
    upload,
)
from incidents.enums import Kind
from incidents.models import AlertStep, Attachment, Duty, Incident
from knowledge.critical.actions import Chosen, register, tell_customers
from knowledge.critical.fanout import tell_due
from knowledge.critical.models import Notice
from knowledge.releases.actions import begin_upload
from knowledge.releases.models import Release, ReleaseFile, Upload
from knowledge.search import kinds
from knowledge.search.actions import Entry, index
from knowledge.search.enums import Audience
from knowledge.solutions.actions import (
    Range,
    Words,
    ask_review,
    draft_solution,
    publish,
    raise_flag,
    save_draft,
)
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Flag, Revision, Solution
from notifications.models import Notification
from notifications.webhooks.models import Call, Webhook
from plans.actions import add_feature, add_product, remove_cell, retire_feature, start_draft
from plans.enums import Severity
from plans.models import Edition, Feature, Plan, Product
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.core.walls import TenantModel
from portal.identity.actions.invitations import invite
from portal.identity.actions.tokens import make_token
from portal.identity.enums import Role
from portal.identity.models import Account, ApiToken, Invitation, Membership, Team, Tenant, User
from tests.cast import Cast, Company, House
from tests.isolation.released import draft_release, link_of

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
    grant: Grant
    webhook: Webhook
    call: Call
    account_webhook: Webhook
    account_call: Call
    team: Team
    product: Product
    plan: Plan
    draft: Edition
    feature: Feature
    removed: Membership
    duty: Duty
    step: AlertStep
    solution: Solution
    flag: Flag
    draft_release: Release
    file: ReleaseFile
    upload: Upload
    link: str
    """To a file of what is published, for the owner."""
    notice: Notice

    @property
    def owner(self) -> Membership:
        return self.company.contact


def make_scene(cast: Cast) -> Scene:
    house, company = cast.acme, cast.acme.big
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        _name_after_the_word(company)
        _let_staff_find(house)
        product = _product(house, company)
        incident, attached, internal, waiting = _incident(house, company)
        invitation = _invitation(company)
        webhook, call = _webhook(house.tenant, f"{OF_STAFF} pager", None)
        account_webhook, account_call = _webhook(
            house.tenant, f"{OF_THE_ACCOUNT} {OF_THE_CONTACT} desk", company.account
        )
        solution = _solution(house, incident)
        return Scene(
            cast=cast,
            company=company,
            incident=incident,
            attached=attached,
            internal=internal,
            waiting=waiting,
            notification=Notification.objects.filter(recipient=company.contact, kind="incidents.reply").get(),
            token=make_token(person=company.contact, name="Nightly", scope="write", expires_at=None)[0],
            invitation=invitation,
            use=_use(house, company),
            grant=_grant(house, company),
            webhook=webhook,
            call=call,
            account_webhook=account_webhook,
            account_call=account_call,
            team=Team.objects.create(tenant=house.tenant, name="Second line"),
            product=product,
            plan=Plan.objects.create(tenant=house.tenant, code="quetzal", name="Bespoke", rank=90),
            draft=_rehearsed(house.tenant, house.admin),
            feature=_retired_feature(house),
            removed=_removed(company),
            duty=_duty(house),
            step=AlertStep.objects.get(tenant=house.tenant, percent=75),
            solution=solution,
            flag=raise_flag(person=house.csm, solution=solution, text=f"{OF_STAFF} is wrong."),
            draft_release=(draft := draft_release(house, solution)),
            file=draft.files.get(),
            upload=begin_upload(actor=house.lead, release=draft, name="more.zip", size=9),
            link=link_of(house, company.contact),
            notice=_critical_notice(house, company, product),
        )


def _product(house: House, company: Company) -> Product:
    """That only this account has a contract for."""
    product = add_product(tenant=house.tenant, code="quetzal", name="Ledgerette", actor=house.admin)
    ContractLine.objects.create(
        tenant=house.tenant, account=company.account, contract=company.contract, product=product
    )
    return product


def _incident(house: House, company: Company) -> tuple[Incident, Attachment, Attachment, Attachment]:
    """Answered and noted on, with what is attached to it, to the note, and to nothing yet."""
    attached, waiting = (
        _file(company.contact, company.account, name) for name in ("attached.txt", "waiting.txt")
    )
    incident = log_incident(
        person=company.contact,
        incident=NewIncident(
            kind=Kind.DEFECT,
            severity=Severity.MAJOR,
            product=house.ledger,
            title=f"{OF_THE_CONTACT} run stops",
            description=f"{OF_THE_CONTACT} at step 4.",
            attachments=[attached.pk],
        ),
    )
    internal = _file(house.agent, company.account, "internal.txt")
    reply(person=house.agent, incident=incident, body=f"Which {OF_THE_CONTACT}?")
    add_note(person=house.agent, incident=incident, body=f"{OF_STAFF} again.", attachments=[internal.pk])
    incident.refresh_from_db()
    return incident, attached, internal, waiting


def _invitation(company: Company) -> Invitation:
    return invite(
        actor=company.admin,
        email="new@quetzal.example",
        role=Role.CUSTOMER,
        language="en",
        account=company.account,
    )


def _use(house: House, company: Company) -> AllowanceUse:
    return AllowanceUse.objects.create(
        tenant=house.tenant,
        account=company.account,
        contract=company.contract,
        feature=Feature.objects.get(tenant=house.tenant, code="special_event_support"),
        used_on=timezone.localdate() + timedelta(days=60),
        noted_by=house.csm,
    )


def _grant(house: House, company: Company) -> Grant:
    return Grant.objects.create(
        tenant=house.tenant,
        account=company.account,
        feature=Feature.objects.get(tenant=house.tenant, code="education_incentives"),
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=60),
        reason=f"{OF_THE_ACCOUNT} helps us test",
        granted_by=house.csm,
    )


def _retired_feature(house: House) -> Feature:
    """Those that aren't retired are in the comparison, which anybody may read."""
    names = {"category": "support", "language": "en", "name": "Quetzal"}
    feature = add_feature(tenant=house.tenant, actor=house.admin, **names)
    retire_feature(feature=feature, actor=house.admin)
    return feature


def _duty(house: House) -> Duty:
    return add_duty(
        actor=house.lead,
        kind="on_call",
        person=house.agent,
        starts_at=timezone.now() + timedelta(days=1),
        ends_at=timezone.now() + timedelta(days=8),
    )


def _critical_notice(house: House, company: Company, product: Product) -> Notice:
    """Of a product that only this account has a contract for; its contact is told."""
    register(person=company.contact, chosen={product.pk: Chosen()})
    solution = draft_solution(
        person=house.agent,
        language="en",
        words=Words(title="Postings vanish", symptom="They are gone.", resolution="Install the fix."),
        ranges=[Range(product=product.pk)],
        audience=Audience.CUSTOMERS,
    )
    seen = mark_of(open_revision(solution, "en"))
    ask_review(person=house.agent, solution=solution, language="en", seen=seen)
    text = publish(person=house.other_agent, solution=solution, language="en", seen=seen, critical=True)
    notice = tell_customers(person=house.lead, solution=solution, seen=text.pk)
    tell_due()
    return notice


def _webhook(tenant: Tenant, name: str, account: Account | None) -> tuple[Webhook, Call]:
    owner = {"tenant": tenant, "account": account}
    webhook = Webhook.objects.create(
        **owner, name=name, url="https://hooks.example/", events=["none"], secret="x"
    )
    return webhook, Call.objects.create(**owner, webhook=webhook, event="none", key="1")


def _solution(house: House, incident: Incident) -> Solution:
    """Published for staff, linked to the incident it came from, with the draft of a translation."""
    words = Words(title=f"{OF_STAFF} run", symptom="It stops.", resolution=f"{OF_STAFF} first.")
    solution = draft_solution(person=house.agent, language="en", words=words)
    seen = f"{Revision.objects.get(solution=solution).pk}.1"
    ask_review(person=house.agent, solution=solution, language="en", seen=seen)
    publish(person=house.lead, solution=solution, language="en", seen=seen, critical=False)
    save_draft(person=house.agent, solution=solution, language="fr", words=words, seen="")
    link_solution(person=house.agent, incident=incident, solution=solution)
    return solution


def _let_staff_find(house: House) -> None:
    """An entry of the search with all three words; for staff alone."""
    kinds.register(kinds.Kind(code="scene", label="Scene", icon="drama", group="Scene", position=99))
    entry = Entry(
        language="en",
        title=f"{OF_STAFF} and {OF_THE_CONTACT}",
        text=f"Of {OF_THE_ACCOUNT}.",
        url="/",
        audience=Audience.INTERNAL,
        dated_at=timezone.now(),
    )
    index(tenant_id=house.tenant.pk, kind="scene", object_id=1, entries=[entry])


def _rehearsed(tenant: Tenant, admin: Membership) -> Edition:
    draft = start_draft(tenant=tenant, actor=admin)
    remove_cell(
        edition=draft,
        actor=admin,
        plan=Plan.objects.get(tenant=tenant, code="elite"),
        feature=Feature.objects.get(tenant=tenant, code="education_incentives"),
    )
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
