"""What is typed is taken apart by the same rules as what is found; no sign has a power."""

import pytest

from knowledge.search.analysis import can_be_misspelt, code_key, codes_in, fold, in_parts, keys_of
from knowledge.search.asked import LONGEST, MOST_PARTS, take_apart
from knowledge.search.spelling import distance, nearest


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élodie", "elodie"),
        ("LÖSENORD", "losenord"),
        ("Œuvre", "oeuvre"),
        ("Straße", "strasse"),
        ("송장", "송장"),
    ],
)
def test_letters_are_folded(text, folded):
    assert fold(text) == folded


def test_a_korean_word_is_taken_apart_into_pairs_of_syllables():
    assert in_parts("송장을 인쇄하면 PDF") == "송장 장을 인쇄 쇄하 하면 pdf"
    assert in_parts("빈 송장") == "빈 송장"


def test_codes_are_found_in_texts():
    text = "ORA-01555 in tnsnames.ora, see S-104, UNDO_RETENTION=7200, 00404 since 2025. End.Next"
    assert codes_in(text) == ["ORA-01555", "S-104", "tnsnames.ora", "00404", "UNDO_RETENTION"]


def test_a_long_number_is_a_code_without_its_letters_too():
    assert keys_of(["ORA-01555", "S-104"]) == ["1555", "ora1555", "s104"]


@pytest.mark.parametrize("typed", ["ORA-01555", "ora 1555", "Ora01555"])
def test_a_code_is_the_same_however_it_is_typed(typed):
    assert code_key(typed) == "ora1555"
    assert "ora1555" in take_apart(typed).keys


@pytest.mark.parametrize("typed", ["%", "*", "_", "\\", "'", "!!! & | <->", "", " "])
def test_signs_alone_ask_for_nothing(typed):
    assert take_apart(typed).empty


def test_signs_between_words_only_part_them():
    assert take_apart("print%er* & !(stop)").parts == ("print", "er", "stop")


def test_words_in_quotes_are_a_phrase_as_well():
    for typed in ('"paper tray" wrong', "“paper tray” wrong", "«paper tray» wrong"):
        asked = take_apart(typed)
        assert (asked.phrases, asked.parts) == (("paper tray",), ("paper", "tray", "wrong"))


def test_a_long_question_is_cut():
    asked = take_apart(" ".join(f"w{number}" for number in range(500)))
    assert len(asked.text) == LONGEST
    assert len(asked.parts) <= MOST_PARTS


@pytest.mark.parametrize(
    ("word", "language", "meant"),
    [
        ("invoces", "en", "invoices"),
        ("pirnter", "en", "printer"),
        ("autentificator", "en", "authentificator"),
        ("printer", "en", ""),
        ("zebra", "en", ""),
        ("format", "en", ""),
        ("printerproblem", "sv", "printer"),
        ("printerproblem", "en", ""),
    ],
)
def test_the_nearest_word_is_taken_if_it_is_near_enough(word, language, meant):
    known = {"invoices", "printer", "authentificator", "former", "invoice"}
    assert nearest(word, known, language) == meant


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("ab", "ba", 1), ("abc", "ac", 1), ("abc", "abd", 1), ("", "ab", 2), ("a", "a", 0)],
)
def test_slips_are_counted(one, other, slips):
    assert distance(one, other) == distance(other, one) == slips


@pytest.mark.parametrize(
    ("word", "may"),
    [("invoces", True), ("user", False), ("e4711", False), ("12345", False), ("송장을인쇄", False)],
)
def test_short_words_numbers_and_korean_are_never_taken_for_misspellings(word, may):
    assert can_be_misspelt(word) is may
