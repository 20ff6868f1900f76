"""What staff see: who would be told, and how a loop closes; success managers for their own accounts."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.models import Contract
from knowledge.critical import actions as critical
from knowledge.critical.enums import Standing, Why
from knowledge.critical.figures import figures_of
from knowledge.critical.models import Notice, Recipient
from knowledge.critical.preview import preview
from knowledge.critical.queries import published_text
from knowledge.search.enums import Audience
from notifications.enums import DeliveryState, Trouble
from notifications.models import Delivery
from portal.identity.actions.tokens import make_token
from portal.identity.models import Account, Membership
from tests.api.conftest import Program
from tests.knowledge.critical.conftest import loop_of, make_solution, publish_text, write_text
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
PAGE = "/critical/S-1/"
TELL = "/critical/S-1/tell/"


@pytest.fixture
def registered(house, register):
    for person in (house.big.contact, house.big.admin, house.small.contact):
        register(person, house.ledger)


@pytest.fixture
def notice(solution, registered, tell):
    return tell(solution)


def test_the_preview_says_exactly_who_is_told_then(house, solution, registered, tell, here):
    Membership.objects.filter(pk=house.big.admin.pk).update(removed_at=timezone.now())
    Contract.objects.filter(pk=house.small.contract.pk).update(
        cancelled_at=timezone.now() - timedelta(days=1)
    )
    found = preview(house.lead, solution)
    assert found.people == {
        Why.AFFECTED: 1,
        Why.REMOVED: 1,
        Why.NOT_COVERED: 1,
        Why.NOT_REGISTERED: 3,
    }
    assert (found.told, found.accounts, found.uncertain) == (1, 1, 0)
    notice = tell(solution)
    told = {
        somebody.person_id for row in found.rows for somebody in row.people if somebody.why == Why.AFFECTED
    }
    assert told == set(Recipient.objects.filter(notice=notice).values_list("person", flat=True))


def test_telling_takes_a_look_and_a_press(house, solution, registered, client_of, acting_in):
    client = client_of(house.lead)
    page = client.get(TELL).content.decode()
    assert "Tell 3 people" in page
    assert "Big Contact" in page
    with acting_in(house.tenant):
        assert not Notice.objects.exists()
        seen = published_text(solution).pk
    answer = client.post(TELL, {"seen": seen, "remind_after_hours": "24"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    client.post(TELL, {"seen": seen, "remind_after_hours": "24"})
    with acting_in(house.tenant):
        [notice] = Notice.objects.all()
        assert (notice.remind_after_hours, notice.published_by) == (24, house.lead)


@pytest.mark.parametrize("after", ["x", "9" * 30, "9" * 5000])
def test_an_address_with_no_number_shows_the_first_accounts(house, solution, registered, client_of, after):
    assert "Big Company" in client_of(house.lead).get(f"{TELL}?after={after}").content.decode()


def test_a_refusal_keeps_what_was_typed(house, solution, notice, client_of, acting_in):
    with acting_in(house.tenant):
        write_text(house, solution, "en", "Better")
        publish_text(house, solution)
        seen = published_text(solution).pk
    answer = client_of(house.lead).post(TELL, {"seen": seen, "remind_after_hours": "77"})
    assert answer.status_code == 422
    assert 'value="77"' in answer.content.decode()
    assert "Say that this is a correction." in answer.content.decode()


def test_a_form_of_an_older_text_is_a_conflict(house, solution, client_of, acting_in):
    with acting_in(house.tenant):
        seen = published_text(solution).pk
        write_text(house, solution, "en", "Better")
        publish_text(house, solution)
    answer = client_of(house.lead).post(TELL, {"seen": seen})
    assert answer.status_code == 409
    assert "Another text was published meanwhile." in answer.content.decode()


def test_the_page_of_the_solution_leads_to_telling_and_to_the_loop(house, solution, client_of, tell):
    page = "/solutions/S-1/"
    assert TELL in client_of(house.lead).get(page).content.decode()
    assert TELL not in client_of(house.agent).get(page).content.decode()
    tell(solution)
    assert TELL not in client_of(house.lead).get(page).content.decode()
    assert f'href="{PAGE}"' in client_of(house.agent).get(page).content.decode()
    assert PAGE not in client_of(house.big.contact).get(page).content.decode()


@pytest.mark.parametrize("who", ["agent", "csm"])
def test_who_does_not_decide_has_no_such_page(house, solution, client_of, who):
    assert client_of(getattr(house, who)).get(TELL).status_code == 404


def test_what_can_not_be_told_says_what_would_help(house, client_of, acting_in):
    with acting_in(house.tenant):
        make_solution(house, audience=Audience.INTERNAL)
    page = client_of(house.lead).get(TELL).content.decode()
    assert "Customers don’t find this solution" in page
    assert "Tell them" not in page


def test_the_loop_counts_people_and_accounts(house, notice, here):
    critical.acknowledge(person=house.big.contact, notice=notice)
    critical.say(person=house.small.contact, loop=loop_of(notice, house.small), standing=Standing.FIXED)
    figures = figures_of(house.lead, notice)
    assert figures._asdict() == {
        "told": 3,
        "read": 2,
        "acknowledged": 2,
        "downloaded": 0,
        "accounts": 2,
        "fixed": 1,
        "not_affected": 0,
        "exposed": 1,
        "unheard": 0,
    }


def test_a_success_manager_sees_the_accounts_they_look_after(house, notice, client_of, acting_in):
    client = client_of(house.csm)
    assert "It concerns none of your customers" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}accounts/BIG/").status_code == 404
    with acting_in(house.tenant):
        Account.objects.filter(pk=house.big.account.pk).update(csm=house.csm)
        assert figures_of(house.csm, notice).accounts == 1
    page = client.get(PAGE).content.decode()
    assert ("Big Company" in page, "Small Company" in page) == (True, False)
    assert client.get(f"{PAGE}accounts/BIG/").status_code == 200
    assert client.get(f"{PAGE}accounts/SMA/").status_code == 404
    assert "Your customers that are still exposed" in client.get("/").content.decode()
    assert "still exposed" not in client_of(house.agent).get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["BIG", "SMA"]),
        ("show=exposed", ["BIG"]),
        ("show=fixed", ["SMA"]),
        ("show=unread", ["BIG"]),
        ("show=untold", []),
        ("show=not_affected", []),
        ("account=sma", ["SMA"]),
        ("show=fixed&account=BIG", []),
    ],
)
def test_the_list_is_filtered_by_state_and_account(house, notice, client_of, acting_in, query, keys):
    with acting_in(house.tenant):
        critical.say(person=house.small.contact, loop=loop_of(notice, house.small), standing=Standing.FIXED)
    page = client_of(house.agent).get(f"{PAGE}?{query}").content.decode()
    assert [key for key in ("BIG", "SMA") if f"/accounts/{key}/" in page] == keys


def test_of_each_recipient_it_shows_what_became_of_the_mail(house, notice, client_of, acting_in):
    with acting_in(house.tenant):
        Delivery.objects.filter(notification__recipient=house.big.contact).update(
            state=DeliveryState.FAILED, error=Trouble.BOUNCED
        )
    page = client_of(house.agent).get(f"{PAGE}accounts/BIG/").content.decode()
    assert "Could not be sent" in page
    assert "The mail was taken, and came back." in page


def test_the_sheet_has_a_row_for_each_recipient_in_sight(house, notice, client_of, acting_in):
    with acting_in(house.tenant):
        Account.objects.filter(pk=house.small.account.pk).update(csm=house.csm)

    def rows(person):
        text = client_of(person).get(f"{PAGE}export/").content.decode("utf-8-sig")
        return sorted((row["Account"], row["Name"]) for row in csv.DictReader(io.StringIO(text)))

    everybody = [("BIG", "Big Admin"), ("BIG", "Big Contact"), ("SMA", "Sma Contact")]
    assert rows(house.lead) == everybody
    assert rows(house.csm) == everybody[2:]


@pytest.mark.parametrize("path", ["export/", "accounts/BIG/"])
def test_contacts_have_no_such_page(house, notice, client_of, path):
    assert client_of(house.big.contact).get(f"{PAGE}{path}").status_code == 404


def test_a_page_costs_the_same_for_one_account_and_for_two(house, solution, register, tell, client_of):
    register(house.big.contact, house.ledger)
    tell(solution)
    client = client_of(house.lead)
    for url in (PAGE, f"{PAGE}accounts/BIG/", "/critical/"):
        statements_of(client, url)
    few = [len(statements_of(client, f"{PAGE}?account=BIG")), len(statements_of(client, "/critical/"))]
    assert [len(statements_of(client, PAGE)), len(statements_of(client, "/critical/"))] == few


def test_while_people_are_told_only_the_numbers_are_asked_anew(house, solution, registered, tell, client_of):
    tell(solution, fan_out=False)
    client = client_of(house.lead)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    assert len([one for one in statements_of(client, PAGE) if '"critical_loop"' in one]) == 1
    page = client.get(PAGE).content.decode()
    assert "Customers are being told" in page
    assert "It concerns no customer yet" not in page


def test_once_all_are_told_the_page_with_its_list_is_loaded_again(house, notice, client_of):
    client = client_of(house.lead)
    assert "HX-Refresh" not in client.get(PAGE).headers
    assert client.get(PAGE, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_staff_and_contacts_ask_by_the_api(house, notice, client_of, acting_in):
    def rows(person):
        with acting_in(house.tenant):
            _token, secret = make_token(person=person, name="P", scope="read", expires_at=None)
        return Program(house.tenant, secret).get("critical/").json()["results"]

    [own] = rows(house.big.contact)
    assert (own["reference"], own["affected"], own["standing"], own["people"]) == (
        "S-1",
        "yes",
        "exposed",
        None,
    )
    assert own["products"] == [{"product": "ledger", "since": "", "until": ""}]
    [seen] = rows(house.lead)
    assert (seen["people"], seen["affected"], seen["url"]) == (3, None, PAGE)
