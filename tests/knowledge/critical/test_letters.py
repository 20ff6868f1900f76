"""The mail of a critical solution: in the reader’s language, urgent, with what is theirs, and stoppable."""

from datetime import time
from typing import Any

import pytest
from django.urls import reverse

from knowledge.critical import actions as critical
from knowledge.critical.models import Recipient, Registration
from knowledge.critical.reminding import remind_due
from knowledge.critical.telling import SOLUTION
from knowledge.critical.topics import CRITICAL
from knowledge.solutions.actions import retire
from notifications.actions import choose, set_mail_hours
from notifications.delivery import deliver_batch
from notifications.enums import Channel, Choice
from notifications.hours import Quiet
from notifications.models import Delivery
from notifications.stopping import Stop, token_of
from notifications.transport import Mail
from tests.knowledge.critical.conftest import install, publish_text, write_text

pytestmark = pytest.mark.django_db


class Kept:
    """A transport that keeps the letters."""

    def __init__(self) -> None:
        self.mails: dict[str, Mail] = {}

    def send(self, mail: Mail) -> None:
        self.mails[mail.address] = mail


@pytest.fixture
def post() -> Any:
    def deliver() -> dict[str, Mail]:
        kept = Kept()
        while deliver_batch(kept):
            pass
        return kept.mails

    return deliver


def reads(person, language):
    person.user.language = language
    person.user.save(update_fields=["language"])


def test_each_reads_their_own_language_and_their_own_installations(
    house, solution, register, tell, post, here
):
    write_text(house, solution, "fr", "Ledger perd des écritures")
    publish_text(house, solution, "fr")
    install(house, house.big, "Prod & <test>", None)
    for person in (house.big.contact, house.big.admin, house.small.contact):
        register(person, house.ledger)
    reads(house.big.admin, "fr")
    tell(solution)
    mails = post()
    big, french, small = (
        mails[person.user.email].letter
        for person in (house.big.contact, house.big.admin, house.small.contact)
    )
    assert big.subject == "Critical solution S-1: Ledger loses postings"
    assert "Ledger perd des écritures" in french.subject
    assert "Main (1.0), Prod & <test>" in big.text
    assert "Main (1.0), Prod &amp; &lt;test&gt;" in big.html
    assert "Main (1.0)" in small.text
    assert "Prod" not in small.text
    assert "Ledger, every version" in big.text


def test_the_unaffected_and_the_correction_say_so(house, solution, register, tell, post, here):
    register(house.big.contact, house.ledger)
    tell(solution)
    post()
    write_text(house, solution, "en", "Ledger loses postings of March")
    publish_text(house, solution)
    tell(solution, correction=True)
    letter = post()[house.big.contact.user.email].letter
    assert letter.subject == "Correction of critical solution S-1: Ledger loses postings of March"
    assert "This corrects what we told you before" in letter.text


def test_it_waits_for_no_quiet_hours_and_no_digest(house, solution, register, tell, post, here):
    person = house.big.contact
    register(person, house.ledger)
    choose(person=person, choices={(CRITICAL.code, Channel.MAIL): Choice.DAILY})
    always = Quiet(time(0), time(23, 59), frozenset(range(7)))
    set_mail_hours(person=person, digest_at=time(8), quiet=always)
    tell(solution)
    assert post().keys() == {person.user.email}


def test_one_click_stops_this_topic_alone(house, solution, register, tell, post, here, client_of):
    person = house.big.contact
    register(person, house.ledger)
    tell(solution)
    stop = post()[person.user.email].letter.stop
    token = token_of(house.tenant.pk, Stop(person.pk, [CRITICAL.code]))
    assert stop.endswith(reverse("notifications:stop", args=[token]))
    clicked = client_of(None).post(
        reverse("notifications:stop", args=[token]), {"List-Unsubscribe": "One-Click"}
    )
    assert clicked.status_code == 200
    page = client_of(person).get("/critical/registrations/").content.decode()
    assert "You have turned mail about critical solutions off" in page
    write_text(house, solution, "en", "Better")
    publish_text(house, solution)
    tell(solution, correction=True)
    assert post() == {}
    dropped = Delivery.objects.filter(state="dropped", notification__kind=SOLUTION)
    assert {one.error for one in dropped} == {"turned_off"}


@pytest.mark.parametrize("why", ["no longer registered", "only in the portal", "withdrawn"])
def test_what_is_no_longer_right_does_not_leave(house, solution, register, tell, post, here, why):
    person = house.big.contact
    register(person, house.ledger)
    tell(solution)
    if why == "withdrawn":
        retire(person=house.lead, solution=solution, reason="Wrong.")
    else:
        register(person, house.ledger, by_mail=False, in_portal=why == "only in the portal")
        assert Registration.objects.count() == (why == "only in the portal")
    assert post() == {}
    mails = Delivery.objects.filter(notification__kind=SOLUTION)
    assert set(mails.values_list("state", "error")) == {("dropped", "out_of_sight")}


def test_a_reminder_that_was_overtaken_by_reading_does_not_leave(house, solution, register, tell, post, here):
    register(house.big.contact, house.ledger)
    notice = tell(solution, remind_after_hours=1)
    post()
    Recipient.objects.update(remind_at=notice.published_at)
    assert remind_due() == 1
    critical.mark_read(person=house.big.contact, notice=notice)
    assert post() == {}
