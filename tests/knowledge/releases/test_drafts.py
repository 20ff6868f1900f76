"""Drafts: who may write them, and what they may say."""

import pytest

from knowledge.releases import actions
from knowledge.releases.actions import Facts, Words
from knowledge.releases.models import Release, ReleaseFile, ReleaseText, Requirement, Upload
from knowledge.releases.storage import folders_of
from plans.models import ProductVersion
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from tests.knowledge.releases.conftest import SHA256, everything, the_file

pytestmark = pytest.mark.django_db


def facts_of(release, **changes):
    plain = {"version": release.version, "kind": release.kind, "released_on": release.released_on}
    return Facts(**{**plain, **changes})


def test_drafts_are_numbered_one_after_the_other(draft):
    assert [draft(files={}).reference for _ in range(3)] == ["R-1", "R-2", "R-3"]


def test_a_draft_keeps_its_words_its_file_and_a_line_of_history(draft):
    made = draft()
    text = ReleaseText.objects.get(release=made)
    assert (text.language, text.title, text.fixes) == ("en", "Ledger patch", ["A posting stops"])
    file = the_file(made)
    assert (file.name, file.size, file.sha256, file.media_type) == (
        "ledger.zip",
        10240,
        SHA256,
        "application/zip",
    )
    assert [entry.verb for entry in history_of(made)] == ["drafted", "file_added"]


@pytest.mark.parametrize("who", ["agent", "csm"])
def test_others_of_the_staff_write_none(acme, draft, who):
    made, before = draft(), everything()
    actor = getattr(acme, who)
    for act in (
        lambda: actions.start_draft(actor=actor, facts=facts_of(made), words=Words(language="en", title="T")),
        lambda: actions.edit_draft(actor=actor, release=made, facts=facts_of(made)),
        lambda: actions.write_words(actor=actor, release=made, words=Words(language="en", title="T")),
        lambda: actions.begin_upload(actor=actor, release=made, name="a", size=1),
        lambda: actions.remove_file(actor=actor, file=the_file(made)),
        lambda: actions.publish(actor=actor, release=made),
        lambda: actions.withdraw(actor=actor, release=made, reason="Why"),
        lambda: actions.discard_draft(actor=actor, release=made),
    ):
        with pytest.raises(NotAllowed, match="A team lead or an administrator"):
            act()
    assert everything() == before


def test_contacts_write_none_whatever_the_code_lets_them(acme, draft, acting_as):
    """The row policies refuse it as well."""
    made = draft()
    with acting_as(acme.big.admin):
        assert Release.objects.count() == ReleaseText.objects.count() == ReleaseFile.objects.count() == 0
        assert Upload.objects.count() == 0
        assert Release.objects.filter(pk=made.pk).update(kind="update") == 0


def test_it_refuses_what_does_not_fit_together(acme, draft):
    made, earlier = draft(), draft()
    stores = ProductVersion.objects.get(product=acme.store)
    newer = ProductVersion.objects.get(product=acme.ledger, name="2.0")
    before = everything()
    for changes, field in (
        ({"first_version": stores}, "first_version"),
        ({"first_version": newer, "last_version": made.version}, "last_version"),
        ({"needs": [earlier]}, "needs"),
        ({"replaces": [earlier]}, "replaces"),
        ({"needs": [made]}, "needs"),
    ):
        with pytest.raises(Refused) as refused:
            actions.edit_draft(actor=acme.lead, release=made, facts=facts_of(made, **changes))
        assert refused.value.field == field
    assert everything() == before


def test_it_needs_and_replaces_what_is_published(acme, draft, published):
    earlier, made = published(), draft()
    actions.edit_draft(
        actor=acme.lead, release=made, facts=facts_of(made, needs=[earlier], replaces=[earlier])
    )
    assert Requirement.objects.get(release=made).needs == earlier
    actions.edit_draft(actor=acme.lead, release=made, facts=facts_of(made))
    assert not Requirement.objects.filter(release=made).exists()


def test_a_release_of_another_product_is_needed_but_never_replaced(acme, draft, published):
    stores = ProductVersion.objects.get(product=acme.store)
    ledgers, made = published(), draft()
    of_store = facts_of(made, version=stores, needs=[ledgers])
    actions.edit_draft(actor=acme.lead, release=made, facts=of_store)
    with pytest.raises(Refused, match="R-1 is of another product"):
        actions.edit_draft(
            actor=acme.lead, release=made, facts=facts_of(made, version=stores, replaces=[ledgers])
        )


def test_the_slower_of_two_editors_is_told(acme, draft):
    made = draft()
    actions.edit_draft(actor=acme.lead, release=made, facts=facts_of(made, kind="update"), revision=1)
    with pytest.raises(Conflict):
        actions.edit_draft(
            actor=acme.admin, release=made, facts=facts_of(made, kind="regulatory"), revision=1
        )
    assert Release.objects.get(pk=made.pk).kind == "update"


def test_a_discarded_draft_leaves_nothing(acme, draft, django_capture_on_commit_callbacks):
    made = draft()
    actions.begin_upload(actor=acme.lead, release=made, name="more", size=5)
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard_draft(actor=acme.lead, release=made)
    assert everything() == {"Release": [], "ReleaseFile": [], "Upload": [], "Download": []}
    assert folders_of(acme.tenant.pk) == []


def test_words_are_written_in_each_language(acme, draft):
    made = draft()
    actions.write_words(actor=acme.lead, release=made, words=Words(language="fr", title="Correctif"))
    assert set(ReleaseText.objects.filter(release=made).values_list("language", "title", "corrected_at")) == {
        ("en", "Ledger patch", None),
        ("fr", "Correctif", None),
    }
