"""The page of an incident: what it shows to whom, how it is written on, and what it costs."""

import re

import pytest

from incidents import actions
from incidents.models import Message
from incidents.sentences import _SENTENCES
from portal.core.models import HistoryEntry
from tests.incidents.pages.conftest import page_of
from tests.statements import statements_of

pytestmark = pytest.mark.django_db


def _messages(incident, house, acting_as, count):
    """As many messages as quickly as rows can be written: what they cost the page is the question."""
    with acting_as(house.agent):
        Message.objects.bulk_create(
            Message(
                tenant=house.tenant,
                account=house.big.account,
                incident=incident,
                author=[house.agent, house.big.contact][number % 2],
                by_staff=number % 2 == 0,
                body=f"Message number {number}.",
            )
            for number in range(count)
        )


@pytest.mark.parametrize(("who", "statements"), [("agent", 8), ("contact", 9)])
def test_the_same_statements_for_5_and_for_500_messages(client_of, house, log, acting_as, who, statements):
    client = client_of(house.agent if who == "agent" else house.big.contact)
    short, long = log(), log()
    _messages(short, house, acting_as, 5)
    _messages(long, house, acting_as, 500)
    client.get(page_of(short))
    assert len(statements_of(client, page_of(short))) == statements
    assert len(statements_of(client, page_of(long))) == statements


def test_the_latest_thirty_messages_and_a_way_to_the_earlier_ones(client_of, house, log, acting_as):
    incident = log()
    _messages(incident, house, acting_as, 70)
    client = client_of(house.big.contact)
    seen, url = [], page_of(incident)
    for _ in range(3):
        html = client.get(url).content.decode()
        seen.append(re.findall(r"Message number (\d+)\.", html))
        earlier = re.search(r'href="(\?before=\d+)', html)
        url = page_of(incident) + earlier[1] if earlier else ""
    assert [(part[0], part[-1]) for part in seen] == [("40", "69"), ("10", "39"), ("0", "9")]
    assert url == ""
    assert "To the latest messages" in html


@pytest.mark.parametrize("before", ["x", "9" * 18, "9" * 30, "9" * 5000])
def test_before_what_no_message_is_stand_the_latest(client_of, house, log, acting_as, before):
    incident = log()
    _messages(incident, house, acting_as, 1)
    html = client_of(house.big.contact).get(f"{page_of(incident)}?before={before}").content.decode()
    assert "Message number 0." in html


def test_earlier_messages_come_as_a_fragment_where_htmx_asks(client_of, house, log, acting_as):
    incident = log()
    _messages(incident, house, acting_as, 40)
    client = client_of(house.big.contact)
    before = re.search(r"\?before=\d+", client.get(page_of(incident)).content.decode())[0]
    html = client.get(page_of(incident) + before, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert re.findall(r"Message number (\d+)\.", html) == [str(number) for number in range(10)]


def test_internal_notes_are_for_staff_only(client_of, house, incident, acting_as):
    with acting_as(house.agent):
        actions.add_note(person=house.agent, incident=incident, body="They forgot the licence.")
    assert "They forgot the licence." in client_of(house.lead).get(page_of(incident)).content.decode()
    assert "They forgot" not in client_of(house.big.contact).get(page_of(incident)).content.decode()


def test_sides_can_be_told_apart(client_of, house, incident, acting_as):
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=incident, body="We look.")
        actions.add_note(person=house.agent, incident=incident, body="Hm.")
    html = client_of(house.agent).get(page_of(incident)).content.decode()
    assert re.findall(r'class="message" data-side="(\w+)"', html) == ["customer", "staff", "internal"]


def test_a_contact_replies_and_lands_on_the_message(client_of, house, incident, acting_in):
    response = client_of(house.big.contact).post(
        page_of(incident) + "reply/", {"body": "Here is the trace.", "key": "a"}
    )
    with acting_in(house.tenant):
        message = Message.objects.get(incident=incident)
    assert response.headers["Location"] == f"{page_of(incident)}#message-{message.pk}"
    assert (message.body, message.by_staff, message.internal) == ("Here is the trace.", False, False)


def test_a_reply_sent_twice_is_one_message(client_of, house, incident, acting_in):
    client = client_of(house.big.contact)
    for _ in range(2):
        client.post(page_of(incident) + "reply/", {"body": "Here.", "key": "a"})
    with acting_in(house.tenant):
        assert Message.objects.filter(incident=incident).count() == 1


def test_an_empty_reply_is_refused_with_its_files_kept(client_of, house, incident, upload):
    file = upload(house.big.contact, "trace.log")
    response = client_of(house.big.contact).post(
        page_of(incident) + "reply/", {"body": "  ", "key": "a", "uploads": [str(file.pk)]}
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in html
    assert f'name="uploads" value="{file.pk}"' in html


def test_reply_and_wait_is_for_staff(client_of, house, incident, reload):
    asks = {"body": "Which version?", "waiting": "1"}
    client_of(house.big.contact).post(page_of(incident) + "reply/", {**asks, "key": "a"})
    assert reload(incident).state == "new"
    client_of(house.agent).post(page_of(incident) + "reply/", {**asks, "key": "b"})
    assert reload(incident).state == "waiting"


def test_a_note_mentions_colleagues_who_then_follow(client_of, house, incident, acting_in):
    response = client_of(house.agent).post(
        page_of(incident) + "note/", {"body": "Look at this.", "key": "a", "mentions": [house.lead.pk]}
    )
    assert response.status_code == 302
    with acting_in(house.tenant):
        note = Message.objects.get(incident=incident)
        assert (note.internal, note.mentions) == (True, [house.lead.pk])
    assert "The Lead" in client_of(house.agent).get(page_of(incident)).content.decode()


@pytest.mark.parametrize("foreign", ["contact", "rival"])
def test_only_colleagues_can_be_mentioned(client_of, house, cast, incident, acting_in, foreign):
    who = house.big.contact if foreign == "contact" else cast.rival.agent
    response = client_of(house.agent).post(
        page_of(incident) + "note/", {"body": "Look.", "key": "a", "mentions": [who.pk]}
    )
    assert response.status_code == 422
    with acting_in(house.tenant):
        assert not Message.objects.filter(incident=incident).exists()


def test_contacts_have_no_notes(client_of, house, incident, acting_in):
    client = client_of(house.big.contact)
    assert client.post(page_of(incident) + "note/", {"body": "x", "key": "a"}).status_code == 404
    assert "Internal note" not in client.get(page_of(incident) + "?write=note").content.decode()
    with acting_in(house.tenant):
        assert not Message.objects.filter(incident=incident).exists()


def test_a_closed_incident_says_so_and_takes_no_reply(client_of, house, incident, acting_as, acting_in):
    with acting_as(house.agent):
        actions.resolve(person=house.agent, incident=incident, resolution="Done.")
        actions.close(person=house.agent, incident=incident)
    client = client_of(house.big.contact)
    assert "This incident is closed." in client.get(page_of(incident)).content.decode()
    response = client.post(page_of(incident) + "reply/", {"body": "Still broken.", "key": "a"})
    assert response.status_code == 422
    with acting_in(house.tenant):
        assert not Message.objects.filter(incident=incident).exists()


def test_a_reply_survives_a_session_that_ended(client_of, house, incident):
    client = client_of(None, tenant=house.tenant)
    response = client.post(page_of(incident) + "reply/", {"body": "A long answer.", "key": "a"})
    assert response.headers["Location"].startswith("/account/login/?next=")
    client.post(
        "/account/login/", {"login": house.big.contact.user.email, "password": "correct horse battery"}
    )
    assert "A long answer." in client.get(page_of(incident)).content.decode()


def test_one_person_never_gets_the_writing_box_of_another(client_of, house, incident):
    """The box is kept drawn: tokens and keys must be the reader's own each time."""
    pages = [client_of(who).get(page_of(incident)).content.decode() for who in (house.agent, house.lead)]
    keys = [re.findall(r'name="key" value="(\w+)"', html) for html in pages]
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)) for html in pages]
    assert keys[0] != keys[1]
    assert not tokens[0] & tokens[1]
    assert all("STILL" not in html for html in pages)


def test_history_tells_every_change_with_who(client_of, house, incident, acting_as):
    with acting_as(house.lead):
        actions.assign(person=house.lead, incident=incident, assignee=house.agent)
        actions.change_severity(person=house.lead, incident=incident, severity=3, reason="A way around.")
    html = client_of(house.big.contact).get(page_of(incident) + "history/").content.decode()
    for sentence in (
        "Big Contact logged the incident with severity 2",
        "The Lead assigned the incident to The Agent",
        "The Lead lowered the severity from 2 to 3",
        "A way around.",
    ):
        assert sentence in html


def test_every_verb_that_actions_write_has_a_sentence(house, incident, acting_as):
    with acting_as(house.agent):
        actions.reply(person=house.agent, incident=incident, body="Hm", waiting=True)
        actions.add_follower(person=house.agent, incident=incident, follower=house.lead)
        actions.resolve(person=house.agent, incident=incident, resolution="Done.")
        actions.reopen(person=house.agent, incident=incident, reason="Not yet.")
        verbs = set(HistoryEntry.objects.filter(subject_id=incident.pk).values_list("verb", flat=True))
    assert verbs <= set(_SENTENCES)


def test_why_opens_into_the_hours_that_add_up(client_of, house, incident):
    html = client_of(house.big.contact).get(page_of(incident) + "why/").content.decode()
    assert "Business hours" in html
    assert "Europe/Berlin" in html
    lengths = re.findall(r'<td class="num">(?:(\d+) h )?(\d+) min</td>', html)
    assert sum(int(hours or 0) * 60 + int(minutes) for hours, minutes in lengths) == 60


def test_why_without_a_promise_says_so(client_of, house, log, acting_in):
    with acting_in(house.tenant):
        house.big.contract.lines.filter(product=house.ledger).delete()
    incident = log()
    html = client_of(house.big.contact).get(page_of(incident) + "why/").content.decode()
    assert "No time is promised for this incident." in html
