from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.actions import stop_mail
from notifications.kinds import find_topic
from notifications.models import MailHours, Preference
from notifications.tasks import deliver_due
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.models import Membership
from tests.cast import Cast

ClientOf = Callable[..., Client]
PAGE = "/notifications/preferences/"


def _chosen(person: Membership) -> set[tuple[str, str, str]]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        return set(Preference.objects.filter(person=person).values_list("topic", "channel", "choice"))


def _hours(person: Membership) -> list[tuple[Any, ...]]:
    with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
        rows = MailHours.objects.filter(person=person)
        return list(rows.values_list("digest_at", "quiet_from", "quiet_until", "quiet_days"))


def _shown(client: Client) -> dict[str, Any]:
    """What the page's form would send as it is."""
    form = client.get(PAGE).context["form"]
    sent: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        shown = f"{value:%H:%M}" if isinstance(value, time) else value
        if value not in (None, False):
            sent[bound.html_name] = "on" if value is True else shown
        sent[bound.html_initial_name] = shown
    return sent


@pytest.mark.parametrize("who", ["agent", "contact"])
def test_two_clicks_change_how_a_topic_is_mailed(cast: Cast, client_of: ClientOf, who: str) -> None:
    person = cast.acme.agent if who == "agent" else cast.acme.big.contact
    client = client_of(person)
    answer = client.post(PAGE, {**_shown(client), "followed-mail": "daily"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert _chosen(person) == {("followed", "mail", "daily")}
    assert client.get(PAGE).context["form"]["followed-mail"].value() == "daily"


def test_what_is_not_touched_stays_at_its_default(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.acme.agent)
    client.post(PAGE, _shown(client))
    assert (_chosen(cast.acme.agent), _hours(cast.acme.agent)) == (set(), [])


def test_the_bell_can_be_left_out(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.acme.agent)
    sent = _shown(client)
    del sent["at_risk-portal"]
    client.post(PAGE, sent)
    assert _chosen(cast.acme.agent) == {("at_risk", "portal", "off")}


def test_quiet_hours_and_the_time_of_the_digest_are_kept(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.acme.agent)
    hours = {
        "digest_at": "17:30",
        "quiet": "on",
        "quiet_from": "21:00",
        "quiet_until": "06:30",
        "quiet_days": ["0", "4"],
    }
    client.post(PAGE, {**_shown(client), **hours})
    kept = (time(17, 30), time(21), time(6, 30), [0, 4])
    assert _hours(cast.acme.agent) == [kept]
    sent = _shown(client)
    del sent["quiet"]
    client.post(PAGE, sent)
    assert _hours(cast.acme.agent) == [(time(17, 30), None, None, [])]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"quiet": "on", "quiet_from": ""}, "quiet_from"),
        ({"quiet": "on", "quiet_days": []}, "quiet_days"),
        (
            {"quiet": "on", "quiet_from": "08:00", "quiet_until": "08:00", "quiet_days": list("0123456")},
            "quiet_until",
        ),
        ({"digest_at": "soon"}, "digest_at"),
        ({"breaches-mail": "off"}, "breaches-mail"),
        ({"followed-mail": "weekly"}, "followed-mail"),
    ],
)
def test_what_can_not_be_is_said_at_its_field_and_nothing_is_kept(
    cast: Cast, client_of: ClientOf, given: dict[str, Any], field: str
) -> None:
    client = client_of(cast.acme.agent)
    answer = client.post(PAGE, {**_shown(client), "team-mail": "daily", **given})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert answer.context["form"]["team-mail"].value() == "daily"
    assert (_chosen(cast.acme.agent), _hours(cast.acme.agent)) == (set(), [])


def test_a_page_from_before_does_not_take_back_what_a_link_has_stopped(
    cast: Cast, client_of: ClientOf, acting_as: Callable[[Membership], Any]
) -> None:
    contact = cast.acme.big.contact
    client = client_of(contact)
    sent = _shown(client)
    topic = find_topic("followed")
    assert topic is not None
    with acting_as(contact):
        stop_mail(person=contact, topics=[topic])
    client.post(PAGE, {**sent, "promises-mail": "daily"})
    assert _chosen(contact) == {("followed", "mail", "off"), ("promises", "mail", "daily")}


def test_everybody_has_only_their_own_page(cast: Cast, client_of: ClientOf) -> None:
    """Nothing in the address or the form names a person."""
    for person in (cast.acme.admin, cast.acme.big.admin, cast.rival.admin):
        client = client_of(person)
        client.post(f"{PAGE}?person={cast.acme.big.contact.pk}", {
            **_shown(client), "followed-mail": "off", "person": str(cast.acme.big.contact.pk)
        })  # fmt: skip
        assert _chosen(person) == {("followed", "mail", "off")}
    assert _chosen(cast.acme.big.contact) == set()


def test_a_colleagues_rows_are_hidden_by_the_database(
    cast: Cast, want: Callable[..., None], acting_as: Callable[[Membership], Any]
) -> None:
    want(cast.acme.big.contact, "off", digest_at=time(9))
    with acting_as(cast.acme.big.colleague):
        assert (list(Preference.objects.all()), list(MailHours.objects.all())) == ([], [])
        assert Preference.objects.update(choice="now") == 0
    with acting_as(cast.rival.admin):
        assert list(Preference.objects.all()) == []


def test_what_was_chosen_outlives_an_expired_session(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.acme.agent)
    sent = {**_shown(client), "followed-mail": "off"}
    client.logout()
    answer = client.post(PAGE, sent)
    assert answer["Location"].startswith("/account/login/")
    client.force_login(cast.acme.agent.user)
    form = client.get(PAGE).context["form"]
    assert form["followed-mail"].value() == "off"
    assert _chosen(cast.acme.agent) == set()
    assert form.choices() == {("followed", "mail"): "off"}


def test_the_page_costs_the_same_whatever_was_chosen(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.acme.agent)
    client.get(PAGE)
    counts = []
    for topics in (["followed"], ["assigned", "team", "at_risk"]):
        sent = _shown(client)
        client.post(PAGE, {**sent, **{f"{topic}-mail": "daily" for topic in topics}})
        client.get(PAGE)
        with CaptureQueriesContext(connection) as statements:
            client.get(PAGE)
        counts.append(
            sum("_preference" in s["sql"] or "_mailhours" in s["sql"] for s in statements.captured_queries)
        )
    assert counts == [2, 2]


def test_the_list_and_every_menu_lead_there(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.acme.agent).get("/notifications/").content.decode()
    assert page.count(f'href="{PAGE}"') == 2


def test_the_next_mail_is_as_it_was_chosen(
    cast: Cast, client_of: ClientOf, tell: Callable[..., int], mailoutbox: list[Any]
) -> None:
    client = client_of(cast.acme.agent)
    client.post(PAGE, {**_shown(client), "greetings-mail": "off"})
    tell(cast.acme.agent)
    deliver_due()
    assert mailoutbox == []
