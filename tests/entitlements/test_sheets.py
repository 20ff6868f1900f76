"""Contracts as a file: what leaves, what is tried, what is signed, and what each bad line is told."""

import csv
import io
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext

from entitlements import sheets
from entitlements.models import Contract, ContractLine
from portal.core.sheets import written
from portal.identity.models import Account, User
from tests.statements import statements_of

PAGE, EXPORT, TEMPLATE = "/contracts/", "/contracts/contracts.csv", "/contracts/template.csv"
HEAD = "customer,plan,products,first_day,last_day,number,grace_days\n"
GOOD = "SMA,premium,ledger store,2040-01-01,2040-12-31,N-1,7\nBIG,xtreme,ledger,2040-01-01,2040-12-31,,\n"


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.acme.admin)


@pytest.fixture
def count(cast, acting_in):
    def count():
        with acting_in(cast.acme.tenant):
            return Contract.objects.count(), ContractLine.objects.count()

    return count


def cells_of(answer):
    text = answer.content.decode()
    assert text.startswith(sheets.BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(sheets.BYTE_ORDER_MARK))))


@pytest.mark.parametrize("url", [PAGE, EXPORT, TEMPLATE])
def test_only_administrators_reach_it(cast, client_of, admin, url):
    assert admin.get(url).status_code == 200
    for person in (cast.acme.csm, cast.acme.lead, cast.acme.agent, cast.acme.small.admin):
        assert client_of(person).get(url).status_code == 404
        assert client_of(person).post(url, {"text": HEAD + GOOD, "sign": "1"}).status_code in {404, 405}


def test_a_try_changes_nothing_and_keeps_the_text_of_the_file(admin, count):
    before = count()
    file = SimpleUploadedFile("contracts.csv", (HEAD + GOOD).encode("utf-8-sig"), "text/csv")
    page = admin.post(PAGE, {"file": file}).content.decode()
    assert "2 contracts would be signed. Nothing was changed yet." in page
    assert "SMA,premium,ledger store,2040-01-01,2040-12-31,N-1,7" in page
    assert count() == before


def test_a_good_file_is_signed_by_the_same_action(cast, admin, count, acting_in):
    before = count()
    assert admin.post(PAGE, {"text": HEAD + GOOD, "sign": "1"}).headers["Location"] == PAGE
    assert count() == (before[0] + 2, before[1] + 3)
    with acting_in(cast.acme.tenant):
        contract = Contract.objects.get(number="N-1")
        assert (contract.account.key, contract.plan.code, contract.grace_days) == ("SMA", "premium", 7)
        assert contract.edition.number == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("NO,xtreme,ledger,2040-01-01,2040-12-31,,", "There is no customer with the key “NO”."),
        ("SMA,gold,ledger,2040-01-01,2040-12-31,,", "There is no plan with the code “gold” on sale."),
        ("SMA,xtreme,hat,2040-01-01,2040-12-31,,", "There is no product with the code “hat” on sale."),
        ("SMA,xtreme,,2040-01-01,2040-12-31,,", "Name at least one product by its code."),
        ("SMA,xtreme,ledger,1.1.2040,2040-12-31,,", "“1.1.2040” is no day. Write it as 2027-01-31."),
        ("SMA,xtreme,ledger,2040-02-30,2040-12-31,,", "“2040-02-30” is no day."),
        ("SMA,xtreme,ledger,2040-01-01,2039-12-31,,", "The support period can’t end before it starts."),
        ("SMA,xtreme,ledger,2040-01-01,2040-12-31,,999", "Write a number from 0 to 365."),
        (f"SMA,xtreme,ledger,2040-01-01,2040-12-31,{'x' * 41},", "Use at most 40 characters."),
        ("SMA,xtreme,ledger,2042-01-01,2042-12-31,C-BIG,", "Another contract has this number."),
        ("SMA,xtreme,ledger,2040-06-01,2041-12-31,,", "Contract N-1 covers Ledger already"),
        ("SMA,xtreme,ledger,2040-01-01,2040-12-31,,,,more", "The line has more cells than the first one."),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_nothing_is_signed(admin, count, line, words):
    before = count()
    for button in ({}, {"sign": "1"}):
        page = admin.post(PAGE, {"text": f"{HEAD}{GOOD}\n{line}\n", **button}).content.decode()
        assert '<th scope="row" class="fit card-title">5</th>' in page
        assert words in page
        assert count() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer,plan\nSMA,xtreme\n", "lacks these columns: products, first_day, last_day."),
        (HEAD, "The file has no line below the first one."),
        ('customer,"plan\n', "can’t be read as CSV"),
        (HEAD + "SMA,xtreme,ledger,2040-01-01,2040-12-31,,\n" * 2001, "more than 2000 lines"),
        (" ", "Choose a file, or paste its text."),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(admin, count, text, words):
    before = count()
    assert words in admin.post(PAGE, {"text": text, "sign": "1"}).content.decode()
    assert count() == before


def test_a_file_in_another_encoding_is_refused(admin):
    file = SimpleUploadedFile("contracts.csv", HEAD.encode() + b"\xff\xfe", "text/csv")
    assert "not in UTF-8" in admin.post(PAGE, {"file": file}).content.decode()


def test_another_tenants_customer_is_unknown(cast, client_of, acting_in, count):
    with acting_in(cast.rival.tenant):
        Account.objects.filter(key="SMA").update(key="RIV")
    before = count()
    line = "RIV,xtreme,ledger,2040-01-01,2040-12-31,,"
    page = client_of(cast.acme.admin).post(PAGE, {"text": f"{HEAD}{line}\n", "sign": "1"})
    assert "There is no customer with the key “RIV”." in page.content.decode()
    assert count() == before


def test_an_export_has_every_contract_of_the_tenant_and_can_be_read_again(cast, admin, acting_in, client_of):
    head, *rows = cells_of(admin.get(EXPORT))
    assert head == list(sheets.EXPORTED)
    assert sorted((row[0], row[5]) for row in rows) == [("BIG", "C-BIG"), ("SMA", "C-SMA")]
    with acting_in(cast.acme.tenant):
        Contract.objects.all().update(cancelled_at=None)
        later = [[*row[:3], "2050-01-01", "2050-12-31", f"again-{n}", *row[6:]] for n, row in enumerate(rows)]
    text = written(head, later)
    assert client_of(cast.acme.admin).post(PAGE, {"text": text, "sign": "1"}).status_code == 302


def test_no_cell_is_a_formula_and_a_number_comes_back_as_it_was(cast, admin, acting_in):
    with acting_in(cast.acme.tenant):
        Contract.objects.filter(number="C-SMA").update(number="=1+1")
    rows = cells_of(admin.get(EXPORT))
    assert "'=1+1" in [row[5] for row in rows]
    text = f"{HEAD}SMA,xtreme,ledger,2050-01-01,2050-12-31,'=2+2,\n"
    assert admin.post(PAGE, {"text": text, "sign": "1"}).status_code == 302
    with acting_in(cast.acme.tenant):
        assert Contract.objects.filter(number="=2+2").exists()


def test_the_template_has_the_columns(admin):
    assert cells_of(admin.get(TEMPLATE)) == [list(sheets.COLUMNS)]


def test_an_export_takes_as_many_statements_for_two_contracts_as_for_four(admin):
    admin.get(EXPORT)
    before = len(statements_of(admin, EXPORT))
    admin.post(PAGE, {"text": HEAD + GOOD, "sign": "1"})
    assert len(statements_of(admin, EXPORT)) == before


@pytest.mark.parametrize("language", ["en", "fr", "it", "nl", "sv", "ko"])
def test_a_template_keeps_its_name_in_every_language(cast, admin, language):
    User.objects.filter(pk=cast.acme.admin.user_id).update(language=language)
    sent = admin.get(TEMPLATE).headers["Content-Disposition"]
    assert sent.startswith('attachment; filename="')
    with translation.override(language):
        assert sent.endswith(f"filename*=UTF-8''{quote(gettext('contracts-template'))}.csv")
