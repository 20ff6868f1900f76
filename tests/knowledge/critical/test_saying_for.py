"""Staff whom a customer told say for them what became of it, by the same action; the last word counts."""

import csv
import io

import pytest

from knowledge.critical import actions as critical
from knowledge.critical.enums import Standing
from knowledge.critical.figures import figures_of
from knowledge.critical.invariants import INVARIANTS
from knowledge.critical.models import Exposure, Recipient
from knowledge.critical.reminding import remind_due
from notifications.models import Notification
from portal.core.audit import sentence_of
from portal.core.errors import NotAllowed, Refused
from portal.core.models import HistoryEntry
from portal.identity.models import Account
from tests.cast import PASSWORD
from tests.knowledge.critical.conftest import install, loop_of, publish_text, version, write_text
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
PAGE = "/critical/S-1/accounts/BIG/"
NOTE = "Dana called: build 7.3 <runs> everywhere."


@pytest.fixture
def notice(house, solution, register, tell):
    register(house.big.contact, house.ledger)
    return tell(solution, remind_after_hours=2)


@pytest.fixture
def two(house, here):
    """Another installation of the big account."""
    install(house, house.big, "Test", version(house, "2.0", 1))


@pytest.fixture
def say(notice, client_of):
    """``say(person, "fixed", note="…")``: by the page."""

    def send(person, standing, **fields):
        return client_of(person).post(PAGE, {"seen": notice.pk, "standing": standing, **fields})

    return send


@pytest.fixture
def standing(house, notice, acting_in):
    def read():
        with acting_in(house.tenant):
            return loop_of(notice, house.big).standing

    return read


def words():
    """What is in the history of loops, in order."""
    found = HistoryEntry.objects.filter(subject_type="loop", verb__startswith="said").order_by("id")
    return [(one.verb, one.actor_name, one.data["standing"], one.data["note"]) for one in found]


@pytest.mark.parametrize("who", ["agent", "lead", "admin"])
def test_staff_say_it_with_how_they_know(house, notice, say, who, here, client_of):
    person = getattr(house, who)
    answer = say(person, "fixed", note=f"  {NOTE} ")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    loop = loop_of(notice, house.big)
    assert (loop.standing, loop.settled_at is None) == (Standing.FIXED, False)
    [one] = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert (one.standing, one.said_by, one.note) == (Standing.FIXED, person, NOTE)
    assert loop_of(notice, house.small).standing == Standing.EXPOSED
    assert words() == [("said_for", person.name, "fixed", NOTE)]
    page = client_of(person).get(PAGE).content.decode()
    assert f"Said by {person.name} for the customer" in page
    assert "“Dana called: build 7.3 &lt;runs&gt; everywhere.”" in page


def test_the_customer_reads_who_said_it_and_how_they_know(house, notice, say, client_of):
    say(house.lead, "fixed", note=NOTE)
    for person in (house.big.contact, house.big.colleague):
        page = client_of(person).get("/critical/S-1/").content.decode()
        assert f"Said by {house.lead.name} of {house.tenant.name} for you" in page
        assert "build 7.3 &lt;runs&gt; everywhere." in page
        assert "Take it back" in page
    assert "build 7.3" not in client_of(house.small.contact).get("/critical/S-1/").content.decode()


def test_nobody_has_read_it_because_staff_say_so(house, notice, say, here):
    say(house.lead, "fixed")
    loop = loop_of(notice, house.big)
    assert (loop.told, loop.read, loop.acknowledged) == (1, 0, 0)
    [one] = Recipient.objects.filter(notice=notice)
    assert (one.read_at, one.acknowledged_at, one.fixed_at) == (None, None, None)
    assert one.remind_at is not None
    Recipient.objects.update(remind_at=one.told_at)
    assert remind_due() == 1
    assert Notification.objects.filter(kind="critical.reminder").count() == 1


def test_a_success_manager_says_it_for_the_accounts_they_look_after_alone(house, notice, say, standing, here):
    assert say(house.csm, "fixed").status_code == 404
    Account.objects.filter(pk=house.small.account.pk).update(csm=house.csm)
    assert say(house.csm, "fixed").status_code == 404
    with pytest.raises(NotAllowed):
        critical.say(person=house.csm, loop=loop_of(notice, house.big), standing=Standing.FIXED)
    assert (standing(), words()) == (Standing.EXPOSED, [])
    Account.objects.filter(pk=house.big.account.pk).update(csm=house.csm)
    assert say(house.csm, "fixed").status_code == 302
    assert standing() == Standing.FIXED


def test_nobody_else_says_it_there(cast, house, notice, say, standing, here, client_of):
    rival = cast.rival
    for person in (house.big.contact, house.big.admin, house.small.contact):
        assert say(person, "fixed").status_code == 404
    for person in (rival.lead, rival.admin, rival.big.contact):
        here_too = client_of(person, tenant=house.tenant)
        assert here_too.post(PAGE, {"seen": notice.pk, "standing": "fixed"}).status_code == 404
        assert say(person, "fixed").status_code == 404
    with pytest.raises(NotAllowed):
        critical.say(person=rival.lead, loop=loop_of(notice, house.big), standing=Standing.FIXED)
    assert (standing(), words()) == (Standing.EXPOSED, [])


def test_one_of_several_is_said_by_itself(house, two, notice, say, standing, here):
    first, second = Exposure.objects.filter(notice=notice, account=house.big.account).order_by("id")
    say(house.lead, "fixed", exposure=first.pk)
    assert standing() == Standing.EXPOSED
    say(house.lead, "not_affected", exposure=second.pk)
    assert standing() == Standing.FIXED
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.standing, second.standing) == (Standing.FIXED, Standing.NOT_AFFECTED)


@pytest.mark.parametrize("of", ["another account", "a long number"])
def test_what_is_not_this_accounts_is_refused_and_nothing_is_lost(house, notice, say, standing, here, of):
    [foreign] = Exposure.objects.filter(notice=notice, account=house.small.account)
    answer = say(
        house.lead, "fixed", exposure=foreign.pk if of == "another account" else "9" * 30, note="By phone."
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing of this customer’s is affected there." in page
    assert "By phone.</textarea>" in page
    assert (standing(), words()) == (Standing.EXPOSED, [])
    foreign.refresh_from_db()
    assert foreign.standing == Standing.EXPOSED


@pytest.mark.parametrize(
    "fields", [{"standing": ""}, {"standing": "gone"}, {"note": "x" * 301}, {"seen": ""}]
)
def test_what_is_no_answer_is_said_at_its_field(house, say, standing, here, fields):
    answer = say(house.lead, **{"standing": "fixed", "note": "By phone.", **fields})
    assert answer.status_code == 422
    assert (standing(), words()) == (Standing.EXPOSED, [])


def test_pressed_twice_it_is_said_once(house, notice, say, here):
    for _time in range(2):
        assert say(house.lead, "fixed", note=NOTE).status_code == 302
    say(house.agent, "fixed")
    assert words() == [("said_for", house.lead.name, "fixed", NOTE)]
    [one] = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert one.said_by == house.lead


def test_what_somebody_adds_later_is_not_lost(house, notice, say, here):
    say(house.lead, "exposed", note="They patch on Sunday.")
    say(house.lead, "fixed")
    settled = loop_of(notice, house.big).settled_at
    say(house.agent, "fixed", note=NOTE)
    [one] = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert (one.said_by, one.note) == (house.agent, NOTE)
    assert loop_of(notice, house.big).settled_at == settled
    assert [(standing, note) for _verb, _who, standing, note in words()] == [
        ("exposed", "They patch on Sunday."),
        ("fixed", ""),
        ("fixed", NOTE),
    ]


@pytest.mark.parametrize("theirs", ["fixed", "exposed", "not_affected"])
def test_a_contact_who_speaks_later_has_the_last_word(house, notice, say, standing, here, client_of, theirs):
    say(house.lead, "fixed", note=NOTE)
    contact = house.big.contact
    client_of(contact).post("/critical/S-1/say/", {"seen": notice.pk, "standing": theirs})
    [one] = Exposure.objects.filter(notice=notice, account=house.big.account)
    assert (one.standing, one.said_by, one.note) == (theirs, contact, "")
    assert standing() == theirs
    assert [one[:3] for one in words()] == [
        ("said_for", house.lead.name, "fixed"),
        ("said", contact.name, theirs),
    ]
    assert loop_of(notice, house.big).read == 1


def test_after_a_contact_staff_have_the_last_word(house, notice, say, standing, here):
    critical.say(person=house.big.contact, loop=loop_of(notice, house.big), standing=Standing.NOT_AFFECTED)
    say(house.lead, "exposed", note="Their test system runs 1.0.")
    loop = loop_of(notice, house.big)
    assert (loop.standing, loop.settled_at) == (Standing.EXPOSED, None)
    assert [one[0] for one in words()] == ["said", "said_for"]


def test_a_form_of_what_was_corrected_since_is_a_conflict(
    house, solution, notice, say, tell, here, client_of
):
    write_text(house, solution, "en", "Better")
    publish_text(house, solution)
    correction = tell(solution, correction=True)
    answer = say(house.lead, "fixed", note="By phone.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A correction was told meanwhile." in page
    assert "By phone.</textarea>" in page
    assert f'name="seen" value="{correction.pk}"' in page
    for one in (notice, correction):
        assert loop_of(one, house.big).standing == Standing.EXPOSED


def test_where_nothing_is_affected_there_is_nothing_to_say(house, notice, say, here, client_of):
    Exposure.objects.filter(notice=notice).delete()
    assert "What they told you" not in client_of(house.lead).get(PAGE).content.decode()
    with pytest.raises(Refused):
        critical.say(person=house.lead, loop=loop_of(notice, house.big), standing=Standing.FIXED)
    assert words() == []


def test_what_was_typed_is_there_again_after_signing_in(house, notice, client_of):
    client = client_of()
    sent = client.post(PAGE, {"seen": notice.pk, "standing": "fixed", "note": "By phone."})
    client.post(sent["Location"], {"login": house.lead.user.email, "password": PASSWORD})
    assert "By phone.</textarea>" in client.get(PAGE).content.decode()


def test_numbers_list_and_sheet_follow(house, notice, say, here, client_of):
    say(house.lead, "not_affected")
    figures = figures_of(house.lead, notice)
    assert (figures.not_affected, figures.exposed, figures.read) == (1, 1, 0)
    client = client_of(house.agent)
    listed = client.get("/critical/S-1/?show=not_affected").content.decode()
    assert ("/accounts/BIG/" in listed, "/accounts/SMA/" in listed) == (True, False)
    text = client.get("/critical/S-1/export/").content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["Account"], row["Account stands"], row["Not affected"]) == ("BIG", "Not affected", "")
    assert {name: count(house.tenant) for name, count in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, 0)


def test_the_audit_tells_it_in_words(house, notice, say, here):
    say(house.lead, "fixed", note="By phone.")
    say(house.lead, "exposed")
    with_note, without = HistoryEntry.objects.filter(verb="said_for").order_by("id")
    who = house.lead.name
    assert sentence_of(with_note) == (f"{who} said of S-1 for the account: Fixed. How they know: “By phone.”")
    assert sentence_of(without) == f"{who} said of S-1 for the account: Still exposed"


def test_the_page_costs_the_same_for_one_exposure_and_for_three(
    house, solution, register, tell, acting_in, client_of
):
    with acting_in(house.tenant):
        install(house, house.small, "Test", version(house, "2.0", 1))
        install(house, house.small, "Old", None)
    register(house.big.contact, house.ledger)
    register(house.small.contact, house.ledger)
    tell(solution)
    client, small = client_of(house.lead), "/critical/S-1/accounts/SMA/"
    for url, number in ((PAGE, 1), (small, 3)):
        assert client.get(url).content.decode().count("Still exposed</") >= number
    assert len(statements_of(client, PAGE)) == len(statements_of(client, small))
