"""What a contract gives today stands beside what is sold today."""

import re

import pytest
from django.utils import timezone

from plans.actions import publish_draft, set_target, start_draft
from plans.enums import FeatureCode, TargetKind, Unit
from plans.models import Cell, Plan
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
COMPARE = "/plan/compare/"


@pytest.fixture
def reduced(cast, acting_in):
    """A new edition is in force that takes phone access from every plan, and is faster for severity 1."""
    house = cast.acme
    with acting_in(house.tenant):
        draft = start_draft(tenant=house.tenant, actor=house.admin)
        Cell.objects.filter(edition=draft, feature__code=FeatureCode.PHONE_ACCESS).delete()
        for plan in Plan.objects.filter(tenant=house.tenant):
            set_target(
                edition=draft,
                actor=house.admin,
                kind=TargetKind.FIRST_RESPONSE,
                severity=1,
                plan=plan,
                minutes=7,
                unit=Unit.ELAPSED_MINUTES,
            )
        publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="Less.")
    return house


def _row(page: str, name: str) -> list[str]:
    """The cells of a feature: yes or no for each column."""
    row = page[page.index(f">{name}") :].partition("</tr>")[0]
    return re.findall(r'class="compare-(yes|no)"', row)


def test_what_was_cut_stays_in_the_own_column_only(client_of, cast, reduced):
    page = client_of(cast.acme.big.contact).get(COMPARE).content.decode()
    assert "Yours today" in page
    assert _row(page, "Phone Access") == ["yes", "no", "no", "no"]


def test_gains_reach_it_at_once(client_of, cast, reduced):
    page = client_of(cast.acme.big.contact).get(COMPARE).content.decode()
    table = page[page.index("First response</h2>") :].partition("</table>")[0]
    critical = table[table.index("<tbody>") :].partition("</tr>")[0]
    assert re.findall(r'compare-time">([^<]+)', critical) == ["7 min by the clock"] * 4


def test_without_a_contract_in_force_there_is_no_own_column(client_of, cast, acting_in):
    with acting_in(cast.acme.tenant):
        contract = cast.acme.small.contract
        contract.cancelled_at = timezone.now()
        contract.save(update_fields=["cancelled_at"])
    page = client_of(cast.acme.small.contact).get(COMPARE).content.decode()
    assert "Yours today" not in page
    assert "Support plans" in page


def test_each_account_sees_its_own_and_staff_and_strangers_none(client_of, cast):
    own = [
        re.findall(r'compare-plan">([^<]+)', client_of(house.contact).get(COMPARE).content.decode())[0]
        for house in (cast.acme.big, cast.acme.small)
    ]
    assert own[0] != own[1]
    assert client_of(cast.acme.agent).get(COMPARE).status_code == 404
    assert client_of().get(COMPARE).status_code == 302


def test_it_takes_four_statements(client_of, cast):
    client = client_of(cast.acme.big.contact)
    client.get(COMPARE)
    assert len(statements_of(client, COMPARE)) == 4
