"""A name that somebody gives a file is only a name."""

import unicodedata

import pytest

from portal.core.filenames import plain_name

LONGEST = 20


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("trace.log", "trace.log"),
        ("Überblick (2) – März.pdf", "blick (2) – März.pdf"),
        ("보고서.pdf", "보고서.pdf"),
        (".htaccess", ".htaccess"),
        ("a<b>&'\".txt", "a<b>&'\".txt"),
    ],
)
def test_what_can_be_read_stays(given, kept_as):
    assert plain_name(given, LONGEST) == kept_as


@pytest.mark.parametrize(
    "given",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\temp\\passwd",
        "..\\../mixed\\passwd",
        "\\\\host\\share\\passwd",
    ],
)
def test_folders_are_left_out(given):
    assert plain_name(given, LONGEST) == "passwd"


@pytest.mark.parametrize(
    "unseen",
    [
        *("\0", "\x1b", "\x7f", "\x9f"),  # control letters
        *("\u202a", "\u202b", "\u202d", "\u202e", "\u202c"),  # embeddings, overrides, and their end
        *("\u2066", "\u2067", "\u2068", "\u2069"),  # isolates
        *("\u200e", "\u200f", "\u061c"),  # marks
        *("\u200b", "\u200d", "\ufeff", "\u00ad"),  # of no width
        *("\ud800", "\ue000", "\U000e0041"),  # half a letter, nobody's, and a tag
    ],
)
def test_what_nobody_sees_is_left_out(unseen):
    assert plain_name(f"bill{unseen}fdp.exe", LONGEST) == "billfdp.exe"


@pytest.mark.parametrize("space", ["\n", "\r", "\t", "\x85", "\u00a0", "\u202f", "\u2028", "\u2029"])
def test_every_space_is_a_space(space):
    assert plain_name(f"{space}a{space}b.txt{space}", LONGEST) == "a b.txt"


def test_what_is_too_long_keeps_its_end():
    assert plain_name("x" * 300 + ".tar.gz", LONGEST) == "x" * 13 + ".tar.gz"
    assert plain_name("x" * 300 + " " + "y" * 19, LONGEST) == "y" * 19
    assert plain_name("\u202e" * 300 + "a.txt", LONGEST) == "a.txt"


@pytest.mark.parametrize("given", ["", " ", ".", "..", ". .", "folder/", "C:\\", "\0", "\u202e\n"])
def test_of_nothing_a_word_is_made(given):
    assert plain_name(given, LONGEST) == "file"


def test_names_that_look_the_same_are_the_same():
    assert plain_name(unicodedata.normalize("NFD", "보고서 é.pdf"), LONGEST) == "보고서 é.pdf"
