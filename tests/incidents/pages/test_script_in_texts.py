"""S-50 to S-54: what people type is text wherever it is shown."""

import re

import pytest

from incidents import actions
from tests.incidents.pages.conftest import page_of

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
TRICKS = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "[link](javascript:alert(1))",
    "[link](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/track.png)",
    "<a href='java\tscript:alert(1)'>x</a>",
    "{{ request.user.password }} {% debug %}",
    "STILLkeyLLITS STILLcsrfLLITS",
]


def harmless(html: str) -> bool:
    body = re.sub(r'<script src="[^"]*"[^>]*></script>', "", html)
    tags = re.findall(r"<[a-z][^>]*>", body)
    return (
        "<script" not in body
        and not any(re.search(r"\son\w+=", tag) for tag in tags)
        and not any(re.search(r'(?:href|src)="\s*(?:javascript|data|https?):', tag) for tag in tags)
    )


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_typed_becomes_markup_on_any_page(client_of, house, log, acting_as, upload, trick):
    incident = log(title=trick, description=trick)
    file = upload(house.big.contact, f"{trick[-100:]}.log")
    with acting_as(house.big.contact):
        actions.reply(person=house.big.contact, incident=incident, body=trick, attachments=[file.pk])
        actions.contest_severity(person=house.big.contact, incident=incident, reason=trick)
    with acting_as(house.agent):
        actions.add_note(person=house.agent, incident=incident, body=trick)
        actions.resolve(person=house.agent, incident=incident, resolution=trick)
    client = client_of(house.agent)
    for path in (
        page_of(incident),
        page_of(incident) + "history/",
        page_of(incident) + "why/",
        page_of(incident) + "assign/",
        page_of(incident) + "?write=note",
        "/incidents/?show=all",
        "/notifications/",
    ):
        assert harmless(client.get(path).content.decode()), path


def test_a_refused_form_prints_what_was_typed_as_text(client_of, house, incident):
    client = client_of(house.agent)
    for path, said in (
        ("severity/", {"severity": SCRIPT, "reason": SCRIPT}),
        ("reply/", {"body": "", "key": SCRIPT}),
    ):
        response = client.post(page_of(incident) + path, said)
        assert response.status_code == 422
        assert harmless(response.content.decode())


def test_a_search_prints_its_words_as_text(client_of, house):
    assert harmless(client_of(house.agent).get("/incidents/", {"q": SCRIPT, "show": SCRIPT}).content.decode())
