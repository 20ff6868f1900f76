"""What webhooks hear of an incident as it goes on, and whose."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.actions import (
    add_follower,
    add_note,
    assign,
    change_severity,
    close,
    contest_severity,
    log_call,
    log_incident,
    reopen,
    reply,
    resolve,
    take_next,
    upload,
)
from incidents.hooks import CHANGED
from incidents.models import Incident
from incidents.sweeps import close_resolved
from notifications.events import NEWS
from notifications.webhooks.events import events_to_choose
from notifications.webhooks.models import Call, Webhook
from portal.core.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("here")]


LOGGED = ("logged", "new", 2)


def _hook(tenant, account, name):
    return Webhook.objects.create(
        tenant=tenant,
        account=account,
        name=name,
        url=f"https://{name}.example/",
        events=[CHANGED.code],
        secret="-",
    )


@pytest.fixture
def hooks(cast):
    """One of the tenant, one of each of its accounts."""
    house = cast.acme
    owners = {"tenant": None, "big": house.big.account, "small": house.small.account}
    return {name: _hook(house.tenant, account, name) for name, account in owners.items()}


def heard(webhook):
    calls = Call.objects.filter(webhook=webhook).order_by("key", "id")
    return [(call.data["change"], call.data["state"], call.data["severity"]) for call in calls]


def test_accounts_may_choose_this_event_and_no_other_of_incidents(cast):
    offered = [event.code for event in events_to_choose(cast.acme.big.account.pk)]
    assert [code for code in offered if code.startswith("incidents.")] == [CHANGED.code]


def test_an_incident_s_account_and_the_tenant_hear_of_it_and_another_account_never(cast, log, hooks):
    incident = log()
    reply(person=cast.acme.agent, incident=incident, body="Which step?", waiting=True)
    reply(person=cast.acme.big.contact, incident=incident, body="The fourth.")
    change_severity(person=cast.acme.agent, incident=incident, severity=3, reason="A workaround exists.")
    resolve(person=cast.acme.agent, incident=incident, resolution="Fixed in 1.1.")
    reopen(person=cast.acme.big.contact, incident=incident, reason="Not on Tuesdays.")
    resolve(person=cast.acme.agent, incident=incident, resolution="On Tuesdays too.")
    close(person=cast.acme.agent, incident=incident)
    expected = [
        LOGGED,
        ("answered", "waiting", 2),
        ("written", "open", 2),
        ("severity", "open", 3),
        ("state", "resolved", 3),
        ("state", "open", 3),
        ("state", "resolved", 3),
        ("state", "closed", 3),
    ]
    assert heard(hooks["big"]) == heard(hooks["tenant"]) == expected
    assert heard(hooks["small"]) == []


def test_it_is_told_what_a_contact_may_read_and_nothing_else(cast, log, hooks):
    incident = log()
    internal = upload(
        person=cast.acme.agent, account=incident.account, file=ContentFile(b"x"), name="internal.txt"
    )
    add_note(person=cast.acme.agent, incident=incident, body="Obsidian.", attachments=[internal.pk])
    at = timezone.now()
    reply(person=cast.acme.agent, incident=incident, body="Which step?", at=at)
    call = Call.objects.filter(webhook=hooks["big"]).latest("key")
    assert call.at == at
    assert call.data == {
        "change": "answered",
        "reference": incident.reference,
        "title": incident.title,
        "state": "open",
        "severity": incident.severity,
        "url": f"/incidents/{incident.reference}/",
        "at": at.isoformat(),
    }


def test_what_only_staff_may_know_is_not_told(cast, log, hooks):
    incident = log()
    assign(person=cast.acme.agent, incident=incident, assignee=cast.acme.agent)
    told = heard(hooks["big"])
    add_note(person=cast.acme.agent, incident=incident, body="Obsidian.", mentions=[cast.acme.lead])
    assign(person=cast.acme.agent, incident=incident, assignee=cast.acme.other_agent)
    contest_severity(person=cast.acme.big.contact, incident=incident, reason="It stands still.")
    add_follower(person=cast.acme.big.contact, incident=incident, follower=cast.acme.big.colleague)
    assert told == heard(hooks["big"]) == [LOGGED, ("state", "open", 2)]


def test_a_call_that_is_noted_is_an_answer(cast, log, hooks):
    incident = log(at=timezone.now() - timedelta(hours=1))
    log_call(
        person=cast.acme.agent,
        incident=incident,
        body="Spoke.",
        called_at=timezone.now() - timedelta(minutes=5),
    )
    assert [change for change, *_rest in heard(hooks["big"])] == ["logged", "answered"]


def test_taking_a_new_one_opens_it_and_taking_it_again_changes_nothing(cast, log, hooks):
    incident = log()
    assert take_next(person=cast.acme.agent) == incident
    assert heard(hooks["big"]) == [LOGGED, ("state", "open", 2)]
    assign(person=cast.acme.agent, incident=incident, assignee=None)
    assert take_next(person=cast.acme.agent) == incident
    assert heard(hooks["big"]) == [LOGGED, ("state", "open", 2)]


def test_taking_costs_one_statement_where_nobody_listens_and_another_where_somebody_does(
    cast, log, django_assert_num_queries
):
    for listeners in (0, 1):
        incident = log()
        with django_assert_num_queries(1 + listeners):
            assert take_next(person=cast.acme.agent) == incident
        _hook(cast.acme.tenant, cast.acme.big.account, f"desk{listeners}")


def test_the_portal_itself_tells_that_it_closed_one(cast, log, hooks):
    incident = log()
    resolve(person=cast.acme.agent, incident=incident, resolution="Fixed.")
    Incident.objects.filter(pk=incident.pk).update(resolved_at=timezone.now() - timedelta(days=400))
    close_resolved()
    assert heard(hooks["big"])[-1] == ("state", "closed", incident.severity)
    told = len(heard(hooks["big"]))
    close_resolved()
    assert len(heard(hooks["big"])) == told


def test_a_message_that_is_sent_twice_is_told_once(cast, log, hooks):
    incident = log()
    for _ in range(2):
        reply(person=cast.acme.big.contact, incident=incident, body="The fourth.", key="k1")
    assert [change for change, *_rest in heard(hooks["big"])] == ["logged", "written"]


def test_what_is_refused_is_not_told(cast, log, hooks):
    incident = log()
    with pytest.raises(Refused):
        reply(person=cast.acme.agent, incident=incident, body=" ")
    assert heard(hooks["big"]) == [LOGGED]


def test_history_is_not_told(cast, log, hooks):
    incident = log(at=timezone.now() - NEWS * 2)
    reply(person=cast.acme.agent, incident=incident, body="Then.", at=timezone.now() - NEWS)
    assert heard(hooks["tenant"]) == heard(hooks["big"]) == []


def test_an_incident_of_another_tenant_is_heard_of_there_only(cast, log, hooks, acting_in):
    with acting_in(cast.rival.tenant):
        theirs = _hook(cast.rival.tenant, cast.rival.big.account, "rival")
        incident = log(cast.rival.big.contact, product=cast.rival.ledger)
        reply(person=cast.rival.agent, incident=incident, body="Which step?")
        assert [change for change, *_rest in heard(theirs)] == ["logged", "answered"]
    assert [heard(hook) for hook in hooks.values()] == [[], [], []]


def test_a_contact_s_own_transaction_tells_webhooks_that_the_contact_cannot_see(cast, log, hooks, acting_as):
    incident = log()
    with acting_as(cast.acme.big.contact):
        reply(person=cast.acme.big.contact, incident=incident, body="The fourth.")
        assert Webhook.objects.filter(account=None).count() == 0
    assert [change for change, *_rest in heard(hooks["tenant"])] == ["logged", "written"]
    assert heard(hooks["big"]) == heard(hooks["tenant"])


def test_an_answer_costs_one_statement_more_whoever_listens(cast, log):
    counts = []
    for listeners in (0, 1, 3):
        for n in range(listeners):
            _hook(cast.acme.tenant, cast.acme.big.account, f"h{listeners}{n}")
        incident = log()
        with CaptureQueriesContext(connection) as statements:
            reply(person=cast.acme.agent, incident=incident, body="Which step?")
        counts.append(sum("webhooks_" in one["sql"] for one in statements.captured_queries))
    assert counts == [1, 1, 1]


def test_an_incident_that_is_sent_twice_is_told_once(cast, log, hooks):
    for _ in range(2):
        log(key="k1")
    assert heard(hooks["tenant"]) == heard(hooks["big"]) == [LOGGED]


def test_one_that_staff_log_is_told_as_well(cast, new, hooks):
    log_incident(person=cast.acme.agent, reported_by=cast.acme.big.contact, incident=new())
    assert heard(hooks["tenant"]) == heard(hooks["big"]) == [LOGGED]


@pytest.mark.parametrize("listener", ["nobody", "another account", "one that is off", "one for other events"])
def test_logging_costs_nothing_more_while_nobody_listens(cast, log, listener):
    house = cast.acme
    if listener != "nobody":
        hook = _hook(house.tenant, None if "one" in listener else house.small.account, "hook")
        changed = {
            "one that is off": {"state": "off"},
            "one for other events": {"events": ["incidents.alert"]},
        }
        Webhook.objects.filter(pk=hook.pk).update(**changed.get(listener, {"name": "Theirs"}))
    with CaptureQueriesContext(connection) as statements:
        log()
    assert [one["sql"] for one in statements.captured_queries if "webhooks_call" in one["sql"]] == []
    assert Call.objects.count() == 0


@pytest.mark.parametrize("owner", ["big", "tenant"])
def test_a_contact_learns_of_their_own_account_only_whether_somebody_listens(cast, acting_as, hooks, owner):
    Webhook.objects.exclude(pk=hooks[owner].pk).delete()
    with connection.cursor() as cursor:

        def asked(company):
            cursor.execute("SELECT webhooks_asked(%s, %s)", [CHANGED.code, company.account.pk])
            return cursor.fetchone()[0]

        with acting_as(cast.acme.big.contact):
            assert (asked(cast.acme.big), asked(cast.acme.small)) == (True, False)
        with acting_as(cast.acme.small.contact):
            assert (asked(cast.acme.big), asked(cast.acme.small)) == (False, owner == "tenant")
        with acting_as(cast.rival.big.contact):
            assert (asked(cast.acme.big), asked(cast.rival.big)) == (False, False)
