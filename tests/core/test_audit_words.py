"""Every change that the code records has words in the audit."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from portal.core.audit import kinds, sentence_of
from portal.core.models import HistoryEntry

APPS = ("portal", "plans", "entitlements", "notifications", "knowledge", "incidents")
WRITERS = {"record", "entry", "_record"}
"""What writes an entry, each with the verb as its second argument."""

ABOUT = {"entitlements/refusals.py": "identity"}
"""Files that write of rows of an app below: here, of accounts."""


def _verbs(call):
    """The verbs that a call may record: a word, either of two, or none where another function names it."""
    node = call.args[1]
    if isinstance(node, ast.IfExp):
        return [node.body.value, node.orelse.value]
    if isinstance(node, ast.Constant):
        return [node.value]
    assert ast.unparse(node) == "verb", ast.unparse(call)
    return []


def recorded():
    """Every (app, file, verb) in the code."""
    base = Path(settings.BASE_DIR)
    found = set()
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if base not in folder.parents or config.name.partition(".")[0] not in APPS:
            continue
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS and node.args:
                    found |= {(path.relative_to(base).as_posix(), verb) for verb in _verbs(node)}
    return sorted(found)


def _app_of(path):
    folders = {Path(config.path): config.label for config in apps.get_app_configs()}
    inside = Path(settings.BASE_DIR) / path
    return next(folders[folder] for folder in inside.parents if folder in folders)


def test_the_code_is_read():
    assert ("incidents/actions/log.py", "logged") in recorded()
    assert ("plans/actions/products.py", "retired") in recorded()
    assert ("plans/actions/products.py", "restored") in recorded()
    assert len(recorded()) > 50


@pytest.mark.parametrize(("path", "verb"), recorded())
def test_each_verb_has_words(path, verb):
    about = ABOUT.get(path) or _app_of(path)
    of_app = [kind for kind in kinds() if kind.model._meta.app_label == about]
    assert [kind.name for kind in of_app if verb in kind.verbs]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_words_stand_without_the_data_of_older_entries(kind):
    for verb in kind.verbs:
        written = HistoryEntry(subject_type=kind.name, subject_id=1, verb=verb, actor_name="Ann", data={})
        assert "%(" not in sentence_of(written)


def test_what_nobody_has_words_for_is_told_as_recorded():
    written = HistoryEntry(
        subject_type="planet", subject_id=1, verb="moved", actor_name="Ann", data={"to": 2}
    )
    assert sentence_of(written) == 'Ann: planet moved {"to": 2}'


def test_changes_are_told_one_by_one():
    written = HistoryEntry(
        subject_type="account",
        subject_id=1,
        verb="edited",
        actor_name="",
        data={"was": {"name": "Old", "country": ""}, "now": {"name": "New", "country": "SE"}},
    )
    told = "The portal edited the customer: country “–” → “SE”, name “Old” → “New”"
    assert sentence_of(written) == told


def test_a_percent_sign_of_a_user_is_no_placeholder():
    written = entry_of(data={"name": "100 %(who)s"})
    assert sentence_of(written) == "Ann added the team 100 %(who)s"


def entry_of(**fields):
    return HistoryEntry(subject_type="team", subject_id=1, verb="added", actor_name="Ann", **fields)
