"""The texts of the portal in its languages: found in the source, kept in ``.po``, compiled to ``.mo``.

Plain Python, so that no gettext programs have to be installed. A catalogue holds nothing that
changes by itself: no dates, no line numbers; its entries are sorted.
"""

import ast
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_MARKED = re.compile(rb"gettext|\b_\(")
_TEXT = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_CALL = re.compile(rf"\b(n?p?gettext|_)\(((?:\s*{_TEXT}\s*,?)+)")
_ONE_TEXT = re.compile(_TEXT)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|\{\w*\}")

Key = tuple[str, str]
"""A text's context (mostly empty) and its English."""


@dataclass(frozen=True, slots=True)
class Problem:
    text: str
    fault: str

    def __str__(self) -> str:
        return f"{self.fault}: {self.text!r}"


def source_catalog(root: Path, folders: Sequence[str]) -> Catalog:
    """Every marked text in the Python files and templates of ``root``'s folders."""
    catalog = Catalog(domain="django")
    for path in _sources(root, folders):
        for _, message, _, context in _marked_in(path):
            catalog.add(message, locations=[(path.relative_to(root).as_posix(), 0)], context=context)
    return catalog


def read(path: Path, language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is no file yet."""
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def update(path: Path, language: str, source: Catalog) -> bool:
    """Give the language's file exactly the texts of the source, and keep its translations.

    :returns: whether the file has changed.
    """
    catalog = read(path, language)
    catalog.update(source, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    body = BytesIO()
    write_po(body, catalog, width=100, sort_output=True, omit_header=True, include_lineno=False)
    written = _header(catalog).encode() + body.getvalue()
    if path.exists() and path.read_bytes() == written:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written)
    return True


def compile_catalog(path: Path, language: str) -> bool:
    """Write the ``.mo`` beside a ``.po``, unless it is up to date.

    :returns: whether it was written.
    """
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return False
    # Renamed into place: a process that starts meanwhile reads a whole file.
    draft = compiled.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, read(path, language))
    draft.replace(compiled)
    return True


def problems(translated: Catalog, source: Catalog) -> list[Problem]:
    """What keeps a language from being complete, sorted by text."""
    wanted = {_key(message): message for message in _messages(source)}
    there = {_key(message): message for message in _messages(translated)}
    found = [Problem(text, "missing") for _, text in wanted.keys() - there.keys()]
    found += [Problem(text, "unused") for _, text in there.keys() - wanted.keys()]
    for key in wanted.keys() & there.keys():
        if fault := _fault(wanted[key], there[key], translated.num_plurals):
            found.append(Problem(key[1], fault))
    return sorted(found, key=lambda problem: (problem.text, problem.fault))


def _sources(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _marked_in(path: Path) -> Iterable[Any]:
    if path.suffix == ".py":
        content = path.read_bytes()
        return extract("python", BytesIO(content), KEYWORDS) if _MARKED.search(content) else []
    with path.open("rb") as file:
        return list(extract(cast(Any, _extract_template), file, KEYWORDS))


def _extract_template(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """Babel's form of an extractor. Django turns a template into calls with literal texts.

    :raises ValueError: a text has an escaped quotation mark, which Django's own reading cuts.
    """
    code = templatize(file.read().decode())
    for call in _CALL.finditer(code):
        texts = [ast.literal_eval(text) for text in _ONE_TEXT.findall(call[2])]
        line = code.count("\n", 0, call.start()) + 1
        if any("\\" in text for text in texts):
            raise ValueError(f"{file.name}:{line}: put quotation marks of the other kind around the text")
        yield line, call[1], texts, []


def _header(catalog: Catalog) -> str:
    return (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _key(message: Message) -> Key:
    return message.context or "", _forms(message.id)[0]


def _forms(texts: Any) -> list[str]:
    return [texts] if isinstance(texts, str) else [text or "" for text in texts]


def _fault(source: Message, translated: Message, plurals: int) -> str:
    english, forms = _forms(source.id), _forms(translated.string)
    if english != _forms(translated.id):
        return "its plural differs from the source"
    if not all(forms) or len(forms) != (plurals if len(english) > 1 else 1):
        return "not translated"
    if translated.fuzzy:
        return "fuzzy"
    # The form for one may leave the number out, as the English one may.
    allowed = [_placeholders(text) for text in english]
    for index, form in enumerate(forms):
        if _placeholders(form) not in (allowed if index == 0 < len(forms) - 1 else allowed[-1:]):
            return "placeholders differ"
    return ""


def _placeholders(text: str) -> Counter[str]:
    return Counter(_PLACEHOLDER.findall(text.replace("%%", "")))
