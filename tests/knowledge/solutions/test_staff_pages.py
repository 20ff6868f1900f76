"""What staff do on the pages: write, have it read, compare, keep."""

import re

import pytest
from django.urls import reverse

from knowledge.solutions import actions
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Flag, Revision, Solution, SolutionProduct
from plans.actions import add_version
from portal.identity.models import User
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
LIST = "/solutions/"
WORDS = {"title": "Label printer", "symptom": "Blank labels", "cause": "", "resolution": "Calibrate."}


def text_of(response):
    return response.content.decode()


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1].replace("&quot;", '"')


def shown(response):
    return re.findall(r'data-item href="/solutions/(S-[0-9]+)/"', text_of(response))


@pytest.fixture
def agent(client_of, house):
    return client_of(house.agent)


@pytest.fixture
def other(client_of, house):
    return client_of(house.other_agent)


@pytest.fixture
def read(acting_as, house):
    """``read(Revision, stage=…)``: one row, as staff see it."""

    def one(model, **given):
        with acting_as(house.agent):
            return model.objects.get(**given)

    return one


def test_from_a_first_word_to_the_reader(agent, other, client_of, house, read):
    answer = agent.post(f"{LIST}new/", {**WORDS, "language": "en", "products": [house.ledger.pk]})
    page = answer.headers["Location"]
    assert page == "/solutions/S-1/en/1/"
    seen = hidden(text_of(agent.get(page)), "seen")
    assert agent.post("/solutions/S-1/en/review/", {"seen": seen}).status_code == 302
    assert "a colleague reads and publishes it" in text_of(agent.get(page))
    assert agent.post("/solutions/S-1/en/publish/", {"seen": seen, "audience": "internal"}).status_code == 403
    changed = {"audience": "customers", f"product_{house.ledger.pk}": "on", "seen": "2"}
    changed["owner"] = house.agent.pk
    assert agent.post("/solutions/S-1/about/", changed).status_code == 302
    published = {"seen": seen, "critical": "on", "audience": "customers"}
    done = other.post("/solutions/S-1/en/publish/", published, follow=True)
    assert "Readers see this text from now on" in text_of(done)
    assert "Blank labels" in text_of(client_of(house.big.contact).get("/solutions/S-1/"))
    assert read(Solution).critical


def test_an_empty_title_keeps_the_rest(agent):
    answer = agent.post(f"{LIST}new/", {**WORDS, "title": "", "language": "en"})
    assert answer.status_code == 422
    assert "Calibrate." in text_of(answer)


def test_a_translation_is_written_beside_its_source(agent, published, read):
    published(title="Posting stops")
    page = text_of(agent.get("/solutions/S-1/fr/write/"))
    assert "Posting stops" in page
    typed = {**WORDS, "title": "Arrêt", "seen": hidden(page, "seen"), "source": hidden(page, "source")}
    assert agent.post("/solutions/S-1/fr/write/", typed).headers["Location"] == "/solutions/S-1/fr/1/"
    assert read(Revision, language="fr").source_id == read(Revision, language="en").pk


def test_a_stale_form_gets_both_versions(agent, other, published, read):
    published()
    seen = hidden(text_of(agent.get("/solutions/S-1/en/write/")), "seen")
    other.post("/solutions/S-1/en/write/", {**WORDS, "title": "Theirs", "seen": seen})
    answer = agent.post("/solutions/S-1/en/write/", {**WORDS, "title": "Mine", "seen": seen})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Other Agent has saved this text meanwhile" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert read(Revision, stage=Stage.DRAFT).title == "Theirs"
    again = {**WORDS, "title": "Mine", "seen": hidden(page, "seen")}
    assert agent.post("/solutions/S-1/en/write/", again).status_code == 302
    assert read(Revision, stage=Stage.DRAFT).title == "Mine"


def test_what_was_written_outlives_an_expired_session(published, client_of, house):
    published()
    browser = client_of(None)
    answer = browser.post("/solutions/S-1/fr/write/", {**WORDS, "title": "Arrêt", "seen": '""'})
    assert reverse("account_login") in answer.headers["Location"]
    browser.force_login(house.agent.user)
    assert 'value="Arrêt"' in text_of(browser.get("/solutions/S-1/fr/write/"))


def test_a_reason_to_send_back_outlives_an_expired_session(draft, client_of, house, acting_as, read):
    draft()
    text = read(Revision)
    with acting_as(house.agent) as person:
        seen = f"{text.pk}.{text.saves}"
        actions.ask_review(person=person, solution=text.solution, language="en", seen=seen)
    browser = client_of(None)
    browser.post("/solutions/S-1/en/send-back/", {"seen": f'"{seen}"', "reason": "Which log?"})
    browser.force_login(house.other_agent.user)
    page = text_of(browser.get("/solutions/S-1/en/send-back/"))
    assert "Which log?" in page
    [form] = re.findall(r'<form[^>]*/en/send-back/".*?</form>', page, re.DOTALL)
    again = {"seen": hidden(form, "seen"), "reason": "Which log?"}
    assert browser.post("/solutions/S-1/en/send-back/", again).status_code == 302
    assert read(Revision).stage == Stage.DRAFT


def test_the_writer_reads_why_it_was_sent_back_until_it_waits_again(agent, other, draft, read):
    draft()
    seen = f'"{read(Revision).pk}.1"'
    agent.post("/solutions/S-1/en/review/", {"seen": seen})
    assert other.post("/solutions/S-1/en/send-back/", {"seen": seen}).status_code == 422
    other.post("/solutions/S-1/en/send-back/", {"seen": seen, "reason": "Which log?"})
    page = text_of(agent.get("/solutions/S-1/en/1/"))
    assert "Other Agent has sent it back" in page
    assert "Which log?" in page
    agent.post("/solutions/S-1/en/review/", {"seen": seen})
    assert "Which log?" not in text_of(agent.get("/solutions/S-1/en/1/"))


def test_the_home_of_a_second_person_shows_what_waits_for_them(agent, other, client_of, house, draft, read):
    draft(title="Waits")
    draft(title="Not yet")
    text = read(Revision, title="Waits")
    agent.post("/solutions/S-1/en/review/", {"seen": f'"{text.pk}.1"'})
    home = text_of(other.get("/"))
    assert 'href="/solutions/S-1/en/1/"' in home
    assert "Not yet" not in home
    for client in (agent, client_of(house.big.contact)):
        assert "/solutions/S-1/en/1/" not in text_of(client.get("/"))


def test_two_texts_are_compared_line_by_line(agent, published, write):
    solution = published(resolution="Stop it.\nRelease the lock.\nStart it.")
    write(solution, resolution="Stop it.\nRelease both locks.\nStart it.")
    page = text_of(agent.get("/solutions/S-1/en/compare/"))
    assert '<del><span class="visually-hidden">Taken out: </span>Release the lock.</del>' in page
    assert '<ins><span class="visually-hidden">Put in: </span>Release both locks.</ins>' in page
    assert "<del>Stop it." not in page
    assert "There is none before it" in text_of(agent.get("/solutions/S-1/en/compare/?new=1"))
    for number in ("x", "9" * 30, "9" * 5000):
        latest = text_of(agent.get(f"/solutions/S-1/en/compare/?new={number}&old={number}"))
        assert "Put in: </span>Release both locks." in latest


def test_products_get_ranges_of_versions(agent, published, house, acting_in, read):
    published()
    with acting_in(house.tenant):
        newer = add_version(product=house.ledger, name="2.0", actor=house.admin)
    pk = house.ledger.pk
    seen = hidden(text_of(agent.get("/solutions/S-1/about/")), "seen")
    given = {"audience": "internal", f"product_{pk}": "on", f"since_{pk}": newer.pk, "seen": seen}
    given["owner"] = house.agent.pk
    assert agent.post("/solutions/S-1/about/", given).status_code == 302
    assert read(SolutionProduct).since_version_id == newer.pk
    assert "Ledger from 2.0 on" in text_of(agent.get("/solutions/S-1/"))
    answer = agent.post("/solutions/S-1/about/", {**given, "review_by": "2027-01-31"})
    assert answer.status_code == 409
    assert "As it is now" in text_of(answer)
    assert "2027-01-31" in text_of(answer)


def test_only_a_lead_gives_what_is_published_to_more_readers(agent, client_of, house, published, read):
    published()
    given = {"audience": "public", "seen": str(read(Solution).revision), "owner": house.agent.pk}
    answer = agent.post("/solutions/S-1/about/", given)
    assert answer.status_code == 403
    assert "A team lead can give it to more readers" in text_of(answer)
    assert read(Solution).audience == "internal"
    assert client_of(house.lead).post("/solutions/S-1/about/", given).status_code == 302
    assert read(Solution).audience == "public"


def test_nobody_publishes_for_readers_that_they_have_not_seen(agent, other, draft, house, read):
    draft()
    seen = f'"{read(Revision).pk}.1"'
    agent.post("/solutions/S-1/en/review/", {"seen": seen})
    told = {"audience": "public", "seen": str(read(Solution).revision), "owner": house.agent.pk}
    assert agent.post("/solutions/S-1/about/", told).status_code == 302
    answer = other.post("/solutions/S-1/en/publish/", {"seen": seen, "audience": "internal"})
    assert answer.status_code == 409
    assert "Who may read it was changed meanwhile" in text_of(answer)
    assert 'name="audience" value="public"' in text_of(answer)
    assert read(Solution).state == State.DRAFT


def test_a_solution_gets_another_owner_of_the_staff(agent, published, house, read):
    published()
    given = {"audience": "internal", "seen": str(read(Solution).revision), "owner": house.csm.pk}
    assert agent.post("/solutions/S-1/about/", given).status_code == 302
    assert read(Solution).owner_id == house.csm.pk
    given = {**given, "seen": str(read(Solution).revision), "owner": house.big.contact.pk}
    assert agent.post("/solutions/S-1/about/", given).status_code == 422
    assert read(Solution).owner_id == house.csm.pk


def test_an_owner_may_be_a_namesake_of_the_one_before(agent, published, house, read):
    published()
    User.objects.filter(pk=house.lead.user_id).update(name=house.agent.name)
    given = {"audience": "internal", "seen": str(read(Solution).revision), "owner": house.lead.pk}
    given[f"product_{house.ledger.pk}"] = "on"
    assert agent.post("/solutions/S-1/about/", given).status_code == 302
    assert read(Solution).owner_id == house.lead.pk


def test_a_flag_is_seen_until_it_is_resolved(agent, other, published, read):
    published()
    other.post("/solutions/S-1/flag/", {"text": "Step 2 is wrong"})
    assert "Other Agent says that something is wrong" in text_of(agent.get("/solutions/S-1/"))
    assert shown(agent.get(f"{LIST}?show=flagged")) == ["S-1"]
    agent.post(f"/solutions/S-1/flags/{read(Flag).pk}/", {"answer": "Corrected"})
    page = text_of(agent.get("/solutions/S-1/"))
    assert "says that something is wrong" not in page
    assert "Corrected" in page
    assert shown(agent.get(f"{LIST}?show=flagged")) == []


def test_a_lead_retires_and_restores(agent, client_of, house, published, read):
    published(audience="public")
    assert agent.post("/solutions/S-1/retire/", {"reason": ""}).status_code == 404
    lead = client_of(house.lead)
    lead.post("/solutions/S-1/retire/", {"reason": "Old"})
    assert read(Solution).state == State.RETIRED
    assert client_of(None).get("/solutions/S-1/").status_code == 404
    assert "Nobody but staff can read this solution" in text_of(agent.get("/solutions/S-1/"))
    lead.post("/solutions/S-1/restore/")
    assert client_of(None).get("/solutions/S-1/").status_code == 200


def test_what_is_due_is_said_until_somebody_has_looked(agent, published, acting_as, house):
    published()
    with acting_as(house.agent):
        Solution.objects.update(review_by="2020-01-31")
    assert shown(agent.get(f"{LIST}?show=due")) == ["S-1"]
    assert "Is it still right?" in text_of(agent.get("/solutions/S-1/"))
    agent.post("/solutions/S-1/look-again/")
    assert shown(agent.get(f"{LIST}?show=due")) == []


def test_each_view_of_the_list_shows_what_it_says(agent, published, draft, write, publish, house, acting_as):
    stale, waits, drafted = published(), draft(), draft()
    write(stale, "fr")
    publish(stale, "fr")
    write(stale, title="Second")
    publish(stale)
    with acting_as(house.agent) as person:
        text = Revision.objects.get(solution=waits)
        actions.ask_review(person=person, solution=waits, language="en", seen=f"{text.pk}.1")
    views = {
        "all": {stale, waits, drafted},
        "review": {waits},
        "drafts": {drafted},
        "published": {stale},
        "stale": {stale},
        "due": set(),
        "retired": set(),
    }
    found = {view: set(shown(agent.get(f"{LIST}?show={view}"))) for view in views}
    assert found == {view: {one.reference for one in those} for view, those in views.items()}
    assert shown(agent.get(f"{LIST}?language=fr")) == [stale.reference]
    assert shown(agent.get(f"{LIST}?product={house.store.pk}")) == []


def test_the_list_goes_on_by_key_in_its_order(agent, published, house, acting_as, monkeypatch):
    solutions = [published() for _ in range(3)]
    with acting_as(house.agent):
        for links, solution in enumerate(solutions):
            Solution.objects.filter(pk=solution.pk).update(links=links % 2)
    monkeypatch.setattr("knowledge.solutions.queries.staff_page.__kwdefaults__", {"cursor": "", "size": 2})
    first = agent.get(f"{LIST}?sort=links")
    assert shown(first) == ["S-2", "S-3"]
    older = re.search(r'href="(\?[^"]*after=[^"]*)"', text_of(first))[1].replace("&amp;", "&")
    assert shown(agent.get(LIST + older)) == ["S-1"]
    assert agent.get(f"{LIST}?after=nonsense").headers["Location"] == LIST


def test_staff_pay_the_same_for_one_solution_and_three(agent, published, write):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            solution = published()
            write(solution, "fr")
        page = f"/solutions/{solution.reference}/"
        agent.get(LIST), agent.get(page)
        costs.append((len(statements_of(agent, LIST)), len(statements_of(agent, page))))
    assert costs[0] == costs[1] == (4, 10)
