"""``manage.py translations``, on a small source tree of its own and once on the portal's."""

import gettext as standard_gettext
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.core import catalogs

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext

title = gettext_lazy("A title of %(name)s")
long = _(
    "One sentence "
    "in two pieces"
)
days = ngettext("%(count)d day", "%(count)d days", 3)
state = pgettext("of an incident", "Open")
verb = npgettext("to do", "Open it", "Open them", 2)
not_marked = print("never said")
"""
TEMPLATE = """
<c-button label="{% translate 'Press me' %}" hint='{% translate "It's safe" %}'>
  {% translate "Open" context "a door" %}
</c-button>
{% blocktranslate trimmed with name=person.name %}
  Dear {{ name }},
  welcome.
{% endblocktranslate %}
{% blocktranslate trimmed count hours=left %}
  {{ hours }} hour left of 100%
{% plural %}
  {{ hours }} hours left of 100%
{% endblocktranslate %}
{{ tenant.name|default:_("Somebody") }} and plain words
{% comment %}{% translate "Left out" %}{% endcomment %}
"""
TEXTS = {
    "A title of %(name)s": "Un titre de %(name)s",
    "One sentence in two pieces": "Une phrase en deux morceaux",
    "Press me": "Appuyez",
    "It's safe": "C’est sûr",
    "Dear %(name)s, welcome.": "Bonjour %(name)s et bienvenue.",
    "Somebody": "Quelqu’un",
}
PLURALS = {
    ("%(count)d day", "%(count)d days"): ("%(count)d jour", "%(count)d jours"),
    ("%(hours)s hour left of 100%%", "%(hours)s hours left of 100%%"): (
        "Encore %(hours)s heure sur 100 %%",
        "Encore %(hours)s heures sur 100 %%",
    ),
}
IN_CONTEXT = {("of an incident", "Open"): "Ouvert", ("a door", "Open"): "Ouvrir"}


class Tree:
    """A source tree with one French catalogue."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.po = root / "locale" / "fr" / "LC_MESSAGES" / "django.po"
        (root / "shop").mkdir()
        (root / "templates").mkdir()
        (root / "shop" / "words.py").write_text(PYTHON)
        (root / "templates" / "page.html").write_text(TEMPLATE)

    def source(self) -> catalogs.Catalog:
        return catalogs.source_catalog(self.root, ["shop", "templates"])

    def extract(self) -> bool:
        return catalogs.update(self.po, "fr", self.source())

    def translate(self) -> None:
        """Fill in everything."""
        self.extract()
        catalog = catalogs.read(self.po, "fr")
        for text, french in TEXTS.items():
            catalog[text].string = french
        for plural, french_forms in PLURALS.items():
            catalog[plural].string = french_forms
        for (context, text), french in IN_CONTEXT.items():
            found = catalog.get(text, context)
            assert found is not None
            found.string = french
        several = catalog.get("Open it", "to do")
        assert several is not None
        several.string = ("L’ouvrir", "Les ouvrir")
        self.write(catalog)

    def write(self, catalog: catalogs.Catalog) -> None:
        with self.po.open("wb") as file:
            catalogs.write_po(file, catalog)
        self.extract()

    def problems(self) -> list[str]:
        return [str(problem) for problem in catalogs.problems(catalogs.read(self.po, "fr"), self.source())]

    def edit(self, old: str, new: str) -> None:
        content = self.po.read_text()
        assert content.count(old) == 1
        self.po.write_text(content.replace(old, new))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_marked_texts_are_found_in_python_and_templates(tree: Tree) -> None:
    found = {(message.context, message.id) for message in tree.source() if message.id}
    expected: set[tuple[str | None, Any]] = {(None, text) for text in (*TEXTS, *PLURALS)}
    assert found == expected | set(IN_CONTEXT) | {("to do", ("Open it", "Open them"))}


def test_a_text_that_django_would_cut_at_its_quotation_mark_is_refused(tree: Tree) -> None:
    (tree.root / "templates" / "page.html").write_text(r'{% translate "say \"so\"" %}')
    with pytest.raises(ValueError, match=r"page\.html:1"):
        tree.source()


def test_extracting_again_changes_no_byte(tree: Tree) -> None:
    assert tree.extract() is True
    first = tree.po.read_bytes()
    assert (tree.extract(), tree.po.read_bytes()) == (False, first)


def test_moving_a_text_by_some_lines_changes_no_byte(tree: Tree) -> None:
    tree.extract()
    (tree.root / "shop" / "words.py").write_text("\n\n\n" + PYTHON)
    assert tree.extract() is False


def test_the_file_is_sorted_and_carries_the_plural_rule_and_no_date(tree: Tree) -> None:
    tree.extract()
    content = tree.po.read_text()
    texts = [line[7:-1] for line in content.splitlines() if line.startswith("msgid ")][1:]
    assert texts == sorted(texts)
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in content
    assert "Date" not in content


def test_translations_survive_and_texts_that_are_gone_leave(tree: Tree) -> None:
    tree.translate()
    (tree.root / "shop" / "words.py").write_text(PYTHON.replace("A title of", "The title of"))
    tree.extract()
    catalog = catalogs.read(tree.po, "fr")
    assert catalog["One sentence in two pieces"].string == "Une phrase en deux morceaux"
    assert catalog["The title of %(name)s"].string == ""
    assert "A title of" not in tree.po.read_text()


def test_a_complete_catalogue_has_no_problems(tree: Tree) -> None:
    tree.translate()
    assert tree.problems() == []


def test_without_a_file_every_text_is_missing(tree: Tree) -> None:
    assert {problem.split(":")[0] for problem in tree.problems()} == {"missing"}
    assert len(tree.problems()) == len(tree.source())


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgstr "Appuyez"', 'msgstr ""', "not translated: 'Press me'"),
        ('msgstr[1] "Les ouvrir"', 'msgstr[1] ""', "not translated: 'Open it'"),
        ("titre de %(name)s", "titre de %(nom)s", "placeholders differ: 'A title of %(name)s'"),
        ("titre de %(name)s", "titre", "placeholders differ: 'A title of %(name)s'"),
        ("%(count)d jours", "plusieurs jours", "placeholders differ: '%(count)d day'"),
        ("%(count)d jours", "%(count)s jours", "placeholders differ: '%(count)d day'"),
    ],
)
def test_a_fault_is_named_with_its_text(tree: Tree, old: str, new: str, problem: str) -> None:
    tree.translate()
    tree.edit(old, new)
    assert tree.problems() == [problem]


def test_a_fuzzy_entry_is_a_fault(tree: Tree) -> None:
    tree.translate()
    catalog = catalogs.read(tree.po, "fr")
    catalog["Press me"].flags.add("fuzzy")
    tree.write(catalog)
    assert tree.problems() == ["fuzzy: 'Press me'"]


def test_an_entry_that_the_source_does_not_know_is_a_fault(tree: Tree) -> None:
    tree.translate()
    tree.po.write_text(tree.po.read_text() + '\nmsgid "Old"\nmsgstr "Vieux"\n')
    assert tree.problems() == ["unused: 'Old'"]


def test_a_plural_that_changed_is_a_fault(tree: Tree) -> None:
    tree.translate()
    (tree.root / "shop" / "words.py").write_text(PYTHON.replace("Open them", "Open all of them"))
    assert tree.problems() == ["its plural differs from the source: 'Open it'"]


def test_compiling_gives_what_gettext_reads_and_is_skipped_when_up_to_date(tree: Tree) -> None:
    tree.translate()
    assert catalogs.compile_catalog(tree.po, "fr") is True
    with tree.po.with_suffix(".mo").open("rb") as file:
        french = standard_gettext.GNUTranslations(file)
    assert french.gettext("Press me") == "Appuyez"
    assert french.pgettext("a door", "Open") == "Ouvrir"
    assert [french.ngettext("%(count)d day", "%(count)d days", n) for n in (0, 1, 2)] == [
        "%(count)d jour",
        "%(count)d jour",
        "%(count)d jours",
    ]
    assert catalogs.compile_catalog(tree.po, "fr") is False
    os.utime(tree.po, (2**31, 2**31))
    assert catalogs.compile_catalog(tree.po, "fr") is True


def test_the_command_extracts_compiles_and_checks_the_portals_own_texts(
    tmp_path: Path, settings: Any
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    said = StringIO()
    call_command("translations", "extract", stdout=said)
    assert [line.split(":")[0] for line in said.getvalue().splitlines()] == ["fr", "it", "nl", "sv", "ko"]
    korean = catalogs.read(tmp_path / "ko" / "LC_MESSAGES" / "django.po", "ko")
    assert korean.num_plurals == 1
    assert korean["Mark all as read"].string == ""
    call_command("translations", "compile", stdout=said)
    assert (tmp_path / "ko" / "LC_MESSAGES" / "django.mo").exists()
    with pytest.raises(CommandError, match="ko: not translated: 'Mark all as read'"):
        call_command("translations", "check", stdout=said)
