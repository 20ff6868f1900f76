"""The promise before logging, for programs: also for a certain installation."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from entitlements.models import AllowanceUse, Contract, Installation
from plans.models import Feature

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def promise(cast, program, acting_in, time_machine):
    """Asks at half past five on Friday, 7 March 2036, in Berlin; Saturday is booked as a special event."""
    company = cast.acme.big
    with acting_in(cast.acme.tenant):
        Contract.objects.update(starts_on=date(2036, 1, 1), ends_on=date(2036, 12, 31))
        AllowanceUse.objects.create(
            tenant=cast.acme.tenant,
            account=company.account,
            contract=company.contract,
            feature=Feature.objects.get(tenant=cast.acme.tenant, code="special_event_support"),
            used_on=date(2036, 3, 8),
            noted_by=cast.acme.csm,
        )
    time_machine.move_to(datetime(2036, 3, 7, 17, 30, tzinfo=BERLIN), tick=False)
    contact = program(company.contact)
    return lambda more="": contact.get(f"promise/?product=ledger&severity=2{more}")


@pytest.mark.parametrize(("kind", "due"), [("standard", "Sat 00:30"), ("modified", "Mon 08:30")])
def test_only_standard_installations_have_special_event_hours(cast, promise, acting_in, kind, due):
    installation = cast.acme.big.installation
    with acting_in(cast.acme.tenant):
        Installation.objects.filter(pk=installation.pk).update(kind=kind)
    at = datetime.fromisoformat(promise(f"&installation={installation.pk}").json()["due_at"])
    assert f"{at.astimezone(BERLIN):%a %H:%M}" == due


def test_the_answer_after_the_first_is_named(promise):
    assert promise().json()["next_target_minutes"] == 240


def test_a_foreign_installation_is_as_an_unknown_one(cast, promise):
    foreign = (cast.acme.small.installation.pk, cast.rival.big.installation.pk, 987654321)
    answers = [promise(f"&installation={pk}") for pk in foreign]
    assert {(answer.status_code, answer.content) for answer in answers} == {(400, answers[2].content)}
