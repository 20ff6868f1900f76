"""What holds for every template: nothing inline, declared components, marked words."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT).parts]
COMPONENTS = sorted((ROOT / "templates/cotton").glob("*.html"))
GALLERY = ROOT / "templates/ui/gallery"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def markup(path: Path) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_is_inline_that_the_content_policy_forbids(path: Path) -> None:
    text = markup(path)
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:", text) == []
    assert [
        tag
        for tag in re.findall(r"<script\b[^>]*>", text)
        if "src=" not in tag and "application/json" not in tag
    ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_a_component_says_what_it_is_and_declares_its_attributes(path: Path) -> None:
    first, second, *_ = path.read_text().splitlines()
    assert re.fullmatch(r"{# .+\. #}", first)
    assert re.match(r"<c-vars .+/>$", second)


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_every_declared_attribute_has_a_default(path: Path) -> None:
    """Without one, the component would take a variable of that name from the page around it."""
    declared = re.search(r"<c-vars (.+)/>", path.read_text())
    assert declared
    without_values = re.sub(r'[\w:-]+="[^"]*"', "", re.sub(r"{%.*?%}", "", declared[1]))
    assert without_values.split() == []


def declared_attributes() -> dict[str, set[str]]:
    found = {}
    for path in COMPONENTS:
        values = re.search(r"<c-vars (.+)/>", path.read_text())
        assert values
        found[path.stem.replace("_", "-")] = set(
            re.findall(r':?([\w-]+)="', re.sub(r"{%.*?%}", "", values[1]))
        )
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_components_are_used_as_they_are_declared(path: Path) -> None:
    """An undeclared ``:attribute`` would be printed without escaping."""
    declared = declared_attributes()
    text = re.sub(r"{{.*?}}|{%.*?%}", "", markup(path), flags=re.DOTALL)
    for component, attributes in re.findall(r"<c-([\w-]+)((?:\s[^>]*)?)>", text):
        if component in {"vars", "slot"}:
            continue
        assert component in declared
        assert set(re.findall(r"\s:([\w-]+)=", attributes)) <= declared[component]


@pytest.mark.parametrize(
    "path", [path for path in PAGES if GALLERY not in path.parents and path.stem != "gallery"], ids=name_of
)
def test_words_are_marked_for_translation(path: Path) -> None:
    text = re.sub(r"{% (blocktranslate|blocktrans)\b.*?{% end\1 %}", "", markup(path), flags=re.DOTALL)
    text = re.sub(r"{% block (frame|page_class) %}.*?{% endblock %}", "", text)
    text = re.sub(r"<kbd\b.*?</kbd>|<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"{{.*?}}|{%.*?%}", "", text, flags=re.DOTALL)
    attributes = re.findall(r'\s(?:title|aria-label|placeholder|alt|label)="([^"]*)"', text)
    words = [
        word
        for part in [*re.sub(r"<[^>]*>", " ", text).split(), *attributes]
        for word in re.findall(r"[^\W\d_]{2,}", part)
    ]
    assert words == []
