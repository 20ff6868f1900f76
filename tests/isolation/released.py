"""What the grids hold of releases."""

from django.core.files.base import ContentFile
from django.utils import timezone

from knowledge.releases.actions import Facts, Words, add_file, ask_for, publish, start_draft
from knowledge.releases.links import link_to
from knowledge.releases.models import Release, ReleaseFile
from plans.models import ProductVersion
from portal.identity.models import Membership
from tests.cast import House


def draft_release(house: House) -> Release:
    version = ProductVersion.objects.get(tenant=house.tenant, product=house.ledger)
    facts = Facts(version=version, kind="patch", released_on=timezone.localdate())
    made = start_draft(actor=house.lead, facts=facts, words=Words(language="en", title="Posting run"))
    add_file(actor=house.lead, release=made, file=ContentFile(b"text"), name="posting.zip")
    return made


def link_of(house: House, person: Membership) -> str:
    published = publish(actor=house.lead, release=draft_release(house))
    file = ReleaseFile.objects.select_related("release").get(release=published)
    return link_to(ask_for(person=person, file=file))
