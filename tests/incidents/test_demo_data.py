"""The demo's raw material hangs together: every reference exists, every conversation can be told."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

DATA = Path(__file__).resolve().parents[2] / "incidents" / "data"
PLANS = Path(__file__).resolve().parents[2] / "plans" / "data"
LANGUAGES = ["en", "fr", "it", "nl", "sv", "ko"]
FREQUENT_WORDS = {
    "en": {"the", "is", "and", "of", "we", "it", "with", "that"},
    "fr": {"le", "la", "les", "est", "nous", "vous", "des", "une"},
    "it": {"il", "che", "di", "è", "non", "per", "una", "sono"},
    "nl": {"het", "een", "wij", "van", "niet", "dat", "zijn", "op"},
    "sv": {"och", "det", "är", "att", "som", "inte", "vi", "för"},
}


def _load(path):
    return json.loads(path.read_text(encoding="utf-8"))


DEMO = _load(DATA / "demo.json")
VENDORS = {vendor["label"]: vendor for vendor in DEMO["vendors"]}
SCENARIOS = [scenario for name in DEMO["scenario_files"] for scenario in _load(DATA / name)["scenarios"]]
SOLUTIONS = _load(DATA / "solutions.json")["solutions"]
by_id = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])


def _account(scenario):
    accounts = VENDORS[scenario["vendor"]]["accounts"]
    return next(account for account in accounts if account["key"] == scenario["account"])


def _texts(scenario):
    for opening in scenario["openings"]:
        yield opening["title"]
        yield opening["opening"]
    yield scenario["details"]
    yield from (message["body"] for message in scenario["messages"])
    yield scenario["resolution"]


def _accounts():
    return [account for vendor in DEMO["vendors"] for account in vendor["accounts"]]


def _people():
    for vendor in DEMO["vendors"]:
        yield from vendor["staff"]
        for account in vendor["accounts"]:
            yield from account["contacts"]


def test_every_file_stays_below_a_mebibyte_and_is_named():
    files = {path.name: path.stat().st_size for path in DATA.glob("*.json")}
    assert set(files) == {"demo.json", "solutions.json", *DEMO["scenario_files"]}
    assert [name for name, size in files.items() if size >= 1024 * 1024] == []


def test_addresses_and_keys_are_unique_and_invented():
    addresses = Counter(person["email"] for person in _people())
    assert [a for a, times in addresses.items() if times > 1] == ["tom.eddery@tarnwick.example"]
    assert [a for a in addresses if not re.fullmatch(r"[a-z.-]+@[a-z]+\.example", a)] == []
    for vendor in DEMO["vendors"]:
        keys = [account["key"] for account in vendor["accounts"]]
        assert len(set(keys)) == len(keys)
        assert [key for key in keys if not re.fullmatch(r"[A-Z][A-Z0-9]{1,5}", key)] == []


def test_the_vendor_has_every_role_and_the_accounts_the_promised_variety():
    vendor = VENDORS["tarnwick"]
    assert Counter(person["role"] for person in vendor["staff"]) == {
        "lead": 2,
        "agent": 6,
        "csm": 2,
        "admin": 2,
    }
    accounts = vendor["accounts"]
    assert [account["language"] for account in accounts] == LANGUAGES
    assert Counter(a["contract"]["plan"] for a in accounts) == {"elite": 2, "premium": 2, "xtreme": 2}
    assert [a["key"] for a in accounts if a["contract"]["ends"] < 0] == ["NORR"]
    modified = [a["key"] for a in accounts for i in a["installations"] if i["kind"] == "modified"]
    assert modified == ["BREN"]
    limited = {exception["product"] for exception in vendor["product_exceptions"]}
    assert [a["key"] for a in accounts if limited & set(a["contract"]["products"])] == ["QUIL", "HANBIT"]


def test_elite_accounts_and_no_others_have_a_success_manager():
    for vendor in DEMO["vendors"]:
        managers = {person["email"] for person in vendor["staff"] if person["role"] == "csm"}
        for account in vendor["accounts"]:
            assert (account["csm"] in managers) == (account["contract"]["plan"] == "elite"), account["key"]


def test_vendors_refer_only_to_products_teams_plans_and_features_that_exist():
    matrix = _load(PLANS / "matrix.json")
    plans = {plan["code"] for plan in matrix["plans"]}
    limited = {feature["code"] for feature in matrix["features"] if feature["product_limited"]}
    for vendor in DEMO["vendors"]:
        versions = {product["code"]: product["versions"] for product in vendor["products"]}
        assert {len(names) for names in versions.values()} == {3}
        assert sorted(p for team in vendor["teams"] for p in team["products"]) == sorted(versions)
        teams = {team["code"] for team in vendor["teams"]}
        for person in vendor["staff"]:
            assert (person.get("team") in teams) == (person["role"] in {"agent", "lead"}), person["email"]
        for exception in vendor["product_exceptions"]:
            assert exception["product"] in versions
            assert exception["feature"] in limited
        for account in vendor["accounts"]:
            assert account["contract"]["plan"] in plans
            assert account["contract"]["starts"] < account["contract"]["ends"]
            assert set(account["contract"]["products"]) <= set(versions)
            for installation in account["installations"]:
                assert installation["version"] in versions[installation["product"]]
                assert installation["product"] in account["contract"]["products"]


def test_accounts_have_three_to_five_contacts_and_one_of_them_is_the_administrator():
    for account in _accounts():
        roles = Counter(contact["role"] for contact in account["contacts"])
        assert roles["customer_admin"] == 1
        assert 3 <= roles.total() <= 5
        names = [installation["name"] for installation in account["installations"]]
        assert len(set(names)) == len(names)


def test_time_zones_are_known_and_three_different_offsets_at_least_occur():
    zones = {account["time_zone"] for account in VENDORS["tarnwick"]["accounts"]}
    zones_of_staff = {person["time_zone"] for vendor in DEMO["vendors"] for person in vendor["staff"]}
    assert zones | zones_of_staff <= available_timezones()
    winter = datetime(2030, 1, 15, tzinfo=UTC)
    offsets = {winter.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    assert offsets == {timedelta(hours=-6), timedelta(hours=1), timedelta(hours=9)}


def test_there_are_ten_scenarios_a_language_and_none_twice():
    assert Counter(s["language"] for s in SCENARIOS if s["vendor"] == "tarnwick") == {
        "en": 11,
        "fr": 10,
        "it": 10,
        "nl": 10,
        "sv": 10,
        "ko": 10,
    }
    assert Counter(s["vendor"] for s in SCENARIOS)["ostrelle"] == 8
    for part in (
        [s["id"] for s in SCENARIOS],
        [o["title"] for s in SCENARIOS for o in s["openings"]],
        [o["opening"] for s in SCENARIOS for o in s["openings"]],
        [s["details"] for s in SCENARIOS],
        [s["resolution"] for s in SCENARIOS],
        [m["body"] for s in SCENARIOS for m in s["messages"]],
    ):
        assert len(set(part)) == len(part)


@by_id
def test_a_scenario_is_whole(scenario):
    assert scenario["kind"] in {"defect", "how_to", "other"}
    assert scenario["severity"] in {1, 2, 3, 4}
    assert len(scenario["openings"]) == 3
    assert all(len(opening["title"]) <= 100 for opening in scenario["openings"])
    assert 1 <= len(scenario["messages"]) <= 6
    assert {message["side"] for message in scenario["messages"]} <= {"customer", "staff", "internal"}
    assert all(text and text == text.strip() for text in _texts(scenario))


@by_id
def test_a_scenario_ends_as_its_messages_say(scenario):
    public = [message["side"] for message in scenario["messages"] if message["side"] != "internal"]
    if scenario["ends"] == "new":
        assert "staff" not in public
    elif scenario["ends"] == "waiting":
        assert public[-1] == "staff"
    else:
        assert scenario["ends"] in {"open", "resolved", "closed"}
        assert "staff" in public


@by_id
def test_a_scenario_fits_its_account(scenario):
    account = _account(scenario)
    assert scenario["language"] == account["language"]
    installed = [
        installation
        for installation in account["installations"]
        if installation["product"] == scenario["product"] and installation["environment"] == "production"
    ]
    assert len(installed) == 1
    if scenario["kind"] == "how_to":
        assert installed[0]["kind"] == "standard"
    names = "|".join(p["name"].split()[-1] for p in VENDORS[scenario["vendor"]]["products"])
    told = re.search(rf"\b(?:{names}) (\d+\.\d+)", scenario["details"])
    if told:
        versions = {installation["version"] for installation in account["installations"]}
        assert told[1] in versions


@by_id
def test_an_agent_of_the_right_team_speaks_the_language(scenario):
    vendor = VENDORS[scenario["vendor"]]
    team = next(team["code"] for team in vendor["teams"] if scenario["product"] in team["products"])
    agents = [
        person["email"]
        for person in vendor["staff"]
        if person["role"] == "agent"
        and person.get("team") == team
        and scenario["language"] in person["languages"]
    ]
    assert agents != []


@by_id
def test_a_scenario_is_written_in_its_language(scenario):
    prose = re.sub(r"```.*?```|`[^`]*`", " ", "\n".join(_texts_of_public(scenario)), flags=re.S)
    korean = sum("가" <= char <= "힣" for char in prose)
    if scenario["language"] == "ko":
        assert korean > len(prose) / 3
        return
    assert korean == 0
    words = Counter(re.findall(r"[^\W\d_]+", prose.lower()))
    hits = {lang: sum(words[word] for word in frequent) for lang, frequent in FREQUENT_WORDS.items()}
    assert max(hits, key=hits.get) == scenario["language"], hits


def _texts_of_public(scenario):
    internal = {m["body"] for m in scenario["messages"] if m["side"] == "internal"}
    return [text for text in _texts(scenario) if text not in internal]


@by_id
def test_a_scenario_names_nobody_and_closes_its_code_blocks(scenario):
    text = "\n".join(_texts(scenario))
    names = {person["name"] for person in _people()}
    assert [name for name in names if name in text] == []
    assert [body for body in _texts(scenario) if body.count("```") % 2] == []


def test_attachments_are_small_text_files_of_customers():
    attached = [(s["id"], m) for s in SCENARIOS for m in s["messages"] if "attachment" in m]
    assert len(attached) == 5
    for where, message in attached:
        assert message["side"] == "customer", where
        assert re.fullmatch(r"[\w.-]+\.(txt|csv|xml)", message["attachment"]["name"]), where
        assert 0 < len(message["attachment"]["text"]) < 4096, where


def test_what_stands_now_names_scenarios_and_leaves_something_at_every_severity():
    scenarios = {scenario["id"]: scenario for scenario in SCENARIOS}
    assert set(DEMO["now"]) <= set(scenarios)
    assert set(DEMO["pictures"]) <= set(scenarios)
    assert {state["stage"] for state in DEMO["now"].values()} == {"new", "taken", "open"}
    assert [
        name for name, state in DEMO["now"].items() if ("used" in state) == (state["stage"] == "open")
    ] == []
    unassigned = Counter(
        scenarios[n]["severity"] for n, state in DEMO["now"].items() if state["stage"] == "new"
    )
    assert sorted(unassigned) == [1, 2, 3, 4]
    assert {s["id"] for s in SCENARIOS if s["ends"] == "new"} <= set(DEMO["now"])


def test_phrases_are_there_in_every_language():
    for texts in DEMO["phrases"].values():
        assert list(texts) == LANGUAGES
        assert all(text == text.strip() != "" for text in texts.values())


def test_each_solution_is_of_a_product_and_solves_scenarios_of_it():
    by_name = {scenario["id"]: scenario for scenario in SCENARIOS}
    for one in SOLUTIONS:
        products = {product["code"]: product["versions"] for product in VENDORS[one["vendor"]]["products"]}
        assert {one["since"], one["until"]} - {None} <= set(products[one["product"]])
        solved = [by_name[name] for name in one["solves"]]
        assert {(one["vendor"], one["product"])} >= {(s["vendor"], s["product"]) for s in solved}
        assert solved or "key" in one  # which the demo names
        assert one["language"] == next(iter(one["texts"]))
        assert set(one["texts"]) <= set(LANGUAGES)
        assert all(text[name].strip() for text in one["texts"].values() for name in ("title", "symptom"))


def test_each_vendor_has_solutions_in_several_languages():
    for label in VENDORS:
        own = [one for one in SOLUTIONS if one["vendor"] == label]
        assert len(own) >= 3
        assert len({language for one in own for language in one["texts"]}) >= 2
