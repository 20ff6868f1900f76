"""Published solutions through the API: what a person may read, in which language."""

import pytest

from knowledge.solutions.actions import Range
from tests.knowledge.solutions import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(cast):
    """``publish("customers", product=…)``; in French as well with ``french=…``."""

    def make(audience, *, french="", product=None):
        house = cast.acme
        ranges = [Range(product=(product or house.ledger).pk)]
        said = making.words(title="Posting stops", symptom="It *stops*.", resolution="Start it.")
        solution = making.draft(house.agent, said=said, audience=audience, ranges=ranges)
        making.publish(house.agent, house.lead, solution)
        if french:
            making.write(house.agent, solution, "fr", making.words(title=french))
            making.publish(house.agent, house.lead, solution, "fr")
        return solution

    return make


def references(answer):
    assert answer.status_code == 200, answer.content
    return [one["reference"] for one in answer.json()["results"]]


def test_each_reads_what_is_published_for_them(cast, program, publish):
    for audience in ("internal", "customers", "public"):
        publish(audience)
    assert references(program(cast.acme.agent).get("solutions/")) == ["S-3", "S-2", "S-1"]
    assert references(program(cast.acme.small.contact, scope="read").get("solutions/")) == ["S-3", "S-2"]
    assert references(program(cast.rival.admin).get("solutions/")) == []
    assert program().get("solutions/").status_code == 401


def test_the_list_is_narrowed_and_paged(cast, program, publish):
    publish("customers", french="Arrêt")
    publish("customers", product=cast.acme.store)
    contact = program(cast.acme.big.contact)
    assert references(contact.get("solutions/?product=store")) == ["S-2"]
    assert references(contact.get("solutions/?language=fr")) == ["S-1"]
    first = contact.get("solutions/?size=1")
    rest = contact.get(f"solutions/?size=1&after={first.json()['next']}")
    assert (references(first), references(rest), rest.json()["next"]) == (["S-2"], ["S-1"], None)
    assert contact.get("solutions/?product=nothing").status_code == 400


def test_one_comes_whole_in_the_language_asked_for(cast, program, publish):
    publish("public", french="Arrêt")
    contact = program(cast.acme.big.contact)
    english = contact.get("solutions/S-1/").json()
    assert (english["title"], english["symptom"], english["language"]) == (
        "Posting stops",
        "It *stops*.",
        "en",
    )
    assert english["products"] == [{"product": "ledger", "since": None, "until": None}]
    french = contact.get("solutions/S-1/?language=fr").json()
    assert (french["title"], french["languages"], french["stale"]) == ("Arrêt", ["en", "fr"], False)
    assert contact.get("solutions/S-1/?language=ko").json()["language"] == "en"


def test_a_draft_and_what_is_not_theirs_do_not_exist(cast, program, publish):
    publish("internal")
    making.draft(cast.acme.agent)
    nothing = program(cast.acme.agent).get("solutions/S-987654/")
    assert nothing.status_code == 404
    for person, reference in ((cast.acme.agent, "S-2"), (cast.acme.big.contact, "S-1")):
        answer = program(person).get(f"solutions/{reference}/")
        assert (answer.status_code, answer.content) == (404, nothing.content)


def test_staff_link_unlink_and_make(cast, program, publish, incident):
    publish("customers")
    agent, path = program(cast.acme.agent), f"incidents/{incident.reference}/"
    assert agent.post(f"{path}solutions/", {"solution": "S-1"}).status_code == 204
    assert agent.post(f"{path}solutions/", {"solution": "S-1"}).status_code == 422
    made = [agent.post(f"{path}make-solution/", {}, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.json() for answer in made] == [{"reference": "S-2"}] * 2
    first, second = agent.get(f"{path}solutions/").json()["results"]
    assert first == {"reference": "S-1", "title": "Posting stops", "state": "published"}
    assert (second["reference"], second["state"]) == ("S-2", "draft")
    contact = program(cast.acme.big.contact)
    assert contact.get(f"{path}solutions/").json()["results"] == [first]
    assert agent.post(f"{path}solutions/unlink/", {"solution": "S-1"}).status_code == 204
    assert contact.get(f"{path}solutions/").json()["results"] == []


def test_contacts_link_nothing(cast, program, publish, incident):
    publish("customers")
    contact, path = program(cast.acme.big.contact), f"incidents/{incident.reference}/"
    for address, body in (("solutions/", {"solution": "S-1"}), ("make-solution/", {})):
        assert contact.post(path + address, body).status_code == 403
    assert program(cast.acme.agent).get(f"{path}solutions/").json()["results"] == []
