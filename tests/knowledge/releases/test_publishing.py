"""What is published stays as it is, for the code and for the database."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge.releases import actions, registry
from knowledge.releases.actions import Words
from knowledge.releases.enums import State
from knowledge.releases.models import Release, ReleaseFile, ReleaseText, Replacement, Requirement
from portal.core.errors import Conflict, Refused
from portal.core.history import history_of
from tests.knowledge.releases.conftest import everything, the_file
from tests.knowledge.releases.test_drafts import facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """What followers are told, with the state in which they see it."""
    told = []
    monkeypatch.setattr(registry.published, "_steps", [])
    registry.published.register(lambda release: told.append((release.reference, release.state)))
    return told


def test_a_draft_is_published_by_a_lead_and_followers_are_told(acme, draft, told):
    made = actions.publish(actor=acme.lead, release=draft())
    row = Release.objects.get(pk=made.pk)
    assert (row.state, row.published_by, told) == (State.PUBLISHED, acme.lead, [("R-1", "published")])
    assert history_of(made).last().data["files"] == [f"ledger.zip {the_file(made).sha256}"]


@pytest.mark.parametrize(("fields", "code"), [({"files": {}}, "no_file"), ({"days_ago": -2}, "date_to_come")])
def test_it_is_refused_while_something_is_missing(acme, draft, told, fields, code):
    made, before = draft(**fields), everything()
    with pytest.raises(Refused) as refused:
        actions.publish(actor=acme.lead, release=made)
    assert (refused.value.code, told) == (code, [])
    assert everything() == before


def test_it_is_refused_while_a_file_is_on_its_way(acme, draft):
    made = draft()
    actions.begin_upload(actor=acme.lead, release=made, name="more", size=5)
    with pytest.raises(Refused, match="still on its way"):
        actions.publish(actor=acme.lead, release=made)


def test_nothing_of_it_can_be_edited_any_more(acme, published, django_capture_on_commit_callbacks):
    made, before = published(), everything()
    for act in (
        lambda: actions.edit_draft(actor=acme.admin, release=made, facts=facts_of(made, kind="update")),
        lambda: actions.begin_upload(actor=acme.admin, release=made, name="more", size=5),
        lambda: actions.remove_file(actor=acme.admin, file=the_file(made)),
        lambda: actions.discard_draft(actor=acme.admin, release=made),
        lambda: actions.publish(actor=acme.admin, release=made),
    ):
        with pytest.raises(Refused, match="is published and stays as it is"):
            act()
    assert everything() == before


CHANGES = {
    "its kind": lambda r: Release.objects.filter(pk=r.pk).update(kind="update"),
    "its date": lambda r: Release.objects.filter(pk=r.pk).update(released_on=timezone.localdate()),
    "its state back": lambda r: Release.objects.filter(pk=r.pk).update(state=State.DRAFT),
    "more than its state when withdrawn": lambda r: Release.objects.filter(pk=r.pk).update(
        state=State.WITHDRAWN, withdrawn_at=timezone.now(), withdrawn_because="Why", kind="update"
    ),
    "the release deleted": lambda r: Release.objects.filter(pk=r.pk)._raw_delete("default"),
    "a file": lambda r: ReleaseFile.objects.filter(release=r).update(sha256="0" * 64),
    "a file deleted": lambda r: ReleaseFile.objects.filter(release=r)._raw_delete("default"),
    "a new file": lambda r: ReleaseFile.objects.create(
        tenant_id=r.tenant_id, release=r, name="b", size=1, part_size=1, uploaded_by=r.published_by
    ),
    "a need": lambda r: Requirement.objects.create(tenant_id=r.tenant_id, release=r, needs_id=r.pk + 1),
    "a replacement": lambda r: Replacement.objects.create(
        tenant_id=r.tenant_id, release=r, replaces_id=r.pk + 1
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses(published, change):
    made, before = published(), everything()
    with pytest.raises(IntegrityError, match="is published and stays as it is"), transaction.atomic():
        CHANGES[change](made)
    assert everything() == before


def test_a_withdrawn_release_says_why_and_never_comes_back(acme, published, told):
    made = published()
    actions.withdraw(actor=acme.lead, release=made, reason=" It loses postings. ")
    row = Release.objects.get(pk=made.pk)
    assert (row.state, row.withdrawn_because, told[-1]) == (
        "withdrawn",
        "It loses postings.",
        ("R-1", "withdrawn"),
    )
    for change in (
        {"state": State.PUBLISHED, "withdrawn_at": None, "withdrawn_because": ""},
        {"withdrawn_because": "Other"},
    ):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            Release.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(Refused, match="Only what is published"):
        actions.withdraw(actor=acme.lead, release=made, reason="Again")


def test_a_reason_is_asked_for(acme, published):
    made = published()
    with pytest.raises(Refused, match="Say why"):
        actions.withdraw(actor=acme.lead, release=made, reason="  ")
    assert Release.objects.get(pk=made.pk).state == State.PUBLISHED


def test_words_are_corrected_and_the_history_keeps_what_stood_there(acme, published, told):
    made = published()
    words = Words(language="en", title="Ledger patch", notes="Read *that*.", fixes=["A posting stops"])
    actions.write_words(actor=acme.lead, release=made, words=words, revision=1)
    text = ReleaseText.objects.get(release=made)
    assert (text.notes, text.revision, bool(text.corrected_at)) == ("Read *that*.", 2, True)
    entry = history_of(made).last()
    assert (entry.verb, entry.data["was"]["notes"], entry.data["now"]["notes"]) == (
        "corrected",
        "Read **this**.",
        "Read *that*.",
    )
    assert told[-1] == ("R-1", "published")


def test_the_slower_of_two_correctors_is_told(acme, published):
    made = published()
    actions.write_words(actor=acme.lead, release=made, words=Words(language="en", title="One"), revision=1)
    with pytest.raises(Conflict):
        actions.write_words(
            actor=acme.admin, release=made, words=Words(language="en", title="Two"), revision=1
        )
    assert ReleaseText.objects.get(release=made).title == "One"


def test_the_same_words_again_are_no_correction(acme, published):
    made = published()
    words = Words(language="en", title="Ledger patch", notes="Read **this**.", fixes=["A posting stops"])
    actions.write_words(actor=acme.lead, release=made, words=words)
    assert ReleaseText.objects.get(release=made).corrected_at is None
