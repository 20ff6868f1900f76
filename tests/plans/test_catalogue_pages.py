"""The pages on which features and plans are added, put in order and retired."""

import pytest

from plans.models import Feature, FeatureText, Plan
from plans.queries import features_of, plans_of
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
FEATURES, PLANS = "/settings/features/", "/settings/plans/"
NEW_FEATURE = {"category": "support", "language": "fr", "name": "Visites", "summary": "Nous venons."}


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


@pytest.fixture
def feature_codes(cast, acting_in):
    def codes():
        with acting_in(cast.acme.tenant):
            return [feature.code for feature in features_of(cast.acme.tenant)]

    return codes


@pytest.fixture
def plan_codes(cast, acting_in):
    def codes():
        with acting_in(cast.acme.tenant):
            return [plan.code for plan in plans_of(cast.acme.tenant)]

    return codes


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_feature_is_added_moved_retired_and_taken_up_again(cast, admin, feature_codes, acting_in):
    answer = admin.post(f"{FEATURES}new/", {**NEW_FEATURE, "discretionary": "on"}, follow=True)
    assert said(answer) == ["Visites was added. Give it to plans in the draft of the next edition."]
    with acting_in(cast.acme.tenant):
        text = FeatureText.objects.get(feature__code="visites")
        assert (text.language, text.summary, text.feature.discretionary) == ("fr", "Nous venons.", True)
    place = feature_codes().index("visites")
    admin.post(f"{FEATURES}visites/move/", {"up": "1"})
    assert feature_codes().index("visites") == place - 1
    admin.post(f"{FEATURES}visites/move/", {"down": "1"})
    assert feature_codes().index("visites") == place
    assert said(admin.post(f"{FEATURES}visites/retire/", follow=True)) == ["Visites was retired."]
    assert "visites" not in feature_codes()
    assert "Visites" in admin.get(FEATURES).content.decode()
    answer = admin.post(f"{FEATURES}visites/retire/", {"restore": "1"}, follow=True)
    assert said(answer) == ["Visites was taken up again."]
    assert feature_codes().index("visites") == place


def test_what_is_refused_loses_nothing_that_was_typed(admin, feature_codes, plan_codes):
    page = admin.post(f"{FEATURES}new/", {**NEW_FEATURE, "name": "phone access"}).content.decode()
    assert "Another feature has this name. Choose a name of its own." in page
    assert "Nous venons." in page
    assert 'value="phone access"' in page
    page = admin.post(f"{PLANS}new/", {"name": "Silver", "rank": "2", "language": "en", "summary": "Shiny."})
    assert "Xtreme Premium has this rank." in page.content.decode()
    assert "Shiny." in page.content.decode()
    assert len(feature_codes()) == 23
    assert plan_codes() == ["xtreme", "premium", "elite"]


@pytest.mark.parametrize(
    "wrong", [{"category": "other"}, {"language": "xx"}, {"name": ""}, {"name": "x" * 121}]
)
def test_a_feature_of_no_group_language_or_name_is_refused(admin, feature_codes, wrong):
    assert list(admin.post(f"{FEATURES}new/", {**NEW_FEATURE, **wrong}).context["form"].errors) == list(wrong)
    assert len(feature_codes()) == 23


def test_a_plan_is_added_moved_retired_and_taken_up_again(admin, plan_codes):
    answer = admin.post(f"{PLANS}new/", {"name": "Platinum", "rank": "", "language": "en"}, follow=True)
    assert said(answer) == ["Platinum was added. Give it features in the draft of the next edition."]
    admin.post(f"{PLANS}platinum/move/", {"down": "1"})
    assert plan_codes() == ["xtreme", "premium", "platinum", "elite"]
    admin.post(f"{PLANS}platinum/move/", {"up": "1"})
    assert plan_codes() == ["xtreme", "premium", "elite", "platinum"]
    assert said(admin.post(f"{PLANS}platinum/retire/", follow=True)) == ["Platinum was retired."]
    assert plan_codes() == ["xtreme", "premium", "elite"]
    answer = admin.post(f"{PLANS}platinum/retire/", {"restore": "1"}, follow=True)
    assert said(answer) == ["Platinum was taken up again, at rank 4."]


def test_the_page_says_why_a_plan_in_use_stays(admin, plan_codes):
    [refusal] = said(admin.post(f"{PLANS}elite/retire/", follow=True))
    assert refusal.startswith("The contract C-BIG has Xtreme Elite until ")
    assert plan_codes() == ["xtreme", "premium", "elite"]


def test_a_feature_of_this_name_does_not_hide_the_form(admin):
    admin.post(f"{FEATURES}new/", {**NEW_FEATURE, "name": "New"})
    admin.post(f"{PLANS}new/", {"name": "New", "language": "en"})
    assert admin.get(f"{FEATURES}new_2/").context["title"] == "New"
    assert admin.get(f"{PLANS}new_2/").context["title"] == "New"
    assert "category" in admin.get(f"{FEATURES}new/").context["form"].fields


@pytest.mark.parametrize("url", [f"{FEATURES}phone_access/", f"{PLANS}elite/"], ids=["feature", "plan"])
def test_only_administrators_of_this_portal_do_it(cast, client_of, url, feature_codes, plan_codes):
    before = feature_codes(), plan_codes()
    for person in (cast.acme.lead, cast.acme.csm, cast.acme.big.admin):
        for action in ("move/", "retire/"):
            assert client_of(person).post(f"{url}{action}", {"down": "1"}).status_code == 404
    assert client_of(cast.rival.admin).post(f"{url}move/", {"down": "1"}).status_code == 302
    assert (feature_codes(), plan_codes()) == before


def test_the_lists_cost_the_same_with_more_of_each(cast, admin, acting_in):
    for url in (FEATURES, PLANS):
        admin.get(url)
        assert len(statements_of(admin, url)) == 2
    admin.post(f"{FEATURES}new/", NEW_FEATURE)
    admin.post(f"{FEATURES}visites/retire/")
    admin.post(f"{PLANS}new/", {"name": "Platinum", "language": "en"})
    admin.post(f"{PLANS}platinum/retire/")
    with acting_in(cast.acme.tenant):
        assert Feature.objects.exclude(retired_at=None).count() == 1
        assert Plan.objects.exclude(retired_at=None).count() == 1
    for url in (FEATURES, PLANS):
        admin.get(url)
        assert len(statements_of(admin, url)) == 2
