"""What an account holds, who is there and what is sold, each for who may know."""

import pytest

pytestmark = pytest.mark.django_db


def _results(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_token_says_who_it_acts_for(cast, program):
    contact, account = cast.acme.big.contact, cast.acme.big.account
    body = program(contact, scope="read").get("me/").json()
    assert (body["id"], body["role"], body["portal"]) == (contact.pk, "customer", "Acme Systems")
    assert body["account"] == {"key": account.key, "name": account.name}
    assert body["token"] == {"name": "Program", "scope": "read", "expires_at": None}
    assert program(cast.acme.agent).get("me/").json()["account"] is None


def test_a_decision_explains_itself(cast, program):
    path = "decisions/?feature=plan_priority_queuing&product=ledger"
    [yes] = _results(program(cast.acme.big.contact).get(path))
    [no] = _results(program(cast.acme.small.contact).get(path))
    assert (yes["allowed"], yes["reason"], yes["contract"], yes["plan"]) == (
        True,
        "allowed",
        "C-BIG",
        "elite",
    )
    assert (no["allowed"], no["reason"]) == (False, "feature_not_in_plan")
    assert (no["remedy_plan"], no["remedy"]) == ("premium", "Xtreme Premium would give it.")


def test_without_a_feature_all_are_decided(cast, program):
    decisions = _results(program(cast.acme.small.contact).get("decisions/"))
    assert (len(decisions), len({one["feature"] for one in decisions})) == (23, 23)


def test_a_decision_for_an_installation_and_a_day(cast, program, acting_in):
    installation, contact = cast.acme.big.installation, program(cast.acme.big.contact)
    with acting_in(cast.acme.tenant):
        type(installation).objects.filter(pk=installation.pk).update(kind="modified")
    path = f"decisions/?feature=how_to_assistance&product=ledger&installation={installation.pk}"
    assert _results(contact.get(path))[0]["reason"] == "installation_modified"
    path = "decisions/?feature=special_event_support&product=ledger&on=2000-01-01"
    assert _results(contact.get(path))[0]["reason"] == "contract_not_started"


def test_targets_come_with_the_hours_that_count(cast, program):
    contact = program(cast.acme.big.contact)
    found = _results(contact.get("targets/?product=ledger"))
    office = {
        "feature": "targeted_response",
        "calendar": "business",
        "hours": "Mon–Fri 08:00–18:00",
        "time_zone": "Europe/Berlin",
        "holidays": False,
    }
    always = {
        "feature": "extended_critical_incident_support",
        "calendar": "24x7",
        "hours": "Mon–Sun 00:00–24:00",
        "time_zone": "Europe/Berlin",
        "holidays": True,
    }
    minutes = [(1, 30, 60), (2, 60, 240), (3, 240, 720), (4, 480, None)]
    assert found == [
        {
            "product": "ledger",
            "severity": severity,
            "kind": kind,
            "minutes": promised,
            "unit": "coverage",
            "contract": "C-BIG",
            **(always if severity == 1 else office),
        }
        for severity, first, following in minutes
        for kind, promised in (("first_response", first), ("next_response", following))
        if promised is not None
    ]
    every = _results(contact.get("targets/"))
    assert [one for one in every if one["product"] == "ledger"] == found
    assert {one["product"] for one in every} == {"ledger", "store"}


@pytest.mark.parametrize(
    "path", ["decisions/", "targets/", "contracts/", "installations/", "promise/?product=ledger&severity=1"]
)
def test_staff_name_the_customer_and_contacts_do_not(cast, program, path):
    sign = "&" if "?" in path else "?"
    agent, contact = program(cast.acme.agent), program(cast.acme.big.contact)
    without, foreign = agent.get(path), agent.get(f"{path}{sign}account=XXX")
    assert (without.status_code, list(without.json()["fields"]), foreign.status_code) == (
        400,
        ["account"],
        404,
    )
    assert agent.get(f"{path}{sign}account=SMA").status_code == 200
    other = contact.get(f"{path}{sign}account=SMA")
    assert (other.status_code, list(other.json()["fields"])) == (400, ["account"])


def test_contracts_with_their_products_and_edition(cast, program):
    [contract] = _results(program(cast.acme.big.contact).get("contracts/"))
    assert (contract["number"], contract["state"], contract["edition"]) == ("C-BIG", "active", 1)
    assert (contract["plan"], contract["products"]) == ("elite", ["ledger", "store"])
    assert contract["starts_on"] == cast.acme.big.contract.starts_on.isoformat()


def test_installations_are_the_accounts_own(cast, program):
    [own] = _results(program(cast.acme.big.contact).get("installations/"))
    assert (own["id"], own["product"], own["version"], own["kind"]) == (
        cast.acme.big.installation.pk,
        "ledger",
        "1.0",
        "standard",
    )


def test_products_are_the_tenants(cast, program):
    products = _results(program(cast.acme.big.contact).get("products/"))
    assert [(one["code"], one["name"], one["retired"]) for one in products] == [
        ("ledger", "Ledger", False),
        ("store", "Store", False),
    ]


def test_people_are_the_accounts_own_and_for_staff_the_staff_or_a_customers(cast, program):
    def ids(person, query=""):
        return {one["id"] for one in _results(program(person).get(f"people/{query}"))}

    big = cast.acme.big
    company = {big.admin.pk, big.contact.pk, big.colleague.pk}
    assert ids(big.contact) == company
    assert ids(cast.acme.agent) == {person.pk for person in cast.acme.staff}
    assert ids(cast.acme.agent, "?account=BIG") == company
    assert program(big.contact).get("people/?account=SMA").status_code == 404
    assert program(big.contact).get("people/?account=BIG").status_code == 404


def test_teams_are_for_staff(cast, program):
    assert _results(program(cast.acme.agent).get("teams/")) == [
        {"id": cast.acme.team.pk, "name": "First line"}
    ]
    assert _results(program(cast.acme.big.contact).get("teams/")) == []


def test_the_promise_before_logging(cast, program):
    promise = program(cast.acme.big.contact).get("promise/?product=ledger&severity=1").json()
    assert (promise["covered"], promise["target_minutes"], promise["unit"]) == (True, 30, "coverage")
    assert promise["due_at"] is not None
