"""The plan comparison is a public page: in the visitor's language, with the groups of the brochure."""

import re

import pytest
from django.utils import timezone, translation

from plans.actions import edit_feature_text, except_product, publish_draft, set_target, start_draft
from plans.comparison import TargetCell, compare_plans
from plans.enums import FeatureCode, TargetKind, Unit
from plans.models import Calendar, Feature, FeatureText, Plan
from plans.queries import feature_texts
from tests.statements import statements_of

CIS = FeatureCode.CRITICAL_INCIDENT_SUPPORT


@pytest.fixture
def acme(cast, acting_in):
    with acting_in(cast.acme.tenant), translation.override("en"):
        yield cast.acme


def test_anybody_reads_it(client_of):
    page = client_of().get("/plans/").content.decode()
    assert re.findall(r'class="compare-group"><th[^>]*>([^<]+)', page) == [
        "Updates",
        "Support",
        "Responsiveness",
        "Knowledge Sharing",
        "Resource Planning",
    ]
    assert len(re.findall(r'<details class="feature"', page)) == 23
    assert "Not available for certain products." in page
    assert "Granted at our sole discretion." in page


@pytest.mark.parametrize(
    ("language", "group", "feature"),
    [("fr", "Mises à jour", "Notification des solutions critiques"), ("ko", "업데이트", "전화 문의")],
)
def test_it_speaks_the_visitors_language(client_of, language, group, feature):
    page = client_of().get("/plans/", headers={"Accept-Language": language}).content.decode()
    assert f">{group}</th>" in page
    assert feature in page


def test_each_role_reads_it_too(client_of, cast):
    for person in (cast.acme.admin, cast.acme.big.contact, cast.rival.small.contact):
        assert client_of(person).get("/plans/").status_code == 200


def test_it_takes_two_statements(client_of):
    client = client_of()
    client.get("/plans/")
    assert len(statements_of(client, "/plans/")) == 2  # the tenant is set, the current edition is found


def test_rows_say_who_has_what_and_with_what_limits(acme):
    compared = compare_plans(acme.tenant, "en", timezone.now())
    rows = {row.code: (row.marks, row.cells) for group in compared.groups for row in group.rows}
    assert rows[FeatureCode.UNLIMITED_INCIDENTS] == ((), ("", "", ""))
    assert rows[FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT] == (
        ("*",),
        (None, "24 hours, every day", "24 hours, every day"),
    )
    assert rows[FeatureCode.EDUCATION_INCENTIVES] == (("**",), (None, None, ""))
    assert rows[FeatureCode.SPECIAL_EVENT_SUPPORT] == (
        ("*",),
        (None, None, "24 hours, every day, once in a support period, asked for 14 days ahead"),
    )


def test_targets_and_coverage_stand_beneath(acme):
    compared = compare_plans(acme.tenant, "en", timezone.now())
    told = [
        (table.title, [tuple(cell.time if cell else "" for cell in row.cells) for row in table.rows])
        for table in compared.targets
    ]
    assert told == [
        (
            "First response",
            [
                ("2 h", "1 h", "30 min"),
                ("4 h", "2 h", "1 h"),
                ("8 h", "6 h", "4 h"),
                ("16 h", "12 h", "8 h"),
            ],
        ),
        (
            "Next response",
            [("4 h", "2 h", "1 h"), ("8 h", "6 h", "4 h"), ("24 h", "16 h", "12 h"), ("", "", "")],
        ),
    ]
    first = [[cell.hours for cell in row.cells] for row in compared.targets[0].rows]
    assert first == [
        ["24 hours, Monday to Friday", "24 hours, every day", "24 hours, every day"],
        *[["Business hours"] * 3] * 3,
    ]
    hours = {row.name: [cell and cell.hours for cell in row.cells] for row in compared.coverage}
    assert hours["Targeted Incident Response"] == ["Mon–Fri 08:00–18:00"] * 3
    assert hours["Phone Access"] == ["Mon–Fri 08:00–18:00"] * 3
    assert hours["Extended Critical Incident Support (24x7)"] == [
        None,
        "Mon–Sun 00:00–24:00",
        "Mon–Sun 00:00–24:00",
    ]


def test_updates_and_resolutions_are_shown_where_a_plan_has_them(acme, client_of):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    elite, xtreme = (Plan.objects.get(tenant=acme.tenant, code=code) for code in ("elite", "xtreme"))
    by = {"edition": draft, "actor": acme.admin}
    update = {**by, "kind": TargetKind.UPDATE, "severity": 1}
    set_target(**update, plan=elite, minutes=60, unit=Unit.ELAPSED_MINUTES)
    always = Calendar.objects.get(edition=draft, code="24x7")
    set_target(**update, plan=xtreme, minutes=240, unit=Unit.COVERAGE_MINUTES, calendar=always)
    solved = {**by, "kind": TargetKind.RESOLUTION, "severity": 3, "plan": elite}
    set_target(**solved, minutes=6000, unit=Unit.COVERAGE_MINUTES)
    publish_draft(**by, effective_at=timezone.now(), note="")
    tables = compare_plans(acme.tenant, "en", timezone.now()).targets
    assert [(table.title, [row.cells for row in table.rows]) for table in tables[2:]] == [
        (
            "Regular update",
            [
                (TargetCell("4 h", "24 hours, every day"), None, TargetCell("1 h by the clock", "")),
                *[(None, None, None)] * 3,
            ],
        ),
        (
            "Resolution",
            [
                *[(None, None, None)] * 2,
                (None, None, TargetCell("100 h", "Business hours")),
                (None, None, None),
            ],
        ),
    ]
    page = client_of().get("/plans/").content.decode()
    assert (
        '<strong class="compare-time">100 h</strong><span class="compare-note">Business hours</span>' in page
    )


def test_the_footnote_names_the_products_that_are_excepted(acme):
    draft = start_draft(tenant=acme.tenant, actor=acme.admin)
    feature = Feature.objects.get(tenant=acme.tenant, code=CIS)
    except_product(edition=draft, feature=feature, product=acme.store, actor=acme.admin)
    publish_draft(edition=draft, actor=acme.admin, effective_at=timezone.now(), note="")
    star, two_stars = compare_plans(acme.tenant, "en", timezone.now()).footnotes
    assert star.exceptions == (("Critical Incident Support (24x5)", "Store"),)
    assert (star.mark, two_stars.mark, two_stars.exceptions) == ("*", "**", ())


def test_words_that_are_missing_fall_back_and_say_so(acme, client_of):
    FeatureText.objects.filter(tenant=acme.tenant, feature__code=CIS, language="sv").delete()
    feature = Feature.objects.get(tenant=acme.tenant, code=CIS)
    edit_feature_text(
        feature=feature,
        language="en",
        name="Night duty",
        summary="",
        description="",
        use="",
        actor=acme.admin,
    )
    words = feature_texts(acme.tenant, "sv")[CIS]
    assert (words.language, words.name) == ("en", "Night duty")
    page = client_of().get("/plans/", headers={"Accept-Language": "sv"}).content.decode()
    assert re.search(
        r'<details class="feature" lang="en">\s*<summary>\s*<span class="feature-name">Night duty', page
    )


def test_there_is_none_without_a_tenant(client, db):
    assert client.get("/plans/", headers={"host": "localhost"}).status_code == 404
