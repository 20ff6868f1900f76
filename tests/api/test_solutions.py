"""Published solutions through the API: what a person may read, in which language."""

import pytest

from knowledge.solutions import actions
from knowledge.solutions.actions import Range, Words
from knowledge.solutions.models import Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(cast, acting_as):
    """``publish("customers", title=…)``; in French as well with ``french=…``."""

    def make(audience, *, title="Posting stops", french="", product=None):
        house = cast.acme
        with acting_as(house.agent) as agent:
            solution = actions.draft_solution(
                person=agent,
                language="en",
                words=Words(title=title, symptom="It *stops*.", resolution="Start it."),
                audience=audience,
                ranges=[Range(product=(product or house.ledger).pk)],
            )
        _past(solution, "en")
        if french:
            words = Words(title=french, symptom="Il s’arrête.", resolution="Relancez.")
            with acting_as(house.agent) as agent:
                actions.save_draft(person=agent, solution=solution, language="fr", words=words, seen="")
            _past(solution, "fr")
        return solution

    def _past(solution, language):
        with acting_as(cast.acme.agent) as agent:
            seen = f"{Revision.objects.get(solution=solution, language=language).pk}.1"
            named = {"solution": solution, "language": language, "seen": seen}
            actions.ask_review(person=agent, **named)
        with acting_as(cast.acme.lead) as lead:
            actions.publish(person=lead, **named, critical=False)

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


def test_a_draft_and_what_is_not_theirs_do_not_exist(cast, program, publish, acting_as):
    publish("internal")
    with acting_as(cast.acme.agent) as agent:
        actions.draft_solution(person=agent, language="en", words=Words(title="Not yet"))
    nothing = program(cast.acme.agent).get("solutions/S-987654/")
    assert nothing.status_code == 404
    for person, reference in ((cast.acme.agent, "S-2"), (cast.acme.big.contact, "S-1")):
        answer = program(person).get(f"solutions/{reference}/")
        assert (answer.status_code, answer.content) == (404, nothing.content)
