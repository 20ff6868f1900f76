"""How texts and questions become words: in the same way, so that they meet. What an inflection is
PostgreSQL's dictionaries say, see :mod:`knowledge.search.writing`.

A Korean word is taken apart into its pairs of syllables. A particle at its end, or a space that one
person writes and another doesn't, then changes one pair and leaves the others as they are.
"""

import re
from collections.abc import Iterable, Iterator
from unicodedata import combining, normalize

CONFIGURATIONS = {"en": "english", "fr": "french", "it": "italian", "nl": "dutch", "sv": "swedish"}
"""PostgreSQL's text search configuration of a language. Any other is ``simple``: words as they are."""
SIMPLE = "simple"
LONGEST_WORD = 60
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"}
_OTHER_LETTERS = str.maketrans(_LETTERS)
WORD = re.compile(r"[가-힣]+|[^\W_가-힣]+")
_HANGUL = re.compile(r"[가-힣]+")
_SPELLED = 5
"""Shorter words are too much like each other to be taken for a misspelling."""

_CODES = (
    re.compile(r"\b[A-Z]{1,8}-?\d{2,}\b"),  # ORA-01555, E4711, S-104
    re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]\w{1,4}\b", re.ASCII),  # pain.001.xml, tnsnames.ora
    re.compile(r"(?<![\w-])(?:0\d{2,}|\d{5,})\b"),  # 00404, 12541
    re.compile(r"\b\w+_\w*", re.ASCII),  # UNDO_RETENTION, whsec_
)
_NUMBER = re.compile(r"[A-Z]{1,8}-?(\d{4,})")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def fold(text: str) -> str:
    """Small letters without accents; Korean syllables stay whole."""
    apart = normalize("NFKD", text.casefold().translate(_OTHER_LETTERS))
    return normalize("NFC", "".join(letter for letter in apart if not combining(letter)))


def words_of(text: str) -> list[str]:
    """The words in their order, folded."""
    return [word[:LONGEST_WORD] for word in WORD.findall(fold(text))]


def is_korean(word: str) -> bool:
    return _HANGUL.fullmatch(word) is not None


def parts_of(word: str) -> list[str]:
    """What a folded word is found by: itself, or the pairs of syllables of a Korean one."""
    if len(word) < 3 or not is_korean(word):
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def in_parts(text: str) -> str:
    """A text as PostgreSQL gets it, to find its stems: what :func:`parts_of` gives for each word."""
    return " ".join(part for word in words_of(text) for part in parts_of(word))


def spelled(*texts: str) -> set[str]:
    """The words that another may be a misspelling of."""
    return {
        word
        for text in texts
        for word in words_of(text)
        if len(word) >= _SPELLED and word.isalpha() and not is_korean(word)
    }


def can_be_misspelt(word: str) -> bool:
    return word in spelled(word)


def code_key(code: str) -> str:
    """A code as it is compared: ``ORA-01555``, ``ora 1555`` and ``Ora1555`` are the same."""
    return _ZEROS.sub("", "".join(WORD.findall(fold(code))))


def codes_in(*texts: str) -> list[str]:
    """Error numbers, references and names of files that stand in the texts."""
    found = (code for text in texts for pattern in _CODES for code in pattern.findall(text))
    return list(dict.fromkeys(found))


def keys_of(codes: Iterable[str]) -> list[str]:
    """What an entry with these codes is found by: each whole, and a long number without its letters."""
    return sorted({key for code in codes for key in _keys(code) if key})


def _keys(code: str) -> Iterator[str]:
    yield code_key(code)
    if number := _NUMBER.fullmatch(code):
        yield code_key(number[1])
