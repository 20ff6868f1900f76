"""Why this time, for programs: the incident's own clocks and no others."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_clock_opens_into_its_segments_and_hours(cast, program, incident):
    answer = program(cast.acme.big.contact).get(f"incidents/{incident.reference}/why/").json()
    assert (answer["id"], answer["kind"], answer["round"]) == (incident.due_clock_id, "first_response", 1)
    assert [(segment["state"], segment["reason"]) for segment in answer["segments"]] == [
        ("running", "started")
    ]
    assert answer["spans"][-1]["end"] == answer["due_at"]


def test_no_clock_but_the_incidents_own_exists(cast, program, log, incident):
    """S-02: another incident's, another account's and another tenant's answer as one that nobody has."""
    contacts = (cast.acme.big.contact, cast.acme.small.contact, cast.rival.big.contact)
    foreign = [log(contact).due_clock_id for contact in contacts]
    for person in (cast.acme.big.contact, cast.acme.agent):
        asked = program(person)
        path = f"incidents/{incident.reference}/why/?clock="
        answers = [asked.get(f"{path}{pk}") for pk in (*foreign, 987654321)]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[-1].content)}
        assert asked.get(f"{path}{incident.due_clock_id}").status_code == 200


@pytest.mark.parametrize("who", ["other account", "other tenant"])
def test_nobody_else_opens_it(cast, program, incident, who):
    person = cast.acme.small.admin if who == "other account" else cast.rival.agent
    path = f"incidents/{incident.reference}/why/?clock={incident.due_clock_id}"
    assert program(person).get(path).status_code == 404
