"""A solution as its readers see it, and what they say of it."""

import re

import pytest
from django.urls import reverse

from knowledge.solutions import actions
from knowledge.solutions.models import Verdict
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
LIST = "/solutions/"


def page_of(solution):
    return f"/solutions/{solution.reference}/"


def text_of(response):
    return response.content.decode()


def plain(response):
    """Without what is drawn afresh each time, or says only what was asked for."""
    return re.sub(
        r'((?:csrf-token|csrfmiddlewaretoken|next)" (?:content|value)=")[^"]*', r"\1", text_of(response)
    )


def shown(response):
    return re.findall(r'data-item href="/solutions/(S-[0-9]+)/"', text_of(response))


@pytest.fixture
def translated(published, write, publish):
    """Public, in English and French, the French one stale."""
    solution = published(audience="public")
    write(solution, "fr", title="La comptabilisation s’arrête")
    publish(solution, "fr")
    write(solution, title="Posting stops at step 5")
    publish(solution)
    return solution


def test_whoever_is_not_signed_in_reads_what_is_public(published, client_of, house):
    solution = published(audience="public", symptom="The run **stops**.")
    answer = client_of(None).get(page_of(solution))
    page = text_of(answer)
    assert "<strong>stops</strong>" in page
    assert "Release the lock." in page
    assert "Did this help?" not in page
    assert "The Agent" not in page


@pytest.mark.parametrize("audience", ["internal", "customers"])
def test_everything_else_is_the_404_of_what_never_existed(published, draft, client_of, audience):
    nobody = client_of(None)
    nothing = plain(nobody.get("/solutions/S-987654/"))
    for solution in (published(audience=audience), draft(audience="public")):
        answer = nobody.get(page_of(solution))
        assert (answer.status_code, plain(answer)) == (404, nothing)


def test_a_contact_reads_what_is_for_customers_and_not_what_is_for_staff(published, client_of, house):
    client = client_of(house.small.contact)
    assert client.get(page_of(published(audience="customers"))).status_code == 200
    assert client.get(page_of(published())).status_code == 404


def test_somebody_of_another_portal_reads_only_what_is_public(published, client_of, house, cast):
    stranger = client_of(cast.rival.admin, tenant=house.tenant)
    assert stranger.get(page_of(published(audience="public"))).status_code == 200
    assert stranger.get(page_of(published(audience="customers"))).status_code == 404


def test_a_reader_gets_their_own_language_and_may_switch(translated, client_of):
    nobody = client_of(None)
    french = {"Accept-Language": "fr"}
    assert "La comptabilisation" in text_of(nobody.get(page_of(translated), headers=french))
    english = text_of(nobody.get(f"{page_of(translated)}?language=en", headers=french))
    assert "Posting stops at step 5" in english
    assert 'lang="en" hreflang="en" aria-current="true"' in english


def test_another_language_than_the_readers_is_said(translated, client_of):
    page = text_of(client_of(None).get(page_of(translated), headers={"Accept-Language": "ko"}))
    assert "English" in page
    assert "banner" in page
    english = text_of(client_of(None).get(page_of(translated), headers={"Accept-Language": "en"}))
    assert "in your language yet" not in english


def test_a_stale_translation_is_said(translated, client_of, write, publish):
    stale = text_of(client_of(None).get(f"{page_of(translated)}?language=fr"))
    assert "A newer text exists in English" in stale
    write(translated, "fr", title="La comptabilisation s’arrête encore")
    publish(translated, "fr")
    assert "A newer text" not in text_of(client_of(None).get(f"{page_of(translated)}?language=fr"))


def test_readers_see_no_draft(published, write, client_of, house):
    solution = published(audience="public")
    write(solution, title="Not yet")
    for client in (client_of(None), client_of(house.big.contact)):
        assert "Not yet" not in text_of(client.get(page_of(solution)))


def test_a_contact_says_that_it_helped_and_changes_their_mind(published, client_of, house, acting_as):
    solution = published(audience="customers")
    client = client_of(house.big.contact)
    said = {"language": "en", "helped": "yes"}
    answer = client.post(f"{page_of(solution)}verdict/", said, follow=True)
    assert "You said that it helped." in text_of(answer)
    said = {"language": "en", "helped": "no", "reason": "unclear", "text": "Which lock?"}
    assert "hard to understand" in text_of(client.post(f"{page_of(solution)}verdict/", said, follow=True))
    with acting_as(house.agent):
        [verdict] = Verdict.objects.all()
    assert (verdict.helped, verdict.reason, verdict.text) == (False, "unclear", "Which lock?")


def test_no_without_a_reason_keeps_the_words(published, client_of, house):
    solution = published(audience="customers")
    said = {"language": "en", "helped": "no", "text": "It is odd"}
    answer = client_of(house.big.contact).post(f"{page_of(solution)}verdict/", said)
    assert answer.status_code == 422
    assert "Say why it did not help" in text_of(answer)
    assert "It is odd" in text_of(answer)


def test_another_language_is_one_step_away_where_a_verdict_was_refused(translated, client_of, house):
    answer = client_of(house.big.contact).post(f"{page_of(translated)}verdict/", {"language": "en"})
    assert answer.status_code == 422
    assert f'href="{page_of(translated)}?language=fr" lang="fr"' in text_of(answer)


def test_words_outlive_an_expired_session(published, client_of, house):
    solution = published(audience="customers")
    browser = client_of(None)
    said = {"language": "en", "helped": "no", "text": "It is odd"}
    answer = browser.post(f"{page_of(solution)}verdict/", said)
    assert reverse("account_login") in answer.headers["Location"]
    browser.force_login(house.big.contact.user)
    assert "It is odd" in text_of(browser.get(page_of(solution)))


def test_who_reads_a_public_one_without_a_place_here_says_nothing(published, client_of, house, cast):
    solution = published(audience="public")
    stranger = client_of(cast.rival.big.contact, tenant=house.tenant)
    said = {"language": "en", "helped": "yes"}
    assert stranger.post(f"{page_of(solution)}verdict/", said).status_code == 404


def test_a_contact_finds_their_products_first(published, client_of, house, acting_as):
    for_ledger = published(audience="customers")
    elsewhere = published(audience="public")
    with acting_as(house.agent) as agent:
        actions.change_solution(
            person=agent,
            solution=elsewhere,
            audience="public",
            review_by=None,
            ranges=[],
            revision=None,
        )
    client = client_of(house.big.contact)
    assert shown(client.get(LIST)) == [for_ledger.reference]
    assert shown(client.get(f"{LIST}?all=1")) == [elsewhere.reference, for_ledger.reference]
    assert shown(client.get(f"{LIST}?product={house.store.pk}")) == []
    assert shown(client.get(f"{LIST}?all=1&language=fr")) == []


def test_a_contact_list_tells_of_nothing_that_is_not_theirs(published, draft, client_of, house):
    published(title="For staff")
    draft(audience="public", title="Not yet")
    assert shown(client_of(house.big.contact).get(f"{LIST}?all=1&show=drafts")) == []


def test_a_reader_costs_the_same_for_one_solution_and_three(published, client_of, house):
    client = client_of(house.big.contact)
    costs = []
    for count in (1, 2):
        for _ in range(count):
            solution = published(audience="customers")
        client.get(LIST), client.get(page_of(solution))
        costs.append((len(statements_of(client, LIST)), len(statements_of(client, page_of(solution)))))
    assert costs[0] == costs[1] == (5, 7)
