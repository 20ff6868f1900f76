"""Administrators edit what is sold: products, and the words of plans, features and severities."""

import pytest

from plans.enums import FeatureCode
from plans.models import FeatureText, Plan, PlanText, Product, ProductVersion, SeverityText
from plans.queries import feature_texts, plans_of, products_of

PAGES = [
    "/settings/products/",
    "/settings/products/ledger/",
    "/settings/products/ledger/name/",
    "/settings/plans/",
    "/settings/plans/xtreme/",
    "/settings/features/",
    "/settings/features/phone_access/",
    "/settings/severities/",
    "/settings/severities/1/",
]
WORDS = {"name": "Telefon", "summary": "Kurz", "description": "Lang", "use": "Dort"}


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


@pytest.mark.parametrize("url", PAGES)
def test_only_administrators_open_them(cast, client_of, admin, url):
    assert admin.get(url).status_code == 200
    for person in (cast.acme.lead, cast.acme.csm, cast.acme.big.admin):
        assert client_of(person).get(url).status_code == 404
    assert client_of().get(url).headers["Location"].startswith("/account/login/")


def test_a_product_is_added_with_a_code_of_its_own(cast, admin, acting_in):
    answer = admin.post("/settings/products/", {"name": "Kiosk", "code": "kiosk"})
    assert answer.headers["Location"] == "/settings/products/kiosk/"
    again = admin.post("/settings/products/", {"name": "Kiosk 2", "code": "kiosk"})
    assert "Another product has this code." in again.content.decode()
    with acting_in(cast.acme.tenant):
        assert [product.code for product in products_of(cast.acme.tenant)] == ["ledger", "store", "kiosk"]
    with acting_in(cast.rival.tenant):
        assert not Product.objects.filter(code="kiosk").exists()


def test_a_version_is_the_newest_and_comes_once(cast, admin, acting_in):
    admin.post("/settings/products/ledger/", {"name": "2.0", "released_on": "2026-05-01"})
    again = admin.post("/settings/products/ledger/", {"name": "2.0"})
    assert "The product has this version already." in again.content.decode()
    late = admin.post(
        "/settings/products/ledger/",
        {"name": "3.0", "released_on": "2026-05-01", "supported_until": "2026-04-30"},
    )
    assert "Support can’t end before the release." in late.content.decode()
    with acting_in(cast.acme.tenant):
        ledger = products_of(cast.acme.tenant)[0]
        assert [version.name for version in ledger.versions] == ["2.0", "1.0"]
        assert ProductVersion.objects.filter(product=cast.acme.ledger).count() == 2


def test_a_product_is_renamed_retired_and_restored(cast, admin, acting_in):
    admin.post("/settings/products/ledger/name/", {"name": "General Ledger"})
    admin.post("/settings/products/ledger/retire/")
    with acting_in(cast.acme.tenant):
        ledger = products_of(cast.acme.tenant)[0]
        assert (ledger.name, ledger.retired) == ("General Ledger", True)
    admin.post("/settings/products/ledger/retire/", {"restore": "1"})
    with acting_in(cast.acme.tenant):
        assert not products_of(cast.acme.tenant)[0].retired


def test_a_features_words_are_edited_in_the_chosen_language(cast, admin, acting_in):
    code = FeatureCode.PHONE_ACCESS
    page = admin.get(f"/settings/features/{code}/?language=sv").content.decode()
    assert 'action="?language=sv"' in page
    admin.post(f"/settings/features/{code}/?language=sv", WORDS)
    with acting_in(cast.acme.tenant):
        assert feature_texts(cast.acme.tenant, "sv")[code].name == "Telefon"
        assert feature_texts(cast.acme.tenant, "en")[code].name == "Phone Access"
    with acting_in(cast.rival.tenant):
        assert not FeatureText.objects.filter(name="Telefon").exists()


def test_a_plan_is_renamed_everywhere_at_once(cast, admin, acting_in, client_of):
    assert "Xtreme Elite" in client_of().get("/plans/").content.decode()
    admin.post("/settings/plans/elite/?language=fr", {"name": "Platinum", "summary": "Le meilleur."})
    page = client_of().get("/plans/").content.decode()
    assert "Platinum" in page
    assert "Xtreme Elite" not in page
    with acting_in(cast.acme.tenant):
        assert [plan.name for plan in plans_of(cast.acme.tenant)] == ["Xtreme", "Xtreme Premium", "Platinum"]
        summaries = PlanText.objects.filter(plan__code="elite", summary="Le meilleur.")
        assert [text.language for text in summaries] == ["fr"]
    with acting_in(cast.rival.tenant):
        assert Plan.objects.get(tenant=cast.rival.tenant, code="elite").name == "Xtreme Elite"


def test_a_severitys_definition_is_edited(cast, admin, acting_in):
    words = {"name": "Stillstand", "definition": "Nothing works.", "example": ""}
    admin.post("/settings/severities/1/?language=en", words)
    with acting_in(cast.acme.tenant):
        text = SeverityText.objects.get(tenant=cast.acme.tenant, severity=1, language="en")
        assert (text.name, text.definition) == ("Stillstand", "Nothing works.")


def test_an_empty_name_is_refused_and_changes_nothing(cast, admin, acting_in):
    answer = admin.post("/settings/severities/1/?language=en", {"name": "", "definition": "Nothing works."})
    assert answer.status_code == 200
    with acting_in(cast.acme.tenant):
        text = SeverityText.objects.get(tenant=cast.acme.tenant, severity=1, language="en")
        assert text.definition != "Nothing works."


@pytest.mark.parametrize(
    "url", ["/settings/products/nothing/", "/settings/features/nothing/", "/settings/severities/5/"]
)
def test_what_does_not_exist_is_not_found(admin, url):
    assert admin.get(url).status_code == 404
