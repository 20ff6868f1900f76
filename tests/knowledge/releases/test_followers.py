"""Others are told of a download when its last byte has left, and not before."""

import pytest
from django.db import connection

from knowledge.releases import actions
from knowledge.releases.models import Download
from knowledge.releases.registry import downloaded
from portal.core.tenancy import current_scope
from tests.knowledge.releases.conftest import the_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    seen = []
    monkeypatch.setattr(downloaded, "_steps", [])
    downloaded.register(lambda person, release: seen.append((person, release, current_scope().account_id)))
    return seen


@pytest.fixture
def begun(acme, published):
    download = actions.ask_for(person=acme.big.contact, file=the_file(published()))
    return actions.begin(person=acme.big.contact, download=download)


def sent(download, *, whole, tenant_id=None):
    tenant_id = tenant_id or download.tenant_id
    actions.note_sent(tenant_id=tenant_id, download_id=download.pk, sent=100, whole=whole)


def test_they_are_told_once_with_the_person_and_the_release(acme, begun, told):
    sent(begun, whole=False)
    assert told == []
    sent(begun, whole=True)
    assert told == [(acme.big.contact, begun.release, "*")]
    sent(begun, whole=True)
    assert len(told) == 1


def test_asking_and_beginning_is_no_download(begun, told):
    assert told == []


def test_each_download_of_staff_too_is_one(acme, published, told):
    file = the_file(published())
    for _time in range(2):
        download = actions.ask_for(person=acme.agent, file=file)
        sent(actions.begin(person=acme.agent, download=download), whole=True)
    assert [person for person, *_ in told] == [acme.agent, acme.agent]


def test_a_download_of_another_tenant_is_none(cast, begun, told):
    sent(begun, whole=True, tenant_id=cast.rival.tenant.pk)
    assert told == []


def test_they_are_told_within_the_transaction_that_notes_it(begun, told, monkeypatch):
    def fail(person, release):
        assert connection.in_atomic_block
        assert Download.objects.get().finished_at is not None
        raise LookupError

    downloaded.register(fail)
    with pytest.raises(LookupError):
        sent(begun, whole=True)
    row = Download.objects.get()
    assert (row.finished_at, row.bytes_sent) == (None, 0)
