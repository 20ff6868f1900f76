"""Releases are found while they are given out."""

import pytest

from knowledge.releases import actions
from knowledge.releases.actions import Words
from knowledge.search.queries import Filters, search
from plans.models import ProductVersion

pytestmark = pytest.mark.django_db


def titles(person, text, **narrowed):
    return [hit.title for hit in search(person, text, language="en", narrowed=Filters(**narrowed)).hits]


def test_a_draft_is_not_found_and_what_is_given_out_by_everybody_of_the_tenant(cast, acme, draft):
    release = draft(title="Posting patch")
    assert titles(acme.agent, "posting patch") == []
    actions.publish(actor=acme.lead, release=release)
    for person in (acme.agent, acme.big.contact):
        assert titles(person, "posting patch") == ["Posting patch"]
        assert titles(person, "ledger.zip") == ["Posting patch"]
        assert titles(person, release.reference) == ["Posting patch"]
    assert titles(None, "posting patch") == []


def test_no_other_tenant_finds_it(cast, acme, published, acting_as):
    published(title="Posting patch")
    with acting_as(cast.rival.agent):
        assert titles(cast.rival.agent, "posting patch") == []


def test_other_words_take_the_place_of_the_earlier_ones(acme, published):
    release = published(title="Posting patch")
    words = Words(language="en", title="Booking patch")
    actions.write_words(actor=acme.lead, release=release, words=words, revision=1)
    assert titles(acme.agent, "posting") == []
    assert titles(acme.agent, "booking") == ["Booking patch"]


def test_what_is_withdrawn_is_found_no_more(acme, published):
    release = published(title="Posting patch")
    actions.withdraw(actor=acme.lead, release=release, reason="It breaks the printer.")
    assert titles(acme.agent, "posting patch") == []


def test_it_is_found_under_the_version_that_it_is_for(acme, published):
    published(title="Posting patch", version="1.0")
    first, second = ProductVersion.objects.filter(product=acme.ledger).order_by("position")
    asked = {"product_id": acme.ledger.pk}
    assert titles(acme.agent, "posting", **asked, version=first.position) == ["Posting patch"]
    assert titles(acme.agent, "posting", **asked, version=second.position) == []


def test_an_update_is_found_under_the_older_versions_that_it_fits_on(acme, published):
    first, second = ProductVersion.objects.filter(product=acme.ledger).order_by("position")
    published(title="Update for all", kind="update", version="2.0")
    published(title="Update for the newest", kind="update", version="2.0", first_version=second)
    asked = {"product_id": acme.ledger.pk}
    assert titles(acme.agent, "update", **asked, version=first.position) == ["Update for all"]
    assert len(titles(acme.agent, "update", **asked, version=second.position)) == 2
