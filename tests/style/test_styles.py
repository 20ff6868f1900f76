"""What holds for every style sheet and script: budgets, no raw colour outside tokens.css, logical sides."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "portal/static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
PHYSICAL = "|".join(
    (
        r"(?<![\w-])(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b",
        r"(?<![\w-])(?:left|right|top|bottom)\s*:",
        r"(?<![\w-])(?:min-|max-)?(?:width|height)\s*:",
        r"(?:text-align|float|clear):\s*(?:left|right)",
    )
)
NAMED = r"(?<![\w-])(?:white|black|red|green|blue|gray|grey|orange|yellow|silver|purple)(?![\w-])"


def name_of(path: Path) -> str:
    return str(path.relative_to(STATIC))


def rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_a_style_sheet_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", [path for path in SHEETS if path.name != "tokens.css"], ids=name_of)
def test_colours_are_named_in_the_tokens_only(path: Path) -> None:
    values = "\n".join(re.findall(r":\s*([^;{}]+);", rules(path)))
    assert (
        re.findall(
            rf"#[0-9a-fA-F]{{3,8}}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|light-dark)\(|{NAMED}", values
        )
        == []
    )


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_sides_are_logical(path: Path) -> None:
    assert re.findall(PHYSICAL, rules(path)) == []


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_every_token_that_is_used_exists(path: Path) -> None:
    text = rules(path)
    known = set(re.findall(r"(--[\w-]+)\s*:", rules(STATIC / "css/tokens.css") + text))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used - known == set()


def test_every_style_sheet_of_the_components_is_loaded() -> None:
    loaded = set(re.findall(r'@import url\("(.+?)"\)', (STATIC / "css/portal.css").read_text()))
    assert {name_of(path).removeprefix("css/") for path in SHEETS if "pages" not in path.parts} - {
        "portal.css"
    } == loaded


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 150


def test_all_scripts_together_are_few() -> None:
    assert sum(len(path.read_text().splitlines()) for path in SCRIPTS) <= 1500


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_builds_no_code_from_text(path: Path) -> None:
    assert (
        re.findall(
            r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text()
        )
        == []
    )
