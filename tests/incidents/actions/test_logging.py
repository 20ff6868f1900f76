"""Logging: numbered by account, promised or put to the coverage check, once for each key."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from entitlements.actions import cancel_contract
from entitlements.enums import InstallationKind
from entitlements.models import Contract, ContractLine, Installation
from incidents.actions import add_follower, log_incident, put_under_cover, reply, resolve
from incidents.enums import Kind, State
from incidents.models import Incident, TeamProduct
from plans.enums import Severity
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.history import history_of
from portal.identity.models import Account
from tests.incidents.clocks_of import first_response

pytestmark = pytest.mark.django_db


def test_numbers_count_within_the_account(cast, log):
    references = [log(contact).reference for contact in (cast.acme.big.contact, cast.acme.small.contact)]
    assert [*references, log().reference] == ["BIG-1", "SMA-1", "BIG-2"]


def test_it_pins_line_edition_calendar_and_plan_priority(cast, log, here):
    elite, xtreme = log(), log(cast.acme.small.contact)
    contract = cast.acme.big.contract
    line = ContractLine.objects.get(contract=contract, product=cast.acme.ledger)
    assert (elite.contract_line_id, elite.edition_id) == (line.pk, contract.edition_id)
    assert (elite.time_zone, elite.holiday_region[:2]) == ("Europe/Berlin", "DE")
    assert (elite.plan_id, elite.edition_in_force_id) == (contract.plan_id, contract.edition_id)
    assert (elite.plan_order, xtreme.plan_order) == (-contract.plan.rank, 0)
    clock = first_response(elite)
    assert (clock.started_at, clock.minutes, clock.calendar.code) == (elite.created_at, 60, "business")
    assert (elite.due_at, elite.due_clock) == (clock.due_at, clock)
    assert elite.due_at > elite.created_at


def test_it_goes_to_the_first_team_that_serves_the_product(cast, log, here):
    assert log().team_id is None
    TeamProduct.objects.create(tenant=cast.acme.tenant, team=cast.acme.team, product=cast.acme.ledger)
    assert log().team_id == cast.acme.team.pk


def test_the_history_says_who_logged_it_and_the_contact_is_told(cast, log, story, told):
    assert story(log()) == [("logged", "Big Contact")]
    assert told("logged") == {"Big Contact"}
    assert told("critical") == told("coverage_check") == set()


def test_a_critical_one_tells_the_team(cast, log, told):
    log(severity=Severity.CRITICAL)
    assert told("critical") == {"The Agent", "Other Agent", "The Lead"}


def test_staff_log_for_a_contact(cast, new, here, told):
    agent, contact = cast.acme.agent, cast.acme.small.contact
    incident = log_incident(person=agent, reported_by=contact, incident=new())
    assert (incident.logged_by, incident.reported_by, incident.account_id) == (
        agent, contact, contact.account_id,
    )  # fmt: skip
    assert told("logged") == {"Sma Contact"}
    with pytest.raises(Refused, match="Choose the contact"):
        log_incident(person=agent, incident=new())


def _no_contract(cast):
    Contract.objects.filter(pk=cast.acme.small.contract.pk).delete()


def _product_not_covered(cast):
    ContractLine.objects.filter(contract=cast.acme.small.contract, product=cast.acme.ledger).delete()


def _expired(cast):
    today = timezone.localdate()
    Contract.objects.filter(pk=cast.acme.small.contract.pk).update(ends_on=today - timedelta(days=60))


def _not_started(cast):
    today = timezone.localdate()
    Contract.objects.filter(pk=cast.acme.small.contract.pk).update(
        starts_on=today + timedelta(days=9), ends_on=today + timedelta(days=99)
    )


def _cancelled(cast):
    cancel_contract(contract=cast.acme.small.contract, actor=cast.acme.admin)


WITHOUT_COVER = [_no_contract, _product_not_covered, _expired, _not_started, _cancelled]


@pytest.mark.parametrize("lose_cover", WITHOUT_COVER)
def test_without_cover_it_is_taken_all_the_same_into_the_coverage_check(cast, log, here, told, lose_cover):
    lose_cover(cast)
    incident = log(cast.acme.small.contact)
    assert (incident.coverage_check, incident.state) == (True, State.NEW)
    assert incident.contract_line_id is incident.due_at is first_response(incident) is None
    assert list(Incident.objects.to_do()) == []
    assert told("coverage_check") == {"The Lead"}


def test_under_cover_its_time_starts_then(cast, log, here, story, told):
    contract = cast.acme.small.contract
    ends_on = contract.ends_on
    _expired(cast)
    incident = log(cast.acme.small.contact)
    with pytest.raises(Refused) as refused:
        put_under_cover(person=cast.acme.lead, incident=incident)
    assert refused.value.code == "contract_expired"
    kept = history_of(cast.acme.small.account).get(verb="refused")
    assert (kept.actor_name, kept.data["reason"]) == ("The Lead", "contract_expired")
    with pytest.raises(NotAllowed):
        put_under_cover(person=cast.acme.agent, incident=incident)
    Contract.objects.filter(pk=contract.pk).update(ends_on=ends_on)
    covered = put_under_cover(person=cast.acme.lead, incident=incident)
    assert covered.coverage_check is False
    clock = first_response(covered)
    assert covered.due_at == clock.due_at > clock.started_at > incident.created_at
    assert list(Incident.objects.to_do()) == [covered]
    assert story(incident) == [("logged", "Sma Contact"), ("covered", "The Lead")]
    assert told("covered") == {"Sma Contact"}


def test_what_is_solved_needs_no_cover_any_more(cast, log, here):
    _expired(cast)
    incident = log(cast.acme.small.contact)
    resolved = resolve(person=cast.acme.agent, incident=incident, resolution="Restarted.")
    with pytest.raises(NotAllowed):
        put_under_cover(person=cast.acme.lead, incident=resolved)


def test_a_reply_during_the_coverage_check_is_no_first_response(cast, log, here):
    _expired(cast)
    incident = log(cast.acme.small.contact)
    reply(person=cast.acme.agent, incident=incident, body="We are looking into your cover.")
    assert first_response(incident) is None


def test_an_installation_question_is_led_to_consulting_and_leaves_nothing(cast, log, here):
    with pytest.raises(Refused, match="consulting services") as refused:
        log(kind=Kind.INSTALLATION)
    assert (refused.value.code, refused.value.field) == ("consulting", "kind")
    assert Incident.objects.count() == 0
    assert log().number == 1


def test_a_how_to_question_on_a_modified_installation_is_refused_with_its_sentence(cast, log, here):
    installation = cast.acme.big.installation
    assert log(kind=Kind.HOW_TO, installation=installation).kind == Kind.HOW_TO
    Installation.objects.filter(pk=installation.pk).update(kind=InstallationKind.MODIFIED)
    installation.refresh_from_db()
    with pytest.raises(Refused, match="modified") as refused:
        log(kind=Kind.HOW_TO, installation=installation)
    assert refused.value.code == "installation_modified"
    assert log(kind=Kind.DEFECT, installation=installation).coverage_check is False


def test_the_same_key_gives_the_incident_of_the_first_time(cast, log, here):
    first = log(key="k1")
    assert log(key="k1") == first
    with pytest.raises(Conflict, match="different content"):
        log(key="k1", title="Another")
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("who", ["contact", "agent"])
def test_an_incident_cannot_be_logged_for_a_contact_out_of_sight(cast, new, acting_as, who):
    """Neither the account nor what its tenant sells can be seen, so nothing can be promised or numbered."""
    person = cast.acme.big.contact if who == "contact" else cast.acme.agent
    stranger = cast.acme.small.contact if who == "contact" else cast.rival.big.contact
    with acting_as(person), pytest.raises((Account.DoesNotExist, LookupError)), transaction.atomic():
        log_incident(person=person, reported_by=stranger, incident=new())
    for house in cast.houses:
        with acting_as(house.admin):
            assert Incident.objects.count() == 0
            assert set(Account.objects.values_list("last_incident_number", flat=True)) == {0}


def test_another_accounts_person_cannot_follow(cast, log, here):
    incident = log()
    for follower in (cast.acme.small.contact, cast.rival.big.contact, cast.rival.agent):
        with pytest.raises(Refused, match="same company"):
            add_follower(person=cast.acme.agent, incident=incident, follower=follower)
    assert [entry.verb for entry in history_of(incident)] == ["logged"]
    with pytest.raises(Refused):
        add_follower(person=cast.acme.big.contact, incident=incident, follower=cast.acme.agent)
