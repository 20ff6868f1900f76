"""The log form: what it takes, what it promises beforehand, and that nothing typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Attachment, Incident
from tests.incidents.pages.conftest import key_in
from tests.statements import statements_of

pytestmark = pytest.mark.django_db
NEW = "/incidents/new/"


@pytest.fixture
def said(house):
    return {
        "key": "k1",
        "kind": "defect",
        "product": house.ledger.pk,
        "severity": "2",
        "title": "Posting stops",
        "description": "It stops at **company 3**.",
    }


@pytest.fixture
def incidents(acting_in, house):
    def all_of_them():
        with acting_in(house.tenant):
            return list(
                Incident.objects.order_by("id").select_related("reported_by__user", "logged_by__user")
            )

    return all_of_them


def test_a_contact_logs_and_lands_on_the_incident(client_of, house, said, incidents):
    response = client_of(house.big.contact).post(NEW, said)
    [logged] = incidents()
    assert response.headers["Location"] == f"/incidents/{logged.reference}/"
    assert (logged.title, logged.description, logged.severity) == (said["title"], said["description"], 2)
    assert (logged.reported_by, logged.logged_by) == (house.big.contact, house.big.contact)
    assert logged.due_at is not None


def test_a_double_click_makes_one_incident(client_of, house, said, incidents):
    client = client_of(house.big.contact)
    first, second = client.post(NEW, said), client.post(NEW, said)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(incidents()) == 1


def test_each_rendered_form_has_a_key_of_its_own(client_of, house):
    client = client_of(house.big.contact)
    assert key_in(client.get(NEW).content.decode()) != key_in(client.get(NEW).content.decode())


def test_a_refused_form_keeps_key_text_choices_and_files(client_of, house, said, incidents, upload):
    file = upload(house.big.contact, "trace.log")
    response = client_of(house.big.contact).post(NEW, {**said, "title": "", "uploads": [str(file.pk)]})
    html = response.content.decode()
    assert response.status_code == 422
    assert incidents() == []
    assert key_in(html) == "k1"
    assert said["description"] in html
    assert re.search(rf'<option value="{house.ledger.pk}" selected>', html)
    assert re.search(r'name="severity" value="2" checked', html)
    assert f'name="uploads" value="{file.pk}"' in html
    assert "trace.log" in html


def test_installation_questions_get_the_way_to_consulting(client_of, house, said, incidents):
    response = client_of(house.big.contact).post(NEW, {**said, "kind": "installation"})
    assert response.status_code == 422
    assert "answered by our consulting services" in response.content.decode()
    assert incidents() == []


def test_files_are_attached_with_and_without_javascript(client_of, house, said, incidents, upload, acting_in):
    sent_before = upload(house.big.contact, "before.log")
    plain = SimpleUploadedFile("plain.log", b"line")
    client_of(house.big.contact).post(NEW, {**said, "uploads": [str(sent_before.pk)], "files": [plain]})
    [logged] = incidents()
    with acting_in(house.tenant):
        assert set(Attachment.objects.filter(incident=logged).values_list("name", flat=True)) == {
            "before.log",
            "plain.log",
        }


def test_a_file_that_cannot_be_taken_keeps_the_others_and_the_text(
    client_of, house, said, incidents, settings
):
    settings.MAX_ATTACHMENT_BYTES = 10
    files = [SimpleUploadedFile("small.log", b"1234"), SimpleUploadedFile("large.log", b"x" * 11)]
    response = client_of(house.big.contact).post(NEW, {**said, "files": files})
    html = response.content.decode()
    assert response.status_code == 422
    assert incidents() == []
    assert "“large.log” is larger than" in html
    assert "small.log" in html
    assert said["description"] in html


@pytest.mark.parametrize("field", ["product", "installation", "reported_by"])
def test_foreign_ids_are_as_unknown_ones(client_of, house, cast, said, incidents, field):
    """S-01, S-02: another tenant's product, another account's installation, another account's contact."""
    foreign = {
        "product": cast.rival.ledger.pk,
        "installation": house.small.installation.pk,
        "reported_by": house.small.contact.pk,
    }
    who, account = (house.agent, {"account": "BIG"}) if field == "reported_by" else (house.big.contact, {})
    client = client_of(who)
    refused = client.post(NEW, {**said, **account, field: foreign[field]})
    unknown = client.post(NEW, {**said, **account, field: 999_999_999})
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert incidents() == []
    assert "is not one of the available choices" in refused.content.decode()
    assert refused.content.decode().count("field-error") == unknown.content.decode().count("field-error")


def test_an_installation_belongs_to_its_product(client_of, house, said, incidents):
    chosen = {**said, "product": house.store.pk, "installation": house.big.installation.pk}
    response = client_of(house.big.contact).post(NEW, chosen)
    assert response.status_code == 422
    assert incidents() == []


def test_a_foreign_upload_is_not_attached(client_of, house, said, incidents, upload, acting_in):
    """S-61: uploads are bound to their uploader."""
    theirs = upload(house.big.colleague)
    response = client_of(house.big.contact).post(NEW, {**said, "uploads": [str(theirs.pk)]})
    assert response.status_code == 422
    assert "trace.log" not in response.content.decode()
    assert incidents() == []
    with acting_in(house.tenant):
        assert Attachment.objects.get(pk=theirs.pk).incident_id is None


def test_staff_choose_a_customer_and_log_for_its_contact(client_of, house, said, incidents):
    client = client_of(house.agent)
    assert "Choose a customer" in client.get(NEW).content.decode()
    assert "Big Contact" in client.get(NEW + "?account=BIG").content.decode()
    client.post(NEW, {**said, "account": "BIG", "reported_by": house.big.contact.pk})
    [logged] = incidents()
    assert (logged.reported_by, logged.logged_by) == (house.big.contact, house.agent)


def test_staff_get_no_account_of_another_tenant(client_of, house):
    assert client_of(house.agent).get(NEW + "?account=NONE").status_code == 404


def test_a_contact_logs_for_the_own_account_whatever_the_address_says(client_of, house, said, incidents):
    client_of(house.big.contact).post(NEW, {**said, "account": "SMA"})
    [logged] = incidents()
    assert logged.account_id == house.big.account.pk


def test_the_promise_names_time_hours_plan_and_feature(client_of, house):
    client = client_of(house.big.contact)
    answer = client.get(
        f"{NEW}promise/?product={house.ledger.pk}&severity=1", headers={"HX-Request": "true"}
    ).content.decode()
    assert "First response by" in answer
    assert "within 30 min of coverage" in answer
    assert "Extended Critical Incident Support" in answer
    assert 'hx-swap-oob="true"' in answer
    assert "<html" not in answer


@pytest.mark.parametrize("product", ["x", "9" * 30, "9" * 5000])
def test_of_what_is_no_product_nothing_is_promised(client_of, house, product):
    answer = client_of(house.big.contact).get(f"{NEW}promise/?product={product}&installation={product}")
    assert answer.status_code == 200
    assert "First response by" not in answer.content.decode()


def test_the_promise_is_a_page_of_its_own_without_javascript(client_of, house):
    response = client_of(house.big.contact).get(f"{NEW}promise/?product={house.ledger.pk}&severity=1")
    assert "<html" in response.content.decode()
    assert "First response by" in response.content.decode()


def test_without_cover_the_panel_explains_the_coverage_check(client_of, house, acting_in):
    with acting_in(house.tenant):
        house.big.contract.lines.filter(product=house.store).delete()
    client = client_of(house.big.contact)
    answer = client.get(f"{NEW}promise/?product={house.store.pk}&severity=1").content.decode()
    assert "Coverage is checked first" in answer
    assert "doesn’t cover it" in answer


def test_without_cover_the_incident_is_taken_into_coverage_check(
    client_of, house, said, incidents, acting_in
):
    with acting_in(house.tenant):
        house.big.contract.lines.filter(product=house.store).delete()
    client = client_of(house.big.contact)
    client.post(NEW, {**said, "product": house.store.pk})
    [logged] = incidents()
    assert logged.coverage_check
    page = client.get(f"/incidents/{logged.reference}/").content.decode()
    assert "Your coverage is being checked" in page


def test_the_form_costs_the_same_for_every_size_of_account(client_of, house, acting_in):
    client = client_of(house.big.contact)
    client.get(NEW)
    before = len(statements_of(client, NEW))
    with acting_in(house.tenant):
        one = house.big.installation
        for number in range(3):
            one.pk, one.name = None, f"More {number}"
            one.save(force_insert=True)
    assert (before, len(statements_of(client, NEW))) == (3, 3)


def test_what_is_typed_survives_a_session_that_ended(client_of, house, said, upload):
    file = upload(house.big.contact, "trace.log")
    client = client_of(None, tenant=house.tenant)
    response = client.post(NEW, {**said, "uploads": [str(file.pk)]})
    assert response.headers["Location"] == f"/account/login/?next={NEW.replace('/', '%2F')}"
    client.post(
        "/account/login/", {"login": house.big.contact.user.email, "password": "correct horse battery"}
    )
    html = client.get(NEW).content.decode()
    assert said["description"] in html
    assert f'name="uploads" value="{file.pk}"' in html
    assert said["description"] not in client.get(NEW).content.decode()
