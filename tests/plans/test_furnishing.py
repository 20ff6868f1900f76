"""A new tenant starts with the brochure's matrix, in force and editable."""

import pytest
from django.utils import timezone

from plans.editions import current_edition, matrix_of
from plans.enums import EditionState, FeatureCode, TargetKind
from plans.models import Edition
from plans.queries import feature_texts, features_of, plans_of, severity_texts

LANGUAGES = ["en", "fr", "it", "nl", "sv", "ko"]


@pytest.fixture
def matrix(acme):
    return matrix_of(acme.tenant.pk, current_edition(acme.tenant.pk, timezone.now()).pk)


def test_it_has_the_three_plans_from_low_to_high(acme):
    assert [(plan.name, plan.rank) for plan in plans_of(acme.tenant)] == [
        ("Xtreme", 1),
        ("Xtreme Premium", 2),
        ("Xtreme Elite", 3),
    ]


def test_it_has_the_23_features_with_words_in_six_languages(acme):
    codes = [feature.code for feature in features_of(acme.tenant)]
    assert codes == list(FeatureCode.values)
    for language in LANGUAGES:
        texts = feature_texts(acme.tenant, language)
        assert list(texts) == codes
        assert {words.language for words in texts.values()} == {language}


def test_its_severities_are_defined_in_six_languages(acme):
    for language in LANGUAGES:
        words = severity_texts(acme.tenant, language)
        assert [(severity, text.language) for severity, text in words.items()] == [
            (severity, language) for severity in (1, 2, 3, 4)
        ]


def test_its_first_edition_is_published_by_its_admin(acme):
    edition = Edition.objects.get(tenant=acme.tenant)
    assert (edition.number, edition.state, edition.published_by_id) == (
        1,
        EditionState.PUBLISHED,
        acme.admin.pk,
    )


@pytest.mark.parametrize(
    ("feature", "calendar", "allowance", "notice_days"),
    [
        (FeatureCode.TARGETED_RESPONSE, None, None, 0),
        (FeatureCode.PHONE_ACCESS, "business", None, 0),
        (FeatureCode.CRITICAL_INCIDENT_SUPPORT, "24x5", None, 0),
        (FeatureCode.EXTENDED_CRITICAL_INCIDENT_SUPPORT, "24x7", None, 0),
        (FeatureCode.SPECIAL_EVENT_SUPPORT, "24x7", 1, 14),
        (FeatureCode.REMOTE_ACCESS, None, None, 0),
    ],
)
def test_cells_carry_what_their_feature_needs(matrix, feature, calendar, allowance, notice_days):
    elite = matrix.plans[-1]
    cell = matrix.cell(elite.id, feature)
    hours = matrix.calendar_of(cell)
    assert (hours and hours.code, cell.allowance, cell.notice_days) == (calendar, allowance, notice_days)


def test_only_elite_has_special_event_support(matrix):
    code = FeatureCode.SPECIAL_EVENT_SUPPORT
    assert [plan.code for plan in matrix.plans if matrix.cell(plan.id, code)] == ["elite"]


def test_targets_are_the_promised_ones(matrix):
    minutes = [
        [
            (target := matrix.target(TargetKind.FIRST_RESPONSE, severity, plan.id)) and target.minutes
            for plan in matrix.plans
        ]
        for severity in (1, 2, 3, 4)
    ]
    assert minutes == [[120, 60, 30], [240, 120, 60], [480, 360, 240], [960, 720, 480]]
    assert matrix.target(TargetKind.NEXT_RESPONSE, 4, matrix.plans[0].id) is None
