"""After a breach: the time that a lead sets instead."""

import pytest

from incidents import actions
from incidents.models import Clock
from notifications.models import Notification
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from tests.incidents.clocks.conftest import at
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(story, sweep):
    """An incident whose first response was due on Monday at 14:00 and is not given."""
    story.log("Mon 2 Mar 10:00", 2)
    sweep("Mon 2 Mar 14:00")
    return story


def _commit(story, person, by="Mon 2 Mar 17:00", now="Mon 2 Mar 14:30", **fields):
    return actions.commit_to(person=person, incident=story.incident, by=at(by), at=at(now), **fields)


@pytest.mark.parametrize("who", ["lead", "admin", "csm"])
def test_a_lead_commits_to_another_time_and_the_customer_is_told(cast, late, told, who):
    before = late.clock("first_response").commitment_at
    changed = _commit(late, getattr(cast.acme, who))
    assert late.clock("first_response").commitment_at == at("Mon 2 Mar 17:00")
    assert ("committed", "Sma Contact") in told()
    assert {name for kind, name in told() if kind == "committed"} == {"Sma Contact"}
    line = history_of(changed).last()
    assert (line.verb, line.internal, line.actor_id) == ("committed", False, getattr(cast.acme, who).pk)
    assert (line.data["before"], line.data["commitment_at"]) == (
        before.isoformat(),
        at("Mon 2 Mar 17:00").isoformat(),
    )
    assert changed.revision == 1


@pytest.mark.parametrize("who", ["agent", "contact"])
def test_agents_and_contacts_commit_to_nothing(cast, late, who):
    person = cast.acme.agent if who == "agent" else cast.acme.small.contact
    with pytest.raises(NotAllowed):
        _commit(late, person)
    assert late.clock("first_response").commitment_at == at("Mon 2 Mar 16:00")


@pytest.mark.parametrize("by", ["Mon 2 Mar 14:30", "Mon 2 Mar 13:00"])
def test_a_time_that_is_not_ahead_is_refused(cast, late, by):
    with pytest.raises(Refused) as refused:
        _commit(late, cast.acme.lead, by)
    assert (refused.value.code, refused.value.field) == ("not_ahead", "by")


def test_nothing_is_committed_to_while_nothing_is_broken(cast, story):
    story.log("Mon 2 Mar 10:00", 2)
    with pytest.raises(Refused) as refused:
        _commit(story, cast.acme.lead, now="Mon 2 Mar 11:00")
    assert refused.value.code == "nothing_broken"


def test_nothing_is_committed_to_once_it_is_answered(cast, late):
    late.answer("Mon 2 Mar 14:20")
    with pytest.raises(Refused) as refused:
        _commit(late, cast.acme.lead)
    assert refused.value.code == "nothing_broken"


def test_a_stale_form_is_refused(cast, late):
    actions.assign(person=cast.acme.lead, incident=late.incident, assignee=cast.acme.agent)
    with pytest.raises(Conflict):
        _commit(late, cast.acme.lead, revision=0)


def test_a_commitment_that_was_made_before_the_sweep_saw_the_breach_stays(cast, story, sweep):
    story.log("Mon 2 Mar 10:00", 2)
    _commit(story, cast.acme.lead)
    sweep("Mon 2 Mar 15:00")
    assert story.clock("first_response").commitment_at == at("Mon 2 Mar 17:00")


def test_the_page_offers_it_once_the_time_has_passed(client_of, cast, late):
    client = client_of(cast.acme.lead)
    page = client.get(page_of(late.incident)).content.decode()
    assert f"{page_of(late.incident)}commitment/" in page
    assert "Now committed to" in page
    assert (
        f"{page_of(late.incident)}commitment/"
        not in client_of(cast.acme.agent).get(page_of(late.incident)).content.decode()
    )


def test_the_form_takes_the_time_in_the_persons_zone_and_keeps_what_was_refused(client_of, cast, late):
    lead = cast.acme.lead
    lead.user.time_zone = "Europe/Berlin"
    lead.user.save(update_fields=["time_zone"])
    client, url = client_of(lead), f"{page_of(late.incident)}commitment/"
    refused = client.post(url, {"by": "2026-03-02T17:00", "revision": 0})
    assert refused.status_code == 422
    assert "This time has passed." in refused.content.decode()
    assert 'value="2026-03-02T17:00"' in refused.content.decode()
    assert client.post(url, {"by": "2126-03-02T17:00", "revision": 0}).status_code == 302
    commitment = Clock.objects.get(incident=late.incident).commitment_at
    assert commitment.isoformat() == "2126-03-02T16:00:00+00:00"
    assert Notification.objects.filter(kind="incidents.committed").count() == 1
