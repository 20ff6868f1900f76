"""Whoever downloads a release that fixes what they were told of is noted to have the fix."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from knowledge.critical.models import Loop, Recipient
from knowledge.releases import actions
from knowledge.releases.actions import Facts, Words
from knowledge.releases.models import ReleaseFile
from plans.models import ProductVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(house, solution, register, tell):
    register(house.big.contact, house.ledger)
    return tell(solution)


@pytest.fixture
def file(house, acting_as):
    """Of a patch for Ledger."""
    with acting_as(house.lead):
        version = ProductVersion.objects.filter(tenant=house.tenant, product=house.ledger).first()
        facts = Facts(version=version, kind="patch", released_on=timezone.localdate())
        release = actions.start_draft(
            actor=house.lead, facts=facts, words=Words(language="en", title="Ledger patch")
        )
        actions.add_file(actor=house.lead, release=release, file=ContentFile(b"fix"), name="fix.zip")
        actions.publish(actor=house.lead, release=release)
        return ReleaseFile.objects.select_related("release").get(release=release)


@pytest.fixture
def download(acting_as):
    """``download(person, file, whole=…)``, as the pages do it."""

    def fetch(person, file, *, whole=True):
        with acting_as(person):
            begun = actions.begin(person=person, download=actions.ask_for(person=person, file=file))
        actions.note_sent(tenant_id=person.tenant_id, download_id=begun.pk, sent=1, whole=whole)

    return fetch


@pytest.fixture
def fetched(told, house, acting_in):
    """(when the contact downloaded the fix, how many of the account have); nothing else is noted."""

    def read():
        with acting_in(house.tenant):
            recipient = Recipient.objects.get(notice=told, person=house.big.contact)
            loop = Loop.objects.get(notice=told, account=house.big.account)
            assert (loop.told, loop.read, loop.acknowledged) == (1, 0, 0)
            return recipient.downloaded_at, loop.downloaded

    return read


def name(house, file, solution, acting_as):
    with acting_as(house.lead):
        actions.name_fixes(actor=house.lead, release=file.release, solutions=[solution])


def test_a_whole_download_of_what_fixes_it_is_noted(house, solution, file, download, fetched, acting_as):
    name(house, file, solution, acting_as)
    download(house.big.contact, file, whole=False)
    assert fetched() == (None, 0)
    download(house.big.contact, file)
    first, count = fetched()
    assert (first is not None, count) == (True, 1)
    download(house.big.contact, file)
    assert fetched() == (first, 1)


def test_what_fixes_something_else_is_not(house, solution, file, download, fetched):
    download(house.big.contact, file)
    assert fetched() == (None, 0)


@pytest.mark.parametrize("who", ["colleague", "another account", "staff"])
def test_others_note_nothing_on_the_contact(house, solution, file, download, fetched, acting_as, who):
    name(house, file, solution, acting_as)
    others = {
        "colleague": house.big.colleague,
        "another account": house.small.contact,
        "staff": house.agent,
    }
    download(others[who], file)
    assert fetched() == (None, 0)
