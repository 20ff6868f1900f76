"""The data that a new tenant starts with says what the product promises, in six languages."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "plans" / "data"
LANGUAGES = ["en", "fr", "it", "nl", "sv", "ko"]
ALL = ["xtreme", "premium", "elite"]
PREMIUM_UP = ["premium", "elite"]
ELITE = ["elite"]

PROMISED = {
    "critical_solution_notification": ALL,
    "updates_and_feature_packs": ALL,
    "patches_and_service_packs": ALL,
    "support_activity_review": ELITE,
    "early_adopter": ELITE,
    "unlimited_incidents": ALL,
    "online_support_24x7": ALL,
    "phone_access": ALL,
    "remote_access": ALL,
    "dedicated_csm": ELITE,
    "senior_resources": ELITE,
    "targeted_response": ALL,
    "incident_priority_queuing": ALL,
    "critical_incident_support": ALL,
    "extended_critical_incident_support": PREMIUM_UP,
    "plan_priority_queuing": PREMIUM_UP,
    "how_to_assistance": ALL,
    "online_communities": ALL,
    "recorded_briefings": ALL,
    "interactive_briefings": PREMIUM_UP,
    "education_incentives": ELITE,
    "update_planning": ELITE,
    "special_event_support": ELITE,
}
STARRED = {"critical_incident_support", "extended_critical_incident_support", "special_event_support"}
DISCRETIONARY = {"education_incentives"}


def _load(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


MATRIX = _load("matrix.json")
DEFAULTS = _load("defaults.json")


def _prose():
    """(where, words by language) of every text that is a sentence and not a name."""
    for sign, words in MATRIX["notes"].items():
        yield f"note {sign}", words
    for plan in MATRIX["plans"]:
        yield f"plan {plan['code']}", plan["description"]
    for feature in MATRIX["features"]:
        for field in ("summary", "description", "use"):
            yield f"{feature['code']}.{field}", feature[field]
    for severity in DEFAULTS["severities"]:
        for field in ("definition", "example"):
            yield f"severity {severity['severity']}.{field}", severity[field]
    for calendar in DEFAULTS["calendars"]:
        yield f"calendar {calendar['code']}", calendar["names"]


def _names():
    for code, words in MATRIX["categories"].items():
        yield f"category {code}", words
    for feature in MATRIX["features"]:
        yield f"{feature['code']}.name", feature["name"]
    for severity in DEFAULTS["severities"]:
        yield f"severity {severity['severity']}.name", severity["name"]


def test_the_23_features_come_in_the_order_of_the_brochure_with_the_promised_tiers():
    assert {f["code"]: f["tiers"] for f in MATRIX["features"]} == PROMISED
    assert [f["code"] for f in MATRIX["features"]] == list(PROMISED)


def test_footnotes_stand_at_the_features_that_carry_them():
    assert {f["code"] for f in MATRIX["features"] if f["product_limited"]} == STARRED
    assert {f["code"] for f in MATRIX["features"] if f["discretionary"]} == DISCRETIONARY
    assert list(MATRIX["notes"]) == ["*", "**"]


def test_features_of_a_category_stand_together_and_every_category_is_used():
    order = []
    for feature in MATRIX["features"]:
        if feature["category"] not in order[-1:]:
            order.append(feature["category"])
    assert order == list(MATRIX["categories"])


def test_plans_are_ranked_from_one():
    assert [(p["code"], p["rank"], p["name"]) for p in MATRIX["plans"]] == [
        ("xtreme", 1, "Xtreme"),
        ("premium", 2, "Xtreme Premium"),
        ("elite", 3, "Xtreme Elite"),
    ]


@pytest.mark.parametrize(("where", "words"), [*_prose(), *_names()])
def test_every_text_exists_in_six_languages(where, words):
    assert sorted(words) == sorted(LANGUAGES)
    assert [lang for lang, text in words.items() if text != text.strip() or not text] == []


@pytest.mark.parametrize(("where", "words"), list(_prose()))
def test_every_sentence_is_translated(where, words):
    assert len(set(words.values())) == len(LANGUAGES)
    assert any("가" <= char <= "힣" for char in words["ko"])
    others = [text for lang, text in words.items() if lang != "ko"]
    assert [text for text in others if any("가" <= char <= "힣" for char in text)] == []


def test_summaries_and_plan_descriptions_fit_their_column():
    texts = [feature["summary"] for feature in MATRIX["features"]]
    texts += [plan["description"] for plan in MATRIX["plans"]]
    assert [text for words in texts for text in words.values() if len(text) > 140] == []


def test_descriptions_have_two_to_five_sentences_and_uses_have_one():
    def sentences(text):
        return sum(text.count(mark) for mark in (". ", "? ", "! ")) + 1

    for feature in MATRIX["features"]:
        counts = {lang: sentences(text) for lang, text in feature["description"].items()}
        assert all(2 <= count <= 5 for count in counts.values()), (feature["code"], counts)
        assert {lang for lang, text in feature["use"].items() if len(text) > 120} == set(), feature["code"]


def test_default_targets_are_the_promised_minutes_of_coverage():
    hours = {
        "first_response": {1: (2, 1, 0.5), 2: (4, 2, 1), 3: (8, 6, 4), 4: (16, 12, 8)},
        "next_response": {1: (4, 2, 1), 2: (8, 6, 4), 3: (24, 16, 12)},
    }
    assert [tuple(target.values()) for target in DEFAULTS["targets"]] == [
        (kind, severity, plan, promised * 60, "coverage")
        for kind, by_severity in hours.items()
        for severity, by_plan in by_severity.items()
        for plan, promised in zip(ALL, by_plan, strict=True)
    ]
    assert {tuple(target) for target in DEFAULTS["targets"]} == {
        ("kind", "severity", "plan", "minutes", "unit")
    }
    assert DEFAULTS["at_risk_percent"] == 75


def test_default_calendars_are_business_hours_24x5_and_24x7():
    weeks = {c["code"]: (c["week"], c["holidays"]) for c in DEFAULTS["calendars"]}
    assert weeks == {
        "business": ([[day, "08:00", "18:00"] for day in range(5)], True),
        "24x5": ([[day, "00:00", "24:00"] for day in range(5)], False),
        "24x7": ([[day, "00:00", "24:00"] for day in range(7)], False),
    }


def test_cells_name_known_features_and_calendars():
    assert set(DEFAULTS["cells"]) == STARRED
    calendars = {c["code"] for c in DEFAULTS["calendars"]}
    assert {cell["calendar"] for cell in DEFAULTS["cells"].values()} <= calendars
    assert DEFAULTS["default_calendar"] in calendars
    assert DEFAULTS["cells"]["special_event_support"] == {
        "calendar": "24x7",
        "allowance": 1,
        "notice_days": 14,
    }


def test_texts_fit_the_fields_that_keep_them():
    kept = {"name": 120, "summary": 240, "use": 300}
    too_long = [
        (feature["code"], field, lang)
        for feature in MATRIX["features"]
        for field, length in kept.items()
        for lang, text in feature[field].items()
        if len(text) > length
    ]
    kept = {"name": 40, "definition": 300, "example": 300}
    too_long += [
        (severity["severity"], field, lang)
        for severity in DEFAULTS["severities"]
        for field, length in kept.items()
        for lang, text in severity[field].items()
        if len(text) > length
    ]
    assert too_long == []


def test_severities_are_one_to_four():
    assert [(s["severity"], s["name"]["en"]) for s in DEFAULTS["severities"]] == [
        (1, "Critical"),
        (2, "Major"),
        (3, "Minor"),
        (4, "Low"),
    ]
