"""Contacts read, acknowledge and say what became of it; each account's loop closes by that."""

from typing import Any

import pytest

from knowledge.critical import actions as critical
from knowledge.critical.enums import Standing
from knowledge.critical.models import Exposure, Loop, Recipient
from knowledge.solutions.actions import retire
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from tests.knowledge.critical.conftest import install, loop_of, publish_text, version, write_text

pytestmark = pytest.mark.django_db
PAGE = "/critical/S-1/"


@pytest.fixture
def notice(house, solution, register, tell):
    register(house.big.contact, house.ledger)
    return tell(solution)


@pytest.fixture
def loop(notice, house, acting_in) -> Any:
    def read():
        with acting_in(house.tenant):
            return Loop.objects.get(notice=notice, account=house.big.account)

    return read


def counts(loop):
    return loop.told, loop.read, loop.acknowledged, loop.downloaded


def test_opening_the_page_is_reading_it_once(house, notice, loop, client_of, acting_in):
    client = client_of(house.big.contact)
    for _time in range(2):
        page = client.get(PAGE).content.decode()
    assert "Install the fix." in page
    assert "Main" in page
    assert counts(loop()) == (1, 1, 0, 0)


def test_opening_the_solution_itself_is_reading_it_as_well(house, notice, loop, client_of):
    for person in (house.big.contact, house.agent):
        assert client_of(person).get("/solutions/S-1/").status_code == 200
    assert counts(loop()) == (1, 1, 0, 0)


def test_a_colleague_who_was_not_told_reads_it_without_being_counted(house, notice, loop, client_of):
    assert client_of(house.big.colleague).get(PAGE).status_code == 200
    assert counts(loop()) == (1, 0, 0, 0)


def test_acknowledging_is_reading_as_well(house, notice, loop, client_of, acting_in):
    client = client_of(house.big.contact)
    for _time in range(2):
        assert client.post(f"{PAGE}acknowledge/").status_code == 302
    assert counts(loop()) == (1, 1, 1, 0)
    with acting_in(house.tenant):
        assert HistoryEntry.objects.filter(verb="acknowledged").count() == 1


def test_the_last_installation_that_is_fixed_closes_the_loop(house, solution, register, tell, acting_in):
    with acting_in(house.tenant):
        install(house, house.big, "Test", version(house, "2.0", 1))
    register(house.big.contact, house.ledger)
    notice = tell(solution)
    with acting_in(house.tenant):
        main, test = Exposure.objects.filter(notice=notice, account=house.big.account).order_by("id")
        person = house.big.contact
        given = {"person": person, "loop": loop_of(notice, house.big)}
        said = critical.say(**given, standing=Standing.NOT_AFFECTED, exposures=[main.pk])
        assert (said.standing, said.settled_at) == (Standing.EXPOSED, None)
        said = critical.say(**given, standing=Standing.FIXED, exposures=[test.pk])
        assert said.standing == Standing.FIXED
        assert said.settled_at is not None
        [one] = Recipient.objects.filter(notice=notice)
        assert None not in (one.read_at, one.acknowledged_at, one.fixed_at, one.not_affected_at)


def test_a_word_can_be_taken_back(house, notice, loop, client_of):
    client = client_of(house.big.contact)
    client.post(f"{PAGE}say/", {"standing": "fixed", "seen": notice.pk})
    assert loop().standing == Standing.FIXED
    client.post(f"{PAGE}say/", {"standing": "exposed", "seen": notice.pk})
    assert (loop().standing, loop().settled_at) == (Standing.EXPOSED, None)
    page = client.get(PAGE).content.decode()
    assert "Said by Big Contact" in page
    assert "Still exposed" in page


def test_any_colleague_may_say_it_for_the_account(house, notice, loop, client_of):
    client_of(house.big.colleague).post(f"{PAGE}say/", {"standing": "not_affected", "seen": notice.pk})
    assert loop().standing == Standing.NOT_AFFECTED
    assert counts(loop()) == (1, 0, 0, 0)


def test_nobody_says_it_for_another_account(house, notice, loop, acting_in, acting_as, client_of):
    with acting_in(house.tenant):
        [foreign] = Exposure.objects.filter(notice=notice, account=house.big.account)
    with acting_as(house.small.contact) as person:
        own = loop_of(notice, house.small)
        with pytest.raises(Refused):
            critical.say(person=person, loop=own, standing=Standing.FIXED, exposures=[foreign.pk])
        with pytest.raises(NotAllowed):
            critical.say(person=person, loop=loop(), standing=Standing.FIXED)
    client_of(house.small.contact).post(f"{PAGE}say/", {"standing": "fixed", "seen": notice.pk})
    assert loop().standing == Standing.EXPOSED


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"standing": "gone"},
        {"standing": "fixed", "exposure": "x"},
        {"standing": "fixed", "exposure": "9" * 30},
        {"standing": "fixed", "seen": "0"},
    ],
)
def test_what_no_form_sends_changes_nothing(house, notice, loop, client_of, fields):
    answer = client_of(house.big.contact).post(f"{PAGE}say/", {"seen": notice.pk, **fields})
    assert answer.status_code == 302
    assert loop().standing == Standing.EXPOSED


def test_what_was_said_of_a_notice_is_not_said_of_its_correction(
    house, solution, notice, tell, client_of, here
):
    write_text(house, solution, "en", "Better")
    publish_text(house, solution)
    correction = tell(solution, correction=True)
    client = client_of(house.big.contact)
    answer = client.post(f"{PAGE}say/", {"standing": "fixed", "seen": notice.pk}, follow=True)
    assert "A correction was told meanwhile." in answer.content.decode()
    assert loop_of(correction, house.big).standing == Standing.EXPOSED


def test_a_download_is_noted_once_and_closes_nothing(house, solution, notice, loop, acting_as):
    with acting_as(house.big.contact) as person:
        assert critical.note_download(person=person, solution_id=solution.pk)
        assert not critical.note_download(person=person, solution_id=solution.pk)
    with acting_as(house.small.contact) as other:
        assert not critical.note_download(person=other, solution_id=solution.pk)
    assert (counts(loop()), loop().standing) == ((1, 0, 0, 1), Standing.EXPOSED)


def test_a_withdrawn_text_is_not_read_any_more(house, solution, notice, client_of, acting_in):
    with acting_in(house.tenant):
        retire(person=house.lead, solution=solution, reason="Wrong.")
    page = client_of(house.big.contact).get(PAGE).content.decode()
    assert "This solution was withdrawn" in page
    assert "Install the fix." not in page
