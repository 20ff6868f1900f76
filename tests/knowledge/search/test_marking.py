"""What was asked for is marked in what was found, and nothing else becomes HTML."""

import pytest

from knowledge.search.marking import EXCERPT, Marker, Piece


def marked(stems, text):
    return [piece.text for piece in Marker.of(stems).whole(text) if piece.marked]


@pytest.mark.parametrize(
    ("stems", "text", "found"),
    [
        ({"print", "printing"}, "Printers print while printing; sprint.", ["Printers", "print", "printing"]),
        ({"compani", "company"}, "The company and companies", ["company", "companies"]),
        ({"cong"}, "Congés d’été", ["Congés"]),
        ({"송장", "인쇄"}, "송장을 인쇄하면", ["송장", "인쇄"]),
        ({"공유", "유폴", "폴더"}, "공유폴더를", ["공유폴더"]),
        ({"a"}, "A banana", ["A"]),
        (set(), "Nothing", []),
    ],
)
def test_forms_of_what_was_asked_for_are_marked(stems, text, found):
    assert marked(stems, text) == found


@pytest.mark.parametrize(
    ("stems", "text", "found"),
    [
        ({"print", "invoic", "nothing"}, "Printers print invoices", {"print", "invoic"}),
        ({"invoic", "invoices"}, "Invoices with an invoice", {"invoic"}),
        ({"공유", "유폴", "폴더"}, "공유폴더를", {"공유", "유폴", "폴더"}),
        ({"공유", "유폴", "폴더"}, "공유 폴더", {"공유", "폴더"}),
    ],
)
def test_what_a_text_has_of_the_question_is_counted_once(stems, text, found):
    assert Marker.of(stems).found_in(text, text) == found


def test_the_pieces_make_the_text_again():
    text = "Printers <b>print</b> & stop."
    assert "".join(piece.text for piece in Marker.of({"print"}).whole(text)) == text


def test_an_excerpt_has_the_part_with_the_most_of_what_was_asked_for():
    text = "word " * 100 + "the printer prints invoices today " + "word " * 100
    pieces = Marker.of({"print", "printer", "invoic"}).excerpt(text)
    assert [piece.text for piece in pieces if piece.marked] == ["printer", "prints", "invoices"]
    assert pieces[0] == Piece("… ", False)
    assert pieces[-1] == Piece(" …", False)
    assert sum(len(piece.text) for piece in pieces) <= EXCERPT + 4


def test_an_excerpt_of_what_has_nothing_is_its_beginning():
    text = "word " * 100
    [beginning, rest] = Marker.of({"nothing"}).excerpt(text)
    assert text.startswith(beginning.text)
    assert rest == Piece(" …", False)
